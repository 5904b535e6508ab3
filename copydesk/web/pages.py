"""Pages: what became of each, and how one was read."""

from datetime import datetime
from functools import partial

from flask import Blueprint, abort, render_template, request

from copydesk.web.asking import LONGEST_URL, cursor_of, filled, number_of, text_of
from copydesk.web.desk import desk, or_else
from copydesk.web.explaining import Explanation
from copydesk.web.held import held_against
from copydesk.web.stories import MOST_CHARACTERS, blocks_within
from crawler.records import FetchedPage
from workers.store.records import PageRow, StoredArticle

pages = Blueprint("pages", __name__)

MOST_ADDRESSES = 20_000
"""Characters of addresses on one page of the list: sixty of 100 characters are 6,000."""
HISTORY = 20
"""Fetches of one address on its page."""


@pages.get("/pages")
def index() -> str:
    """List pages, the last fetched first."""
    asked = filled(request.args)
    limit = number_of(asked, "limit", default=60, most=200)
    wanted = {
        "outcome": text_of(asked, "outcome"),
        "reason": text_of(asked, "reason"),
        "source": text_of(asked, "source", LONGEST_URL),
    }
    before = cursor_of(asked)
    read = find_pages(**wanted, before=before, limit=limit)
    found = _within(read)
    more = found[-1].cursor if len(found) == limit or len(found) < len(read) else ""
    kept = {name: value for name, value in wanted.items() if value}
    return render_template(
        "pages.html",
        pages=found,
        wanted=wanted,
        kept=kept,
        more=more,
        before=before,
        outcomes=desk().outcomes(),
    )


def _within(rows: list[PageRow]) -> list[PageRow]:
    """Return the first rows, as many as fit: of addresses at their longest a page would be a megabyte."""
    left = MOST_ADDRESSES
    for number, row in enumerate(rows):
        left -= len(row.url)
        if left < 0 and number:
            return rows[:number]
    return rows


def find_pages(*, outcome: str, reason: str, source: str, before: str, limit: int) -> list[PageRow]:
    """Return the pages that a filter lets through, the last fetched first."""
    return desk().store.recent_pages(
        outcome=outcome or None,
        reason=reason or None,
        source=source or None,
        limit=limit,
        before=before or None,
    )


@pages.get("/page")
def page() -> str:
    """Show how one page was read."""
    url = text_of(request.args, "url", LONGEST_URL)
    if not url:
        abort(400, "Name a page: /page?url=...")
    history = desk().store.page(url)
    if not history:
        abort(404, "No page of this address was fetched.")
    raw = or_else(lambda: desk().kept.find(url), None)
    explanation = _explained(raw) if raw else None
    read = _fetch_that_was(explanation, history)
    article = article_of([read] if read else history)
    return render_template(
        "page.html",
        url=url,
        history=history[:HISTORY],
        last=history[0],
        article=article,
        blocks=blocks_within(article, MOST_CHARACTERS) if article else [],
        fields=_fields(article) if article else [],
        raw=raw,
        explanation=explanation,
        read=read,
        held=or_else(partial(held_against, explanation.pieces, article.article, desk().redis), None)
        if explanation and read and article
        else None,
    )


def _fetch_that_was(explanation: Explanation | None, history: list[PageRow]) -> PageRow | None:
    """Return which of an address's fetches was read again; the page at hand may be newer than what is stored."""
    if explanation is None:
        return None
    return next((row for row in history if row.content_hash == explanation.content_hash), None)


def _explained(raw: FetchedPage) -> Explanation | None:
    max_bytes = int(desk().settings.fetch.max_body_mb * 1_000_000)
    return desk().explainer.explain(raw, max_bytes)


def _fields(held: StoredArticle) -> list[tuple[str, str, str]]:
    """Return (field, value, the rule that gave it) of what is known beside the text."""
    article, rules = held.article, dict(held.article.provenance)
    values = {
        "title": article.title,
        "authors": ", ".join(article.authors),
        "published_at": _moment(article.published_at),
        "modified_at": _moment(article.modified_at),
        "language": article.language,
        "site": article.site,
        "section": article.section,
        "tags": ", ".join(article.tags),
        "image": article.image,
        "declared_canonical": article.declared_canonical,
    }
    return [
        (name, value or "", rules.get(name, "")) for name, value in values.items() if value or name in rules
    ]


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(" ", "minutes") if moment else ""


def article_of(history: list[PageRow]) -> StoredArticle | None:
    """Return the newest text that this address gave."""
    sighting = next((row.sighting_id for row in history if row.sighting_id is not None), None)
    return None if sighting is None else desk().store.article(sighting)
