"""Failures: pages put aside after their last try, by reason, with another try."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from copydesk.web.asking import filled, number_of, text_of
from copydesk.web.desk import desk, or_else
from copydesk.web.words import plural
from crawler.errors import BackendError
from crawler.handover import decode_outcomes
from workers.store.engine import reading
from workers.store.overview import dead_letters_by_reason
from workers.store.records import DeadLetter

failures = Blueprint("failures", __name__)

ROWS = 60
MOST_LETTERS = 1000
"""Pages put aside that are looked at: there is something to mend first where there are more."""
NAME_LENGTH = 16
"""Hexadecimal digits of 63 bits."""


@failures.get("/failures")
def index() -> str:
    """List what was put aside, and what was refused or failed."""
    reason = text_of(request.args, "reason")
    number = number_of(filled(request.args), "page", default=1, most=1000)
    found = letters(reason)
    outcomes = desk().outcomes()
    bad = {name: outcomes.get(name, {}) for name in ("failed", "rejected")}
    return render_template(
        "failures.html",
        by_reason=reasons(),
        reason=reason,
        letters=found[(number - 1) * ROWS : number * ROWS],
        number=number,
        pages=max(1, -(-len(found) // ROWS)),
        bad={name: sorted(by.items(), key=lambda pair: (-pair[1], pair[0]))[:30] for name, by in bad.items()},
        work=or_else(desk().work, None),
    )


def letters(reason: str = "") -> list[DeadLetter]:
    """Return pages put aside, newest first, without their bytes."""
    found = desk().store.dead_letters(limit=MOST_LETTERS)
    return [letter for letter in found if not reason or letter.reason == reason]


def reasons() -> dict[str, int]:
    """Return reason -> pages put aside."""
    with reading(desk().store.engine) as connection:
        return dead_letters_by_reason(connection)


@failures.post("/failures/retry")
def retry() -> Response:
    """Hand pages that were put aside to the workers again: one, all of a reason, or all."""
    wanted = _asked()
    done, unreadable = 0, 0
    for letter_id in wanted:
        try:
            done += _try_again(letter_id)
        except BackendError:
            unreadable += 1
    words = f"{plural(done, 'page')} handed to the workers again."
    flash(words + (f" {plural(unreadable, 'page')} could not be read." if unreadable else ""))
    return redirect(url_for("failures.index"), 303)


@failures.post("/failures/drop")
def drop() -> Response:
    """Forget pages that were put aside."""
    dropped = desk().store.drop_dead_letters(_asked())
    flash(f"{plural(dropped, 'page')} forgotten.")
    return redirect(url_for("failures.index"), 303)


def _asked() -> list[int]:
    name = text_of(request.form, "name")
    if name:
        return [_number(name)]
    return [letter.id for letter in letters(text_of(request.form, "reason"))]


def letter_name(number: int) -> str:
    """Return the name of a page put aside, as ``copydesk failed list`` prints it."""
    return f"{number:016x}"


def _number(name: str) -> int:
    if len(name) != NAME_LENGTH or not set(name) <= set("0123456789abcdef") or name[0] > "7":
        abort(400, "That is no name of a page put aside.")
    return int(name, 16)


def _try_again(letter_id: int) -> int:
    store = desk().store
    letter = store.dead_letter(letter_id)
    if letter is None:
        return 0
    # In this order: who dies between the two hands the page over twice, which changes nothing.
    desk().handover.send(decode_outcomes(letter.outcome))
    store.drop_dead_letters([letter_id])
    return 1
