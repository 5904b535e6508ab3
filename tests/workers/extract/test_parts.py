"""Pages that say themselves that they hold several stories."""

import pytest

from workers.extract.page import extract_page
from workers.extract.parts import is_announced
from workers.records import PageKind

STORIES = [
    (
        "Barge raised after nine days",
        "Divers under Captain Ruben Ashby raised the gravel barge off Norholt on Monday, nine days after it sank in the channel.",
        "The owner, Ashby Marine, will pay for the crane, and the ferry to Skarvik sails again from Thursday.",
    ),
    (
        "Dairy wins the Brine Medal",
        "A cheese of goat's milk from the dairy of Ilse Tamm in Valmiera took the Brine Medal before forty others on Sunday.",
        "The jury around Paolo Ferri praised the rind, which is washed with cider from Rauna every other day.",
    ),
    (
        "Comet returns early",
        "Astronomers at Mount Pell say that comet Okonkwo comes back eleven months before its time, and brighter than in 1987.",
        "The telescope of Doctor Lucia Marek saw the tail first, through cloud, with a camera borrowed from Quito.",
    ),
    (
        "Old bridge gets new cables",
        "The city of Dunmore will hang new cables on the Weaver Bridge this winter, said engineer Tomas Quill, who found the rust.",
        "Lorries go round by Ferris Lane until April, and the toll of two crowns stays what it has been since Queen Edda.",
    ),
]


def page(title: str, body: str) -> bytes:
    """A page with a headline and this text."""
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>".encode()


def digest(before: str, opening: str = "{text}") -> str:
    """Write the stories one after the other, each behind ``before``, its first paragraph as ``opening`` says."""
    return "".join(
        before.format(head=head) + f"<p>{opening.format(head=head, text=first)}</p><p>{second}</p>"
        for head, first, second in STORIES
    )


DIVIDED = {
    "headings": digest("<h2>{head}</h2>"),
    "rules": digest("<hr>"),
    "bold openings": digest("", "<strong>{head}.</strong> {text}"),
    "datelines": digest("", "NORHOLT, Nov 18 (Coast Wire) - {text}"),
}


@pytest.mark.parametrize("how", DIVIDED)
def test_an_announced_digest_is_divided_where_its_page_divides_it(how: str) -> None:
    """Headings, rules, bold openings and datelines mark stories, if the title promises several."""
    greeting = "<p>Good morning. This is what happened on the coast overnight, in no order at all.</p>"
    html = page("Coast Letter No. 412: Barge raised, and 3 more", greeting + DIVIDED[how])
    found = extract_page(html, url="https://letter.example/p/412")
    assert found.kind is PageKind.DIGEST
    assert len(found.items) == len(STORIES)
    assert [item.blocks[-1].text for item in found.items] == [second for _, _, second in STORIES]


def test_the_same_marks_under_a_plain_title_leave_one_story() -> None:
    """A long story has headings, rules and bold openings too."""
    for how in ("headings", "rules", "bold openings"):
        found = extract_page(page("A week on the coast", DIVIDED[how]), url="https://letter.example/p/week")
        assert found.items == ()


AFFAIR = "".join(
    f"<h2>{head}</h2><p>In the {head.lower()}, Ruben Ashby of Ashby Marine told Norholt council that Skarvik had agreed. "
    "Later that day Ruben Ashby met the mayor of Skarvik again, and Norholt paid.</p>"
    for head in ("Morning", "Midday", "Afternoon", "Evening")
)


def test_sections_that_share_their_names_are_one_story_whatever_the_title_says() -> None:
    """A briefing about one affair keeps naming the same people."""
    found = extract_page(
        page("Coast briefing: the barge affair", AFFAIR), url="https://letter.example/p/barge"
    )
    assert found.items == ()


def test_as_many_sections_as_the_title_counts_are_stories_whomever_they_name() -> None:
    """Stories of one day name the same ports and firms; a title that counts them settles it."""
    counted = extract_page(
        page("Coast Letter: barge raised, and 3 more", AFFAIR), url="https://letter.example/p/1"
    )
    assert len(counted.items) == 4
    miscounted = extract_page(
        page("Coast Letter: barge raised, and 5 more", AFFAIR), url="https://letter.example/p/1"
    )
    assert miscounted.items == ()


@pytest.mark.parametrize(
    ("title", "announced"),
    [
        ("Weekly roundup: ports, cheese and comets", True),
        ("Coast Letter - Issue 12", True),
        ("Barge raised, cheese crowned and 2 more stories", True),
        ("The No. 1 most popular harbour of the year", False),
        ("Who reads your newsletter? Hardly anyone", False),
    ],
)
def test_a_title_announces_a_digest_by_its_form(title: str, *, announced: bool) -> None:
    """Words such as newsletter may also be what a story is about."""
    assert is_announced(title, "https://letter.example/p/1") is announced
