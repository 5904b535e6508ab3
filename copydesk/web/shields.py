"""What every answer carries and every request must show: security headers, and a host name that is ours."""

import secrets
import socket
from ipaddress import ip_address

from flask import Flask, Response, abort, g, request
from werkzeug.exceptions import MethodNotAllowed

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline and nothing from elsewhere: a page's text that slips through unescaped still cannot run."""

RQ_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'unsafe-eval'; script-src-attr 'none'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""The narrowest under which rq-dashboard works: its templates are compiled in the browser (eval), its scripts are
named by nonce, and what it inserts can neither be a script nor have handlers."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that, browsers send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

STATIC_AGE_S = 3600
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
"""All that any page takes; TRACE, which would repeat cookies to who asks, is none of them."""


def register_shields(app: Flask, names: frozenset[str]) -> None:
    """Check the host of every request and put the headers on every answer.

    Args:
        app: The application.
        names: Host names under which the pages may be asked for, beside addresses and names without a dot.
    """

    @app.before_request
    def refuse_strange_methods() -> None:
        if request.method not in METHODS:
            raise MethodNotAllowed(METHODS)

    @app.before_request
    def refuse_foreign_hosts() -> None:
        if not is_our_host(request.host, names):
            abort(421, f"{request.host[:80]!r} is not a name of this server; add it to COPYDESK_WEB_NAMES")

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        policy = RQ_POLICY.format(nonce=csp_nonce()) if is_dashboard() else PAGE_POLICY
        response.headers["Content-Security-Policy"] = policy
        if (request.endpoint or "").endswith("static") and response.status_code < 400:  # noqa: PLR2004
            response.headers["Cache-Control"] = f"private, max-age={STATIC_AGE_S}"
        else:
            response.headers["Cache-Control"] = "no-store"
        return response


def is_our_host(host: str, names: frozenset[str]) -> bool:
    """Tell whether a ``Host`` header can be meant for us.

    DNS rebinding needs a public name that the attacker owns: addresses, names without a dot and names that
    were given to us are none.

    >>> is_our_host("127.0.0.1:8642", frozenset()), is_our_host("[::1]:8642", frozenset())
    (True, True)
    >>> is_our_host("web:8642", frozenset()), is_our_host("rebind.example:8642", frozenset())
    (True, False)
    >>> is_our_host("Desk.Example", frozenset({"desk.example"}))
    True
    """
    name = host.rpartition("]")[0].removeprefix("[") if host.startswith("[") else host.partition(":")[0]
    name = name.lower().rstrip(".")
    try:
        ip_address(name)
    except ValueError:
        return name in names or name.endswith(".localhost") or (bool(name) and "." not in name)
    return True


def own_names(host: str, configured: tuple[str, ...]) -> frozenset[str]:
    """Return the names of this server: those configured, that it binds, and this machine's."""
    return frozenset(name.lower().rstrip(".") for name in (*configured, host, socket.gethostname()) if name)


def csp_nonce() -> str:
    """Return the nonce of this answer's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def is_dashboard() -> bool:
    """Tell whether the request is for the RQ dashboard."""
    return (request.endpoint or "").startswith("rq_dashboard.")
