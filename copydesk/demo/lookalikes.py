"""Look-alikes: reports filled into a form, which share most of their words and are different stories."""

import random
from dataclasses import replace

from copydesk.demo.facts import Facts, Mentions, draw_facts
from copydesk.demo.grammar import expand, load_phrases, load_words
from copydesk.demo.stories import Block, Story, Writer

FAMILIES = ("earnings", "market", "weather", "scores", "notice")
_SKIES = ("cloudy", "mostly sunny", "overcast", "clear", "foggy", "showery", "windy", "hazy", "stormy", "dry")
_WINDS = ("north", "north-west", "west", "south-west", "south", "south-east", "east", "north-east")
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def _extra(rng: random.Random, facts: Facts) -> dict[str, str]:
    """Draw what only forms need: scores, skies, and names cut to what a table shows."""
    sky, sky2 = rng.sample(_SKIES, 2)
    place, place2 = rng.sample(_PLACES, 2)
    city3, city4 = rng.sample([c for c in load_words("city") if c not in facts.values.values()], 2)
    car, car2 = rng.sample([c for c in load_words("company") if c != facts.names["co"].full], 2)
    rises = rng.random() < 1 / 2
    first = {f"{key}_first": facts.names[key].full.split(",")[0].split(" of ")[0].split(" who ")[0]
             for key in ("ana", "cri", "exe", "off")}  # fmt: skip
    return first | {
        "coS": facts.names["co"].short, "co2S": facts.names["co2"].short, "worL": facts.names["wor"].short,
        "updown": "up" if rises else "down", "updown2": "rose" if rises else "fell",
        "pctn": str(rng.randint(2, 61)), "sky": sky, "sky2": sky2, "wind": rng.choice(_WINDS),
        "hi": str(rng.randint(15, 33)), "lo": str(rng.randint(2, 13)),
        "win": str(rng.randint(96, 128)), "loss": str(rng.randint(71, 95)), "goals": str(rng.randint(19, 44)),
        "place_n": place, "place_n2": place2, "city3": city3, "city4": city4,
        "firstcar": car, "secondcar": car2,
    }  # fmt: skip


def write_lookalike(writer: Writer, rng: random.Random, number: int, family: str) -> Story:
    """Fill one form of ``family``; two of a family share their template and nothing else."""
    when = writer.pick_time()
    drawn = draw_facts(rng, when)
    facts = replace(drawn, values=drawn.values | _extra(rng, drawn))
    mentions, form = Mentions(facts), load_phrases("lookalikes")
    title = expand(form[f"{family}.headline"][0], rng, mentions.brief)
    return Story(
        id=number,
        title=title,
        blocks=tuple(Block(text=expand(line, rng, mentions)) for line in form[f"{family}.body"]),
        author=writer.pick_author(),
        dateline=facts.values["city"].upper(),
        section="markets",
        published_at=when,
        family=family,
    )
