"""Pages with little text that are none of a story: errors, logins, walls of payment or consent, the paper about itself.

What markup says counts in any language: a password field, ``isAccessibleForFree``, ``noindex``, buttons without a way on.
Words are asked only of titles and of very short pages, in the languages of most of the web's news.
"""

import re
from typing import Any

from workers.extract.head import Page
from workers.extract.jsonld import types_of
from workers.extract.metadata import Metadata
from workers.extract.tree import CONTROL

STUB_CHARS = 600
_PAID_CHARS = 900
"""A teaser in front of a wall; a short report that happens to be free has no wall."""
_ERROR_WORDS = 9
_ERRORS = re.compile(
    r"(?:page|site|article|content|story) (?:was |could )?not (?:be )?found|^not found|access denied|forbidden|"
    r"(?:page|site|article|content|story) (?:does(?: not|n[’']t)|no longer) exists?|\bwe (?:can(?:no|[’'])t|could ?n[o’']t) find (?:that|this|the|your|what)\b|^w?h?oops\b|"
    r"just a moment|attention required|are you (?:a robot|human)|captcha|checking your browser|security check|service unavailable|"
    r"nicht gefunden|zugriff verweigert|introuvable|accès refusé|no (?:se ha )?encontrad[ao]|no existe|acceso denegado|non trovat[ao]|"
    r"não encontrad[ao]|niet gevonden|nie znaleziono|nie istnieje|hittades inte|finns inte|ikke fundet|blev ikke fundet|ikke funnet|"
    r"ei löyty|nenalezena|nenájdená|nem található|nu a fost găsit|nije pronađena|ni bilo mogoče najti|bulunamadı|tidak ditemukan|"
    r"không tìm thấy|не найден|не знайдено|не е намерена|δεν βρέθηκε|找不到|不存在|無法找到|见つかりません|見つかりません|찾을 수 없|"
    r"غير موجود|لم يتم العثور|یافت نشد|לא נמצא|ไม่พบ|नहीं मिला|পাওয়া যায়নি",
    re.IGNORECASE,
)
_ERROR_NUMBER = re.compile(r"\b(?:404|403|410|500|502|503)\b")
_PADDED_CHARS = 2_500
_PADDING_LINKS, _HEADLINE_CHARS = 3, 18
"""An error page that shows what others read: some teasers of a paragraph each, with links as long as headlines."""
_LOGIN = re.compile(
    r"^\W*(?:log ?in|sign ?in|login|anmelden|anmeldung|einloggen|se connecter|connexion|identifiez-vous|iniciar sesi[oó]n|acceder|"
    r"accedi|accesso|entrar|iniciar sessão|inloggen|aanmelden|logga in|log ind|logg inn|kirjaudu|zaloguj|logowanie|přihlás|prihlás|"
    r"bejelentkez|autentificare|prijav|giriş|masuk|đăng nhập|войти|вход|увійти|вхід|σύνδεση|登录|登入|ログイン|로그인|تسجيل الدخول|ورود|"
    r"התחבר|כניסה|เข้าสู่ระบบ|लॉग ?इन)",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"subscribe (?:now )?to (?:continue|read|keep reading|unlock)|to continue reading|already a (?:subscriber|member)|"
    r"for (?:subscribers|members) only|create (?:a|your) free account|"
    r"jetzt (?:weiterlesen|abonnieren)|weiterlesen mit|nur für abonnent|bereits abonnent|réservée? aux abonnés|déjà abonné|"
    r"(?:solo|exclusivo) para su[bs]*criptor|ya (?:es|eres) su[bs]*criptor|riservat[oa] agli abbonati|già abbonat|"
    r"exclusivo para assinantes|já é assinante|alleen voor abonnees|al abonnee|tylko dla (?:prenumeratorów|subskrybentów)|"
    r"endast för prenumeranter|kun for abonnenter|forbeholdt abonnenter|vain tilaajille|jen pro předplatitele|csak előfizet|"
    r"только для подписчиков|тільки для передплатників|μόνο για συνδρομητές|abonelere özel|khusus pelanggan|"
    r"会员专享|仅限订阅|訂閱會員|会員限定|有料会員|구독자 전용|للمشتركين فقط|למנויים בלבד",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"cookies?|consent|privacy (?:policy|settings|choices)|personal data|partners|personali[sz]ed|einwilligung|datenschutz|zustimm|"
    r"consentement|vie privée|consentimiento|privacidad|datos personales|consenso|dati personali|consentimento|privacidade|toestemming|"
    r"persoonsgegevens|samtyck|samtykke|personuppgift|suostumu|tietosuoja|evästee|souhlas|osobních údajů|zgod[aęy]|danych osobowych|"
    r"hozzájárul|sütik|consimțământ|date personale|çerez|rıza|persetujuan|đồng ý|cookie|куки|соглас[иу]|персональных данных|згод[аиу]|"
    r"συγκατάθεση|同意|クッキー|個人情報|隐私|隱私|쿠키|동의|개인정보|ملفات تعريف الارتباط|موافق|עוגיות|הסכמה|คุกกี้|ยินยอม|कुकी|सहमति",
    re.IGNORECASE,
)
_HOUSE = frozenset(
    [
        "about", "about-us", "aboutus", "contact", "contact-us", "contacts", "imprint", "impressum", "privacy",
        "privacy-policy", "datenschutz", "terms", "terms-of-use", "terms-of-service", "tos", "legal", "legal-notice",
        "mentions-legales", "aviso-legal", "cookies", "cookie-policy", "advertise", "advertising", "mediadaten", "careers",
        "jobs", "masthead", "ueber-uns", "uber-uns", "kontakt", "agb", "qui-sommes-nous", "a-propos", "contacto",
        "quienes-somos", "chi-siamo", "contatti", "abo", "abonnement", "suscripcion", "subscribe", "subscription",
        "subscriptions", "newsletter", "newsletters", "guestbook", "faq", "help",
    ]
)  # fmt: skip
"""Last part of the address of what a publication says of itself, in the languages of most of the web's news."""
_LOGIN_PATHS = frozenset(
    ["login", "log-in", "signin", "sign-in", "anmelden", "connexion", "iniciar-sesion", "accedi", "entrar", "inloggen",
     "logga-in", "zaloguj", "giris", "auth", "wp-login"]
)  # fmt: skip
_ASKING_CHARS = 800
_ASKING_LINKS = 6
"""A page of a few sentences, with buttons and hardly a way on, wants an answer: consent, age, region, subscription."""
_ASKING_SENTENCES = 2
"""Who asks is brief; a story of three paragraphs may have a form for comments below it."""
_CONSENT_SHARE = 0.02
"""Words of consent among all words: a wall has one in twenty, a report on cookies one in a hundred."""
_CONSENT_CHARS = 2_000
_FEWEST_CONSENT = 4
_DENSE_LETTERS = 6
"""Letters of a word, with its space, on average; writing without spaces is counted by its letters."""


