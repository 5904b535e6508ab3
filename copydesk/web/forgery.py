"""Forged requests: a request that changes something must come from our own page and carry the session's token."""

import secrets
from hmac import compare_digest
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request, session

from copydesk.web.shields import is_dashboard

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
DASHBOARD_COOKIE = "_csrf_token"
"""rq-dashboard's scripts send this cookie's value as ``X-CSRFToken``."""


def register_forgery_guard(app: Flask) -> None:
    """Refuse every state-changing request that is not from our own pages."""
    app.jinja_env.globals["csrf_token"] = csrf_token

    @app.before_request
    def refuse_forged() -> None:
        if request.method in SAFE:
            return
        if not _is_same_origin():
            abort(403, "This request came from another site.")
        given = request.form.get("csrf_token") or request.headers.get("X-CSRFToken", "")
        known = session.get("csrf_token", "")
        if not known or not compare_digest(given.encode(), known.encode()):
            abort(403, "This form is too old. Go back, load the page again and repeat what you did.")

    @app.after_request
    def hand_token_to_dashboard(response: Response) -> Response:
        if is_dashboard() and request.method == "GET" and response.mimetype == "text/html":
            path = app.config["RQ_PATH"]
            response.set_cookie(
                DASHBOARD_COOKIE, csrf_token(), path=path, samesite="Strict", secure=request.is_secure
            )
        return response


def csrf_token() -> str:
    """Return the session's token, made on first use."""
    token = session.get("csrf_token")
    if not isinstance(token, str):
        token = session["csrf_token"] = secrets.token_urlsafe(32)
    return token


def _is_same_origin() -> bool:
    # What the browser says itself, no page can forge; programs without these headers still need the token.
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.host.lower()
