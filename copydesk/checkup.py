"""What ``copydesk doctor`` looks at: each finding says what is, whether it is well, and how to mend it."""

import importlib.metadata
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import redis

from config.settings import Settings
from copydesk.embedded import server_program
from copydesk.loopback import is_loopback
from copydesk.seeds import known_sources
from copydesk.stack import check_redis, database_url, look_at, ready_folder, refused_write, without_password
from crawler.errors import BackendError, ConfigError
from workers.store.opening import open_store

LIBRARIES = ("aiohttp", "selectolax", "datasketch", "redis", "rq", "rq-dashboard", "sqlalchemy", "uvloop")

FULL = 0.8
"""Of ``maxmemory``; from here on docs/operations.md has an operator worry."""

LEAST_FREE_BYTES = 500_000_000
"""Below this a day's crawl may fill the disk: about 20,000 stories with their append-only file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    found: str
    mend: str = ""
    """Empty when all is well; else what to do."""
    warning: bool = False
    """It will work all the same."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything a run needs, one after the other."""
    yield Finding(
        what="python", found=f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    )
    for library in LIBRARIES:
        yield _library(library)
    yield _guarded("data folder", lambda: _folder(settings))
    yield _guarded("redis", lambda: _redis(settings))
    yield _guarded("database", lambda: _database(settings))
    yield _guarded("sources", lambda: Finding(what="sources", found=f"{len(known_sources(settings))} known"))
    yield _contact(settings)
    yield _web(settings)


def _guarded(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except (BackendError, ConfigError, ValueError) as error:
        return Finding(what=what, found="not usable", mend=str(error))


def _library(name: str) -> Finding:
    try:
        return Finding(what=name, found=importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(
            what=name, found="missing", mend="reinstall copydesk: pip install --force-reinstall copydesk"
        )


def _folder(settings: Settings) -> Finding:
    folder = ready_folder(settings.data_dir)
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            what="data folder",
            found=f"{folder}: {error.strerror}",
            mend="set COPYDESK_DATA_DIR to a folder that can be written",
        )
    low = free < LEAST_FREE_BYTES
    return Finding(
        what="data folder",
        found=f"{folder}, {free / 1e9:.1f} GB free",
        mend="make room: under 0.5 GB is left" if low else "",
        warning=low,
    )


def _redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding(what="redis", found=f"embedded: {Path(server_program()).name}")
    url = settings.redis_url.get_secret_value()
    version = check_redis(url)
    refusal, risks = refused_write(url), _risks(url)
    return Finding(
        what="redis",
        found=f"{without_password(url)}, version {version}",
        mend=refusal or "; ".join(risks),
        warning=not refusal,
    )


def _risks(url: str) -> list[str]:
    """Return what docs/operations.md demands of a Redis and this one lacks; a hosted one may not tell."""
    with suppress(redis.RedisError), look_at(url) as client:
        told = client.info("all")
        most, used = int(told.get("maxmemory", 0)), int(told.get("used_memory", 0))
        risks = {
            "set maxmemory-policy noeviction: queued pages vanish with any other": told.get(
                "maxmemory_policy"
            )
            not in {None, "noeviction"},
            "set appendonly yes: frontier and queue are lost with the server": told.get("aof_enabled") == 0,
            f"raise maxmemory: {used / 1e6:.0f} of {most / 1e6:.0f} MB are used": most > 0
            and used > FULL * most,
        }
        return [risk for risk, holds in risks.items() if holds]
    return []


def _database(settings: Settings) -> Finding:
    url = database_url(settings)
    store = open_store(url)
    try:
        return Finding(what="database", found=f"{without_password(url)}, {store.totals().stories} stories")
    finally:
        store.close()


def _contact(settings: Settings) -> Finding:
    if settings.fetch.contact:
        return Finding(what="contact", found=settings.fetch.contact)
    mend = "set COPYDESK_FETCH_CONTACT to your mail address or page before you crawl the open web"
    return Finding(what="contact", found="not set", mend=mend, warning=True)


def _web(settings: Settings) -> Finding:
    found = f"{settings.web.host}:{settings.web.port}"
    if settings.web.password is None and not is_loopback(settings.web.host):
        return Finding(
            what="web", found=found, mend="set COPYDESK_WEB_PASSWORD: it is demanded beyond loopback"
        )
    return Finding(what="web", found=found)
