"""Feeds of every format, encoding and state give their entries; hostile ones give nothing, soon."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.feed_dates import parse_date
from crawler.feeds import Feed, FeedEntry, full_text, parse_feed

URL = "http://h.example/feed/rss.xml"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">{}</feed>'
RSS = '<rss version="2.0"><channel><title>Press</title>{}</channel></rss>'
ITEM = "<item>{}</item>"


def parse(text: str | bytes) -> Feed:
    feed = parse_feed(text.encode() if isinstance(text, str) else text, url=URL)
    assert feed is not None
    return feed


def rss_entry(inside: str) -> FeedEntry:
    (entry,) = parse(RSS.format(ITEM.format(inside))).entries
    return entry


def atom_entry(inside: str, around: str = "") -> FeedEntry:
    (entry,) = parse(ATOM.format(f"{around}<entry>{inside}</entry>")).entries
    return entry


def test_rss_2_is_read_whole() -> None:
    """Every field of an RSS 2.0 feed with the usual modules arrives."""
    feed = parse(
        """<?xml version="1.0" encoding="UTF-8"?>
        <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
          xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
          xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
        <channel><title>Press</title><atom:link href="http://h.example/feed" rel="self"/>
        <atom:link rel="hub" href="http://hub.example/"/><link>http://h.example</link><language>en-GB</language>
        <sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
        <item><title>Chips &amp;amp; rules</title><link>http://h.example/1?utm_source=rss</link>
        <comments>http://h.example/1#respond</comments><dc:creator><![CDATA[Ann Lee]]></dc:creator>
        <pubDate>Mon, 29 Apr 2024 13:29:44 +0200</pubDate>
        <category><![CDATA[Trade]]></category><category>Chips</category>
        <guid isPermaLink="false">http://h.example/?p=1</guid><description><![CDATA[Short.]]></description>
        <content:encoded><![CDATA[<p>Long &nbsp; text.</p>]]></content:encoded></item></channel></rss>"""
    )
    assert (feed.title, feed.language, feed.site_url) == ("Press", "en-GB", "http://h.example")
    assert (feed.ttl_s, feed.hub) == (1800, "http://hub.example/")
    assert feed.entries == (
        FeedEntry(
            url="http://h.example/1?utm_source=rss",
            title="Chips & rules",
            authors=("Ann Lee",),
            published_at=datetime(2024, 4, 29, 13, 29, 44, tzinfo=timezone(timedelta(hours=2))),
            tags=("Trade", "Chips"),
            content_html="<p>Long &nbsp; text.</p>",
            summary_html="Short.",
            guid="http://h.example/?p=1",
            comments="http://h.example/1#respond",
        ),
    )


def test_rss_1_items_stand_beside_the_channel() -> None:
    """RSS 1.0: items outside the channel, addresses in rdf:about, Dublin Core."""
    feed = parse(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>C</title><link>http://c.example/</link>
        </channel><item rdf:about="http://c.example/1"><title>T</title><dc:creator>Ann</dc:creator>
        <dc:date>2024-01-02T03:04+01:00</dc:date><dc:subject>s</dc:subject></item></rdf:RDF>"""
    )
    (entry,) = feed.entries
    assert (feed.title, entry.url, entry.authors, entry.tags) == ("C", "http://c.example/1", ("Ann",), ("s",))
    assert entry.published_at == datetime(2024, 1, 2, 2, 4, tzinfo=UTC)


