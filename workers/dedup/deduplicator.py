"""Deduplication as a library: texts in, stories out, no server."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from workers.canonical import Copy, choose_canonical
from workers.dedup.folding import Foldable, Folder
from workers.dedup.lines import LineMemory
from workers.dedup.memory_index import MemoryIndex
from workers.ids import article_id
from workers.records import Article, ArticleId, Block, BlockKind, Passage, Verdict, VerdictKind

_NO_CLOCK = datetime(9000, 1, 1, tzinfo=UTC)
"""A library does not know when a text was seen, only in which order: whatever date it has is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldResult:
    """What a text is, and of which story."""

    id: str
    story: str
    """The id of the text that founded the story; ``Deduplicator.story`` resolves it after later merges."""
    verdict: VerdictKind
    of: str | None = None
    """The text that it is a copy, excerpt or update of."""
    resemblance: float = 0.0
    containment: float = 0.0
    reason: str
    stories: tuple[str, ...] = ()
    """Of a digest: the stories that it holds."""
    passages: tuple[Passage, ...] = ()
    """Of the text and ``of``: what they share, longest first, to the nearest sampled shingle."""


class Deduplicator:
    """Folds copies of one text into one story.

    >>> dedup = Deduplicator()
    >>> wire = (
    ...     "The river rose two metres overnight and cut the road to Lower Millbrook, the county said on Monday. "
    ...     "Forty families were led to the school on the hill, where the baker had opened his shop early.")
    >>> dedup.add("a", wire).verdict
    <VerdictKind.NEW: 'new'>
    >>> copy = dedup.add("b", "MILLBROOK -- " + wire, title="Flood cuts road")
    >>> copy.story, copy.verdict.value, copy.of
    ('a', 'near', 'a')
    """

    def __init__(self, *, window_days: float = 36_500, strip_lines: bool = True) -> None:
        if window_days <= 0:
            raise ValueError("window_days must be above 0")
        self._index = MemoryIndex(window_days=window_days)
        self._folder = Folder(self._index)
        self._lines = LineMemory() if strip_lines else None
        self._names: dict[ArticleId, str] = {}
        self._story_of: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._order: dict[str, int] = {}
        self._copies: dict[str, list[Copy]] = {}
        """Of each story: what the choice of its canonical text asks for, ids being article ids."""
        self._results: dict[str, FoldResult] = {}
        self._holds: dict[str, dict[str, None]] = {}

    def add(
        self,
        id: str,  # noqa: A002 - the name that the field has in every file of records
        text: str,
        *,
        title: str | None = None,
        url: str | None = None,
        site: str | None = None,
        published: datetime | None = None,
        links: Iterable[str] = (),
        origin: str | None = None,
    ) -> FoldResult:
        """Fold a text into the stories known so far, and remember it.

        ``origin`` is the URL or the site that the text itself names as where it comes from.  An id that was given
        before stands for the new text from then on.

        Raises:
            TypeError: if ``text`` is no string, or ``published`` no datetime.
        """
        _demand(str, text=text)
        if published is not None:
            _demand(datetime, published=published)
        title, url, site, origin = title or "", url or "", site or "", origin or ""
        if self._lines is not None and site:
            text = self._lines.story_lines(site, title, text)
        item = self._foldable(id, text, title=title, url=url, site=site, published=published, links=links)
        self._names[item.article_id] = id
        result = self._results[id] = self._record(id, self._folder.fold([item])[0])
        copy = Copy(
            id=item.article_id,
            url=url or id,
            site=site or None,
            authors=(origin,),
            declared_canonical=origin or None,
            published_at=_aware(published),
            first_seen=_NO_CLOCK + timedelta(microseconds=len(self._names)),
            words=len(text),
            verdict=result.verdict,
        )
        self._copies.setdefault(result.story, []).append(copy)
        return result

    def __contains__(self, id: object) -> bool:  # noqa: A002
        """Whether a text of this id was added."""
        return id in self._results

    def result(self, id: str) -> FoldResult:  # noqa: A002
        """Return what is known of a text by now: stories merge, and a digest is known by the stories that follow it."""
        first = self._results[id]
        held = tuple(dict.fromkeys(self.story(other) for other in self._holds.get(id, ())))
        if not held:
            return replace(first, story=self.story(id))
        if first.verdict is VerdictKind.CONTAINS:
            return replace(first, stories=held)
        return replace(
            first,
            story=id,
            verdict=VerdictKind.CONTAINS,
            of=next(iter(self._holds[id])),
            reason="digest",
            stories=held,
        )

    def revised(self) -> Iterator[FoldResult]:
        """Return, for each text of which more is known than ``add`` could say, what is known by now."""
        for id_, first in self._results.items():
            now = self.result(id_)
            if now != first:
                yield now

    def query(
        self, text: str, *, title: str | None = None, url: str | None = None, site: str | None = None
    ) -> FoldResult:
        """Say what a text would be, and remember nothing."""
        _demand(str, text=text)
        title, url, site = title or "", url or "", site or ""
        item = self._foldable("", text, title=title, url=url, site=site, published=None, links=())
        return self._result("", self._folder.query(item), "")

    def story(self, id: str) -> str:  # noqa: A002
        """Return the story of a text or an older story's id, after all merges."""
        story = self._story_of.get(id, id)
        while story in self._parents:
            story = self._parents[story]
        return story

    def canonical(self, story: str) -> str:
        """Return the text that stands for a story, by the rule of the store (``workers.canonical``).

        No excerpt or stub where there is a whole text; what most others name as their origin; else the earliest
        published, those without a date last; else the fullest; else the first.
        """
        copies = self._copies[self.story(story)]
        members = [copy for copy in copies if self._names[copy.id] not in self._holds]
        return self._names[choose_canonical(members or copies).id]

    def _foldable(
        self,
        id: str,  # noqa: A002
        text: str,
        *,
        title: str,
        url: str,
        site: str,
        published: datetime | None,
        links: Iterable[str],
    ) -> Foldable:
        article = Article(
            url=url,
            title=title or None,
            blocks=(Block(kind=BlockKind.PARAGRAPH, text=text),),
            published_at=published,
        )
        return Foldable(
            article_id=article_id(f"{id}\n{url}", text, title), article=article, site=site, links=tuple(links)
        )

    def _record(self, id: str, verdict: Verdict) -> FoldResult:  # noqa: A002
        own = id
        if verdict.match is not None and verdict.kind is not VerdictKind.CONTAINS:
            own = self.story(self._names[verdict.match.of])
            for other in verdict.others:
                own = self._merge(own, self.story(self._names[other.of]))
        else:
            self._order[id] = len(self._order)
        self._story_of[id] = own
        if verdict.kind is VerdictKind.CONTAINS and verdict.match is not None:
            self._hold(id, (verdict.match.of, *(m.of for m in verdict.others)))
        for holding in verdict.held_by:
            self._hold(self._names[holding.digest], holding.holds)
        return self._result(id, verdict, own)

    def _hold(self, digest: str, parts: Iterable[ArticleId]) -> None:
        """Put down what a digest holds; if it passed for a story until now, it leaves that story to the others."""
        self._holds.setdefault(digest, {}).update(dict.fromkeys(self._names[part] for part in parts))

    def _merge(self, one: str, other: str) -> str:
        """Make two stories one, under the id of the older; return it."""
        if one == other:
            return one
        older, younger = sorted((one, other), key=lambda s: self._order.get(s, 0))
        self._parents[younger] = older
        self._copies.setdefault(older, []).extend(self._copies.pop(younger, ()))
        return older

    def _result(self, id: str, verdict: Verdict, story: str) -> FoldResult:  # noqa: A002
        match = verdict.match
        held: tuple[str, ...] = ()
        if verdict.kind is VerdictKind.CONTAINS and match is not None:
            held = tuple(dict.fromkeys(self.story(self._names[m.of]) for m in (match, *verdict.others)))
        return FoldResult(
            id=id,
            story=story or (self.story(self._names[match.of]) if match else id),
            verdict=verdict.kind,
            of=self._names[match.of] if match else None,
            resemblance=match.resemblance if match else 0.0,
            containment=match.containment if match else 0.0,
            reason=verdict.reason,
            stories=held,
            passages=match.passages if match else (),
        )


def _aware(published: datetime | None) -> datetime | None:
    if published is None or published.tzinfo is not None:
        return published
    return published.replace(tzinfo=UTC)


def _demand(kind: type, **given: object) -> None:
    """Say which argument is wrong at the door: deep inside it would be some attribute that is missing."""
    for name, value in given.items():
        if not isinstance(value, kind):
            raise TypeError(f"{name} must be {kind.__name__}, not {type(value).__name__}")
