"""One complete line a page, and the counters beside it: told once the page is stored, as the store has it."""

from collections.abc import Mapping, Sequence

import structlog

from workers.ids import article_name, story_name
from workers.jobs import sanitised
from workers.metrics import WorkTally
from workers.pipeline import Finding
from workers.store.fates import Fate
from workers.store.records import PageEntry

LONGEST_URL = 4096

log = structlog.get_logger(__name__)


def tell(findings: Sequence[Finding], fates: Mapping[tuple[str, str], Fate], tally: WorkTally) -> None:
    """Log ``page.read`` for every page of a stored batch, and count it.

    Entries of a feed that gave a text without being fetched have lines of their own, without a time.
    """
    for finding in findings:
        kinds = {one.id: one.kind for one in finding.parsed.found}
        for number, page in enumerate(finding.parsed.pages):
            fate = fates.get((page.url, page.content_hash)) or Fate(outcome=page.outcome, reason=page.reason)
            read_s = None if number else finding.read_s
            kind = None if page.sighting_id is None else kinds.get(page.sighting_id)
            log.info("page.read", **_facts(page, fate, kind, read_s))
            tally.pages.labels(fate.outcome, fate.reason).inc()
            tally.page_bytes.inc(page.body_bytes)
        tally.read_seconds.inc(finding.read_s)


def _facts(page: PageEntry, fate: Fate, kind: str | None, read_s: float | None) -> dict[str, object]:
    facts = {
        "url": sanitised(page.url, LONGEST_URL),
        "outcome": fate.outcome,
        "reason": fate.reason,
        "kind": kind or page.role,
        "story": None if fate.story is None else story_name(fate.story),
        "verdict": fate.verdict,
        "of": None if fate.of is None else article_name(fate.of),
        "source": page.source,
        "status": page.status,
        "bytes": page.body_bytes,
        "ms": None if read_s is None else round(1000 * read_s, 1),
    }
    return {name: value for name, value in facts.items() if value is not None}
