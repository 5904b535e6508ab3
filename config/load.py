"""Reads ``Settings`` from file, environment and command line; the only place that reads the environment."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsError

from config.problem import ConfigProblem, line_of, nearest
from config.settings import LEVELS, NAME, PLACE, PREFIX, Settings

CONFIG_VARIABLE = f"{PREFIX}CONFIG"
DEFAULT_FILE = Path("copydesk.toml")
_PATTERNS = {
    LEVELS: "write debug, info, warning or error",
    NAME: "write letters, digits, - and _",
    PLACE: "write a PORT or HOST:PORT, such as 9101 or 0.0.0.0:9101",
}
"""What a pattern demands, for people."""


def load_settings(file: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Return the settings: defaults < ``copydesk.toml`` < environment < ``overrides``.

    Args:
        file: The TOML file; by default what ``COPYDESK_CONFIG`` names, else ``copydesk.toml`` here, if it is there.
        overrides: Values of the command line, nested as in the file; ``None`` values are left out.

    Raises:
        ConfigProblem: A key or value is wrong; names file, line and the nearest valid key.
    """
    path = file or _named_file()
    text, values = _read_toml(path) if path else ("", {})
    _refuse_unknown_variables(os.environ)

    class Loaded(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, values)

    try:
        return Loaded(**_without_none(overrides or {}))
    except ValidationError as error:
        raise _problem(error, path, text, values) from None
    except SettingsError as error:
        # A section as a whole, such as COPYDESK_FETCH: it would have to be JSON.
        section = str(error).partition('field "')[2].partition('"')[0]
        raise ConfigProblem(
            f"not a JSON object; set its keys one by one, such as {PREFIX}{section.upper()}_...",
            key=f"{PREFIX}{section}".upper(),
        ) from None


def bare_settings(overrides: Mapping[str, Any]) -> Settings:
    """Return the defaults with ``overrides``: no file, no environment.

    For runs that must not touch the user's data.
    """

    class Bare(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],  # noqa: ARG003
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (init_settings,)

    return Bare(**overrides)


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that give a child process these settings (only what differs from the defaults)."""
    return dict(_flatten(settings, Settings.model_construct(), PREFIX))


def child_environment(settings: Settings) -> dict[str, str]:
    """Return the whole environment of a child process that is to have these settings, whatever ours says."""
    known = variable_names()
    inherited = {name: value for name, value in os.environ.items() if name.upper() not in known}
    # The file was read already, and what it said is in ``settings``.
    return inherited | environment(settings) | {CONFIG_VARIABLE: os.devnull}


def _flatten(value: BaseModel, default: BaseModel, prefix: str) -> Iterable[tuple[str, str]]:
    for name in type(value).model_fields:
        mine, standard = getattr(value, name), getattr(default, name)
        if isinstance(mine, BaseModel):
            yield from _flatten(mine, standard, f"{prefix}{name.upper()}_")
        elif mine != standard and mine is not None:
            yield f"{prefix}{name.upper()}", _as_text(mine)


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{item}"' for item in value) + "]"
    return str(value)


def _named_file() -> Path | None:
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.is_file() else None


def _read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigProblem(f"cannot be read ({error}); name another file with --config", file=path) from None
    return text, parse_toml(text, path)


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """Return the tables of TOML text.

    Raises:
        ConfigProblem: The text is not TOML; the message has the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        digits = message.partition("at line ")[2].partition(",")[0]
        line = int(digits) if digits.isdigit() else text.count("\n") + 1
        raise ConfigProblem(f"not valid TOML: {message}", file=path, line=line) from None


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {key: _without_none(v) if isinstance(v, Mapping) else v for key, v in values.items()}
    return {key: value for key, value in cleaned.items() if value is not None and value != {}}


def variable_names() -> set[str]:
    """Return every environment variable that sets something."""
    names = {CONFIG_VARIABLE}
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            names |= {f"{PREFIX}{name}_{key}".upper() for key in section.model_fields} | {
                f"{PREFIX}{name}".upper()
            }
        else:
            names.add(f"{PREFIX}{name}".upper())
    return names


def _sections() -> set[str]:
    """Return the names of whole sections: they are taken as JSON, and nobody means them."""
    return {f"{PREFIX}{name}".upper() for name, field in Settings.model_fields.items() if _is_section(field)}


def _is_section(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _refuse_unknown_variables(variables: Mapping[str, str]) -> None:
    known = variable_names()
    for name in sorted(variables):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise ConfigProblem(
                f"no such setting in the environment; {nearest(name, known - _sections())}", key=name
            )


def _problem(
    error: ValidationError, path: Path | None, text: str, values: Mapping[str, Any]
) -> ConfigProblem:
    first = error.errors()[0]
    where = [part for part in first["loc"] if isinstance(part, str)]
    from_file = path is not None and _holds(values, where)
    message = _PATTERNS.get(
        first.get("ctx", {}).get("pattern", ""), first["msg"].removeprefix("Value error, ")
    )
    if first["type"] == "extra_forbidden":
        message = f"no such setting; {nearest(where[-1], _siblings(where))}"
    else:
        message = f"{message} (given: {first['input']!r})"
    return ConfigProblem(
        message,
        file=path if from_file else None,
        line=line_of(text, where) if from_file else None,
        key=".".join(where)
        if from_file or len(where) == 0
        else f"{'.'.join(where)} ({PREFIX}{'_'.join(where).upper()})",
    )


def _holds(values: Mapping[str, Any], where: list[str]) -> bool:
    inner: Any = values
    for part in where:
        if not isinstance(inner, Mapping) or part not in inner:
            return False
        inner = inner[part]
    return True


def _siblings(where: list[str]) -> list[str]:
    if len(where) > 1 and (field := Settings.model_fields.get(where[0])):
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            return list(section.model_fields)
    return list(Settings.model_fields)
