"""What the command line says about settings, carried from the callback to each command."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from config.load import load_settings
from config.log import set_up_logging
from config.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options that stand before the command."""

    config: Path | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)


def settings_of(context: typer.Context, **overrides: Any) -> Settings:
    """Return the settings with the command line's say on top, and set logging up accordingly.

    Args:
        context: The command's context.
        overrides: Nested as in ``copydesk.toml``; ``None`` means not given.
    """
    options: Options = context.obj or Options()
    settings = load_settings(options.config, {**options.overrides, **overrides})
    set_up_logging(settings.log_level)
    return settings
