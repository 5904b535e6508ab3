"""Copydesk: crawl news politely, keep every story once.

As a library: ``copydesk.extract(html, url)`` and ``copydesk.Deduplicator`` (``copydesk.api``), without any server.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copydesk.api import Article, Deduplicator, FoldResult, extract

__all__ = ["Article", "Deduplicator", "FoldResult", "extract"]


def __getattr__(name: str) -> Any:
    # Lazily: the command line must not pay a second for numpy and datasketch before it prints its help.
    if name in __all__:
        from copydesk import api  # noqa: PLC0415

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
