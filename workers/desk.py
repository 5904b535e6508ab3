"""What one worker process holds open, and how it takes a batch from Redis to the store.

A batch is tried as a whole once.  If that raised, or killed the process, its pages are taken one at a time, each
with a count of its own tries: after the last one the page is put aside (``copydesk failed``), its mates are done.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq.timeouts import JobTimeoutException

from config.settings import Settings
from crawler.frontier.records import Visited
from crawler.handover import Handover, encode_outcomes, hand_back
from crawler.kept import KeptPages
from crawler.records import FetchOutcome
from crawler.urls import is_local
from workers.dedup.remembered import RememberingIndex
from workers.extract.site_memory import RedisSiteMemory
from workers.house_lines import sites_of, without_house_lines
from workers.jobs import sanitised
from workers.metrics import WorkTally
from workers.parsing import Reader
from workers.patience import StoppedWaitingError, patiently
from workers.pipeline import Finding, Folds, decide_all, discovered_in, read_all
from workers.store import Store
from workers.store.dead_letters import make_dead_letter
from workers.store.engine import reading
from workers.store.fates import fates_of
from workers.store.records import Batch
from workers.telling import tell

TRIES_TTL_S = 8 * 86_400
"""As long as the batch itself may live."""
WHOLE, DONE = "batch", "done"

log = structlog.get_logger(__name__)


class PagesLeftError(Exception):
    """Some pages of a batch failed and have tries left; the job is to be run again."""


@dataclass(slots=True)
class Desk:
    """The connections and settings of one worker.

    ============================ ==== =========================================================
    key                          type holds
    ============================ ==== =========================================================
    ``{prefix}tries:{batch}``    hash ``batch`` and page numbers -> tries begun; -1: page done
    ============================ ==== =========================================================
    """

    redis: "Redis"
    store: Store
    handover: Handover
    folder: Folds
    reader: Reader
    settings: Settings
    prefix: str = "copydesk:"
    tally: WorkTally = field(default_factory=WorkTally)
    index: RememberingIndex | None = None
    """The folder's index, whose entries the store keeps too."""

    def process(self, batch: str) -> None:
        """Take one batch from Redis to the store; harmless when repeated.

        Raises ``PagesLeftError`` where pages are to be tried again.
        """
        outcomes = patiently(lambda: self.handover.load(batch))
        if outcomes is None:
            return  # somebody has finished it
        first = patiently(lambda: self._begin(batch, WHOLE)) == 1
        if first and self._try_whole(batch, outcomes):
            patiently(lambda: self._finish(batch, outcomes))
            return
        left = self._one_by_one(batch, outcomes)
        if left:
            raise PagesLeftError(f"{left} of {len(outcomes)} pages failed and will be tried again")
        patiently(lambda: self._finish(batch, outcomes))

    def _try_whole(self, batch: str, outcomes: Sequence[FetchOutcome]) -> bool:
        try:
            self._work(outcomes)
        except StoppedWaitingError:
            with suppress(RedisError):
                self.redis.delete(self._tries_key(batch))  # an outage is nobody's fault
            raise
        except JobTimeoutException:
            raise  # the rest of the batch needs a limit of its own: next time, one by one
        except Exception as error:  # noqa: BLE001  (whatever it was, its page is found one by one)
            log.warning("batch.failed", batch=batch, error=sanitised(f"{type(error).__name__}: {error}", 300))
            return False
        return True

    def _one_by_one(self, batch: str, outcomes: Sequence[FetchOutcome]) -> int:
        """Take the pages that are not done yet one at a time; return how many are left to be tried again."""
        return sum(not self._one(batch, number, outcome) for number, outcome in enumerate(outcomes))

    def _one(self, batch: str, number: int, outcome: FetchOutcome) -> bool:
        """Take one page; true when it is done for good (stored, or put aside)."""
        field = str(number)
        tries = patiently(lambda: self._begin(batch, field))
        if tries <= 0:
            patiently(lambda: self._mark_done(batch, field))
            return True
        if tries >= self._limit:
            # The whole batch was its first try; since then it has begun as often as it may, and never ended.
            self._put_aside(outcome, tries, "never_finished", "its worker died or ran out of time each time")
            patiently(lambda: self._mark_done(batch, field))
            return True
        try:
            self._work([outcome])
        except StoppedWaitingError:
            with suppress(RedisError):
                self.redis.hincrby(self._tries_key(batch), field, -1)
            raise
        except JobTimeoutException:
            raise
        except Exception as error:  # noqa: BLE001  (one page's fault is one page's fate)
            detail = sanitised(f"{type(error).__name__}: {error}", 300)
            if tries + 1 < self._limit:
                return False
            self._put_aside(outcome, tries + 1, "worker_error", detail)
        patiently(lambda: self._mark_done(batch, field))
        return True

    def _work(self, outcomes: Sequence[FetchOutcome]) -> None:
        """Parse, fold, save, hand back: each step may be repeated, in this order only."""
        urls = {outcome.url for outcome in outcomes}
        known = patiently(lambda: self.store.known_pages(urls))
        read = read_all(outcomes, replace(self.reader, known=known))
        memory = patiently(
            lambda: RedisSiteMemory(self.redis, self._learned_sites(read), prefix=self.prefix.rstrip(":"))
        )
        findings = without_house_lines(read, memory) if self.settings.work.learn_sites else read
        decided = self._with_entries(patiently(lambda: decide_all(findings, self.folder)))
        patiently(lambda: self.store.save(decided))
        # Only now: what a page taught must not change how it is read when the batch is run again.
        patiently(memory.save)
        patiently(lambda: self._hand_back(findings))
        patiently(lambda: self._tell(findings))

    def _tell(self, findings: Sequence[Finding]) -> None:
        keys = {(page.url, page.content_hash) for finding in findings for page in finding.parsed.pages}
        with reading(self.store.engine) as connection:
            fates = fates_of(connection, keys)
        tell(findings, fates, self.tally)

    def _with_entries(self, batch: Batch) -> Batch:
        """Add what the index was given of each article, from which it can be rebuilt."""
        entries = self.index.remembered() if self.index is not None else {}
        return replace(
            batch, decided=tuple(replace(one, fingerprint=entries.get(one.id)) for one in batch.decided)
        )

    def _learned_sites(self, findings: Sequence[Finding]) -> list[str]:
        return sites_of(findings) if self.settings.work.learn_sites else []

    def _hand_back(self, findings: Sequence[Finding]) -> None:
        crawl = self.settings.crawl
        hand_back(
            self.redis,
            discovered_in(findings),
            visited=_visited(findings),
            prefix=self.prefix,
            max_depth=crawl.max_depth,
            max_pages_per_host=crawl.max_pages_per_host,
        )

    @property
    def _limit(self) -> int:
        """Tries of one page; the first is the batch's, and nobody is condemned by that alone."""
        return max(2, self.settings.work.max_tries)

    def _put_aside(self, outcome: FetchOutcome, tries: int, reason: str, detail: str | None) -> None:
        letter = make_dead_letter(
            url=outcome.url,
            source=outcome.source,
            reason=reason,
            detail=detail,
            tries=tries,
            failed_at=datetime.now(UTC),
            outcome=encode_outcomes([outcome]),
        )
        log.warning("page.put_aside", url=sanitised(outcome.url, 300), reason=reason, tries=tries)
        patiently(lambda: self.store.put_aside(letter))

    def _begin(self, batch: str, field: str) -> int:
        with self.redis.pipeline(transaction=True) as pipe:
            pipe.hincrby(self._tries_key(batch), field, 1)
            pipe.expire(self._tries_key(batch), TRIES_TTL_S)
            pipe.execute()
        tries: Any = self.redis.hget(self._tries_key(batch), field)
        return int(tries)

    def _mark_done(self, batch: str, field: str) -> None:
        self.redis.hset(self._tries_key(batch), field, -(10**6))

    def _finish(self, batch: str, outcomes: Sequence[FetchOutcome]) -> None:
        kept_bytes = int(self.settings.work.keep_pages_mb * 1_000_000)
        KeptPages(self.redis, self.prefix, max_bytes=kept_bytes).retire(batch, outcomes)
        self.handover.discard(batch)
        self.redis.delete(self._tries_key(batch))
        self.tally.batches.inc()

    def _tries_key(self, batch: str) -> str:
        return f"{self.prefix}tries:{batch}"


def _visited(findings: Sequence[Finding]) -> list[Visited]:
    return [
        Visited(
            url=finding.parsed.revisit.url,
            source=finding.outcome.source,
            role=finding.parsed.revisit.role,
            depth=finding.outcome.depth,
            period_s=finding.parsed.revisit.period_s,
        )
        for finding in findings
        if finding.parsed.revisit is not None and not is_local(finding.parsed.revisit.url)
    ]
