"""Where a run stands decides, whatever its class is called; and what is a list, a house page or a wall is no story."""

import pytest

from workers.extract.boxes import misplaced
from workers.extract.page import extract_page
from workers.extract.tree import read_tree
from workers.records import Extraction, PageKind

STORY = [
    "The reservoir above Kilbrannan is lower than at any time since it was filled, the water board said on Friday.",
    "Engineers measured a depth of 11.4 metres at the dam, three metres less than a year ago, and closed one of two gates.",
    "Farms in the glen have carried water by tanker since the end of August, at a cost of 60 pounds a load.",
    "The board has asked the three hotels on the shore to fill no pools before the first week of rain is over.",
    "A second pipe from the northern lochs, planned since 1998, would take four years to lay and is not paid for.",
    "Until then, said the board's engineer, Morag Sinclair, the glen lives from one wet winter to the next.",
]


def build(
    *, before: str = "", between: str = "", after: str = "", outside: str = "", title: str = "Reservoir falls"
) -> bytes:
    """Return a page whose classes say nothing."""
    paragraphs = [f"<p>{text}</p>" for text in STORY]
    paragraphs.insert(3, between)
    return (
        f"<html><head><title>{title}</title></head><body><div class=x1>{outside}<h1>{title}</h1>{before}"
        f"<div class=x2>{''.join(paragraphs)}</div>{after}</div></body></html>"
    ).encode()


def read(html: bytes, url: str = "https://glen.example/2026/reservoir-falls") -> Extraction:
    return extract_page(html, url=url)


def kept(found: Extraction) -> list[str]:
    return found.article.text.split("\n\n") if found.article else []


@pytest.mark.parametrize(
    "box",
    [
        "<div class=x9><p>The glen's week in one letter, every Friday before breakfast and free.</p><button>Yes</button></div>",
        "<div class=x9><p>Two of five free pages are read. The rest is a click away for those who pay.</p></div>",
        "<section class=x9><h4>Neighbours read</h4><ul><li><a href=/a>Otters return to the upper burn</a></li>"
        "<li><a href=/b>School roof holds for another winter</a></li></ul></section>",
        "<div class=x9><h4>Neighbours read</h4><ul>"
        + "".join(
            f"<li><a href=/{n}>Item {n}: the council of the glen puts off its vote on the pier</a></li>"
            for n in range(6)
        )
        + "</ul></div>",
    ],
    ids=[
        "a button in it",
        "built unlike the paragraphs",
        "a heading over links",
        "a heading over many links",
    ],
)
def test_a_box_that_interrupts_the_story_is_cut_out(box: str) -> None:
    """Paragraphs stand in one container; a short box between them that is built otherwise is none of them."""
    assert kept(read(build(between=box))) == STORY


def test_a_quotation_between_paragraphs_stays() -> None:
    """Quotes, lists and tables are parts of stories."""
    quote = "We count the rings on the dam wall every morning, and every morning there is one more of them."
    assert quote in kept(read(build(between=f"<blockquote>{quote}</blockquote>")))


def test_wrapped_paragraphs_are_the_story() -> None:
    """Where every paragraph has a wrapper of its own, the wrapper says nothing."""
    html = build().decode().replace("<p>", "<div class=w><p>").replace("</p>", "</p></div>")
    assert kept(read(html.encode())) == STORY


def test_short_lines_behind_the_story_are_dropped() -> None:
    """Sign-offs and reprint notes stand behind the container."""
    note = (
        "<p class=x7>Reporting by the glen desk; edited by R. Baird</p><p>Nothing here may be reprinted.</p>"
    )
    assert kept(read(build(after=note))) == STORY


def test_prose_behind_the_story_is_dropped_however_long() -> None:
    """What stands behind the container that holds nearly all of the prose is another text."""
    other = (
        "The Glen Gazette has been printed beside the weir since 1871, and is the oldest paper of the county that still "
        "belongs to one family."
    )
    assert kept(read(build(after=f"<div class=imprint><p>{other}</p></div>"))) == STORY


def test_a_story_in_two_parts_is_kept_whole() -> None:
    """Where an advertisement parts the story, its end stands in a container built like the first."""
    end = "When the rain came on Sunday, the gauge at the dam rose by a hand."
    advert = "<div class=advert><p>Your advertisement could stand here and dry out with us.</p></div>"
    found = kept(read(build(after=f"{advert}<div class=x2><p>{end}</p></div>")))
    assert found == [*STORY, end]


