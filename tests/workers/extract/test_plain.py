"""Plain text that was a page once."""

from workers.extract.plain import extract_text
from workers.extract.site_memory import LocalSiteMemory
from workers.records import PageKind

URL = "https://islandtimes.example/harbour"


def test_menus_above_and_boxes_below_are_dropped(story: tuple[str, ...]) -> None:
    """The story starts at its first line of prose and ends with its last."""
    above = [
        "• News",
        "• Sport",
        "• News",
        "Harbour closed for a third day",
        "By Ann Reid",
        "Updated Nov 17, 2026, 8:30am EST",
    ]
    below = ["Become a Patron!", "Check Also", "Ferry fares to rise again", "Fares rise by a tenth …"]
    text = "\n".join([*above, *story[:3], "AD", *story[3:], *below])
    found = extract_text(text, url=URL)
    assert found.kind is PageKind.ARTICLE
    assert found.article is not None
    assert found.article.text.split("\n\n") == list(story)
    assert found.article.title == "Harbour closed for a third day"
    assert found.article.authors == ("Ann Reid",)
    assert found.article.modified_at is not None


def test_the_headline_is_not_repeated_in_the_text(story: tuple[str, ...]) -> None:
    """A breadcrumb and a repeated headline are no part of the text."""
    head = ["Home / News / Harbour closed for a third day", "Harbour closed for a third day"]
    found = extract_text("\n\n".join([*head, *story]), url=URL)
    assert found.article is not None
    assert found.article.text.count("Harbour closed for a third day") == 0


def test_short_text_is_no_story() -> None:
    """A line or two is not copy."""
    assert extract_text("Hello there.", url=URL).kind is PageKind.NOT_A_STORY


def test_a_line_on_many_stories_of_a_site_is_forgotten(story: tuple[str, ...]) -> None:
    """A disclaimer that three other stories had is left out of the fourth, and kept on the first."""
    memory = LocalSiteMemory()
    disclaimer = "The Island Times is published by a trust of its readers and takes no money from any government at all."
    texts = []
    for number in range(4):
        own = [f"{line} Report {'abcd'[number] * 9}." for line in story]
        found = extract_text(
            "\n".join([f"Headline {'abcd'[number] * 5} of today", *own, disclaimer]), url=URL, site=memory
        )
        texts.append(found.article.text if found.article else "")
    assert disclaimer in texts[0]
    assert disclaimer not in texts[3]
    assert all(f"Report {'d' * 9}" in paragraph for paragraph in texts[3].split("\n\n"))


def test_a_text_without_a_headline_is_named_by_its_first_sentence() -> None:
    """The sentence stands in the text as well: nothing was taken out of the story."""
    first = "The U.S. consul left Lindow on Friday with two trunks and a parrot."
    text = "\n".join(
        [
            f"{first} The quay was empty.",
            *(f"{n} crates were left behind in the rain, said the clerk." for n in range(9)),
        ]
    )
    found = extract_text(text, url="local:consul")
    assert found.article is not None
    assert found.article.title == first.rstrip(".")
    assert found.article.text.startswith(first)
