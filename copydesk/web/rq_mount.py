"""The RQ dashboard at ``/rq``, made safe: no pickle, no change by GET, nothing stored that runs in the browser.

What is wrong with rq-dashboard 0.9 and what is done about it here (docs/decisions/0700):

* job descriptions, exceptions and metadata are put into the page unescaped -> the templates escape, and the policy
  of ``shields`` lets nothing inserted run;
* ``GET /requeue/...`` requeues, nothing checks where a POST comes from -> all that changes is POST, with our token;
* deleting a job loses pages that were fetched -> deleting is off;
* it unpickles what it finds in Redis -> JSON everywhere;
* unknown jobs, numbers out of range, jobs with dependencies are server errors -> they are not found, or shown.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

import redis
import rq_dashboard
from flask import Flask, abort, current_app, request
from jinja2 import BaseLoader, ChoiceLoader, Environment, TemplateNotFound
from rq import Worker
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker.base import BaseWorker
from rq_dashboard import web as dashboard

from copydesk.web.shields import csp_nonce

RQ_PATH = "/rq"
PREFIX = f"{dashboard.blueprint.name}."
READS = frozenset(
    PREFIX + name
    for name in (
        "favicon", "job_info", "job_view", "jobs_overview", "list_jobs", "list_queues", "list_workers",
        "queues_overview", "static", "workers_overview",
    )
)  # fmt: skip
"""End points that change nothing; every other one takes POST only."""
MOST_ROWS = 200
"""Jobs on a page: what its own form offers at most."""


class _PlainJob(Job):
    """A job whose data are JSON, whoever asks, and whose dependencies are written as rq-dashboard expects."""

    @classmethod
    def fetch(cls, id: str, connection: Any = None, serializer: Any = None, **more: Any) -> "Job":  # noqa: A002, ARG003
        return super().fetch(id, connection=connection, serializer=JSONSerializer, **more)

    @property
    def dependency_ids(self) -> Any:
        return [found.encode() for found in super().dependency_ids]


class _PlainWorker(Worker):
    """A worker whose current job is read as JSON."""

    @classmethod
    def all(  # type: ignore[override]  # as rq-dashboard calls it
        cls, connection: "redis.Redis"
    ) -> "list[BaseWorker]":
        return super().all(connection=connection, job_class=_PlainJob, serializer=JSONSerializer)


class _SafeTemplates(BaseLoader):
    """rq-dashboard's own templates: scripts named by nonce, values escaped, a way back."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        if not template.startswith("rq_dashboard/") or dashboard.blueprint.jinja_loader is None:
            raise TemplateNotFound(template)
        source, path, is_fresh = dashboard.blueprint.jinja_loader.get_source(environment, template)
        return harden(source), path, is_fresh


def harden(source: str) -> str:
    r"""Return a template of rq-dashboard that escapes what it shows and names its scripts.

    >>> harden("<td><%= d.description %></td>")
    '<td><%- d.description %></td>'
    >>> harden("<script name='a'>")
    '<script nonce="{{ csp_nonce() }}" name=\'a\'>'
    """
    source = re.sub(r"<script(?=[\s>])", '<script nonce="{{ csp_nonce() }}"', source)
    # ``<%= $('<div/>').text(x).html() %>`` escapes already.
    source = re.sub(r"<%=(?!\s*\$\()", "<%-", source)
    # It asks the application for an icon of a name that it made up.
    source = source.replace("filename='favicon.ico'", "filename='favicon.svg'")
    return source.replace(
        '<a class="navbar-brand">', '<a class="nav-link" href="/">← Copydesk</a><a class="navbar-brand">'
    )


def mount_dashboard(app: Flask, client: "redis.Redis", label: str) -> None:
    """Mount rq-dashboard over the client's server.

    Args:
        app: The application.
        client: Gives bytes.
        label: The server's address without its password: the dashboard shows it.
    """
    app.config.update(RQ_DASHBOARD_REDIS_URL=(label,), RQ_DASHBOARD_DISABLE_DELETE=True, RQ_PATH=RQ_PATH)
    app.redis_conn = client  # type: ignore[attr-defined]  # rq-dashboard looks for it there
    dashboard.config.serializer = JSONSerializer
    dashboard.Job = _PlainJob
    dashboard.Worker = _PlainWorker
    dashboard.requeue_job = _requeue
    # It connects anew for every request that names an instance: give it the connection that we have.
    dashboard.from_url = lambda *_, **__: (None, current_app.redis_conn)  # type: ignore[attr-defined]
    app.register_blueprint(rq_dashboard.blueprint, url_prefix=RQ_PATH)
    app.jinja_loader = ChoiceLoader([app.jinja_loader or BaseLoader(), _SafeTemplates()])
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    for endpoint, view in list(app.view_functions.items()):
        if endpoint.startswith(PREFIX):
            app.view_functions[endpoint] = _tamed(view)
    app.before_request(_refuse_what_it_cannot_take)


def _requeue(job_id: str, connection: "redis.Redis") -> Job:
    return _PlainJob.fetch(job_id, connection=connection).requeue()


def _refuse_what_it_cannot_take() -> None:
    endpoint = request.endpoint or ""
    if not endpoint.startswith(PREFIX):
        return
    # While Redis is away it answers "Connection Error" as if all were well: let our own page say it.
    current_app.redis_conn.ping()  # type: ignore[attr-defined]
    if endpoint not in READS and request.method not in {"POST", "OPTIONS"}:
        abort(405)
    values = request.view_args or {}
    if values.get("instance_number", 0) != 0 or not 0 < _number(values.get("per_page", 1)) <= MOST_ROWS:
        abort(404)
    if _number(values.get("page", 1)) < 1:
        abort(404)


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def _tamed(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def answer(*args: Any, **values: Any) -> Any:
        try:
            return view(*args, **values)
        except (NoSuchJobError, UnboundLocalError, ValueError):
            # An unknown job; a registry that does not exist; a name that is none.
            abort(404)

    return answer
