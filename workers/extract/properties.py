"""What an element is marked as: microdata (``itemprop``) and RDFa (``property``, ``rel``), in schema.org's words."""

from selectolax.lexbor import LexborNode

from workers.extract.tags import TEXT_ID

RDFA = ("schema:", "dc:", "dct:", "dcterms:")
"""Prefixes by which RDFa names the vocabularies that date and sign stories."""
_SPOKEN = {
    "dc:title": "headline", "dct:title": "headline", "dcterms:title": "headline", "dc:creator": "author",
    "dct:creator": "author", "dcterms:creator": "author", "dc:created": "datecreated", "dct:created": "datecreated",
    "dcterms:created": "datecreated", "dc:date": "datepublished", "dct:date": "datepublished",
    "dcterms:date": "datepublished", "dc:issued": "datepublished", "dct:issued": "datepublished",
    "dcterms:issued": "datepublished", "dc:modified": "datemodified", "dct:modified": "datemodified",
    "dcterms:modified": "datemodified", "sioc:has_creator": "author", "foaf:name": "name", "foaf:maker": "author",
}  # fmt: skip
_READ = frozenset(["author", "creator", "name", "headline", "datepublished", "datecreated", "datemodified"])
"""Names of schema.org that RDFa may write without a prefix and whose text may be their value."""
_TEXTS = frozenset(["author", "creator", "name", "headline"])
_SIGNED_BY = frozenset(["schema:author", "schema:creator", "sioc:has_creator"])
"""Relations of a story to who wrote it; links have relations of their own."""
_MOST, _LONGEST = 4, 400


def properties_of(attributes: dict[str, str | None], child: LexborNode | None) -> list[tuple[str, str]]:
    """Return (name in lower case, value) of each property; ``child``: the element's first, whose text may be the value.

    The value is empty where only the blocks inside could tell it.
    """
    names = (attributes.get("itemprop") or "").lower().split()[:_MOST]
    names = names or _rdfa(attributes.get("property"))
    related = [("author", "")] if (attributes.get("rel") or "").lower() in _SIGNED_BY else []
    if not names:
        return related
    value = attributes.get("content") or attributes.get("datetime") or ""
    text = "" if value else _only_text(child)
    link = attributes.get("href") or attributes.get("title") or ""
    return [*related, *((name, value or (text if name in _TEXTS else "") or link) for name in names)]


def _rdfa(value: str | None) -> list[str]:
    return [name for term in (value or "").lower().split()[:_MOST] if (name := _name(term))]


def _name(term: str) -> str:
    spoken = _SPOKEN.get(term) or term.removeprefix("schema:").removeprefix("http://schema.org/")
    return spoken if spoken in _READ else ""


def _only_text(child: LexborNode | None) -> str:
    """Return an element's text if it holds nothing else: what it costs is bounded by the element."""
    if child is None or child.tag_id != TEXT_ID or child.next is not None:
        return ""
    return " ".join((child.text_content or "")[:_LONGEST].split())
