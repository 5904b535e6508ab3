"""Lines of the house: what recurs over the pages of one site is none of its stories.

One page alone cannot tell a slogan or a sign-up line from a paragraph; the site's other pages can.  The pages of a
batch teach the memory before any of them is judged, so a site's first pages profit as well, if they come together.
"""

from collections.abc import Sequence
from dataclasses import replace

from workers.extract.site_memory import COPY_SHARE, MIN_PAGES, SiteMemory, block_hash, site_of, story_of
from workers.parsed import Found, Parsed
from workers.parsing import make_found
from workers.pipeline import Finding
from workers.records import Article, BlockKind

_PAGES = frozenset({"article", "entry"})


def sites_of(findings: Sequence[Finding]) -> list[str]:
    """Return the sites of all articles in a batch, each once: what a memory has to know."""
    return list(dict.fromkeys(site_of(one.article.url) for finding in findings for one in _articles(finding)))


def without_house_lines(findings: Sequence[Finding], memory: SiteMemory) -> list[Finding]:
    """Teach the memory the batch's articles, then return the batch without their recurring lines."""
    for finding in findings:
        for one in _articles(finding):
            memory.learn(
                site_of(one.article.url),
                _story(one.article),
                [block_hash(b.text) for b in one.article.blocks],
            )
    return [replace(finding, parsed=_cleaned(finding.parsed, memory)) for finding in findings]


def _articles(finding: Finding) -> list[Found]:
    return [one for one in finding.parsed.found if one.kind in _PAGES]


def _story(article: Article) -> int:
    return story_of(article.title, [block.text for block in article.blocks[:1]])


def _cleaned(parsed: Parsed, memory: SiteMemory) -> Parsed:
    renamed = {}
    found = []
    for one in parsed.found:
        cleaned = _without(one, memory) if one.kind in _PAGES else one
        renamed[one.id] = cleaned.id
        found.append(cleaned)
    pages = tuple(
        replace(page, sighting_id=renamed.get(page.sighting_id, page.sighting_id))
        if page.sighting_id is not None
        else page
        for page in parsed.pages
    )
    return replace(parsed, found=tuple(found), pages=pages)


def _without(found: Found, memory: SiteMemory) -> Found:
    article = found.article
    hashes = [block_hash(block.text) for block in article.blocks]
    seen = memory.lookup(site_of(article.url), _story(article), hashes)
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
