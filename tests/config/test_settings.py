"""Settings: typed, validated, layered, and wrong ones named with file, line and key."""

from pathlib import Path

import pytest

from config.load import bare_settings, environment, load_settings
from config.problem import ConfigProblem
from config.reference import reference


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "copydesk.toml"


def test_environment_names_reach_nested_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """COPYDESK_SECTION_KEY sets ``section.key``; COPYDESK_KEY sets a top-level key."""
    monkeypatch.setenv("COPYDESK_FETCH_DELAY_S", "2.5")
    monkeypatch.setenv("COPYDESK_DATA_DIR", "/tmp/desk")
    settings = load_settings()
    assert settings.fetch.delay_s == 2.5
    assert settings.data_dir == Path("/tmp/desk")


def test_a_data_folder_may_lie_at_home(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No shell resolves the ``~`` of a settings file; a folder of that name is never meant."""
    monkeypatch.setenv("HOME", "/home/ada")
    toml.write_text('data_dir = "~/beat"')
    assert load_settings(toml).data_dir == Path("/home/ada/beat")
    assert load_settings(overrides={"data_dir": Path("~/desk")}).data_dir == Path("/home/ada/desk")


@pytest.mark.parametrize(
    "text", ["127.0.0.0/8,10.0.0.0/8", " 127.0.0.0/8, 10.0.0.0/8 ", '["127.0.0.0/8", "10.0.0.0/8"]']
)
def test_several_values_in_the_environment_are_parted_by_commas(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """As a person writes them, or as JSON; one value alone is one."""
    monkeypatch.setenv("COPYDESK_FETCH_ALLOW_PRIVATE", text)
    monkeypatch.setenv("COPYDESK_WEB_NAMES", "desk.example.org")
    assert load_settings().fetch.allow_private == ("127.0.0.0/8", "10.0.0.0/8")
    assert load_settings().web.names == ("desk.example.org",)


@pytest.mark.parametrize(
    ("name", "text"), [("COPYDESK_FETCH", "{x"), ("COPYDESK_FETCH_ALLOW_PRIVATE", '["127.0.0.0/8"')]
)
def test_what_is_not_json_in_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    """The variable is told, not where the parser stood."""
    monkeypatch.setenv(name, text)
    with pytest.raises(ConfigProblem, match=name):
        load_settings()


def test_each_layer_wins_over_the_one_below(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Defaults < file < environment < command line, key by key."""
    toml.write_text("[fetch]\ndelay_s = 2\nretries = 2\nmax_redirects = 2\n")
    monkeypatch.setenv("COPYDESK_FETCH_RETRIES", "4")
    monkeypatch.setenv("COPYDESK_FETCH_MAX_REDIRECTS", "4")
    fetch = load_settings(toml, {"fetch": {"max_redirects": 6, "delay_s": None}}).fetch
    assert (fetch.connections, fetch.delay_s, fetch.retries, fetch.max_redirects) == (64, 2, 4, 6)


def test_a_child_process_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """``environment`` carries every setting that differs from its default, secrets and lists included."""
    given = {
        "redis_url": "redis://:secret@127.0.0.1/0",
        "fetch": {"delay_s": 0.05, "allow_private": ("127.0.0.0/8", "::1/128"), "respect_robots": False},
        "web": {"password": "pa ss"},
    }
    settings = load_settings(overrides=given)
    variables = environment(settings)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert load_settings().model_dump() == settings.model_dump()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[fetch]\nretries = 1\ndely_s = 3\n", ":3: fetch.dely_s: no such setting; did you mean delay_s?"),
        ('[fetch]\ndelay_s = "soon"\n', ":2: fetch.delay_s: Input should be a valid number"),
        ("[fetch\n", ":1: not valid TOML"),
        ('log_level = "loud"\n', ":1: log_level: write debug, info, warning or error (given: 'loud')"),
        ('[work]\nmetrics = "abc"\n', ":2: work.metrics: write a PORT or HOST:PORT"),
        (
            '[fetch]\nallow_private = ["lan"]\n',
            ":2: fetch.allow_private: 'lan' does not appear to be an IPv4 or IPv6",
        ),
        ("fech = 1\n", ":1: fech: no such setting; did you mean fetch?"),
        ("\n[web]\nport = 0\n", ":3: web.port: Input should be greater than or equal to 1"),
    ],
)
def test_a_wrong_key_or_value_names_file_line_and_key(toml: Path, text: str, message: str) -> None:
    """One line says where, what and what was probably meant."""
    toml.write_text(text)
    with pytest.raises(ConfigProblem) as caught:
        load_settings(toml)
    assert str(caught.value).startswith(f"{toml}{message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["COPYDESK_FETCH_DELY_S", "COPYDESK_DATADIR"])
def test_an_unknown_variable_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt COPYDESK_ variable is an error, never silently ignored."""
    monkeypatch.setenv(name, "1")
    with pytest.raises(ConfigProblem, match="did you mean COPYDESK_"):
        load_settings()


def test_no_whole_section_is_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    """COPYDESK_WEB would have to be JSON: nobody means it."""
    monkeypatch.setenv("COPYDESK_WEBB", "1")
    with pytest.raises(ConfigProblem) as caught:
        load_settings()
    assert "did you mean COPYDESK_WEB?" not in str(caught.value)


def test_the_settings_page_is_current() -> None:
    """docs/settings.md is what ``python -m config.reference`` prints now."""
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert page.read_text() == reference()


def test_bare_settings_know_neither_file_nor_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that must not touch the user's data sees none of the user's settings."""
    (tmp_path / "copydesk.toml").write_text("[fetch]\nretries = 9\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPYDESK_REDIS_URL", "redis://127.0.0.1:1/0")
    settings = bare_settings({"fetch": {"delay_s": 0.5}})
    assert (settings.redis_url, settings.fetch.retries, settings.fetch.delay_s) == (None, 3, 0.5)
