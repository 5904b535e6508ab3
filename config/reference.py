"""Writes ``docs/settings.md`` from the settings themselves: ``python -m config.reference > docs/settings.md``."""

import sys
from collections.abc import Iterator

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.settings import PREFIX, Settings

HEAD = """\
# Settings

Generated from `config/settings.py` by `python -m config.reference`; a test fails when it is stale.

Defaults < `copydesk.toml` (in the working folder, or named by `--config` or `COPYDESK_CONFIG`) < environment
< command line.
In the file, `[fetch]` and so on are tables; in the environment `COPYDESK_FETCH_DELAY_S` is `delay_s` of `[fetch]`.

| key | variable | default | bounds | meaning |
| --- | --- | --- | --- | --- |
"""


def reference() -> str:
    """Return the settings page as Markdown."""
    return HEAD + "\n".join(_rows(Settings, "", PREFIX)) + "\n"


def _rows(section: type[BaseModel], path: str, prefix: str) -> Iterator[str]:
    for name, field in section.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _rows(inner, f"{path}{name}.", f"{prefix}{name.upper()}_")
        else:
            variable = f"{prefix}{name.upper()}"
            cells = (
                f"`{path}{name}`",
                f"`{variable}`",
                _default(field),
                _bounds(field),
                str(field.description),
            )
            yield f"| {' | '.join(cells)} |"


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None or isinstance(value, SecretStr):
        return "unset"
    return "none" if value == () else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _bounds(field: FieldInfo) -> str:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    found = [
        f"{sign} {getattr(m, name):g}"
        for m in field.metadata
        for name, sign in signs.items()
        if hasattr(m, name)
    ]
    return ", ".join(found)


if __name__ == "__main__":
    sys.stdout.write(reference())
