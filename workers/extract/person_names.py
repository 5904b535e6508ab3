"""Whether a short line could be the name of a person, or of people who sign together.  Pure strings."""

import re
import unicodedata

from workers.extract.authors import clean_authors
from workers.extract.phrases import boilerplate_reason

_NO_NAME = frozenset(
    [
        "about", "us", "contact", "powered", "more", "read", "author", "authors", "home", "news", "the", "our", "your",
        "team-page", "categories", "category", "tags", "posted", "published", "updated", "written", "blog", "view",
        "all", "posts", "share", "follow", "minutes", "min", "with", "this", "information", "meet", "comments", "last",
        "active", "related", "articles", "subscribe", "newsletter", "menu", "search", "login", "edition",
    ]
)  # fmt: skip
_PARTICLES = frozenset(
    [
        "de", "del", "della", "di", "da", "dos", "das", "du", "van", "von", "der", "den", "ter", "ten", "la", "le",
        "el", "al", "bin", "ben", "ibn", "af", "av", "zu", "op", "'t", "het", "y", "e",
    ]
)  # fmt: skip
"""Parts of names that are written small."""
_NAME_CHARS, _NAME_WORDS = 60, 5
_SHORT_NAME_WORDS = 4
_LONG_WORD = 20
_BY_PREFIX = re.compile(r"^(?:by|von|par|por|written by|author:?|posted by)\s+", re.IGNORECASE)
_BY_LETTERS = frozenset("bBvVpPwWaA")
_DENSE_NAME = re.compile(
    r"[\u3400-\u9fff々]{2,4}|[\u3400-\u9fff々]{1,3}[ \u3000][\u3400-\u9fff々\u3040-\u30ff]{1,4}|[\uac00-\ud7a3]{2,4}"
)
_COLLECTIVE = re.compile(
    r"(?:the\s)?(?:team\s)?(?:[\w.&'’-]+\s){1,4}(?:team|staff|editors|newsroom|newsdesk|news desk|desk|editorial board|"
    r"redaktion|redactie|redaktionen|toimitus|redakcja|redakce)|(?:the\s)?team(?:\s[A-Z\d][\w.&'’-]*){1,4}|"
    r"(?:la\s)?(?:rédaction|redacción|redação|redazione|redaktion|redactie|редакция)(?:\s[\w.&'’-]+){1,4}",
    re.IGNORECASE,
)


def is_name_like(text: str, *, fewest: int = 2) -> bool:
    """Say whether a short line could be one person's name, or "By" and a name.

    >>> is_name_like("Ana Perez"), is_name_like("Read more"), is_name_like("عبد الله حسن")
    (True, False, True)
    """
    if len(text) > _NAME_CHARS or text.count(" ") > _NAME_WORDS or (fewest > 1 and " " not in text):
        return False
    if text[-1:] in "?!:" or any(map(str.isdigit, text)):
        return False
    words = (_BY_PREFIX.sub("", text) if text[:1] in _BY_LETTERS else text).split()
    if not fewest <= len(words) <= _NAME_WORDS:
        return False
    if _NO_NAME.intersection(word.casefold().strip(".,") for word in words):
        return False
    bare = [word.strip("()\"“”'’") for word in words]
    high = sum(word in _PARTICLES or (word[:1].isalpha() and not word[0].islower()) for word in bare)
    return high >= len(words) - (fewest > 1) and boilerplate_reason(text) is None


def is_name(text: str) -> bool:
    """Say whether a line is two to four capitalised words of letters, not all capitals, and nothing else."""
    if not is_name_like(text) or text.isupper():
        return False
    words = [word.replace("-", "").replace("'", "").replace("’", "").rstrip(".") for word in text.split()]
    return (
        len(words) <= _SHORT_NAME_WORDS
        and all(_is_word(word) and not word[0].islower() and len(word) < _LONG_WORD for word in words)
        and bool(clean_authors([text]))
    )


def _is_word(text: str) -> bool:
    """Say whether a text is letters only, with the vowel signs that Indic scripts and Thai set beside them."""
    return text.isalpha() or (
        text[:1].isalpha() and all(c.isalpha() or unicodedata.category(c) in ("Mn", "Mc") for c in text)
    )


def is_dense_name(text: str) -> bool:
    """Say whether a text could be a name in Chinese, Japanese or Korean, which write it without a space.

    >>> is_dense_name("陈晓明"), is_dense_name("佐藤 健一"), is_dense_name("김민수"), is_dense_name("渡轮恢复航行")
    (True, True, True, False)
    """
    return bool(_DENSE_NAME.fullmatch(text))


def is_collective(text: str) -> bool:
    """Say whether a line names people who sign together.

    >>> is_collective("The Harbour Post Team"), is_collective("Ana Perez")
    (True, False)
    """
    return len(text) <= _NAME_CHARS and bool(_COLLECTIVE.fullmatch(text.strip()))
