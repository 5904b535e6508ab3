"""What ``class`` and ``id`` say about an element: a few kinds of names that web designers everywhere share.

Only names that a style guide or a theme would use, no site's own.  The English of class names is as international as
that of HTML itself; a handful of German, French, Spanish and Italian stems stand beside it.
"""

import re
from functools import lru_cache

_KINDS: dict[str, str] = {
    "nav": "nav navbar navigation menu menus submenu breadcrumb breadcrumbs crumb crumbs topbar toolbar pager pagination "
    "paging skip sitemap navi menue prevnext postnav",
    "footer": "footer foot footnav colophon bottom fuss pied impressum legal disclaimer",
    "header": "header head masthead banner logo brand branding top kopf hero",
    "sidebar": "sidebar side aside rail secondary widget widgets widgetarea column marginalspalte right rightcol "
    "leftcol sidecol barre complementary",
    "comment": "comment comments commentlist disqus respond reply replies discussion commenting kommentar kommentare "
    "commentaire commentaires comentarios commento commenti livefyre viafoura coral feedback reviews",
    "share": "share shares sharing social socials sharedaddy addthis addtoany follow facebook twitter whatsapp pinterest "
    "linkedin teilen partager compartir condividi shariff sharebar socialmedia print email telegram xing tumblr reddit",
    "related": "related relateds recommend recommended recommendation recommendations more also popular trending most "
    "latest recent next previous prev teaser teasers outbrain taboola similar jp relatedposts relatedarticles "
    "readmore mostread mostpopular suggested suggestions mehr weitere articles posts news headlines carousel slider "
    "upnext further verwandte onward morefrom crosslink inlinelink",
    "card": "card cards tile tiles grid promo promos promotion list listing item items feed stream river thumb thumbnail",
    "ad": "ad ads adv advert adverts advertisement advertising sponsor sponsored sponsors adsense dfp gpt adslot "
    "adunit adbox werbung anzeige anzeigen publicite publicidad pub mpu leaderboard affiliate commercial billboard",
    "signup": "newsletter newsletters subscribe subscription subscriptions signup signin login register registration "
    "paywall premium membership member donate donation support cta mailchimp optin abo abonnement subscriber piano "
    "regwall callout marketing offer",
    "overlay": "cookie cookies consent gdpr cmp modal popup overlay lightbox dialog notice notification toast tooltip "
    "alert onetrust didomi usercentrics cookiebot banner interstitial dropdown offcanvas drawer",
    "author": "author authors byline bylines bio biography avatar autor auteur writer contributor contributors vcard "
    "autore redakteur authorbox by postedby reporter journalist profile about",
    "date": "date dates time times timestamp datetime dateline published pubdate updated datum posted meta metadata "
    "metas entrymeta postmeta info infos byline articlemeta",
    "tag": "tag tags category categories cat cats topic topics keyword keywords label labels kicker eyebrow section "
    "rubric taglist tagcloud filed taxonomy themen schlagwort overline",
    "caption": "caption captions credit credits figure image images img gallery media photo photos photographer copyright "
    "bildunterschrift legende video videos player audio podcast wpcaption slide slideshow picture source thumbnail",
    "story": "article story post entry hentry single blogpost artikel articulo articolo storypage noticia news",
    "body": "content body text copy prose richtext rte paragraph paragraphs articlebody storybody postbody entrycontent "
    "postcontent articlecontent storycontent articletext bodytext fulltext maincontent texte texto testo inhalt "
    "wysiwyg rich paywalled cuerpo corps field longform",
    "main": "main primary page wrapper container center site wrap",
    "title": "title headline heading titre titulo titel titolo subject ueberschrift h1 h2",
    "lead": "lead lede intro introduction summary standfirst excerpt description dek deck subtitle subheadline "
    "subheading chapo vorspann teasertext sapo bajada sommario subhead abstract blurb preamble ingress strap deckhead",
    "contents": "toc contents tableofcontents outline jump anchor index overview takeaways highlights keypoints",
    "hidden": "hidden sr visually visuallyhidden screenreader invisible offscreen noprint",
    "box": "box infobox factbox sidebarbox embed tweet quote pullquote quotes blockquote instagram oembed twitter aside "
    "inset note zitat faktenbox accordion faq tab tabs",
    "button": "button btn btns cta link links action actions icon icons toggle tool tools control controls close",
    "form": "form input search searchform field contact survey poll quiz vote rating star stars score recipe",
    "site": "copyright copy policy privacy terms company corporate address contact imprint",
}
KINDS = tuple(_KINDS)
BIT = {kind: 1 << i for i, kind in enumerate(KINDS)}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LONGEST = 240


def _index() -> dict[str, int]:
    index: dict[str, int] = {}
    for kind, words in _KINDS.items():
        for word in words.split():
            index[word] = index.get(word, 0) | BIT[kind]
    return index


_INDEX = _index()
_KNOWN = frozenset(_INDEX)


@lru_cache(maxsize=16_384)
def kinds_of(names: str) -> int:
    """Return the bits of all kinds that the names of one element call up.

    >>> kinds_of("c-article__shareBar") == BIT["story"] | BIT["share"]
    True
    """
    names = names[:_LONGEST]
    lower = names.lower()
    words = _words(lower)
    if lower != names:
        words += _words(_CAMEL.sub(" ", names).lower())
    bits = 0
    for word in _KNOWN.intersection(words):  # few are, and a set finds them faster than a loop
        bits |= _INDEX[word]
    return bits


def _words(names: str) -> list[str]:
    """Return the words of names in small letters; five replacements cost a third of one translation."""
    return (
        names.replace("-", " ")
        .replace("_", " ")
        .replace(":", " ")
        .replace("/", " ")
        .replace(".", " ")
        .split()
    )
