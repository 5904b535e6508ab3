"""What heads declare in odd ways: JSON-LD of several stories, names in parts or turned round, dates as numbers."""

import json

import pytest

from tests.workers.extract.test_metadata import ld, read


def test_of_several_stories_the_one_that_the_title_names_is_the_pages() -> None:
    """A list of related stories may say more of each than the page says of its own."""
    other = {"@type": "NewsArticle", "headline": "Whales seen off the pier", "author": "Rosa Pineda",
             "datePublished": "2025-01-02", "articleBody": "Five whales were seen."}  # fmt: skip
    own = {"@type": "NewsArticle", "headline": "Ports closed again", "datePublished": "2026-11-17"}
    found = read(
        "<title>Ports closed again - The Post</title>" + ld(json.dumps([other, own, other])),
        "<h1>Ports closed again</h1>",
    )
    assert (found.published_at and found.published_at.date().isoformat(), found.authors) == ("2026-11-17", ())


@pytest.mark.parametrize(
    "value", [1794904200, 1794904200000, 1794904200.5, "1794904200", "/Date(1794904200000)/", ["2026-11-17T08:30Z"],
              "Nov 17, 2026 8:30 AM", "Tue Nov 17 2026 08:30:00 GMT+0000 (Coordinated Universal Time)",
              {"@type": "xsd:dateTime", "@value": "2026-11-17T08:30:00Z"}],
)  # fmt: skip
def test_a_date_may_be_a_number_or_in_words(value: object) -> None:
    """Unix time in seconds or thousandths, .NET's and JavaScript's forms, typed values."""
    found = read(ld(json.dumps({"@type": "NewsArticle", "headline": "Ports closed", "datePublished": value})))
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2026-11-17T08:30:00+00:00"


@pytest.mark.parametrize("value", [True, 0, -5, 1e300, "0001-01-01T00:00:00", "1970-01-01", [], {}])
def test_what_a_template_left_empty_is_no_date(value: object) -> None:
    """Zero, the first of January of the year 1 or of 1970 date nothing; the next place is asked."""
    story = {"@type": "NewsArticle", "headline": "Ports closed", "datePublished": value}
    assert read(ld(json.dumps(story))).published_at is None
    dated = read(ld(json.dumps(story)) + '<meta name="date" content="2026-11-17">').published_at
    assert dated is not None
    assert dated.date().isoformat() == "2026-11-17"


@pytest.mark.parametrize(
    "author",
    [
        {"@type": "Person", "givenName": "Ana", "familyName": "Perez"},
        [{"@type": "Person", "name": {"@value": "Ana Perez", "@language": "es"}}],
        {"@id": "https://post.example/#ana"},
        [{"@id": "https://post.example/#ana"}],
    ],
)
def test_an_author_may_stand_in_parts_or_elsewhere(author: object) -> None:
    """Given and family names, values with a language, references to a person inside another node."""
    page = {"@type": "WebPage", "name": "x", "author": {"@type": "Person", "@id": "https://post.example/#ana",
            "name": "Ana Perez"}}  # fmt: skip
    story = {"@type": "NewsArticle", "headline": "Ports closed", "author": author}
    assert read(ld(json.dumps({"@graph": [story, page]}))).authors == ("Ana Perez",)


@pytest.mark.parametrize(
    ("metas", "expected"),
    [
        ([("citation_author", "Perez, Ana"), ("citation_author", "van den Berg, Jan")], ("Ana Perez", "Jan van den Berg")),
        ([("DC.creator", "Perez, Ana Maria")], ("Ana Maria Perez",)),
        ([("DC.creator", "Ana Perez, Bo Lind")], ("Ana Perez", "Bo Lind")),
        ([("author", "Perez, Lind")], ("Perez", "Lind")),
    ],
)  # fmt: skip
def test_catalogues_put_the_familys_name_first(
    metas: list[tuple[str, str]], expected: tuple[str, ...]
) -> None:
    """One comma behind one word turns a name round, in the metas of libraries only."""
    head = "".join(f'<meta name="{key}" content="{value}">' for key, value in metas)
    assert read(head).authors == expected


