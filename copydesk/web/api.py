"""The same facts as JSON.  Nothing here changes anything."""

from typing import Any

import msgspec
from flask import Blueprint, Response, abort, request

from copydesk.web import answering, answers
from copydesk.web.asking import LONGEST_URL, choice_of, cursor_of, number_of, story_filter, text_of
from copydesk.web.desk import desk
from copydesk.web.failures import letters, reasons
from copydesk.web.flow import SPANS
from copydesk.web.now import flow_facts, read_standing
from copydesk.web.openapi import make_document
from copydesk.web.pages import find_pages
from copydesk.web.sources import all_sources
from copydesk.web.stories import compare_copy, find_stories, load_story

api = Blueprint("api", __name__, url_prefix="/api")


@api.get("/openapi.json")
def document() -> Response:
    """Describe this interface."""
    return _json(make_document())


@api.get("/now")
def now_facts() -> Response:
    """Say how things stand."""
    s = read_standing()
    return _json(
        answers.NowAnswer(
            at=desk().now(),
            pages_per_s=s.last_minute.pages_per_s,
            stories_per_min=s.last_minute.stories_per_min,
            folded_per_min=s.last_minute.folded_per_min,
            stories=s.totals.stories,
            digests=s.totals.digests,
            sightings=s.totals.sightings,
            folded=s.totals.folded,
            pages=s.totals.pages,
            dead_letters=s.totals.dead_letters,
            outcomes=s.outcomes,
            urls_waiting=s.waiting,
            urls_leased=s.leased,
            urls_to_retry=s.retried,
            pages_in_hands=s.work.pages_in_hands,
            batches_queued=s.work.batches_queued,
            batches_failed=s.work.batches_failed,
            oldest_batch_s=s.work.oldest_s,
            workers=s.work.workers,
            workers_busy=s.work.busy,
            fetchers=s.fetchers,
            fetchers_at_work=s.fetchers_at_work,
            hosts=s.hosts,
            processes=tuple(answering.process_of(one) for one in s.processes),
        )
    )


@api.get("/flow")
def flow() -> Response:
    """Return what came in over the last hour or day."""
    return _json(answers.FlowAnswer(**flow_facts(choice_of(request.args, "span", tuple(SPANS)))))


@api.get("/stories")
def list_stories() -> Response:
    """List stories."""
    wanted = story_filter(request.args)
    found = find_stories(wanted)
    more = found[-1].cursor if len(found) == wanted.limit else None
    return _json(answers.Stories(stories=tuple(answering.card_of(row) for row in found), next=more))


@api.get("/stories/<name>")
def story(name: str) -> Response:
    """Return one story."""
    return _json(answering.story_of(load_story(name)))


@api.get("/stories/<name>/copies/<copy>")
def copy_facts(name: str, copy: str) -> Response:
    """Return a copy beside the canonical text."""
    return _json(answering.copy_of(*compare_copy(load_story(name), copy)))


@api.get("/pages")
def list_pages() -> Response:
    """List pages."""
    limit = number_of(request.args, "limit", default=60, most=200)
    found = find_pages(
        outcome=text_of(request.args, "outcome"),
        reason=text_of(request.args, "reason"),
        source=text_of(request.args, "source", LONGEST_URL),
        before=cursor_of(request.args),
        limit=limit,
    )
    more = found[-1].cursor if len(found) == limit else None
    return _json(answers.Pages(pages=tuple(answering.page_of(row) for row in found), next=more))


@api.get("/page")
def page() -> Response:
    """Return the fetches of one address."""
    if not request.args.get("url"):
        abort(400, "url is missing")
    url = text_of(request.args, "url", LONGEST_URL)
    history = desk().store.page(url)
    if not history:
        abort(404, "No page of this address was fetched.")
    return _json(answers.Pages(pages=tuple(answering.page_of(row) for row in history), next=None))


@api.get("/sources")
def list_sources() -> Response:
    """Return every source."""
    return _json(answers.SourcesAnswer(sources=tuple(answering.source_of(view) for view in all_sources())))


@api.get("/failures")
def list_failures() -> Response:
    """Return pages that were put aside."""
    found = letters(text_of(request.args, "reason"))
    return _json(
        answers.FailuresAnswer(
            by_reason=reasons(), failures=tuple(answering.failure_of(letter) for letter in found)
        )
    )


def _json(answer: Any) -> Response:
    return Response(msgspec.json.encode(answer), mimetype="application/json")
