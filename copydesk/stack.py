"""Where a command's Redis and database are: those configured, else the embedded ones of the data folder."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redis
from pydantic import SecretStr
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.file_urls import path_in_url
from config.settings import Settings
from copydesk.embedded import embedded_redis
from crawler import redis_words
from crawler.errors import BackendError

LOOK_S = 2.0
"""How long a look at Redis may take where somebody waits for it: Ctrl-C promises as much."""
_PROBE = "copydesk:probe"
OLDEST_REDIS = (6, 2)
"""``LMOVE`` came with 6.2; without it RQ loses the job of a worker that dies between taking and registering it."""


@contextmanager
def open_stack(settings: Settings) -> Iterator[Settings]:
    """Yield the settings with both URLs filled in; an embedded Redis runs for as long as the block does.

    Raises:
        BackendError: The configured Redis refuses, is too old or goes away, or the data folder cannot be written.
    """
    with ExitStack() as stack:
        if settings.redis_url is None:
            redis_url = stack.enter_context(embedded_redis(settings.data_dir))
        else:
            redis_url = settings.redis_url.get_secret_value()
            check_redis(redis_url)
        found = {"redis_url": SecretStr(redis_url), "database_url": SecretStr(database_url(settings))}
        try:
            yield settings.model_copy(update=found)
        except redis.RedisError as error:
            raise BackendError(redis_words.say(error)) from None


def database_url(settings: Settings) -> str:
    """Return the configured database, else the SQLite file of the data folder."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{path_in_url(ready_folder(settings.data_dir) / 'copydesk.db')}"


def ready_folder(folder: Path) -> Path:
    """Return the folder as an absolute path, made if it was missing.

    Raises:
        BackendError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackendError(
            f"{folder}: cannot be written ({error.strerror}); set COPYDESK_DATA_DIR to a folder that can"
        ) from None
    return folder.resolve()


def check_redis(url: str) -> str:
    """Return the version of the server at ``url``.

    Raises:
        ConfigError: The URL is none of a Redis.
        BackendError: It cannot be reached, refuses us, or is older than 6.2; the password is not in the message.
    """
    redis_words.check_url(url)
    try:
        with look_at(url, wait_s=5.0) as client:
            version = str(client.info("server")["redis_version"])
    except (redis.RedisError, OSError) as error:
        said = redis_words.say(error) if isinstance(error, redis.RedisError) else f"Redis is away ({error})"
        mend = "; start it, or correct COPYDESK_REDIS_URL" if said.startswith("Redis is away") else ""
        raise BackendError(f"{without_password(url)}: {said}{mend}") from None
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        raise BackendError(f"Redis at {without_password(url)} is version {version}; 6.2 or newer is needed")
    return version


def look_at(url: str, *, wait_s: float = LOOK_S) -> "redis.Redis":
    """Return a connection that answers or fails soon: for a look, not for work."""
    return redis.Redis.from_url(
        url, socket_timeout=wait_s, socket_connect_timeout=wait_s, retry=Retry(NoBackoff(), 0)
    )


def refused_write(url: str) -> str:
    """Return why Redis takes no write (away, full, a replica, no room for its file); empty when it does."""
    try:
        with look_at(url) as client:
            client.set(_PROBE, "", px=1)
    except redis.RedisError as error:
        return redis_words.say(error)
    return ""


def takes_writes(url: str) -> bool:
    """Say whether Redis is there, has memory left, and can write its file."""
    return not refused_write(url)


def without_password(url: str) -> str:
    """Return the URL as it may be shown.

    >>> without_password("rediss://desk:secret@cache.example:6380/0")
    'rediss://desk:***@cache.example:6380/0'
    >>> without_password("unix:///run/redis.sock")
    'unix:///run/redis.sock'
    >>> without_password("redis://:sec/ret@cache.example/0")
    'redis://:***@cache.example/0'
    >>> without_password("redis://cache.example/0?password=secret&timeout=3")
    'redis://cache.example/0?password=***&timeout=3'
    """
    scheme, _, rest = url.partition("://")
    # The last one: a password with a / or @ that was not encoded must not be shown either.
    login, at, place = rest.rpartition("@")
    shown = f"{scheme}://{login.partition(':')[0]}:***@{place}" if at else url
    return re.sub(r"(?<=[?&])password=[^&]*", "password=***", shown)
