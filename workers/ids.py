"""Names of articles and stories: numbers for machines, 14 letters and digits for people."""

from hashlib import blake2b

from workers.records import ArticleId, StoryId

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no i, l, o, u, so that a name can be read out and typed."""

_LENGTH = 13
"""Digits of 5 bits each that 63 bits need."""

_LIMIT = 1 << 63


def article_id(url: str, text: str, title: str = "") -> ArticleId:
    """Return the 63-bit id of the article with this URL, exact text and title, whoever computes it.

    >>> article_id("https://a.example/1", "Ministers met on Monday.") == article_id(
    ...     "https://a.example/1", "Ministers met on Monday.")
    True
    >>> article_id("https://a.example/1", "b") == article_id("https://a.example/1b", "")
    False
    """
    digest = blake2b(digest_size=8, person=b"copydesk article"[:16])
    for part in (url, title, text):
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return ArticleId(int.from_bytes(digest.digest(), "big") >> 1)


def article_name(article: ArticleId) -> str:
    """Return the article's id for people: ``a`` and 13 base-32 digits.

    >>> article_name(ArticleId(1))
    'a0000000000001'
    """
    return "a" + _digits(article)


def parse_article_name(name: str) -> ArticleId:
    """Return the id that ``article_name`` wrote as ``name``; ``ValueError`` where it wrote none such.

    >>> parse_article_name("a0000000000001")
    1
    """
    return ArticleId(_number(name, "a"))


def story_name(story: StoryId) -> str:
    """Return the story's id for people: ``s`` and 13 base-32 digits.

    >>> story_name(StoryId(2**63 - 1))
    's7zzzzzzzzzzzz'
    """
    return "s" + _digits(story)


def parse_story_name(name: str) -> StoryId:
    """Return the id that ``story_name`` wrote as ``name``; ``ValueError`` where it wrote none such.

    >>> parse_story_name("s7zzzzzzzzzzzz") == 2**63 - 1
    True
    >>> parse_story_name("a7zzzzzzzzzzzz")
    Traceback (most recent call last):
    ...
    ValueError: 'a7zzzzzzzzzzzz' is not a name: 's' and 13 base-32 digits are expected
    """
    return StoryId(_number(name, "s"))


def _digits(number: int) -> str:
    if not 0 <= number < _LIMIT:
        raise ValueError(f"an id has 63 bits, {number} does not fit")
    return "".join(_DIGITS[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


def _number(name: str, letter: str) -> int:
    digits = name[1:]
    known = len(digits) == _LENGTH and all(digit in _DIGITS for digit in digits)
    number = (
        sum(_DIGITS.index(digit) << 5 * at for at, digit in enumerate(reversed(digits))) if known else _LIMIT
    )
    if not name.startswith(letter) or number >= _LIMIT:
        raise ValueError(f"{name[:40]!r} is not a name: {letter!r} and {_LENGTH} base-32 digits are expected")
    return number
