"""JSON-LD as it is found on pages: arrays, ``@graph``, nested things, comments, CDATA and broken JSON.

One call gives the node that describes the page's story, as plain dictionaries; nothing here trusts a type.
"""

import html
import json
import re
from collections.abc import Iterator
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
_CONTROL = re.compile(r"[\x00-\x1f]+")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//<!\[CDATA\[|/\*<!\[CDATA\[\*/|<!\[CDATA\[)|(?:-->|//\]\]>|/\*\]\]>\*/|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
# What can still be read out of JSON that no parser takes: plain string members of the first story.
_MEMBER = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated|articleBody|description|inLanguage|articleSection)"'
    r'\s*:\s*"((?:[^"\\]|\\.){0,200000})"'
)

Node = dict[str, Any]


def parse_blob(blob: str) -> Any:
    """Return what a script holds, mended where that is safe; ``None`` where nothing can be read."""
    if len(blob) > MAX_BLOB_CHARS:
        return None
    try:
        return json.loads(blob, strict=False)
    except (ValueError, RecursionError):
        pass
    mended = _TRAILING_COMMA.sub(r"\1", _WRAPPING.sub("", _WRAPPING.sub("", _CONTROL.sub(" ", blob))))
    try:
        return json.loads(mended, strict=False)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(html.unescape(mended), strict=False)
    except (ValueError, RecursionError):
        members: Node = {}
        for name, value in _MEMBER.findall(mended):
            members.setdefault(name, _unescape(value))
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
        for node in _walk(parse_blob(blob), 0):
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
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart"):
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


def story_node(found: list[Node]) -> Node | None:
    """Return the node that describes the story: of several the one that says most, else the page's own node."""
    stories = [n for n in found if STORY_TYPES.intersection(types_of(n))]
    if not stories:
        return None
    wanted = ("headline", "datePublished", "author", "articleBody", "name")
    return max(stories, key=lambda n: (sum(bool(n.get(k)) for k in wanted), -stories.index(n)))
