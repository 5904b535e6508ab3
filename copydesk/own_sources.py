"""The user's own sources: added to ``sources.toml`` in the data folder, and looked at before they are trusted."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from config.settings import Settings
from config.sources import Source, load_sources
from copydesk.seeds import OWN_SOURCES, known_sources, seed_of
from copydesk.stack import ready_folder
from crawler.content import inflate, sniff
from crawler.errors import ConfigError, FetchError
from crawler.feeds import parse_feed
from crawler.fetcher import fetch_one
from crawler.records import FetchedPage
from crawler.sitemaps import parse_sitemap


def pick(settings: Settings, ids: Sequence[str]) -> list[Source]:
    """Return the named sources, or all.

    Raises:
        ConfigError: An id is not known.
    """
    known = {source.id: source for source in known_sources(settings)}
    for name in ids:
        if name not in known:
            raise ConfigError(f"{name!r} is no source's id (see: copydesk sources list)")
    return [known[name] for name in ids] if ids else list(known.values())


def add_source(
    settings: Settings, url: str, *, key: str, name: str | None, language: str | None, topics: tuple[str, ...]
) -> Source:
    """Append a source to the data folder's own file and return it.

    Raises:
        ConfigError: The URL cannot be fetched, or is there already.
        ConfigProblem: The file that is there is wrong.
    """
    address = seed_of(url).url
    for source in known_sources(settings):
        if address in {
            seed_of(u).url for u in (*source.feeds, *source.sitemaps, *source.pages, source.home) if u
        }:
            raise ConfigError(f"{url!r} is there already, as {source.id!r}")
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    file = ready_folder(settings.data_dir) / OWN_SOURCES
    values: dict[str, Any] = {"id": _free_id(host, settings), "name": name or host}
    values[key] = address if key == "home" else [address]
    values |= {"language": language} if language else {}
    values |= {"topics": list(topics)} if topics else {}
    try:
        with file.open("a", encoding="utf-8") as out:
            out.write(_table(values))
    except OSError as error:
        raise ConfigError(
            f"{file}: cannot be written ({error.strerror}); set COPYDESK_DATA_DIR to another folder"
        ) from None
    return load_sources(file)[-1]


def _free_id(host: str, settings: Settings) -> str:
    wish = re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-") or "source"
    taken = {source.id for source in known_sources(settings)}
    numbers = (wish if n == 1 else f"{wish}-{n}" for n in range(1, len(taken) + 2))
    return next(candidate for candidate in numbers if candidate not in taken)


def _table(values: dict[str, Any]) -> str:
    # A JSON string or array of strings is a TOML one.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n[[source]]\n" + "\n".join(lines) + "\n"


async def check_sources(settings: Settings, sources: Sequence[Source]) -> AsyncIterator[dict[str, Any]]:
    """Fetch every address of the sources once, one after the other, and yield what answered."""
    for source in sources:
        for url in (*source.feeds, *source.sitemaps, *source.pages, *([source.home] if source.home else [])):
            yield {"source": source.id, "url": url, "is": "", "entries": None, "problem": ""} | await _look(
                settings, url
            )


async def _look(settings: Settings, url: str) -> dict[str, Any]:
    try:
        page = await fetch_one(url, settings.fetch)
        return _what_it_is(page, int(settings.fetch.max_body_mb * 1_000_000))
    except FetchError as error:
        return {"problem": error.reason + (f" ({error.detail})" if error.detail else "")}


def _what_it_is(page: FetchedPage, max_bytes: int) -> dict[str, Any]:
    body = inflate(page.body, page.content_encoding, max_bytes=max_bytes)
    kind = sniff(body, page.headers.get("content-type", ""), page.final_url)
    if feed := parse_feed(body, url=page.final_url, content_type=page.headers.get("content-type", "")):
        return {"is": "feed", "entries": len(feed.entries), "problem": "" if feed.entries else "empty feed"}
    if sitemap := parse_sitemap(body, url=page.final_url):
        return {"is": "sitemap", "entries": len(sitemap.urls) + len(sitemap.sitemaps)}
    return {"is": str(kind)}
