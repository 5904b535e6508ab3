"""HTML elements by what they do to text: flow inside a line, break it, hide it, or describe the page.

Plain integers, ordered, because the walk compares them for every node of every page.
"""

from selectolax.lexbor import LexborHTMLParser

# What is no element of the line.
LEADING = -1  # leads elsewhere, without text of its own (the model knows no number below 0)
TEXT, SKIP, SCRIPT, HEAD_META, HEAD_LINK, HEAD_TITLE, HEAD_BASE, BREAK, INPUT = range(9)
# Elements inside a line: without attributes of interest, then with.
INLINE, BOLD, ANCHOR, TIME, SPAN = range(9, 14)
UNKNOWN, RULE = 14, 15
# Elements that break the line; a rule holds nothing.
PLAIN, PARAGRAPH, HEADING_1, HEADING_2, HEADING_3, HEADING_4, LIST_ITEM, CELL, QUOTE, CAPTION, PRE = range(
    16, 27
)
TERM, ARTICLE, MAIN, SECTION, ASIDE, NAV, HEADER, FOOTER, FORM, LIST, TABLE, ROW, FIGURE, BUTTON = range(
    27, 41
)
BODY, DIALOG, DETAILS, LEGEND = range(41, 45)
CODES = 45

_BY_NAME: dict[int, str] = {
    SKIP: "style template svg iframe object embed select option optgroup datalist textarea canvas audio video "
    "progress meter noframes applet param source track col colgroup rp",
    LEADING: "frame area",
    SCRIPT: "script",
    HEAD_META: "meta",
    HEAD_LINK: "link",
    HEAD_TITLE: "title",
    HEAD_BASE: "base",
    BREAK: "br",
    INPUT: "input",
    INLINE: "i em u s strike sup sub small mark font big tt acronym q code kbd samp var bdi bdo ruby rb rt rtc "
    "wbr ins del dfn nobr img picture data math mi mo mn mrow msup msub mfrac slot map",
    BOLD: "b strong",
    ANCHOR: "a",
    TIME: "time",
    SPAN: "span cite label output abbr",
    RULE: "hr",
    PLAIN: "html head div center hgroup noscript marquee fieldset search menuitem tbody thead tfoot frameset",
    PARAGRAPH: "p",
    HEADING_1: "h1",
    HEADING_2: "h2",
    HEADING_3: "h3",
    HEADING_4: "h4 h5 h6",
    LIST_ITEM: "li",
    CELL: "td th",
    QUOTE: "blockquote",
    CAPTION: "figcaption caption",
    PRE: "pre listing xmp plaintext",
    TERM: "dt dd",
    ARTICLE: "article",
    MAIN: "main",
    SECTION: "section",
    ASIDE: "aside",
    NAV: "nav",
    HEADER: "header",
    FOOTER: "footer address",
    FORM: "form",
    LIST: "ul ol dl menu dir",
    TABLE: "table",
    ROW: "tr",
    FIGURE: "figure",
    BUTTON: "button",
    BODY: "body",
    DIALOG: "dialog",
    DETAILS: "details summary",
    LEGEND: "legend",
}
HEADINGS = frozenset({HEADING_1, HEADING_2, HEADING_3, HEADING_4})

TEXT_ID = 2
_COMMENT_ID = 4
_FIRST_UNKNOWN_ID = 1_000


def _ids() -> dict[int, int]:
    """Map lexbor's numbers, which are its build's own business, to ours."""
    document = LexborHTMLParser("<html><body></body></html>")
    ids = {TEXT_ID: TEXT, _COMMENT_ID: SKIP}
    for code, names in _BY_NAME.items():
        for name in names.split():
            tag_id = document.create_node(name).tag_id
            if tag_id < _FIRST_UNKNOWN_ID:  # lexbor numbers what it does not know by address
                ids[tag_id] = code
    return ids


IDS = _ids()
"""lexbor's ``tag_id`` to our code; what is missing is ``UNKNOWN``."""
