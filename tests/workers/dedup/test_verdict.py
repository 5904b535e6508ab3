"""What stands between copies and look-alikes: openings, leads, backgrounds and teasers, in invented words."""

import random
from datetime import UTC, datetime
from itertools import permutations

import pytest

from workers.dedup.deduplicator import Deduplicator, FoldResult

SYLLABLES = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "du", "fa", "gre"]


def prose(seed: int, sentences: int) -> str:
    """Sentences of ten words that no other seed has, without figures and names."""
    rng = random.Random(seed)
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(sentences * 10)]
    return " ".join(" ".join(words[at : at + 10]).capitalize() + "." for at in range(0, len(words), 10))


def fold(*pages: tuple[str, str]) -> list[FoldResult]:
    """Fold pages of headline and text; each is named by its number."""
    dedup = Deduplicator()
    for at, (title, text) in enumerate(pages):
        dedup.add(str(at), text, title=title)
    return [dedup.result(str(at)) for at in range(len(pages))]


def stories(*pages: tuple[str, str]) -> int:
    return len({found.story for found in fold(*pages)})


OLD = ("Ferry service ends", prose(1, 60))
BACKGROUND = " ".join(OLD[1].split()[90:300])


@pytest.mark.parametrize("title", ["Ferry service ends: what we know", "Harbour sold"])
def test_an_older_story_told_as_background_makes_no_copy(title: str) -> None:
    """A report that opens in its own words and takes its second half from the middle of an older story is another."""
    follow_up = (title, prose(2, 14) + "\n\n" + BACKGROUND)
    assert stories(OLD, follow_up) == 2
    assert stories(follow_up, OLD) == 2


def test_a_copy_may_have_a_lead_of_its_own() -> None:
    """Under one headline a new beginning leaves a text a copy; under another the rest is the tail of a site."""
    rest = prose(3, 17)
    one, other = prose(4, 5) + "\n\n" + rest, prose(5, 5) + "\n\n" + rest
    assert stories(("Bridge opens", one), ("Bridge opens", other)) == 1
    assert stories(("Bridge opens", one), ("Rain expected", other)) == 2


def test_opening_sentences_without_figures_or_names_are_an_excerpt_of_the_story_of_their_headline() -> None:
    """A few words added by the site that prints them do not make them a form filled in otherwise."""
    story = ("Bread before seven", prose(6, 50))
    opening = (
        "Bread before seven",
        " ".join(story[1].split()[:30]) + " Read more on our page. Subscribe today.",
    )
    assert [found.of for found in fold(story, opening)] == [None, "0"]


def form(year: int) -> str:
    """A form of some 190 words, whose figures begin after its first 40."""
    words = prose(7, 18).split()
    for at, figure in zip(range(40, 180, 10), range(year, year + 14 * 37, 37), strict=True):
        words.insert(at, str(figure))
    return " ".join(words)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_teaser_without_figures_does_not_join_two_forms(order: tuple[int, ...]) -> None:
    """Two fillings of one form stay apart whenever the opening words of both come, which belong to one of them."""
    title = "Water levels this week"
    pages = [(title, form(1301)), (title, form(4507)), (title, " ".join(form(1301).split()[:38]))]
    assert stories(*(pages[at] for at in order)) == 2


def test_a_page_of_a_long_story_and_a_short_one_is_a_digest_however_unequal_they_are() -> None:
    """Nearly all of the page is one story, and it is no copy of it; else the short one's copies would be led there."""
    long, short = ("Harbour sold", prose(8, 220)), ("Choir sings", prose(9, 13))
    page = ("Evening edition", short[1] + "\n\n" + long[1])
    found = fold(short, long, page, (short[0], short[1] + " More to follow."))
    assert sorted(found[2].stories) == ["0", "1"]
    assert [found[at].story for at in (0, 1, 3)] == ["0", "1", "0"]


def test_a_copy_with_a_teaser_of_another_story_is_no_digest() -> None:
    """What stands beside nearly all of a story has to be a story of a hundred words."""
    long, brief = ("Harbour sold", prose(8, 100)), ("Choir sings", prose(9, 4))
    page = ("Harbour sold", long[1] + "\n\n" + brief[1])
    assert fold(brief, long, page)[2].story == "1"


