"""Batches of articles to verdicts: fingerprint, one round trip to the index, verification, decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workers.dedup.entries import Candidate, Index, IndexEntry
from workers.dedup.fingerprint import Fingerprint, fingerprint
from workers.dedup.parts import pack_parts
from workers.dedup.position import SHORT
from workers.dedup.stored import Stored
from workers.dedup.verdict import Compared, Judgement, decide
from workers.dedup.yardstick import Yardstick
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
        noted: dict[ArticleId, bytes] = {}
        verdicts: list[Verdict] = []
        for item, print_, candidates in zip(batch, prints, found, strict=True):
            known = _known(candidates, noted)
            judgement = judge(item.article_id, print_, known)
            verdicts.append(judgement.verdict)
            _note(noted, item.article_id, judgement, known)
        leaving = _superfluous(entries, verdicts)
        if leaving:
            self._index.withdraw(leaving)
        if noted:
            self._index.note(list(noted.items()))
        return verdicts

    def query(self, item: Foldable) -> Verdict:
        """Return the verdict on an article without adding it."""
        print_ = _fingerprint(item)
        entry = IndexEntry(article=item.article_id, keys=print_.keys, record=b"")
        known = _known(self._index.check([entry])[0], {})
        return judge(item.article_id, print_, known).verdict


def judge(article: ArticleId, print_: Fingerprint, known: Mapping[ArticleId, Stored]) -> Judgement:
    """Return what an article is, given what the index knows of those that share its keys."""
    measured = _worth_measuring(print_, known)
    compared = [
        Compared(article=other, likeness=likeness)
        for other, likeness in zip(measured, Yardstick(print_).against_all(measured.values()), strict=True)
    ]
    return decide(article, print_.tokens / print_.pace, compared)


def _known(candidates: Sequence[Candidate], noted: Mapping[ArticleId, bytes]) -> dict[ArticleId, Stored]:
    return {c.article: Stored(c.record + noted.get(c.article, b"")) for c in candidates}


def _worth_measuring(article: Fingerprint, known: Mapping[ArticleId, Stored]) -> Mapping[ArticleId, Stored]:
    """Return the candidates with the very same words, if there are any: what else the text is like, they are like."""
    if article.tokens < SHORT:
        return known
    return {a: s for a, s in known.items() if s.exact == article.exact and not s.parts} or known


def _note(
    noted: dict[ArticleId, bytes],
    article: ArticleId,
    judgement: Judgement,
    known: Mapping[ArticleId, Stored],
) -> None:
    """Put down what the article was found to hold, and what was found to hold it."""
    new = [(article, judgement.parts)]
    new += [(holder, parts[-1:]) for holder, parts in judgement.learned if parts != known[holder].parts]
    for holder, parts in new:
        if parts:
            noted[holder] = noted.get(holder, b"") + pack_parts(parts)


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
    )
