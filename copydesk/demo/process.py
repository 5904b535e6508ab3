"""The press as a process of its own, for the demo, the integration tests and the crash harness."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from copydesk.demo.press import Press
from crawler.errors import CopydeskError

REQUESTS = "requests.jsonl"
"""In the press's folder: every request that it got."""

START_S = 20.0


@contextmanager
def press_process(
    folder: Path, *, seed: int = 1, publishers: int = 12, stories: int = 60
) -> Iterator[tuple[Press, Callable[[], None]]]:
    """Yield the press that a child process serves, and what moves it to its next edition.

    Its request log is ``REQUESTS`` in the folder.  It ends with the block, or with this process.

    Raises:
        CopydeskError: It did not start.
    """
    port_file = folder / "press.json"
    words = ["--seed", str(seed), "--publishers", str(publishers), "--stories", str(stories)]
    words += ["--port-file", str(port_file), "--log", str(folder / REQUESTS)]
    server = subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, "-m", "copydesk.demo.serve", *words], stdin=subprocess.PIPE
    )
    with server, _input_of(server) as commands:

        def advance() -> None:
            commands.write(b"advance\n")
            commands.flush()

        _wait_for(port_file, server)
        yield Press.from_port_file(port_file), advance


@contextmanager
def _input_of(server: "subprocess.Popen[bytes]") -> Iterator[IO[bytes]]:
    if server.stdin is None:
        raise ValueError("the press is started with a pipe as its input")
    with server.stdin:  # its end is the end of the press
        yield server.stdin


def _wait_for(port_file: Path, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_S
    while not port_file.exists():
        if server.poll() is not None or time.monotonic() > deadline:
            raise CopydeskError("the demo press did not start; may this machine open sockets on 127.0.0.1?")
        time.sleep(0.02)
