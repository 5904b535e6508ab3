"""What the frontier keeps, lends and takes back: plain records, no Redis."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from crawler.records import CanonicalUrl, DiscoveredUrl, FeedHint, HostKey, SourceId, UrlRole

VISITED_AGAIN = frozenset({UrlRole.FEED, UrlRole.SITEMAP, UrlRole.FRONT})
"""Roles of which there is always a next visit."""


class Entry(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A URL that waits, as it is stored: the discovery and what redirects made of it."""

    url: CanonicalUrl
    """The URL to ask for."""
    source: SourceId
    role: UrlRole = UrlRole.PAGE
    depth: int = 0
    hint: FeedHint | None = None
    asked: CanonicalUrl | None = None
    """The URL that redirects from another host led away from: the one that the outcome is recorded under."""
    hops: int = 0
    """Redirects followed so far."""
    guess: bool = False
    """A usual path that we try: a miss is no failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a conditional request sends: the last answer's ``ETag`` and ``Last-Modified``, and what the body was."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedUrl:
    """One URL lent to a fetcher."""

    id: bytes
    entry: Entry
    host: HostKey
    tries: int = 0
    """Passing failures so far."""
    lost: int = 0
    """Fetchers that died with this URL in hand."""
    validators: Validators | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One host lent to one fetcher, with the URLs to ask it for one after the other."""

    host: HostKey
    urls: tuple[LeasedUrl, ...]
    delay_s: float
    """The gap after each request, as known so far (robots.txt may ask for more)."""
    is_dead: bool = False
    """The breaker is open: fail these URLs without asking."""


class Action(StrEnum):
    """What becomes of an entry whose lease ends."""

    GONE = "gone"
    RETRY = "retry"
    VISIT = "visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """The end of one URL's lease."""

    leased: LeasedUrl
    action: Action = Action.GONE
    delay_s: float = 0.0
    """Until the retry; of a first visit, the interval to start with."""
    changed: str = "changed"
    """Of a visit: ``changed``, ``same`` or ``failed``."""
    validators: Validators | None = None
    fresh_s: float = 0.0
    """Of a visit: how long the answer says that it stays as it is (``Cache-Control``, ``Expires``)."""
    final_url: CanonicalUrl | None = None
    """The URL that answered: seen from now on, and part of the source's site if the lease was a seed's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """The end of one host's lease, and how the host behaved in it."""

    host: HostKey
    age_s: float = 0.0
    """Since the last request of the lease ended."""
    delay_s: float = 0.0
    """The gap that is owed from then on."""
    answered: int = 0
    unanswered: int = 0
    """Time-outs, broken connections, 5xx and 429."""
    is_nobody_there: bool = False
    """Whether there was not even a connection: the name or the machine may not exist."""
    error: str = ""
    hold_s: float = 0.0
    """How long the host asked to be left alone (``Retry-After``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """What a worker found a URL to be, so that it is visited again: a feed, a sitemap or a front page."""

    url: CanonicalUrl
    source: SourceId
    role: UrlRole
    depth: int = 0
    period_s: float | None = None
    """How often it says that it changes: ``ttl``, ``sy:updatePeriod``, ``changefreq``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """One host, for a person to look at.  Times are seconds from now; negative ones are past."""

    host: HostKey
    waiting: int
    """URLs in its queue."""
    visits: int
    """URLs that are visited again and again."""
    due_in_s: float | None
    """Until its next turn; ``None`` when nothing waits."""
    delay_s: float
    fetched: int
    failed: int
    is_leased: bool
    is_paused: bool
    is_dead: bool
    row: int = 0
    """Failures since its last answer."""
    error: str = ""
    error_ago_s: float | None = None


_entry_encoder = msgspec.msgpack.Encoder()
_entry_decoder = msgspec.msgpack.Decoder(Entry)


def encode_entry(entry: Entry) -> bytes:
    """Return the entry as it is stored."""
    return _entry_encoder.encode(entry)


def decode_entry(blob: bytes) -> Entry:
    """Read a stored entry.

    Raises:
        msgspec.ValidationError: if it is not one.
    """
    return _entry_decoder.decode(blob)


def entry_of(found: DiscoveredUrl, *, guess: bool = False) -> Entry:
    """Return the entry that a discovered URL becomes."""
    return Entry(
        url=found.url, source=found.source, role=found.role, depth=found.depth, hint=found.hint, guess=guess
    )


def encode_validators(validators: Validators | None) -> bytes:
    """Return validators as they are stored, empty when there are none."""
    if validators is None:
        return b""
    text = f"{validators.etag}\n{validators.last_modified}\n{validators.body_hash}"
    return text.encode("utf-8", "surrogateescape")


def decode_validators(blob: bytes | None) -> Validators | None:
    """Read stored validators; ``None`` when there are none.

    >>> decode_validators(encode_validators(Validators(etag='"a"', body_hash="9")))
    Validators(etag='"a"', last_modified='', body_hash='9')
    """
    parts: Sequence[str] = blob.decode("utf-8", "surrogateescape").split("\n") if blob else ()
    if len(parts) != 3:  # noqa: PLR2004 - the three fields above
        return None
    return Validators(etag=parts[0], last_modified=parts[1], body_hash=parts[2])
