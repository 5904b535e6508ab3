"""The page of all commands, from the commands themselves: ``python -m copydesk.manual > docs/commands.md``."""

import inspect
import sys
from collections.abc import Iterator

from typer.core import TyperArgument
from typer.main import get_command

from copydesk.cli import build

HEADER = """# Commands

Generated from the commands by `python -m copydesk.manual`; a test fails when it is stale.
`copydesk COMMAND --help` says the same in the terminal.

Options that stand before the command hold for all of them; they win over the environment and `copydesk.toml`
([settings](settings.md)). `copydesk --install-completion` teaches your shell (bash, zsh, fish, PowerShell) the commands
and their options.

Exit codes: 0 done; 1 done, but something failed or was not found (of a crawl or an intake: nothing that came was kept);
2 cannot be done as asked, and one line on standard error says why. What is asked for goes to standard output,
everything else to standard error, so `--json` and `export` can be piped.

"""
COMPLETION = frozenset({"install_completion", "show_completion"})


def manual() -> str:
    """Return the page as Markdown."""
    app = get_command(build())
    return HEADER + "\n".join(_sections(app, ("copydesk",))) + "\n"


def _sections(command: object, path: tuple[str, ...]) -> Iterator[str]:
    inner = getattr(command, "commands", {})
    yield from _section(command, path, is_group=bool(inner))
    for name in sorted(inner):
        yield from _sections(inner[name], (*path, name))


def _section(command: object, path: tuple[str, ...], *, is_group: bool) -> Iterator[str]:
    found = [p for p in getattr(command, "params", ()) if not getattr(p, "hidden", False)]
    shown = [p for p in found if p.name not in COMPLETION]
    arguments = [p for p in shown if isinstance(p, TyperArgument)]
    options = [p for p in shown if not isinstance(p, TyperArgument)]
    if len(path) > 1:
        yield f"{'#' * len(path)} {' '.join(path)}\n"
        words = (
            [*path, "COMMAND"]
            if is_group
            else [*path, *map(_argument, arguments), *["[OPTIONS]"] * bool(options)]
        )
        text, _, example = inspect.cleandoc(getattr(command, "help", None) or "").partition("Example: ")
        yield f"{text.strip()}\n"
        yield f"```\n{' '.join(words)}\n```\n"
        if example:
            yield f"For example `{example.strip()}`.\n"
    if shown:
        yield "| option | means |\n| --- | --- |"
        yield from (_row(parameter) for parameter in (*arguments, *options))
        yield ""


def _argument(parameter: object) -> str:
    name = _metavar(parameter)
    name = f"{name} ..." if getattr(parameter, "nargs", 1) != 1 else name
    return name if getattr(parameter, "required", False) else f"[{name}]"


def _metavar(parameter: object) -> str:
    return str(getattr(parameter, "metavar", None) or getattr(parameter, "name", "")).upper()


def _row(parameter: object) -> str:
    help_text = str(getattr(parameter, "help", None) or "").replace("|", "\\|")
    if isinstance(parameter, TyperArgument):
        return f"| `{_metavar(parameter)}` | {help_text} |"
    names = ", ".join(f"`{name}`" for name in getattr(parameter, "opts", ()))
    return f"| {names} | {help_text}{_default(parameter, help_text)} |"


def _default(parameter: object, help_text: str) -> str:
    default = getattr(parameter, "default", None)
    if default in (None, False, "", ()) or "default" in help_text:
        return ""
    return f" Default {getattr(default, 'value', default)}."


if __name__ == "__main__":
    sys.stdout.write(manual())
