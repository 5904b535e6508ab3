"""The walk: what one pass over the tree writes down, and at which run of text."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.content import to_utf8
from workers.extract.tree import read_tree, texts_of


def test_microdata_points_at_the_text_it_marks() -> None:
    """A property of a block begins with the block's own text, not with the text still open before it."""
    tree = read_tree(
        "<body>Asked in March<div itemprop='author'>Ann Reid</div>by <b itemprop='editor'>Jo</b>"
    )
    assert [(name, tree.runs[at].text) for name, _, at in tree.itemprops] == [("author", "Ann Reid")]


def test_a_rule_stands_before_the_next_text() -> None:
    """Rules are written down where they stand, however deep, and the text before them ends there."""
    tree = read_tree("<p>One</p><div><hr></div><p>Two</p>three<hr>four")
    assert [tree.runs[at].text for at in tree.rules] == ["Two", "four"]


def test_what_is_not_entered_can_be_read_afterwards() -> None:
    """Menus, buttons and the page's footer keep their place, and their text is there for whoever asks."""
    tree = read_tree(
        "<nav><a href=/a>News</a> <a href=/b>Sport</a></nav><p>Story</p><footer><p>Imprint</p>Jobs</footer>"
    )
    assert [run.text for run in tree.runs] == ["Story"]
    assert [(texts_of(node), at) for node, at in tree.pruned] == [
        (["News Sport"], 0),
        (["Imprint", "Jobs"], 1),
    ]


def test_two_links_in_a_row_are_never_one_word() -> None:
    """Links without a space between them are parted, and each keeps its own text."""
    tree = read_tree("<p><a href=/a>Ports</a><a href=/b>Ferries</a> and <a href=/c>pi<b>er</b>s</a></p>")
    assert [run.text for run in tree.runs] == ["Ports Ferries and piers"]
    assert [anchor.text for anchor in tree.anchors] == ["Ports", "Ferries", "piers"]
    assert (tree.runs[0].links, tree.runs[0].link_chars) == (3, len("PortsFerriespiers"))


def test_bytes_and_text_give_the_same_tree() -> None:
    """A page in another encoding is read as the same page in UTF-8 is; sound UTF-8 is not even copied."""
    page = "<p>Ärger über Größe — «schön»\0</p>"
    as_utf8 = page.encode()
    assert read_tree(to_utf8(page.encode("utf-16"))).runs == read_tree(to_utf8(as_utf8)).runs
    sound = as_utf8.replace(b"\0", b"")
    assert to_utf8(sound) is sound


@given(
    st.text(st.sampled_from("a é\u4e2d.  \t\n\u00a0\u2003\u3000\u200b\u00ad\u2060\u200d\ufeff"), max_size=12)
)
def test_white_space_is_collapsed_however_it_is_written(text: str) -> None:
    """A run is its words with one space between; what has no width is gone, whether the text needed cleaning or not."""
    visible = "".join(letter for letter in text if letter not in "\u200b\u00ad\u2060\ufeff")
    runs = read_tree(f"<body>x{text}y").runs
    assert [run.text for run in runs] == [" ".join(f"x{visible}y".split())]
