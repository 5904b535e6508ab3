"""What is one story and what is not, as an editor would say it; texts written for these tests."""

import random
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from workers.dedup.deduplicator import Deduplicator, FoldResult
from workers.dedup.fingerprint import fingerprint
from workers.dedup.sketch import pack
from workers.dedup.stored import Stored
from workers.records import VerdictKind

WIRE = """The last ferry to Brandsholm left on Sunday evening with forty passengers and a piano. From Monday a bridge
does its work, and the crossing that took an hour and ten minutes takes four.

"I have carried three generations of the same families," said the captain, Runa Eldevik, who steered the boat for
twenty-six years. She will not retire. The county has asked her to run the small harbour, which keeps its crane and
its ice house and loses its queue of cars.

The bridge cost 412 million crowns, 37 million more than planned, because the rock under the second pillar turned out
to be clay. A toll of 60 crowns will pay for it until 2041. Cyclists cross free, which the islanders had asked for in
a letter signed by nearly all of them.

At the school, where nine children are taught in one room, the teacher Ola Marvik has drawn a chart of who will now
come by bus. Two families are moving back. The shop has ordered a second freezer, and the bakery in Nordvik, on the
mainland side, says it will deliver bread before seven."""

EARNINGS = """{name} reported quarterly revenue of {a} million crowns on {day}, after {b} million a year earlier.
Net profit came to {c} million crowns, or {d} crowns a share. The chief executive, {chief}, said that demand had held up
in all markets and that the company expects to reach its goals for the year. The board proposes {e} crowns.
Shares of {name} closed {f} percent higher in {city}. Analysts had expected revenue of {g} million crowns."""


def earnings(seed: int) -> str:
    rng = random.Random(seed)
    names = [
        "Havgard Shipping",
        "Lunde Timber",
        "Osterby Foods",
        "Tveit Energy",
        "Bjarne Salmon",
        "Nordlys Paper",
    ]
    people = ["Anne Holt", "Kari Bakke", "Per Dahl", "Siv Moen", "Ivar Lie", "Gro Nilsen"]
    figures = {letter: rng.randint(11, 989) for letter in "abcdefg"}
    return EARNINGS.format(
        name=names[seed % 6],
        chief=people[seed * 5 % 6],
        day=rng.choice(["Monday", "Tuesday"]),
        city=["Oslo", "Bergen", "Malmo", "Turku"][seed % 4],
        **figures,
    )


def fold(*texts: str, titles: tuple[str, ...] = ()) -> list[FoldResult]:
    dedup = Deduplicator()
    titles = titles or ("",) * len(texts)
    return [
        dedup.add(str(n), text, title=title)
        for n, (text, title) in enumerate(zip(texts, titles, strict=True))
    ]


def replaced(text: str, share: float, seed: int = 1) -> str:
    rng = random.Random(seed)
    words = [
        w if w[:1].isupper() or w[:1].isdigit() or rng.random() > share else f"word{rng.randint(0, 999)}x"
        for w in text.split(" ")
    ]
    return " ".join(words)


PARAGRAPHS = WIRE.split("\n\n")