def test_atom_is_read_whole() -> None:
    """Atom 1.0: constructs by type, xml:base and xml:lang inherited, the feed's author for entries without one."""
    entry = atom_entry(
        """<title type="html">A &amp;amp; &lt;b&gt;B&lt;/b&gt;</title><link rel="self" href="self"/>
        <link rel="alternate" type="application/json" href="j"/><link href="page"/><id>tag:1</id>
        <published>2024-01-01T00:00:00Z</published><updated>2024-01-02T03:04:05Z</updated>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x &amp; <br/>y</p></div></content>
        <category term="t" label="L"/>""",
        '<title>F</title><author><name>Desk</name></author><link rel="next" href="/feed?page=2"/>',
    )
    assert entry.title == "A & B"
    assert entry.url == "http://h.example/feed/page"
    assert entry.authors == ("Desk",)
    assert entry.content_html == "<p>x &amp; <br>y</p>"
    assert entry.modified_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert entry.tags == ("t",)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("<title>less: &lt;b></title>", "less: <b>"),
        ('<title type="text">1 &lt; 2</title>', "1 < 2"),
        ('<title type="html">1 &amp;lt; 2</title>', "1 < 2"),
        ('<title type="html"><![CDATA[<b>1</b> &lt; 2]]></title>', "1 < 2"),
        (
            '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">1 &lt; <b>2</b></div></title>',
            "1 < 2",
        ),
        ("<title>\n  a\n  b </title>", "a b"),
        ("<title/>", None),
    ],
)
def test_atom_titles_mean_what_their_type_says(title: str, expected: str | None) -> None:
    """RFC 4287, 3.1: text, html and xhtml constructs."""
    assert atom_entry(title).title == expected


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ("<link>http://h.example/a</link>", "http://h.example/a"),
        ("<link> \n http://h.example/a?b=1&amp;c=2 </link>", "http://h.example/a?b=1&c=2"),
        ("<link><![CDATA[http://h.example/a?b=1&c=2]]></link>", "http://h.example/a?b=1&c=2"),
        ("<link>a.html</link>", "http://h.example/feed/a.html"),
        ("<link>/a</link>", "http://h.example/a"),
        ("<link>//o.example/a</link>", "http://o.example/a"),
        ('<link xml:base="http://o.example/x/">a</link>', "http://o.example/x/a"),
        ("<guid>http://h.example/g</guid>", "http://h.example/g"),
        ('<guid isPermaLink="false">http://h.example/g</guid>', None),
        ("<guid>tag:17</guid>", None),
        ("<link></link><guid>http://h.example/g</guid>", "http://h.example/g"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>mailto:a@b.example</link>", None),
        ("<title>no link</title>", None),
        (
            '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="http://h.example/a"/>',
            "http://h.example/a",
        ),
        (
            (
                '<link>http://proxy.example/~r/x</link><f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">'
                "http://h.example/a</f:origLink>"
            ),
            "http://h.example/a",
        ),
    ],
)
def test_the_address_of_an_rss_item(inside: str, url: str | None) -> None:
    """From link, permalink, Atom's link or the proxy's note; absolute, and a web address or nothing."""
    assert rss_entry(inside).url == url


@pytest.mark.parametrize(
    ("inside", "authors"),
    [
        ("<author>ann@h.example (Ann Lee)</author>", ("Ann Lee",)),
        ("<author>Ann Lee &lt;ann@h.example&gt;</author>", ("Ann Lee",)),
        ("<author>Ann Lee</author>", ("Ann Lee",)),
        ("<author>ann@h.example</author>", ("ann@h.example",)),
        ('<c:creator xmlns:c="http://purl.org/dc/elements/1.1/">Ann</c:creator>', ("Ann",)),
        (
            (
                '<c:creator xmlns:c="http://purl.org/dc/elements/1.1/">Ann</c:creator>'
                '<c:creator xmlns:c="http://purl.org/dc/elements/1.1/">Bob</c:creator>'
            ),
            ("Ann", "Bob"),
        ),
        ("<author><name>Ann</name></author>", ("Ann",)),
        ("<author> </author>", ()),
    ],
)
def test_authors_are_names(inside: str, authors: tuple[str, ...]) -> None:
    """RSS's mail addresses are told from the names beside them."""
    assert rss_entry(inside).authors == authors


