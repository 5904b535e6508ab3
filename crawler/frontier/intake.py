"""How records become the arguments of the scripts: the same for fetchers, workers and the command line."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from crawler.frontier import scripts
from crawler.frontier.records import (
    VISITED_AGAIN,
    Entry,
    Finish,
    Visited,
    encode_entry,
    encode_validators,
    entry_of,
)
from crawler.frontier.scope import (
    id_of,
    is_media,
    priority_of,
    query_path_of,
    seen_number,
    site_of,
    sites_over,
    trap_in,
)
from crawler.politeness import FIRST_VISIT_S, MAX_HINT_S, visit_floor_s
from crawler.records import DiscoveredUrl, UrlRole
from crawler.urls import host_key, is_local

MAX_QUERIES_PER_PATH = 500
"""Variants of one path's query taken from links in a day; a feed's own links are not counted."""
MAX_ITEMS = 500
"""URLs in one call of the script: a few milliseconds of the server's time."""


def refusal_of(found: DiscoveredUrl, max_depth: int) -> str | None:
    """Return the rule that refuses a URL whatever the frontier holds, or ``None``."""
    if found.depth > max_depth:
        return "too_deep"
    if found.depth == 0:
        return None
    return "media_file" if found.role is UrlRole.PAGE and is_media(found.url) else trap_in(found.url)


def item_of(found: DiscoveredUrl, *, now_s: int, guess: bool = False) -> dict[str, Any]:
    """Return one URL as ``add.lua`` reads it."""
    url_id, host = id_of(found.url), host_key(found.url)
    # A file without an address has no site: what it lists is what --follow was asked for, as if it were named by hand.
    parent_host = host_key(found.found_on) if found.found_on and not is_local(found.found_on) else None
    is_hinted = found.hint is not None or found.role in VISITED_AGAIN
    return {
        "id": scripts.binary(url_id),
        "host": host,
        "number": seen_number(url_id),
        "score": priority_of(found, now_s),
        "blob": scripts.binary(encode_entry(entry_of(found, guess=guess))),
        "seed": found.depth == 0 and found.found_on is None,
        "visit": found.role in VISITED_AGAIN or found.role is UrlRole.SEED,
        "source": found.source,
        "site": site_of(host),
        "suffixes": sites_over(host),
        "parent_suffixes": sites_over(parent_host) if parent_host else None,
        "same_site": parent_host is None or site_of(parent_host) in sites_over(host),
        "hinted": is_hinted,
        "parent": scripts.binary(id_of(found.found_on)) if found.found_on else None,
        "dated": _dates_of(found),
        "query_of": None if is_hinted else _query_of(found.url),
    }


def _dates_of(found: DiscoveredUrl) -> list[int] | None:
    """Return two marks for a page that a feed dates: "has a date", and "has this date" (to the minute).

    Plain sitemaps are left out (they give no titles): many stamp every URL anew whenever they are asked.
    """
    hint = found.hint
    moment = (hint.modified_at or hint.published_at) if hint is not None and hint.title else None
    if moment is None or found.role is not UrlRole.PAGE:
        return None
    minute = int(moment.timestamp()) // 60
    return [seen_number(id_of(f"{found.url} dated")), seen_number(id_of(f"{found.url} dated {minute}"))]


def _query_of(url: str) -> msgspec.Raw | None:
    path_id = query_path_of(url)
    return None if path_id is None else scripts.binary(path_id)


def visit_of(visited: Visited) -> dict[str, Any]:
    """Return what a worker found a URL to be, as ``add.lua`` reads it."""
    url_id = id_of(visited.url)
    entry = Entry(url=visited.url, source=visited.source, role=visited.role, depth=visited.depth)
    return {
        "id": scripts.binary(url_id),
        "host": host_key(visited.url),
        "number": seen_number(url_id),
        "blob": scripts.binary(encode_entry(entry)),
        "interval": int(1000 * max(FIRST_VISIT_S, visit_floor_s(visited.period_s))),
        "floor": int(1000 * visit_floor_s(visited.period_s)),
    }


def calls_of(
    found: Sequence[DiscoveredUrl],
    *,
    visited: Sequence[Visited] = (),
    max_depth: int,
    max_pages_per_host: int,
    now_s: int,
    guess: bool = False,
) -> tuple[list[bytes], Counter[str]]:
    """Return the arguments of the ``add.lua`` calls that take all in, and what was refused before."""
    refused: Counter[str] = Counter()
    items = []
    for one in found:
        reason = refusal_of(one, max_depth)
        if reason is None:
            items.append(item_of(one, now_s=now_s, guess=guess))
        else:
            refused[reason] += 1
    # Past ``MAX_ITEMS`` only the fresh URLs of the last call count for the rhythm; a feed is never that long.
    calls = []
    for start in range(0, max(len(items), 1), MAX_ITEMS):
        chunk = items[start : start + MAX_ITEMS]
        is_last = start + MAX_ITEMS >= len(items)
        visits = [visit_of(v) for v in visited] if is_last else []
        calls.append(scripts.pack([chunk, max_pages_per_host, MAX_QUERIES_PER_PATH, visits]))
    return calls, refused


def count(replies: Iterable[Iterable[bytes]], refused: Counter[str]) -> Counter[str]:
    """Return the outcomes of all calls and the refusals before them as one count."""
    total = Counter(refused)
    for reply in replies:
        total.update(outcome.decode() for outcome in reply)
    return total


def finish_argument(finished: Sequence[Finish]) -> bytes:
    """Return the argument of ``finish.lua``."""
    return scripts.pack([_finish_item(f) for f in finished])


def _finish_item(finish: Finish) -> list[Any]:
    leased, final = finish.leased, finish.final_url
    also: list[Any] | bool = False
    site = ""
    if final is not None and final != leased.entry.url:
        host = host_key(final)
        also = [host, seen_number(id_of(final))]
        site = site_of(host) if leased.entry.depth == 0 else ""
    delay_ms = int(1000 * finish.delay_s)
    return [
        leased.host, scripts.binary(leased.id), finish.action.value, delay_ms, finish.changed,
        scripts.binary(encode_validators(finish.validators)), also, site,
        leased.entry.source, int(1000 * min(finish.fresh_s, MAX_HINT_S)),
    ]  # fmt: skip
