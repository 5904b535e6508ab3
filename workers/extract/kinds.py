"""What a page is: a story, several, a list of links, pictures, or nothing to read.

Stories are lost for good when a page is wrongly refused, so only strong signs refuse one: prose of some length makes a
page an article, unless most of what was kept are links, or the page says itself that it is a list.
"""

import re

from workers.extract import tags
from workers.extract.head import Page
from workers.extract.listings import listing_reason
from workers.extract.metadata import Metadata
from workers.extract.tree import CONTROL
from workers.records import Block, BlockKind, PageKind

MIN_STORY_CHARS = 250
"""A brief has some 50 words; login forms, error pages and captions have less."""
_STUB_CHARS = 600
_INDEX_LINKS = 30
_ERRORS = re.compile(
    r"\b(?:404|403|500|page not found|not found|access denied|forbidden|just a moment|attention required|"
    r"are you a robot|captcha|seite nicht gefunden|page introuvable|página no encontrada|pagina non trovata|"
    r"页面不存在|ページが見つかりません|страница не найдена)\b",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^(?:log ?in|sign ?in|login|anmelden|connexion|iniciar sesión|accedi|登录|ログイン|войти)\b",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"subscribe (?:now )?to (?:continue|read|keep reading)|to continue reading|already a subscriber|for subscribers only|"
    r"create (?:a|your) free account|jetzt weiterlesen|réservé aux abonnés|solo para suscriptores|riservato agli abbonati",
    re.IGNORECASE,
)


_HOUSE = frozenset(
    [
        "about",
        "about-us",
        "aboutus",
        "contact",
        "contact-us",
        "contacts",
        "imprint",
        "impressum",
        "privacy",
        "privacy-policy",
        "datenschutz",
        "terms",
        "terms-of-use",
        "terms-of-service",
        "tos",
        "legal",
        "legal-notice",
        "mentions-legales",
        "aviso-legal",
        "cookies",
        "cookie-policy",
        "advertise",
        "advertising",
        "mediadaten",
        "careers",
        "jobs",
        "masthead",
        "ueber-uns",
        "uber-uns",
        "kontakt",
        "agb",
        "qui-sommes-nous",
        "a-propos",
        "contacto",
        "quienes-somos",
        "chi-siamo",
        "contatti",
        "abo",
        "abonnement",
        "suscripcion",
        "subscribe",
        "subscription",
        "subscriptions",
        "newsletter",
        "newsletters",
        "guestbook",
        "faq",
        "help",
    ]
)
"""Last part of the address of what a publication says of itself, in the languages of most of the web's news."""
_CONSENT = re.compile(
    r"cookies?|consent|privacy (?:policy|settings|choices)|personal data|partners|personali[sz]ed|einwilligung|"
    r"datenschutz|zustimm|consentement|vie privée|consentimiento|privacidad|consenso|toestemming|同意",
    re.IGNORECASE,
)
_SCATTERED_CHARS = 500
_SCATTERED = 0.4
"""The paragraphs of a brief stand together; crumbs of a page's frame stand far apart."""
_ASKING_CHARS = 800
_ASKING_LINKS = 6
"""A page of a few sentences, with buttons and hardly a way on, wants an answer: consent, age, region, subscription."""
_CONSENT_SHARE = 0.02
"""Words of consent among all words: a wall has one in twenty, a report on cookies one in a hundred."""
_CONSENT_CHARS = 2_000


def page_kind(page: Page, data: Metadata, blocks: tuple[Block, ...], kept: list[int]) -> tuple[PageKind, str]:
    """Return the kind and the rule that decided; the rule is a counter's name."""
    chars = sum(len(b.text) for b in blocks if b.kind is not BlockKind.CAPTION)
    refusal = _refusal(page, chars, data.title or "")
    if refusal:
        return PageKind.NOT_A_STORY, refusal
    if chars < _SCATTERED_CHARS and not page.tree.times and _is_scattered(kept):
        return PageKind.NOT_A_STORY, "scattered"
    if chars >= MIN_STORY_CHARS:
        listing = listing_reason(page, data, kept, chars)
        return (PageKind.INDEX, listing) if listing else (PageKind.ARTICLE, "text")
    pictures = sum(e.code == tags.FIGURE for e in page.tree.elements)
    if pictures > 1 or "video" in " ".join(page.metas.get("og:type", [])).lower():
        return PageKind.GALLERY, "pictures_no_text"
    if len(page.tree.anchors) > _INDEX_LINKS:
        return PageKind.INDEX, "links_no_text"
    return PageKind.NOT_A_STORY, "no_text"


def _refusal(page: Page, chars: int, title: str) -> str:
    """Return why a page with little text is none of a story, or an empty string."""
    if chars >= _STUB_CHARS:
        return _house_page(page, chars)
    if _ERRORS.search(title) or _ERRORS.search(page.tree.title):
        return "error_page"
    if page.tree.password_fields and (chars < MIN_STORY_CHARS or _LOGIN.search(title)):
        return "login_page"
    everything = " ".join(run.text for run in page.tree.runs if len(run.text) < _STUB_CHARS)[:20_000]
    if chars < _STUB_CHARS // 2 and _WALL.search(everything):
        return "paywall_stub"
    return _house_page(page, chars)


def _is_scattered(kept: list[int]) -> bool:
    """Say whether the little that was kept lies all over the page."""
    return len(kept) > 1 and len(kept) < _SCATTERED * (kept[-1] - kept[0] + 1)


def _house_page(page: Page, chars: int) -> str:
    """Return why an undated page speaks of the publication, not of the world, or an empty string."""
    if page.meta(["article:published_time"])[0] or (page.story or {}).get("datePublished") or page.tree.times:
        return ""
    asks = sum(bool(element.flags & CONTROL) for element in page.tree.elements)
    if asks and chars < _ASKING_CHARS and len(page.tree.anchors) <= _ASKING_LINKS:
        return "interstitial"
    last = page.url.split("?")[0].split("#")[0].rstrip("/").rpartition("/")[2].lower().partition(".")[0]
    if last in _HOUSE:
        return "house_page"
    text = " ".join(run.text for run in page.tree.runs)[: 2 * _CONSENT_CHARS]
    words = len(text.split()) or 1
    if len(text) <= _CONSENT_CHARS and len(_CONSENT.findall(text)) >= max(4, _CONSENT_SHARE * words):
        return "consent_wall"
    return ""
