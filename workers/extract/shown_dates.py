"""Dates that readers see: ``time`` elements and dated lines around the headline, and what the line says the date is of."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from workers.extract.apart import is_apart
from workers.extract.dates import date_in_url, parse_date
from workers.extract.head import Page
from workers.extract.names import BIT, kinds_of

NEAR = 14
"""Runs around the headline in which a byline or a date is looked for."""
_ABOVE = 6
"""Runs above the headline in which a dated line is looked for."""
BARE_DATE_CHARS = 30
"""A date alone on its line is no longer."""
_UNDER = 6
"""Runs under the headline of which a date is the story's, whatever the head says."""
_DATED_CHARS, _SHORTEST = 160, 6
_DIGIT = re.compile(r"\d")
_OPENING_CHARS = 800
_LABEL_CHARS = 40
_MOST_NAMED, _MOST_BARE = 40, 80
_ORIGINALLY = re.compile(
    r"\b(?:originally|first) (?:published|posted|appeared)(?: on)?:? ([^.;|\n]{6,40})|"
    r"\b(?:erstmals|zuerst) (?:erschienen|veröffentlicht)(?: am)? ([^.;|\n]{6,40})|"
    r"\b(?:initialement|d'abord) publié(?:e)?(?: le)? ([^.;|\n]{6,40})|"
    r"\bpublicado originalmente(?: el| em)? ([^.;|\n]{6,40})",
    re.IGNORECASE,
)
_HINTS = ("riginal", "irst ", "rstmals", "uerst ", "nitialement", "abord ")
"""One of them stands, within ``_HINT_CHARS``, in all that ``_ORIGINALLY`` finds; a search for words costs little."""
_HINT_CHARS, _LINE_CHARS = 24, 120
_PUBLISHED = re.compile(
    r"\W*(?:first |originally )?(?:published|posted|date|created|veröffentlicht|erstellt|publié|publicado|publicada|"
    r"pubblicato|gepubliceerd|publicerad|publisert|publiceret|julkaistu|opublikowano|publikováno|közzétéve|publicat|"
    r"опубликовано|опубліковано|δημοσιεύτηκε|yayınlanma|yayın tarihi|nashr|diterbitkan|terbit|ngày đăng|เผยแพร่|"
    r"发布|發布|发表|発表|公開|掲載|입력|등록|نشر|انتشار|פורסם|प्रकाशित|প্রকাশ)",
    re.IGNORECASE,
)
_PUBLISHED_INSIDE = re.compile(
    rf"(?<=[\s|·•(])(?:{_PUBLISHED.pattern.removeprefix(chr(92) + 'W*')})", re.IGNORECASE
)
_CHANGED = re.compile(
    r"\b(?:updated?|modified|revised|reviewed|edited|aktualisiert|geändert|zuletzt|stand|mis à jour|modifié|actualizad[oa]|"
    r"atualizad[oa]|aggiornat[oa]|bijgewerkt|uppdaterad|oppdatert|opdateret|päivitetty|zaktualizowano|aktualizacja|"
    r"aktualizováno|frissítve|actualizat|обновлено|оновлено|ενημερώθηκε|güncellen?me|güncellendi|diperbarui|cập nhật)\b|"
    r"อัปเดต|更新|수정|업데이트|تحديث|به‌روز|עודכן|अपडेट|আপডেট",
    re.IGNORECASE,
)
_OF_NO_COUNTRY = frozenset(["us", "io", "co", "ai", "tv", "me", "fm", "cc", "ly", "gg"])
"""Ends of hosts of two letters that are used everywhere, and the one of the country that writes the month first."""


def originally(page: Page) -> tuple[datetime, str] | None:
    """Return the date of a line that says when the story first appeared."""
    whole = "\n".join(run.text[:_OPENING_CHARS] for run in page.tree.runs)
    for hint in _HINTS:
        at = whole.find(hint)
        while at >= 0:
            if found := _ORIGINALLY.search(whole, max(0, at - _HINT_CHARS), at + _LINE_CHARS):
                moment = _read(page, next(group for group in found.groups() if group))
                return (moment, "originally published") if moment else None
            at = whole.find(hint, at + 1)
    return None


def under_headline(page: Page, near: int) -> datetime | None:
    """Return the day that stands right under the headline as the story's: a bare date, or one labelled "published"."""
    runs = page.tree.runs
    for index in range(near, min(near + _UNDER, len(runs))):
        text = runs[index].text
        if len(text) > _LABEL_CHARS or not _DIGIT.search(text):
            continue
        labelled = bool(_PUBLISHED.match(text))
        is_dated = (labelled or len(text) <= BARE_DATE_CHARS) and not _is_changed(page, index)
        if is_dated and (moment := _read(page, text)):
            return moment
    return None


def shown(page: Page, near: int) -> tuple[datetime, str] | None:
    """Return the best of the dates that readers see, and the rule that found it."""
    return next(_candidates(page, near), None)


