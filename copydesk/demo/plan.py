"""Who prints what: hands every story to its first paper, and copies of it to others."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle

from copydesk.demo.lookalikes import FAMILIES, write_lookalike
from copydesk.demo.mishaps import plan_mishaps
from copydesk.demo.pages import Expected, Item, Page, PageKind
from copydesk.demo.publishers import Publisher
from copydesk.demo.stories import BlockShape, Story, Writer
from copydesk.demo.syndication import Change, Copy, Desk, original
from copydesk.demo.typesetting import slugify, typeset

NEWEST = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
"""Fixed, so that the same seed gives the same bytes on any day."""
_LOOKALIKE_SHARE = 4
"""One story in four fills a form; three stories share each form."""
_PER_FAMILY = 3
_COPIES = (0, 1, 1, 2, 2, 3, 4)
_ITEM_WORDS = 70


class Plan:
    """The stories of one press and the pages that print them."""

    def __init__(self, seed: int, publishers: tuple[Publisher, ...], stories: int) -> None:
        self._rng = random.Random(f"plan {seed}")
        self._writer = Writer(seed, NEWEST)
        self._desk = Desk(self._rng, self._writer)
        self._publishers = publishers
        self._changes: list[Change] = []
        self._taken: set[tuple[int, str]] = set()
        self._printers = [i for i, p in enumerate(publishers) if not p.digests] or [0]
        self.stories = tuple(self._write(stories))
        self.pages: list[Page] = [page for story in self.stories for page in self._print(story)]
        self.pages += self._twins()
        hidden = self._writer.write(len(self.stories))
        self.pages += plan_mishaps(publishers, self.pages, original(hidden), self._desk)
        self.pages += self._digests()

    def _write(self, count: int) -> list[Story]:
        lookalikes = count // _LOOKALIKE_SHARE
        written = [self._writer.write(i) for i in range(count - lookalikes)]
        for i in range(lookalikes):
            family = FAMILIES[i // _PER_FAMILY % len(FAMILIES)]
            written.append(write_lookalike(self._writer, self._rng, len(written), family))
        return written

    def _print(self, story: Story) -> list[Page]:
        """Give the story to its first paper and to some others, each of which does something else with it."""
        self._rng.shuffle(self._printers)
        first, *others = sorted(self._printers, key=self._load)[: max(_COPIES) + 1]
        copies = (
            min(self._rng.choice(_COPIES), len(others))
            if story.family is None
            else self._rng.choice((0, 0, 1))
        )
        printed = original(story)
        pages = [self._page(story, printed, first)]
        for host in others[:copies]:
            changes = _CHANGES if story.family is None else (Change.VERBATIM, Change.RETITLED)
            pages.append(self._page(story, self._desk.take(printed, self._next_change(changes)), host))
        return pages

    def _next_change(self, changes: tuple[Change, ...]) -> Change:
        """Deal the ways of taking over a story evenly, so that each of them happens."""
        if not self._changes:
            self._changes = self._rng.sample(_CHANGES, len(_CHANGES))
        found = next((change for change in self._changes if change in changes), changes[0])
        if found in self._changes:
            self._changes.remove(found)
        return found

    def _load(self, host: int) -> int:
        """Share out the pages evenly; a paper that asks for a long delay gets half as many."""
        pages = sum(1 for taken, _ in self._taken if taken == host)
        return pages * (2 if self._publishers[host].crawl_delay_s else 1) // 2

    def _page(self, story: Story, copy: Copy, host: int) -> Page:
        publisher = self._publishers[host]
        set_copy = typeset(copy, publisher, story.dateline)
        versions: tuple[Copy, ...] = (set_copy,)
        if copy.change is Change.ORIGINAL and story.family is None and story.id % 8 == 1:
            versions = (set_copy, typeset(self._desk.update(copy), publisher, story.dateline))
        path = self._path(publisher, host, set_copy)
        return Page(
            host=host, path=path, kind=PageKind.ARTICLE, expected=Expected.STORED,
            title=set_copy.title, versions=versions, section=copy.section,
        )  # fmt: skip

    def _path(self, publisher: Publisher, host: int, copy: Copy) -> str:
        slug = slugify(copy.title)
        while True:
            path = publisher.article_path.format(
                slug=slug, id=10_000 + copy.story * 17 + host, section=copy.section, when=copy.published_at
            )
            if (host, path) not in self._taken:
                self._taken.add((host, path))
                return path
            slug += "-2"

    def _twins(self) -> list[Page]:
        """Give every other article of a paper with AMP pages its twin."""
        twins = []
        for i, page in enumerate(self.pages):
            if self._publishers[page.host].twins and i % 2 == 0:
                path = "/amp" + page.path
                self.pages[i] = replace(page, twin=path)
                versions = tuple(replace(copy, change=Change.TWIN) for copy in page.versions)
                twins.append(replace(page, path=path, canonical=page.path, versions=versions))
        return twins

    def _digests(self) -> list[Page]:
        hosts = [i for i, p in enumerate(self._publishers) if p.digests]
        plain = [
            p for p in self.pages if p.kind is PageKind.ARTICLE and p.canonical is None and p.mishap is None
        ]
        firsts = [p for p in plain if p.versions[0].change is Change.ORIGINAL
                  and self.stories[p.versions[0].story].family is None]  # fmt: skip
        self._rng.shuffle(firsts)
        count = max(1, min(max(2, len(self.stories) // 12), len(firsts) // 4))
        styles = cycle(("h2", "rule", "bold"))
        return [
            self._digest(host, n, firsts[4 * n : 4 * n + 4], next(styles))
            for host in hosts
            for n in range(count)
        ]

    def _digest(self, host: int, number: int, pages: list[Page], heading: str) -> Page:
        publisher = self._publishers[host]
        items = tuple(self._item(page, publisher, heading) for page in pages)
        newest = max(item.copy.published_at for item in items)
        title = f"Morning Wafer No. {412 + number}: {items[0].copy.title.split(' (')[0]}, and {len(items) - 1} more"
        whole = Copy(
            story=-1, change=Change.ORIGINAL, title=title, authors=("Ottoline Speers",), published_at=newest,
            blocks=tuple(block for item in items for block in item.copy.blocks),
        )  # fmt: skip
        return Page(
            host=host, path=self._path(publisher, host, whole), kind=PageKind.DIGEST, expected=Expected.ITEMS,
            title=title, versions=(whole,), items=items, section="technology",
        )  # fmt: skip

    def _item(self, page: Page, publisher: Publisher, heading: str) -> Item:
        copy, blocks = page.versions[0], []
        for block in copy.blocks:
            if block.shape is BlockShape.PARAGRAPH:
                blocks.append(block)
            if sum(len(b.text.split()) for b in blocks) >= _ITEM_WORDS:
                break
        cut = typeset(replace(copy, blocks=tuple(blocks)), replace(publisher, datelines=False), "")
        return Item(
            copy=cut, heading=heading, source=self._publishers[page.host].name, host=page.host, path=page.path
        )


_CHANGES = (
    Change.VERBATIM, Change.RETITLED, Change.RETITLED, Change.EDITED, Change.EDITED,
    Change.RESTYLED, Change.CUT, Change.UPDATED,
)  # fmt: skip
