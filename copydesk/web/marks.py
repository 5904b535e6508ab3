"""What people found wrong: a line of JSON each in ``marks.jsonl`` of the data folder, for the benchmarks to read."""

import json
import os
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from copydesk.web.asking import LONGEST_URL, article_id, choice_of, filled, story_id, text_of
from copydesk.web.desk import desk

marks = Blueprint("marks", __name__)

FILE = "marks.jsonl"
KINDS = ("wrong_text", "wrong_merge", "missed_copy")
LARGEST_FILE_BYTES = 10_000_000
"""Some 30,000 marks: more than anybody sets by hand."""


@marks.post("/marks")
def add() -> Response:
    """Write one mark and go back to where it was set."""
    kind = choice_of(filled(request.form), "kind", ("", *KINDS))
    story, article = text_of(request.form, "story"), text_of(request.form, "article")
    if not kind:
        abort(400, "A mark says what is wrong.")
    if (story and story_id(story) is None) or (article and article_id(article) is None):
        abort(400, "A mark names a story or a copy that can exist.")
    url = text_of(request.form, "url", LONGEST_URL)
    write_mark(
        desk().settings.data_dir / FILE,
        {
            "at": desk().now().isoformat(),
            "kind": kind,
            "url": url,
            "story": story or None,
            "article": article or None,
            "note": text_of(request.form, "note", 500),
        },
    )
    flash("Marked as wrong, thank you.")
    if article and story:
        return redirect(url_for("stories.compared", name=story, copy=article), 303)
    target = url_for("stories.story", name=story) if story else url_for("pages.page", url=url)
    return redirect(target, 303)


def write_mark(file: Path, facts: dict[str, Any]) -> None:
    """Append one line, whole or not at all, also when several processes write."""
    line = json.dumps(facts, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.fstat(descriptor).st_size > LARGEST_FILE_BYTES:
            abort(413, f"{file.name} is full: move it away.")
        os.write(descriptor, line)
    finally:
        os.close(descriptor)