COPIES = {
    "another case": WIRE.upper(),
    "curly quotes and soft hyphens": WIRE.replace('"', "\u201d").replace("fer", "fer\u00ad"),
    "a dateline": "BRANDSHOLM, 12 May (Norlys) -- " + WIRE,
    "a paragraph dropped": "\n\n".join(PARAGRAPHS[:2] + PARAGRAPHS[3:]),
    "paragraphs in another order": "\n\n".join(PARAGRAPHS[::-1]),
    "one word in five replaced": replaced(WIRE, 0.2),
    "other lines around": "Read our newsletter\n\n" + WIRE + "\n\nMore from the islands\n\nFollow us",
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_an_edited_copy_is_the_same_story(copy: str) -> None:
    """Whichever of the two comes first, the second is recognised."""
    for pair in ((WIRE, copy), (copy, WIRE)):
        first, second = fold(*pair)
        assert (first.verdict, second.story, second.of) == (VerdictKind.NEW, "0", "0")


def test_the_same_text_is_the_same() -> None:
    """Identical after normalisation is ``same``, with resemblance and containment 1."""
    _, second = fold(WIRE, "  " + WIRE.casefold())
    assert (second.verdict, second.resemblance, second.containment) == (VerdictKind.SAME, 1.0, 1.0)


def test_a_teaser_is_an_excerpt() -> None:
    """The opening words alone are an excerpt of the whole; the whole after its teaser is an update that grew."""
    teaser = " ".join(WIRE.split()[:45]) + " ..."
    titles = ("Last ferry to Brandsholm", "Last ferry to Brandsholm")
    assert fold(WIRE, teaser, titles=titles)[1].verdict is VerdictKind.EXCERPT_OF
    assert fold(teaser, WIRE, titles=titles)[1].verdict is VerdictKind.UPDATE_OF


def test_one_template_with_other_figures_is_another_story() -> None:
    """Results of six companies from one template stay six stories; a copy of one joins its own."""
    texts = [earnings(n) for n in range(6)]
    results = fold(*texts, "(Norlys) " + texts[3])
    assert [r.story for r in results] == ["0", "1", "2", "3", "4", "5", "3"]


def test_empty_texts_are_nobodys_copies() -> None:
    """Empty pages are no duplicates of each other, nor are stubs under different headlines."""
    stub = "Watch the full video above."
    results = fold("", "", stub, stub, titles=("One thing", "One thing", "Ferry leaves", "Bridge opens"))
    assert [r.verdict for r in results] == [VerdictKind.NEW] * 4


def test_a_brief_is_the_same_under_the_same_headline() -> None:
    """A one-sentence brief is recognised by its words under its headline, and by nothing less."""
    brief, other = "Brandsholm ferry makes its last crossing", "Brandsholm ferry makes its first crossing"
    results = fold(brief + ".", brief, other + ".", titles=(brief, brief, other))
    assert [r.story for r in results] == ["0", "0", "2"]


def filler(seed: int, words: int) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WIRE.replace("\n", " ").split()) for _ in range(words))


def test_a_digest_is_linked_to_what_it_holds_and_merged_with_nothing() -> None:
    """A page that holds three stories under their headlines names all three and stays its own."""
    texts = [filler(n, 160) for n in (1, 2, 3)]
    titles = ("Ferry leaves for good", "Freezer ordered by shop", "Captain stays in harbour")
    page = "Good morning.\n\n" + "\n\n".join(f"{t}\n\n{x}" for t, x in zip(titles, texts, strict=True))
    *_, digest, late = fold(*texts, page, texts[1] + " Ends", titles=(*titles, "Morning edition", titles[1]))
    assert (digest.verdict, digest.story, sorted(digest.stories)) == (
        VerdictKind.CONTAINS,
        "3",
        ["0", "1", "2"],
    )
    assert late.story == "1"


@pytest.mark.parametrize("heading", ["{}\n\n", ""])
@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_digest_is_known_whenever_it_comes(order: tuple[int, ...], heading: str) -> None:
    """Before, between or after its stories: a digest ends with a link to each, and each story stays its own."""
    texts = [filler(n, 160) for n in (1, 2, 3)]
    titles = ["Ferry leaves for good", "Freezer ordered by shop", "Captain stays in harbour"]
    items = [heading.format(t) + x for t, x in zip(titles, texts, strict=True)]
    pages = [*zip(titles, texts, strict=True), ("Morning edition", "Good morning.\n\n" + "\n\n".join(items))]
    dedup = Deduplicator()
    for n in order:
        dedup.add(str(n), pages[n][1], title=pages[n][0])
    digest = dedup.result("3")
    assert digest.verdict is VerdictKind.CONTAINS
    assert set(digest.stories) == {dedup.result(n).story for n in "012"}
    assert len(digest.stories) == 3


def test_a_copy_with_short_neighbours_is_no_digest() -> None:
    """Teasers of other stories beside a copy do not make it a digest of them."""
    pass_ = "Snow closed the pass on Friday and the post came by sled with eleven sacks, two of them full of skates."
    choir = "The choir of Nordvik sings on Sunday at four in the weighing hall; bring a chair and keep your coat on."
    brief = [f"{pass_} Drivers wait below.", f"{choir} Coffee will be served."]
    page = WIRE + "\n\n" + "\n\n".join(brief)
    *_, copy = fold(
        WIRE, *brief, page, titles=("Last ferry", "Snow on the pass", "Choir sings", "Farewell to a ferry")
    )
    assert copy.story == "0"