@pytest.mark.parametrize(
    ("inside", "summary"),
    [
        ("<description>&lt;p&gt;a &amp;amp; b&lt;/p&gt;</description>", "<p>a &amp; b</p>"),
        ("<description><![CDATA[<p>a</p>]]></description>", "<p>a</p>"),
        ("<description>a <b>bold</b> move</description>", "a <b>bold</b> move"),
        ("<description> </description>", None),
        ("<description>it&#146;s</description>", "it\u2019s"),
    ],
)
def test_descriptions_are_html(inside: str, summary: str | None) -> None:
    """Escaped, in CDATA, or as elements: the same HTML comes out."""
    assert rss_entry(inside).summary_html == summary


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel><title>caf&eacute; &amp; bar</title><item><title>A&nbsp;B</title></item></channel></rss>",
        "<rss><channel><title>café & bar</title><item><title>A B</title></item></channel></rss>",
        "\n\n<?xml?><rss><channel><title>café &amp; bar</title><item><title>A B</title></item></channel></rss>",
        "<br/>Oops<?xml?><rss><channel><title>café &amp; bar</title><item><title>A B</title></item></channel></rss>",
        "<rss><channel><title>caf\x0bé &amp; bar\x00</title><item><title>A B&#0;</title></item></channel></rss>",
        "<rss><channel><title>café &amp; bar</title><item><title>A B</title></item></channel></rss><!--",
        "<rss><channel><title>café &amp; bar</title><item><title>A B</title>",
        "<rss><channel><title>café &amp; bar</title><item><title>A B</title><d:x>y</d:x></item></channel></rss>",
        "<rss a=b><channel><title>café &amp; bar</title><item><title>A B</title></item></channel></rss>",
        "<RSS><Channel><Title>café &amp; bar</Title><Item><Title>A B</Title></Item></Channel></RSS>",
    ],
)
def test_ill_formed_feeds_are_read(text: str) -> None:
    """HTML entities, bare ampersands, junk before, control characters, missing ends, undeclared prefixes."""
    feed = parse(text)
    assert feed.title == "café & bar"
    assert [entry.title for entry in feed.entries] == ["A B"]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"), ("utf-8", "iso-8859-1"), ("utf-16", "utf-16"), ("cp1251", "windows-1251"),
        ("cp1251", "utf-8"), ("koi8-r", "koi8-r"), ("utf-8-sig", "utf-8"),
    ],
)  # fmt: skip
def test_feeds_in_any_encoding(encoding: str, declared: str) -> None:
    """The bytes decide, and the declaration where they leave a choice."""
    title = "Новые правила экспорта микросхем вступят в силу"
    text = f'<?xml version="1.0" encoding="{declared}"?><rss><channel><title>{title}</title></channel></rss>'
    assert parse(text.encode(encoding)).title == title


def test_json_feeds_are_read() -> None:
    """JSON Feed 1 and 1.1, with wrong types skipped."""
    feed = parse(
        '\ufeff{"version":"https://jsonfeed.org/version/1.1","title":"J","home_page_url":"/","language":"en",'
        '"next_url":"?p=2","hubs":[{"type":"WebSub","url":"http://hub.example/"}],"author":{"name":"Desk"},'
        '"items":[{"id":1,"url":"a","content_text":"x < y\\n\\nz","date_published":"2024-01-02T03:04:05Z",'
        '"authors":[{"name":"Ann"}],"tags":["t",3]},5,{"id":"http://h.example/2","title":["?"]}]}'
    )
    first, second = feed.entries
    assert (feed.title, feed.site_url, feed.next_url) == (
        "J",
        "http://h.example/",
        "http://h.example/feed/rss.xml?p=2",
    )
    assert (first.url, first.authors, first.tags, first.guid) == (
        "http://h.example/feed/a",
        ("Ann",),
        ("t",),
        "1",
    )
    assert first.content_html == "<p>x &lt; y</p><p>z</p>"
    assert (second.url, second.title, second.authors) == ("http://h.example/2", None, ("Desk",))


