"""Whether a page lists what stands elsewhere: a front page, a section, a tag, a search, a shelf of a shop.

A story says of itself in its head when it was published; a list hardly ever does.  So whatever is dated in its head is
none, and of the other pages those are lists whose text is hardly prose, or short and beside many headlines that lead
elsewhere, or whose address and title are those of a section.
"""

import re
from collections import Counter
from urllib.parse import urlsplit

from workers.extract.boxes import is_prose
from workers.extract.head import Page
from workers.extract.jsonld import LIST_TYPES, types_of
from workers.extract.metadata import Metadata
from workers.extract.tags import ARTICLE
from workers.extract.teasers import is_dated_list, is_teaser_list

_INDEX_LINKS = 30
_LINKED = 0.5
_SURE_STORY_CHARS = 1_500
_BRIEF_CHARS = 600
"""Shorter than all but the briefest news item; those are dated or signed."""
_PROSE = 0.2
"""Share of paragraphs of some length below which a text is a table, a menu or a row of names."""
_PROSE_CHARS = 100
_HEADLINE_CHARS = 18
_HEADLINES, MANY_HEADLINES = 5, 12
_FEWEST_WAYS = 3
_PRICES = 5
"""A review has a price or two beside what it reviews; a shelf has one a product."""
_CHARS_A_PRICE = 300
"""A line or two."""
_CURRENCY = (
    r"(?:[$£€¥₹₽₺₩฿₫]|USD|EUR|GBP|CHF|PLN|SEK|NOK|DKK|BRL|R\$|Rs\.?|kr\.?|zł|Kč|Ft|lei|TL|円|元|원|руб\.?)"
)
_PRICE = re.compile(
    rf"\W{{0,3}}(?:[^\W\d_]{{1,8}} )?{_CURRENCY}\s?\d[\d.,\s’']{{0,10}}|\W{{0,3}}\d[\d.,\s’']{{0,10}}\s?{_CURRENCY}",
    re.IGNORECASE,
)
_TITLE_WORDS = 3
_NAME_WORDS = 3
_APART = 2
"""Paragraphs of a story stand next to each other, with at most a heading or a picture between them."""
_LIST_PATH = re.compile(
    r"/(?:browse|categor(?:y|ies|ia|ias|ie)|categorias?|kategorien?|tags?|etiquetas?|schlagworte?|labels?|archives?|archivos?|"
    r"search|suche|recherche|buscar|shop|store|departments?|products|produkte|produits|productos|collections?|directory|"
    r"catalog(?:ue)?|topics?|themen?|thema|temas?|rubri(?:que|k|ka|ca)|ressort|sections?|secciones|authors?|autoren?|subcategory|"
    r"page|seite|[cls])(?:/[^/]*){0,2}/?$",
    re.IGNORECASE,
)
_LIST_QUERY = re.compile(
    r"(?:^|&)(?:cat|category|tag|topic|section|rubrik|author|paged?|s|q|query|search)=", re.IGNORECASE
)


def listing_reason(page: Page, data: Metadata, kept: list[int], chars: int) -> str:
    """Return why a page with text is a list of what stands elsewhere, or an empty string."""
    declares = " ".join(page.metas.get("og:type", [])).lower()
    if is_dated_list(page.tree, kept):
        return "dated_list"
    if data.provenance.get("published_at", "").startswith(("json-ld", "meta", "date under")):
        return ""
    if is_teaser_list(page.tree, kept, says_story="article" in declares):
        return "teasers"
    linked = _linked(page, kept)
    if linked > _LINKED and len(page.tree.anchors) > _INDEX_LINKS:
        return "mostly_links"
    if page.story is None:
        is_product = declares.startswith("product")
        return (
            "product_page"
            if is_product
            else _says_list(page, chars, linked) or _of_a_section(page, data, kept, chars)
        )
    return ""


def _linked(page: Page, kept: list[int]) -> float:
    runs = [page.tree.runs[i] for i in kept]
    return sum(run.link_chars for run in runs) / (sum(len(run.text) for run in runs) or 1)


