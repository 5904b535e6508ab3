"""The library, without any server: what is the story on this page, and have we seen it?"""

from crawler.content import PAGE_KINDS, sniff
from workers.dedup.deduplicator import Deduplicator, FoldResult
from workers.extract.page import extract_page
from workers.records import Article, PageKind

__all__ = ["Article", "Deduplicator", "FoldResult", "extract"]


def extract(html: bytes | bytearray | memoryview, url: str, *, content_type: str = "") -> Article | None:
    """Return the story on a page, or ``None`` where there is none (a front page, a login, an error, an image).

    Args:
        html: The body as it was served, in any encoding; not compressed.
        url: Where it was found; relative links and some dates depend on it.
        content_type: The ``Content-Type`` header, if there was one; it may name the encoding.

    Never raises on a page, however broken: one that cannot be read gives ``None``.

    Raises:
        TypeError: if ``html`` is text already, or nothing; the encoding is read from the page's bytes.

    >>> page = b'''<html lang="en"><head><title>Port opens | The Example</title></head><body>
    ... <nav><a href="/">Home</a> <a href="/news">News</a></nav>
    ... <article><h1>Port opens after three years of work</h1>
    ... <p>The harbour of Lindow took its first container ship on Monday, three years after the old quay was given
    ... up, and the harbour master said that four more were expected before the end of the week.</p>
    ... <p>The new quay is 640 metres long. It cost 212 million, of which the town paid a third; the rest came from
    ... the ministry of transport and from two shipping lines, which have leased berths for twenty years.</p>
    ... </article><footer>All rights reserved</footer></body></html>'''
    >>> article = extract(page, "https://news.example/port-opens")
    >>> article.title
    'Port opens after three years of work'
    >>> article.text.startswith("The harbour of Lindow")
    True
    >>> [str(block.kind) for block in article.blocks]
    ['paragraph', 'paragraph']
    >>> extract(b"<title>Log in</title><form><input type=password></form>", "https://news.example/login") is None
    True
    """
    if not isinstance(html, bytes | bytearray | memoryview):
        raise TypeError(f"html must be bytes as they were served, not {type(html).__name__}")
    if not isinstance(url, str):
        raise TypeError(f"url must be str, not {type(url).__name__}; '' where it is not known")
    html = bytes(html)
    if sniff(html, content_type, url) not in PAGE_KINDS:
        return None
    found = extract_page(html, url=url, content_type=content_type)
    return found.article if found.kind in {PageKind.ARTICLE, PageKind.DIGEST} else None
