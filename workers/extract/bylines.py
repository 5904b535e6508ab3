"""Lines of text that name a person: "By ..." in many languages, a name alone, a name beside a date.  Pure strings."""

import re
from collections.abc import Iterable

from workers.extract.authors import clean_authors
from workers.extract.dates import parse_date
from workers.extract.person_names import is_collective, is_name, is_name_like
from workers.extract.tree import Run

SIGNED_CHARS = 200
_CLOSE = 5
"""Runs after the headline in which a name may stand alone."""
_DATE_CHARS = 40
"""A date with its label: "Last updated on 17 November 2026"."""
_BYLINE_CHARS = 100
_SINGLE_CHARS = 24
_BETWEEN = re.compile(r"\s*[|·•–—,/]\s*|\s(?:in|on|for|at)\s")
_ON_BEHALF = re.compile(r"\s+(?:on behalf of|im Auftrag|au nom de)\s.*", re.IGNORECASE)
_READING = re.compile(r"[\s|·•]+\d{1,3}(?:\s?[-–]\s?\d{1,3})?\s?min\w*(?:\sread)?\.?$", re.IGNORECASE)
"""How long it takes to read stands beside many a name."""
_DATE_WORDS = re.compile(
    r"\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]|\d{1,2}\stháng\s\d{1,2}(?:,|\snăm)\s\d{4}|\d{1,2}\s(?:de\s)?"
    r"[^\W\d_]{3,12}\.?\s(?:de[l]?\s)\d{4}|\d{1,2}\s[^\s\d]{2,20}\s\d{4}|"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s)?(?:\d{1,2}(?:st|nd|rd|th|\.)?\s)?"
    r"[^\W\d_]{3,12}\.?\s(?:\d{1,2}(?:st|nd|rd|th)?,?\s)?(?:19|20)\d\d|\d[\d./:-]+|\d+\s(?:min\w*|hours?|days?)(?:\s(?:read|ago))?",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:^|(?<=[\s|·•,–—-]))(?:[Bb]y:?|BY:?|[Ww]ritten [Bb]y:?|[Aa]uthors?:|[Pp]osted [Bb]y:?)\s+(?=(?:the )?[A-ZÀ-ÞА-Я\d])|"
    r"(?:^|(?<=[\s|·•●]))(?:[Ww]ritten [Bb]y|[Bb]y|[Aa]uthors?|[Cc]ontributors?):\s?(?=[A-ZÀ-ÞА-Я])|"
    r"^(?:[Ww]ritten [Bb]y|[Bb]y)(?=[A-ZÀ-ÞА-Я][^\W\d_A-Z])|"
    r"(?:^|(?<=[|·•●] ))(?:Von|Par|Por|Di|Door|Av|Af|De|By|Przez|Oleh|Da|Od|Autor(?:in|en|zy|e|es|a)?:|Auteure?:|Autore:|Text:|Texte? ?:|Texto(?: de|:)|"
    r"Testo:|Tekst:|Verslag:|Redaktor:|Författare:|Skribent:|Forfatter:|Kirjoittaja:|Teksti:|Írta:|Szerző:|Autorius:|Autors:|"
    r"Yazar:|Yazan:|Haber:|Muallif:|Penulis:|Pengarang:|Mwandishi:|Imeandikwa na:?|Ni|Tác giả:|Bởi|Автор(?:ы)?:|Текст:|Автори:|Αυτουργός:|Του|Της|Γράφει(?: ο| η)?)"
    r"\s?(?=[A-ZÀ-ÞΆ-ΩА-ЯЁІЇЄĂÂÎȘȚĐŁŚŻŹĆČŠŽ])|"
    r"(?:^|(?<=[|·•●] ))(?:بقلم|كتب|كتبت|تحرير|نویسنده|نوشته|מאת|מאת:|โดย|ผู้เขียน|লেখক|लेखक|द्वारा|எழுதியவர்|Հեղինակ|ავტორი)\s?[:：]?\s(?=\w)|"
    r"(?:^|(?<=[\s|]))(?:作者|记者|記者|撰文|著者|執筆|取材・文|文|글|글쓴이)\s?[:：/／|｜]\s?(?=\w)|^本(?:报记|報記)者\s?(?=\w)"
)
_SUFFIXED = re.compile(r"^(\w{2,5}(?:\s\w{2,5})?)\s?(?:기자|특파원|記者|记者)(?:$|[\s=/／|·(])")
"""Korean and Japanese name the trade behind the name."""
_SINGLE = re.compile(r"[Bb]y:?\s(\w[\w.-]+)")
"""A pen name under a headline may be one word in small letters."""
_AGENCY = re.compile(
    r"(?:By\s)?(AFP|AP|Associated Press|The Associated Press|Reuters|dpa|dpa-AFX|APA|SDA|Keystone-SDA|EFE|EUROPA PRESS|"
    r"ANSA|ANP|Belga|Lusa|NTB|TT|Ritzau|STT|PAP|ČTK|TASR|MTI|Agerpres|BTA|HINA|Tanjug|AA|Anadolu|DHA|IHA|TASS|ТАСС|"
    r"РИА Новости|Интерфакс|Interfax|Ukrinform|Укринформ|Xinhua|新华社|新華社|中新社|中央社|CNA|Kyodo|共同通信|共同|時事通信|時事|"
    r"Yonhap|연합뉴스|뉴시스|PTI|ANI|IANS|UNB|APP|Bernama|Antara|ANTARA|VNA|TTXVN|WAM|SPA|QNA|Petra|MENA|IRNA|UPI|Bloomberg|"
    r"Canadian Press|The Canadian Press|AAP|NAN|KNA|SAnews)\b(?:\s?[,/|–-]\s?[\w .'’-]{2,30})?"
)
"""News agencies that sign where no reporter does, with the place from which they report."""
SIGNED = re.compile(
    r"(?:This \w+ was )?[Ww]ritten by\s?:?\s?[^,|·•.]{3,60}|(?:By|Authors?):\s?[^,|·•.]{3,60}"
)
_NOT_WRITTEN = re.compile(
    r"(?:reviewed|edited|checked|verified|approved|translated|photo\w*|images?|picture|illustrat\w+|video|updated|"
    r"powered|sponsored|presented|funded|owned|produced)\W+by\b",
    re.IGNORECASE,
)
BY_ALONE = re.compile(
    r"(?:by|written by|authors?|posted by|published by|words by|story by|von|par|por|autor(?:in|en|es|a)?|auteure?s?|autore|"
    r"door|av|af|text|tekst|автор|yazar|penulis|tác giả|作者|记者|記者|著者|الكاتب|نویسنده|מאת|ผู้เขียน|लेखक)\s?[:：]?",
    re.IGNORECASE,
)
AUTHOR_URL = re.compile(
    r"/(?:authors?|people|staff|profile|contributors?|by|autor(?:en)?|auteurs?|team|writers?|journalists?|redaktion|"
    r"correspondents?|reporters?|penulis|yazar(?:lar)?|avtor)/([^/?#]+)",
    re.IGNORECASE,
)