@pytest.mark.parametrize("arrives_first", ["whole", "middle"])
def test_a_later_text_that_is_the_middle_of_a_story_is_its_excerpt(arrives_first: str) -> None:
    """Under any headline, whichever is read first; of an older text the page is a quotation."""
    whole = prose(10, 60)
    middle = " ".join(whole.split()[180:420])
    for older, count in (("whole", 1), ("middle", 2)):
        dedup = Deduplicator()
        pages = {"whole": ("Harbour sold", whole), "middle": ("Who bought it", middle)}
        for name in sorted(pages, key=lambda name: name != arrives_first):
            title, text = pages[name]
            day = datetime(2026, 3, 1 if name == older else 2, tzinfo=UTC)
            dedup.add(name, text, title=title, published=day)
        assert len({dedup.story(name) for name in pages}) == count


def tide(harbour: str, day: int, high: int, wind: int) -> tuple[str, str]:
    """A bulletin that is filled in every day, in Chinese."""
    lines = [
        f"{harbour}海事站{day}日发布潮汐预报。今天涨潮时间为上午{high % 11 + 1}时。潮高{high}厘米。风力{wind}级。",
        f"浪高{wind + 1}米。夜间退潮。潮高{high // 3}厘米。小船请在港内避风。渔民出海前请检查救生设备。",
        "本站每天早晨发布一次预报。遇有大风将随时补充。感谢各位听众的收听。",
    ]
    return f"{harbour}潮汐预报", "".join(lines)


def test_forms_in_a_script_without_spaces_are_told_apart_by_their_figures() -> None:
    """A word of Chinese is nearly two characters: figures stand as far from shared words as in other scripts."""
    assert stories(tide("青石港", 14, 276, 1), tide("白沙港", 5, 277, 5), tide("青石港", 21, 455, 7)) == 3
    title, text = tide("青石港", 4, 310, 5)
    assert stories((title, text), (title, text + "\n\n欢迎转载")) == 1


def report(*figures: int) -> str:
    """A long text with a dozen names and a few figures in it."""
    words = prose(11, 70).split()
    names = ["".join(random.Random(n).choices(SYLLABLES, k=3)).capitalize() for n in range(14)]
    for at, name in zip(range(25, 445, 30), names, strict=True):
        words[at] = words[at].rstrip(".") + " said " + name
    for at, figure in zip((250, 350, 450), figures, strict=False):
        words[at] = f"{words[at].lower().rstrip('.')} {figure}"
    return " ".join(words)


def test_a_correction_of_two_figures_among_a_dozen_names_is_the_same_story() -> None:
    """Few figures may all be wrong; where names do not speak for it, a text with other figures is another."""
    title = "Harbour sold"
    assert stories((title, report(411, 52, 7300)), (title, report(417, 52, 7900) + "\n\nCorrected.")) == 1
    bare = [" ".join(word.lower() for word in report(*f).split()) for f in ((411, 52, 7300), (417, 58, 7900))]
    assert stories((title, bare[0]), (title, bare[1])) == 2


def test_instalments_of_a_column_in_one_frame_are_stories_of_their_own() -> None:
    """The same introduction, headline and farewell: what stands between them is the story, however short it is."""
    instalments = [
        ("From the allotment", "\n\n".join([prose(20, 6), prose(seed, 9), prose(21, 7)])) for seed in (22, 23)
    ]
    assert stories(*instalments) == 2
    longer = (instalments[0][0], "\n\n".join([prose(20, 6), prose(22, 9), prose(24, 9), prose(21, 7)]))
    assert stories(instalments[0], longer) == 1


def hearing(day: int) -> str:
    """A court's list: the same charges, others of the same few names and streets, other fines."""
    rng = random.Random(day)
    names = ["Ruud", "Moen", "Dahl", "Lie", "Berg", "Vik"]
    cases = [
        f"{rng.choice(names)} {rng.choice(names)}, {rng.randint(18, 80)}, of {rng.choice(names)} Road: "
        f"{rng.choice(['driving without insurance', 'taking a bicycle', 'failing to stop'])}; "
        f"fined {rng.randint(40, 900)}, costs {rng.randint(30, 200)}."
        for _ in range(7)
    ]
    return "\n\n".join(["The following cases were heard at the court in Aby on Monday.", *cases])


@pytest.mark.parametrize("day", [3, 8, 14, 29])
def test_the_list_of_another_day_is_not_told_in_other_words(day: int) -> None:
    """Names may agree where a town has few; who rewrites a story keeps its figures."""
    assert stories(("Court list", hearing(2 * day)), ("Court list", hearing(2 * day + 1))) == 2
