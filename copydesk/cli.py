"""The command line: one module a command in ``copydesk.commands``, each with a ``register(app)``."""

import importlib
import importlib.metadata
import pkgutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from config.problem import ConfigProblem
from copydesk import commands
from copydesk.options import Options
from copydesk.terminal import allow_any_text, drop_output
from crawler.errors import CopydeskError

OPENING = """Crawl news politely, keep every story once.

Exit codes: 0 done, 1 done but something failed or was not found, 2 cannot be done as asked (stderr says why)."""


def build() -> typer.Typer:
    """Return the application with every command module registered."""
    app = typer.Typer(no_args_is_help=True, help=OPENING, rich_markup_mode="rich")
    app.callback()(_common)
    for module in sorted(m.name for m in pkgutil.iter_modules(commands.__path__)):
        register = getattr(importlib.import_module(f"copydesk.commands.{module}"), "register", None)
        if register is not None:
            register(app)
    return app


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer's callback form
    if wanted:
        sys.stdout.write(f"copydesk {importlib.metadata.version('copydesk')}\n")
        raise typer.Exit


def _common(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="Settings file; default copydesk.toml here.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of Redis, database and logs.")] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error.")] = None,
    version: Annotated[  # noqa: ARG001, FBT002
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    context.obj = Options(config=config, overrides={"data_dir": data_dir, "log_level": log_level})


def main() -> None:
    """Run the command line; an error made on purpose is one line on stderr and exit code 2."""
    allow_any_text()
    try:
        code = get_command(build()).main(standalone_mode=False, prog_name="copydesk")
    except (CopydeskError, ConfigProblem) as error:
        code = _say(str(error))
    except TyperException as error:
        code = _say(_usage(error))
    except (KeyboardInterrupt, typer.Abort):
        code = 1
    except SystemExit as ended:
        if not isinstance(ended.__context__, BrokenPipeError):
            raise
        drop_output()  # `copydesk export | head`: Typer would say that it failed
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


def _usage(error: TyperException) -> str:
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    where = f" (see {context.command_path} --help)" if context is not None else ""
    return f"{message.rstrip('.')}{where}"


def _say(message: str) -> int:
    sys.stderr.write("copydesk: " + " ".join(message.split()) + "\n")
    return 2
