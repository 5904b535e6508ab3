"""Sources as data: which publications are watched, from ``sources.toml`` or a file of the user's."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from config.load import parse_toml
from config.problem import ConfigProblem, line_of, nearest

DEFAULT_SOURCES = Path(str(files("config") / "sources.toml"))


def _web_url(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https URL with a host")
    return url.strip()


WebUrl = Annotated[str, AfterValidator(_web_url)]


class Source(BaseModel):
    """One publication: where its stories are announced."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="Short name, unique in the file.")
    name: str = Field(min_length=1, description="The publication's name.")
    home: WebUrl | None = Field(
        default=None, description="Front page; feeds and sitemaps are discovered from it."
    )
    feeds: tuple[WebUrl, ...] = Field(default=(), description="RSS, Atom or JSON feeds.")
    sitemaps: tuple[WebUrl, ...] = Field(default=(), description="Sitemaps or sitemap indexes.")
    pages: tuple[WebUrl, ...] = Field(default=(), description="Section pages or single stories.")
    language: str | None = Field(default=None, description="BCP 47 tag of its stories.")
    topics: tuple[str, ...] = Field(default=(), description="What it is watched for.")

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "Source":
        if not (self.home or self.feeds or self.sitemaps or self.pages):
            raise ValueError("a source needs at least one of home, feeds, sitemaps, pages")
        return self


def load_sources(file: Path = DEFAULT_SOURCES) -> tuple[Source, ...]:
    """Return the sources of a TOML file of ``[[source]]`` tables, in their order.

    Raises:
        ConfigProblem: The file cannot be read or a table is wrong; names file, line and key.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigProblem(f"cannot be read ({error})", file=file) from None
    tables = parse_toml(text, file)
    for key in tables.keys() - {"source"}:
        raise ConfigProblem(
            f"no such table; {nearest(key, ['source'])}", file=file, line=line_of(text, [key]), key=key
        )
    rows = tables.get("source", [])
    if not isinstance(rows, list) or not rows:
        raise ConfigProblem("holds no [[source]] table", file=file)
    sources = tuple(_source(row, number, text, file) for number, row in enumerate(rows))
    _refuse_twins(sources, text, file)
    return sources


def _source(row: Any, number: int, text: str, file: Path) -> Source:
    try:
        return Source.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        message = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            message = f"no such key; {nearest(key, Source.model_fields)}"
        elif first["type"] != "missing" and key:
            message += f" (given: {first['input']!r})"
        raise ConfigProblem(
            message,
            file=file,
            line=line_of(text, ["source", number, key]),
            key=f"source {number + 1}" + (f", {key}" if key else ""),
        ) from None


def _refuse_twins(sources: tuple[Source, ...], text: str, file: Path) -> None:
    seen: set[str] = set()
    for number, source in enumerate(sources):
        if source.id in seen:
            line = line_of(text, ["source", number, "id"])
            raise ConfigProblem(f"the id {source.id!r} is taken by an earlier source", file=file, line=line)
        seen.add(source.id)
