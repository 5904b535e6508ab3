"""One job's results into the tables: one transaction, a handful of statements, the same twice as once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, case, select, update

from workers.records import Article, ArticleId, Match, StoryId, VerdictKind
from workers.store import schema
from workers.store.columns import storable
from workers.store.engine import insert_into
from workers.store.keys import page_key, text_hash, url_key
from workers.store.ledger import Ledger
from workers.store.pairs import pairs_of
from workers.store.records import Batch, Decided, PageEntry, Saved
from workers.store.summaries import point_on, summarise

STORED, FOLDED = "stored", "folded"
FOUNDING = frozenset({VerdictKind.NEW, VerdictKind.CONTAINS})


@dataclass(slots=True)
class _Known:
    """What the database already has of the ids in hand."""

    holder: dict[int, int] = field(default_factory=dict)
    """Sighting to the article that holds its text."""
    verdict: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Sighting to (verdict, reason): the first one stays."""
    text_hash: dict[int, str] = field(default_factory=dict)
    """Article to the hash of its text."""


def save_batch(connection: Connection, batch: Batch) -> Saved:
    """Write the batch; the caller holds the write transaction."""
    ledger, known = _load(
        connection, batch.decided, [p.sighting_id for p in batch.pages if p.sighting_id is not None]
    )
    before = set(known.holder)
    for decided in batch.decided:
        ledger.enter(decided.id, decided.verdict)
    articles, sightings = _enter_texts(batch.decided, ledger, known)
    if ledger.merges:
        _write_merges(connection, ledger, max(d.fetched_at for d in batch.decided))
    _insert(connection, schema.articles, articles)
    _upsert_seen(connection, schema.sightings, sightings)
    _insert(connection, schema.relations, _relations(batch.decided))
    _write_pages(connection, batch.pages, known)
    again = _see_again(connection, batch, known, ledger)
    touched = (
        again
        | {ledger.root(ledger.story_of[d.id]) for d in batch.decided}
        | {ledger.root(into) for _, into in ledger.merges}
    )
    changed, new = summarise(connection, touched)
    return Saved(
        stories=tuple(StoryId(story) for story in changed),
        new_stories=new,
        new_sightings=len({d.id for d in batch.decided} - before),
        new_articles=len(articles),
        merged=len(ledger.merges),
    )


def _load(
    connection: Connection, batch: Sequence[Decided], seen_again: Sequence[int]
) -> tuple[Ledger, _Known]:
    ids = {i for d in batch for i in (d.id, *(m.of for m in _matches(d)))} | set(seen_again)
    ledger, known = Ledger(), _Known()
    if not ids:
        return ledger, known
    s, a = schema.sightings.c, schema.articles.c
    query = (
        select(s.id, s.story_id, s.article_id, s.verdict, s.reason, a.text_hash)
        .join(schema.articles, a.id == s.article_id)
        .where(s.id.in_(ids))
    )
    for row in connection.execute(query):
        ledger.story_of[row.id] = row.story_id
        known.holder[row.id] = row.article_id
        known.verdict[row.id] = (row.verdict, row.reason)
        known.text_hash[row.article_id] = row.text_hash
    st = schema.stories.c
    named = ids | set(ledger.story_of.values())
    for story, into in connection.execute(select(st.id, st.merged_into).where(st.id.in_(named))):
        ledger.named.add(story)
        if into is not None:
            ledger.merged_into[story] = into
    return ledger, known


def _see_again(connection: Connection, batch: Batch, known: _Known, ledger: Ledger) -> set[int]:
    """Widen ``last_seen`` of sightings whose page came again with the same bytes; return their stories."""
    decided = {d.id for d in batch.decided}
    seen: dict[int, datetime] = {}
    for page in batch.pages:
        again = page.sighting_id
        if again is not None and again not in decided and again in known.holder:
            seen[again] = max(page.fetched_at, seen.get(again, page.fetched_at))
    s = schema.sightings.c
    for sighting, moment in seen.items():
        later = update(schema.sightings).where(s.id == sighting, s.last_seen < moment)
        connection.execute(later.values(last_seen=moment))
    return {ledger.story_named(sighting) for sighting in seen}


