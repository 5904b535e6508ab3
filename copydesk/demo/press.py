"""The simulated press: every page of every paper, and the truth about each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from copydesk.demo import feeds
from copydesk.demo.lines import normalise, visible_lines
from copydesk.demo.pages import Expected, Mishap, Page, PageKind
from copydesk.demo.plan import Plan
from copydesk.demo.prose import PROSE, prose_pages
from copydesk.demo.publishers import PUBLISHERS, Seed
from copydesk.demo.render import draw
from copydesk.demo.stories import Story
from copydesk.demo.syndication import Copy

DEFAULT_PORT = 8811
FIRST_ADDRESS = 11
"""The first paper is at 127.0.0.11, the second at 127.0.0.12 and so on: one host each, for politeness' sake."""
_RELATED, _POPULAR = 3, 5
_INNER_HOPS = {"/r/2", "/r/3", "/go/west"}
"""Only a redirect leads there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTruth:
    """What is true of one URL, whatever a crawler makes of it."""

    url: str
    kind: PageKind
    expected: Expected
    story: int | None
    family: str | None
    """Of a look-alike: its form."""
    versions: tuple[Copy, ...]
    """Any of which may be what the crawler was given."""
    exact_time: bool
    """False where the page gives a day only."""
    items: tuple[int, ...]
    """Of a digest: the stories on it, in order."""
    mishap: Mishap | None
    target: str | None
    """Of a redirect: the URL where it ends."""
    mirrors: str | None = None
    """Of an AMP page: the URL of the page that it is a twin of; they are one page, and one sighting."""


class Press:
    """Publishers, their pages and the truth about them; the same arguments give the same bytes."""

    def __init__(
        self, seed: int = 1, *, publishers: int = 12, stories: int = 60, origins: Sequence[str] | None = None
    ) -> None:
        if not 3 <= publishers <= len(PUBLISHERS) or not 8 <= stories <= 500:  # noqa: PLR2004
            raise ValueError(f"publishers must be 3 to {len(PUBLISHERS)} and stories 8 to 500")
        self.seed = seed
        self.publishers = PUBLISHERS[:publishers]
        self.origins = tuple(
            origins or (f"http://127.0.0.{FIRST_ADDRESS + i}:{DEFAULT_PORT}" for i in range(publishers))
        )
        plan = Plan(seed, self.publishers, stories)
        self.stories: tuple[Story, ...] = plan.stories
        """The hidden story, which nobody may read, is not among them."""
        made = [*plan.pages, *(page for i, p in enumerate(self.publishers) for page in prose_pages(i, p))]
        self.pages: Mapping[tuple[int, str], Page] = {(page.host, page.path): page for page in made}

    @classmethod
    def from_port_file(cls, path: Path) -> "Press":
        """Return the press that ``copydesk.demo.serve`` serves and described in ``path``."""
        data = json.loads(path.read_text("utf-8"))
        return cls(
            data["seed"],
            publishers=data["publishers"],
            stories=data["stories"],
            origins=tuple(data["origins"]),
        )

    def url(self, page: Page) -> str:
        """Return the absolute URL of a page."""
        return self.origins[page.host] + page.path

    def sources(self) -> list[str]:
        """Return one seed URL a paper: its home page, its feed or its sitemap."""
        return [
            origin + {Seed.HOME: "/", Seed.FEED: p.feed_path, Seed.SITEMAP: feeds.sitemap_paths(p)[0]}[p.seed]
            for origin, p in zip(self.origins, self.publishers, strict=True)
        ]

    def feed_urls(self) -> list[str]:
        """Return the feed of every paper."""
        return [origin + p.feed_path for origin, p in zip(self.origins, self.publishers, strict=True)]

    def listed(self, host: int) -> tuple[Page, ...]:
        """Return what the paper's front, feed and sitemap lead to, newest first."""
        return self._listed[host]

    @cached_property
    def _listed(self) -> tuple[tuple[Page, ...], ...]:
        shown = sorted(self.pages.values(), key=lambda p: (_stamp(p), p.path), reverse=True)
        return tuple(
            tuple(p for p in shown if p.host == host and p.listed and p.path not in _INNER_HOPS)
            for host in range(len(self.publishers))
        )

    def html(self, page: Page, version: int = 0) -> str:
        """Draw a page; ``version`` counts from 0 and stops at the last."""
        listed = [other for other in self.listed(page.host) if other.path != page.path and other.versions]
        start = sum(page.path.encode()) % max(1, len(listed))
        around = (listed[start:] + listed[:start]) * (_RELATED + _POPULAR)
        return draw(
            page, self.publishers[page.host], origin=self.origins[page.host],
            copy=page.versions[min(version, len(page.versions) - 1)] if page.versions else None,
            cards=self._cards(page), related=tuple(around[:_RELATED]),
            popular=tuple(around[_RELATED:_RELATED + _POPULAR]),
            item_urls=tuple(self.origins[item.host] + item.path for item in page.items),
            prose=PROSE.get(page.path, "").format(name=self.publishers[page.host].name),
        )  # fmt: skip

    def _cards(self, page: Page) -> tuple[Page, ...]:
        if page.kind is not PageKind.LIST:
            return ()
        return tuple(
            p for p in self.listed(page.host) if not page.section or p.section in page.section.split()
        )

    @cached_property
    def truths(self) -> Mapping[str, PageTruth]:
        """The truth about every page, by URL; feeds, sitemaps and robots.txt are not pages."""
        return {self.url(page): self._truth(page) for page in self.pages.values()}

    def _truth(self, page: Page) -> PageTruth:
        hidden_or_digest = page.story is None or page.story < 0 or page.story >= len(self.stories)
        return PageTruth(
            url=self.url(page), kind=page.kind, expected=page.expected,
            story=page.story if not page.items and page.expected is not Expected.REJECTED else None,
            family=None if hidden_or_digest else self.stories[page.story or 0].family,
            versions=page.versions, exact_time=self.publishers[page.host].day_format is None,
            items=tuple(item.copy.story for item in page.items), mishap=page.mishap,
            target=self._end(page),
            mirrors=self.origins[page.host] + page.canonical if page.canonical else None,
        )  # fmt: skip

    def _end(self, page: Page) -> str | None:
        seen = set[str]()
        while page.target is not None:
            if page.path in seen:
                return None
            seen.add(page.path)
            page = self.pages[page.host, page.target]
        return self.url(page) if seen else None

    def truth(self, url: str) -> PageTruth | None:
        """Return what is true of a URL as a crawler may write it: a fragment and utm parameters do not matter.

        A redirect has the truth of the page where it ends, an AMP page that of its twin.
        """
        found = self.truths.get(_plain(url))
        elsewhere = (found.target or found.mirrors) if found is not None else None
        return self.truths.get(elsewhere) if elsewhere else found

    def boilerplate(self, url: str) -> frozenset[str]:
        """Return the lines of the page at ``url`` that are no part of its story (quotes and space normalised)."""
        truth = self.truth(url)
        if truth is None or not truth.versions:
            return frozenset()
        page = self.pages[self._host(truth.url), _path(truth.url)]
        lines = {line for n in range(len(page.versions)) for line in visible_lines(self.html(page, n))}
        publisher, origin = self.publishers[page.host], self.origins[page.host]
        for copy in page.versions:
            lines.update(visible_lines(feeds.appeared_first(copy.title, truth.url, publisher, origin)))
        wanted = [
            normalise(text) for copy in page.versions for text in (copy.title, *(b.text for b in copy.blocks))
        ]
        titles = [normalise(item.copy.title) for item in page.items]
        return frozenset(
            line
            for line in lines
            if not any(line in text or text in line for text in wanted if text) and line not in titles
        )

    def _host(self, url: str) -> int:
        return next(i for i, origin in enumerate(self.origins) if url.startswith(origin + "/"))


def _stamp(page: Page) -> str:
    return page.versions[0].published_at.isoformat() if page.versions else ""


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _plain(url: str) -> str:
    """Drop the fragment and utm parameters.

    >>> _plain("http://127.0.0.11:8811/a?id=3&utm_source=rss#item-2")
    'http://127.0.0.11:8811/a?id=3'
    """
    parts = urlsplit(url)
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query) if not k.startswith("utm_")])
    return parts._replace(query=query, fragment="").geturl()
