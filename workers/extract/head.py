"""What the head of a page says, ready to be asked: metas by key, JSON-LD read once, addresses made absolute."""

import re
from urllib.parse import urljoin, urlsplit

from workers.extract import tags
from workers.extract.jsonld import Node, nodes, story_node
from workers.extract.tree import Tree

_PLAIN_URL = re.compile(
    r"https?://[a-z0-9.-]+(?:/[\w.~%+,=@!$&'()*:/-]*)?(?:\?[\w.~%+,=@!$&'()*:/-]+)?", re.ASCII
)
"""An absolute address in which ``urljoin`` finds nothing to change: most links are, and it takes ten times as long."""


_TITLES = ("og:title", "twitter:title")


class Page:
    """A tree with its metas indexed and its JSON-LD read, for the rules below."""

    def __init__(self, tree: Tree, url: str) -> None:
        self.tree = tree
        self.url = url
        self.base = urljoin(url, tree.base) if tree.base else url
        self.metas: dict[str, list[str]] = {}
        for key, value in tree.metas:
            self.metas.setdefault(key, []).append(value.strip())
        self.nodes: list[Node] = nodes(tree.json_ld)
        titles = [tree.title, *(value for key in _TITLES for value in self.metas.get(key, ()))]
        self.story = story_node(self.nodes, url, titles)
        self.host = (urlsplit(url).hostname or "").removeprefix("www.")
        self.headings = [
            (index, tree.runs[index].text)
            for place, element in enumerate(tree.elements)
            if element.code == tags.HEADING_1
            for index in range(element.begin, min(element.end, len(tree.runs)))
            if tree.runs[index].element == place
        ]

    def absolute(self, href: str) -> str | None:
        """Return an absolute http(s) URL, or ``None``."""
        href = href.strip()
        if not href or len(href) > 2000:
            return None
        if _PLAIN_URL.fullmatch(href):
            return href
        try:
            url = urljoin(self.base, href)
            return url if urlsplit(url).scheme in ("http", "https") else None
        except ValueError:
            return None

    def meta(self, keys: list[str]) -> tuple[str, str]:
        """Return the first non-empty value among ``keys`` and the rule's name."""
        for key in keys:
            for value in self.metas.get(key, ()):
                if value:
                    return value, f"meta {key}"
        return "", ""
