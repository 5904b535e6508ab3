"""Who may look: nobody without the password where one is set; programs may give it as basic authentication."""

import os
import secrets
import time
from collections import OrderedDict, deque
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from ipaddress import ip_address, ip_network
from pathlib import Path

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response as AnyResponse

SESSION_LIFE = timedelta(days=7)
KEY_FILE = "web.key"
OPEN = frozenset({"static", "access.login", "access.try_login", "metrics.healthz", "metrics.readyz"})
"""End points that tell nothing and need no password."""

MOST_TRIES = 10
"""Wrong passwords taken from one address in ``TRIES_S`` seconds: a person who mistypes does not notice."""
TRIES_S = 60.0
MOST_ADDRESSES = 1000
"""Addresses whose wrong passwords are remembered."""

IPV6_PREFIX = 64
"""Bits of an IPv6 address that a provider gives out: whoever has one such address has all of them."""

access = Blueprint("access", __name__)


class Sessions(SecureCookieSessionInterface):
    """Sessions whose cookie goes over TLS alone where the visitor came over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Whether this request came over TLS, as a proxy says that we trust."""
        return request.is_secure


def register_access(app: Flask, folder: Path, password: str | None) -> None:
    """Sign sessions with the folder's key, and ask for the password where there is one."""
    app.session_interface = Sessions()
    app.secret_key = session_key(load_key(folder), password or "")
    app.config.update(
        SESSION_COOKIE_NAME="copydesk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_LIFE,
        PASSWORD=password,
    )
    app.extensions["wrong_passwords"] = OrderedDict()
    app.register_blueprint(access)
    app.jinja_env.globals["has_password"] = password is not None

    @app.before_request
    def demand_password() -> AnyResponse | None:
        if password is None or request.endpoint in OPEN or session.get("in") is True:
            return None
        if request.authorization is not None and request.authorization.type == "basic":
            return None if _is_right(request.authorization.password or "") else _challenge()
        if _wants_page():
            return redirect(url_for("access.login", to=request.full_path.rstrip("?")))
        return _challenge()


def session_key(key: bytes, password: str) -> bytes:
    """Return what sessions are signed with: a new password ends every session that the old one opened."""
    return digest(key, f"session {password}".encode(), sha256)


def load_key(folder: Path) -> bytes:
    """Return the folder's signing key, made on first use and readable by its owner alone."""
    path = folder / KEY_FILE
    if not path.exists():
        fresh = folder / f".{KEY_FILE}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
        # Of two processes that start together one key wins, and it is whole.
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_bytes()


@access.get("/login")
def login() -> str | AnyResponse:
    """Show the form."""
    if current_app.config["PASSWORD"] is None or session.get("in") is True:
        return redirect(url_for("now.show"))
    return render_template("login.html", to=_safe_path(request.args.get("to", "")), wrong=False)


@access.post("/login")
def try_login() -> str | tuple[str, int] | AnyResponse:
    """Open a session for the right password."""
    to = _safe_path(request.form.get("to", ""))
    if not _is_right(request.form.get("password", "")):
        return render_template("login.html", to=to, wrong=True), 403
    # A new token with the new rights: one that was planted before is worth nothing.
    session.clear()
    session.permanent = True
    session["in"] = True
    return redirect(to, 303)


@access.post("/logout")
def logout() -> AnyResponse:
    """End the session."""
    session.clear()
    return redirect(url_for("access.login"), 303)


def _is_right(given: str) -> bool:
    password: str | None = current_app.config["PASSWORD"]
    tries = _tries_of(request.remote_addr or "")
    if len(tries) == MOST_TRIES and time.monotonic() - tries[0] < TRIES_S:
        abort(429, "Too many wrong passwords. Wait a minute and try again.")
    if password is not None and compare_digest(given.encode(), password.encode()):
        return True
    tries.append(time.monotonic())
    return False


def _tries_of(address: str) -> deque[float]:
    known: OrderedDict[str, deque[float]] = current_app.extensions["wrong_passwords"]
    address = visitor_of(address)
    tries = known.pop(address, None) or deque(maxlen=MOST_TRIES)
    known[address] = tries
    if len(known) > MOST_ADDRESSES:
        known.popitem(last=False)
    return tries


def visitor_of(address: str) -> str:
    """Return what tells visitors apart: an address, of IPv6 the network that one visitor has.

    >>> visitor_of("192.0.2.7"), visitor_of("2001:db8:1:2:3:4:5:6"), visitor_of("::ffff:192.0.2.7"), visitor_of("")
    ('192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7', '')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:  # noqa: PLR2004
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, IPV6_PREFIX), strict=False))


def _challenge() -> Response:
    answer = Response('{"error": "a password is demanded"}\n', 401, mimetype="application/json")
    answer.headers["WWW-Authenticate"] = 'Basic realm="copydesk", charset="UTF-8"'
    return answer


def _wants_page() -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def _safe_path(path: str) -> str:
    """Return a path of this server, whatever was asked for."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours else url_for("now.show")
