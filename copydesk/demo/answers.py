"""What the press answers to a request: a plain function of the URL, of how often it was asked, and of the clock."""

import gzip
from dataclasses import dataclass, field
from hashlib import sha256

from copydesk.demo import feeds
from copydesk.demo.pages import Mishap, Page, PageKind
from copydesk.demo.press import Press
from copydesk.demo.render import draw_door

SLOW_S = 1.5
STALL_S = 30.0
"""As long as the default time-out of a request; a crawler with a shorter one does not wait."""
_HTML = "text/html"
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response, and how the server should misbehave while sending it."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay_s: float = 0.0
    """Wait before the first byte."""
    stall_s: float = 0.0
    """Wait between the headers and the body."""
    cut: bool = False
    """Close the connection half way through the announced body."""


def answer(press: Press, host: int, path: str, *, times: int = 0, clock: int = 0) -> Answer:
    """Answer a request for ``path`` at paper ``host``, asked ``times`` times before.

    A page that has a second version gives it from the second request on, or from the first once ``clock`` is 1.
    """
    publisher, origin = press.publishers[host], press.origins[host]
    if path == "/robots.txt":
        return _text(feeds.robots(publisher, origin), "text/plain")
    if path == publisher.feed_path:
        kind = "application/atom+xml" if publisher.feed.startswith("atom") else "application/rss+xml"
        return _packed(
            _text(feeds.feed(publisher, origin, press.listed(host), clock), kind), packed=publisher.gzip
        )
    if path in feeds.sitemap_paths(publisher):
        kind = "application/gzip" if path.endswith(".gz") else "application/xml"
        return _bytes(feeds.sitemap(publisher, origin, path, press.listed(host), clock), kind)
    if path == "/login":
        return _text(draw_door("login.html", publisher), _HTML)
    page = press.pages.get((host, path))
    return Answer(status=404, body=b"<h1>Not found</h1>", headers={"Content-Type": _HTML}) if page is None else _page(
        press, page, times=times, clock=clock
    )  # fmt: skip


def _page(press: Press, page: Page, *, times: int, clock: int) -> Answer:
    if page.mishap in _DEAD:
        return _DEAD[page.mishap]
    if page.target is not None:
        return Answer(status=302, headers={"Location": page.target})
    publisher = press.publishers[page.host]
    if page.mishap in {Mishap.LOGIN, Mishap.CONSENT}:
        return _text(draw_door(f"{page.mishap}.html", publisher), _HTML)
    if page.mishap is Mishap.ONCE_503 and times == 0:
        return Answer(
            status=503, headers={"Retry-After": "1", "Content-Type": _HTML}, body=b"<h1>Back soon</h1>"
        )
    html = press.html(page, max(times, clock))
    if page.mishap is Mishap.WRONG_CHARSET:
        return _bytes(html.encode("windows-1252", "xmlcharrefreplace"), f"{_HTML}; charset=utf-8")
    body = html.encode(publisher.charset, "xmlcharrefreplace")
    says = _HTML if publisher.charset != "utf-8" else f"{_HTML}; charset=utf-8"
    made = _packed(_bytes(body, says), packed=publisher.gzip and page.kind is not PageKind.MISHAP)
    return Answer(
        headers=made.headers, body=made.body, cut=page.mishap is Mishap.TRUNCATED,
        delay_s=SLOW_S if page.mishap is Mishap.SLOW else 0.0,
    )  # fmt: skip


def _bytes(body: bytes, kind: str) -> Answer:
    return Answer(headers={"Content-Type": kind, "ETag": f'"{sha256(body).hexdigest()[:16]}"'}, body=body)


def _text(text: str, kind: str) -> Answer:
    return _bytes(text.encode(), f"{kind}; charset=utf-8")


def _packed(plain: Answer, *, packed: bool) -> Answer:
    if not packed:
        return plain
    headers = plain.headers | {"Content-Encoding": "gzip"}
    return Answer(headers=headers, body=gzip.compress(plain.body, mtime=0))


_DEAD = {
    Mishap.NOT_FOUND: Answer(status=404, headers={"Content-Type": _HTML}, body=b"<h1>Page not found</h1>"),
    Mishap.GONE: Answer(status=410, headers={"Content-Type": _HTML}, body=b"<h1>Gone</h1>"),
    Mishap.ALWAYS_500: Answer(status=500, headers={"Content-Type": _HTML}, body=b"<h1>Something broke</h1>"),
    Mishap.STALLED: Answer(headers={"Content-Type": _HTML}, body=b"<p>too late</p>", stall_s=STALL_S),
    Mishap.EMPTY: Answer(headers={"Content-Type": _HTML}),
    Mishap.NOT_HTML: Answer(headers={"Content-Type": "application/pdf"}, body=_PDF),
}