def test_one_sentence_under_the_same_headline_is_an_excerpt() -> None:
    """Fifteen words of a story belong to it, whichever came first; under another headline they are nobody's."""
    teaser = " ".join(WIRE.split()[:15]) + "\n\nRead more"
    title = "Last ferry to Brandsholm"
    results = fold(WIRE, teaser, teaser, titles=(title, title, "Bridges of the north"))
    assert [(r.story, r.verdict.value) for r in results[:2]] == [("0", "new"), ("0", "excerpt_of")]
    assert results[2].story != "0"
    assert [r.story for r in fold(teaser, WIRE, titles=(title, title))] == ["0", "0"]


def test_a_story_quoted_late_in_another_is_not_its_copy() -> None:
    """Half of a page, begun after a third of it under another headline, is a quotation; under its own, a copy."""
    page = filler(21, 110) + "\n\n" + WIRE + "\n\n" + filler(22, 140)
    quoted = fold(WIRE, page, titles=("Last ferry to Brandsholm", "Crossings that towns have lost"))
    assert [r.story for r in quoted] == ["0", "1"]
    copied = fold(WIRE, page, titles=("Last ferry to Brandsholm",) * 2)
    assert [r.story for r in copied] == ["0", "0"]


def test_a_common_tail_makes_no_copies() -> None:
    """Pages of one site that share a long tail are as many stories as they have beginnings."""
    tail = filler(9, 120)
    results = fold(*(filler(n, 130) + "\n\n" + tail for n in (1, 2, 3)))
    assert len({r.story for r in results}) == 3


def test_a_column_is_another_each_week() -> None:
    """The same headline, the same first and last paragraph, and other words between: other stories."""
    intro, outro = filler(5, 40), filler(6, 40)
    column = [f"{intro}\n\n{filler(n, 110)}\n\n{outro}" for n in (1, 2, 3)]
    assert len({r.story for r in fold(*column, titles=("Letter from the quay",) * 3)}) == 3


QUARTER = """Havgard Shipping reported revenue of {} million crowns and a profit of {} million for the quarter. The
fleet of Havgard made {} calls at Nordvik and {} at Brandsholm, where the company rents two berths from
the county. Anne Holt, who leads Havgard Shipping, said that the ice had been kind and that the Turku
line would go on as it is. The board under Per Dahl proposes a dividend of {} crowns, and Kari Bakke of
Lunde Timber joins it. Work on the yard in Malmo costs {} million."""


def test_the_next_quarter_is_another_story() -> None:
    """Names that agree do not make good figures that all differ."""
    results = fold(QUARTER.format(412, 31, 208, 77, 6, 19), QUARTER.format(388, 27, 196, 81, 5, 22))
    assert [r.reason for r in results] == ["no_candidate", "claims_differ"]


def test_headlines_that_exchange_a_name_are_of_two_stories() -> None:
    """One headline with another town and another person in it speaks against a copy, whatever else agrees."""
    form = (
        "The board of {} today named {} as head of its harbour, beginning on Monday. In this office {} will "
        "watch over the quays and the ice house and report to the county. Asked for comment, the new head "
        "spoke of an honour. The harbour has two cranes and a slip, and the Turku ferry calls there on "
        "weekdays when the sea allows it."
    )
    first = form.format("Nordvik", "Ana Silva", "Silva")
    second = form.format("Brandsholm", "Ben Silva", "Silva")
    results = fold(first, second, titles=("Nordvik names Ana Silva", "Brandsholm names Ben Silva"))
    assert [r.story for r in results] == ["0", "1"]


BRIEF_RULING = """The dispute that Runa Line opened 23 months ago ended on Tuesday when the Harbour Court upheld 6
of its 7 complaints against tug crews in Lunde.

The court threw out the claim that traffic had collapsed for other reasons, noting that crossings by rival lines rose
by 10.7 percent. Auditors compared 57 invoices and found fares that did not cover the price of the fuel."""

