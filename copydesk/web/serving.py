"""Serves the pages with waitress, on loopback unless a password is set."""

import signal
import socket
import threading
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
    """Refuse to be reachable from elsewhere without a password."""
    if is_loopback(web.host):
        return
    if web.password is None or not web.password.get_secret_value():
        raise ConfigError(
            f"web.host {web.host!r} can be reached from elsewhere: set COPYDESK_WEB_PASSWORD first, "
            "or bind 127.0.0.1"
        )


def bind(settings: Settings, app: object) -> BaseWSGIServer:
    """Return a server that listens already.

    Raises:
        ConfigError: The address is not ours, or taken.
    """
    web = settings.web
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    try:
        listening = socket.create_server((web.host, web.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {web.host}:{web.port} ({error.strerror or error}); "
            "choose another with --host and --port"
        ) from None
    return create_server(app, sockets=[listening], threads=THREADS, ident="copydesk")


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
