"""What a user names as SOURCE, as seeds for the frontier: a URL, a TOML file of sources, a source's id, or nothing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from config.settings import Settings
from config.sources import DEFAULT_SOURCES, Source, load_sources
from crawler.errors import ConfigError, RefusedError
from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId, UrlRole
from crawler.urls import canonicalize

OWN_SOURCES = "sources.toml"
"""In the data folder: what ``copydesk sources add`` has added."""


def known_sources(settings: Settings) -> tuple[Source, ...]:
    """Return the default sources and those of the data folder; the latter win where the id is the same."""
    own = settings.data_dir / OWN_SOURCES
    found = {source.id: source for source in load_sources(DEFAULT_SOURCES)}
    if own.is_file():
        found |= {source.id: source for source in load_sources(own)}
    return tuple(found.values())


def seeds(words: Sequence[str], settings: Settings) -> list[DiscoveredUrl]:
    """Return the seeds that the words of a command line name; no word means every known source.

    Raises:
        ConfigError: A word is no URL that can be fetched, no file of sources and no known source.
        ConfigProblem: A file of sources is wrong.
    """
    if not words:
        return list(_of_sources(known_sources(settings)))
    return [seed for word in words for seed in _seeds_of(word, settings)]


def _seeds_of(word: str, settings: Settings) -> Iterable[DiscoveredUrl]:
    if word.lower().endswith(".toml") and "://" not in word:
        return _of_sources(load_sources(Path(word)))
    named = [source for source in known_sources(settings) if source.id == word]
    return _of_sources(named) if named else [seed_of(word)]


def seed_of(word: str, source: str | None = None) -> DiscoveredUrl:
    """Return the seed for one URL; one without a scheme, such as ``example.org/feed``, is taken as https.

    Raises:
        ConfigError: It cannot be fetched; says why.
    """
    text = word.strip().removeprefix("//")
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d)", text)
    if not scheme and not re.match(r"localhost\b|[^/]*\.", text):
        raise ConfigError(
            f"{word!r} is no URL, no .toml file of sources and no source's id (see: copydesk sources list)"
        )
    try:
        url = canonicalize(text if scheme else f"{_usual_scheme(text)}://{text}")
    except RefusedError as error:
        why = (
            "only http and https URLs can be fetched"
            if error.reason == "bad_scheme"
            else "is no URL that can be fetched"
        )
        raise ConfigError(f"{word!r}: {why}{f' ({error.detail})' if error.detail else ''}") from None
    return DiscoveredUrl(url=url, source=SourceId(source or url), role=UrlRole.SEED)


def _usual_scheme(text: str) -> str:
    """A server named by address or on this machine speaks plain HTTP; names on the web speak HTTPS."""
    return "http" if re.match(r"localhost\b|\d{1,3}(\.\d{1,3}){3}(?!\.?[a-z])", text) else "https"


def _of_sources(sources: Iterable[Source]) -> Iterator[DiscoveredUrl]:
    for source in sources:
        yield from (_listed(source, url, UrlRole.FEED) for url in source.feeds)
        yield from (_listed(source, url, UrlRole.SITEMAP) for url in source.sitemaps)
        yield from (
            _listed(source, url, UrlRole.SEED)
            for url in (*source.pages, *([source.home] if source.home else []))
        )


def _listed(source: Source, url: str, role: UrlRole) -> DiscoveredUrl:
    seed = seed_of(url, source.id)
    return DiscoveredUrl(url=CanonicalUrl(seed.url), source=seed.source, role=role)