LONG_RULING = """The dispute that Vester Trams opened 17 months ago paid off on Thursday when the Road Board upheld 3 of
its 7 complaints against track crews in Lunde.

Depots must post a bond at the Nordvik office until the final sum is fixed in May. The court threw out the claim that
traffic had collapsed for other reasons, noting that crossings by rival lines rose by 7.6 percent.

"I have signed forty of these and slept after every one," said Tora Remme of the board. Passengers were told to expect
dearer tickets by spring, and the union of drivers called the ruling a bill that others had run up.

Vester runs four depots and said that it would open a line closed since the flood. Its shares gained a little. A survey
of commuters found most of them gloomier than last year, though few had read the ruling.

The quarrel goes back to a winter in which the switches froze and both sides blamed the other's salt."""


def test_a_brief_of_another_affair_in_the_same_words_is_another_story() -> None:
    """Few shared sentences prove nothing while the headlines exchange whom and what they are about."""
    brief = ("brief", BRIEF_RULING, "Ferry truce on tug fees ends with no deal between Brandsholm and Lunde")
    long = ("long", LONG_RULING, "Ferry pause on track salt ends with no deal between Nordvik and Lunde")
    for first, second in permutations((brief, long)):
        desk = Deduplicator()
        desk.add(first[0], first[1], title=first[2])
        assert desk.add(second[0], second[1], title=second[2]).verdict is VerdictKind.NEW


def test_a_form_without_figures_and_names_needs_nearly_the_same_words() -> None:
    """Two weeks' menus are two texts; the same menu with a word corrected is one."""
    form = (
        "this is what the canteen serves from day to day: {}, then {}, then {}, then {}, and {} to end with. "
        "every meal comes with bread and fruit, and water is free for all. children who cannot eat a dish are "
        "given another one when the kitchen knows of it on the day before. the list may change when "
        "deliveries are late."
    )
    week = form.format("pea soup", "fish and leek", "lentil stew", "bean chili", "plum cake")
    next_week = form.format("bean chili", "meat pie", "pea soup", "rice and egg", "apple cake")
    results = fold(
        week, next_week, week.replace("for all", "to all"), titles=("School lunches this week",) * 3
    )
    assert [r.story for r in results] == ["0", "1", "0"]


def test_thai_texts_share_words_without_being_copies() -> None:
    """Letters written without spaces are compared in runs as long as three words: common words make no copies."""
    words = (
        "รัฐบาล เศรษฐกิจ บริษัท ตลาด ส่งออก ประเทศ ผลิต เพิ่ม ลดลง รายงาน กล่าว ปีนี้ โรงงาน วิจัย เมือง ชนบท จราจร รถไฟ "
        "อากาศ ลงทุน ธนาคาร ราคา น้ำมัน รถยนต์ ข้อมูล ศาล ตำรวจ สอบสวน พบ ต้องการ ประชุม ลงนาม เจรจา ร่วมมือ เดิน เรือ"
    )
    texts = ["".join(random.Random(seed).choices(words.split(), k=120)) for seed in (1, 2)]
    results = fold(*texts, texts[0][:300] + texts[0][330:])
    assert [r.story for r in results] == ["0", "1", "0"]


def test_merged_stories_keep_their_ids() -> None:
    """When a fuller text shows two stories to be one, the older name stands and the younger still resolves."""
    dedup = Deduplicator()
    half = len(PARAGRAPHS) // 2
    title = "Last ferry to Brandsholm"
    dedup.add("first", "\n\n".join(PARAGRAPHS[:half]), title=title)
    dedup.add("second", "\n\n".join(PARAGRAPHS[half:]), title=title)
    assert dedup.story("second") == "second"
    dedup.add("whole", WIRE, title=title)
    assert {dedup.story(i) for i in ("first", "second", "whole")} == {"first"}


