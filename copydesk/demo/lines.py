"""The lines that a reader sees on a page: what is left of HTML without its tags, one line a block."""

import re
from html.parser import HTMLParser

_HIDDEN = {"script", "style", "title"}
_INLINE = {"a", "b", "i", "em", "strong", "span", "font", "small", "time", "cite"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden += tag in _HIDDEN
        if tag not in _INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN and self._hidden > 0
        if tag not in _INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data.replace("\n", " "))


def visible_lines(html: str) -> list[str]:
    """Return the text of each block in order, white space folded.

    >>> visible_lines("<p>By <b>Ada</b></p><div>Share<br>Print</div><script>x()</script>")
    ['By Ada', 'Share', 'Print']
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [line for raw in "".join(reader.parts).split("\n") if (line := normalise(raw))]


def normalise(text: str) -> str:
    """Fold white space, and set typographic quotes back to typewriter ones."""
    plain = text.translate(_QUOTES)
    return re.sub(r"\s+", " ", plain).strip()


_QUOTES = str.maketrans({"\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
                         "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
                         "\N{NO-BREAK SPACE}": " "})  # fmt: skip
