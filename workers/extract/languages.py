"""The language of a story: what the page declares, unless its text plainly speaks another."""

import re
from typing import cast

from resiliparse.parse.lang import detect_fast, supported_langs

_TAG = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*\s*(?:$|[,;])")
_NO_LANGUAGE = frozenset(["und", "mul", "zxx", "mis", "utf", "iso", "xx", "xxx", "all", "default"])
_ONE_OF = {
    "nb": "no",
    "nn": "no",
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "cmn": "zh",
    "fil": "tl",
    "hr": "sh",
    "bs": "sh",
    "sr": "sh",
}
"""Tags of one language, and languages that only their readers tell apart."""
_KNOWN = frozenset(_ONE_OF.get(name, name) for name in supported_langs())
_RARE = frozenset(
    [
        "la",
        "lb",
        "fy",
        "rm",
        "br",
        "sa",
        "an",
        "ba",
        "cv",
        "eo",
        "io",
        "jv",
        "oc",
        "vo",
        "yi",
        "tt",
        "mt",
        "ga",
        "gd",
        "cy",
        "sc",
        "ce",
    ]
)
"""Languages that the detector takes short texts of their neighbours for; their papers declare them."""
_PRESS = sorted(frozenset(supported_langs()) - _RARE)
_READ_CHARS = 2_000
_FEWEST_LETTERS = 80
_ANY_RANK = 10_000
_MOST_LANGUAGES = 120
_PLAINLY = 0.8
"""How much nearer to another language a text must be to outweigh the declaration: decision 0321 has the counts."""
_SHORT, _CLEARLY_SHORT, _CLEARLY = 400, 0.98, 0.99
"""How much nearer than to the second best an undeclared text must be: right on 97 of 100 texts of 250 letters, of which
8 are left untold, and on 99 of 100 of 400."""
_SCRIPTS = {
    "ja": (re.compile("[\u3040-\u30ff]"), 0.1),
    "ko": (re.compile("[\uac00-\ud7af]"), 0.1),
    "zh": (re.compile("[\u4e00-\u9fff]"), 0.3),
}
"""Letters that only one language has, and what share of its texts they are at least; tried in this order."""
_EAST_ASIAN = frozenset(_SCRIPTS)
_COPULAS = {
    "hi": re.compile(r"\s(?:है|हैं|था|थे)(?=[\s।,])"),
    "mr": re.compile(r"\s(?:आहे|आहेत|होते)(?=[\s.,])"),
    "ne": re.compile(r"\s(?:छ|छन्|हो|थियो)(?=[\s।,])"),
}
"""Words without which hardly a paragraph is written, in languages of one script that the detector mixes up."""
_DEVANAGARI = frozenset(["hi", "mr", "ne", "sa", "bh", "mai"])


def declared_language(value: str) -> str | None:
    """Return the primary tag, lower case, of a BCP 47 tag or locale; ``None`` where it names no language.

    >>> declared_language("pt_BR"), declared_language("utf-8"), declared_language("zh-Hant-TW")
    ('pt', None, 'zh')
    """
    found = _TAG.match(value[:40])
    name = found[1].lower() if found else ""
    return name if name and name not in _NO_LANGUAGE else None


def spoken_language(text: str, declared: str | None) -> tuple[str | None, bool]:
    """Return the language of a text as a primary tag, and whether the text itself told it.

    A declaration stands unless the text is plainly nearer to another language; without one the text must tell clearly.
    """
    text = text[:_READ_CHARS]
    if len(text) < _SHORT and sum(map(str.isalpha, text)) < _FEWEST_LETTERS:
        return declared, False
    if declared is None:
        best = _clear(text)
        return best or None, bool(best)
    ranks = _ranks(text, 2, None)
    best = (_settled(ranks[0][0], text) or ranks[0][0]) if ranks else declared
    if _same(best, declared) or _ONE_OF.get(declared, declared) not in _KNOWN:
        return declared, False
    if best in _EAST_ASIAN and declared not in _EAST_ASIAN:
        return best, True
    farther = next(
        (distance for name, distance in _ranks(text, _MOST_LANGUAGES, None) if _same(name, declared)), 0
    )
    return (best, True) if ranks[0][1] <= _PLAINLY * farther else (declared, False)


def _settled(best: str, text: str) -> str:
    """Return the language by its letters or copulas, where the detector mixes up those of one script, or ``""``."""
    if best in _EAST_ASIAN:
        shares = (
            (name, len(letters.findall(text)) >= share * len(text))
            for name, (letters, share) in _SCRIPTS.items()
        )
        return next((name for name, is_enough in shares if is_enough), "")
    if best in _DEVANAGARI:
        counts = {name: len(words.findall(text)) for name, words in _COPULAS.items()}
        return max(counts, key=lambda name: counts[name]) if any(counts.values()) else ""
    return ""


def _clear(text: str) -> str:
    """Return the language of the press that a text is clearly nearest to, or an empty string."""
    ranks = _ranks(text, 2, _PRESS)
    if len(ranks) < 2 or ranks[0][0] == "unknown":
        return ""
    (best, distance), (second, farther) = ranks
    if settled := _settled(best, text):
        return settled
    margin = _CLEARLY if len(text) >= _SHORT else _CLEARLY_SHORT
    return best if distance <= margin * farther or _same(best, second) else ""


def _ranks(text: str, most: int, among: list[str] | None) -> list[tuple[str, int]]:
    """Return the nearest languages and how far the text is from each, nearest first."""
    return cast("list[tuple[str, int]]", detect_fast(text, cutoff=_ANY_RANK, n_results=most, langs=among))


def _same(one: str, other: str) -> bool:
    return _ONE_OF.get(one, one) == _ONE_OF.get(other, other)
