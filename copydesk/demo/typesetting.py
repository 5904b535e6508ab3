"""How a paper sets a story: its quotation marks, its dateline, its slug."""

import re
import unicodedata
from dataclasses import replace

from copydesk.demo.facts import MONTHS
from copydesk.demo.publishers import Publisher
from copydesk.demo.syndication import Copy

_OPENING = re.compile(r'(^|[\s(])"')


def curl(text: str) -> str:
    """Set typographic quotation marks and apostrophes."""
    opened = _OPENING.sub("\\1\N{LEFT DOUBLE QUOTATION MARK}", text)
    return opened.replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}").replace(
        "'", "\N{RIGHT SINGLE QUOTATION MARK}"
    )


def slugify(title: str) -> str:
    """Make the last part of a URL.

    >>> slugify("Data of 3 million clients (exposed)")
    'data-of-3-million-clients-exposed'
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:64].rstrip("-")


def typeset(copy: Copy, publisher: Publisher, dateline: str) -> Copy:
    """Return the copy as ``publisher`` prints it: what its page, exactly, should give."""
    blocks = copy.blocks
    if publisher.datelines:
        when = f"{MONTHS[copy.published_at.month - 1][:3]} {copy.published_at.day}"
        head = f"{dateline}, {when} ({publisher.name}) - {blocks[0].text}"
        blocks = (replace(blocks[0], text=head), *blocks[1:])
    if not publisher.curly:
        return replace(copy, blocks=blocks)
    curled = tuple(replace(block, text=curl(block.text)) for block in blocks)
    return replace(copy, title=curl(copy.title), blocks=curled)