def refusal(page: Page, data: Metadata, chars: int, fewest: int, sentences: int = 0) -> str:
    """Return why a page with little text (``chars``; a story has at least ``fewest``) is none of a story, or ``""``.

    ``sentences``: how many of its blocks read like a sentence or more.
    """
    title = data.title or ""
    titles = (title, page.tree.title)
    if chars < _PAID_CHARS and _is_paid(page):
        return "paywall_stub"
    if chars < _PADDED_CHARS and any(map(_is_error, titles)) and _is_padded(page, data):
        return "error_page"
    if chars < STUB_CHARS:
        if any(_is_error(one) or _ERROR_NUMBER.search(one) for one in titles if _is_brief(one)):
            return "error_page"
        if page.tree.password_fields and (
            chars < fewest or _LOGIN.match(title) or _last(page.url) in _LOGIN_PATHS
        ):
            return "login_page"
        if chars < STUB_CHARS // 2 and _WALL.search(_small_print(page)):
            return "paywall_stub"
    return _of_the_house(page, chars, sentences)


def _is_error(title: str) -> bool:
    return _is_brief(title) and bool(_ERRORS.search(title))


def _is_brief(title: str) -> bool:
    return len(title.split()) <= _ERROR_WORDS


def _is_padded(page: Page, data: Metadata) -> bool:
    """Say whether an error page's text may be that of teasers: nobody dates or signs it, and it leads elsewhere."""
    headlines = sum(len(anchor.text) >= _HEADLINE_CHARS for anchor in page.tree.anchors)
    return headlines >= _PADDING_LINKS and not data.authors and not _is_dated(page)


def _is_dated(page: Page) -> bool:
    return bool(
        page.meta(["article:published_time"])[0] or (page.story or {}).get("datePublished") or page.tree.times
    )


def _is_paid(page: Page) -> bool:
    """Say whether JSON-LD says that the text is not free."""
    nodes: list[dict[str, Any]] = [page.story] if page.story else []
    nodes += [node for node in page.nodes if "webpage" in types_of(node)]
    return any(str(node.get("isAccessibleForFree", "")).strip().lower() == "false" for node in nodes)


def _small_print(page: Page) -> str:
    return " ".join(run.text for run in page.tree.runs if len(run.text) < STUB_CHARS)[:20_000]


def _last(url: str) -> str:
    return (
        url.split("?", maxsplit=1)[0]
        .split("#", maxsplit=1)[0]
        .rstrip("/")
        .rpartition("/")[2]
        .lower()
        .partition(".")[0]
    )


def _of_the_house(page: Page, chars: int, sentences: int) -> str:
    """Return why an undated page speaks of the publication, not of the world, or an empty string."""
    if _is_dated(page):
        return ""
    asks = any(element.flags & CONTROL for element in page.tree.elements)
    asks = asks and chars < _ASKING_CHARS and sentences <= _ASKING_SENTENCES
    if asks and len(page.tree.anchors) <= _ASKING_LINKS:
        return "interstitial"
    if _last(page.url) in _HOUSE:
        return "house_page"
    text = " ".join(run.text for run in page.tree.runs)[: 2 * _CONSENT_CHARS]
    words = max(len(text.split()), len(text) // _DENSE_LETTERS) or 1
    asked = len(_CONSENT.findall(text)) if len(text) <= _CONSENT_CHARS else 0
    return "consent_wall" if asked >= max(_FEWEST_CONSENT, _CONSENT_SHARE * words) else ""
