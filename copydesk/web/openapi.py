"""The OpenAPI document, made from the records of ``answers`` and the bounds of ``asking``."""

import importlib.metadata
from typing import Any

import msgspec

from copydesk.web import answers
from copydesk.web.asking import AGE, CURSOR, DAY, LONGEST_TEXT, LONGEST_URL, MOST_COPIES, MOST_ROWS
from copydesk.web.flow import SPANS

REF = "#/components/schemas/{name}"


def _text(name: str, means: str, longest: int = LONGEST_TEXT, **more: Any) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": longest}
    return {"name": name, "in": "query", "description": means, "schema": schema | more}


def _moment(name: str, means: str) -> dict[str, Any]:
    day = {"type": "string", "format": "date", "pattern": DAY, "examples": ["2026-11-01"]}
    age = {"type": "string", "pattern": AGE, "examples": ["90m", "24h", "7d"]}
    return {"name": name, "in": "query", "description": means, "schema": {"anyOf": [day, age]}}


def _number(name: str, means: str, most: int, default: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return {"name": name, "in": "query", "description": means, "schema": schema}


def _choice(name: str, means: str, choices: list[str]) -> dict[str, Any]:
    schema = {"type": "string", "enum": choices, "default": choices[0]}
    return {"name": name, "in": "query", "description": means, "schema": schema}


def _name(name: str, means: str, letter: str) -> dict[str, Any]:
    pattern = f"^{letter}[0-7][0-9a-hjkmnp-tv-z]{{12}}$"
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": means,
        "schema": {"type": "string", "pattern": pattern},
    }


BEFORE = _text("before", "Where to go on: ``next`` of the list before.", pattern=CURSOR)
STORY = _name("name", "A story's name; one that was merged into another gives the other.", "s")
PATHS: dict[str, tuple[str, str, type, list[dict[str, Any]]]] = {
    "/api/now": ("now", "How things stand.", answers.NowAnswer, []),
    "/api/flow": (
        "flow",
        "What came in over the last hour or day.",
        answers.FlowAnswer,
        [_choice("span", "The last hour by minutes, or the last day by quarters of an hour.", list(SPANS))],
    ),
    "/api/stories": (
        "stories",
        "Stories, newest first.",
        answers.Stories,
        [
            _text("q", 'Words that one of its texts has; "a phrase"; -not.'),
            _text("source", "Seen at this source.", LONGEST_URL),
            _text("topic", "Seen at a source that is watched for this topic."),
            _text("site", "Seen at this publication."),
            _moment("since", "From a date or an age on."),
            _moment("until", "Up to the end of a date, or up to an age."),
            _number("copies", "Seen at so many places or more.", MOST_COPIES, 1),
            _number("limit", "How many.", MOST_ROWS, 40),
            BEFORE,
        ],
    ),
    "/api/stories/{name}": ("story", "One story.", answers.StoryAnswer, [STORY]),
    "/api/stories/{name}/copies/{copy}": (
        "copy",
        "A copy beside the canonical text.",
        answers.CopyAnswer,
        [STORY, _name("copy", "A copy's name.", "a")],
    ),
    "/api/pages": (
        "pages",
        "Pages, the last fetched first.",
        answers.Pages,
        [
            _text("outcome", "Only of this outcome."),
            _text("reason", "Only for this reason."),
            _text("source", "Only of this source.", LONGEST_URL),
            _number("limit", "How many.", MOST_ROWS, 60),
            BEFORE,
        ],
    ),
    "/api/page": (
        "page",
        "The fetches of one address, newest first.",
        answers.Pages,
        [_text("url", "The address.", LONGEST_URL, minLength=1) | {"required": True}],
    ),
    "/api/sources": ("sources", "Every source, the least healthy first.", answers.SourcesAnswer, []),
    "/api/failures": (
        "failures",
        "Pages put aside after their last try, the newest thousand.",
        answers.FailuresAnswer,
        [_text("reason", "Only for this reason.")],
    ),
}
"""Path -> (operation, what it gives, record, parameters)."""

LINKS: dict[str, dict[str, Any]] = {
    "stories": {"story": {"operationId": "story", "parameters": {"name": "$response.body#/stories/0/story"}}},
    "story": {
        "copy": {
            "operationId": "copy",
            "parameters": {"name": "$request.path.name", "copy": "$response.body#/sightings/0/article"},
        }
    },
    "pages": {"page": {"operationId": "page", "parameters": {"url": "$response.body#/pages/0/url"}}},
}
"""Operation -> where its answer leads."""


def make_document() -> dict[str, Any]:
    """Return the document."""
    kinds = [answers.ErrorAnswer, *{kind: None for _, _, kind, _ in PATHS.values()}]
    _, components = msgspec.json.schema_components(kinds, ref_template=REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Copydesk",
            "version": importlib.metadata.version("copydesk"),
            "description": "Stories, where they were seen, and why. Nothing here changes anything. "
            "Where a password is set, give it by basic authentication with any user name.",
        },
        "paths": {path: {"get": _operation(*facts)} for path, facts in PATHS.items()},
        "components": {
            "schemas": components,
            "securitySchemes": {"password": {"type": "http", "scheme": "basic"}},
        },
        "security": [{}, {"password": []}],
    }


def _operation(name: str, means: str, kind: type, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    refusals = {"401": "The password is missing or wrong.", "503": "Redis or the database does not answer."}
    if parameters:
        refusals |= {"400": "A parameter is out of bounds."}
    if any(p.get("required") or p["name"] == "before" for p in parameters):
        refusals |= {"404": "There is none."}
    return {
        "operationId": name,
        "summary": means,
        "parameters": parameters,
        "responses": {"200": _response(means, kind.__name__) | {"links": LINKS.get(name, {})}}
        | {code: _response(why, "ErrorAnswer") for code, why in sorted(refusals.items())},
    }


def _response(means: str, name: str) -> dict[str, Any]:
    schema = {"$ref": REF.format(name=name)}
    return {"description": means, "content": {"application/json": {"schema": schema}}}
