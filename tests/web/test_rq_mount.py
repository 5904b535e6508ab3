"""The RQ dashboard works, and nothing in it can hurt."""

from typing import Any

import pytest
import redis
from rq import Queue
from rq.job import Job, JobStatus
from rq.registry import FailedJobRegistry
from rq.results import Result
from rq.serializers import DefaultSerializer, JSONSerializer

from copydesk.web.rq_mount import READS, harden
from tests.web.conftest import PAGE, SAME_ORIGIN, Room, Visitor

EVIL = "<img src=x onerror=document.title='owned'>"


def failed_job(client: "redis.Redis", *, job_id: str = "bad-job", description: str = EVIL) -> Job:
    """Put a job into the registry of failed ones."""
    queue = Queue("copydesk", connection=client, serializer=JSONSerializer)
    job = queue.create_job(
        "workers.tasks.process_batch", kwargs={"batch": "x"}, description=description, job_id=job_id
    )
    job.save()
    FailedJobRegistry(queue=queue).add(job, ttl=600)
    Result.create_failure(job, ttl=600, exc_string=f"Traceback {EVIL}")
    job.set_status(JobStatus.FAILED)
    queue.enqueue("workers.tasks.process_batch", kwargs={"batch": "y"}, description="25 pages of 3 hosts")
    return job


def test_the_dashboard_lists_queues_jobs_and_failures(room: Room) -> None:
    """Queues with their counts, jobs with readable descriptions, failures."""
    failed_job(room.desk.redis, description="12 pages of 2 hosts")
    client = room.app.test_client()
    queues = client.get("/rq/0/data/queues.json").json or {}
    assert [(q["name"], q["count"], q["failed_job_registry_count"]) for q in queues["queues"]] == [
        ("copydesk", 1, 1)
    ]
    queued = client.get("/rq/0/data/jobs/copydesk/queued/8/asc/1.json").json or {}
    assert [job["description"] for job in queued["jobs"]] == ["25 pages of 3 hosts"]
    failed = client.get("/rq/0/data/jobs/copydesk/failed/8/asc/1.json").json or {}
    assert [job["description"] for job in failed["jobs"]] == ["12 pages of 2 hosts"]
    assert client.get("/rq/0/data/workers.json").json == {"workers": []}


@pytest.mark.parametrize("view", ["/rq/", "/rq/0/view/workers", "/rq/0/view/jobs", "/rq/0/view/job/bad-job"])
def test_its_pages_load(room: Room, view: str) -> None:
    """Every page of it answers, with a nonce on each of its scripts and a way back."""
    failed_job(room.desk.redis)
    answer = room.app.test_client().get(view)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert nonce
    assert answer.text.count("<script") == answer.text.count(f'<script nonce="{nonce}"')
    assert "'unsafe-inline'" not in policy.partition("script-src ")[2].partition(";")[0]
    assert "← Copydesk" in answer.text


