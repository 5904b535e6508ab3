"""What the press offers to machines: RSS and Atom feeds, sitemaps, robots.txt."""

import gzip
from html import escape

from copydesk.demo.mishaps import DISALLOWED_PREFIX
from copydesk.demo.pages import Page
from copydesk.demo.publishers import FeedStyle, Publisher, SitemapStyle
from copydesk.demo.syndication import Copy

_NEWEST_FIRST = "%a, %d %b %Y %H:%M:%S +0000"
_TRACKING = "utm_source=rss&utm_medium=feed&utm_campaign=latest"


def _body(copy: Copy) -> str:
    """Return the story as the HTML that a full-text feed carries."""
    return "\n".join(f"<{b.shape}>{escape(b.text, quote=False)}</{b.shape}>" for b in copy.blocks)


def appeared_first(copy_title: str, url: str, publisher: Publisher, origin: str) -> str:
    """Return the line that a full-text feed adds to each story."""
    return (
        f'<p>The post <a href="{url}">{escape(copy_title, quote=False)}</a> appeared first on '
        f'<a href="{origin}">{publisher.name}</a>.</p>'
    )


def _link(url: str, publisher: Publisher) -> str:
    if not publisher.tracked_links:
        return url
    return f"{url}{'&' if '?' in url else '?'}{_TRACKING}"


def _rss_item(page: Page, publisher: Publisher, origin: str, clock: int) -> str:
    url = origin + page.path
    item = f"<item><title>{escape(page.title)}</title><link>{escape(_link(url, publisher))}</link>"
    if not page.versions or publisher.feed is FeedStyle.RSS_BARE:
        return item + "</item>"
    copy = _shown(page, clock)
    item += (
        f'<guid isPermaLink="false">{escape(url)}</guid><pubDate>{copy.published_at.strftime(_NEWEST_FIRST)}</pubDate>'
        f"<dc:creator>{escape(', '.join(copy.authors))}</dc:creator><category>{copy.section}</category>"
        f"<atom:updated>{(copy.modified_at or copy.published_at).isoformat()}</atom:updated>"
        f"<description>{escape(copy.teaser)}</description>"
    )  # fmt: skip
    if publisher.feed is FeedStyle.RSS_FULL and page.mishap is None:
        html = _body(copy) + appeared_first(copy.title, url, publisher, origin)
        item += f"<content:encoded><![CDATA[{html}]]></content:encoded>"
    return item + "</item>"


def rss(publisher: Publisher, origin: str, pages: tuple[Page, ...], clock: int = 0) -> str:
    """Return the paper's RSS 2.0 feed."""
    items = "\n".join(_rss_item(page, publisher, origin, clock) for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>{escape(publisher.name)}</title><link>{origin}/</link>"
        f"<description>Latest from {escape(publisher.name)}</description><language>en</language>\n"
        f"{items}\n</channel></rss>\n"
    )


def _atom_entry(page: Page, publisher: Publisher, origin: str, clock: int) -> str:
    url = origin + page.path
    entry = f"<entry><title>{escape(page.title)}</title><id>{escape(url)}</id>"  # fmt: skip
    entry += f'<link rel="alternate" type="text/html" href="{escape(_link(url, publisher))}"/>'
    if not page.versions:
        return entry + "<updated>2026-11-19T09:00:00Z</updated></entry>"
    copy = _shown(page, clock)
    stamp = copy.published_at.isoformat()
    updated = (copy.modified_at or copy.published_at).isoformat()
    entry += f"<published>{stamp}</published><updated>{updated}</updated>"
    entry += "".join(f"<author><name>{escape(name)}</name></author>" for name in copy.authors)
    if publisher.feed is FeedStyle.ATOM_FULL and page.mishap is None and not page.items:
        return f'{entry}<content type="html">{escape(_body(copy))}</content></entry>'
    return f"{entry}<summary>{escape(copy.teaser)}</summary></entry>"


def atom(publisher: Publisher, origin: str, pages: tuple[Page, ...], clock: int = 0) -> str:
    """Return the paper's Atom feed."""
    entries = "\n".join(_atom_entry(page, publisher, origin, clock) for page in pages)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(publisher.name)}</title><id>{origin}/</id><updated>2026-11-19T09:00:00Z</updated>"
        f'<link rel="self" href="{origin}{escape(publisher.feed_path)}"/>\n{entries}\n</feed>\n'
    )


def feed(publisher: Publisher, origin: str, pages: tuple[Page, ...], clock: int = 0) -> str:
    """Return the paper's feed, of whichever kind."""
    is_atom = publisher.feed in {FeedStyle.ATOM_FULL, FeedStyle.ATOM_TEASER}
    return (atom if is_atom else rss)(publisher, origin, pages, clock)


def _shown(page: Page, clock: int) -> Copy:
    """Return the version that the page has at this edition."""
    return page.versions[min(clock, len(page.versions) - 1)]


def sitemap_paths(publisher: Publisher) -> tuple[str, ...]:
    """Return where the paper's sitemaps are; the first is the one that robots.txt names."""
    return {
        SitemapStyle.INDEX: ("/sitemap_index.xml", "/sitemap-stories.xml", "/sitemap-pages.xml"),
        SitemapStyle.NEWS: ("/news-sitemap.xml",),
        SitemapStyle.GZIPPED: ("/sitemap.xml.gz",),
    }[publisher.sitemap]


def _url_entry(page: Page, publisher: Publisher, origin: str, clock: int) -> str:
    entry = f"<url><loc>{escape(origin + page.path)}</loc>"
    if not page.versions:
        return entry + "</url>"
    copy = _shown(page, clock)
    stamp = copy.published_at.isoformat()
    if publisher.sitemap is SitemapStyle.NEWS:
        return (
            f"{entry}<news:news><news:publication><news:name>{escape(publisher.name)}</news:name>"
            f"<news:language>en</news:language></news:publication><news:publication_date>{stamp}"
            f"</news:publication_date><news:title>{escape(copy.title)}</news:title></news:news></url>"
        )
    return f"{entry}<lastmod>{(copy.modified_at or copy.published_at).isoformat()}</lastmod></url>"


_URLSET = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
)


def sitemap(publisher: Publisher, origin: str, path: str, pages: tuple[Page, ...], clock: int = 0) -> bytes:
    """Return the sitemap at ``path``; a gzipped one is a gzip file, not a compressed response."""
    paths = sitemap_paths(publisher)
    if publisher.sitemap is SitemapStyle.INDEX and path == paths[0]:
        parts = "".join(f"<sitemap><loc>{origin}{p}</loc></sitemap>" for p in paths[1:])
        namespace = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {namespace}>{parts}</sitemapindex>\n'.encode()
    if path == "/sitemap-pages.xml":
        return f"{_URLSET}<url><loc>{origin}/about</loc></url></urlset>\n".encode()
    entries = "\n".join(_url_entry(page, publisher, origin, clock) for page in pages)
    text = f"{_URLSET}{entries}</urlset>\n".encode()
    return gzip.compress(text, mtime=0) if publisher.sitemap is SitemapStyle.GZIPPED else text


def robots(publisher: Publisher, origin: str) -> str:
    """Return the paper's robots.txt."""
    delay = f"Crawl-delay: {publisher.crawl_delay_s}\n" if publisher.crawl_delay_s else ""
    return (
        f"# {publisher.name}\nUser-agent: *\nDisallow: {DISALLOWED_PREFIX}\nDisallow: /login\n{delay}\n"
        f"User-agent: HungryBot\nDisallow: /\n\nSitemap: {origin}{sitemap_paths(publisher)[0]}\n"
    )
