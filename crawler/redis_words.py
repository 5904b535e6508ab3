"""What is wrong with Redis, in words that say what to do.

The library names the command in its errors, and a command's arguments are page text: they are left out.
"""

from redis.connection import parse_url
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
)

from crawler.errors import ConfigError

MOST_SAID = 300
"""Characters of the server's own words."""

_BY_CLASS = (
    (OutOfMemoryError, "Redis is full: raise its maxmemory"),
    (ReadOnlyError, "Redis is a read-only replica: name the primary in COPYDESK_REDIS_URL"),
    (NoPermissionError, "Redis denies its user a right; docs/operations.md lists what it needs"),
    (AuthenticationError, "Redis refuses the user or the password in COPYDESK_REDIS_URL"),
    (BusyLoadingError, "Redis is still loading its file"),
)
_BY_BEGINNING = (
    ("OOM", "Redis is full: raise its maxmemory"),
    ("MISCONF", "Redis cannot write its file: is its disk full?"),
    ("NOREPLICAS", "Redis misses the replicas that it is set to wait for"),
    (
        "HELLO must be called with the client already authenticated",
        "Redis demands a password in COPYDESK_REDIS_URL",
    ),
    ("DB index is out of range", "Redis has no database of the number at the end of COPYDESK_REDIS_URL"),
)


def say(error: RedisError) -> str:
    """Return one line: what is wrong, and in parentheses what was said.

    >>> say(RedisError("Command # 2 (HSET k f secret) of pipeline caused error: MISCONF cannot write"))
    'Redis cannot write its file: is its disk full? (MISCONF cannot write)'
    >>> say(ReadOnlyError("You can't write against a read only replica."))[:43]
    'Redis is a read-only replica: name the prim'
    >>> say(RedisError("Connection refused"))
    'Redis is away (Connection refused)'
    """
    said = " ".join(str(error).rpartition("caused error: ")[2].split())[:MOST_SAID] or type(error).__name__
    for kind, meaning in _BY_CLASS:
        if isinstance(error, kind):
            return f"{meaning} ({said})"
    for beginning, meaning in _BY_BEGINNING:
        if said.startswith(beginning):
            return f"{meaning} ({said})"
    return f"Redis is away ({said})"


def check_url(url: str) -> None:
    """Refuse what the library would misread: it takes ``/news`` for database 0.

    >>> check_url("rediss://desk:pass@cache.example:6380/0")
    >>> check_url("redis://cache.example/news")
    Traceback (most recent call last):
        ...
    crawler.errors.ConfigError: redis_url: what follows the host is the number of a database, such as /0

    Raises:
        ConfigError: It is no URL of a Redis; nothing of it is in the message, which would show a password.
    """
    try:
        found = parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError:
        raise ConfigError(
            "redis_url is no Redis URL: write redis://:PASSWORD@HOST:6379/0, rediss://... or unix:///PATH "
            "(in a password / ? # @ : and % are written %2F %3F %23 %40 %3A and %25)"
        ) from None
    path = url.partition("://")[2].partition("?")[0].rpartition("@")[2].partition("/")[2].strip("/")
    if path and not url.lower().startswith("unix:") and "db" not in found:
        raise ConfigError("redis_url: what follows the host is the number of a database, such as /0")
