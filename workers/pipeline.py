"""The middle of the work: outcomes in, a batch for the store out.  Used by the RQ task and by tests alike."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from crawler.records import DiscoveredUrl, FetchedPage, FetchFailed, FetchOutcome
from workers.dedup.folding import Foldable
from workers.parsed import Found, Parsed
from workers.parsing import Reader
from workers.records import Verdict, VerdictKind
from workers.store.records import Batch, Decided, PageEntry

DIGEST_VERDICT = Verdict(kind=VerdictKind.NEW, reason="digest")
"""A digest is kept as such: its items are judged, the page that holds them is not."""


class Folds(Protocol):
    """What tells copies apart: ``workers.dedup.folding.Folder``."""

    def fold(self, batch: Sequence[Foldable]) -> list[Verdict]:
        """Return one verdict an article, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An outcome with what it gave."""

    outcome: FetchOutcome
    parsed: Parsed
    read_s: float = 0.0
    """How long it took to read."""


def read_all(
    outcomes: Sequence[FetchOutcome], reader: Reader, clock: Callable[[], float] = time.perf_counter
) -> list[Finding]:
    """Parse every outcome, each for itself and timed."""
    findings = []
    for outcome in outcomes:
        began = clock()
        parsed = reader.read(outcome)
        findings.append(Finding(outcome=outcome, parsed=parsed, read_s=clock() - began))
    return findings


def decide_all(findings: Sequence[Finding], folder: Folds) -> Batch:
    """Fold all articles of the batch in one step, and say what is to be written."""
    found = [(finding, one) for finding in findings for one in finding.parsed.found]
    judged = [(finding, one) for finding, one in found if one.kind != "digest"]
    verdicts = folder.fold([_foldable(one) for _, one in judged]) if judged else []
    by_id = {one.id: verdict for (_, one), verdict in zip(judged, verdicts, strict=True)}
    decided = {
        one.id: _decided(finding.outcome, one, by_id.get(one.id, DIGEST_VERDICT)) for finding, one in found
    }
    pages = tuple(page for finding in findings for page in finding.parsed.pages)
    return Batch(pages=_once(pages), decided=tuple(decided.values()))


def _once(pages: Sequence[PageEntry]) -> tuple[PageEntry, ...]:
    """One row a (URL, content), the last one: a statement may not touch a row twice."""
    return tuple({(page.url, page.content_hash): page for page in pages}.values())


def _foldable(found: Found) -> Foldable:
    article = found.article
    return Foldable(article_id=found.id, article=article, site=article.site or "", links=found.links)


def _decided(outcome: FetchedPage | FetchFailed, found: Found, verdict: Verdict) -> Decided:
    return Decided(
        id=found.id,
        article=found.article,
        verdict=verdict,
        kind=found.kind,
        source=outcome.source,
        fetched_at=outcome.fetched_at,
        holds=found.holds,
    )


def discovered_in(findings: Sequence[Finding]) -> list[DiscoveredUrl]:
    """Return the URLs that the outcomes led to, each once."""
    return list({url.url: url for finding in findings for url in finding.parsed.discovered}.values())
