"""What must hold for any input at all."""

import json
import re
from urllib.parse import urljoin

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.records import FeedHint
from workers.extract.dates import parse_date
from workers.extract.fragment import extract_fragment
from workers.extract.head import Page
from workers.extract.jsonld import nodes, story_node, text_of
from workers.extract.page import extract_page
from workers.extract.phrases import boilerplate_reason
from workers.extract.plain import extract_text
from workers.extract.tree import Tree, read_tree

PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<div class='content'>", "</div>", "<a href='/x'>", "</a>", "<li>", "<ul>", "</ul>", "<table><tr><td>", "</table>",
        "<h1>", "</h1>", "<!--", "-->", "<script>", "</script>", "<b>", "<br>", "<time datetime='2026-01-01'>", "</time>", "<pre>", "</pre>",
        "<nav>", "</nav>", "<button>", "<template>", "<svg>", "</svg>", "<title>", "&amp;", "&#x0;", "<meta name=date content=2026>",
        "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"author\":[{}],\"headline\":[1]}</script>", "\x00", "<custom-tag>",
        "A sentence that is long enough to count as prose, with a comma and a full stop at its end. ",
    ]
)  # fmt: skip
MARKUP = st.lists(PIECES | st.text(max_size=30), max_size=60).map("".join)
RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RELAXED
@given(MARKUP)
def test_any_markup_gives_an_extraction(markup: str) -> None:
    """Broken markup costs nothing but itself."""
    extract_page(markup.encode("utf-8", "replace"), url="https://p.example/a", explain=True)


@RELAXED
@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_give_an_extraction(body: bytes, content_type: str) -> None:
    """No bytes and no header raise."""
    extract_page(body, url="https://p.example/a", content_type=content_type)


@RELAXED
@given(st.text(max_size=400))
def test_any_text_and_fragment_give_an_extraction(text: str) -> None:
    """Nor does any text, as text or as a feed's entry."""
    extract_text(text, url="https://p.example/a", explain=True)
    extract_fragment(text, url="https://p.example/a", hint=FeedHint(title=text[:20]), explain=True)


@RELAXED
@given(MARKUP)
def test_the_text_is_a_subsequence_of_the_page(markup: str) -> None:
    """Nothing is invented and nothing changes its order: the letters kept are letters of the page, in its order."""
    letters = iter("".join(re.findall(r"\w", " ".join(run.text for run in read_tree(markup).runs))))
    article = extract_page(markup.encode("utf-8", "replace"), url="https://p.example/a").article
    kept = "".join(re.findall(r"\w", article.text)) if article else ""
    assert all(letter in letters for letter in kept)


def test_extraction_is_idempotent_on_its_own_output(story: tuple[str, ...]) -> None:
    """The text of a story, extracted again, is itself."""
    once = extract_text("\n\n".join(story), url="https://p.example/a").article
    assert once is not None
    twice = extract_text(once.text, url="https://p.example/a").article
    assert twice is not None
    assert twice.text == once.text


@RELAXED
@given(st.text(max_size=130))
def test_dates_and_phrases_never_raise(text: str) -> None:
    """Nor do the small parsers."""
    parse_date(text)
    boilerplate_reason(text)


@RELAXED
@given(
    st.recursive(
        st.none() | st.text(max_size=8) | st.integers(),
        lambda s: (
            st.lists(s, max_size=3)
            | st.dictionaries(
                st.sampled_from(["@type", "@id", "@graph", "author", "name", "headline"]), s, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_json_ld_of_any_shape_is_read_or_ignored(value: object) -> None:
    """A type that is a number, a name that is a list: no shape raises."""
    story = story_node(nodes([json.dumps(value)]))
    text_of((story or {}).get("headline"))
    html = f'<title>x</title><script type="application/ld+json">{json.dumps(value)}</script><p>text'
    extract_page(html.encode(), url="https://p.example/a")


@given(
    st.sampled_from(["http://", "https://", "HTTP://", "//", ""]),
    st.text("aZ0.-:@[]", max_size=4),
    st.text("ab.~%+,=@!&'()*:/-_?#;é \t[", max_size=8),
)
def test_addresses_are_joined_as_the_standard_library_joins_them(scheme: str, host: str, rest: str) -> None:
    """The short way for plain addresses gives what ``urljoin`` gives."""
    href = scheme + host + rest
    found = Page(Tree(), "https://post.example/a/b?c").absolute(href)
    assert found is None or found == urljoin("https://post.example/a/b?c", href.strip())


def test_long_lines_take_linear_time() -> None:
    """Lines made to hurt regular expressions pass quickly (the suite's timeout is the judge)."""
    for line in ("1" * 199 + "!", "share " * 33, "By " * 60, "a." * 90, ("x" * 20 + " ") * 9):
        boilerplate_reason(line)
        parse_date(line)
    extract_text(("- - " * 50_000), url="https://p.example/a")
    extract_page(b"<p>" + b"\xff" * 2_000_000, url="https://p.example/a")