def changed(page: Page, near: int) -> datetime | None:
    """Return the date beside the headline that is labelled as one of a change."""
    around = range(max(near - _ABOVE, 0), min(near + NEAR, len(page.tree.runs)))
    dated = (i for i in around if _may_be_dated(page, i) and not is_apart(page.tree, i, near))
    window = _by_distance(list(dated), near)
    behind = _moments(page, window, _CHANGED)
    return next(behind, None) or next(_moments(page, (i for i in window if _is_changed(page, i))), None)


def _candidates(page: Page, near: int) -> Iterator[tuple[datetime, str]]:
    """Yield dates, best first; those of cards and asides only after all others, since a byline may stand in one."""
    dated = [i for i in range(len(page.tree.runs)) if _may_be_dated(page, i)]
    own = [i for i in dated if not is_apart(page.tree, i, near)]
    times = list(_times(page, near))
    yield from _among(page, near, own, [time for time in times if not is_apart(page.tree, time[1], near)])
    yield from _among(page, near, dated, times)


def _among(
    page: Page, near: int, dated: list[int], times: list[tuple[datetime, int]]
) -> Iterator[tuple[datetime, str]]:
    """Yield the dates of some dated runs and ``time`` elements, best first."""
    runs = page.tree.runs
    yield from ((moment, "time element") for moment, index in times if not _is_changed(page, index))
    if in_url := date_in_url(page.url):
        yield in_url, "url"
    window = _by_distance(dated, near)
    both = (i for i in window if _is_changed(page, i))
    yield from ((moment, "line near headline") for moment in _moments(page, both, _PUBLISHED_INSIDE))
    plain = (i for i in window if not _is_changed(page, i))
    yield from ((moment, "line near headline") for moment in _moments(page, plain))
    labelled = (i for i in dated if _PUBLISHED.match(runs[i].text))
    yield from ((moment, "labelled line") for moment in _moments(page, islice(labelled, _MOST_NAMED)))
    yield from ((moment, "time of a change") for moment, _ in times)
    yield from ((moment, "line of a change") for moment in _moments(page, window))
    yield from ((moment, "first time element") for moment in _first_time(page, near))
    named = (i for i in dated if _CHANGED.search(runs[i].text[:_LABEL_CHARS]) or _is_named(runs[i].names))
    yield from ((moment, "line named date") for moment in _moments(page, islice(named, _MOST_NAMED)))
    bare = (i for i in dated if i >= near and len(runs[i].text) <= BARE_DATE_CHARS and not runs[i].link_chars)
    yield from ((moment, "first bare date") for moment in _moments(page, islice(bare, _MOST_BARE)))


def _first_time(page: Page, near: int) -> Iterator[datetime]:
    for value, at in page.tree.times[:1]:
        if not is_apart(page.tree, at, near) and (moment := parse_date(value)):
            yield moment


def _is_named(names: str) -> bool:
    return bool(kinds_of(names) & BIT["date"])


def _times(page: Page, near: int) -> Iterator[tuple[datetime, int]]:
    """Yield the ``time`` elements around the headline and their runs, those below it first."""
    runs = page.tree.runs
    for value, at in sorted(page.tree.times, key=lambda time: (time[1] < near, abs(time[1] - near))):
        if near - NEAR // 2 <= at <= near + NEAR:
            moment = parse_date(value) or (_read(page, runs[at].text) if at < len(runs) else None)
            if moment:
                yield moment, at


def _by_distance(dated: list[int], near: int) -> list[int]:
    """Return those of some runs that stand around the headline, nearest first."""
    window = (i for i in dated if near - _ABOVE <= i < near + NEAR)
    return sorted(window, key=lambda index: abs(index - near - 1))


def _may_be_dated(page: Page, index: int) -> bool:
    text = page.tree.runs[index].text
    return _SHORTEST <= len(text) <= _DATED_CHARS and bool(_DIGIT.search(text))


def _is_changed(page: Page, index: int) -> bool:
    """Say whether a run, or the short run before it, calls its date that of a change."""
    runs = page.tree.runs
    if index >= len(runs) or _PUBLISHED.match(runs[index].text):
        return False
    before = runs[index - 1].text if index else ""
    label = before if len(before) <= _LABEL_CHARS and not any(map(str.isdigit, before)) else ""
    return bool(_CHANGED.search(runs[index].text[:_DATED_CHARS]) or (label and _CHANGED.search(label)))


def _moments(page: Page, indices: Iterable[int], label: re.Pattern[str] | None = None) -> Iterator[datetime]:
    """Yield the dates of some runs; ``label``: of each only what follows it, for lines of two dates."""
    for index in indices:
        text = page.tree.runs[index].text
        found = label.search(text, 0, _DATED_CHARS) if label else None
        text = text[found.start() :] if found else "" if label else text
        if len(text) <= _DATED_CHARS and (moment := _read(page, text)):
            yield moment


def _read(page: Page, text: str) -> datetime | None:
    language = page.tree.language[:2].lower()
    return parse_date(text, day_first=not is_month_first(page), language=language)


def is_month_first(page: Page) -> bool:
    """Say whether numeric dates are month first: pages that call themselves American, or English and of no country."""
    language, end = page.tree.language.lower(), page.host.rpartition(".")[2]
    is_abroad = len(end) == 2 and end not in _OF_NO_COUNTRY
    return language == "en-us" or (language in ("en", "") and not is_abroad)
