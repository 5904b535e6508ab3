"""Where a worker's CPU goes: ms a page by stage, in one process, on a real Redis and an SQLite file.

    python bench/stages.py --pages FOLDER [--count 500] [--batch 25]

Pages cycle when there are too few: then later ones are copies, which are cheaper.  Stages are measured without
what they call of other stages; "outside" is all but reading the page's content (extract) and telling copies (fold).
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from queue_to_store import bodies, pages

from config.log import set_up_logging
from config.settings import Settings
from copydesk.embedded import server_program
from workers import desk, parsing, tasks
from workers.extract.site_memory import RedisSiteMemory
from workers.worker import connect

STAGES = (
    ("extract", parsing, "extract_page"),
    ("inflate", parsing, "inflate"),
    ("identity", parsing, "identity_of"),
    ("links", parsing, "discovered"),
    ("rest of reading", desk, "read_all"),
    ("house lines", desk, "without_house_lines"),
    ("site memory", desk, "RedisSiteMemory"),
    ("site memory", RedisSiteMemory, "save"),
    ("rest of deciding", desk, "decide_all"),
    ("hand back", desk, "hand_back"),
    ("queue and Redis", desk.Desk, "process"),
)


class Stages:
    """CPU seconds by stage, each without the stages inside it."""

    def __init__(self) -> None:
        self.cpu_s: Counter[str] = Counter()
        self._inside: list[float] = []

    def watch(self, label: str, owner: Any, name: str) -> None:
        inner = getattr(owner, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            begun = time.process_time()
            self._inside.append(0.0)
            try:
                return inner(*args, **kwargs)
            finally:
                took = time.process_time() - begun
                self.cpu_s[label] += took - self._inside.pop()
                if self._inside:
                    self._inside[-1] += took

        setattr(owner, name, watched)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--batch", type=int, default=25)
    words = parser.parse_args()
    set_up_logging("warning")  # a worker's line a page goes to a file, not to a terminal
    folder = Path(tempfile.mkdtemp(prefix="st", dir="/tmp"))
    server = subprocess.Popen(
        [
            server_program(),
            "--port",
            "0",
            "--unixsocket",
            str(folder / "s"),
            "--dir",
            str(folder),
            "--save",
            "",
        ],
        stdout=subprocess.DEVNULL,
    )
    while not (folder / "s").exists():
        time.sleep(0.05)
    try:
        settings = Settings(data_dir=folder, redis_url=SecretStr(f"unix://{folder}/s"))
        connect(settings).ping()
        made = pages(bodies(words.pages), words.count)
        work = tasks.make_desk(settings)
        tasks.spare_the_heap()
        warm = 2 * words.batch
        names = [work.handover.send(made[at : at + words.batch]) for at in range(0, len(made), words.batch)]
        for name in names[:2]:
            work.process(name)
        stages = Stages()
        for stage in (*STAGES, ("fold", type(work.folder), "fold"), ("store", type(work.store), "save")):
            stages.watch(*stage)
        begun = time.process_time()
        for name in names[2:]:
            work.process(name)
        took, count = time.process_time() - begun, len(made) - warm
        for label, cpu_s in [*stages.cpu_s.most_common(), ("all", took)]:
            print(f"{label:20}{cpu_s / count * 1000:8.2f}")
        print(f"{'outside':20}{(took - stages.cpu_s['extract'] - stages.cpu_s['fold']) / count * 1000:8.2f}")
        work.store.close()
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
