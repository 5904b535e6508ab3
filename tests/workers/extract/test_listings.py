"""Pages that list what stands elsewhere, and the stories that look a little like them."""

import pytest

from workers.extract.page import extract_page
from workers.records import PageKind

SENTENCES = (
    "The harbour of Port Ellen stays closed until a crane ship has lifted the barge.",
    "Divers who went down on Monday found the hull broken behind the wheelhouse.",
    "The council has asked the quarry to pay for the salvage and for the pilots.",
    "Eleven fishing boats lie at the pier and wait for the channel to be free.",
    "A helicopter brings the children of the outer farms to school in the morning.",
    "The ferry company runs a smaller ship from the old pier at the lighthouse.",
)
LINKS = "".join(f'<li><a href="/{n}">Story number {n} of the island today</a></li>' for n in range(20))


def kind_of(body: str, *, url: str, head: str = "<title>Coast</title>") -> tuple[PageKind, str]:
    """Return the kind and the rule for a page with this body."""
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    found = extract_page(html.encode(), url=url)
    return found.kind, found.reason


def teaser(number: int, date: str = "") -> str:
    """Return one teaser: a linked headline, perhaps a date, and three sentences."""
    text = " ".join(SENTENCES[(number + k) % 6] for k in range(3))
    dated = f"<p>{date}</p>" if date else ""
    return f'<div><h3><a href="/{number}">The barge in the channel, part {number}</a></h3>{dated}<p>{text}</p></div>'


def story(paragraphs: int = 6, *, extra: str = "") -> str:
    """Return a story under its headline."""
    text = "".join(f"<p>{SENTENCES[n % 6]} {SENTENCES[(n + 2) % 6]}</p>" for n in range(paragraphs))
    return f"<main><h1>Harbour closed for a third day</h1>{text}{extra}</main>"


@pytest.mark.parametrize(
    "dates",
    [
        ("17 November 2026", "16 November 2026", "15 November 2026", "14 November 2026"),
        ("vor 3 Stunden", "vor 5 Stunden", "vor 1 Tag", "vor 2 Tagen"),
        ("il y a 3 heures", "il y a 5 heures", "il y a 1 jour", "il y a 2 jours"),
        ("3小时前", "5小时前", "1天前", "2天前"),
        ("3 hours ago", "5 hours ago", "a day ago, 1 day ago", "2 days ago"),
    ],
)
def test_headlines_with_dates_of_their_own_make_a_list(dates: tuple[str, ...]) -> None:
    """Even where the head declares a date and each story stands there with several sentences."""
    items = "".join(teaser(n, date) for n, date in enumerate(dates))
    head = '<title>Coast</title><meta property="article:published_time" content="2026-11-17">'
    assert kind_of(f"<h1>Coast</h1>{items}", url="https://post.example/coast", head=head) == (
        PageKind.INDEX,
        "dated_list",
    )


def test_a_story_that_names_others_between_its_paragraphs_is_a_story() -> None:
    """Links to other stories have no dates of their own, and stand behind the story's own beginning."""
    others = "".join(
        f'<p><a href="/{n}">The barge in the channel, part {n}</a></p><p>{SENTENCES[n]} {SENTENCES[0]}</p>'
        for n in range(1, 5)
    )
    kind, _ = kind_of(story(extra=others), url="https://post.example/2026/harbour-closed-for-a-third-day")
    assert kind is PageKind.ARTICLE


@pytest.mark.parametrize(
    "path",
    ["category/coast", "tag/barges", "thema/haefen", "rubrique/ports", "ressort/handel", "temas/puertos", "archives/2026/november",
     "index.php?cat=2", "?tag=ports"],
)  # fmt: skip
def test_an_undated_page_at_the_address_of_a_section_is_a_list(path: str) -> None:
    """In the languages in which sections are addressed, by path or by query."""
    body = f"<h1>Coast</h1><ul>{LINKS}</ul>{teaser(1)}{teaser(2)}<p>{SENTENCES[3]} {SENTENCES[4]}</p>"
    kind, _ = kind_of(body, url=f"https://post.example/{path}")
    assert kind is PageKind.INDEX


def test_a_dated_story_at_such_an_address_is_a_story() -> None:
    """What the head dates is none of a section."""
    head = '<title>Coast</title><meta property="article:published_time" content="2026-11-17">'
    kind, _ = kind_of(story(extra=f"<ul>{LINKS}</ul>"), url="https://post.example/category/coast", head=head)
    assert kind is PageKind.ARTICLE


def test_a_signed_story_without_a_date_is_a_story() -> None:
    """An author is enough."""
    body = story(extra=f"<ul>{LINKS}</ul>").replace("</h1>", "</h1><p>By Ana Perez</p>")
    assert kind_of(body, url="https://post.example/topics/harbour")[0] is PageKind.ARTICLE


def test_an_undated_story_of_some_length_is_a_story_wherever_links_stand() -> None:
    """Old sites date nothing; length and an address of its own are enough."""
    body = story(12, extra=f"<ul>{LINKS}</ul>")
    assert (
        kind_of(
            body,
            url="https://post.example/harbour-closed-third-day.html",
            head="<title>Harbour closed for a third day</title>",
        )[0]
        is PageKind.ARTICLE
    )