def _says_list(page: Page, chars: int, linked: float) -> str:
    says_so = any(kind in LIST_TYPES for node in page.nodes for kind in types_of(node))
    if chars >= _SURE_STORY_CHARS or not (says_so or _depth(page) == 0):
        return ""
    teasers = sum(element.code == ARTICLE and element.end > element.begin for element in page.tree.elements)
    if linked <= _LINKED / 2 and teasers <= 3 and _ways_on(page) < _FEWEST_WAYS:
        return ""
    return "says_list" if says_so else "front_page"


def _ways_on(page: Page) -> int:
    """Return how many pages one short word leads to, as "more" below each excerpt does; no menu says a word twice."""
    short = {(anchor.text, anchor.href) for anchor in page.tree.anchors if len(anchor.text) < _HEADLINE_CHARS}
    return max(Counter(text for text, _ in short if text).values(), default=0)


def _of_a_section(page: Page, data: Metadata, kept: list[int], chars: int) -> str:
    if _prose(page, kept) < _PROSE:
        return "no_prose"
    if not data.authors and _is_shelf(page, kept, chars):
        return "shelf"
    headlines = headlines_of(page)
    if headlines < _HEADLINES:
        return ""
    undated = data.published_at is None and not data.authors
    is_named = len((data.title or "").split()) <= _TITLE_WORDS
    at_address = (is_named or chars < _SURE_STORY_CHARS) and _is_list_address(page.url)
    if (undated and _depth(page) == 0) or (not data.authors and at_address):
        return "section_address" if at_address else "front_page"
    if headlines < MANY_HEADLINES:
        return ""
    is_short = undated and chars < (_SURE_STORY_CHARS if is_named else _BRIEF_CHARS)
    is_section = (
        is_named and _is_section_address(page.url) and _longest_stretch(page, kept) < _SURE_STORY_CHARS
    )
    return "undated_brief" if is_short else "section" if is_section else ""


def _is_shelf(page: Page, kept: list[int], chars: int) -> bool:
    prices = sum(bool(_PRICE.fullmatch(run.text)) for run in page.tree.runs)
    has_prices = prices >= _PRICES and chars < _CHARS_A_PRICE * prices
    return has_prices and _longest_stretch(page, kept) < _SURE_STORY_CHARS


def headlines_of(page: Page) -> int:
    """Return how many links of a page are as long as a headline."""
    return sum(len(anchor.text) >= _HEADLINE_CHARS for anchor in page.tree.anchors)


def _prose(page: Page, kept: list[int]) -> float:
    """Return the share of the text that stands in paragraphs."""
    runs = [page.tree.runs[i] for i in kept]
    prose = sum(len(run.text) for run in runs if len(run.text) >= _PROSE_CHARS or is_prose(run))
    return prose / (sum(len(run.text) for run in runs) or 1)


def _longest_stretch(page: Page, kept: list[int]) -> int:
    """Return the letters of the longest row of paragraphs that nothing parts."""
    longest = length = 0
    last = -_APART
    for index in kept:
        run = page.tree.runs[index]
        if len(run.text) < _PROSE_CHARS or run.link_chars > _LINKED * len(run.text):
            continue
        length = len(run.text) + (length if index - last <= _APART else 0)
        longest, last = max(longest, length), index
    return longest


def _depth(page: Page) -> int:
    return len([part for part in urlsplit(page.url).path.split("/") if part])


def _is_list_address(url: str) -> bool:
    parts = urlsplit(url)
    last = parts.path.rstrip("/").rpartition("/")[2]
    is_name = len(re.split(r"[-_]|%20", last)) <= _NAME_WORDS and "." not in last
    return bool((is_name and _LIST_PATH.search(parts.path)) or _LIST_QUERY.search(parts.query))


def _is_section_address(url: str) -> bool:
    """Say whether a path is one or two short names without figures, as ``/coast`` or ``/news/ports``."""
    parts = [part for part in urlsplit(url).path.split("/") if part]
    return len(parts) <= 2 and all(
        len(re.split(r"[-_ ]|%20", part)) <= 2 and not any(map(str.isdigit, part)) and "." not in part
        for part in parts
    )
