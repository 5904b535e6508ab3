"""Jobs as we run them: JSON, and nothing but our own tasks.

RQ imports whatever function a job names, and callbacks and webhooks beside it, whichever serializer is used: who can
write to Redis could run anything.  A ``CopydeskJob`` runs the tasks of ``TASKS`` and nothing else.
"""

import importlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rq.exceptions import NoSuchJobError
from rq.executions import Execution, ExecutionRegistry
from rq.job import Job

TASKS = frozenset({"workers.tasks.process_batch"})
"""The names that a job may call."""
BACK_OFF_S = (5, 30, 120)
"""Before the second, third and further tries of a job that raised."""


class RefusedJobError(Exception):
    """A job that names something other than our tasks; nothing was imported."""


class LivingExecutions(ExecutionRegistry):
    """RQ fails a job that is done when one of its earlier executions has expired; here that one is left out."""

    def get_executions(self, start: int = 0, end: int = -1) -> list[Execution]:
        """Return the executions that still exist."""
        found = []
        for execution_id in self.get_execution_ids(start, end):
            with suppress(ValueError):
                found.append(Execution.fetch(execution_id, self.job_id, self.connection))
        return found


class CopydeskJob(Job):
    """A job that can only call our tasks."""

    @property
    def func(self) -> Callable[..., None]:
        """The task; looked up by name in our list before anything is imported."""
        name = self.func_name
        if name not in TASKS or self.instance is not None:
            raise RefusedJobError("the job names no task of ours; somebody else writes to this Redis")
        module, _, function = name.rpartition(".")
        task: Callable[..., None] = getattr(importlib.import_module(module), function)
        return task

    @property
    def success_callback(self) -> None:
        """Never: its name would be imported."""

    @property
    def failure_callback(self) -> None:
        """Never: its name would be imported."""

    @property
    def stopped_callback(self) -> None:
        """Never: its name would be imported."""

    def send_webhooks(self, status: str, *, exc_string: str | None = None) -> None:
        """Never: a request to an address that a stranger may have written."""

    @property
    def execution_registry(self) -> ExecutionRegistry:
        """The job's executions, but for those that a dead worker left to expire."""
        return LivingExecutions(self.id, connection=self.connection)

    def restore(self, raw_data: Any) -> Any:
        """Read the job's hash; one that cannot be read is no job, and must not stop the worker."""
        try:
            return super().restore(raw_data)
        except NoSuchJobError:
            raise
        except Exception as error:
            raise NoSuchJobError(f"unreadable job: {type(error).__name__}") from error


def sanitised(message: str, limit: int = 2_000) -> str:
    r"""Return an exception's text as it may be stored: bounded, no lone surrogates (they would end the worker).

    >>> sanitised("bad \ud800 title")
    'bad \\ud800 title'
    """
    return message[-limit:].encode("utf-8", "backslashreplace").decode("utf-8")
