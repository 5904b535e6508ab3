"""What goes wrong: pages that fail, lie, wander or should not be asked for, shared out over the papers."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from copydesk.demo.pages import Expected, Mishap, Page, PageKind
from copydesk.demo.publishers import Publisher
from copydesk.demo.syndication import Change, Copy, Desk
from copydesk.demo.typesetting import typeset

DISALLOWED_PREFIX = "/members/"
_DEAD = (
    (Mishap.NOT_FOUND, "/news/withdrawn-report", "Withdrawn report"),
    (Mishap.GONE, "/news/retracted-interview", "Retracted interview"),
    (Mishap.ALWAYS_500, "/news/special-dossier", "Special dossier on the new plants"),
    (Mishap.STALLED, "/news/live-blog", "Live blog from the hearing"),
    (Mishap.EMPTY, "/news/placeholder", "A placeholder that was never filled"),
    (Mishap.LOGIN, "/premium/inside-the-deal", "Inside the deal that was never signed"),
    (Mishap.CONSENT, "/news/what-the-chair-said", "What the chair said after the vote"),
    (Mishap.NOT_HTML, "/files/annual-report", "Annual report as a file"),
)
_ALIVE = (Mishap.ONCE_503, Mishap.SLOW, Mishap.WRONG_CHARSET)


def plan_mishaps(
    publishers: tuple[Publisher, ...], articles: list[Page], hidden: Copy, desk: Desk
) -> list[Page]:
    """Return the pages that go wrong; ``hidden`` is the story behind the ``Disallow`` line.

    Every kind is there, however small the press.  Some articles in ``articles`` are replaced by ones that come late.
    """
    _spoil(articles, publishers)
    pages = [*_dead(publishers), *_wandering(publishers, articles)]
    copy = typeset(hidden, publishers[0], "HARBOR")
    pages.append(_broken_off(publishers, articles, desk))
    pages.append(
        Page(
            host=0,
            path=f"{DISALLOWED_PREFIX}not-for-robots",
            kind=PageKind.ARTICLE,
            expected=Expected.NEVER_ASKED,
            title=copy.title,
            versions=(copy,),
            mishap=Mishap.DISALLOWED,
        )
    )
    return pages


def _spoil(articles: list[Page], publishers: tuple[Publisher, ...]) -> None:
    """Let three good articles come late or under a false flag: they must be stored all the same."""
    plain = [i for i, page in enumerate(articles) if page.twin is None and page.canonical is None]
    curly = [i for i in plain if publishers[articles[i].host].curly and not publishers[articles[i].host].gzip]
    chosen = {Mishap.WRONG_CHARSET: (curly or plain)[0]}
    left = iter(i for i in plain if i != chosen[Mishap.WRONG_CHARSET] and len(articles[i].versions) == 1)
    for mishap in (Mishap.ONCE_503, Mishap.SLOW):
        chosen[mishap] = next(left)
    for mishap, i in chosen.items():
        articles[i] = replace(articles[i], mishap=mishap, versions=articles[i].versions[:1])


def _dead(publishers: tuple[Publisher, ...]) -> Iterator[Page]:
    for i, (mishap, path, title) in enumerate(_DEAD):
        yield Page(
            host=i % len(publishers), path=path, kind=PageKind.MISHAP, expected=Expected.REJECTED,
            title=title, mishap=mishap,
        )  # fmt: skip


def _wandering(publishers: tuple[Publisher, ...], articles: list[Page]) -> Iterator[Page]:
    """Redirects: two that chase each other, and three hops that end at an article."""
    host = len(publishers) - 1
    for path, target in (("/go/east", "/go/west"), ("/go/west", "/go/east")):
        yield Page(
            host=host, path=path, kind=PageKind.MISHAP,
            expected=Expected.REJECTED if path == "/go/east" else Expected.NO_STORY,
            title="A letter that nobody would accept", mishap=Mishap.REDIRECT_LOOP, target=target,
        )  # fmt: skip
    plain = [page for page in articles if page.mishap is None and page.canonical is None]
    end = min(plain, key=lambda page: page.host)
    hops = ("/r/1", "/r/2", "/r/3", end.path)
    for path, target in pairwise(hops):
        yield Page(
            host=end.host, path=path, kind=PageKind.MISHAP, expected=Expected.NO_STORY, title=end.title,
            mishap=Mishap.REDIRECT_CHAIN, target=target,
        )  # fmt: skip


def _broken_off(publishers: tuple[Publisher, ...], articles: list[Page], desk: Desk) -> Page:
    """Announce an article of another paper and close the connection half way through it."""
    host = 1 % len(publishers)
    there = {page.story for page in articles if page.host == host}
    source = min(articles, key=lambda page: (page.story in there, page.mishap is not None))
    copy = desk.take(source.versions[0], Change.VERBATIM)
    return Page(
        host=host, path="/article/line-cut-id1", kind=PageKind.MISHAP, expected=Expected.REJECTED,
        title=copy.title, versions=(copy,), mishap=Mishap.TRUNCATED,
    )  # fmt: skip
