"""Log set-up: structlog, dotted events with key-values; JSON lines unless stderr is a terminal."""

import io
import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog


class _CurrentStderr(io.TextIOBase):
    """Standard error as it is at each line, not as it was at set-up: it may be redirected, and the old one closed.

    A line that cannot be written (the log's disk is full) is lost: no page may be condemned for it.
    """

    def write(self, text: str) -> int:
        with suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


_STDERR = cast("TextIO", _CurrentStderr())


def set_up_logging(level: str = "info") -> None:
    """Send every event of ``level`` and above to stderr."""
    terminal = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    )
    added: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*added, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(_STDERR),
    )
    # Libraries (rq, alembic) log through the standard library: warnings and worse are enough, in lines like ours.
    handler = logging.StreamHandler(_STDERR)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *added],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
