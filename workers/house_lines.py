"""Lines of the house: what recurs over the pages of one site is none of its stories.

One page alone cannot tell a slogan or a sign-up line from a paragraph; the site's other pages can.  The pages of a
batch teach the memory before any of them is judged, so a site's first pages profit as well, if they come together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workers.extract.site_memory import COPY_SHARE, MIN_PAGES, SiteMemory, block_hash, site_of, story_of
from workers.parsed import Found, Parsed
from workers.parsing import make_found
from workers.pipeline import Finding
from workers.records import Article, ArticleId, BlockKind

_PAGES = frozenset({"article", "entry"})


def sites_of(findings: Sequence[Finding]) -> list[str]:
    """Return the sites of all articles in a batch, each once: what a memory has to know."""
    return list(dict.fromkeys(site_of(one.article.url) for finding in findings for one in _articles(finding)))


def without_house_lines(findings: Sequence[Finding], memory: SiteMemory) -> list[Finding]:
    """Teach the memory the batch's articles, then return the batch without their recurring lines."""
    taught = {one.id: _Lines.of(one.article) for finding in findings for one in _articles(finding)}
    for lines in taught.values():
        memory.learn(lines.site, lines.story, lines.hashes)
    return [replace(finding, parsed=_cleaned(finding.parsed, memory, taught)) for finding in findings]


@dataclass(frozen=True, slots=True)
class _Lines:
    """An article as the memory sees it; hashed once."""

    site: str
    story: int
    hashes: list[int]

    @classmethod
    def of(cls, article: Article) -> "_Lines":
        story = story_of(article.title, [block.text for block in article.blocks[:1]])
        hashes = [block_hash(block.text) for block in article.blocks]
        return cls(site=site_of(article.url), story=story, hashes=hashes)


def _articles(finding: Finding) -> list[Found]:
    return [one for one in finding.parsed.found if one.kind in _PAGES]


def _cleaned(parsed: Parsed, memory: SiteMemory, taught: Mapping[ArticleId, _Lines]) -> Parsed:
    renamed = {}
    found = []
    for one in parsed.found:
        cleaned = _without(one, taught[one.id], memory) if one.kind in _PAGES else one
        renamed[one.id] = cleaned.id
        found.append(cleaned)
    pages = tuple(
        replace(page, sighting_id=renamed.get(page.sighting_id, page.sighting_id))
        if page.sighting_id is not None
        else page
        for page in parsed.pages
    )
    return replace(parsed, found=tuple(found), pages=pages)


def _without(found: Found, lines: _Lines, memory: SiteMemory) -> Found:
    article = found.article
    seen = memory.lookup(lines.site, lines.story, lines.hashes)
    kept = tuple(
        block
        for block, count in zip(article.blocks, seen, strict=True)
        # Subheadings such as "What happens next" recur in good stories.
        if count < MIN_PAGES or block.kind is BlockKind.HEADING
    )
    size = sum(len(block.text) for block in article.blocks)
    if len(kept) == len(article.blocks) or sum(len(block.text) for block in kept) < COPY_SHARE * size:
        return found
    return make_found(
        replace(article, blocks=kept), article.url, kind=found.kind, holds=found.holds, links=found.links
    )
