"""Every knob, typed and validated: defaults < ``copydesk.toml`` < environment < command line."""

import ipaddress
import json
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "COPYDESK_"
PLACE = r"^([^\s:/]+:|\[[0-9a-fA-F:.]+\]:)?[0-9]{1,5}$"
"""``PORT`` or ``HOST:PORT``."""
NAME = r"^[A-Za-z0-9_-]+$"
"""Of a queue."""
LEVELS = "^(debug|info|warning|error)$"


def _at_home(value: object) -> object:
    """Return a path with its ``~`` resolved: a shell does that for a word of its own, not after ``=`` or in a file."""
    if not isinstance(value, str | Path):
        return value
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise ValueError(f"{value}: {error}") from None


def _listed(value: object) -> object:
    """Return the items of a text: a JSON list, or what commas and spaces part."""
    if not isinstance(value, str):
        return value
    return json.loads(value) if value.lstrip().startswith("[") else value.replace(",", " ").split()


def _networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        try:
            ipaddress.ip_network(text.strip(), strict=False)
        except ValueError as error:
            raise ValueError(f"{error}: write networks such as 127.0.0.0/8") from None
    return texts


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
"""Several texts; one text in the environment is enough, and several are parted by commas."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FetchSettings(_Section):
    """How pages are fetched."""

    contact: str | None = Field(
        default=None,
        description="Where a site's owner reaches you; part of the User-Agent, demanded for the open web.",
    )
    connections: int = Field(
        default=64, ge=1, le=1024, description="Requests under way at once in one fetcher."
    )
    delay_s: float = Field(
        default=1.0,
        ge=0,
        le=3600,
        description="Gap between two requests of one host, in seconds, where robots.txt names none.",
    )
    max_delay_s: float = Field(
        default=60.0,
        ge=0,
        le=86400,
        description="The longest Crawl-delay we honour by waiting; a host that asks for more is not crawled.",
    )
    timeout_s: float = Field(
        default=30.0, gt=0, le=600, description="Total time for one request, in seconds."
    )
    max_body_mb: float = Field(
        default=5.0, gt=0, le=100, description="Largest body, in megabytes, after decompression."
    )
    max_redirects: int = Field(default=5, ge=0, le=20, description="Redirects followed for one URL.")
    retries: int = Field(default=3, ge=0, le=10, description="Further tries after a passing failure.")
    allow_private: Annotated[Listed, AfterValidator(_networks)] = Field(
        default=(),
        description="Networks (CIDR), parted by commas, that may be fetched although not public, such as 127.0.0.0/8.",
    )
    respect_robots: bool = Field(
        default=True, description="Obey robots.txt. Turn off only for hosts that are yours."
    )
    metrics: str | None = Field(
        default=None,
        pattern=PLACE,
        coerce_numbers_to_str=True,
        description="PORT (on loopback) or HOST:PORT at which a fetcher serves its own Prometheus metrics.",
    )


class CrawlSettings(_Section):
    """How far a crawl goes."""

    max_depth: int = Field(default=2, ge=0, le=20, description="Links followed from a seed.")
    max_pages_per_host: int = Field(default=10_000, ge=1, description="Pages of one host in one crawl.")
    batch_pages: int = Field(default=25, ge=1, le=200, description="Pages handed to a worker in one job.")
    max_queued_pages: int = Field(
        default=5_000,
        ge=1,
        description="Fetchers stop leasing while more pages than this wait for workers.",
    )


class DedupSettings(_Section):
    """How copies are recognised."""

    window_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="An article is compared with those of the last N days.",
    )


class WorkSettings(_Section):
    """RQ worker processes."""

    workers: int = Field(default=2, ge=1, le=256, description="Worker processes that one command starts.")
    queue: str = Field(default="copydesk", pattern=NAME, description="Name of the RQ queue.")
    job_timeout_s: int = Field(
        default=180, ge=10, le=3600, description="A job that runs longer is ended and tried again."
    )
    keep_pages_mb: float = Field(
        default=32.0,
        ge=0,
        le=4096,
        description="The last pages stay in Redis as they came, up to so many megabytes, for the web page to explain.",
    )
    max_tries: int = Field(default=3, ge=1, le=10, description="Tries of one page before it is put aside.")
    learn_sites: bool = Field(
        default=True, description="Lines that recur over the pages of one site are learned and left out."
    )
    metrics: str | None = Field(
        default=None,
        pattern=PLACE,
        coerce_numbers_to_str=True,
        description="PORT (on loopback) or HOST:PORT at which `copydesk work` serves its workers' Prometheus metrics.",
    )


class WebSettings(_Section):
    """The web pages and the RQ dashboard."""

    host: str = Field(
        default="127.0.0.1", description="Address to bind; any but loopback demands a password."
    )
    port: int = Field(default=8642, ge=1, le=65535, description="Port to bind.")
    password: SecretStr | None = Field(default=None, description="Demanded of every visitor when set.")
    names: Listed = Field(
        default=(),
        description="Host names, parted by commas, that reach the pages, beside addresses and names without a dot.",
    )
    trusted_proxy: str | None = Field(
        default=None,
        description="Address of the TLS proxy whose X-Forwarded-For, -Proto and -Host count; * believes anybody.",
    )


class Settings(BaseSettings):
    """Copydesk's settings.  Environment names are ``COPYDESK_DATA_DIR``, ``COPYDESK_FETCH_DELAY_S`` and so on."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        extra="forbid",
        frozen=True,
    )

    data_dir: Annotated[Path, BeforeValidator(_at_home)] = Field(
        default=Path("copydesk-data"),
        description="Folder of the embedded Redis, the SQLite file, WARCs and logs.",
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description="redis://, rediss:// or unix:// URL; unset means an embedded server in the data folder.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="postgresql:// or sqlite:/// URL; unset means an SQLite file in the data folder.",
    )
    log_level: str = Field(
        default="info",
        pattern=LEVELS,
        description="Least severe log line that is written.",
    )

    fetch: FetchSettings = Field(default_factory=FetchSettings, description="How pages are fetched.")
    crawl: CrawlSettings = Field(default_factory=CrawlSettings, description="How far a crawl goes.")
    dedup: DedupSettings = Field(default_factory=DedupSettings, description="How copies are recognised.")
    work: WorkSettings = Field(default_factory=WorkSettings, description="RQ worker processes.")
    web: WebSettings = Field(default_factory=WebSettings, description="The web pages.")
