"""The command line as a user runs it, in this process: a second of start-up saved for each command."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
import structlog

from copydesk.cli import main


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


class Run(Protocol):
    """Runs ``copydesk WORDS`` in a folder of its own; variables are set for this command and those after it."""

    def __call__(self, *words: str, **variables: str) -> Done: ...


@pytest.fixture
def copydesk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, with nothing of this machine's settings."""
    for name in [name for name in os.environ if name.startswith("COPYDESK_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*words: str, **variables: str) -> Done:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["copydesk", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        # A command sets the log up for the streams that it has.
        structlog.reset_defaults()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run
