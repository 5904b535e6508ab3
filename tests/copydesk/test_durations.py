"""Durations as people type them."""

from datetime import timedelta

import pytest

from copydesk.durations import parse_duration
from crawler.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("10m", 600), ("1h30m", 5400), ("2 d", 172800), ("1.5h", 5400), ("1W", 604800)],
)
def test_what_people_type_is_understood(text: str, seconds: float) -> None:
    """Units s, m, h, d and w, alone or together."""
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-5m", "0", "5x", "m", "10m later", "1e9", "99999999w"])
def test_what_means_nothing_is_refused(text: str) -> None:
    """The message shows the form."""
    with pytest.raises(ConfigError, match="1h30m"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["90", "2026", "1.5"])
def test_a_bare_number_is_refused_where_the_unit_matters(text: str) -> None:
    """Who forgets "older than 90" means days: taken for seconds nearly everything would go."""
    with pytest.raises(ConfigError, match="1h30m"):
        parse_duration(text, unit=None)
