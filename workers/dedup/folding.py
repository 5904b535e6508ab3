"""Batches of articles to verdicts: fingerprint, one round trip to the index, verification, decision."""

from collections.abc import Sequence
from dataclasses import dataclass

from workers.dedup.entries import Candidate, Index, IndexEntry
from workers.dedup.fingerprint import Fingerprint, fingerprint
from workers.dedup.likeness import Yardstick
from workers.dedup.sketch import exact_of, unpack
from workers.dedup.verdict import SHORT, Compared, decide
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
        digests: set[ArticleId] = set()
        verdicts: list[Verdict] = []
        for item, print_, candidates in zip(batch, prints, found, strict=True):
            verdict = judge(print_, [c for c in candidates if c.article not in digests])
            if verdict.kind is VerdictKind.CONTAINS:
                digests.add(item.article_id)
            verdicts.append(verdict)
        self._index.withdraw(_superfluous(entries, verdicts))
        return verdicts

    def query(self, item: Foldable) -> Verdict:
        """Return the verdict on an article without adding it."""
        print_ = _fingerprint(item)
        entry = IndexEntry(article=item.article_id, keys=print_.keys, record=b"")
        return judge(print_, self._index.check([entry])[0])


def judge(article: Fingerprint, candidates: Sequence[Candidate]) -> Verdict:
    """Return the verdict on a fingerprint, given what the index knows under its keys."""
    yardstick = Yardstick(article)
    return decide(
        article.tokens,
        [
            Compared(article=c.article, likeness=yardstick.against(unpack(c.record)))
            for c in _worth_measuring(article, candidates)
        ],
    )


def _worth_measuring(article: Fingerprint, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Return the candidates with the very same words, if there are any: what else the text is like, they are like."""
    if article.tokens < SHORT:
        return candidates
    return [c for c in candidates if exact_of(c.record) == article.exact] or candidates


def _superfluous(entries: Sequence[IndexEntry], verdicts: Sequence[Verdict]) -> list[IndexEntry]:
    """Return the entries that lead nowhere that another entry does not lead to.

    When a batch is repeated, two copies in it see each other: one of them has to stay, or later copies find nobody.
    """
    leaving: dict[ArticleId, IndexEntry] = {}
    for entry, verdict in zip(entries, verdicts, strict=True):
        stands_for_it = verdict.match.of if verdict.match is not None else None
        if not _worth_keeping(verdict) and (
            verdict.kind is VerdictKind.CONTAINS or stands_for_it not in leaving
        ):
            leaving[entry.article] = entry
    return list(leaving.values())


def _worth_keeping(verdict: Verdict) -> bool:
    if verdict.kind is VerdictKind.CONTAINS:
        return False
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