def test_rdfa_dates_and_signs_a_story() -> None:
    """Drupal writes schema.org's words with a prefix, and its older versions those of Dublin Core, SIOC and FOAF."""
    modern = (
        '<h1>Ports closed again</h1><div typeof="schema:Article"><span rel="schema:author"><span typeof="schema:Person" '
        'property="schema:name">Ana Perez</span></span> on <span property="schema:dateCreated" '
        'content="2026-11-17T08:30:00+00:00">17/11</span></div>'
    )
    older = (
        '<h1>Ports closed again</h1><div typeof="sioc:Item"><span property="dc:date dc:created" rel="sioc:has_creator" '
        'content="2026-11-17T08:30:00+00:00"><span property="foaf:name">Ana Perez</span></span></div>'
    )
    for body in (modern, older):
        found = read("", body)
        assert found.published_at is not None
        assert (found.published_at.day, found.authors) == (17, ("Ana Perez",))


def test_microdata_may_stand_in_the_text_or_in_an_abbreviations_title() -> None:
    """The name is the text of its own element, however it runs on; the date may be what an abbreviation stands for."""
    found = read(
        "",
        '<h1>Ports closed again</h1><p><span itemprop="author"><span itemprop="name">Ana Perez</span></span>'
        '<abbr itemprop="datePublished" title="2026-11-17T08:30:00Z">8:30</abbr></p>',
    )
    assert found.published_at is not None
    assert (found.published_at.day, found.authors) == (17, ("Ana Perez",))


def test_who_answers_is_not_the_author() -> None:
    """Authors of comments, marked like the story's, stand far below or inside a comment."""
    answer = '<div itemprop="comment"><b itemprop="author">Rosa Pineda</b><p>No.</p></div>'
    far = "".join(f"<p>Line {n} of the story.</p>" for n in range(9)) + '<b itemprop="author">Rosa Pineda</b>'
    for below in (answer, far):
        body = f'<h1>Ports closed again</h1><p itemprop="author">Ana Perez</p><p>Story.</p>{below}'
        assert read("", body).authors == ("Ana Perez",)


@pytest.mark.parametrize(
    "author",
    [
        {"@type": "Person", "name": "<a href='/x'>Ana P&eacute;rez</a>"},
        "https://post.example/author/ana-p%C3%A9rez",
        "Ana Pérez",
    ],
)
def test_names_are_read_through_markup(author: object) -> None:
    """Tags and entities inside a name are a template's mistake; an address that spells no plain name gives none."""
    expected = () if isinstance(author, str) and author.startswith("http") else ("Ana Pérez",)
    assert (
        read(ld(json.dumps({"@type": "NewsArticle", "headline": "x", "author": author}))).authors == expected
    )
    address = {"@type": "NewsArticle", "headline": "x", "author": "https://post.example/author/ana-perez"}
    assert read(ld(json.dumps(address))).authors == ("Ana Perez",)


def test_properties_may_bear_their_vocabularys_prefix() -> None:
    """``schema:headline`` is ``headline``."""
    story = {"@type": "schema:NewsArticle", "schema:headline": "Ports closed again", "schema:datePublished": "2026-11-17",
             "schema:author": {"@type": "schema:Person", "schema:name": "Ana Perez"}}  # fmt: skip
    found = read(ld(json.dumps(story)), "<p>Text.</p>")
    assert (found.title, found.authors) == ("Ports closed again", ("Ana Perez",))
    assert found.published_at is not None


def test_a_live_page_began_when_its_coverage_did() -> None:
    """Its entries have dates and authors of their own, which are not the page's."""
    entry = {
        "@type": "BlogPosting",
        "headline": "Crane arrives",
        "datePublished": "2026-11-19",
        "author": "Bo Lind",
    }
    live = {"@type": "LiveBlogPosting", "headline": "Ports closed again", "coverageStartTime": "2026-11-17T08:00:00Z",
            "liveBlogUpdate": [entry]}  # fmt: skip
    found = read(ld(json.dumps(live)))
    assert found.published_at is not None
    assert (found.published_at.day, found.authors) == (17, ())
