"""A batch may be repeated after a death at any point, and later copies still find the story."""

import random
from collections.abc import Callable, Iterable

from workers.dedup.folding import Foldable, Folder
from workers.dedup.index import MemoryIndex
from workers.ids import article_id
from workers.records import Article, ArticleId, Block, BlockKind, VerdictKind

STORY = """\
The ferry company will move its winter berth to the old coal quay, the harbour board said on Thursday after a vote.
Dredging there took eleven weeks and removed 48,000 cubic metres of silt that had lain since the mine closed in 1987.
Passengers will walk through the former weighing hall, where the board has put benches, a stove and a ticket window.
Marit Olsson, who chairs the fishermen's association, asked that the small boats keep their moorings until April.
The board promised her an answer by the end of the month and said that no boat would be moved before the thaw.
Rents for the sheds along the quay stay as they are for two years; after that, the county's tables will apply.
""".splitlines()


def copy(url: str, *extra: str) -> Foldable:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in [*STORY, *extra])
    article = Article(url=url, title="Ferry berth moves to the coal quay", blocks=blocks)
    return Foldable(article_id=article_id(url, article.text, article.title or ""), article=article)


class DiesBeforeWithdrawal(MemoryIndex):
    """The index as a worker leaves it that is killed after the look-up."""

    def withdraw(self, entries: object) -> None:  # noqa: ARG002
        raise KeyboardInterrupt


def test_a_batch_that_died_half_way_and_is_repeated_hides_nothing() -> None:
    """Two copies of one batch see each other on the second run; one of them stays for the third copy to find."""
    index: MemoryIndex = DiesBeforeWithdrawal()
    batch = [copy("https://a.example/berth"), copy("https://b.example/berth", "Reported from the quay.")]
    try:
        Folder(index).fold(batch)
    except KeyboardInterrupt:
        index.__class__ = MemoryIndex  # the process is gone, the index is what it was
    Folder(index).fold(batch)
    [later] = Folder(index).fold([copy("https://c.example/berth", "Our reporter was there.")])
    assert later.kind is not VerdictKind.NEW
    assert later.match is not None
    assert later.match.of in {item.article_id for item in batch}


class Overtaken(MemoryIndex):
    """The index of a worker that another one overtakes between what it looked up and what it notes."""

    meanwhile: Callable[[], object] | None = None

    def note(self, additions: Iterable[tuple[ArticleId, bytes]]) -> None:
        overtaking, self.meanwhile = self.meanwhile, None
        if overtaking is not None:
            overtaking()
        super().note(additions)


def page(title: str, text: str) -> Foldable:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in text.split("\n"))
    return Foldable(
        article_id=article_id(title, text),
        article=Article(url=title.replace(" ", "-"), title=title, blocks=blocks),
    )


def prose(seed: str) -> str:
    """Forty lines of nine words that no other seed has."""
    rng = random.Random(seed)
    return "\n".join(" ".join("".join(rng.choices("abcdefgh", k=6)) for _ in range(9)) for _ in range(40))


def test_two_stories_found_in_one_digest_at_the_same_moment_are_both_noted() -> None:
    """Neither worker's finding replaces the other's: the story that comes last is told of all three."""
    stories = [page(title, prose(title)) for title in ("Ferry berth", "Chess evening", "Snow on the pass")]
    digest = page("Evening letter", "\n".join(story.article.text for story in stories))
    index = Overtaken()
    Folder(index).fold([digest])
    index.meanwhile = lambda: Folder(index).fold([stories[1]])
    Folder(index).fold([stories[0]])
    [last] = Folder(index).fold([stories[2]])
    [holding] = last.held_by
    assert set(holding.holds) == {story.article_id for story in stories}
