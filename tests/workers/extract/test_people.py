"""Who is believed to have written a story, and what is no name."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.extract.authors import clean_authors
from workers.extract.metadata import Metadata, Page, read_metadata
from workers.extract.tree import read_tree


def read(body: str, head: str = "") -> Metadata:
    """Return what a page with this head and this text under its headline says."""
    html = f"<html><head>{head}</head><body><h1>Ports closed again for days</h1>{body}</body></html>"
    return read_metadata(Page(read_tree(html), "https://post.example/a"))


def ld(**fields: object) -> str:
    """Return a story's JSON-LD."""
    node = {"@type": "NewsArticle", "headline": "Ports closed again for days", **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Ana Perez", "Ana Perez"), ("Von Karin Maurer", "Karin Maurer"), ("Par Luc Morel", "Luc Morel"),
        ("Por Ana Perez", "Ana Perez"), ("Di Carla Bassi", "Carla Bassi"), ("Door Jan de Wit", "Jan de Wit"),
        ("Av Kari Nordmann", "Kari Nordmann"), ("Tekst: Ewa Nowak", "Ewa Nowak"), ("Автор: Иван Петров", "Иван Петров"),
        ("Penulis: Dewi Lestari", "Dewi Lestari"), ("Yazar: Ayşe Demir", "Ayşe Demir"), ("بقلم أحمد حسن", "أحمد حسن"),
        ("โดย สมชาย ใจดี", "สมชาย ใจดี"), ("作者：王小明", "王小明"), ("홍길동 기자", "홍길동"), ("Tác giả: Minh Anh", "Minh Anh"),
    ],
)  # fmt: skip
def test_a_byline_is_read_in_many_languages(line: str, name: str) -> None:
    """What stands behind the language's "by", or before its "reporter", is the name."""
    assert read(f"<p>{line}</p>").authors == (name,)


def test_the_name_inside_a_microdata_item_is_the_author() -> None:
    """``itemprop=name`` inside ``itemprop=author`` may be a meta without text; the text behind it is something else."""
    body = (
        '<span itemprop="author" itemscope itemtype="https://schema.org/Person"><meta itemprop="name" content="Ana Perez">'
        "</span><p>Related Articles More</p>"
    )
    assert read(body).authors == ("Ana Perez",)


def test_either_label_of_a_card_may_say_who_wrote_it() -> None:
    """Twitter's cards have two labels, in any order and language."""
    head = (
        '<meta name="twitter:label1" content="Est. reading time"><meta name="twitter:data1" content="7 minutes">'
        '<meta name="twitter:label2" content="Escrito por"><meta name="twitter:data2" content="Ana Perez">'
    )
    assert read("", head).authors == ("Ana Perez",)


def test_an_organisation_signs_only_where_no_person_does() -> None:
    """Any kind of organisation in JSON-LD, the site's own name in a meta, with its town, or a team under the headline."""
    body = ld(author={"@type": "NewsMediaOrganization", "name": "Harbour Post newsroom"})
    assert read("", body).authors == ("Harbour Post newsroom",)
    assert read("<p>By Ana Perez</p>", body).authors == ("Ana Perez",)
    head = '<meta property="og:site_name" content="Harbour Post"><meta name="author" content="Harbour Post, Port Ellen, Scotland">'
    assert read("", head).authors == ("Harbour Post",)
    assert read("<p>By Ana Perez</p>", head).authors == ("Ana Perez",)
    assert read("<p>By</p><p>The Harbour Post Team</p>").authors == ("The Harbour Post Team",)


def test_a_news_agency_signs_where_no_reporter_does() -> None:
    """Alone or with the place it reports from; a sentence about an agency is no signature."""
    assert read("<p>AFP, MANILA</p>").authors == ("AFP",)
    assert read("<p>AFP was told so</p>").authors == ()
    assert read("<p>AFP, MANILA</p>", ld(author={"@type": "Person", "name": "Ana Perez"})).authors == (
        "Ana Perez",
    )


def test_several_names_may_stand_on_the_line_beside_the_date() -> None:
    """Parted by commas, and nothing but names."""
    body = "<p>17 November 2026</p><p>Ana Perez, Bo Lind, Kim Young</p>"
    assert read(body).authors == ("Ana Perez", "Bo Lind", "Kim Young")
    assert read("<p>17 November 2026</p><p>Ports, harbours, quays</p>").authors == ()


