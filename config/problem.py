"""What is wrong with a setting or a source file, in one line that names file, line and key."""

import difflib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path


class ConfigProblem(ValueError):  # noqa: N818 - the front door turns it into crawler.errors.ConfigError
    """A wrong setting or source; ``str()`` is one line for the user."""

    def __init__(
        self, message: str, *, file: Path | str | None = None, line: int | None = None, key: str | None = None
    ) -> None:
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(place + (f"{key}: " if key else "") + message)
        self.file = file
        self.line = line
        self.key = key


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    r"""Return the line (from 1) of a key in TOML text, as far as a plain scan can tell.

    >>> line_of('[fetch]\ndelay_s = 1\n', ["fetch", "delay_s"])
    2
    >>> line_of('[[source]]\nname="a"\n[[source]]\nhome=""', ["source", 1, "home"])
    4
    >>> line_of('', ["fetch"]) is None
    True
    """
    keys = [part for part in path if isinstance(part, str)]
    wanted_table, wanted_key = ".".join(keys[:-1]), keys[-1] if keys else ""
    occurrence = next((part for part in path if isinstance(part, int)), 0)
    table, seen, table_line = "", -1, None
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line):
            table = header[2].replace('"', "").replace(" ", "")
            if table == wanted_table:
                seen += 1
            if table == wanted_table and seen == occurrence:
                table_line = number
            elif table == ".".join(keys):
                return number
        elif (table == wanted_table and (not table or seen == occurrence)) and _key_of(line) == wanted_key:
            return number
    return table_line


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint naming the closest known word, or all of them when there are few and none is close.

    >>> nearest("dely_s", ["delay_s", "retries"])
    'did you mean delay_s?'
    """
    choices = sorted(known)
    if close := difflib.get_close_matches(word, choices, n=1, cutoff=0.5):
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(choices)}"


def _key_of(line: str) -> str:
    pair = re.match(r"""\s*["']?([^"'=\s.]+)[^=]*=""", line)
    return pair[1] if pair else ""
