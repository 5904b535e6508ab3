"""What a user may name as SOURCE."""

from pathlib import Path

import pytest

from config.load import load_settings
from config.problem import ConfigProblem
from config.settings import Settings
from copydesk.own_sources import add_source
from copydesk.seeds import known_sources, seeds
from crawler.errors import ConfigError
from crawler.records import UrlRole


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(overrides={"data_dir": tmp_path})


@pytest.mark.parametrize(
    ("word", "url"),
    [
        ("https://example.org/feed", "https://example.org/feed"),
        ("example.org/feed", "https://example.org/feed"),
        ("example.org:8080/feed", "https://example.org:8080/feed"),
        ("//example.org/feed", "https://example.org/feed"),
        ("  HTTP://Example.ORG/a/../b#top ", "http://example.org/b"),
        ("localhost:8000", "http://localhost:8000/"),
        ("127.0.0.1:8000/feed", "http://127.0.0.1:8000/feed"),
        ("http://[::1]/x", "http://[::1]/x"),
    ],
)
def test_a_url_is_a_seed_of_unknown_nature(settings: Settings, word: str, url: str) -> None:
    """Its canonical form goes into the frontier; a missing scheme is https."""
    (seed,) = seeds([word], settings)
    assert (seed.url, seed.role) == (url, UrlRole.SEED)


@pytest.mark.parametrize(
    "word", ["https://", "http:///x", "file:///x", "javascript:alert(1)", "word", "http://[::1", ""]
)
def test_what_cannot_be_fetched_is_refused(settings: Settings, word: str) -> None:
    """One line names it and says why."""
    with pytest.raises(ConfigError) as caught:
        seeds([word], settings)
    assert repr(word) in str(caught.value)


def test_no_word_means_every_known_source(settings: Settings) -> None:
    """The default sources, each with its id on its seeds."""
    found = seeds([], settings)
    assert {seed.source for seed in found} == {source.id for source in known_sources(settings)}


def test_an_id_means_that_source(settings: Settings) -> None:
    """Feeds are known to be feeds; the front page is found out."""
    assert {seed.role for seed in seeds(["kitguru"], settings)} == {UrlRole.FEED, UrlRole.SEED}


def test_an_added_source_is_known_from_then_on(settings: Settings) -> None:
    """It gets an id of its own, and cannot be added twice."""
    first = add_source(
        settings, "https://www.example.org/", key="home", name=None, language="en", topics=("trade",)
    )
    second = add_source(
        settings, "example.org/feed", key="feeds", name='The "Example"', language=None, topics=()
    )
    assert (first.id, second.id) == ("example-org", "example-org-2")
    assert [seed.url for seed in seeds(["example-org-2"], settings)] == ["https://example.org/feed"]
    with pytest.raises(ConfigError, match="there already"):
        add_source(settings, "https://www.example.org", key="home", name=None, language=None, topics=())


def test_a_file_of_sources_is_read(settings: Settings, tmp_path: Path) -> None:
    """Its sources stand for themselves; a missing one is told."""
    file = tmp_path / "beat.toml"
    file.write_text('[[source]]\nid = "a"\nname = "A"\nfeeds = ["https://a.example/rss"]\n')
    assert [(seed.url, seed.source) for seed in seeds([str(file)], settings)] == [
        ("https://a.example/rss", "a")
    ]
    with pytest.raises(ConfigProblem, match=r"none\.toml"):
        seeds([str(tmp_path / "none.toml")], settings)
