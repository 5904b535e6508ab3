"""Batches of articles to verdicts: fingerprint, one round trip to the index, verification, decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from workers.dedup.entries import Candidate, Index, IndexEntry
from workers.dedup.fingerprint import Fingerprint, fingerprint
from workers.dedup.likeness import Yardstick
from workers.dedup.relation import SHORT
from workers.dedup.sketch import Sketch, pack, unpack
from workers.dedup.verdict import Compared, Judgement, decide
from workers.records import Article, ArticleId, Verdict, VerdictKind

DIFFERENT_VERSION = 0.8
"""A copy that resembles its match less than this stays in the index: it may lead to what the match does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foldable:
    """An article to be folded, with its id and the site it stands on."""

    article_id: ArticleId
    article: Article
    site: str = ""
    links: tuple[str, ...] = ()


class Folder:
    """Tells what each article is, against all that the index holds and against its own batch."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def fold(self, batch: Sequence[Foldable]) -> list[Verdict]:
        """Return one verdict an article, in order.  A batch can be repeated: no article sees itself."""
        prints = [_fingerprint(item) for item in batch]
        entries = [
            IndexEntry(article=item.article_id, keys=p.keys, record=p.record())
            for item, p in zip(batch, prints, strict=True)
        ]
        found = self._index.check_and_add(entries)
        revised: dict[ArticleId, Sketch] = {}
        verdicts: list[Verdict] = []
        for item, print_, candidates in zip(batch, prints, found, strict=True):
            known = _known(candidates, revised)
            judgement = judge(item.article_id, print_, known)
            verdicts.append(judgement.verdict)
            _revise(revised, item.article_id, print_.sketch, judgement, known)
        leaving = _superfluous(entries, verdicts)
        self._index.withdraw(leaving)
        gone = {entry.article for entry in leaving}
        self._note(sketch_of for sketch_of in revised.items() if sketch_of[0] not in gone)
        return verdicts

    def _note(self, revised: Iterable[tuple[ArticleId, Sketch]]) -> None:
        """Write the records of texts that were found to hold others; the exact hash is a key that they have."""
        entries = [
            IndexEntry(article=article, keys=(sketch.exact,), record=pack(sketch))
            for article, sketch in revised
        ]
        if entries:
            self._index.check_and_add(entries)

    def query(self, item: Foldable) -> Verdict:
        """Return the verdict on an article without adding it."""
        print_ = _fingerprint(item)
        entry = IndexEntry(article=item.article_id, keys=print_.keys, record=b"")
        known = _known(self._index.check([entry])[0], {})
        return judge(item.article_id, print_, known).verdict


def judge(article: ArticleId, print_: Fingerprint, known: Mapping[ArticleId, Sketch]) -> Judgement:
    """Return what an article is, given what the index knows of those that share its keys."""
    yardstick = Yardstick(print_)
    compared = [
        Compared(article=other, likeness=yardstick.against(sketch), parts=sketch.parts)
        for other, sketch in _worth_measuring(print_, known).items()
    ]
    return decide(article, print_.tokens, compared)


def _known(candidates: Sequence[Candidate], revised: Mapping[ArticleId, Sketch]) -> dict[ArticleId, Sketch]:
    return {c.article: revised.get(c.article) or unpack(c.record) for c in candidates}


def _worth_measuring(article: Fingerprint, known: Mapping[ArticleId, Sketch]) -> Mapping[ArticleId, Sketch]:
    """Return the candidates with the very same words, if there are any: what else the text is like, they are like."""
    if article.tokens < SHORT:
        return known
    return {a: s for a, s in known.items() if s.exact == article.exact and not s.parts} or known


def _revise(
    revised: dict[ArticleId, Sketch],
    article: ArticleId,
    own: Sketch,
    judgement: Judgement,
    known: Mapping[ArticleId, Sketch],
) -> None:
    """Put down what the article was found to hold, and what was found to hold it."""
    if judgement.parts:
        revised[article] = replace(own, parts=judgement.parts)
    for holder, parts in judgement.learned:
        if parts != known[holder].parts:
            revised[holder] = replace(known[holder], parts=parts)


def _superfluous(entries: Sequence[IndexEntry], verdicts: Sequence[Verdict]) -> list[IndexEntry]:
    """Return the entries that lead nowhere that another entry does not lead to.

    When a batch is repeated, two copies in it see each other: one of them has to stay, or later copies find nobody.
    """
    leaving: dict[ArticleId, IndexEntry] = {}
    for entry, verdict in zip(entries, verdicts, strict=True):
        stands_for_it = verdict.match.of if verdict.match is not None else None
        if not _worth_keeping(verdict) and stands_for_it not in leaving:
            leaving[entry.article] = entry
    return list(leaving.values())


def _worth_keeping(verdict: Verdict) -> bool:
    """A digest stays, so that a story which comes later is found in it."""
    if verdict.kind is VerdictKind.CONTAINS:
        return True
    return verdict.match is None or verdict.match.resemblance < DIFFERENT_VERSION


def _fingerprint(item: Foldable) -> Fingerprint:
    article = item.article
    return fingerprint(
        article.text,
        title=article.title or "",
        url=article.url,
        site=item.site,
        published_at=article.published_at,
        language=article.language,
        links=item.links,
    )
