"""Sources are data: read strictly, wrong ones named with file, line and key."""

from pathlib import Path

import pytest

from config.problem import ConfigProblem
from config.sources import load_sources


def test_the_default_sources_load() -> None:
    """About twenty publishers, each with an https address."""
    sources = load_sources()
    assert len(sources) >= 20
    assert {"gizmochina", "kitguru", "semafor"} <= {source.id for source in sources}
    assert all(
        url.startswith("https://") for source in sources for url in (source.home or "", *source.feeds) if url
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[source]]\nid = "a"\nname = "A"\nhome = "ftp://x"\n',
            ":4: source 1, home: must be an http or https URL",
        ),
        (
            '[[source]]\nid = "a"\nname = "A"\nhom = "https://x.example"\n',
            ":4: source 1, hom: no such key; did you mean home?",
        ),
        ('[[source]]\nid = "a"\nname = "A"\n', ":1: source 1: a source needs at least one of"),
        ('[[source]]\nname = "A"\nhome = "https://x.example"\n', ":1: source 1, id: Field required"),
        ('[[sauce]]\nid = "a"\n', ":1: sauce: no such table; did you mean source?"),
        ("", ": holds no [[source]] table"),
        ('[[source]]\nid = "a\n', ":2: not valid TOML"),
        (
            '[[source]]\nid = "a"\nname = "A"\nhome = "https://x.example"\n' * 2,
            ":6: the id 'a' is taken by an earlier source",
        ),
    ],
)
def test_a_wrong_source_names_file_line_and_key(tmp_path: Path, text: str, message: str) -> None:
    """One line says which table and key are wrong."""
    file = tmp_path / "sources.toml"
    file.write_text(text)
    with pytest.raises(ConfigProblem) as caught:
        load_sources(file)
    assert str(caught.value).startswith(f"{file}{message}")
