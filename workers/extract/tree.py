"""One walk over the lexbor tree: a page becomes a flat list of text blocks and the elements that hold them.

Everything later (features, metadata, links) reads these lists; nothing asks the tree a second time.  The walk is one
long function on purpose: it runs once a node, and a call a node would double the cost of the whole extraction.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.errors import ExtractError
from workers.extract.tags import (
    ANCHOR,
    ARTICLE,
    BOLD,
    BREAK,
    BUTTON,
    FOOTER,
    HEAD_BASE,
    HEAD_LINK,
    HEAD_META,
    HEAD_TITLE,
    IDS,
    INLINE,
    INPUT,
    LIST_ITEM,
    NAV,
    PLAIN,
    PRE,
    SCRIPT,
    SKIP,
    SPAN,
    TEXT,
    TIME,
    UNKNOWN,
)

MAX_LINKS = 2_000
MAX_RUNS = 15_000
"""Blocks of one page: ten times the longest live blog; more would take seconds to judge."""
MAX_ITEMPROPS = 400
MAX_SCRIPTS = 60
# Soft hyphens, zero-width spaces and joins of words; the joiners of Persian and Indic scripts stay.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")


@dataclass(slots=True)
class Element:
    """An element that may hold blocks: where it stands, and which run of blocks lies inside it."""

    parent: int
    code: int
    names: str
    """``class`` and ``id``, as written."""
    flags: int
    begin: int
    end: int = 0


@dataclass(slots=True)
class Run:
    """A run of inline text between two block boundaries."""

    text: str
    element: int
    link_chars: int
    links: int
    names: str
    """``class`` of the first inline element inside."""
    flags: int


@dataclass(slots=True)
class Anchor:
    """A link as written; ``run`` is the block in which it starts."""

    href: str
    text: str
    rel: str
    run: int


@dataclass(slots=True)
class Tree:
    """All that one walk gathers."""

    elements: list[Element] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    metas: list[tuple[str, str]] = field(default_factory=list)
    """(``name``/``property``/``itemprop``/``http-equiv`` in lower case, ``content``), in page order."""
    links: list[tuple[str, str, str]] = field(default_factory=list)
    """(``rel`` in lower case, ``href``, ``type``) of ``link`` elements."""
    json_ld: list[str] = field(default_factory=list)
    itemprops: list[tuple[str, str, int]] = field(default_factory=list)
    """(``itemprop``, its ``content``/``datetime``/``href`` or empty, run at which it starts)."""
    times: list[tuple[str, int]] = field(default_factory=list)
    """(``datetime`` attribute or empty, run at which it starts)."""
    title: str = ""
    language: str = ""
    base: str = ""
    password_fields: int = 0
    pruned: list[LexborNode] = field(default_factory=list)
    """Elements that were not entered: navigation, buttons, the page's footer.  Alive as long as the tree is."""


# Flags of elements and runs.
HIDDEN = 1
ARTICLE_BODY = 2
IN_LINK = 4
BOLD_START = 8
NAV_ROLE = 16
CONTENT_ROLE = 32
PASSWORD = 64
CONTROL = 128
"""A button or a field for typing stands right inside."""
LINK_FIRST = 256
"""The run begins with a link."""

NO_ATTRIBUTES: dict[str, str | None] = {}
_PRUNED = frozenset({NAV, BUTTON})
_NAV_ROLES = frozenset(
    {"navigation", "search", "banner", "contentinfo", "complementary", "dialog", "menu", "alert"}
)
_CONTENT_ROLES = frozenset({"main", "article"})


def _element_flags(attributes: dict[str, str | None]) -> int:
    flags = ARTICLE_BODY if attributes.get("itemprop") == "articleBody" else 0
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        flags |= HIDDEN
    style = attributes.get("style")
    if style and "none" in style and "display:none" in style.replace(" ", "").lower():
        flags |= HIDDEN
    role = attributes.get("role")
    if role in _NAV_ROLES or "aria-modal" in attributes:
        flags |= NAV_ROLE
    elif role in _CONTENT_ROLES:
        flags |= CONTENT_ROLE
    return flags


def _clean(text: str) -> str:
    """Collapse white space and drop what has no width."""
    if not text.isascii() and _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


