"""Which of the page's names for a story is its headline: cases that whole pages taught."""

from workers.extract.metadata import Metadata, Page, read_metadata
from workers.extract.titles import best_title
from workers.extract.tree import read_tree

PARAGRAPH = (
    "<p>"
    + "The harbour stays closed until the barge has been raised from the entrance channel. " * 3
    + "</p>"
)


def read(head: str, body: str) -> Metadata:
    """Return what a page with this head and body says."""
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_metadata(Page(read_tree(html), "https://post.example/a"))


def test_a_heading_inside_the_text_is_not_the_headline() -> None:
    """Pages that set their subheadings as first headings mean the head's title, unless the head repeats the heading."""
    head = '<meta property="og:title" content="What the pilots want from us">'
    body = PARAGRAPH * 4 + "<h1>Wages are not what they used to be</h1>" + PARAGRAPH
    assert read(head, body).title == "What the pilots want from us"
    repeated = '<meta property="og:title" content="Wages are not what they used to be">'
    assert read(repeated, body).title == "Wages are not what they used to be"


def test_the_newest_entry_of_a_live_page_is_not_its_name() -> None:
    """Where JSON-LD of a newsroom and the ``title`` agree, a sole heading with other words is the news of the hour."""
    head = (
        "<title>The barge in the channel: all that we know</title>"
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"The barge in the channel: all that we know"}</script>'
    )
    assert (
        read(head, "<h1>+++ Crane ship has left Greenock +++</h1>").title
        == "The barge in the channel: all that we know"
    )


def test_a_heading_that_has_no_word_of_the_head_is_an_advertisement() -> None:
    """A sole heading gives way where all of the head gives the story another name."""
    head = '<title>How to berth a ferry in wind</title><meta property="og:title" content="How to berth a ferry in wind">'
    assert (
        read(head, "<h1>Get our newsletter every day</h1>" + PARAGRAPH).title
        == "How to berth a ferry in wind"
    )


def _title(heading: str, declared: str) -> str | None:
    title, _ = best_title(
        headings=[heading], declared=[("meta og:title", declared)], document=declared, sites=["harbourpost"]
    )
    return title


def test_a_count_or_a_source_behind_the_headline_is_not_part_of_it() -> None:
    """Comments are counted, and sources named in brackets, inside the heading."""
    assert _title("Crane ship has left Greenock (post.example) 87", "Crane ship has left Greenock") == (
        "Crane ship has left Greenock"
    )


def test_a_heading_in_capitals_is_written_as_the_head_writes_it() -> None:
    """Capitals are the designer's, not the author's."""
    assert (
        _title("CRANE SHIP HAS LEFT GREENOCK TODAY", "Crane Ship Has Left Greenock")
        == "Crane Ship Has Left Greenock"
    )


def test_a_headline_may_begin_with_the_name_of_the_site() -> None:
    """A heading that the head repeats to the letter is a headline even if it holds little more than the name."""
    assert _title("Harbour Post number 18", "Harbour Post number 18") == "Harbour Post number 18"


def test_titles_without_spaces_are_compared_by_pairs_of_letters() -> None:
    """A Chinese heading that differs from the head in one character is still the headline."""
    assert _title("港口因沉船连续三天关闭", "港口因沉船连续三日关闭") == "港口因沉船连续三天关闭"


def test_a_link_to_the_front_page_names_the_site() -> None:
    """What such a link says is cut off the title's ends, whichever end and language, but only if it is all of a part."""
    for title in ("Ports closed again - Harbour News", "Harbour News: Ports closed again"):
        body = '<a href="/">Harbour News</a><p>Ports closed again, says the council.</p>'
        assert read(f"<title>{title}</title>", body).title == "Ports closed again"
    kept = "Planning for the harbour you want - a guide"
    assert read(f"<title>{kept}</title>", f'<a href="/">Planning</a><h1>{kept}</h1>').title == kept
    absolute = '<a href="https://www.post.example/">港口邮报</a><h3>开往外岛的渡轮恢复航行</h3>'
    assert read("<title>港口邮报: 开往外岛的渡轮恢复航行</title>", absolute).title == "开往外岛的渡轮恢复航行"


def test_a_lesser_heading_in_the_title_outweighs_the_name_of_a_section() -> None:
    """Some templates give the first rank to the menu's entry; nothing else in the head names the story there."""
    body = "<h1>Ferries of the coast</h1><h2>Ports closed again on Tuesday</h2><h2>Ferries of the coast</h2>"
    found = read("<title>Ports closed again on Tuesday - The Unknown Post</title>", body)
    assert (found.title, found.provenance["title"]) == (
        "Ports closed again on Tuesday",
        "lesser heading repeated in head",
    )


def test_metas_of_archives_name_the_story() -> None:
    """Where neither Open Graph nor JSON-LD do, and no heading is there."""
    for key in ("citation_title", "parsely-title", "sailthru.title"):
        head = f'<title>Site of sites</title><meta name="{key}" content="Ports closed again">'
        assert read(head, "<p>Text.</p>").title == "Ports closed again"
