"""What an answer says: where it leads, whether it failed, its codings and validators, and the headers that are kept."""

from datetime import UTC, datetime

import xxhash
from yarl import URL

from crawler.errors import FetchError, PermanentError, RefusedError, TransientError
from crawler.frontier.records import Validators
from crawler.politeness import fresh_for_s, parse_retry_after
from crawler.records import CanonicalUrl
from crawler.transport import GOOD, Answer
from crawler.urls import canonicalize, host_key

KEPT_HEADERS = frozenset(
    {
        "content-type", "content-language", "content-location", "last-modified", "etag", "date", "expires",
        "cache-control", "link", "x-robots-tag",
    }
)  # fmt: skip
"""The response headers that a later stage reads."""
MAX_KEPT_CHARS = 4096
ENCODINGS = frozenset({"gzip", "deflate", "br", "zstd"})
NO_ENCODING = frozenset({"", "identity", "none", "utf-8", "7bit", "8bit", "binary"})
"""What servers write where there is no coding: some take it for the charset or for that of mail."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset(
    {408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 525, 527, 529, 530}
)
"""Statuses that may be gone later (RFC 9110, and those of the large content networks)."""


def conditions_of(validators: Validators | None) -> dict[str, str] | None:
    """Return the headers of a conditional request."""
    if validators is None:
        return None
    pairs = (("If-None-Match", validators.etag), ("If-Modified-Since", validators.last_modified))
    return {name: value for name, value in pairs if value} or None


def target_of(answer: Answer) -> tuple[str, CanonicalUrl]:
    """Return where a redirect leads: as the server wrote it, which is what it wants to be asked, and canonical.

    Raises:
        PermanentError: ``bad_redirect``, if it leads to nothing that can be fetched.
    """
    location = answer.headers.get("Location", "").strip()
    if not location:
        raise PermanentError(answer.url, reason="bad_redirect", detail="no Location", status=answer.status)
    try:
        target = canonicalize(location, answer.url)
        written = URL(answer.url, encoded=True).join(URL(location)).with_fragment(None)
        return (str(written) if host_key(str(written)) == host_key(target) else target), target
    except (FetchError, ValueError) as error:
        detail = error.reason if isinstance(error, FetchError) else "no URL"
        raise PermanentError(
            answer.url, reason="bad_redirect", detail=detail, status=answer.status
        ) from error


def refuse_status(url: str, answer: Answer) -> None:
    """Raise what any status but a good one means: passing, or for good."""
    status = answer.status
    if status in GOOD:
        return
    if status in PASSING:
        wait_s = parse_retry_after(answer.headers.get("Retry-After"), datetime.now(UTC))
        raise TransientError(url, reason=f"http_{status}", status=status, retry_after_s=wait_s)
    raise PermanentError(url, reason=f"http_{status}", status=status)


def encoding_of(url: str, answer: Answer) -> str:
    """Return the content codings of an answer, in the order in which they were applied (RFC 9110, 8.4).

    Raises:
        RefusedError: ``unknown_encoding``.
    """
    written = ",".join(answer.headers.getall("Content-Encoding", ()))
    named = [part.partition(";")[0].strip(' "').removeprefix("x-") for part in written.lower().split(",")]
    codings = [name for name in named if name not in NO_ENCODING]
    if not ENCODINGS.issuperset(codings) and answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"<", b"{"}:
        # A charset, or what a store calls its uploads: nothing was done to what lies open.
        return ""
    if not ENCODINGS.issuperset(codings):
        raise RefusedError(
            url, reason="unknown_encoding", detail=", ".join(codings)[:60], status=answer.status
        )
    return ", ".join(codings)


def validators_of(answer: Answer) -> Validators:
    """Return what the next visit's conditional request will send."""
    return Validators(
        etag=_one_line(answer.headers.get("ETag", "")),
        last_modified=_one_line(answer.headers.get("Last-Modified", "")),
        body_hash=xxhash.xxh3_64_hexdigest(answer.body),
    )


def fresh_s_of(answer: Answer) -> float:
    """Return how long an answer says that it stays as it is."""
    header = answer.headers.get
    control = ",".join(answer.headers.getall("Cache-Control", ()))
    return fresh_for_s(control, header("Expires"), header("Age"), datetime.now(UTC))


def _one_line(value: str) -> str:
    return value if len(value) <= 200 and value.isprintable() else ""  # noqa: PLR2004 - longer is no validator


def kept_headers(answer: Answer) -> dict[str, str]:
    """Return the headers that a later stage reads: lower-case names, several of one name joined."""
    kept: dict[str, str] = {}
    for written, value in answer.headers.items():
        name = written.lower()
        if name in KEPT_HEADERS:
            # Lone surrogates are bytes that were no UTF-8: MessagePack has no place for them.
            text = (
                value
                if value.isascii()
                else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            )
            kept[name] = f"{kept[name]}, {text}"[:MAX_KEPT_CHARS] if name in kept else text[:MAX_KEPT_CHARS]
    return kept
