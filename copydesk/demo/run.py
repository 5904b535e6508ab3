"""``copydesk demo``: the press is served, crawled like any other source, and the result held against the truth."""

import shutil
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

from config.load import bare_settings
from config.settings import Settings
from copydesk.demo.press import Press
from copydesk.demo.process import REQUESTS, press_process
from copydesk.demo.report import print_report, report_facts
from copydesk.demo.serve import load_requests
from copydesk.demo.truth import DemoReport, score
from copydesk.reading import export_facts, open_reader
from copydesk.running import Limits, crawl_sources
from copydesk.seeds import seed_of
from copydesk.stack import ready_folder
from copydesk.terminal import console, print_json, progress_console
from crawler.errors import CopydeskError

MARK = ".copydesk-demo"
"""Only a folder that has this file is emptied for the next demo."""

NO_STORY = {"rejected", "failed"}
"""Outcomes whose reasons the report lists URL by URL."""


def run_demo(
    settings: Settings,
    *,
    seed: int,
    publishers: int,
    stories: int,
    workers: int | None,
    as_json: bool = False,
) -> DemoReport:
    """Crawl a freshly printed press into an empty folder, print the report, and return it.

    As JSON the report is all that goes to standard output; what is told on the way goes to standard error.
    """
    with redirect_stdout(sys.stderr if as_json else sys.stdout):
        report, ours = _run(settings, seed=seed, publishers=publishers, stories=stories, workers=workers)
    if as_json:
        print_json(report_facts(report))
    else:
        print_report(report, console)
    _say_how_to_look(ours)
    return report


def _run(
    settings: Settings, *, seed: int, publishers: int, stories: int, workers: int | None
) -> tuple[DemoReport, Settings]:
    folder = _fresh(settings.data_dir / "demo")
    ours = _demo_settings(folder / "data", workers or settings.work.workers)
    begun = time.monotonic()
    with press_process(folder, seed=seed, publishers=publishers, stories=stories) as (press, advance):
        console.print(
            f"{len(press.publishers)} papers print {len(press.stories)} stories (seed {seed}); "
            f"reading them from {press.origins[0]} and on, first edition.",
            soft_wrap=True,
        )
        _crawl(ours, press)
        advance()
        console.print("Second edition: pages that the papers have updated.")
        _crawl(ours, press)
        return _judge(ours, press, folder / REQUESTS, time.monotonic() - begun), ours


def _crawl(settings: Settings, press: Press) -> None:
    crawl_sources(settings, [seed_of(url) for url in press.sources()], Limits(), as_json=False)


def _judge(settings: Settings, press: Press, log: Path, seconds: float) -> DemoReport:
    with open_reader(settings) as store:
        rows = [export_facts(row) for row in store.export()]
        outcomes = {
            page.url: page.reason for page in store.recent_pages(limit=10_000) if page.outcome in NO_STORY
        }
    return score(press, rows, outcomes=outcomes, requests=load_requests(log), seconds=seconds)


def _demo_settings(data_dir: Path, workers: int) -> Settings:
    """Return settings of their own: the user's Redis, database and delays are none of the demo's business."""
    fetch = {
        "delay_s": 0.05,
        "allow_private": ("127.0.0.0/8",),
        "contact": "the demo, on loopback",
        "timeout_s": 5.0,
        "retries": 1,
    }
    return bare_settings({"data_dir": data_dir, "fetch": fetch, "work": {"workers": workers}})


def _fresh(folder: Path) -> Path:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise CopydeskError(f"{folder} is not a demo's folder; set COPYDESK_DATA_DIR to another place")
    shutil.rmtree(folder, ignore_errors=True)
    ready_folder(folder)
    (folder / MARK).touch()
    return folder


def _say_how_to_look(settings: Settings) -> None:
    folder = settings.data_dir
    progress_console.print(
        f"\nLook at it:  copydesk --data-dir {folder} stories\n"
        f"             copydesk --data-dir {folder} web      (then open http://127.0.0.1:8642/)",
        markup=False,
        soft_wrap=True,
    )
