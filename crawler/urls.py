"""The identity of a page: the one maker of ``CanonicalUrl`` and ``HostKey``.

``canonicalize`` gives an address that may be fetched; ``page_identity`` says, once the page has been read, which
page it was (AMP and mobile twins and declared canonicals folded).  The rules are told in ``docs/formats.md``.
"""

import re

from crawler import url_twins
from crawler.errors import RefusedError
from crawler.records import CanonicalUrl, HostKey
from crawler.url_noise import clean_path, clean_query
from crawler.url_syntax import MAX_URL_CHARS, SchemeError, SplitUrl, split

_URL_TEXT = re.compile(r"\s*(?:https?:)?//[^\s/?#<>\"]+[^\s<>\"]*\s*", re.IGNORECASE)
_MAX_WRAPPINGS = 3
_MAX_SHOWN = 200
_LOCAL_ID = re.compile(r"local:[a-z0-9-]{1,100}")


def canonicalize(url: str, base: str | None = None) -> CanonicalUrl:
    """The canonical form of ``url``, resolved against ``base``.

    >>> canonicalize("HTTP://Example.COM:80/a/../b%7Ec?utm_source=x&id=3#top")
    'http://example.com/b~c?id=3'

    Raises:
        RefusedError: reason ``bad_scheme`` (mailto:, javascript:, ...) or ``bad_url`` (all else that no page has).
    """
    if base is None and is_local(url):  # a file's identity (crawler.intake) is opaque
        return CanonicalUrl(url)
    # A file without an address of its own is no base, but the addresses that it gives whole are good.
    return CanonicalUrl(str(_canonical(url, None if base is not None and is_local(base) else base)))


def is_local(url: str) -> bool:
    """Whether this is the identity of a file that does not say where it came from: nothing that can be fetched."""
    return _LOCAL_ID.fullmatch(url) is not None


def page_identity(
    url: str, *, declared_canonical: str | None = None, amp_url: str | None = None
) -> CanonicalUrl:
    """Which page this was: ``url`` is where it was found in the end, the rest is what it says of itself.

    A declared canonical is believed where it can be true (``url_twins.may_stand_for``).  Raises ``RefusedError``
    only for a bad ``url``.
    """
    if _LOCAL_ID.fullmatch(url):
        return CanonicalUrl(url)
    page = _canonical(url, None)
    own = url_twins.fold(page)
    declared = _declared(declared_canonical, url)
    if declared is None or (amp_url and declared == _declared(amp_url, url)):
        return CanonicalUrl(str(own))
    folded = url_twins.fold(declared)
    return CanonicalUrl(str(folded if url_twins.may_stand_for(folded, own) else own))


def fold_twin(url: str) -> CanonicalUrl:
    """The address of the desktop page of which ``url`` is the AMP or mobile twin, by its form alone."""
    return page_identity(url)


def host_key(url: str) -> HostKey:
    """The unit of politeness: ``host``, or ``host:port`` where the port is not the scheme's own."""
    if _LOCAL_ID.fullmatch(url):
        return HostKey("local")
    return HostKey(_split(url, None).netloc)


def is_url_text(text: str) -> bool:
    """Whether a piece of text is nothing but a web address."""
    return _URL_TEXT.fullmatch(text) is not None


def _declared(url: str | None, base: str) -> SplitUrl | None:
    try:
        return _canonical(url, base) if url and url.strip() else None
    except RefusedError:
        return None


def _canonical(url: str, base: str | None) -> SplitUrl:
    parts = _split(url, base)
    for _ in range(_MAX_WRAPPINGS):
        inner = url_twins.unwrap(parts)
        if inner is None:
            break
        try:
            parts = split(inner)
        except ValueError:
            break
    parts = SplitUrl(parts.scheme, parts.host, parts.port, clean_path(parts.path), clean_query(parts.query))
    if len(str(parts)) > MAX_URL_CHARS:  # percent-encoding makes one character nine
        raise RefusedError(_shown(url), reason="bad_url", detail="longer than 4096 characters")
    return parts


def _split(url: str, base: str | None) -> SplitUrl:
    try:
        return split(url, split(base) if base is not None else None)
    except SchemeError as error:
        raise RefusedError(_shown(url), reason="bad_scheme", detail=_shown(str(error))) from None
    except ValueError as error:
        raise RefusedError(_shown(url), reason="bad_url", detail=_shown(str(error))) from None


def _shown(text: str) -> str:
    """For a message of one line: what a page wrote there may hold line breaks and lone surrogates."""
    return ascii(text[:_MAX_SHOWN])[1:-1]
