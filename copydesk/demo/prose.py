"""Pages that hold text but no story: fronts, sections, about, subscribe, and the doors that stay shut."""

from collections.abc import Iterator

from copydesk.demo.pages import Expected, Page, PageKind
from copydesk.demo.publishers import Publisher

PROSE = {
    "/about": (
        "<p>{name} is written by a small staff in three rooms above a chandler's shop. "
        "We report on the firms that make things and on the governments that would like to say where they may go.</p>"
        "<p>To reach the newsroom, write to the address on the back page. "
        "Corrections are printed on the day after the error, in the same place and the same size.</p>"
        "<p>By using this site you accept our terms. "
        "We keep your data as long as the law makes us, and not a day more.</p>"
    ),
    "/subscribe": "<p>Twelve issues for the price of ten. Cancel when you like. Students pay half.</p>",
    "/abo": "<p>Vier Wochen zur Probe. Das Abonnement endet von selbst.</p>",
    "/guestbook": "<p>Nice paper! Greetings from Delft.</p><p>First!</p><p>Please bring back the crossword.</p>",
}

_TITLES = {"/about": "About us", "/subscribe": "Subscribe", "/abo": "Abonnement", "/guestbook": "Guestbook"}
_OWN = {"harborledger": ("/subscribe",), "handelsbote": ("/abo",), "techcourant": ("/guestbook",)}


def prose_pages(host: int, publisher: Publisher) -> Iterator[Page]:
    """Yield the front, the sections and the pages of prose of one paper."""
    yield Page(host=host, path="/", kind=PageKind.LIST, expected=Expected.NO_STORY, title="Latest news")
    for (label, path), sections in zip(publisher.sections, ("technology markets", "trade"), strict=True):
        yield Page(
            host=host,
            path=path,
            kind=PageKind.LIST,
            expected=Expected.NO_STORY,
            title=label,
            section=sections,
        )
    for path in ("/about", *_OWN.get(publisher.slug, ())):
        yield Page(host=host, path=path, kind=PageKind.PROSE, expected=Expected.NO_STORY, title=_TITLES[path])