@pytest.mark.parametrize(
    ("around", "seconds"),
    [
        ("<ttl>30</ttl>", 1800),
        ("<ttl>x</ttl>", None),
        ("<ttl>-5</ttl>", None),
        (
            '<u:updatePeriod xmlns:u="http://purl.org/rss/1.0/modules/syndication/">daily</u:updatePeriod>',
            86400,
        ),
        (
            '<u:updatePeriod xmlns:u="http://purl.org/rss/1.0/modules/syndication/">never</u:updatePeriod>',
            None,
        ),
        ("", None),
    ],
)
def test_the_rhythm_that_a_feed_claims(around: str, seconds: int | None) -> None:
    """The ttl is in minutes, sy:updatePeriod a word; nonsense is nothing."""
    assert parse(RSS.format(around)).ttl_s == seconds


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"<html><body>x", b"{}", b"[1]", b"<urlset/>", b"\x00\xff" * 99, b"{" * 9999]
)
def test_what_is_no_feed_is_none(body: bytes) -> None:
    """None, and never an error."""
    assert parse_feed(body, url=URL) is None


ENTITY_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
    + RSS.format(ITEM.format("<title>&i;</title>"))
)


def test_entities_are_not_expanded() -> None:
    """A bomb stays as small as it came, and the feed's other items are read."""
    (entry,) = parse(ENTITY_BOMB).entries
    assert len(entry.title or "") < 10


def test_external_entities_are_not_loaded() -> None:
    """A file named by an entity is not read."""
    text = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + RSS.format(
        ITEM.format("<title>a&x;b</title>")
    )
    (entry,) = parse(text).entries
    assert entry.title == "a&x;b"


@pytest.mark.parametrize(
    "piece", ["<a>", "<", "<a b='", "&", "<![CDATA[", "<!--", "<item><title>", "<?x ", "]]>"]
)
def test_hostile_repetition_ends(piece: str) -> None:
    """Depth, unclosed tags and half tokens by the hundred thousand: an answer, whatever it is."""
    parse_feed(("<rss><channel><title>" + piece * 200_000).encode(), url=URL)


def test_a_huge_text_is_cut() -> None:
    """What stands before 50 MB of one text node is read."""
    body = RSS.format(ITEM.format("<title>T</title>") + "<item><title>" + "x" * 50_000_000)
    assert parse(body).entries[0].title == "T"


def test_entries_are_bounded() -> None:
    """A feed of a hundred thousand items gives ten thousand."""
    assert len(parse(RSS.format("<item/>" * 100_000)).entries) == 10_000


@given(st.binary(max_size=200))
def test_any_bytes_are_a_feed_or_none(body: bytes) -> None:
    """Nothing raises, with and without a feed's beginning."""
    parse_feed(body, url=URL)
    parse_feed(b"<rss><channel><item>" + body, url=URL)


def test_an_address_that_cannot_be_joined_is_none() -> None:
    """A broken IPv6 literal costs the address, not the feed."""
    assert rss_entry("<title>T</title><link>//[::1/</link>") == FeedEntry(title="T")