def test_the_canonical_text_is_the_earliest_then_the_fullest() -> None:
    """A better text that comes later stands for the story from then on; the story keeps its name."""
    dedup = Deduplicator()
    dedup.add("part", "\n\n".join(PARAGRAPHS[:3]), title="Ferry")
    dedup.add("whole", WIRE, title="Ferry")
    assert (dedup.story("whole"), dedup.canonical("part")) == ("part", "whole")
    dedup.add("dated", WIRE[:-40], title="Ferry", published=datetime(2026, 5, 12, tzinfo=UTC))
    assert dedup.canonical("part") == "dated"


def test_the_text_that_others_name_as_their_origin_stands_for_the_story() -> None:
    """By its address or its site, as in the store: an earlier date does not outdo it, and a stub never does."""
    for origin in ("https://wire.example/1", "Wire.example"):
        dedup = Deduplicator()
        day = datetime(2026, 5, 12, tzinfo=UTC)
        for hours, (name, text) in enumerate([("early", WIRE), ("late", "UPDATE " + WIRE)]):
            moment = day + 2 * timedelta(hours=hours)
            dedup.add(
                name,
                text,
                title="Last ferry",
                url=f"https://{name}.example/1",
                published=moment,
                origin=origin,
            )
        assert dedup.canonical("early") == "early"
        dedup.add(
            "wire",
            WIRE + " Ends.",
            title="Last ferry",
            url="https://wire.example/1",
            site="wire.example",
            published=day + timedelta(hours=1),
        )
        assert dedup.canonical("early") == "wire"


def test_a_digest_that_left_its_story_does_not_stand_for_it() -> None:
    """A page that passed for its first story's longer version, and came first, stands for itself alone."""
    one, other = filler(1, 150), filler(2, 150)
    dedup = Deduplicator()
    dedup.add("page", f"Good evening.\n\n{one}\n\n{other}", title="Evening letter")
    dedup.add("one", one, title="Berth")
    dedup.add("other", other, title="Snow")
    assert dedup.result("page").verdict is VerdictKind.CONTAINS
    assert dedup.canonical(dedup.story("one")) == "one"


def test_the_same_url_is_an_update() -> None:
    """A page that was rewritten under the same headline is an update of itself."""
    dedup = Deduplicator()
    dedup.add("a", WIRE, title="Ferry leaves", url="https://i.example/1")
    later = dedup.add(
        "b", "\n\n".join(PARAGRAPHS[:2]) + filler(3, 90), title="Ferry leaves", url="https://i.example/1"
    )
    assert (later.verdict, later.story) == (VerdictKind.UPDATE_OF, "a")


def test_a_question_changes_nothing() -> None:
    """Asking what a text would be does not add it."""
    dedup = Deduplicator()
    dedup.add("a", WIRE)
    assert dedup.query(WIRE).story == "a"
    assert dedup.query(filler(1, 100)).verdict is VerdictKind.NEW
    assert dedup.query(filler(1, 100)).verdict is VerdictKind.NEW


def test_stories_do_not_depend_on_the_order_of_arrival() -> None:
    """However copies, excerpts and look-alikes are shuffled, the same texts end in the same stories."""
    texts = {"w": WIRE, **COPIES} | {f"e{n}": earnings(n) for n in range(6)}
    expected = None
    for seed in range(5):
        names = sorted(texts)
        random.Random(seed).shuffle(names)
        dedup = Deduplicator()
        for name in names:
            dedup.add(name, texts[name], title="Ferry" if not name.startswith("e") else "Results")
        groups = {frozenset(n for n in texts if dedup.story(n) == dedup.story(m)) for m in texts}
        expected = expected or groups
        assert groups == expected


def test_a_record_survives_the_index() -> None:
    """What is packed is read back as it was."""
    sketch = fingerprint(WIRE, title="Last ferry", url="https://i.example/1", site="i.example").sketch
    again = Stored(pack(sketch))
    assert again.sample_tags.tolist() == sketch.samples.tags.tolist()
    assert (again.sample_places * 256 - 0.5).tolist() == sketch.samples.places.tolist()
    assert again.claim_tags.tolist() == [*sketch.figures.tags.tolist(), *sketch.names.tags.tolist()]
    assert again.title == set(sketch.title.tolist())
    assert (again.tokens, again.url, again.headline, again.level) == (
        sketch.tokens,
        sketch.url,
        sketch.headline,
        sketch.level,
    )
    assert again.parts == ()