def _matches(decided: Decided) -> tuple[Match, ...]:
    match = decided.verdict.match
    return (*((match,) if match else ()), *decided.verdict.others)


def _enter_texts(
    batch: Sequence[Decided], ledger: Ledger, known: _Known
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    articles, sightings = [], []
    for decided in batch:
        text = decided.article.text
        hashed = text_hash(text)
        story = ledger.root(ledger.story_of[decided.id])
        if decided.id not in known.holder:
            known.holder[decided.id] = _holder(decided, hashed, known)
            if known.holder[decided.id] == decided.id:
                known.text_hash[decided.id] = hashed
                articles.append(_article_row(decided, story, text, hashed))
        verdict = decided.verdict
        known.verdict.setdefault(decided.id, (verdict.kind, verdict.reason))
        sightings.append(_sighting_row(decided, story, known.holder[decided.id]))
    return articles, sightings


def _holder(decided: Decided, hashed: str, known: _Known) -> int:
    """Return the article that holds this text: the other one only if it is stored, with the very same text."""
    match = decided.verdict.match
    if decided.verdict.kind is VerdictKind.SAME and match is not None:
        holder = known.holder.get(match.of)
        if holder is not None and known.text_hash.get(holder) == hashed:
            return holder
    return decided.id


def _article_row(decided: Decided, story: int, text: str, hashed: str) -> dict[str, Any]:
    article = decided.article
    return {
        "id": decided.id,
        "story_id": story,
        "kind": decided.kind,
        "url": article.url,
        "title": article.title,
        "authors": _json(article.authors),
        "published_at": article.published_at,
        "modified_at": article.modified_at,
        "language": article.language,
        "site": article.site,
        "section": article.section,
        "tags": _json(article.tags),
        "image": article.image,
        "declared_canonical": article.declared_canonical,
        "amp_url": article.amp_url,
        "next_url": article.next_url,
        "provenance": _json(article.provenance),
        "text": text,
        "pairs": pairs_of(f"{article.title or ''} {text}"),
        "blocks": _json(_blocks(article)),
        "words": len(text.split()),
        "text_hash": hashed,
        "fingerprint": decided.fingerprint,
        "source": decided.source,
        "first_seen": decided.fetched_at,
    }


def _blocks(article: Article) -> list[tuple[str, str, int]]:
    return [(block.kind.value, block.text, block.level) for block in article.blocks]


def _sighting_row(decided: Decided, story: int, holder: int) -> dict[str, Any]:
    article, verdict = decided.article, decided.verdict
    match = verdict.match if verdict.match and verdict.match.of != decided.id else None
    return {
        "id": decided.id,
        "url_key": url_key(article.url),
        "url": article.url,
        "article_id": holder,
        "story_id": story,
        "source": decided.source,
        "site": article.site,
        "title": article.title,
        "authors": _json(article.authors),
        "published_at": article.published_at,
        "modified_at": article.modified_at,
        "declared_canonical": article.declared_canonical,
        "verdict": verdict.kind.value,
        "of_id": match.of if match else None,
        "resemblance": match.resemblance if match else None,
        "containment": match.containment if match else None,
        "reason": verdict.reason[:80],
        "first_seen": decided.fetched_at,
        "last_seen": decided.fetched_at,
    }


def _relations(batch: Sequence[Decided]) -> list[dict[str, Any]]:
    rows = [
        _relation_row(decided.id, match)
        for decided in batch
        for match in _matches(decided)
        if match.of != decided.id and match.kind is not VerdictKind.SAME
    ]
    held = Match(
        kind=VerdictKind.CONTAINS, of=ArticleId(0), resemblance=0.0, containment=1.0, reason="digest_item"
    )
    rows += [
        {**_relation_row(decided.id, held), "of_id": item} for decided in batch for item in decided.holds
    ]
    rows += [
        {**_relation_row(holding.digest, held), "of_id": part, "reason": "holds_whole_story"}
        for decided in batch
        for holding in decided.verdict.held_by
        for part in holding.holds
    ]
    return rows


def _relation_row(sighting: int, match: Match) -> dict[str, Any]:
    return {
        "sighting_id": sighting,
        "kind": match.kind.value,
        "of_id": match.of,
        "resemblance": match.resemblance,
        "containment": match.containment,
        "reason": match.reason[:80],
        "passages": _json([(p.at, p.other_at, p.length) for p in match.passages]),
    }


def _write_merges(connection: Connection, ledger: Ledger, at: datetime) -> None:
    for story, into in ledger.merges:
        merge_rows(connection, story, into, at)


def merge_rows(connection: Connection, story: int, into: int, at: datetime) -> None:
    """Move all that is of one story into another; the old id points on, without a chain."""
    for table in (schema.sightings, schema.articles):
        connection.execute(update(table).where(table.c.story_id == story).values(story_id=into))
    stories = schema.stories
    connection.execute(update(stories).where(stories.c.merged_into == story).values(merged_into=into))
    point_on(connection, story, into, at)


def _write_pages(connection: Connection, pages: Sequence[PageEntry], known: _Known) -> None:
    if not pages:
        return
    _upsert_pages(connection, [_page_row(page, known) for page in pages])
    seen: dict[str, PageEntry] = {}
    for page in pages:
        seen.setdefault(page.source, page)
    rows = [
        {
            "id": source,
            "first_seen": min(p.fetched_at for p in pages if p.source == source),
            "last_seen": max(p.fetched_at for p in pages if p.source == source),
        }
        for source in sorted(seen)
    ]
    _upsert_seen(connection, schema.sources, rows)


def _page_row(page: PageEntry, known: _Known) -> dict[str, Any]:
    outcome, reason = page.outcome, page.reason
    if page.sighting_id is not None and page.sighting_id in known.verdict:
        verdict, reason = known.verdict[page.sighting_id]
        outcome = STORED if verdict in FOUNDING else FOLDED
    return {
        "id": page_key(page.url, page.content_hash),
        "url_key": url_key(page.url),
        "url": page.url,
        "content_hash": page.content_hash,
        "final_url": page.final_url,
        "source": page.source,
        "role": page.role,
        "depth": page.depth,
        "status": page.status,
        "content_type": page.content_type,
        "etag": page.etag,
        "last_modified": page.last_modified,
        "body_bytes": page.body_bytes,
        "outcome": outcome,
        "reason": reason[:80],
        "detail": page.detail,
        "sighting_id": page.sighting_id,
        "first_seen": page.fetched_at,
        "last_seen": page.fetched_at,
    }


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), list(rows))


