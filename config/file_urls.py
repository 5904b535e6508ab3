"""Folders go into the URLs of Redis and the database whatever their names are."""

import re
from pathlib import Path
from urllib.parse import quote

_MEANS_SOMETHING = re.compile(r"[%?#\s]")
"""Read as an escape, the beginning of options or of a fragment, or dropped.

Nothing else is quoted: bytes that are no UTF-8 do not outlast quoting and reading.
"""


def path_in_url(path: Path) -> str:
    """Return an absolute path as it stands in a ``unix://`` or ``sqlite:///`` URL.

    >>> path_in_url(Path("/home/ada/100% news #1"))
    '/home/ada/100%25%20news%20%231'
    >>> path_in_url(Path("/home/ada/Übersicht"))
    '/home/ada/Übersicht'
    """
    return _MEANS_SOMETHING.sub(lambda found: quote(found[0]), str(path))
