"""Every error that Copydesk raises on purpose.

    CopydeskError
    ├── ConfigError            a setting, source file or command-line value is wrong (file, line, key)
    ├── UnreadableInputError   a file or folder given by the user cannot be read
    ├── BackendError           Redis or the database cannot be reached, refuses, or is of the wrong version
    │   └── StoreError         the database refused a statement
    │       └── StoreRefusedError  it will never take these rows: no outage, do not repeat
    ├── FetchError             a URL gave no page
    │   ├── RefusedError       we do not want it or may not have it; never retried
    │   ├── TransientError     may work later; retried, carries ``retry_after_s``
    │   └── PermanentError     the server said no for good
    └── ExtractError           a page that the extractor refuses to read

Messages are one line and say what to do.  ``reason`` is the name of a counter: short, snake_case, stable.
"""


class CopydeskError(Exception):
    """The root of everything that is raised on purpose; ``str(error)`` is one line for the user."""


class ConfigError(CopydeskError):
    """A setting, a source file or a command-line value is wrong; names file, line and key where known."""


class UnreadableInputError(CopydeskError):
    """A file or folder that the user named is missing, unreadable or holds nothing to read."""


class BackendError(CopydeskError):
    """Redis or the database cannot be reached, refuses us, or is of a version we cannot use."""


class StoreError(BackendError):
    """The database refused a statement; the transaction was rolled back and can be repeated."""


class StoreRefusedError(StoreError):
    """The database will never take these very rows (a constraint, a type); repeating does not help."""


class FetchError(CopydeskError):
    """A URL gave no page.  ``reason`` names the counter, ``detail`` is for a human."""

    def __init__(self, url: str, *, reason: str, detail: str = "", status: int | None = None) -> None:
        super().__init__(f"{url}: {reason}" + (f" ({detail})" if detail else ""))
        self.url = url
        self.reason = reason
        self.detail = detail
        self.status = status


class RefusedError(FetchError):
    """We do not want it (type, size, scope) or may not have it (robots, guard); never retried."""


class TransientError(FetchError):
    """May work later: time-out, connection, 429, 5xx.  Retried with back-off."""

    def __init__(
        self,
        url: str,
        *,
        reason: str,
        detail: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(url, reason=reason, detail=detail, status=status)
        self.retry_after_s = retry_after_s


class PermanentError(FetchError):
    """The server said no for good: 404, 410, 451 and the like."""


class ExtractError(CopydeskError):
    """A page that the extractor refuses to read, before the parser sees it (``reason`` names the guard)."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason + (f": {detail}" if detail else ""))
        self.reason = reason
        self.detail = detail