def test_nonces_are_used_once(visitor: Visitor) -> None:
    """Two answers never share a nonce."""
    policies = {visitor.get("/rq/").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_what_a_job_says_is_escaped_where_it_is_shown(room: Room) -> None:
    """The template of the job page escapes every value that it puts into the page."""
    failed_job(room.desk.redis)
    page = room.app.test_client().get("/rq/0/view/job/bad-job").text
    assert "<%- d.description %>" in page
    assert "<%- d.exc_info %>" in page
    assert "<%=" not in page


def test_hardening_leaves_what_escapes_already() -> None:
    """A value that goes through jQuery's text() is not escaped twice."""
    source = "<%= $('<div/>').text(d.description).html() %><%= d.id %>"
    assert harden(source) == "<%= $('<div/>').text(d.description).html() %><%- d.id %>"


def test_requeueing_works_from_its_own_page(room: Room) -> None:
    """Its scripts send the cookie's token as a header; then a failed job goes back into the queue."""
    failed_job(room.desk.redis)
    client = room.app.test_client()
    client.get("/rq/")
    cookie = client.get_cookie("_csrf_token", path="/rq")
    assert cookie is not None
    answer = client.post(
        "/rq/job/bad-job/requeue", headers=PAGE | SAME_ORIGIN | {"X-CSRFToken": cookie.value}
    )
    assert answer.json == {"status": "OK"}
    assert (
        Job.fetch("bad-job", connection=room.desk.redis, serializer=JSONSerializer).get_status() == "queued"
    )


def test_requeueing_all_works_by_post_only(room: Room) -> None:
    """The end point that requeues everything by GET in rq-dashboard does so by POST alone."""
    failed_job(room.desk.redis)
    client = room.app.test_client()
    client.get("/rq/")
    assert client.get("/rq/requeue/copydesk").status_code == 405
    assert client.head("/rq/requeue/copydesk").status_code == 405
    queue = Queue("copydesk", connection=room.desk.redis, serializer=JSONSerializer)
    assert FailedJobRegistry(queue=queue).count == 1
    cookie = client.get_cookie("_csrf_token", path="/rq")
    assert cookie is not None
    headers = PAGE | SAME_ORIGIN | {"X-CSRFToken": cookie.value}
    assert client.post("/rq/requeue/copydesk", headers=headers).json == {"count": 1, "status": "OK"}
    assert FailedJobRegistry(queue=queue).count == 0


def test_no_page_of_it_can_lose_a_job(room: Room) -> None:
    """Deleting and emptying are off: a job stands for pages that were fetched."""
    failed_job(room.desk.redis)
    client = room.app.test_client()
    client.get("/rq/")
    cookie = client.get_cookie("_csrf_token", path="/rq")
    assert cookie is not None
    headers = PAGE | SAME_ORIGIN | {"X-CSRFToken": cookie.value}
    for path in (
        "/rq/job/bad-job/delete",
        "/rq/queue/copydesk/queued/empty",
        "/rq/queue/copydesk/failed/empty",
    ):
        assert client.post(path, headers=headers).json == {"status": "DISABLED"}
    assert Job.exists("bad-job", connection=room.desk.redis)
    assert Queue("copydesk", connection=room.desk.redis).count == 1


@pytest.mark.parametrize(
    "path",
    [
        "/rq/0/view/job/unknown",
        "/rq/0/data/job/unknown.json",
        "/rq/1/view/jobs",
        "/rq/99999999/data/queues.json",
        "/rq/0/data/jobs/copydesk/nonsense/8/asc/1.json",
        "/rq/0/data/jobs/copydesk/queued/many/asc/1.json",
        "/rq/0/data/jobs/copydesk/queued/999999999/asc/1.json",
        "/rq/0/data/jobs/copydesk/queued/8/asc/0.json",
        "/rq/0/view/jobs/copydesk/queued/100000/asc/1",
    ],
)
def test_what_is_not_there_is_not_found(room: Room, path: str) -> None:
    """What were server errors in rq-dashboard is a plain 404."""
    assert room.app.test_client().get(path).status_code == 404


def test_a_job_with_dependencies_is_shown(room: Room) -> None:
    """rq-dashboard decodes what RQ 3 gives as text."""
    queue = Queue("copydesk", connection=room.desk.redis, serializer=JSONSerializer)
    first = queue.enqueue("workers.tasks.process_batch", kwargs={"batch": "x"}, job_id="first")
    queue.enqueue("workers.tasks.process_batch", kwargs={"batch": "y"}, job_id="second", depends_on=first)
    found = room.app.test_client().get("/rq/0/data/job/second.json").json or {}
    assert found["depends_on"] == ["first"]


class Bomb:
    """Runs when it is unpickled."""

    def __reduce__(self) -> Any:
        return (RuntimeError, ("unpickled",))


def test_nothing_in_redis_is_unpickled(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pickle in a job's data or metadata is never loaded by a page of the dashboard."""
    failed_job(room.desk.redis)
    room.desk.redis.hset("rq:job:bad-job", "meta", DefaultSerializer.dumps(Bomb()))
    loaded: list[bytes] = []
    monkeypatch.setattr("pickle.loads", lambda data, **_: loaded.append(data))
    client = room.app.test_client()
    for path in (
        "/rq/0/view/job/bad-job",
        "/rq/0/data/job/bad-job.json",
        "/rq/0/data/jobs/copydesk/failed/8/asc/1.json",
        "/rq/0/data/workers.json",
    ):
        client.get(path)
    assert loaded == []


def test_every_reading_end_point_is_known(room: Room) -> None:
    """A new version of rq-dashboard with a new end point is read-only until somebody looked at it."""
    rules = [rule for rule in room.app.url_map.iter_rules() if rule.endpoint.startswith("rq_dashboard.")]
    gets = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    assert gets - READS == {"rq_dashboard.requeue_all"}
