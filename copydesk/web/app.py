"""Puts the application together."""

import re
from typing import Any

from flask import Flask, render_template, request
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException, InternalServerError

from copydesk.stack import ready_folder, without_password
from copydesk.web import drawing, words
from copydesk.web.access import register_access
from copydesk.web.api import api
from copydesk.web.desk import Desk
from copydesk.web.failures import failures, letter_name
from copydesk.web.forgery import register_forgery_guard
from copydesk.web.marks import marks
from copydesk.web.metrics import metrics
from copydesk.web.now import now
from copydesk.web.pages import pages
from copydesk.web.rq_mount import RQ_PATH, mount_dashboard
from copydesk.web.shields import own_names, register_shields
from copydesk.web.sources import sources
from copydesk.web.stories import register_names, stories
from crawler.errors import BackendError

LARGEST_FORM_BYTES = 64_000
BROKEN = (
    "This page could not be made; the others can. The log of copydesk web says why. "
    "Where a row of the database is damaged, restore it from a backup."
)
"""No form of ours sends more."""


def make_app(desk: Desk) -> Flask:
    """Return the application over the desk's back ends."""
    app = Flask(__name__, static_url_path="/static")
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_FORM_BYTES, MAX_FORM_PARTS=50)
    app.extensions["copydesk"] = desk
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.finalize = words.shown
    app.jinja_env.filters.update(
        words.FILTERS, meter=drawing.meter, spark=drawing.sparkline, letter_name=letter_name
    )
    register_names(app.jinja_env.globals)
    web = desk.settings.web
    register_shields(app, own_names(web.host, web.names))
    password = web.password.get_secret_value() if web.password else None
    register_access(app, ready_folder(desk.settings.data_dir), password)
    register_forgery_guard(app)
    for blueprint in (now, stories, pages, sources, failures, marks, api, metrics):
        app.register_blueprint(blueprint)
    redis_url = desk.settings.redis_url
    mount_dashboard(app, desk.redis, without_password(redis_url.get_secret_value()) if redis_url else "redis")
    app.context_processor(
        lambda: {"moment": desk.now(), "rq_path": RQ_PATH, "keep_mb": desk.settings.work.keep_pages_mb}
    )
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(BackendError, _unreachable)
    app.register_error_handler(RedisError, _unreachable)
    return app


def _refused(error: HTTPException) -> Any:
    if isinstance(error, InternalServerError):
        return _say(error, 500, BROKEN)
    return _say(error, error.code or 500, error.description or error.name)


def _unreachable(error: Exception) -> Any:
    what = "Redis" if isinstance(error, RedisError) else "The database"
    return _say(
        error, 503, f"{what} does not answer just now. Nothing is lost; load the page again in a while."
    )


def _say(error: Exception, code: int, message: str) -> Any:
    headers = dict(error.get_headers()) if isinstance(error, HTTPException) else {}
    kept = {name: headers[name] for name in ("Allow", "Retry-After") if name in headers}
    plain = re.sub(r"\s+", " ", message)
    if request.path.startswith("/api/") or "text/html" not in request.headers.get("Accept", "text/html"):
        return {"error": plain}, code, kept
    return render_template("error.html", code=code, message=plain), code, kept