def is_by(text: str) -> bool:
    """Say whether a line opens with "By" and a capital."""
    return bool(_BY.match(text))


def by_names(texts: Iterable[str]) -> list[str]:
    """Return what follows "By" in short lines, wherever in the line it stands."""
    found = (_by_name(text) for text in texts if len(text) < _BYLINE_CHARS)
    return [name for name in found if name][:2]


def _by_name(text: str) -> str:
    match = _BY.search(text)
    if match is None:
        behind = _SUFFIXED.match(text)
        return behind[1] if behind else ""
    rest = _READING.sub("", _ON_BEHALF.sub("", text[match.end() :]))
    if _NOT_WRITTEN.search(text[: match.end()]):
        return ""
    if is_collective(rest):
        return rest.removeprefix("the ")
    return rest if is_name_like(" ".join(clean_authors([rest])[:1]), fewest=1) else ""


def single_name(text: str) -> str:
    """Return a pen name of one word behind "by" that is all of its line."""
    found = _SINGLE.fullmatch(text) if len(text) <= _SINGLE_CHARS else None
    return found[1] if found else ""


def agency(text: str) -> str:
    """Return the news agency that is all of a line, with or without its dateline.

    >>> agency("AFP, MANILA"), agency("AFP was told so")
    ('AFP', '')
    """
    found = _AGENCY.fullmatch(text) if len(text) <= _BYLINE_CHARS else None
    return found[1] if found else ""


def name_alone(runs: list[Run], near: int) -> list[str]:
    """Return a name alone on its line right under the headline, with a date on the next line or the one before."""
    for i in range(near + 1, min(near + _CLOSE, len(runs))):
        names = (
            [part.strip() for part in runs[i].text.split(",")] if len(runs[i].text) < _BYLINE_CHARS else []
        )
        if not names or not all(map(is_name, names)):
            continue
        beside = [
            run.text for run in (*runs[i - 1 : i], *runs[i + 1 : i + 3]) if len(run.text) <= _DATE_CHARS
        ]
        if any(parse_date(line) for line in beside):
            return names
    return []


def beside_date(text: str) -> list[str]:
    """Return the parts of a short dated line that look like a person's name."""
    if len(text) > _BYLINE_CHARS or not parse_date(text):
        return []
    parts = [part.strip() for part in _BETWEEN.split(_DATE_WORDS.sub(" | ", _ON_BEHALF.sub("", text)))]
    labelled = [name for part in parts if (name := _by_name(part))]
    return labelled or [part for part in parts if is_name_like(part) and not part.split()[-1].islower()]


def name_in_address(href: str) -> str:
    """Return the name that a profile's address spells out, or an empty string.

    >>> name_in_address("https://post.example/author/ana-perez/")
    'Ana Perez'
    """
    found = AUTHOR_URL.search(href)
    words = found[1].split("-") if found else []
    if not 2 <= len(words) <= 4 or not all(word.isalpha() and len(word) > 1 for word in words):
        return ""
    name = " ".join(word.capitalize() for word in words)
    return name if is_name(name) else ""
