"""One walk over the lexbor tree: a page becomes a flat list of text blocks and the elements that hold them.

Everything later (features, metadata, links) reads these lists; nothing asks the tree a second time.  The walk is one
long function on purpose: it runs once a node, and a call a node would double the cost of the whole extraction.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from msgspec import Struct
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from crawler.errors import ExtractError
from workers.extract.properties import RDFA, properties_of
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
    LEADING,
    NAV,
    PLAIN,
    PRE,
    RULE,
    SCRIPT,
    SPAN,
    TEXT_ID,
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


class Element(Struct, gc=False):
    """An element that may hold blocks: where it stands, and which run of blocks lies inside it."""

    parent: int
    code: int
    names: str
    """``class`` and ``id``, as written."""
    flags: int
    begin: int
    end: int = 0


class Run(Struct, gc=False):
    """A run of inline text between two block boundaries."""

    text: str
    element: int
    link_chars: int
    links: int
    names: str
    """``class`` of the first inline element inside."""
    flags: int


class Anchor(Struct, gc=False):
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
    """(property, its value or empty, run at which it starts): microdata and RDFa, see ``properties.py``."""
    times: list[tuple[str, int]] = field(default_factory=list)
    """(``datetime`` attribute or empty, run at which it starts)."""
    title: str = ""
    language: str = ""
    base: str = ""
    password_fields: int = 0
    rules: list[int] = field(default_factory=list)
    """Runs before which a horizontal rule stands."""
    pruned: list[tuple[LexborNode, int]] = field(default_factory=list)
    """Elements that were not entered (navigation, buttons, the page's footer), and the run before which each stands."""


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

_PRUNED = frozenset({NAV, BUTTON})
_NAV_ROLES = frozenset(
    {"navigation", "search", "banner", "contentinfo", "complementary", "dialog", "menu", "alert"}
)
_CONTENT_ROLES = frozenset({"main", "article"})
_PROPERTIES = frozenset({"itemprop", "property", "rel"})
_FLAGGED = frozenset({"itemprop", "hidden", "aria-hidden", "style", "role", "aria-modal"})
"""Attributes that give an element a flag; most elements have none of them."""
_LONGEST_LINK = 300


def read_tree(html: str | bytes) -> Tree:
    """Parse a page (text or UTF-8) and flatten it.  The guard must have passed it: lexbor has no bounds."""
    tree = Tree()
    root = LexborHTMLParser(html, options=_OPTIONS).root
    if root is not None and root.first_child is not None:
        marks = (b"itemprop", b"typeof=") if isinstance(html, bytes) else ("itemprop", "typeof=")
        has_microdata = any(mark in html for mark in marks)  # type: ignore[operator]
        _walk(root, tree, has_microdata=has_microdata)
    return tree


def texts_of(node: LexborNode) -> list[str]:
    """Return the text blocks of an element that the walk did not enter, in page order; at most ``MAX_RUNS``."""
    return [run.text for run in _entered(node).runs]


def anchors_of(node: LexborNode) -> list[Anchor]:
    """Return the links of an element that the walk did not enter, in page order; at most ``MAX_LINKS``."""
    return _entered(node).anchors


def _entered(node: LexborNode) -> Tree:
    tree = Tree()
    if node.first_child is not None:
        with suppress(ExtractError):
            _walk(node, tree, has_microdata=False, prunes=False)
    return tree


def _walk(root: LexborNode, tree: Tree, *, has_microdata: bool, prunes: bool = True) -> None:  # noqa: C901, PLR0912, PLR0915 - see the module's docstring
    """Flatten everything below ``root``, which has a child, into ``tree``."""
    elements, runs, anchors = tree.elements, tree.runs, tree.anchors
    elements.append(Element(-1, PLAIN, "", 0, 0))
    path: list[LexborNode] = []  # the elements that are entered, and their codes
    codes: list[int] = []
    buffer: list[str] = []  # the text since the last block boundary
    current = 0
    link_depth = links = link_chars = run_flags = in_article = 0
    names = ""
    link_start = 0  # in the buffer
    closed_at = -1  # where in the buffer a link ended: two links in a row are never one word
    anchor: Anchor | None = None
    kinds = IDS
    node: LexborNode | None = root
    while True:
        # Half of all nodes are text, and most of it the white space between elements.
        while node is not None and (tag_id := node.tag_id) == TEXT_ID:
            if buffer or not node.is_empty_text_node:
                text = node.text_content
                if text and (buffer or not text.isspace()):
                    buffer.append(text)
            node = node.next
        if node is None:
            code = codes[-1]
        else:
            try:
                code = kinds[tag_id]
            except KeyError:
                code = UNKNOWN
        if buffer and (code > UNKNOWN or code == BREAK):
            # A block begins or ends here, or a line, or (two breaks in a row) a paragraph without an element.
            if code == BREAK and (buffer[-1] != "\n" or elements[current].code == PRE):
                buffer.append("\n")
            else:
                raw = "".join(buffer) if len(buffer) > 1 else buffer[0]
                if elements[current].code == PRE:
                    text = raw.strip("\n")
                else:
                    text = raw.strip() if raw.isprintable() and "  " not in raw else _collapsed(raw)
                if text and not text.isspace():
                    if link_depth:
                        link_chars += len(_clean("".join(buffer[link_start:]))) if link_start else len(text)
                        links = links or 1
                        run_flags |= IN_LINK
                        if anchor is not None and len(anchor.text) < _LONGEST_LINK:
                            anchor.text = f"{anchor.text} {text}".strip()
                    if len(runs) >= MAX_RUNS:
                        raise ExtractError("guard_blocks", f"more than {MAX_RUNS} blocks")
                    runs.append(Run(text, current, min(link_chars, len(text)), links, names, run_flags))
                buffer.clear()
                links = link_chars = run_flags = link_start = 0
                closed_at = -1
                names = ""
        if node is None:  # all children were seen: back to the element that holds them, and close it
            node = path.pop()
            codes.pop()
            if code > UNKNOWN:
                in_article -= code == ARTICLE
                element = elements[current]
                element.end = len(runs)
                current = element.parent
            elif code == ANCHOR:
                link_depth -= 1
                closed_at = len(buffer)
                if link_depth == 0:
                    part = _clean("".join(buffer[link_start:] if link_start else buffer))
                    link_chars += len(part)
                    link_start = 0
                    if anchor is not None:
                        anchor.text = f"{anchor.text} {part}".strip() if anchor.text else part
                        anchor = None
            if not path:
                break
            node = node.next
            continue
        child = None
        if code > BOLD:
            child = node.first_child
            if (child is None or (code == SPAN and buffer)) and not has_microdata and code != TIME:
                attributes = NO_ATTRIBUTES
            else:
                attributes = node.attributes
                if has_microdata and not _PROPERTIES.isdisjoint(attributes):
                    _read_properties(tree, attributes, child)
            if code == ANCHOR:
                if child is not None:
                    if not buffer:
                        run_flags |= LINK_FIRST
                        names = names or attributes.get("class") or ""
                    elif closed_at == len(buffer):
                        buffer.append(" ")
                    links += 1
                    if link_depth == 0:
                        link_start = len(buffer)
                        href = attributes.get("href")
                        if href and len(anchors) < MAX_LINKS:
                            anchor = Anchor(href, "", attributes.get("rel") or "", len(runs))
                            anchors.append(anchor)
                    link_depth += 1
            elif code < UNKNOWN or (code == UNKNOWN and buffer):
                # Inline elements whose class is worth knowing; unknown elements inside a sentence are inline.
                if code == TIME and len(tree.times) < MAX_ITEMPROPS:
                    tree.times.append((attributes.get("datetime") or "", len(runs)))
                if not buffer and not names:
                    names = attributes.get("class") or ""
                code = INLINE
            elif prunes and (code in _PRUNED or (code == FOOTER and not in_article)):
                tree.pruned.append((node, len(runs)))
                child = None
                if code == BUTTON:
                    elements[current].flags |= CONTROL
            elif child is not None:
                if code < PLAIN:  # noqa: PLR1730 - ``max`` is a call an element
                    code = PLAIN
                own, flags = "", 0
                if attributes:
                    class_, id_ = attributes.get("class"), attributes.get("id")
                    own = f"{class_} {id_}" if class_ and id_ else class_ or id_ or ""
                    if len(attributes) > (class_ is not None) + (id_ is not None):
                        flags = _element_flags(attributes)
                    if len(elements) <= _LANGUAGE_TOLD and not tree.language:
                        tree.language = attributes.get("lang") or ""
                elements.append(Element(current, code, own, flags, len(runs)))
                current = len(elements) - 1
                in_article += code == ARTICLE
            elif code == RULE:
                tree.rules.append(len(runs))
        elif code >= INLINE:
            child = node.first_child
            if code == BOLD and not buffer:
                run_flags |= BOLD_START
        elif code == INPUT:
            kind = node.attributes.get("type")
            tree.password_fields += kind == "password"
            if kind != "hidden":
                elements[current].flags |= CONTROL
        elif reader := _READERS.get(code):
            reader(tree, node)
        if child is not None:
            path.append(node)
            codes.append(code)
            node = child
        else:
            node = node.next
    elements[0].end = len(runs)


_OPTIONS = LexborDocumentOptions.WO_EVENTS
"""The tree as written; events would mirror the chosen option of menus, at a price on every page."""
NO_ATTRIBUTES: dict[str, str | None] = {}
_LANGUAGE_TOLD = 2
"""``lang`` is believed of the first two elements: ``html``, and ``head`` or ``body``."""


def _clean(text: str) -> str:
    """Collapse white space and drop what has no width; neither is printable, and most text is nothing else."""
    return text.strip() if text.isprintable() and "  " not in text else _collapsed(text)


def _collapsed(text: str) -> str:
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


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


def _read_properties(tree: Tree, attributes: dict[str, str | None], child: LexborNode | None) -> None:
    if len(tree.itemprops) < MAX_ITEMPROPS:
        place = len(tree.runs)
        tree.itemprops += [(name, value, place) for name, value in properties_of(attributes, child)]


def _read_script(tree: Tree, node: LexborNode) -> None:
    kind = node.attributes.get("type")
    if kind and len(tree.json_ld) < MAX_SCRIPTS and "ld+json" in kind.lower():
        tree.json_ld.append(node.text(deep=True))


def _read_meta(tree: Tree, node: LexborNode) -> None:
    attributes = node.attributes
    content = attributes.get("content")
    if not content or len(tree.metas) >= MAX_ITEMPROPS:
        return
    key = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
    key = key or attributes.get("http-equiv")
    if key:
        tree.metas.append((key.lower(), content))
        if "itemprop" in attributes or key.startswith(RDFA):
            _read_properties(tree, attributes, None)


def _read_link(tree: Tree, node: LexborNode) -> None:
    attributes = node.attributes
    href = attributes.get("href")
    if href and len(tree.links) < MAX_ITEMPROPS:
        tree.links.append(((attributes.get("rel") or "").lower(), href, attributes.get("type") or ""))


def _read_title(tree: Tree, node: LexborNode) -> None:
    tree.title = tree.title or _clean(node.text(deep=True))


def _read_leading(tree: Tree, node: LexborNode) -> None:
    """A frame of a frameset, or an area of a map."""
    attributes = node.attributes
    href = attributes.get("src") or attributes.get("href")
    if href and len(tree.anchors) < MAX_LINKS:
        tree.anchors.append(
            Anchor(href, attributes.get("alt") or "", attributes.get("rel") or "", len(tree.runs))
        )


def _read_base(tree: Tree, node: LexborNode) -> None:
    tree.base = tree.base or node.attributes.get("href") or ""


_READERS: dict[int, Callable[[Tree, LexborNode], None]] = {
    LEADING: _read_leading,
    SCRIPT: _read_script,
    HEAD_META: _read_meta,
    HEAD_LINK: _read_link,
    HEAD_TITLE: _read_title,
    HEAD_BASE: _read_base,
}
