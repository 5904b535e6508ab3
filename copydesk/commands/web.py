"""``copydesk web``: the pages and the RQ dashboard."""

from typing import Annotated

import typer

from copydesk.options import settings_of


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(web)


def web(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to bind; default 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to bind; default 8642.")] = None,
) -> None:
    """Serve the web pages: what happens now, the stories, the sources, the failures, and RQ's own dashboard.

    Example: copydesk web --port 8642
    """
    from copydesk.web.serving import serve

    serve(settings_of(context, web={"host": host, "port": port}))
