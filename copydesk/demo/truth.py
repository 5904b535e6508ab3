"""Scores an export of the press against the truth: what was folded, lost, kept that should not be, and why."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import combinations
from typing import Any, Protocol

from copydesk.demo.lines import normalise
from copydesk.demo.mishaps import DISALLOWED_PREFIX
from copydesk.demo.pages import Expected
from copydesk.demo.press import PageTruth, Press

MIN_F1 = 0.95
"""The floor that ``make demo`` is held to."""
_LONG_LINE_WORDS = 6
"""A line of so many words is boilerplate anywhere in a text; a shorter one ("Share") only as a line of its own."""

Row = Mapping[str, Any]


class Seen(Protocol):
    """One request in the press's own log."""

    @property
    def host(self) -> int: ...
    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs of URLs that are, or were taken to be, one story."""

    right: int
    wrong: int
    """Folded although they are different stories."""
    missed: int
    """Not folded, or not stored at all, although they are one story."""

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """How often one field was right, and the first cases in which it was not."""

    right: int
    of: int
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """What the export is worth.  Every figure is counted from the rows, the outcomes and the press's own log."""

    rows: int
    stories_expected: int
    stories_found: int
    urls_expected: int
    urls_missing: tuple[str, ...]
    """Should have been stored as sightings and were not."""
    pairs: Pairs
    merged: tuple[tuple[str, str], ...]
    """Two URLs of different stories that share a row, one for each pair of stories."""
    lookalikes_merged: int
    """How many of those pairs of stories are look-alikes of one form."""
    split: tuple[int, ...]
    """Stories that lie in more than one row."""
    strays: tuple[str, ...]
    """URLs that were stored and hold no story that may be had."""
    boilerplate: tuple[tuple[str, str], ...]
    """(URL, line) of each line kept that is not of the story."""
    lost: tuple[tuple[str, str], ...]
    """(URL, paragraph) of each paragraph that should be in a row's text and is not."""
    paragraphs: int
    titles: Field
    dates: Field
    authors: Field
    items_expected: int
    items_found: int
    digests_unread: tuple[str, ...]
    rejected: Mapping[str, str]
    """URL to reason, of everything that gave no story, as the crawler told it."""
    unexplained: tuple[str, ...]
    """Pages that had to be rejected and for which no reason was given."""
    forbidden_requests: tuple[str, ...]
    """URLs behind a ``Disallow`` line that the press was asked for."""
    requests: int
    pages: int
    seconds: float | None = None
    failures: tuple[str, ...] = field(default=())
    """What is below the floor; empty when all is well."""

    @property
    def ok(self) -> bool:
        """Whether the demo holds what it must."""
        return not self.failures

    @property
    def pages_per_s(self) -> float | None:
        """Pages answered for a second of the run, where its length is known."""
        return self.pages / self.seconds if self.seconds else None


def score(
    press: Press,
    rows: Iterable[Row],
    *,
    outcomes: Mapping[str, str] | None = None,
    requests: Sequence[Seen] = (),
    seconds: float | None = None,
) -> DemoReport:
    """Judge exported ``rows`` (``story``, ``url``, ``title``, ``authors``, ``published_at``, ``text``, ``sightings``).

    ``outcomes`` gives the reason for each URL that yielded nothing; ``requests`` is the press's own log.
    """
    return _Judge(press, list(rows), dict(outcomes or {}), requests, seconds).report()