def read_tree(html: str | bytes) -> Tree:  # noqa: C901, PLR0912, PLR0915 - see the module's docstring
    """Parse a page (text or UTF-8) and flatten it.  The guard must have passed it: lexbor has no bounds."""
    tree = Tree()
    root = LexborHTMLParser(html).root
    if root is None or root.first_child is None:
        return tree
    elements, runs, anchors = tree.elements, tree.runs, tree.anchors
    elements.append(Element(-1, PLAIN, "", 0, 0))
    open_: list[tuple[int, int, int]] = []  # depth, code, what the close needs
    opened = -1  # the depth of the last of them
    buffer: list[str] = []
    current = 0
    link_depth = links = link_chars = run_flags = in_article = 0
    names = ""
    link_start = 0
    closed_at = -1  # where in the buffer a link ended: two links in a row are never one word
    anchor: Anchor | None = None

    def flush() -> None:
        nonlocal links, link_chars, names, run_flags, link_start, closed_at
        raw = "".join(buffer)
        buffer.clear()
        text = raw.strip("\n") if elements[current].code == PRE else _clean(raw)
        if text and not text.isspace():
            if link_depth:
                link_chars += len(_clean(raw[link_start:])) if link_start else len(text)
            if len(runs) >= MAX_RUNS:
                raise ExtractError("guard_blocks", f"more than {MAX_RUNS} blocks")
            runs.append(
                Run(
                    text,
                    current,
                    min(link_chars, len(text)),
                    links + (1 if link_depth and not links else 0),
                    names,
                    run_flags | (IN_LINK if link_depth else 0),
                )
            )
            if anchor is not None and len(anchor.text) < 300:
                anchor.text = f"{anchor.text} {text}".strip()
        links = link_chars = run_flags = link_start = 0
        closed_at = -1
        names = ""

    kinds = IDS
    microdata = (b"itemprop" if isinstance(html, bytes) else "itemprop") in html  # type: ignore[operator]
    node = root
    depth = 0
    while True:
        code = kinds.get(node.tag_id, UNKNOWN)
        child = None
        if code == TEXT:
            text = node.text_content
            if buffer or (text and not text.isspace()):
                buffer.append(text or "")
        elif code > BOLD:
            child = node.first_child
            bare = (child is None or (code == SPAN and buffer)) and not microdata and code != TIME
            attributes = NO_ATTRIBUTES if bare else node.attributes
            if microdata and "itemprop" in attributes and len(tree.itemprops) < MAX_ITEMPROPS:
                value = (
                    attributes.get("content") or attributes.get("datetime") or attributes.get("href") or ""
                )
                tree.itemprops.append(((attributes["itemprop"] or "").lower(), value, len(runs)))
            if code == ANCHOR:
                if child is not None:
                    if buffer and closed_at == len(buffer):
                        buffer.append(" ")
                    if not buffer:
                        run_flags |= LINK_FIRST
                        names = names or attributes.get("class") or ""
                    href = attributes.get("href")
                    links += 1
                    if link_depth == 0:
                        link_start = sum(map(len, buffer))
                        if href and len(anchors) < MAX_LINKS:
                            anchor = Anchor(href, "", attributes.get("rel") or "", len(runs))
                            anchors.append(anchor)
                    link_depth += 1
                    open_.append((depth, code, 0))
                    opened = depth
            elif code == TIME or code < UNKNOWN or (code == UNKNOWN and buffer):
                # Inline elements whose class is worth knowing; unknown elements inside a sentence are inline.
                if code == TIME and len(tree.times) < MAX_ITEMPROPS:
                    tree.times.append((attributes.get("datetime") or "", len(runs)))
                if not buffer and not names:
                    names = attributes.get("class") or ""
            else:
                if buffer:
                    flush()
                if code in _PRUNED or (code == FOOTER and not in_article):
                    tree.pruned.append(node)
                    child = None
                    if code == BUTTON:
                        elements[current].flags |= CONTROL
                elif child is not None:
                    class_, id_ = attributes.get("class"), attributes.get("id")
                    own = f"{class_} {id_}" if class_ and id_ else class_ or id_ or ""
                    told = (class_ is not None) + (id_ is not None)
                    flags = _element_flags(attributes) if len(attributes) > told else 0
                    open_.append((depth, code, current))
                    opened = depth
                    elements.append(Element(current, max(code, PLAIN), own, flags, len(runs)))
                    current = len(elements) - 1
                    in_article += code == ARTICLE
                    if current < 3 and not tree.language and "lang" in attributes:
                        tree.language = attributes["lang"] or ""
        elif code == BREAK:
            if buffer and buffer[-1] == "\n" and elements[current].code != PRE:
                flush()
            elif buffer:
                buffer.append("\n")
        elif INLINE <= code <= BOLD:
            child = node.first_child
            if code == BOLD and not buffer:
                run_flags |= BOLD_START
        elif code == SKIP:
            pass
        elif code == SCRIPT:
            kind = node.attributes.get("type")
            if kind and len(tree.json_ld) < MAX_SCRIPTS and "ld+json" in kind.lower():
                tree.json_ld.append(node.text(deep=True))
        elif code == INPUT:
            kind = node.attributes.get("type")
            tree.password_fields += kind == "password"
            if kind != "hidden":
                elements[current].flags |= CONTROL
        elif code == HEAD_META:
            attributes = node.attributes
            content = attributes.get("content")
            if content:
                key = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
                key = key or attributes.get("http-equiv")
                if key and len(tree.metas) < MAX_ITEMPROPS:
                    tree.metas.append((key.lower(), content))
                    if "itemprop" in attributes:
                        tree.itemprops.append(((attributes["itemprop"] or "").lower(), content, len(runs)))
        elif code == HEAD_LINK:
            attributes = node.attributes
            href = attributes.get("href")
            if href and len(tree.links) < MAX_ITEMPROPS:
                tree.links.append(((attributes.get("rel") or "").lower(), href, attributes.get("type") or ""))
        elif code == HEAD_TITLE:
            if not tree.title:
                tree.title = _clean(node.text(deep=True))
        elif code == HEAD_BASE:
            tree.base = tree.base or node.attributes.get("href") or ""
        if child is not None:
            node = child
            depth += 1
            continue
        following = node.next
        while following is None:
            parent = node.parent
            if parent is None:
                break
            node = parent
            depth -= 1
            if depth == opened:  # a leaf is never open, so only what is climbed back to has to be closed
                _, code, saved = open_.pop()
                opened = open_[-1][0] if open_ else -1
                if code == ANCHOR:
                    link_depth -= 1
                    closed_at = len(buffer)
                    if link_depth == 0:
                        part = _clean("".join(buffer)[link_start:])
                        link_chars += len(part)
                        link_start = 0
                        if anchor is not None:
                            anchor.text = f"{anchor.text} {part}".strip()
                            anchor = None
                else:
                    in_article -= code == ARTICLE
                    if buffer:
                        flush()
                    elements[current].end = len(runs)
                    current = saved
            if depth == 0:
                break
            following = node.next
        if following is None or depth == 0:
            break
        node = following
    if buffer:
        flush()
    elements[0].end = len(runs)
    return tree


__all__ = ["LIST_ITEM", "Anchor", "Element", "Run", "Tree", "read_tree"]