@pytest.mark.parametrize(
    "address", ["URL: https://glen.example/print/41", "www.glen.example", "mail: desk@glen.example"]
)
def test_an_address_under_the_story_is_dropped(address: str) -> None:
    """A print view spells out where the page came from; a model may take that for a line of text."""
    tree = read_tree(build().replace(b"next.</p>", f"next.</p><p>{address}</p>".encode()))
    everything = [i for i, run in enumerate(tree.runs) if run.text in (*STORY, address)]
    assert len(everything) == len(STORY) + 1
    assert misplaced(tree, everything) == {everything[-1]: "links_after_story"}


def test_a_standfirst_before_the_story_stays() -> None:
    """A sentence between headline and body belongs to the story; one above the headline does not."""
    lead = "Three dry winters have emptied the glen's only reservoir, and the second pipe is a plan."
    slogan = "All that the glen needs to know stands here, every day before the milk is on the step."
    found = kept(read(build(before=f"<p>{lead}</p>", outside=f"<div class=x8><p>{slogan}</p></div>")))
    assert found == [lead, *STORY]


def test_another_column_of_a_table_is_not_the_story() -> None:
    """Pages laid out as tables: the cell with the story is the story."""
    body = "<br><br>".join(STORY)
    html = (
        "<html><head><title>Reservoir falls</title></head><body><table><tr><td>For sale: one rowing boat, dry for years, "
        f"and two oars. Call at the dam.</td><td><b>Reservoir falls</b><br><br>{body}</td></tr></table></body></html>"
    )
    assert "rowing boat" not in " ".join(kept(read(html.encode())))


TEASERS = [
    (
        "Otters return to the upper burn",
        "A pair was filmed below the weir on Sunday night, the first since the mill closed.",
    ),
    (
        "School roof holds for another winter",
        "The county found the beams sound and put off the new roof until 2029, parents heard.",
    ),
    (
        "Ferry timetable loses its last boat",
        "From March the last crossing leaves at six, an hour after the bank closes its doors.",
    ),
    (
        "Snow gates are tested before the frost",
        "The gates on the high road closed in four minutes, a minute faster than last year.",
    ),
]


@pytest.mark.parametrize(
    "form", ["<h2><a href=/{i}>{head}</a></h2><p>{text}</p>", "<li><a href=/{i}>{head}</a> {text}</li>"]
)
def test_linked_headlines_with_a_sentence_each_are_a_list(form: str) -> None:
    """A front or section page leads to stories and is none."""
    rows = "".join(form.format(i=i, head=head, text=text) for i, (head, text) in enumerate(TEASERS))
    found = read(f"<html><head><title>The Glen</title></head><body><div>{rows}</div></body></html>".encode())
    assert (found.kind, found.reason) == (PageKind.INDEX, "teasers")


def test_a_page_about_the_house_is_no_story() -> None:
    """What a publication says of itself stands at a few well-known addresses, without a date."""
    assert read(build(title="About us"), "https://glen.example/about").reason == "house_page"
    assert read(build(), "https://glen.example/2026/about-the-reservoir").kind is PageKind.ARTICLE


def test_a_page_that_wants_an_answer_is_no_story() -> None:
    """A few sentences, buttons and no way on: consent, age or region."""
    html = (
        "<html><head><title>Reservoir falls</title></head><body><div><p>We and 412 firms would like to keep marks on your "
        "device and read them again, so that offers can follow you from page to page.</p><p>You may agree to all of it, to "
        "none of it, or look at each firm in turn, which takes the better part of an hour. You may change your mind.</p>"
        "<button>All</button><button>None</button></div></body></html>"
    )
    assert read(html.encode()).reason == "interstitial"


def test_prose_in_branches_that_meet_far_above_has_no_shape(story: tuple[str, ...]) -> None:
    """A page whose paragraphs have no container within reach is judged without rules of placement, not refused."""
    depth = 50
    html = "<body>" + "".join("<div>" * depth + f"<p>{p}</p>" + "</div>" * depth for p in story)
    found = read(html.encode())
    assert found.article is not None
