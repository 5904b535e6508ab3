"""Lines that recur over a site's stories are left out; a story's own text, repeated by its copies, stays."""

from datetime import UTC, datetime

from crawler.records import CanonicalUrl, FetchedPage, SourceId
from workers.extract.site_memory import LocalSiteMemory
from workers.house_lines import without_house_lines
from workers.parsed import Parsed, giving, page_entry
from workers.parsing import make_found
from workers.pipeline import Finding
from workers.records import Article, Block, BlockKind

SLOGAN = "The valley's own paper, printed on Tuesdays and Fridays since the year of the great flood."


def finding(number: int, *, headline: str, texts: list[str]) -> Finding:
    url = f"https://valley.example/{number}"
    page = FetchedPage(
        url=CanonicalUrl(url), final_url=CanonicalUrl(url), status=200, source=SourceId("valley"),
        fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
    )  # fmt: skip
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts)
    found = make_found(Article(url=url, title=headline, blocks=blocks), url)
    entry = giving(page_entry(page, b"", outcome="stored", reason="text"), found.id)
    return Finding(outcome=page, parsed=Parsed(pages=(entry,), found=(found,)))


WORDS = ["bridge", "ferry", "school", "harbour", "orchard", "mill"]


def story(number: int) -> list[str]:
    return [
        f"The {WORDS[number]} was closed at noon, and {number + 3} men were sent home with half a day's pay in hand."
        for _ in "ab"
    ]


def texts(findings: list[Finding]) -> list[list[str]]:
    return [[block.text for block in finding.parsed.found[0].article.blocks] for finding in findings]


def test_the_pages_of_one_batch_teach_each_other() -> None:
    """A line under four headlines is the house's, on the first page of the batch as on the last."""
    batch = [finding(n, headline=f"Closed: {WORDS[n]}", texts=[*story(n), SLOGAN]) for n in range(5)]
    assert texts(without_house_lines(batch, LocalSiteMemory())) == [story(n) for n in range(5)]


def test_a_cleaned_article_keeps_its_page() -> None:
    """An article's id names its text: the page's row follows."""
    batch = [finding(n, headline=f"Closed: {WORDS[n]}", texts=[*story(n), SLOGAN]) for n in range(5)]
    for cleaned in without_house_lines(batch, LocalSiteMemory()):
        assert cleaned.parsed.pages[0].sighting_id == cleaned.parsed.found[0].id


def test_two_pages_prove_nothing() -> None:
    """A line on few stories may be a correction or a coincidence."""
    batch = [finding(n, headline=f"Closed: {WORDS[n]}", texts=[*story(n), SLOGAN]) for n in range(3)]
    assert texts(without_house_lines(batch, LocalSiteMemory())) == [[*story(n), SLOGAN] for n in range(3)]


def test_copies_of_one_story_survive() -> None:
    """The same text at five addresses under one headline is one story, however often."""
    batch = [finding(n, headline="Bridge closed", texts=story(0)) for n in range(5)]
    assert texts(without_house_lines(batch, LocalSiteMemory())) == [story(0)] * 5


def test_a_text_under_many_headlines_is_not_emptied() -> None:
    """What is mostly known is a copy with another headline, not a page full of house lines."""
    batch = [finding(n, headline=f"The {WORDS[n]} and we", texts=story(0)) for n in range(6)]
    assert texts(without_house_lines(batch, LocalSiteMemory())) == [story(0)] * 6