class _Judge:
    def __init__(
        self,
        press: Press,
        rows: list[Row],
        outcomes: dict[str, str],
        requests: Sequence[Seen],
        seconds: float | None,
    ) -> None:
        self._press, self._rows, self._outcomes = press, rows, outcomes
        self._requests, self._seconds = requests, seconds
        self._by_url: defaultdict[str, set[int]] = defaultdict(set)
        stored = (t for t in press.truths.values() if t.expected is Expected.STORED)
        self._wanted = [truth for truth in stored if truth.mirrors is None]
        self._strays: set[str] = set()
        self._items: set[tuple[str, int]] = set()
        for number, row in enumerate(rows):
            for url in _urls(row):
                self._place(number, url)
        self._stories = self._stories_of_rows()
        self._find_items()

    def _place(self, number: int, url: str) -> None:
        truth = self._press.truth(url)
        if truth is None or truth.expected in {Expected.REJECTED, Expected.NO_STORY, Expected.NEVER_ASKED}:
            self._strays.add(url)
        elif truth.expected is Expected.STORED:
            self._by_url[truth.url].add(number)

    def _stories_of_rows(self) -> dict[int, set[int]]:
        """Return the true stories whose pages lie in each row."""
        stories: defaultdict[int, set[int]] = defaultdict(set)
        for truth in self._wanted:
            for number in self._by_url[truth.url]:
                stories[number].add(_story(truth))
        return stories

    def _find_items(self) -> None:
        """An item is found where a sighting of its digest lies in a row of its story."""
        for number, row in enumerate(self._rows):
            for url in _urls(row):
                truth = self._press.truth(url)
                if truth is not None and truth.expected is Expected.ITEMS:
                    found = self._stories.get(number, set()) & set(truth.items)
                    self._items.update((truth.url, story) for story in found)

    def report(self) -> DemoReport:
        merged = self._merged()
        digests = [t for t in self._press.truths.values() if t.expected is Expected.ITEMS]
        read = {url for url, _ in self._items}
        boilerplate, (lost, paragraphs) = self._boilerplate(), self._lost()
        dead = [t.url for t in self._press.truths.values() if t.expected is Expected.REJECTED]
        found = {story for stories in self._stories.values() for story in stories}
        report = DemoReport(
            rows=len(self._rows),
            stories_expected=len({_story(t) for t in self._wanted}), stories_found=len(found),
            urls_expected=len(self._wanted),
            urls_missing=tuple(t.url for t in self._wanted if not self._by_url[t.url]),
            pairs=self._pairs(), merged=tuple(urls for urls, _ in merged),
            lookalikes_merged=sum(alike for _, alike in merged), split=self._split(),
            strays=tuple(sorted(self._strays)), boilerplate=boilerplate, lost=lost, paragraphs=paragraphs,
            titles=self._field("title", _same_title), dates=self._field("published_at", _same_date),
            authors=self._field("authors", _same_authors),
            items_expected=sum(len(t.items) for t in digests), items_found=len(self._items),
            digests_unread=tuple(t.url for t in digests if t.url not in read),
            rejected=dict(sorted(self._outcomes.items())),
            unexplained=tuple(url for url in dead if url not in self._explained()),
            forbidden_requests=self._forbidden(), requests=len(self._requests),
            pages=len({(r.host, r.path) for r in self._requests}), seconds=self._seconds,
        )  # fmt: skip
        return _with_failures(report)

    def _pairs(self) -> Pairs:
        counts: Counter[tuple[bool, bool]] = Counter()
        for one, other in combinations(self._wanted, 2):
            together = bool(self._by_url[one.url] & self._by_url[other.url])
            counts[_story(one) == _story(other), together] += 1
        return Pairs(right=counts[True, True], wrong=counts[False, True], missed=counts[True, False])

    def _merged(self) -> list[tuple[tuple[str, str], bool]]:
        found: dict[tuple[int, int], tuple[tuple[str, str], bool]] = {}
        for one, other in combinations(self._wanted, 2):
            if _story(one) != _story(other) and self._by_url[one.url] & self._by_url[other.url]:
                alike = one.family is not None and one.family == other.family
                found.setdefault((_story(one), _story(other)), ((one.url, other.url), alike))
        return list(found.values())

    def _split(self) -> tuple[int, ...]:
        rows: defaultdict[int, set[int]] = defaultdict(set)
        for number, stories in self._stories.items():
            for story in stories:
                rows[story].add(number)
        return tuple(sorted(story for story, where in rows.items() if len(where) > 1))

    def _boilerplate(self) -> tuple[tuple[str, str], ...]:
        kept: list[tuple[str, str]] = []
        for row in self._rows:
            text = normalise_text(str(row.get("text") or ""))
            lines, whole = set(text.split("\n")), text.replace("\n", " ")
            bad = {line for url in _urls(row) for line in self._press.boilerplate(url)}
            kept += [(str(row.get("url")), line) for line in sorted(bad) if _holds(line, lines, whole)]
        return tuple(kept)

    def _lost(self) -> tuple[tuple[tuple[str, str], ...], int]:
        lost, total = [], 0
        for row, truth in self._canonical():
            text = _words(str(row.get("text") or ""))
            missing = min((_missing(version.blocks, text) for version in truth.versions), key=len)
            total += len(truth.versions[0].blocks)
            lost += [(truth.url, paragraph) for paragraph in missing]
        return tuple(lost), total

    def _canonical(self) -> list[tuple[Row, PageTruth]]:
        """Return each row with the truth about the page that its text was taken from."""
        truths = ((row, self._press.truth(str(row.get("url") or ""))) for row in self._rows)
        return [(row, t) for row, t in truths if t is not None and t.expected is Expected.STORED]

    def _field(self, name: str, same: Callable[[Any, PageTruth], bool]) -> Field:
        judged = [(same(row.get(name), truth), truth.url, row.get(name)) for row, truth in self._canonical()]
        wrong = tuple(f"{url}: {value!r}" for right, url, value in judged if not right)
        return Field(right=len(judged) - len(wrong), of=len(judged), wrong=wrong)

    def _explained(self) -> set[str]:
        truths = self._press.truths
        return {url for url in truths if url in self._outcomes}

    def _forbidden(self) -> tuple[str, ...]:
        asked = {(r.host, r.path) for r in self._requests if r.path.startswith((DISALLOWED_PREFIX, "/login"))}
        return tuple(sorted(self._press.origins[host] + path for host, path in asked))


