"""Pages as the systems of the world make them, without what belongs to any one paper: a story goes in, HTML comes out."""

import json
from collections.abc import Callable

from tests.workers.extract.world_stories import WorldStory

ISO = "2026-11-17T08:30:00+00:00"
DECOY = "2025-03-04T05:06:07+00:00"
"""A date of another story on the page, or of the template: never the answer."""
Template = Callable[[WorldStory], str]


def _text(s: WorldStory) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in s.text * 2)


def _frame(s: WorldStory, body: str, head: str = "", *, title: str = "", html: str = "") -> str:
    menu = "".join(f'<li><a href="/t/{n}">{tag}</a></li>' for n, tag in enumerate(s.tags))
    return (
        f'<!doctype html><html lang="{s.language}"{html}><head><meta charset="utf-8">'
        f"<title>{title or f'{s.title} - {s.site}'}</title>{head}</head><body><header><a href='/'>{s.site}</a></header>"
        f"<nav><ul>{menu}</ul></nav>{body}<footer><p>© 2026 {s.site}</p></footer></body></html>"
    )


def _ld(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def _metas(*pairs: tuple[str, str], attribute: str = "name") -> str:
    return "".join(f'<meta {attribute}="{key}" content="{value}">' for key, value in pairs)


def _tags(s: WorldStory) -> str:
    return ", ".join(f'<a href="/tag/{n}/" rel="tag">{tag}</a>' for n, tag in enumerate(s.tags))


def _related(s: WorldStory) -> str:
    return (
        f'<aside class="related"><article><h3><a href="/2025/03/04/other">{s.text[1][:40]}</a></h3>'
        f'<time datetime="{DECOY}">4.3.2025</time></article></aside>'
    )


def wordpress_classic(s: WorldStory) -> str:
    """A theme of 2010: classes, no time element, nothing in the head."""
    return _frame(
        s,
        f'<div id="content"><div class="post hentry"><h1 class="entry-title">{s.title}</h1><div class="entry-meta">'
        f'<span class="meta-prep">{s.published}</span><a href="/a" rel="bookmark"><span class="entry-date">{s.date}</span></a> '
        f'<span class="author vcard"><a class="url fn n" href="/author/x/">{s.author}</a></span></div>'
        f'<div class="entry-content">{_text(s)}</div><div class="entry-utility">{_tags(s)}</div></div></div>{_related(s)}',
        title=f"{s.title} | {s.site}",
    )


def wordpress_blocks(s: WorldStory) -> str:
    """A block theme: the site's name is a paragraph, the author a block of his own."""
    return _frame(
        s,
        f'<div class="wp-site-blocks"><main class="wp-block-group"><h1 class="wp-block-post-title">{s.title}</h1>'
        f'<div class="wp-block-group"><div class="wp-block-post-date"><time datetime="{ISO}">{s.date}</time></div>'
        f'<div class="wp-block-post-author-name"><a class="wp-block-post-author-name__link" href="/author/x/">{s.author}</a>'
        f'</div><div class="taxonomy-post_tag wp-block-post-terms">{_tags(s)}</div></div>'
        f'<div class="entry-content wp-block-post-content">{_text(s)}</div></main>{_related(s)}</div>',
        _metas(("generator", "WordPress 6.9")),
    )


def drupal_rdfa(s: WorldStory) -> str:
    """RDFa in the vocabulary of schema.org, beside a line that says who submitted it when."""
    return _frame(
        s,
        f'<main><h1><span property="schema:name">{s.title}</span></h1><article typeof="schema:Article" about="/node/7">'
        f'<span property="schema:name" content="{s.title}" class="hidden"></span><footer class="node__meta">'
        f'<div class="node__submitted"><span rel="schema:author"><span typeof="schema:Person" property="schema:name">'
        f'{s.author}</span></span> <span property="schema:dateCreated" content="{ISO}">17/11/2026 - 08:30</span></div></footer>'
        f'<div class="node__content"><div property="schema:text" class="field field--name-body">{_text(s)}</div></div>'
        f"</article></main>{_related(s)}",
        _metas(("Generator", "Drupal 10 (https://www.drupal.org)")),
        title=f"{s.title} | {s.site}",
    )


def drupal_seven(s: WorldStory) -> str:
    """RDFa in Dublin Core, SIOC and FOAF."""
    return _frame(
        s,
        f'<div id="main"><h1 class="title" id="page-title">{s.title}</h1><div class="node" typeof="sioc:Item foaf:Document">'
        f'<span property="dc:title" content="{s.title}" class="rdf-meta"></span><div class="meta submitted">'
        f'<span property="dc:date dc:created" content="{ISO}" datatype="xsd:dateTime" rel="sioc:has_creator">{s.date} | '
        f'<span class="username" typeof="sioc:UserAccount" property="foaf:name">{s.author}</span></span></div>'
        f'<div class="field-name-body"><div property="content:encoded">{_text(s)}</div></div></div></div>',
        title=f"{s.title} | {s.site}",
    )


def ghost(s: WorldStory) -> str:
    """JSON-LD, Open Graph and one meta a tag."""
    head = _metas(
        ("og:site_name", s.site), ("og:title", s.title), ("article:published_time", ISO),
        *(("article:tag", tag) for tag in s.tags), attribute="property",
    ) + _ld({
        "@context": "https://schema.org", "@type": "Article", "publisher": {"@type": "Organization", "name": s.site},
        "author": {"@type": "Person", "name": s.author, "url": "https://post.example/author/x/"}, "headline": s.title,
        "datePublished": ISO, "keywords": ", ".join(s.tags), "mainEntityOfPage": "https://post.example/a/",
    })  # fmt: skip
    return _frame(
        s, f'<main><article><h1 class="gh-article-title">{s.title}</h1>{_text(s)}</article></main>', head
    )


def newsletter(s: WorldStory) -> str:
    """A platform for newsletters: names in links, a date without an element, reactions around it."""
    return _frame(
        s,
        f'<article class="newsletter-post post"><div class="post-header"><h1 class="post-title">{s.title}</h1>'
        f'<div class="byline-wrapper"><a href="/p/@x">{s.author}</a><div class="meta">{s.date}</div></div><div class="ufi">'
        f'<a href="#">12</a><a href="#">3</a></div></div><div class="available-content">{_text(s)}</div></article>{_related(s)}',
        _metas(("author", s.author)) + _metas(("og:title", s.title), attribute="property"),
        title=f"{s.title} - by {s.author} - {s.site}",
    )


def blogger(s: WorldStory) -> str:
    """Headings of the third rank, a date in an abbreviation's title."""
    return _frame(
        s,
        f'<div class="blog-posts hfeed"><div class="post hentry" itemscope itemtype="http://schema.org/BlogPosting">'
        f'<h3 class="post-title entry-title" itemprop="name">{s.title}</h3><div class="post-body entry-content" '
        f'itemprop="description articleBody">{_text(s)}</div><div class="post-footer"><span class="post-author vcard">'
        f'<span class="fn" itemprop="author" itemscope itemtype="http://schema.org/Person"><span itemprop="name">{s.author}'
        f'</span></span></span> <a class="timestamp-link" href="/a"><abbr class="published" itemprop="datePublished" '
        f'title="{ISO}">8:30</abbr></a> {_tags(s)}</div></div></div>',
        title=f"{s.site}: {s.title}",
    )


def typo3(s: WorldStory) -> str:
    """Microdata with a machine's and a reader's date."""
    return _frame(
        s,
        f'<div class="news news-single"><div class="article" itemscope itemtype="http://schema.org/Article"><div class="header">'
        f'<h1 itemprop="headline">{s.title}</h1></div><div class="footer"><p><span class="news-list-date">'
        f'<time itemprop="datePublished" datetime="2026-11-17">17.11.2026</time></span><span class="news-list-author" '
        f'itemprop="author" itemscope itemtype="http://schema.org/Person">{s.by}<span itemprop="name">{s.author}</span></span>'
        f'</p></div><div class="news-text-wrap" itemprop="articleBody">{_text(s)}</div></div></div>{_related(s)}',
        title=f"{s.site}: {s.title}",
    )


def joomla(s: WorldStory) -> str:
    """The name of the menu is the first heading, the story's the second."""
    return _frame(
        s,
        f'<div class="item-page" itemscope itemtype="https://schema.org/Article"><meta itemprop="inLanguage" '
        f'content="{s.language}"><div class="page-header"><h1>{s.tags[0]}</h1></div><h2 itemprop="headline">{s.title}</h2>'
        f'<dl class="article-info"><dd class="createdby" itemprop="author" itemscope itemtype="https://schema.org/Person">'
        f'<span itemprop="name">{s.author}</span></dd><dd class="published"><time datetime="{ISO}" itemprop="datePublished">'
        f'{s.published}{s.date}</time></dd><dd class="hits">1234</dd></dl><div itemprop="articleBody">{_text(s)}</div></div>',
    )


def forum_crawler_view(s: WorldStory) -> str:
    """A thread as a forum shows it to crawlers; those who answered are not its authors."""
    posts = "".join(
        f'<div class="topic-body crawler-post" itemprop="comment" itemscope itemtype="http://schema.org/Comment">'
        f'<span itemprop="author" itemscope itemtype="http://schema.org/Person"><span itemprop="name">{name}</span></span>'
        f'<time itemprop="datePublished" datetime="{when}">x</time><div class="post" itemprop="text"><p>{s.text[1]}</p></div></div>'
        for name, when in (("Quentin Overby", "2026-11-19T08:30:00Z"), ("Rosa Pineda", "2026-11-20T08:30:00Z"))
    )  # fmt: skip
    return _frame(
        s,
        f'<div itemscope itemtype="http://schema.org/DiscussionForumPosting"><meta itemprop="headline" content="{s.title}">'
        f'<div id="topic-title"><h1><a href="/t/a/7">{s.title}</a></h1></div><div class="topic-body crawler-post">'
        f'<span class="creator" itemprop="author" itemscope itemtype="http://schema.org/Person"><a itemprop="url" '
        f'href="/u/x"><span itemprop="name">{s.author}</span></a></span><time itemprop="datePublished" datetime="{ISO}">'
        f'{s.date}</time><div class="post" itemprop="text">{_text(s)}</div></div>{posts}</div>',
        title=f"{s.title} - {s.tags[0]} - {s.site}",
    )


def wire(s: WorldStory) -> str:
    """A release of a wire: who provides the news, and a date with the time of day and a zone."""
    return _frame(
        s,
        f'<main><article><header><h1>{s.title}</h1><p class="mb-no"><span class="provider">{s.byline}</span></p>'
        f'<p class="mb-no">{s.date}, 08:30 GMT</p></header><section class="release-body">{_text(s)}'
        f"<p>Contact: press@post.example</p></section></article></main>{_related(s)}",
        _metas(("twitter:title", s.title), ("twitter:site_name", s.site)),
    )


def notice(s: WorldStory) -> str:
    """A ministry's notice: a list of terms holds the dates of publication and of the last change."""
    changed = {"zh": "更新时间：", "ja": "更新日：", "ko": "수정: ", "de": "Aktualisiert:"}.get(
        s.language, "Updated:"
    )
    return _frame(
        s,
        f'<main><h1>{s.title}</h1><dl class="metadata"><dt>{s.published}</dt><dd>{s.date}</dd>'
        f"<dt>{changed}</dt><dd>20.11.2026</dd></dl><p>{s.byline}</p><div class='govspeak'>{_text(s)}</div></main>",
    )


def amp(s: WorldStory) -> str:
    """An AMP page: the canonical address is another, custom elements hold the rest."""
    head = '<link rel="canonical" href="https://post.example/story"><script async src="x"></script>' + _ld({
        "@context": "http://schema.org", "@type": "NewsArticle", "headline": s.title, "datePublished": "2026-11-17T08:30:00Z",
        "dateModified": DECOY, "author": [{"@type": "Person", "name": s.author}], "mainEntityOfPage": "https://post.example/story",
    })  # fmt: skip
    return _frame(
        s,
        f'<amp-sidebar id="s"><ul><li>{s.tags[0]}</li></ul></amp-sidebar><main><h1>{s.title}</h1>'
        f'<amp-social-share type="x"></amp-social-share>{_text(s)}<amp-ad></amp-ad></main>',
        head,
        html=" amp",
    )


def citation(s: WorldStory) -> str:
    """An archive with the metas of Google Scholar and of Dublin Core: the family name comes first."""
    parts = s.author.rsplit(" ", 1)
    name = f"{parts[1]}, {parts[0]}" if len(parts) == 2 else s.author
    head = _metas(
        ("citation_title", s.title), ("citation_author", name), ("citation_publication_date", "2026/11/17"),
        ("DC.title", s.title), ("DC.creator", name), ("DC.date", "2026-11-17"), ("DC.subject", s.tags[0]),
        ("DC.subject", s.tags[1]),
    )  # fmt: skip
    return _frame(s, f'<div class="ep_main"><h1 class="ep_tm_pagetitle">{s.title}</h1>{_text(s)}</div>', head)


def parsely(s: WorldStory) -> str:
    """The metas of an analytics firm; the page shows neither name nor date."""
    head = _metas(
        ("parsely-title", s.title), ("parsely-author", s.author), ("parsely-pub-date", "2026-11-17T08:30:00Z"),
        ("parsely-tags", ",".join(s.tags)), ("parsely-link", "https://post.example/a"),
    )  # fmt: skip
    return _frame(s, f'<div class="hero"><h2>{s.tags[0]}</h2></div><div class="c">{_text(s)}</div>', head)


def sailthru(s: WorldStory) -> str:
    """The metas of a mailing firm."""
    head = _metas(
        ("sailthru.title", s.title), ("sailthru.author", s.author), ("sailthru.date", "2026-11-17 08:30:00 +0000"),
        ("sailthru.tags", ",".join(s.tags)),
    )  # fmt: skip
    return _frame(
        s, f'<div class="lead"><div class="hl">{s.title}</div></div><div class="c">{_text(s)}</div>', head
    )


def hand_made(s: WorldStory) -> str:
    """Tables, fonts and line breaks."""
    return (
        f"<html><head><title>{s.title}</title></head><body bgcolor=white><table width=700><tr><td><b>{s.site}</b><br>"
        f"<a href=/>{s.tags[0]}</a></td><td><font size=5><b>{s.title}</b></font><br><br><font size=1>{s.byline}<br>{s.date}"
        f"</font><br><br>{'<br><br>'.join(s.text * 2)}</td></tr></table></body></html>"
    )


def utility_classes(s: WorldStory) -> str:
    """A page of a framework whose classes say nothing."""
    return _frame(
        s,
        f'<div class="mx-auto max-w-3xl px-4"><div class="mb-8"><h1 class="text-4xl font-bold">{s.title}</h1>'
        f'<div class="flex gap-2 text-sm"><div class="flex"><img src="a.png" alt=""><span>{s.author}</span></div><span>·</span>'
        f'<span>{s.date}</span></div></div><div class="prose">{_text(s)}</div></div>',
    )


def indieweb(s: WorldStory) -> str:
    """The microformats of a personal page."""
    return _frame(
        s,
        f'<main class="h-entry"><h1 class="p-name">{s.title}</h1><p><a class="p-author h-card" href="/">{s.author}</a> '
        f'<time class="dt-published" datetime="2026-11-17 08:30:00+0000">17.11.2026</time></p>'
        f'<div class="e-content">{_text(s)}</div>{"".join(f"<a class=p-category href=/t/{t}>{t}</a> " for t in s.tags)}</main>',
    )


def one_line(s: WorldStory) -> str:
    """Source, author and date in one line under the headline, as portals of East Asia have it."""
    return _frame(
        s,
        f'<div class="main"><div class="crumb"><a href="/">{s.site}</a> &gt; <a href="/t">{s.tags[0]}</a></div>'
        f'<h1 class="main-title">{s.title}</h1><div class="info">{s.date} 08:30 | {s.byline} | {s.site}</div>'
        f'<div id="artibody">{_text(s)}</div></div>{_related(s)}',
        title=f"{s.title}_{s.tags[0]}_{s.site}",
    )


def graph(s: WorldStory) -> str:
    """One graph, its nodes tied by their names, as a plug-in for WordPress writes it."""
    site = "https://post.example"
    nodes = [
        {"@type": "WebSite", "@id": f"{site}/#website", "name": s.site},
        {"@type": "Person", "@id": f"{site}/#/person/1", "name": s.author},
        {"@type": "WebPage", "@id": f"{site}/a", "name": f"{s.title} - {s.site}", "datePublished": ISO, "inLanguage": s.language},
        {"@type": ["NewsArticle", "Thing"], "@id": f"{site}/a#article", "headline": s.title, "datePublished": ISO,
         "author": {"@id": f"{site}/#/person/1"}, "isPartOf": {"@id": f"{site}/a"}, "keywords": list(s.tags)},
    ]  # fmt: skip
    return _frame(s, f"<main><h2>{s.tags[0]}</h2>{_text(s)}</main>", _ld({"@graph": nodes}))


def nested_in_page(s: WorldStory) -> str:
    """A story inside a page, its author's name in two parts, its date in milliseconds."""
    first, _, last = s.author.rpartition(" ")
    person = (
        {"@type": "Person", "givenName": first, "familyName": last}
        if first
        else {"@type": "Person", "name": last}
    )
    story = {"@type": "NewsArticle", "headline": s.title, "datePublished": 1794904200000, "author": [person]}
    others = [{"@type": "NewsArticle", "headline": s.text[1][:40], "datePublished": DECOY, "author": "Quentin Overby",
               "articleBody": s.text[1], "name": s.text[1][:40]}]  # fmt: skip
    return _frame(
        s,
        f"<main><h1>{s.title}</h1>{_text(s)}</main>",
        _ld(others) + _ld({"@type": "WebPage", "name": s.site, "mainEntity": story}),
    )


TEMPLATES: tuple[Template, ...] = (
    wordpress_classic, wordpress_blocks, drupal_rdfa, drupal_seven, ghost, newsletter, blogger, typo3, joomla,
    forum_crawler_view, wire, notice, amp, citation, parsely, sailthru, hand_made, utility_classes, indieweb, one_line,
    graph, nested_in_page,
)  # fmt: skip
TAGGED = {wordpress_classic, wordpress_blocks, ghost, blogger, citation, parsely, sailthru, graph}
"""Templates that name the story's tags in a way that machines understand."""
