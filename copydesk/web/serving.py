"""Serves the pages with waitress, on loopback unless a password is set."""

import signal
import socket
import threading
from ipaddress import ip_address
from types import FrameType

import redis
import structlog
from waitress import create_server
from waitress.server import BaseWSGIServer

from config.settings import Settings, WebSettings
from copydesk.loopback import is_loopback
from copydesk.stack import open_stack
from copydesk.web.app import make_app
from copydesk.web.desk import Desk
from crawler.errors import ConfigError
from workers.store.opening import open_store

log = structlog.get_logger()

THREADS = 8
"""Requests answered at once; a page is some 10 ms."""
BACKLOG = 128
REDIS_WAIT_S = 5.0
LARGEST_BODY_BYTES = 1_000_000
"""Read before anything looks at it; what is larger than a form of ours is refused with a page below that."""
CONNECTIONS = 200
IDLE_S = 60
"""A connection that says nothing is closed: it holds one of ``CONNECTIONS``."""
PROXY_HEADERS = frozenset({"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"})


def serve(settings: Settings) -> None:
    """Serve until told to stop.

    Raises:
        ConfigError: It would be reachable from elsewhere without a password, or the port is taken.
        BackendError: A back end cannot be reached.
    """
    require_password(settings.web)
    with open_stack(settings) as stack:
        if stack.redis_url is None or stack.database_url is None:
            raise ValueError("an open stack has both URLs")
        store = open_store(stack.database_url.get_secret_value())
        client = redis.Redis.from_url(
            stack.redis_url.get_secret_value(),
            socket_timeout=REDIS_WAIT_S,
            socket_connect_timeout=REDIS_WAIT_S,
        )
        desk = Desk(stack, store, client)
        try:
            server = bind(stack, make_app(desk))
            threading.Thread(target=desk.warm_up, daemon=True).start()
            _run(server)
        finally:
            desk.close()
            client.close()
            store.close()


def require_password(web: WebSettings) -> None:
    """Refuse to be reachable from elsewhere, also by way of a proxy, without a password."""
    if web.password is not None and web.password.get_secret_value():
        return
    if not is_loopback(web.host):
        raise ConfigError(
            f"web.host {web.host!r} can be reached from elsewhere: set COPYDESK_WEB_PASSWORD first, "
            "or bind 127.0.0.1"
        )
    if web.trusted_proxy:
        raise ConfigError("web.trusted_proxy lets others reach the pages: set COPYDESK_WEB_PASSWORD first")


def bind(settings: Settings, app: object) -> BaseWSGIServer:
    """Return a server that listens already.

    Raises:
        ConfigError: The address is not ours, or taken, or ``web.trusted_proxy`` is no address.
    """
    web = settings.web
    proxy = _proxy_of(web)
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    try:
        listening = socket.create_server((web.host, web.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {web.host}:{web.port} ({error.strerror or error}); "
            "choose another with --host and --port"
        ) from None
    return create_server(
        app,
        sockets=[listening],
        threads=THREADS,
        ident="copydesk",
        max_request_body_size=LARGEST_BODY_BYTES,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_S,
        # Whatever others send under these names is removed.
        clear_untrusted_proxy_headers=True,
        trusted_proxy=proxy,
        trusted_proxy_headers=set(PROXY_HEADERS) if proxy else set(),
    )


def _proxy_of(web: WebSettings) -> str | None:
    if web.trusted_proxy in (None, "*"):
        return web.trusted_proxy
    try:
        return str(ip_address(web.trusted_proxy))
    except ValueError:
        raise ConfigError(
            f"web.trusted_proxy {web.trusted_proxy!r} is no address; name the proxy's own"
        ) from None


def _run(server: BaseWSGIServer) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        # Waitress ends its loop cleanly on this, and on nothing gentler.
        raise SystemExit(0)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
    host = server.effective_host
    shown = f"[{host}]" if ":" in host else host
    log.info("web.listening", url=f"http://{shown}:{server.effective_port}/")
    try:
        server.run()
    finally:
        server.close()
