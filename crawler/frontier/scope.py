"""What the frontier takes and in which order: rules over one URL, strings in, values out."""

import ipaddress
from hashlib import blake2b
from urllib.parse import urlsplit

from crawler.frontier.records import VISITED_AGAIN
from crawler.records import DiscoveredUrl, UrlRole

MAX_SEGMENTS = 16
"""Deeper paths come from relative links that a server answers at every level."""
MAX_REPEATS = 3
"""The same segment so often in one path is a loop, not a section."""
MAX_URL_CHARS = 2048

_PICTURES = "jpg jpeg jpe png gif webp avif bmp tif tiff ico svg heic"
_FILMS = "mp3 m4a aac ogg oga wav flac mp4 m4v mov avi mkv webm mpg mpeg wmv flv"
_FILES = "zip rar 7z tgz exe dmg apk iso msi css js woff woff2 ttf ics vcf torrent"
_DOCUMENTS = "pdf doc docx xls xlsx ppt pptx odt ods odp epub mobi"
MEDIA = frozenset(f"{_PICTURES} {_FILMS} {_FILES} {_DOCUMENTS}".split())
"""Endings of what is no page: nothing of it could be read, however large it is."""

_CLASS = 2**33
"""Seconds fit below it, so that the order in a class never reaches into the next one."""
_FRONT_NAMES = ("www.", "m.", "mobile.", "amp.")


def id_of(url: str) -> bytes:
    """Return the 8 bytes that name a URL in the frontier.

    A cryptographic hash, so that nobody can hide a page by publishing another URL with the same id.
    """
    return blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def seen_number(url_id: bytes) -> int:
    r"""Return the 49 bits of an id under which a URL is marked as seen.

    Redis packs small sets of integers without overhead, and its scripts count exactly up to 2**53.
    At ten million URLs one in 10**8 new ones is mistaken for seen.

    >>> seen_number(b"\xff" * 8) == 2**49 - 1
    True
    """
    return int.from_bytes(url_id, "big") & (2**49 - 1)


def site_of(host: str) -> str:
    """Return the site of a host: without the names that only say where the front door is.

    >>> site_of("www.example.com"), site_of("m.example.com:8080"), site_of("10.0.0.1")
    ('example.com', 'example.com:8080', '10.0.0.1')
    """
    for name in _FRONT_NAMES:
        if host.startswith(name) and "." in host.removeprefix(name):
            return host.removeprefix(name)
    return host


def sites_over(host: str) -> list[str]:
    """Return the sites that a host is part of: itself and every domain above it, but for the last label.

    >>> sites_over("feeds.news.example.com")
    ['feeds.news.example.com', 'news.example.com', 'example.com']
    >>> sites_over("127.0.0.1:80"), sites_over("www.example.com")
    (['127.0.0.1:80'], ['example.com'])
    """
    site = site_of(host)
    try:
        ipaddress.ip_address(site.rpartition(":")[0] or site)
    except ValueError:
        labels = site.split(".")
        return [".".join(labels[i:]) for i in range(max(1, len(labels) - 1))]
    return [site]


def trap_in(url: str) -> str | None:
    """Return the rule that says a URL comes out of a trap, or ``None``.

    >>> trap_in("https://example.com/2026/11/22/chips")
    >>> trap_in("https://example.com/a/b/a/b/a/b/")
    'path_repeats'
    """
    if len(url) > MAX_URL_CHARS:
        return "url_too_long"
    segments = [s for s in urlsplit(url).path.split("/") if s]
    if len(segments) > MAX_SEGMENTS:
        return "path_too_deep"
    if any(segments.count(s) >= MAX_REPEATS for s in set(segments)):
        return "path_repeats"
    return None


def is_media(url: str) -> bool:
    """Tell whether a URL names a file that is no page: a picture, a film, a document, an archive.

    >>> is_media("https://example.com/2026/harbour.JPG?w=800"), is_media("https://example.com/view.php?file=a.jpg")
    (True, False)
    """
    _, dot, ending = urlsplit(url).path.rpartition("/")[2].rpartition(".")
    return bool(dot) and ending.lower() in MEDIA


def query_path_of(url: str) -> bytes | None:
    """Return what the variants of a path's query are counted under; ``None`` for a URL without a query."""
    path, mark, query = url.partition("?")
    return id_of(path)[:4] if mark and query else None


def priority_of(found: DiscoveredUrl, now_s: int) -> int:
    """Return the place in the host's queue, the lowest first.

    Seeds, feeds and sitemaps; then what a feed or sitemap dates, the newest first; then what they do not
    date; then links, by depth.  Within a class the order is that of discovery.
    """
    if found.role is UrlRole.SEED or found.role in VISITED_AGAIN:
        return 2
    if found.hint is not None and found.hint.published_at is not None:
        published = int(found.hint.published_at.timestamp())
        return _CLASS + max(0, min(_CLASS - 1, 2**32 - published))
    return _CLASS * (2 if found.hint is not None else 2 + max(1, found.depth)) + now_s
