"""Digests are told apart; one story is left whole."""

from collections import Counter

from workers.extract.cohesion import joined
from workers.extract.digests import items_of
from workers.extract.seams import find_seams
from workers.records import Article, Block, BlockKind

TOPICS = {
    "harbour": "barge gravel harbour divers ferry pier salvage crane channel skipper hull distillery",
    "chess": "grandmaster bishop tournament gambit champion rook clock endgame opening federation pawn trophy",
    "cheese": "dairy goats rind cellar milk maturing cheesemaker pasture curd market flavour brine",
    "comet": "telescope orbit comet astronomers tail perihelion dust spacecraft nucleus observatory gas spectrum",
    "bridge": "bridge cables engineers traffic concrete toll inspection girder corrosion detour repair contract",
}


def stories(length: int = 4) -> list[list[str]]:
    """One made-up story a topic: each paragraph uses most of the topic's words in another order."""
    made = []
    for words in TOPICS.values():
        bag = words.split()
        made.append(
            [
                f"On day {n} the {bag[n]} and the {bag[n + 1]} met the {bag[n + 2]}, while {bag[n + 3]} near the {bag[(n + 4) % 12]} "
                f"made {bag[(n + 5) % 12]} harder than {bag[(n + 6) % 12]} ever was for {bag[(n + 7) % 12]} alone."
                for n in range(length)
            ]
        )
    return made


def test_stories_without_headings_are_told_apart() -> None:
    """Words that come back stay within one story: that is where the seams are."""
    parts = stories()
    seams = find_seams([p for part in parts for p in part])
    assert seams.is_digest
    assert seams.starts == (0, 4, 8, 12, 16)


def test_one_story_has_no_seams() -> None:
    """The same words run through the whole text: no digest."""
    bag = TOPICS["harbour"].split()
    text = [" ".join(bag[(n * 5 + k * 7) % 12] for k in range(9)) + f" on day {n}." for n in range(20)]
    assert not find_seams(text).is_digest


def test_items_take_their_headings_as_titles() -> None:
    """Each item of a digest is an article with its own address, title and text."""
    blocks: list[Block] = []
    for name, part in zip(TOPICS, stories(), strict=True):
        blocks.append(Block(kind=BlockKind.HEADING, text=f"News of the {name}", level=2))
        blocks += [Block(kind=BlockKind.PARAGRAPH, text=p) for p in part]
    items = items_of(Article(url="https://d.example/1", blocks=tuple(blocks)), sure=True)
    assert [item.title for item in items] == [f"News of the {name}" for name in TOPICS]
    assert [item.url for item in items] == [f"https://d.example/1#item-{n}" for n in range(1, 6)]
    assert all(len(item.blocks) == 4 for item in items)


def test_a_numbered_list_is_one_story() -> None:
    """Ten best of something is one article, however different the ten."""
    blocks: list[Block] = []
    for number, part in enumerate(stories(), start=1):
        blocks.append(Block(kind=BlockKind.HEADING, text=f"{number}. A thing", level=2))
        blocks += [Block(kind=BlockKind.PARAGRAPH, text=p) for p in part]
    assert items_of(Article(url="https://d.example/1", blocks=tuple(blocks)), sure=True) == ()


def test_a_book_is_not_searched_for_seams() -> None:
    """The search is quadratic at worst, so beyond a bound it is not begun."""
    assert find_seams(["some words about ships and harbours"] * 5_000).starts == (0,)


def test_a_long_story_whose_subject_shifts_is_not_cut_inside_a_digest() -> None:
    """Two parts that share their people far more than the rest of the text does are one story."""
    harbour, chess, cheese, comet, bridge = stories(6)
    people = " Morag Sinclair and the Quarrystone company spoke before the sheriff in Lochbuie about their lawsuit."
    opened, shifted = ([p + people * (n % 3 < 2) for n, p in enumerate(part)] for part in (harbour, comet))
    seams = find_seams([*chess, *opened, *shifted, *cheese, *bridge])
    assert seams.is_digest
    assert seams.starts == (0, 6, 18, 24)
    assert find_seams([*chess, *harbour, *comet, *cheese, *bridge]).starts == (0, 6, 12, 18, 24)


def test_neighbours_are_joined_only_beyond_chance_and_doubt() -> None:
    """Words that two parts share with all others, or one word alone, join nothing."""
    common = [["tide", "pilot", f"w{n // 3}", f"x{n // 3}"] for n in range(12)]
    frequency = Counter(word for unit in common for word in set(unit))
    assert joined([0, 3, 6, 9], common, frequency) == [0, 3, 6, 9]
    tied = [
        [*unit, *(["ana", "perez", "quarry", "barge", "writ"] if 3 <= n < 9 else [])]
        for n, unit in enumerate(common)
    ]
    frequency = Counter(word for unit in tied for word in set(unit))
    assert joined([0, 3, 6, 9], tied, frequency) == [0, 3, 9]
    assert joined([0], tied, frequency) == [0]
