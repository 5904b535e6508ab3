"""robots.txt by RFC 9309: which group speaks to us, what it allows, how long it asks us to wait.

Protego matches paths; agents and groups are matched here, where it differs from the RFC: a group "news" is not for
the agent "newsbot", and a line that nobody knows does not end a group.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import isfinite
from urllib.parse import quote

import msgspec
from protego import Protego

MAX_BYTES = 500 * 1024
"""RFC 9309, 2.5: at least 500 KiB are parsed; what comes after is not read."""
MAX_SITEMAPS = 200
MAX_WILD_RULES = 1000
"""Rules with ``*`` or ``$`` are tried one by one against each URL, 2 us each, in the loop that all hosts share."""
_PLAIN_BYTES, _WILD_BYTES = 300, 1400
"""What one rule takes in memory when it is ready to be asked, as measured with Protego 0.7."""

_NEWLINE = re.compile(r"\r\n|\r|\n")
_ODD_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""Line ends to Python, and so to Protego, but not to the RFC."""
_WILDCARD = re.compile(r"[*$]")
_TOKEN = re.compile(r"[A-Za-z_-]+")
# Misspellings that Google's parser and Protego take for what was meant.
_FIELDS = {
    **dict.fromkeys(("user-agent", "useragent", "user agent"), "user-agent"),
    **dict.fromkeys(("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"), "disallow"),
    "allow": "allow",
    **dict.fromkeys(("sitemap", "site-map", "sitemaps"), "sitemap"),
    **dict.fromkeys(("crawl-delay", "crawldelay", "crawl delay"), "crawl-delay"),
}


class Robots(msgspec.Struct, frozen=True, array_like=True):
    """What a host's robots.txt says to us: small enough to be shared through Redis."""

    rules: str = ""
    """Its ``allow`` and ``disallow`` lines for us."""
    crawl_delay_s: float | None = None
    sitemaps: tuple[str, ...] = ()
    unreachable: str = ""
    """Why it could not be read (reason of a counter): everything is disallowed until it can."""


@dataclass(slots=True)
class _Group:
    rules: list[str] = field(default_factory=list)
    delay_s: float | None = None
    is_there: bool = False


def parse_robots(body: bytes, agent: str) -> Robots:
    r"""Read what a robots.txt says to the product token ``agent``; never raises.

    >>> parse_robots(b"User-agent: *\nDisallow: /private\nCrawl-delay: 2", "copydesk")
    Robots(rules='disallow:/private', crawl_delay_s=2.0, sitemaps=(), unreachable='')
    """
    ours, anybody = _Group(), _Group()
    sitemaps: dict[str, None] = {}
    open_groups: list[_Group] = []
    is_heading = False
    for name, value in _lines_of(body):
        if name == "user-agent":
            open_groups = open_groups if is_heading else []
            is_heading = True
            group = _group_for(value, agent, ours, anybody)
            if group is not None:
                group.is_there = True
                open_groups.append(group)
        elif name == "sitemap":
            if value and len(sitemaps) < MAX_SITEMAPS:
                sitemaps[value] = None
        elif name == "crawl-delay":
            _set_delay(open_groups, value)
        else:
            is_heading = False
            for group in open_groups:
                if value:
                    group.rules.append(f"{name}:{_ODD_BREAKS.sub(_quoted, value)}")
    spoken = ours if ours.is_there else anybody
    rules = "\n".join(_bounded(dict.fromkeys(spoken.rules)))
    return Robots(rules=rules, crawl_delay_s=spoken.delay_s, sitemaps=tuple(sitemaps))


def _bounded(rules: Iterable[str]) -> Iterator[str]:
    """Pass the rules on; of wildcards beyond the bound a ``disallow`` is cut at the first, which forbids more."""
    wild = 0
    for rule in rules:
        first = _WILDCARD.search(rule)
        wild += first is not None
        if first is None or wild <= MAX_WILD_RULES:
            yield rule
        elif rule.startswith("disallow:"):
            yield rule[: first.start()]


def _lines_of(body: bytes) -> Iterator[tuple[str, str]]:
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
    for line in _NEWLINE.split(text):
        bare = line.partition("#")[0].strip(" \t\0\x0b\x0c")
        name, colon, value = bare.partition(":")
        known = _FIELDS.get(name.strip().lower()) if colon else None
        if known is None:
            # "Disallow /private": the colon is forgotten often enough that Google reads it, too.
            name, _, value = bare.partition(" ")
            known = _FIELDS.get(name.strip().lower())
        if known is not None:
            yield known, value.strip()


def _group_for(value: str, agent: str, ours: _Group, anybody: _Group) -> _Group | None:
    if value == "*" or value[:2] in {"* ", "*\t"}:
        return anybody
    token = _TOKEN.match(value)
    return ours if token is not None and token[0].lower() == agent.lower() else None


def _quoted(match: re.Match[str]) -> str:
    return quote(match[0])


def _set_delay(groups: list[_Group], value: str) -> None:
    try:
        delay_s = float(value)
    except ValueError:
        return
    if isfinite(delay_s) and delay_s >= 0:
        for group in groups:
            group.delay_s = max(delay_s, group.delay_s or 0.0)


class RobotsRules:
    """The rules of one host, ready to be asked."""

    __slots__ = ("_matcher", "robots", "size")

    def __init__(self, robots: Robots) -> None:
        self.robots = robots
        lines = robots.rules.split("\n") if robots.rules else []
        self.size = sum(_WILD_BYTES if _WILDCARD.search(line) else _PLAIN_BYTES for line in lines)
        """About so many bytes of memory."""
        self._matcher = Protego.parse(f"User-agent: *\n{robots.rules}") if robots.rules else None

    def may_fetch(self, url: str) -> bool:
        """Tell whether the rules let us ask for ``url``; without rules everything may be asked for."""
        return self._matcher is None or bool(self._matcher.can_fetch(url, "*"))


class RobotsAnswer(msgspec.Struct, frozen=True):
    """How the request for a robots.txt ended: a status with a body, or the reason why there is none."""

    status: int | None = None
    body: bytes = b""
    failure: str = ""


def judge(answer: RobotsAnswer, agent: str) -> Robots:
    """Return what an answer means (RFC 9309, 2.3.1): 2xx is read, 4xx allows all, anything else disallows all.

    429 is no 4xx here: a server that asks us to slow down does not invite us to everything.

    >>> judge(RobotsAnswer(status=404), "copydesk") == Robots()
    True
    >>> judge(RobotsAnswer(status=503), "copydesk").unreachable
    'http_503'
    """
    if answer.status is None:
        return Robots(unreachable=answer.failure or "unknown")
    if 200 <= answer.status < 300:  # noqa: PLR2004 - RFC 9110 classes
        return parse_robots(answer.body, agent)
    if 300 <= answer.status < 500 and answer.status != 429:  # noqa: PLR2004
        return Robots()
    return Robots(unreachable=f"http_{answer.status}")