DATES = [
    ("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21+00:00"),
    ("Thu, 5 Apr 2012 23:47:37 +0200", "2012-04-05T23:47:37+02:00"),
    ("Thu, 05 Apr 12 23:47:37 PST", "2012-04-05T23:47:37-08:00"),
    ("5 April 2012 23:47", "2012-04-05T23:47:00+00:00"),
    ("Fri, 15 Dec 2006 08:19:53 EDT", "2006-12-15T08:19:53-04:00"),
    ("Mon,05 Feb 2024 10:05:00 GMT", "2024-02-05T10:05:00+00:00"),
    ("Thursday, 29 February 2024 10:05:00 +0000 (UTC)", "2024-02-29T10:05:00+00:00"),
    ("29-Feb-2024 10:05:00 GMT", "2024-02-29T10:05:00+00:00"),
    ("Mon, 05 Feb 2024 10:05:00 UTC+2", "2024-02-05T10:05:00+02:00"),
    ("Mon, 05 Feb 2024 10:05:00 -0330", "2024-02-05T10:05:00-03:30"),
    ("Sun Jan  4 16:29:06 PST 2004", "2004-01-04T16:29:06-08:00"),
    ("Thu Jan 01 2004 10:00:00 GMT+0100", "2004-01-01T10:00:00+01:00"),
    ("January 5, 2024 3:05 pm", "2024-01-05T15:05:00+00:00"),
    ("Jan. 5, 2024 at 12:05 AM EST", "2024-01-05T00:05:00-05:00"),
    ("Mi, 05 Mär 2014 10:00:00 +0100", "2014-03-05T10:00:00+01:00"),
    ("2003-12-31T10:14:55Z", "2003-12-31T10:14:55+00:00"),
    ("2003-12-31T10:14:55-08:00", "2003-12-31T10:14:55-08:00"),
    ("2003-12-31T10:14:55.123+0530", "2003-12-31T10:14:55.123000+05:30"),
    ("2003-12-31 10:14:55", "2003-12-31T10:14:55+00:00"),
    ("2003-12-31", "2003-12-31T00:00:00+00:00"),
    ("2003-12", "2003-12-01T00:00:00+00:00"),
    ("20031231T101455Z", "2003-12-31T10:14:55+00:00"),
    ("2024-036", "2024-02-05T00:00:00+00:00"),
    ("12/31/2024 5:00 PM", "2024-12-31T17:00:00+00:00"),
    ("31/12/2024", "2024-12-31T00:00:00+00:00"),
    ("1714382345", "2024-04-29T09:19:05+00:00"),
    ("Sat, 24 Feb 2024 24:00:00 GMT", "2024-02-25T00:00:00+00:00"),
    ("2024-02-29T10:05:60Z", "2024-02-29T10:05:59+00:00"),
    ("Sat, 31 Feb 2024 10:00:00 GMT", None),
    ("Mon, 01 Jan 0001 00:00:00 +0000", None),
    ("0000-00-00 00:00:00", None),
    ("soon", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(text: str, expected: str | None) -> None:
    """RFC 822 and its bendings, ISO 8601, other habits: aware, with the offset that was given."""
    date = parse_date(text)
    assert (date.isoformat() if date else None) == expected


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    """Parsing a date never raises, and never gives a naive one."""
    date = parse_date(text)
    assert date is None or date.tzinfo is not None


PARAGRAPH = "<p>The ministry said that the rules would take effect in March, after a pause for comment.</p>"
STORY = PARAGRAPH * 12


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (FeedEntry(content_html=STORY), "full_text"),
        (FeedEntry(content_html=STORY, summary_html="Short."), "full_text"),
        (
            FeedEntry(content_html=STORY + '<p>The post <a href="x">T</a> appeared first on <a>N</a>.</p>'),
            "full_text",
        ),
        (FeedEntry(summary_html=STORY * 2), "full_text"),
        (FeedEntry(summary_html=STORY), "too_short"),
        (FeedEntry(content_html=PARAGRAPH), "too_short"),
        (FeedEntry(content_html=STORY + "[&#8230;]"), "cut_off"),
        (FeedEntry(content_html=STORY + "<p>And then ...</p>"), "cut_off"),
        (FeedEntry(content_html=STORY + "<a>Read more</a>"), "asks_to_read_on"),
        (
            FeedEntry(content_html=STORY + "<p>Continue reading the story at Press &raquo;</p>"),
            "asks_to_read_on",
        ),
        (
            FeedEntry(content_html=STORY + "<p>The post T appeared first on N.</p>", summary_html="x"),
            "full_text",
        ),
        (FeedEntry(content_html=PARAGRAPH * 9, summary_html=PARAGRAPH * 9), "content_is_the_summary"),
        (FeedEntry(), "too_short"),
    ],
)
def test_when_a_feed_carries_the_story(entry: FeedEntry, reason: str) -> None:
    """Long enough, not cut off, not an invitation to read on: then, and only then, the feed's text is the story."""
    verdict = full_text(entry)
    assert verdict.reason == reason
    assert (verdict.html is not None) == (reason == "full_text")
