"""What a page asks of its reader between two paragraphs: to subscribe, to follow, to know who pays for its links.

``phrases`` knows lines by their first words; these are whole sentences, told by what they ask for and in which voice: a
story that speaks of newsletters or commissions has neither the imperative nor the "we" of the house.
"""

import re
from collections.abc import Sequence

_LONGEST = 320
_LETTER = (
    r"newsletters?|newslettera|bulletin|boletín|boletim|nieuwsbrief|nyhetsbrev|nyhedsbrev|"
    r"рассылк\w+|mailing list|email list"
)
_CHANNEL = (
    r"telegram|телеграм\w*|whatsapp|twitter|facebook|instagram|youtube|tiktok|bluesky|linkedin|"
    r"google news|x\b|rss|канал\w*|дзен\w*"
)
_VERBS = (
    "abonniere|abonnieren sie|bestelle|bestellen sie|melde dich|melden sie sich|folge uns|folgt uns|folgen sie uns|"
    "abonnez-vous|inscrivez-vous|suivez-nous|suivez notre|suivez nos|rejoignez-nous|rejoignez notre|"
    "suscríbete|suscríbase|síguenos|síganos|sigue nuestr[oa]s?|únete|únase|"
    "iscriviti|iscrivetevi|unisciti|seguici|segui (?:il|la|i) nostr[oai]|"
    "inscreva-se|assine|siga-nos|siga (?:o )?nosso|siga (?:a )?nossa|"
    "schrijf je in|meld je aan|volg ons|prenumerera på|tilmeld dig|följ oss|følg oss|"
    "zapisz się|obserwuj nas|dołącz do|polub nas|подпишитесь|подписывайтесь|подпишись|читайте нас|следите за нами"
)
"""Imperatives that speak for the house; what only names a network ("the quarrel goes on on Twitter") is a sentence."""
_ASKED = re.compile(
    rf"(?:^\W{{0,4}}|[.!?…:;—–]\W{{0,3}})(?:"
    rf"(?:sign up|subscribe|register|join)\b.{{0,40}}\b(?:our|the|my|this|free|weekly|daily)\b.{{0,60}}\b(?:{_LETTER})|"
    rf"(?:follow|join)\b.{{1,60}}\bon\b.{{0,40}}\b(?:{_CHANNEL})|"
    rf"(?:{_VERBS})\b.{{0,80}}\b(?:{_LETTER}|{_CHANNEL}))|"
    rf"\b(?:sign up|subscribe)\b.{{0,20}}\bour\b.{{0,60}}\b(?:{_LETTER})|\bfollow us\b.{{0,60}}\b(?:{_CHANNEL})",
    re.IGNORECASE,
)
_PAID = re.compile(
    r"\bamazon[ -](?:associate|affiliate|partner)\w*\b.{0,40}\b(?:earn|verdien)|"
    r"\b(?:we|i|us|our site|this site)\b.{0,80}\b(?:earn|receive|make|get|collect)\w*\b.{0,60}"
    r"\b(?:commissions?|compensation|referral fee)\b|"
    r"\b(?:purchases?|links?)\b.{0,80}\bmay earn (?:us|me)\b|\bwe may be (?:compensated|paid)\b|"
    r"\b(?:posts?|pages?|articles?|sites?|website|story|stories|guide|review|links)\b.{0,40}"
    r"\b(?:contains?|includes?|are|uses?)\b.{0,20}\baffiliate links?|"
    r"\b(?:dieser|dieses|diese|unsere)\b.{0,60}\b(?:enthält|enthalten|sind)\b.{0,30}affiliate-?links?|"
    r"\bwir (?:erhalten|bekommen)\b.{0,60}\bprovision\b",
    re.IGNORECASE,
)
_MAY_ASK = (
    "letter", "bulletin", "bolet", "nieuwsbrief", "nyhe", "рассыл", "ing list", "mail list", "telegram", "телеграм",
    "канал", "дзен", "whatsapp", "twitter", "facebook", "instagram", "youtube", "tiktok", "google news", "linkedin",
    "bluesky", "rss", " on x",
)  # fmt: skip
"""What the patterns need: a search for it costs a thirtieth of a pattern's, and few lines have any of it."""
_MAY_PAY = ("commission", "affiliate", "amazon", "compensat", "provision", "earn us", "earn me", "be paid")


def plea_reason(text: str) -> str | None:
    """Return which plea a run is, ``None`` for a part of a story.

    >>> plea_reason("Follow the Island Times on Facebook and X.")
    'newsletter'
    >>> plea_reason("We may earn a commission if you buy through our links.")
    'advertisement'
    >>> plea_reason("The paper's newsletter has nine hundred readers.")
    """
    return pleas([text]).get(0)


def pleas(texts: Sequence[str]) -> dict[int, str]:
    """Return which of a page's texts are pleas, by index; the words that the patterns need are sought once a page."""
    brief = [text.lower() if len(text) <= _LONGEST else "" for text in texts]
    page = "\n".join(brief)
    paying = [word for word in _MAY_PAY if word in page]
    asking = [word for word in _MAY_ASK if word in page]
    found: dict[int, str] = {}
    if paying or asking:
        for index, text in enumerate(brief):
            if any(word in text for word in paying) and _PAID.search(text):
                found[index] = "advertisement"
            elif any(word in text for word in asking) and _ASKED.search(text):
                found[index] = "newsletter"
    return found
