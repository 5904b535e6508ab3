"""A made-up press: stories, copies, digests and failures, written into a store through its own door."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from crawler.handover import encode_outcomes
from crawler.records import CanonicalUrl, FetchedPage, SourceId
from workers.ids import article_id
from workers.records import (
    Article,
    ArticleId,
    Block,
    BlockKind,
    Match,
    Passage,
    Verdict,
    VerdictKind,
)
from workers.store.dead_letters import make_dead_letter
from workers.store.records import Batch, Decided, PageEntry
from workers.store.store import Store

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SITES = ("Harbour Courier", "The Inland Post", "Delta Wire", "Northern Ledger", "Tramline Daily")
WHO = (
    "The port authority",
    "A court in Vellmar",
    "The rail regulator",
    "Chip maker Orlane",
    "The trade ministry",
)
DID = ("delayed", "approved", "withdrew", "published", "questioned", "doubled")
WHAT = ("a licence for new scanners", "its export list", "the tender for 40 trams", "a ruling on tariffs")
FILLERS = (
    "Officials said the decision had been prepared since spring and would not be reopened.",
    "Two people who read the draft described it as narrower than expected.",
    "A spokeswoman declined to give figures before the next quarter.",
    "Suppliers have until the end of March to object in writing.",
    "The measure follows three months of talks that ended without a common text.",
    "Critics called the timetable unrealistic and asked for an independent review.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """What was written, by what it is for."""

    wire: ArticleId
    """A story with an edited copy, an update and an excerpt, held by a digest."""
    edited: ArticleId
    excerpt: ArticleId
    hostile: ArticleId
    """Its title and text are markup."""
    letters: tuple[int, ...]


def site_url(site: str, slug: str) -> str:
    """Return an address at a site."""
    return f"https://{site.lower().replace('the ', '').replace(' ', '-')}.example/{slug}"


def blocks(*texts: str) -> tuple[Block, ...]:
    """Return paragraphs."""
    return tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts)


def decided(
    article: Article,
    *,
    source: str,
    at: datetime,
    verdict: Verdict | None = None,
    kind: str = "article",
    holds: tuple[ArticleId, ...] = (),
) -> Decided:
    """Return an article with its verdict; new where none is given."""
    return Decided(
        id=article_id(article.url, article.text, article.title or ""),
        article=article,
        verdict=verdict or Verdict(kind=VerdictKind.NEW, reason="no_candidate"),
        kind=kind,
        source=source,
        fetched_at=at,
        holds=holds,
    )


def copy_of(
    first: Decided, kind: VerdictKind, resemblance: float, containment: float, reason: str
) -> Verdict:
    """Return the verdict on a copy."""
    match = Match(kind=kind, of=first.id, resemblance=resemblance, containment=containment, reason=reason)
    return Verdict(kind=kind, reason=reason, match=match)


def entry(found: Decided, *, outcome: str = "stored", reason: str = "article") -> PageEntry:
    """Return the page that gave an article."""
    return PageEntry(
        url=found.article.url,
        content_hash=f"{found.id:032x}",
        source=found.source,
        role="page",
        depth=1,
        status=200,
        content_type="text/html; charset=utf-8",
        body_bytes=40_000,
        fetched_at=found.fetched_at,
        outcome=outcome,
        reason=reason,
        sighting_id=found.id,
    )


def write_press(store: Store, now: datetime = NOON) -> Ids:
    """Write the whole press; times end at ``now``."""
    text = (
        "The port authority delayed a licence for new scanners on Monday, two officials said.",
        FILLERS[0],
        FILLERS[1],
        "“We will not sign what we cannot check,” said Ilse Brandt, who leads the authority.",
        FILLERS[3],
        FILLERS[4],
    )
    at = now - timedelta(hours=30)
    wire = decided(
        Article(
            url=site_url(SITES[2], "port-scanners"),
            title="Port authority delays scanner licence",
            blocks=blocks(*text),
            authors=("Mira Solberg",),
            published_at=at,
            language="en",
            site=SITES[2],
            section="Trade",
            tags=("ports", "trade"),
            provenance=(
                ("title", "json-ld headline"),
                ("authors", "json-ld author"),
                ("published_at", "meta article:published_time"),
            ),
        ),
        source="delta-wire",
        at=at,
    )
    same = decided(
        replace(
            wire.article, url=site_url(SITES[0], "scanners"), site=SITES[0], title="Scanner licence delayed"
        ),
        source="harbour",
        at=at + timedelta(minutes=12),
        verdict=copy_of(wire, VerdictKind.SAME, 1.0, 1.0, "same_text"),
    )
    edited_text = (
        text[0].replace("Monday", "Monday evening"),
        text[1],
        "The authority had asked for the scanners in 2024.",
        *text[3:],
    )
    edited = decided(
        replace(
            wire.article,
            url=site_url(SITES[1], "port"),
            site=SITES[1],
            title="No licence for port scanners yet",
            blocks=blocks(*edited_text),
        ),
        source="inland",
        at=at + timedelta(hours=2),
        verdict=copy_of(wire, VerdictKind.NEAR, 0.78, 0.91, "claims_agree"),
    )
    excerpt = decided(
        replace(
            wire.article,
            url=site_url(SITES[3], "brief/17"),
            site=SITES[3],
            title="In brief: scanners",
            blocks=blocks(*text[:3]),
        ),
        source="ledger",
        at=at + timedelta(hours=5),
        verdict=copy_of(wire, VerdictKind.EXCERPT_OF, 0.44, 0.99, "contained"),
    )
    update = decided(
        replace(
            wire.article,
            blocks=blocks(*text, "On Tuesday the ministry said it would mediate."),
            modified_at=at + timedelta(hours=20),
        ),
        source="delta-wire",
        at=at + timedelta(hours=20),
        verdict=copy_of(wire, VerdictKind.UPDATE_OF, 0.9, 1.0, "same_url"),
    )
    digest = decided(
        Article(
            url=site_url(SITES[4], "week"),
            title="The week in five stories",
            site=SITES[4],
            language="en",
            blocks=blocks(*text, *FILLERS),
            published_at=at + timedelta(hours=24),
        ),
        source="tramline",
        at=at + timedelta(hours=24),
        kind="digest",
        verdict=Verdict(
            kind=VerdictKind.CONTAINS,
            reason="contains_stories",
            match=Match(
                kind=VerdictKind.CONTAINS,
                of=wire.id,
                resemblance=0.4,
                containment=0.97,
                reason="contains_stories",
                passages=(Passage(at=0, other_at=0, length=60),),
            ),
        ),
    )
    hostile = decided(
        Article(
            url="https://hostile.example/x?q=<b>",
            title="<script>document.title='owned'</script>",
            site="<img src=x onerror=alert(1)>",
            authors=('"><svg onload=alert(2)>',),
            language='en"onfocus="alert(3)',
            blocks=blocks(
                "<script>alert(4)</script> & the rest of the text {{ 7*7 }}",
                "</article><h1>Not a heading</h1>",
            ),
            published_at=now - timedelta(hours=3),
        ),
        source='https://hostile.example/"><script>alert(5)</script>',
        at=now - timedelta(hours=3),
    )
    for batch in ([wire, same], [edited, excerpt], [update, digest], [hostile]):
        store.save(Batch(pages=tuple(entry(d) for d in batch), decided=tuple(batch)))
    store.save(Batch(pages=tuple(_bad_pages(now)), decided=()))
    letters = [
        make_dead_letter(
            url=site_url(SITES[n % 2], f"stuck-{n}"),
            source=("harbour", "inland")[n % 2],
            reason=("extract_timeout", "store_error")[n % 2],
            detail=f"try 3 of 3, line {n}",
            tries=3,
            failed_at=now - timedelta(minutes=10 * n),
            outcome=stuck_page(n, now),
        )
        for n in range(5)
    ]
    for letter in letters:
        store.put_aside(letter)
    return Ids(
        wire=wire.id,
        edited=edited.id,
        excerpt=excerpt.id,
        hostile=hostile.id,
        letters=tuple(sorted(x.id for x in letters)),
    )


def stuck_page(n: int, now: datetime) -> bytes:
    """Return a page as it was handed over."""
    url = CanonicalUrl(site_url(SITES[n % 2], f"stuck-{n}"))
    page = FetchedPage(
        url=url,
        final_url=url,
        status=200,
        body=b"<p>stuck %d" % n,
        fetched_at=now,
        source=SourceId("harbour"),
    )
    return encode_outcomes([page])


def _bad_pages(now: datetime) -> list[PageEntry]:
    kinds = (
        ("failed", "http_404", 404),
        ("failed", "timeout", None),
        ("rejected", "robots_disallowed", None),
        ("rejected", "index_page", 200),
        ("feed", "feed", 200),
    )
    return [
        PageEntry(
            url=site_url(SITES[(n + m) % 5], f"gone/{n}/{m}"),
            content_hash="",
            source=("harbour", "inland", "ledger")[m],
            role="page",
            status=status,
            fetched_at=now - timedelta(hours=n, minutes=7 * m),
            outcome=outcome,
            reason=reason,
            detail="<i>no</i> such page" if status == 404 else None,
        )
        for n, (outcome, reason, status) in enumerate(kinds)
        for m in range(3)
    ]


def many_stories(store: Store, count: int, *, now: datetime = NOON, seed: int = 7, chunk: int = 500) -> None:
    """Write so many short stories over 30 days, every fifth with copies."""
    dice = random.Random(seed)
    for start in range(0, count, chunk):
        found: list[Decided] = []
        for n in range(start, min(start + chunk, count)):
            at = now - timedelta(seconds=dice.uniform(0, 30 * 86_400))
            site = dice.choice(SITES)
            title = f"{dice.choice(WHO)} {dice.choice(DID)} {dice.choice(WHAT)}, case {n}"
            body = (f"{title}.", *dice.sample(FILLERS, 4), f"The file has number {n * 7919}.")
            first = decided(
                Article(
                    url=site_url(site, f"story-{n}"),
                    title=title,
                    blocks=blocks(*body),
                    language="en",
                    site=site,
                    published_at=at,
                ),
                source=site.lower().replace(" ", "-"),
                at=at,
            )
            found.append(first)
            for m in range(dice.choice((0, 0, 0, 0, 3))):
                other = dice.choice(SITES)
                found.append(
                    decided(
                        replace(first.article, url=site_url(other, f"copy-{n}-{m}"), site=other),
                        source=other.lower().replace(" ", "-"),
                        at=at + timedelta(hours=m),
                        verdict=copy_of(first, VerdictKind.SAME, 1.0, 1.0, "same_text"),
                    )
                )
        store.save(Batch(pages=tuple(entry(d) for d in found), decided=tuple(found)))
