"""A person at work in a real browser, on what the demo press printed.

Uses the Chromium that is on PATH; without one these tests are skipped.
"""

import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

import pytest
import redis
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, expect, sync_playwright
from pydantic import SecretStr
from rq import Queue
from rq.job import JobStatus
from rq.registry import FailedJobRegistry
from rq.results import Result
from rq.serializers import JSONSerializer

from config.settings import Settings, WebSettings
from copydesk.demo.answers import answer
from copydesk.demo.press import Press
from copydesk.web.app import make_app
from copydesk.web.desk import Desk
from copydesk.web.serving import bind
from crawler.errors import CopydeskError
from crawler.records import CanonicalUrl, DiscoveredUrl, FetchedPage, SourceId, UrlRole
from crawler.urls import canonicalize
from tests.web.press import NOON, write_press
from workers.store import open_store
from workers.tasks import make_desk

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PASSWORD = "ink and paper"

pytestmark = [
    pytest.mark.web,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium, chromium-browser or google-chrome on PATH"),
    pytest.mark.xdist_group("browser"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Pages that are served, and what they stand on."""

    url: str
    desk: Desk


def print_demo(settings: Settings, press: Press) -> None:
    """Take every page of the demo press through the whole pipeline, without a network."""
    worker = make_desk(settings)
    pages = []
    for page in press.pages.values():
        given = answer(press, page.host, page.path)
        with suppress(CopydeskError):
            url = canonicalize(press.url(page))
            if given.status == 200 and not given.stall_s:
                pages.append(
                    FetchedPage(
                        url=url,
                        final_url=url,
                        status=200,
                        headers={name.lower(): value for name, value in given.headers.items()},
                        body=given.body,
                        content_encoding=given.headers.get("Content-Encoding", ""),
                        fetched_at=NOON,
                        source=SourceId(press.sources()[page.host]),
                    )
                )
    for start in range(0, len(pages), 25):
        worker.process(worker.handover.send(pages[start : start + 25]))
    worker.store.close()
    seeds = [
        DiscoveredUrl(url=CanonicalUrl(url), source=SourceId(url), role=UrlRole.SEED)
        for url in press.sources()
    ]
    Desk(settings, worker.store, worker.redis).frontier.add(seeds)
    worker.redis.close()


def fail_a_batch(client: "redis.Redis") -> None:
    """Leave a failed job whose description would be a script."""
    queue = Queue("copydesk", connection=client, serializer=JSONSerializer)
    job = queue.create_job(
        "workers.tasks.process_batch",
        kwargs={"batch": "x"},
        description="<img src=x onerror=\"document.title='owned'\">7 pages of 2 hosts",
        job_id="failed-batch",
    )
    job.save()
    FailedJobRegistry(queue=queue).add(job, ttl=600)
    Result.create_failure(job, ttl=600, exc_string="<script>document.title='owned'</script>")
    job.set_status(JobStatus.FAILED)


@pytest.fixture(scope="module")
def site(valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application on a port of its own, with a password."""
    folder = tmp_path_factory.mktemp("site")
    settings = Settings(
        data_dir=folder,
        redis_url=SecretStr(valkey),
        database_url=SecretStr(f"sqlite:///{folder / 'copydesk.db'}"),
        web=WebSettings.model_construct(host="127.0.0.1", port=0, password=SecretStr(PASSWORD), names=()),
    )
    client = redis.Redis.from_url(valkey)
    client.flushall()
    print_demo(settings, Press(5, publishers=4, stories=10))
    store = open_store(f"sqlite:///{folder / 'copydesk.db'}")
    write_press(store)
    fail_a_batch(client)
    desk = Desk(settings, store, client, fresh_s=0)
    server = bind(settings, make_app(desk))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Site(url=f"http://127.0.0.1:{server.effective_port}", desk=desk)
    server.close()
    server.task_dispatcher.shutdown()
    thread.join(5)
    desk.close()
    store.close()
    client.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this machine."""
    with sync_playwright() as playwright:
        # As root, which build machines often are, Chromium refuses to start with its sandbox.
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def logged_in(site: Site, browser: Browser) -> StorageState:
    """The cookies of a visitor who has filled the log-in form in."""
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/stories")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Stories")).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(site: Site, browser: Browser, logged_in: StorageState) -> Iterator[Page]:
    """A window of a visitor who has logged in; anything that the browser complains about fails the test."""
    context = browser.new_context(base_url=site.url, storage_state=logged_in)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda sent: None if sent.url.startswith((site.url, "data:")) else complaints.append(sent.url),
    )
    page.goto("/")
    yield page
    context.close()
    assert complaints == []


def test_a_wrong_password_is_refused(site: Site, browser: Browser) -> None:
    """The form says so, and the pages stay closed."""
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/stories")
    page.get_by_label("Password").fill("guess")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the password.")
    page.goto("/stories")
    expect(page).to_have_url(re.compile(r"/login\?to="))
    context.close()


def test_a_story_is_found_and_its_copies_are_read(page: Page) -> None:
    """From the search field to the story, and on to the words that a copy changed."""
    page.get_by_label("Find stories").fill("scanner licence")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Port authority delays scanner licence").click()
    expect(page.get_by_role("heading", name="Who ran it")).to_be_visible()
    expect(page.locator("table time").first).to_have_attribute("title", re.compile("UTC, .+ your time$"))
    page.get_by_role("link", name="Compare with The Inland Post").click()
    expect(page.locator("ins").first).to_have_text("Monday evening,")
    expect(page.locator("del").first).to_have_text("Monday,")


def test_the_demo_press_is_told_into_stories(page: Page) -> None:
    """Syndicated copies that the pipeline folded are shown as one story with a comparison for each."""
    page.goto("/stories?copies=3")
    page.locator(".stories h2 a").first.click()
    assert page.get_by_role("link", name="Compare with").count() >= 2
    page.get_by_role("link", name="Compare with").first.click()
    expect(page.locator("table.diff tbody tr").first).to_be_visible()


def test_a_page_is_shown_block_by_block(page: Page) -> None:
    """What was kept and what was dropped of a page of the demo press."""
    page.goto("/stories?copies=2&q=-scanner")
    page.goto("/pages?outcome=stored")
    page.locator("td a[href*='127.0.0.']").first.click()
    expect(page.locator("tr.keep").first).to_be_visible(timeout=20_000)
    expect(page.locator("tr.drop .tag").first).to_have_text("dropped")


def test_a_failure_is_tried_again(page: Page, site: Site) -> None:
    """The page leaves the list and goes to the workers."""
    before = site.desk.handover.queued_pages()
    page.get_by_role("link", name="Failures").click()
    page.get_by_role("button", name="Retry").first.click()
    expect(page.get_by_role("status")).to_have_text("1 page handed to the workers again.")
    assert site.desk.handover.queued_pages() == before + 1


def test_a_source_is_paused_and_resumed(page: Page, site: Site) -> None:
    """By its buttons; the page shows the new state."""
    page.get_by_role("link", name="Sources").click()
    row = page.locator("tr", has=page.get_by_role("button", name="Pause")).first
    name = row.locator("a.site").inner_text()
    row.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status")).to_contain_text("Paused")
    row = page.locator("tr", has=page.get_by_role("link", name=name, exact=True))
    expect(row.locator(".tag.paused")).to_be_visible()
    assert sum(host.is_paused for host in site.desk.frontier.hosts()) == 1
    row.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("status")).to_contain_text("Resumed")
    assert not any(host.is_paused for host in site.desk.frontier.hosts())


def test_a_hostile_title_is_text(page: Page) -> None:
    """A headline that is a script is read, not run."""
    page.goto("/stories?q=rest+text")
    page.get_by_role("link", name="<script>document.title='owned'</script>").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("<script>document.title='owned'</script>")
    assert "owned'" in page.title()
    assert page.title() != "owned"


def test_a_mark_is_set_with_the_keyboard(page: Page, site: Site) -> None:
    """Without a mouse: open the form, write a note, send it."""
    page.goto("/stories?q=scanner")
    page.get_by_role("link", name="Port authority delays scanner licence").click()
    page.get_by_text("Wrong text").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("the caption is missing")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Marked as wrong, thank you.")
    assert "the caption is missing" in (site.desk.settings.data_dir / "marks.jsonl").read_text("utf-8")


def test_the_figures_and_plots_are_live(page: Page, site: Site) -> None:
    """Plots are drawn, and the figures renew themselves without loading the page again."""
    expect(page.locator(".uplot canvas").first).to_be_visible()
    assert page.locator(".uplot").count() == 4
    page.evaluate("window.still = true")
    site.desk.redis.hset("copydesk:batches", "made-up", "1234 1")
    try:
        expect(page.locator("#figures")).to_contain_text("1\u202f23", timeout=15_000)
    finally:
        site.desk.redis.hdel("copydesk:batches", "made-up")
    expect(page.get_by_role("status")).to_have_text("Live")
    assert page.evaluate("window.still")


def test_the_queue_dashboard_requeues_and_runs_nothing(page: Page, site: Site) -> None:
    """rq-dashboard's own buttons work under our policy; what a job says is text in it."""
    page.get_by_role("link", name="Queue").click()
    expect(page.locator("tr[data-role=queue]")).to_contain_text("copydesk")
    page.goto("/rq/0/view/job/failed-batch")
    expect(page.locator(".description-scroll")).to_contain_text("onerror=")
    expect(page.locator(".exc_info")).to_contain_text("<script>")
    assert page.title() == "RQ dashboard"
    with page.expect_response("**/rq/job/failed-batch/requeue") as answered:
        page.get_by_role("button", name="Requeue").click()
    assert answered.value.status == 200
    queue = Queue("copydesk", connection=site.desk.redis, serializer=JSONSerializer)
    assert "failed-batch" in queue.job_ids
    queue.remove("failed-batch")


def test_the_pages_work_without_script(site: Site, browser: Browser) -> None:
    """Log in, read, filter and retry with JavaScript switched off."""
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/failures")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Retry").first.click()
    expect(page.get_by_role("status")).to_contain_text("handed to the workers again")
    page.goto("/")
    expect(page.locator("noscript svg.spark, [data-plot] svg.spark").first).to_be_attached()
    context.close()


STORY = "Port authority delays scanner licence"


def places(page: Page) -> dict[str, str]:
    """Return the path of every kind of page."""
    page.goto("/stories?q=scanner")
    story = str(page.get_by_role("link", name=STORY).get_attribute("href"))
    page.goto(story)
    copy = str(page.get_by_role("link", name="Compare with").first.get_attribute("href"))
    return {
        "now": "/",
        "stories": "/stories",
        "story": story,
        "copy": copy,
        "pages": "/pages",
        "page": "/page?url=" + quote("https://delta-wire.example/port-scanners", safe=""),
        "sources": "/sources",
        "failures": "/failures",
        "missing": "/nowhere",
    }


def check(page: Page, scheme: str) -> None:
    """Hold what is on the screen against the accessibility rules, and against a phone's width.

    What is dark differs from what is light in its colours alone.
    """
    found = Axe().run(page, options={"runOnly": ["color-contrast"]} if scheme == "dark" else {})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_the_way(
    site: Site, browser: Browser, logged_in: StorageState, scheme: Literal["light", "dark"]
) -> None:
    """An accessibility checker finds nothing on any page, and no page is wider than a phone."""
    phone: ViewportSize = {"width": 390, "height": 800}
    context = browser.new_context(
        base_url=site.url, color_scheme=scheme, viewport=phone, storage_state=logged_in
    )
    page = context.new_page()
    for path in places(page).values():
        page.goto(path)
        check(page, scheme)
    context.clear_cookies()
    page.goto("/login")
    check(page, scheme)
    context.close()


def test_every_page_is_used_by_keyboard(page: Page) -> None:
    """The first key press offers to skip the menu, and the skip works."""
    page.goto("/stories")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
