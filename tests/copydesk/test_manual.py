"""The page of all commands, and what each command says of itself."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from copydesk.cli import build
from copydesk.manual import manual

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def commands() -> Iterator[tuple[str, object]]:
    """Every command that does something, with its whole name."""
    waiting: list[tuple[str, object]] = [("copydesk", get_command(build()))]
    while waiting:
        name, command = waiting.pop()
        inner = getattr(command, "commands", {})
        waiting += [(f"{name} {word}", inner[word]) for word in inner]
        if not inner:
            yield name, command


def test_the_page_of_commands_is_that_of_the_commands() -> None:
    """After a change: ``python -m copydesk.manual > docs/commands.md``."""
    assert PAGE.read_text("utf-8") == manual()


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda v: v if isinstance(v, str) else "")
def test_every_command_says_what_it_does_and_how(name: str, command: object) -> None:
    """One sentence first, an example that begins with the command's own name, a word on every option."""
    text = str(getattr(command, "help", ""))
    assert text.splitlines()[0].rstrip().endswith((".", ";", ","))
    assert f"Example: {name}" in text
    for parameter in getattr(command, "params", ()):
        assert getattr(parameter, "hidden", False) or getattr(parameter, "help", None), parameter


def test_the_shell_completes_commands(tmp_path: Path) -> None:
    """What the completion script of a shell asks is answered."""
    env = os.environ | {
        "_COPYDESK_COMPLETE": "complete_bash",
        "COMP_WORDS": "copydesk fro",
        "COMP_CWORD": "1",
    }
    words = [sys.executable, "-c", "from copydesk.cli import main; main()"]
    done = subprocess.run(words, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["frontier"]
