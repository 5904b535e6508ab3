"""Names of authors out of bylines and metadata: names only, no roles, agencies' lines, dates or addresses."""

import re

_MAX_AUTHORS = 12
_LONGEST_NAME = 60
_PREFIX = re.compile(
    r"^\W*(?:(?:this\s(?:post|article|story)\swas\s)?(?:written|posted|published|reported|story|words|text|article|reviewed|edited|created|submitted|updated|"
    r"analysis|opinion|photos?|a post)\s+(?:and\s+\w+\s+)?(?:by|:)|by|authors?|contributors?|writer|von|par|por|da|di|door|av|af|"
    r"przez|autor(?:en|in|a|es|i)?|auteur|autore|text|texto|redaktion|redaktor|yazan|oleh|от|автор|作者|記者|记者|文|"
    r"ผู้เขียน|글)(?=[\s:：|/])\s*[:：|/]?\s*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:[,;|•·●∙、，]|(?<=[^\W\d_]{2})/(?=[^\W\d_]{2})|\s[-–—]\s|\n|\s(?-i:and|AND|und|UND|et|y|Y|e|i|och|og|en|ve|и|та|و|with|mit|avec|con|dan|và|και|ja|és|ir|un)\s|\s?&\s|\s\+\s)\s*",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s+(?:(?:for|from|of|in|at|on)\s(?=[A-Z\d])|\||@|\((?!\w[\w.-]*\)\s\w)|\[|published|updated|posted|publié|publiée|publicado|publicada|actualizado|pubblicato|aggiornato|veröffentlicht|"
    r"aktualisiert|mis à jour|stand\s|gepubliceerd|opublikowano|опубликовано|last\s|is\s(?:a|an|the)\s|"
    r"has\s|covers\s|on\s(?:mon|tue|wed|thu|fri|sat|sun)|under\s|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s\d|\d)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^(?:(?:staff|senior|chief|managing|associate|contributing|deputy|political|business|tech|technology|sports?|news|"
    r"science|special|foreign|national|digital|web|guest|freelance|executive|assistant|economics|health|content|marketing)\s)*"
    r"(?:writers?|reporters?|correspondents?|editors?|journalists?|columnists?|contributors?|staff|author|editor-in-chief|"
    r"ceo|cto|founder|co-founder|president|director|manager|redakteur(?:in)?|redactor|periodista|journaliste|"
    r"ph\.?d\.?|m\.?d\.?|r\.?d\.?|mba|esq|cfp|rn|phd|md|jr|sr|ii|iii)\.?$|"
    r"^(?:head|director|vice president|professor|dean|chief)\sof\s",
    re.IGNORECASE,
)
_NOT_A_NAME = frozenset(
    [
        "admin",
        "administrator",
        "author",
        "authors",
        "by",
        "byline",
        "editor",
        "editorial",
        "guest",
        "home",
        "more",
        "news",
        "none",
        "null",
        "staff",
        "undefined",
        "unknown",
        "user",
        "webmaster",
        "website",
        "wordpress",
        "anonymous",
        "posted",
        "published",
        "updated",
        "share",
        "follow",
        "contributor",
        "team",
        "about",
        "blog",
        "view",
        "all",
        "posts",
        "profile",
        "read",
        "email",
        "twitter",
        "facebook",
        "linkedin",
        "instagram",
        "comments",
        "lesezeit",
        "login",
        "stand",
    ]
)
_SUFFIX = frozenset({"jr", "sr", "ii", "iii", "iv"})
_GLUED = re.compile(r"^by(?=[A-Z])")
_LABEL = re.compile(r"[^\W\d_]+:\s")
_WEEKDAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
_MONTHS = frozenset(
    [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "januar",
        "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "janvier", "février", "mars", "avril", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre", "enero", "febrero", "marzo", "abril", "mayo",
        "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre", "gennaio", "febbraio", "aprile",
        "maggio", "giugno", "luglio", "settembre", "ottobre", "dicembre", "janeiro", "fevereiro", "março", "maio",
        "setembro", "outubro", "novembro", "dezembro",
    ]
)  # fmt: skip
"""Of the languages that write months and names with capitals alike, or that most bylines are in."""
_URL_LIKE = re.compile(r"https?://|^[\w-]+(?:\.[\w-]+)+$|www\.|\.(?:com|org|net|html|php)\b|[<>{}=]")


def clean_authors(raw: list[str]) -> tuple[str, ...]:
    """Return the names in ``raw`` lines, in order, each once.

    >>> clean_authors(["By Ana Perez and Bo Lind, Staff Writer"])
    ('Ana Perez', 'Bo Lind')
    >>> clean_authors(["https://example.org/author/x", "admin"])
    ()
    """
    names: dict[str, str] = {}
    for line in raw[:50]:
        for name in _names_in(line):
            names.setdefault(name.casefold(), name)
    return tuple(names.values())[:_MAX_AUTHORS]


def _names_in(line: str) -> list[str]:
    line = " ".join(line[:300].split())
    line = _GLUED.sub("", _PREFIX.sub("", line))
    if _URL_LIKE.search(line):
        return []
    return [name for part in _SEPARATOR.split(line) if (name := _name(part))]


def _name(part: str) -> str | None:
    part = _PREFIX.sub("", part).strip()
    if _ROLE.match(part):
        return None
    cut = _CUT.search(part)
    if cut:
        part = part[: cut.start()]
    part = part.strip(" .,:;|-–—*•\"'“”()[]@")
    if not 2 <= len(part) <= _LONGEST_NAME or not any(map(str.isalpha, part)):
        return None
    lower = part.casefold()
    words = lower.split()
    if (
        part[0].isdigit()
        or _ROLE.match(part)
        or all(word in _NOT_A_NAME for word in words)
        or lower in _SUFFIX
        or _LABEL.match(part)
        or lower in _WEEKDAYS
        or lower in _MONTHS
        or len(words) > 6
    ):
        return None
    return part