def test_a_label_far_from_the_headline_may_name_the_author() -> None:
    """As in a box at the end, under the word "Author"."""
    text = "<p>The harbour stays closed until the barge has been raised.</p>" * 30
    assert read(f"{text}<h3>Author</h3><p>Ana Perez</p>").authors == ("Ana Perez",)


def test_the_address_of_a_profile_may_spell_the_name() -> None:
    """An address is no name, but where nothing else is said it holds one."""
    assert read(
        "", '<meta property="article:author" content="https://post.example/author/ana-perez/">'
    ).authors == ("Ana Perez",)
    assert (
        read("", '<meta property="article:author" content="https://post.example/author/4711">').authors == ()
    )


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("Paramita (Guha) Ghosh", ("Paramita (Guha) Ghosh",)),
        ("Dan Brown and Ana Perez", ("Dan Brown", "Ana Perez")),
        ("Ana Perez (Port Ellen)", ("Ana Perez",)),
    ],
)
def test_names_keep_their_parts(raw: str, names: tuple[str, ...]) -> None:
    """A name in brackets between two names, and a given name that is another language's "and"."""
    assert clean_authors([raw]) == names


def test_who_writes_on_behalf_of_others_is_the_author() -> None:
    """The others are not."""
    assert read("<p>19 Nov. 2026 · Ana Perez on behalf of the crew</p>").authors == ("Ana Perez",)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "@type", "@id", "url", "author", "headline", "datePublished", "@graph"]), inner, max_size=4
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    _JSON,
    st.dictionaries(
        st.sampled_from(["author", "article:author", "twitter:data1", "og:title", "date"]),
        st.text(max_size=60),
    ),
)
def test_no_json_and_no_meta_raises_and_authors_are_names(value: object, metas: dict[str, str]) -> None:
    """Whatever the head holds, each author is one short line without markup or address, and dates are aware."""
    tree = read_tree("<h1>Ports closed again for days</h1><p>By</p>")
    tree.json_ld = [
        json.dumps(
            {
                "@type": "NewsArticle",
                "author": value,
                "datePublished": value,
                "keywords": value,
                "image": value,
            }
        )
    ]
    tree.metas = list(metas.items())
    data = read_metadata(Page(tree, "https://post.example/a"))
    for name in data.authors:
        assert name.strip()
        assert len(name) <= 60
        assert "//" not in name
        assert "<" not in name
    assert data.published_at is None or data.published_at.tzinfo is not None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("By the Harbour Team 2–3 minutes", ("Harbour Team",)),
        ("By Ana Perez | 5 min read", ("Ana Perez",)),
        ("byAna Perez", ("Ana Perez",)),
        ("Written byAna Perez", ("Ana Perez",)),
        ("17 Kasım 2026 08:30 | Haber: Gülşen Yıldırım", ("Gülşen Yıldırım",)),
        ("2026年11月17日 来源：港口邮报 作者：陈晓明", ("陈晓明",)),
        ("17 tháng 11 năm 2026 | Nguyễn Thị Lan", ("Nguyễn Thị Lan",)),
        ("Imeandikwa na Amina Juma", ("Amina Juma",)),
        ("Byron Bay is closed again", ()),
    ],
)
def test_bylines_stand_in_many_forms(line: str, expected: tuple[str, ...]) -> None:
    """Beside a date, glued by style sheets, with the time that reading takes; no label is part of a name."""
    body = f"<p>{line}</p><p>{'The port is closed. ' * 9}</p>"
    assert read(body).authors == expected


def test_a_desk_that_json_ld_declares_outweighs_what_only_looks_like_a_name() -> None:
    """The name beside the date may be of whoever speaks in the recording above the text."""
    story = ld(author={"@type": "NewsMediaOrganization", "name": "Redaktion Hafenblatt"})
    body = "<p>Audio | 17.11.2026 | Roman Winkler</p>"
    assert read(body, story).authors == ("Redaktion Hafenblatt",)
    assert read(body).authors == ("Roman Winkler",)


def test_names_without_spaces_count_where_the_page_marks_them() -> None:
    """A link to an author's page or an element named after one; beside a date they could be a section."""
    for name in ("陈晓明", "佐藤 健一", "김민수"):
        linked = f'<p><a href="/author/x">{name}</a></p>'
        marked = f'<p class="byline">{name}</p>'
        assert read(linked).authors == read(marked).authors == (name,)
        assert " " in name or read(f"<p>{name}</p><p>2026-11-17</p>").authors == ()
