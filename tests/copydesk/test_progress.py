"""Progress counts what has come since the command began."""

import pytest

from copydesk.progress import Progress, facts
from copydesk.pulse import Pulse

BEFORE = Pulse(at_s=0, outcomes={"stored": {"new": 5}, "rejected": {"index": 2}}, stories=5, sightings=7)


def test_a_difference_holds_only_what_is_new() -> None:
    """Outcomes that have not grown are left out; what waits is as it is now."""
    after = Pulse(
        at_s=4, outcomes={"stored": {"new": 6}, "rejected": {"index": 2}}, stories=6, sightings=9, waiting=3
    )
    gained = after.since(BEFORE)
    assert facts(gained) == {
        "pages": 1,
        "outcomes": {"stored": {"new": 1}},
        "stories": 1,
        "merged": 0,
        "sightings": 2,
        "waiting": 3,
        "in_hands": 0,
        "dead": 0,
    }


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ({}, 0),
        ({"failed": {"http_404": 2}}, 1),
        ({"rejected": {"index": 2}, "failed": {"http_404": 2}}, 1),
        ({"stored": {"new": 1}, "failed": {"http_404": 2}}, 0),
        ({"folded": {"same": 1}}, 0),
    ],
)
def test_the_exit_code_tells_whether_anything_came(outcomes: dict[str, dict[str, int]], code: int) -> None:
    """1 when there were pages and none of them was of use; nothing to do is no failure."""
    zero, after = Pulse(at_s=0), Pulse(at_s=1, outcomes=outcomes)
    assert Progress().summary(zero, after, interrupted=False, as_json=True) == code


def test_files_that_were_known_already_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever ingests a folder again is not told "0 pages" alone, as if nothing had been found in it."""
    Progress().summary(BEFORE, BEFORE, interrupted=False, as_json=False, read=12)
    assert "12 were read; 12 of them were known already" in capsys.readouterr().out
    Progress().summary(BEFORE, BEFORE, interrupted=False, as_json=False, read=0)
    assert "known" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("waiting", "interrupted", "why"),
    [(0, False, "has not changed"), (3, False, "frontier list"), (3, True, "goes on from here")],
)
def test_a_run_without_a_page_says_why(
    capsys: pytest.CaptureFixture[str], *, waiting: int, interrupted: bool, why: str
) -> None:
    """No page after a minute of waiting looks like a fault, and mostly is none."""
    zero, after = Pulse(at_s=0), Pulse(at_s=1, waiting=waiting)
    Progress().summary(zero, after, interrupted=interrupted, as_json=False)
    assert why in " ".join(capsys.readouterr().out.splitlines()[-1:])