def test_names_and_figures_without_sentences_are_no_story() -> None:
    """A table of standings, a shelf of goods, a list of members."""
    rows = "".join(f"<li>Harbour number {n}, {n} boats, {n} berths</li>" for n in range(40))
    kind, reason = kind_of(
        f"<h1>All harbours of the coast by size</h1><ul>{rows}</ul>",
        url="https://post.example/harbours-by-size",
    )
    assert kind is not PageKind.ARTICLE, reason


def test_a_page_that_calls_itself_a_product_is_no_story() -> None:
    """Open Graph's ``product``, where nothing else declares a story."""
    head = '<title>Rope, 12 mm</title><meta property="og:type" content="product">'
    assert kind_of(story(), url="https://shop.example/rope", head=head) == (PageKind.INDEX, "product_page")


def test_texts_that_break_off_are_teasers_however_long() -> None:
    """Some sites show half a story under each headline."""

    def long(number: int) -> str:
        return f'<h3><a href="/{number}">The barge in the channel, part {number}</a></h3><p>{" ".join(SENTENCES)} {SENTENCES[0]}…</p>'

    body = "<h1>Coast</h1>" + "".join(map(long, range(5)))
    assert kind_of(body, url="https://post.example/what-the-coast-says-this-week") == (
        PageKind.INDEX,
        "teasers",
    )


def test_two_texts_that_break_off_are_teasers_whatever_stands_below() -> None:
    """A section with two stories and the paper's disclaimer; whole texts behind links are a story's own."""
    frame = "<p>The Post is not responsible for what others say here. What went well once may not go well again.</p>"

    def rows(end: str) -> str:
        return "".join(
            f'<p><a href="/{n}">The barge in the channel, part {n}</a> | {SENTENCES[n]} {SENTENCES[n + 1]}{end}</p>'
            for n in (0, 2)
        )

    url = "https://post.example/macro"
    assert kind_of(f"<h1>Macro</h1>{rows(' ...')}{frame}", url=url) == (PageKind.INDEX, "teasers")
    assert kind_of(f"<h1>Macro</h1>{rows('')}{frame}", url=url)[0] is PageKind.ARTICLE


def test_a_front_page_with_more_below_each_excerpt_is_a_list() -> None:
    """The same short word leads to several pages; below a story it leads to none, or to one."""
    excerpts = [
        f"<div><h2>The {name} is shut</h2><p>Nobody had expected that the {name} of the harbour town would be shut for a "
        f'whole winter, and the council has asked the engineers of the county for a report.</p><a href="/{name}">More</a></div>'
        for name in ("bridge", "school", "market", "museum")
    ]
    kinds = [
        extract_page(
            f"<html><head><title>Post</title></head><body>{''.join(body)}</body></html>".encode(),
            url="https://post.example/",
        ).reason
        for body in (excerpts, [text.replace("<a ", "<b ").replace("</a>", "</b>") for text in excerpts])
    ]
    assert kinds == ["front_page", "text"]


def test_a_front_page_of_few_teasers_is_a_list() -> None:
    """The root of a site that dates and signs nothing."""
    body = (
        f"<ul>{LINKS}</ul>{teaser(1)}<p>{SENTENCES[3]} {SENTENCES[4]}</p><p>{SENTENCES[5]} {SENTENCES[1]}</p>"
    )
    assert kind_of(body, url="https://post.example/")[0] is PageKind.INDEX


@pytest.mark.parametrize(
    "price", ["£{}.00", "{},00 €", "from $ {}", "{} kr", "¥{}00", "{} 000 ₽", "{} zł", "CHF {}"]
)
def test_a_shelf_of_goods_is_an_index(price: str) -> None:
    """A price for every line or two of text, and nobody who signs it: the goods stand elsewhere."""
    goods = "".join(
        f"<div><h3>Rope of {n} mm</h3><span>{price.format(n)}</span><p>{SENTENCES[n % 6]} Spun in our own yard.</p></div>"
        for n in range(7, 14)
    )
    assert kind_of(f"<main><h1>Ropes</h1>{goods}</main>", url="https://shop.example/a/ropes")[1] == "shelf"


def test_prices_in_a_report_make_no_shelf() -> None:
    """A review of what things cost has paragraphs between its prices."""
    prices = "".join(f"<tr><td>Rope {n}</td><td>£{n}.00</td></tr>" for n in range(7, 14))
    report = story(16, extra=f"<table>{prices}</table>")
    assert kind_of(report, url="https://coast.example/a/what-ropes-cost")[0] is PageKind.ARTICLE


def test_a_short_list_of_headlines_is_an_index() -> None:
    """A dozen headlines and no text give links, though the page has few others."""
    lines = "".join(f'<li><a href="/{n}">Story number {n} of the island today</a></li>' for n in range(12))
    assert kind_of(
        f"<main><h1>Harbours</h1><ul>{lines}</ul></main>", url="https://coast.example/topic/x"
    ) == (
        PageKind.INDEX,
        "links_no_text",
    )
