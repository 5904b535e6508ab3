"""Scripts that put no space between words: their text is cut into overlapping pairs, which any text index can hold.

Both databases take a run of such letters as one word, so that no word inside it would ever be found.  A pair is
the shortest piece that is rare enough to look up; whoever wants a word of five letters wants its four pairs in a row.
A run's last letter stands once more by itself, so that each letter begins a piece: one alone is looked up as a
beginning.
"""

import re
import unicodedata

LETTERS = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Tibetan, Burmese, Khmer
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff"  # Hangul: words are spaced, but carry their particles with them
    "\u3005-\u3007\u3040-\u30fa\u30fc-\u312f\u31a0-\u31bf\u31f0-\u31ff\uff66-\uff9f"  # kana, Bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
"""Their letters and marks, as a class of a regular expression without its brackets."""
_RUN = re.compile(f"[{LETTERS}]+")


def pairs_of(text: str) -> str | None:
    """Return the whole text with such runs in pairs, to be indexed in its place; ``None`` where it has none.

    >>> pairs_of("AI芯片出口, chips")
    'AI 芯片 片出 出口 口 , chips'
    >>> pairs_of("chips")
    """
    if text.isascii() or _RUN.search(text) is None:
        return None
    return _RUN.sub(lambda run: f" {_paired(run[0])} ", text)


def wanted_pairs(words: str) -> tuple[str, bool]:
    """Return what to look for, word after word, and whether its last piece is only the beginning of one.

    >>> wanted_pairs("AI芯片出")
    ('AI 芯片 片出', False)
    >>> wanted_pairs("2026年")
    ('2026 年', True)
    >>> wanted_pairs("chips")
    ('chips', False)
    """
    pieces = (pairs_of(words) or words).split()
    if not _RUN.fullmatch(pieces[-1]):
        return " ".join(pieces), False
    if len(pieces) > 1 and len(pieces[-2]) > 1 and _RUN.fullmatch(pieces[-2]):
        return " ".join(
            pieces[:-1]
        ), False  # in the text more may follow, and the pair before has this letter
    return " ".join(pieces), True


def _paired(run: str) -> str:
    # One form of every letter: kana of half width, Hangul in parts.
    letters = unicodedata.normalize("NFKC", run).replace(" ", "")
    return " ".join(letters[at : at + 2] for at in range(len(letters)))
