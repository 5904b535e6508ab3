"""Row keys: 63-bit hashes, the same in every process, so that writing twice changes nothing."""

import string

import xxhash

_NOT_WORDS = (string.punctuation + string.whitespace).encode()
_TYPOGRAPHY = tuple(
    character.encode() for character in "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0\u00ab\u00bb"
)


def url_key(url: str) -> int:
    """Return the key under which rows about a URL are found."""
    return _hash63(url)


def page_key(url: str, content_hash: str) -> int:
    """Return the key of what one URL held at one time."""
    return _hash63(f"{url}\n{content_hash}")


def content_hash(body: bytes) -> str:
    """Return 128 bits of hash over a page's bytes, in hex."""
    return xxhash.xxh3_128_hexdigest(body)


def text_hash(text: str) -> str:
    r"""Return 128 bits of hash over a text's letters and digits, in hex: how it is set and spaced is no difference.

    >>> text_hash("The \u201crule\u201d, in full.") == text_hash("the 'rule' \u2014 in\n\nfull")
    True
    """
    # On bytes: a regular expression over the text takes longer than the rest of the save.
    words = text.casefold().encode("utf-8", "surrogatepass").translate(None, _NOT_WORDS)
    if not words.isascii():
        for mark in _TYPOGRAPHY:
            words = words.replace(mark, b"")
    return xxhash.xxh3_128_hexdigest(words)


def _hash63(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass")) >> 1