def _upsert_seen(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert; of a row that is there, only widen first_seen and last_seen."""
    rows = list(rows)
    if rows:
        insert = insert_into(connection, table)
        widened = _widened(table, insert.excluded)
        connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=widened), rows)


def _upsert_pages(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert; the newest fetch has the last word on everything but first_seen."""
    insert = insert_into(connection, schema.pages)
    excluded, pages = insert.excluded, schema.pages.c
    newer = excluded.last_seen >= pages.last_seen
    latest = {
        column.name: case((newer, excluded[column.name]), else_=column)
        for column in pages
        if column.name not in {"id", "url_key", "url", "content_hash", "first_seen", "last_seen"}
    }
    widened = _widened(schema.pages, excluded)
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=latest | widened), rows)


def _widened(table: Table, excluded: Any) -> dict[str, Any]:
    first, last = table.c.first_seen, table.c.last_seen
    return {
        "first_seen": case((excluded.first_seen < first, excluded.first_seen), else_=first),
        "last_seen": case((excluded.last_seen > last, excluded.last_seen), else_=last),
    }


_ESCAPED_NUL = b"\\u0000"


def _json(value: Any) -> str:
    r"""Return JSON that a text column can hold: inside it a NUL or a lone surrogate would escape the column's cleaning.

    >>> _json(["a", "b\x00", "c\ud800"])
    '["a","b\ufffd","c?"]'
    """
    try:
        encoded = msgspec.json.encode(value)
    except UnicodeEncodeError:  # a lone surrogate
        return msgspec.json.encode(_plain(value)).decode()
    if _ESCAPED_NUL in encoded:
        encoded = msgspec.json.encode(_plain(value))
    return encoded.decode()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
