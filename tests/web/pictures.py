"""Takes the pictures of ``docs/web`` anew: a browser at ``copydesk web``, which looks on while the demo is crawled.

    make pictures                                   into docs/web
    python -m tests.web.pictures --to DIR --all     every page, light and dark, wide and as a phone, into DIR

Needs Chromium on PATH, and takes some three minutes.  The Now page is taken while the crawl runs, a minute after it
began (plots have whole minutes only), the others when it is done.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.press import site_url, stuck_page
from workers.store import open_store
from workers.store.dead_letters import make_dead_letter

DOCS = Path(__file__).parents[2] / "docs" / "web"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDE, PHONE = (1280, 850), (390, 800)
PATIENCE_S = 120
COPYDESK = Path(sys.executable).with_name("copydesk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: of which page, in which colours, how wide."""

    name: str
    of: str
    scheme: Literal["light", "dark"] = "light"
    view: tuple[int, int] = WIDE


WHILE_CRAWLING = (
    Picture(name="now", of="now"),
    Picture(name="now-phone", of="now", scheme="dark", view=PHONE),
)
AFTERWARDS = (
    Picture(name="stories", of="stories"),
    Picture(name="search", of="search"),
    Picture(name="story", of="story"),
    Picture(name="story-phone", of="story", view=PHONE),
    Picture(name="copy", of="copy"),
    Picture(name="page", of="page"),
    Picture(name="pages-dark", of="pages", scheme="dark"),
    Picture(name="sources", of="sources"),
    Picture(name="failures", of="failures"),
    Picture(name="queue", of="queue"),
)


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, default=DOCS)
    parser.add_argument("--all", action="store_true", help="every page in every way")
    parser.add_argument("--stories", type=int, default=150)
    asked = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("no chromium, chromium-browser or google-chrome on PATH")
    asked.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cdpic") as name, browser() as shown:
        folder = Path(name)
        # The plots have whole minutes: one is over some twenty seconds after the crawl began, and it goes on.
        time.sleep((40 - time.time()) % 60)
        crawl = start(folder, "demo", "--stories", str(asked.stories))
        data = folder / "demo" / "data"
        wait_for((data / "copydesk.db").exists, "the crawl")
        port = free_port()
        web = start(data, "web", "--port", str(port))
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: answers(f"{url}/readyz"), "the web pages")
            wait_for(lambda: crawl.poll() is not None or is_busy(url), "the plots")
            take(shown, url, asked.to, WHILE_CRAWLING)
            crawl.wait(600)
            put_aside(data)
            take(shown, url, asked.to, everything() if asked.all else AFTERWARDS)
        finally:
            for process in (crawl, web):
                process.terminate()
                process.wait(30)


def everything() -> Iterator[Picture]:
    """Yield every page, light and dark, wide and as a phone."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for page in dict.fromkeys(picture.of for picture in (*WHILE_CRAWLING, *AFTERWARDS)):
        for scheme in schemes:
            for size, view in (("wide", WIDE), ("phone", PHONE)):
                yield Picture(name=f"{page}-{scheme}-{size}", of=page, scheme=scheme, view=view)


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser of this machine."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield found
        found.close()


def start(folder: Path, *command: str) -> "subprocess.Popen[bytes]":
    """Start a command of ours on a data folder, in silence."""
    nothing = subprocess.DEVNULL
    return subprocess.Popen(
        [str(COPYDESK), "--data-dir", str(folder), *command], stdin=nothing, stdout=nothing, stderr=nothing
    )


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def answers(url: str) -> bool:
    """Whether there is an answer, and a good one."""
    with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def is_busy(url: str) -> bool:
    """Whether a minute with pages is over, and somebody is at work (between the two editions nobody is)."""
    return any(ask(f"{url}/api/flow")["pages_per_s"]) and bool(ask(f"{url}/api/now")["fetchers"])


def ask(url: str) -> Any:
    """Return the facts at a URL."""
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)


def wait_for(is_there: Callable[[], bool], what: str) -> None:
    """Return when it is; end the program when it never is."""
    until = time.monotonic() + PATIENCE_S
    while not is_there():
        if time.monotonic() > until:
            sys.exit(f"{what} did not begin in {PATIENCE_S} seconds")
        time.sleep(0.2)


def put_aside(data: Path) -> None:
    """Put some pages aside as a crash would: nothing in the demo fails three times."""
    store = open_store(f"sqlite:///{data / 'copydesk.db'}")
    now = datetime.now(UTC)
    for n, (reason, site) in enumerate(
        [
            ("extract_timeout", "Harbour Courier"),
            ("store_error", "The Inland Post"),
            ("extract_timeout", "Delta Wire"),
        ]
    ):
        letter = make_dead_letter(
            url=site_url(site, f"live/{n + 1}"),
            source=site,
            reason=reason,
            detail="no answer from the parser in 10 s"
            if reason == "extract_timeout"
            else "database is locked",
            tries=3,
            failed_at=now - timedelta(minutes=7 * n + 2),
            outcome=stuck_page(n, now),
        )
        store.put_aside(letter)
    store.close()


def take(shown: Browser, url: str, folder: Path, pictures: Iterable[Picture]) -> None:
    """Take the pictures into the folder."""
    for picture in pictures:
        width, height = picture.view
        context = shown.new_context(
            base_url=url, color_scheme=picture.scheme, viewport={"width": width, "height": height}
        )
        page = context.new_page()
        GO[picture.of](page)
        page.screenshot(path=folder / f"{picture.name}.png")
        context.close()


def _now(page: Page) -> None:
    page.goto("/")
    page.locator(".uplot canvas").first.wait_for()
    # The figures renew themselves every five seconds.
    page.get_by_text("Live", exact=True).wait_for(timeout=20_000)


def _most_copied(page: Page) -> None:
    page.goto("/stories?copies=4")
    page.locator(".stories h2 a").first.click()
    page.get_by_role("heading", name="Who ran it").wait_for()


def _copy(page: Page) -> None:
    _most_copied(page)
    edited = page.locator("tr", has=page.locator(".tag.near")).get_by_role("link", name="Compare with")
    (edited if edited.count() else page.get_by_role("link", name="Compare with")).first.click()
    page.locator("table.diff").wait_for()


def _page(page: Page) -> None:
    _most_copied(page)
    page.get_by_role("link", name="How this page was read").click()
    page.locator("tr.keep").first.wait_for(timeout=30_000)


def _search(page: Page) -> None:
    _most_copied(page)
    words = page.locator("h1").inner_text().split()
    page.goto(f"/stories?q={max(words, key=len)}")
    page.locator("mark").first.wait_for()


def _at(path: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(path)

    return go


GO: dict[str, Callable[[Page], None]] = {
    "now": _now,
    "stories": _at("/stories"),
    "search": _search,
    "story": _most_copied,
    "copy": _copy,
    "page": _page,
    "pages": _at("/pages"),
    "sources": _at("/sources"),
    "failures": _at("/failures"),
    "queue": _at("/rq/"),
}


if __name__ == "__main__":
    main()
