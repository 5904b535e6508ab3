"""JSON-LD as it is found on pages: arrays, ``@graph``, nested things, comments, CDATA and broken JSON.

One call gives the node that describes the page's story, as plain dictionaries; nothing here trusts a type.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

MAX_BLOB_CHARS = 1_000_000
_MAX_NODES = 400
_MAX_DEPTH = 8
STORY_TYPES = frozenset(
    [
        "article",
        "newsarticle",
        "blogposting",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "reviewnewsarticle",
        "backgroundnewsarticle",
        "askpublicnewsarticle",
        "advertisercontentarticle",
        "satiricalarticle",
        "scholarlyarticle",
        "techarticle",
        "liveblogposting",
        "socialmediaposting",
        "report",
        "review",
        "recipe",
        "howto",
        "discussionforumposting",
        "blog",
        "medicalscholarlyarticle",
    ]
)
PAGE_TYPES = frozenset({"webpage", "itempage", "newspage", "aboutpage"})
LIST_TYPES = frozenset({"collectionpage", "itemlist", "searchresultspage", "profilepage", "contactpage"})
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "about")
"""Where a page's own nodes are found; those in ``itemListElement`` are of other pages."""
_COMMENT = re.compile(r"/\*[^*]{0,2000}\*/|(?<=[\s,{\[])//[^\n\"]{0,500}(?=\n)")
_CONTROL = re.compile(r"[\x00-\x1f]+")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//<!\[CDATA\[|/\*<!\[CDATA\[\*/|<!\[CDATA\[)|(?:-->|//\]\]>|/\*\]\]>\*/|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",\s*(?=[,}\]])")
# What can still be read out of JSON that no parser takes: plain string members of the first story.
_MEMBER = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated|articleBody|description|inLanguage|articleSection)"'
    r'\s*:\s*"((?:[^"\\]|\\.){0,200000})"'
)
_PERSON = re.compile(
    r'"author"\s*:\s*(?:"([^"\\]{1,100})"|[\[{\s]{1,6}[^{}\[\]]{0,200}?"name"\s*:\s*"([^"\\]{1,100})")'
)
_LONE_BACKSLASH = re.compile(r'\\(?!["\\/bfnrtu])')
_DOTNET_DATE = re.compile(r"/Date\((\d{9,14})(?:[+-]\d{4})?\)/")
_LATEST_UNIX_MS = 10**14
_WORD = re.compile(r"\w+")
_TITLE_CHARS = 400
_SHORTEST_HEADLINE = 6
"""In letters: a shorter one is a label, which many titles hold."""
_PREFACE_CHARS = 200
"""Before the first brace may stand an assignment or a byte order mark."""
_DECODER = json.JSONDecoder(strict=False)

Node = dict[str, Any]


def parse_blob(blob: str) -> Any:
    """Return what a script holds, mended where that is safe; ``None`` where nothing can be read."""
    if len(blob) > MAX_BLOB_CHARS:
        return None
    try:
        return json.loads(blob, strict=False)
    except (ValueError, RecursionError):
        pass
    unwrapped = _CONTROL.sub(" ", _COMMENT.sub(" ", _WRAPPING.sub("", _WRAPPING.sub("", blob))))
    mended = _TRAILING_COMMA.sub("", _LONE_BACKSLASH.sub(r"\\\\", unwrapped))
    for text in (mended, html.unescape(mended)):
        begin = next((at for at, letter in enumerate(text[:_PREFACE_CHARS]) if letter in "{["), 0)
        try:
            return _DECODER.raw_decode(text, begin)[0]
        except (ValueError, RecursionError):
            continue
    return _members(mended)


def _members(text: str) -> Node | None:
    """Return what plain members can still be found in JSON that no parser takes, as one story."""
    members: Node = {}
    for name, value in _MEMBER.findall(text):
        members.setdefault(name, _unescape(value))
    author = _PERSON.search(text)
    if author:
        members["author"] = _unescape(author[1] or author[2])
    return {"@type": "Article", **members} if members else None


def _unescape(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def nodes(blobs: list[str]) -> list[Node]:
    """Return every typed node of all blobs, outermost first, in page order; bounded."""
    found: list[Node] = []
    for blob in blobs:
        plain = blob.replace('"schema:', '"') if '"schema:' in blob else blob
        for node in _walk(parse_blob(plain), 0):
            found.append(node)
            if len(found) >= _MAX_NODES:
                return found
    return found


def _walk(value: Any, depth: int) -> Iterator[Node]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value[:_MAX_NODES]:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or "@id" in value:
            yield value
        for key in _INSIDE:
            if isinstance(value.get(key), dict | list):
                yield from _walk(value[key], depth + 1)


def types_of(node: Node) -> list[str]:
    """Return the node's types, lower case, without namespace.

    >>> types_of({"@type": ["schema:NewsArticle", "Thing"]})
    ['newsarticle', 'thing']
    """
    declared = node.get("@type")
    declared = declared if isinstance(declared, list) else [declared]
    return [t.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for t in declared[:8] if isinstance(t, str)]


def text_of(value: Any) -> str:
    """Return a property as one string: of a list the first, of a node its name or value; ``""`` if there is none."""
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            value = value.get("name") or value.get("@value") or value.get("url") or ""
        else:
            break
    if isinstance(value, str):
        return " ".join(html.unescape(value).split()) if "&" in value else " ".join(value.split())
    return ""


def moment_of(value: Any) -> str:
    """Return a property that holds a date as a string: Unix time may stand there as a number.

    >>> moment_of(1794904200000), moment_of("/Date(1794904200000)/"), moment_of(True)
    ('1794904200000', '1794904200000', '')
    """
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LATEST_UNIX_MS:
        return str(int(value))
    text = text_of(value)
    wrapped = _DOTNET_DATE.fullmatch(text)
    return wrapped[1] if wrapped else text


def story_node(found: list[Node], url: str = "", titles: Iterable[str] = ()) -> Node | None:
    """Return the node that describes the story.

    Of several it is the one of the page's URL, then one whose headline stands in ``titles`` (what the head calls the
    page), then the one that says most.
    """
    stories = [n for n in found if STORY_TYPES.intersection(types_of(n))]
    if not stories:
        return None
    wanted = ("headline", "datePublished", "author", "articleBody", "name")
    page = _bare(url)
    named = " | ".join(_words(title) for title in titles)

    def worth(place: int) -> tuple[bool, bool, int, int]:
        node = stories[place]
        addresses = (node.get("url"), node.get("mainEntityOfPage"), node.get("@id"))
        is_own = bool(page) and any(_bare(_address(value)) == page for value in addresses)
        headline = _words(text_of(node.get("headline")) or text_of(node.get("name")))
        is_named = len(headline) >= _SHORTEST_HEADLINE and headline in named
        return is_own, is_named, sum(bool(node.get(key)) for key in wanted), -place

    return stories[max(range(len(stories)), key=worth)]


def _words(title: str) -> str:
    return " ".join(_WORD.findall(title[:_TITLE_CHARS].casefold()))


def _address(value: Any) -> str:
    value = (value.get("@id") or value.get("url")) if isinstance(value, dict) else value
    return value if isinstance(value, str) else ""


def _bare(url: str) -> str:
    """Return an address without scheme, query, fragment and slash at the end: two forms of one are equal."""
    return url.partition("://")[2].partition("#")[0].partition("?")[0].rstrip("/").removeprefix("www.")