def _urls(row: Row) -> set[str]:
    return {str(row.get("url") or "")} | {str(s.get("url") or "") for s in row.get("sightings") or ()} - {""}


def _story(truth: PageTruth) -> int:
    return -1 if truth.story is None else truth.story


def normalise_text(text: str) -> str:
    """Normalise each line of a text."""
    return "\n".join(normalise(line) for line in text.splitlines())


def _holds(line: str, lines: set[str], whole: str) -> bool:
    return line in lines or (len(line.split()) >= _LONG_LINE_WORDS and line in whole)


def _words(text: str) -> str:
    return " ".join(normalise(text).casefold().split())


def _missing(blocks: Iterable[Any], text: str) -> list[str]:
    return [block.text for block in blocks if _words(block.text) not in text]


def _same_title(value: Any, truth: PageTruth) -> bool:
    return _words(str(value or "")) in {_words(version.title) for version in truth.versions}


def _same_authors(value: Any, truth: PageTruth) -> bool:
    names = [value] if isinstance(value, str) else list(value or ())
    return any({_words(str(n)) for n in names} == {_words(n) for n in v.authors} for v in truth.versions)


def _same_date(value: Any, truth: PageTruth) -> bool:
    """To the minute where the page says so much, to the day elsewhere; a time without a zone is UTC."""
    try:
        given = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return False
    given = given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)
    expected = truth.versions[0].published_at
    if not truth.exact_time:
        return given.date() == expected.date()
    return abs((given - expected).total_seconds()) < 60  # noqa: PLR2004


def _with_failures(report: DemoReport) -> DemoReport:
    """Name what is below the floor."""
    checks = (
        (report.pairs.f1 < MIN_F1, f"pairwise F1 is {report.pairs.f1:.3f}, below {MIN_F1}"),
        (
            report.lookalikes_merged > 0,
            f"{report.lookalikes_merged} pairs of look-alikes were folded into one story",
        ),
        (bool(report.boilerplate), f"{len(report.boilerplate)} boilerplate lines were kept"),
        (bool(report.strays), f"{len(report.strays)} URLs without a story were stored"),
        (bool(report.forbidden_requests), "a page that robots.txt disallows was requested"),
        (report.stories_found < report.stories_expected, "not every story was found"),
    )
    return replace(report, failures=tuple(text for failed, text in checks if failed))
