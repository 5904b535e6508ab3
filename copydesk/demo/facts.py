"""Who, where, when and how much: the facts that one story keeps to from its headline to its last line."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk.demo.grammar import load_words

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """How a person or body is named: in full the first time, in short after that."""

    full: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a template may name: ``names`` change after their first mention, ``values`` never."""

    names: dict[str, Name]
    values: dict[str, str]


def _money(rng: random.Random, low: int, high: int, unit: str) -> str:
    return f"${rng.randint(low, high)}.{rng.randint(1, 9)} {unit}"


def _date(when: datetime) -> str:
    return f"{MONTHS[when.month - 1]} {when.day}"


def _company(full: str) -> Name:
    return Name(full=full, short=full.rsplit(" ", 1)[0])


def _agency(full: str) -> Name:
    """Name a body: ``the Customs Directorate``, then ``the directorate``.

    >>> _agency("the Office of Export Licensing").short
    'the office'
    """
    head = full.split(" of ", maxsplit=1)[0].split(" ")
    return Name(full=full, short=f"the {head[-1].lower()}")


def _people(rng: random.Random, company: Name, agency: Name) -> dict[str, Name]:
    firsts, lasts = rng.sample(load_words("first"), 5), rng.sample(load_words("last"), 5)
    firm, group = rng.choice(load_words("firm")), rng.choice(load_words("group"))
    roles = {
        "off": f"{rng.choice(load_words('job.official'))} at {agency.short}",
        "exe": f"{rng.choice(load_words('job.exec'))} of {company.short}",
        "ana": rng.choice((f"an analyst at {firm}", f"who follows the sector for {firm}", f"of {firm}")),
        "cri": rng.choice((f"of {group}", f"who speaks for {group}", f"the head of {group}")),
    }
    people = {
        key: Name(full=f"{first} {last}, {role},", short=last)
        for (key, role), first, last in zip(roles.items(), firsts, lasts, strict=False)
    }
    return people | {"wor": Name(full=f"{firsts[4]} {lasts[4]}", short=lasts[4])}


def draw_facts(rng: random.Random, when: datetime, product: str | None = None) -> Facts:
    """Draw the facts of a story published at ``when``, about ``product`` if one is named."""
    first, second = rng.sample(load_words("company"), 2)
    company, rival, agency = _company(first), _company(second), _agency(rng.choice(load_words("agency")))
    city, city2 = rng.sample(load_words("city"), 2)
    land, land2 = rng.sample(load_words("land"), 2)
    values = {
        "agencyS": agency.full.removeprefix("the "),
        "city": city, "city2": city2, "land": land, "land2": land2,
        "prod": product or rng.choice(load_words("prod")),
        "place": rng.choice(load_words("place")), "trade": rng.choice(load_words("trade")),
        "amt": _money(rng, 2, 38, "billion"), "amt2": _money(rng, 110, 980, "million"),
        "pct": f"{rng.randint(11, 68)} percent", "pct3": f"{rng.randint(2, 10)}.{rng.randint(1, 9)} percent",
        "num": f"{rng.randint(2, 9)},{rng.randint(100, 990)}", "num2": str(rng.randint(120, 980)),
        "day": DAYS[when.weekday()], "date": _date(when + timedelta(days=rng.randint(12, 40))),
        "month": MONTHS[(when.month + rng.randint(1, 9)) % 12],
        "year": str(when.year + rng.randint(2, 6)), "year0": str(when.year - rng.randint(4, 15)),
        "year00": str(when.year - rng.randint(21, 70)),
    }  # fmt: skip
    names = {"co": company, "co2": rival, "agency": agency} | _people(rng, company, agency)
    return Facts(names=names, values=values)


class Mentions:
    """Fills slots for one text: a name in full once, in short ever after."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._seen: set[str] = set()

    def __call__(self, slot: str) -> str:
        name = self._facts.names.get(slot)
        if name is None:
            return self._facts.values[slot]
        if slot in self._seen:
            return name.short
        self._seen.add(slot)
        return name.full

    def brief(self, slot: str) -> str:
        """Fill a headline's slot: always the short name, and not a first mention."""
        name = self._facts.names.get(slot)
        return self._facts.values[slot] if name is None else name.short
