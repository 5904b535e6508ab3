"""Canonical URLs: tables from RFC 3986 and the WHATWG URL text, and what news sites add to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import RefusedError
from crawler.urls import canonicalize, fold_twin, host_key, is_url_text, page_identity

RFC_3986_BASE = "http://a/b/c/d;p?q"
# RFC 3986, 5.4.1 and 5.4.2 (fragments dropped, as ours are; the host of "//g" is g).
RFC_3986_REFERENCES = [
    ("g", "http://a/b/c/g"),
    ("./g", "http://a/b/c/g"),
    ("g/", "http://a/b/c/g/"),
    ("/g", "http://a/g"),
    ("//g", "http://g/"),
    ("?y", "http://a/b/c/d;p?y"),
    ("g?y", "http://a/b/c/g?y"),
    ("#s", "http://a/b/c/d;p?q"),
    ("g#s", "http://a/b/c/g"),
    ("g?y#s", "http://a/b/c/g?y"),
    (";x", "http://a/b/c/;x"),
    ("g;x", "http://a/b/c/g;x"),
    ("g;x?y#s", "http://a/b/c/g;x?y"),
    ("", "http://a/b/c/d;p?q"),
    (".", "http://a/b/c/"),
    ("./", "http://a/b/c/"),
    ("..", "http://a/b/"),
    ("../", "http://a/b/"),
    ("../g", "http://a/b/g"),
    ("../..", "http://a/"),
    ("../../", "http://a/"),
    ("../../g", "http://a/g"),
    ("../../../g", "http://a/g"),
    ("../../../../g", "http://a/g"),
    ("/./g", "http://a/g"),
    ("/../g", "http://a/g"),
    ("g.", "http://a/b/c/g."),
    (".g", "http://a/b/c/.g"),
    ("g..", "http://a/b/c/g.."),
    ("..g", "http://a/b/c/..g"),
    ("./../g", "http://a/b/g"),
    ("./g/.", "http://a/b/c/g/"),
    ("g/./h", "http://a/b/c/g/h"),
    ("g/../h", "http://a/b/c/h"),
    ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
    ("g;x=1/../y", "http://a/b/c/y"),
    ("g?y/./x", "http://a/b/c/g?y/./x"),
    ("g?y/../x", "http://a/b/c/g?y/../x"),
    ("http:g", "http://a/b/c/g"),
]
CANONICAL = [
    # RFC 3986, 6.2: case, percent-encoding, dots, ports
    ("HTTP://www.Example.COM/", "http://www.example.com/"),
    ("http://example.com", "http://example.com/"),
    ("http://example.com:80/", "http://example.com/"),
    ("https://example.com:443/a", "https://example.com/a"),
    ("http://example.com:/a", "http://example.com/a"),
    ("http://example.com:8080/a", "http://example.com:8080/a"),
    ("https://example.com:80/a", "https://example.com:80/a"),
    ("http://example.com/%7euser/%e4%bd%a0", "http://example.com/~user/%E4%BD%A0"),
    ("http://example.com/a%2fb%3f", "http://example.com/a%2Fb%3F"),
    ("http://example.com/100%", "http://example.com/100%25"),
    ("http://example.com/%zz", "http://example.com/%25zz"),
    ("http://example.com/a/%2e%2e/b", "http://example.com/b"),
    ("http://example.com/a//b", "http://example.com/a//b"),
    ("http://example.com/?", "http://example.com/"),
    ("http://example.com/a?#", "http://example.com/a"),
    ("http://example.com?x=1", "http://example.com/?x=1"),
    ("http://example.com/a#!page", "http://example.com/a"),
    ("http://example.com/a#:~:text=chips", "http://example.com/a"),
    # WHATWG URL: what browsers forgive
    ("  http://example.com/a \n", "http://example.com/a"),
    ("http://exam\nple.com/a\tb", "http://example.com/ab"),
    ("http:\\\\example.com\\a\\b", "http://example.com/a/b"),
    ("http:/example.com/a", "http://example.com/a"),
    ("http:///example.com/a", "http://example.com/a"),
    ("http://@example.com/", "http://example.com/"),
    ("http://example.com./a", "http://example.com/a"),
    ("http://ex%61mple.com/", "http://example.com/"),
    ("http://example.com/a b", "http://example.com/a%20b"),
    ("http://example.com/?q=a b", "http://example.com/?q=a%20b"),
    ("http://example.com/é?ü=ß", "http://example.com/%C3%A9?%C3%BC=%C3%9F"),
    ("http://b\u00fccher.example/", "http://xn--bcher-kva.example/"),
    ("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
    ("http://faß.example/", "http://xn--fa-hia.example/"),
    ("http://example\u3002com/", "http://example.com/"),
    ("http://i❤.example/", "http://xn--i-7iq.example/"),
    ("http://ex\u00adample.com/", "http://example.com/"),
    ("http://0x7f000001/", "http://127.0.0.1/"),
    ("http://017700000001/", "http://127.0.0.1/"),
    ("http://127.1/", "http://127.0.0.1/"),
    ("http://2130706433/", "http://127.0.0.1/"),
    ("http://[0:0::1]:80/", "http://[::1]/"),
    ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
    ("feed://example.com/rss", "http://example.com/rss"),
    ("feed:https://example.com/rss", "https://example.com/rss"),
    # noise: campaigns, clicks, sessions, cache busters
    ("http://n.example/a?utm_source=x&UTM_Medium=y", "http://n.example/a"),
    ("http://n.example/a?fbclid=IwAR0&gclid=1&id=7", "http://n.example/a?id=7"),
    ("http://n.example/a?mc_cid=1&mc_eid=2&ref=home", "http://n.example/a"),
    ("http://n.example/a?id=7&amp;utm_source=x", "http://n.example/a?id=7"),
    ("http://n.example/a?partner=rss&emc=rss", "http://n.example/a"),
    ("http://n.example/a?source=twitter", "http://n.example/a"),
    ("http://n.example/a?source=reuters", "http://n.example/a?source=reuters"),
    ("http://n.example/a;jsessionid=0A1B?x=1", "http://n.example/a?x=1"),
    ("http://n.example/a?PHPSESSID=abc", "http://n.example/a"),
    ("http://n.example/a?sid=0123456789abcdef0123456789abcdef", "http://n.example/a"),
    ("http://n.example/a?sid=42", "http://n.example/a?sid=42"),
    ("http://n.example/(S(lit3py55t21z5v55vlm25s55))/a.aspx", "http://n.example/a.aspx"),
    ("http://n.example/a?x10805", "http://n.example/a"),
    ("http://n.example/a?_=1714382345123", "http://n.example/a"),
    ("http://n.example/a?12345", "http://n.example/a?12345"),
    ("http://n.example/a?amp", "http://n.example/a"),
    ("http://n.example/a?outputType=amp", "http://n.example/a"),
    # order of pairs, and where it may count
    ("http://n.example/a?b=2&a=1&b=1", "http://n.example/a?a=1&b=2&b=1"),
    ("http://n.example/a?b=2&print&a=1", "http://n.example/a?b=2&print&a=1"),
    ("http://n.example/a?&&a=1&", "http://n.example/a?a=1"),
    # AMP caches and redirectors
    ("https://www.google.com/amp/s/www.n.example/story", "https://www.n.example/story"),
    ("https://n-example.cdn.ampproject.org/c/s/n.example/story?x=1", "https://n.example/story?x=1"),
    ("https://www.google.com/url?rct=j&url=https://n.example/a%3Fid%3D7&ct=ga", "https://n.example/a?id=7"),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fn.example%2Fa%3Ffbclid%3D1&h=x", "https://n.example/a"),
]
REFUSED = [
    ("", "bad_url"),
    ("/a", "bad_url"),
    ("www.example.com/a", "bad_url"),
    ("//example.com/a", "bad_url"),
    ("http://", "bad_url"),
    ("http:///path", "bad_url"),
    ("https:?q", "bad_url"),
    ("http://?q", "bad_url"),
    ("http://:80/", "bad_url"),
    ("http://exa mple.com/", "bad_url"),
    ("http://exa<mple.com/", "bad_url"),
    ("http://a..example/", "bad_url"),
    ("http://-a.example/", "bad_url"),
    ("http://" + "a" * 64 + ".example/", "bad_url"),
    ("http://" + "a." * 127 + "example/", "bad_url"),
    ("http://example.com:99999/", "bad_url"),
    ("http://example.com:0/", "bad_url"),
    ("http://example.com:8o/", "bad_url"),
    ("http://example.com:-1/", "bad_url"),
    ("http://user:secret@example.com/", "bad_url"),
    ("http://www.bank.example@evil.example/", "bad_url"),
    ("http://256.1.1.1/", "bad_url"),
    ("http://1.2.3.4.5/", "bad_url"),
    ("http://0x100000000/", "bad_url"),
    ("http://[::1", "bad_url"),
    ("http://[::g]/", "bad_url"),
    ("http://[fe80::1%25eth0]/", "bad_url"),
    ("http://example.com/" + "a" * 5000, "bad_url"),
    ("http://example.com/" + "é" * 1000, "bad_url"),
    ("javascript:alert(1)", "bad_scheme"),
    ("JavaScript:void(0)", "bad_scheme"),
    ("mailto:desk@example.com", "bad_scheme"),
    ("data:text/html,x", "bad_scheme"),
    ("file:///etc/passwd", "bad_scheme"),
    ("ftp://example.com/a", "bad_scheme"),
    ("tel:+123", "bad_scheme"),
    ("about:blank", "bad_scheme"),
    ("view-source:http://example.com/", "bad_scheme"),
    ("java\nscript:alert(1)", "bad_scheme"),
]


@pytest.mark.parametrize(("reference", "expected"), RFC_3986_REFERENCES)
def test_references_resolve_as_in_rfc_3986(reference: str, expected: str) -> None:
    """Each example of RFC 3986, section 5.4 resolves as printed there."""
    assert canonicalize(reference, RFC_3986_BASE) == expected


@pytest.mark.parametrize(("url", "expected"), CANONICAL)
def test_canonical_form(url: str, expected: str) -> None:
    """One page has one address, however it is written."""
    assert canonicalize(url) == expected


@pytest.mark.parametrize(("url", "expected"), CANONICAL)
def test_canonical_form_is_final(url: str, expected: str) -> None:
    """A canonical URL is its own canonical form."""
    assert canonicalize(expected) == expected


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_what_is_no_web_page_is_refused(url: str, reason: str) -> None:
    """What cannot be a web page's address is refused, with the reason that is counted."""
    with pytest.raises(RefusedError) as caught:
        canonicalize(url)
    assert caught.value.reason == reason


def test_a_refusal_is_one_harmless_line() -> None:
    """Whatever a page wrote into a link, the message is one line that can be stored."""
    with pytest.raises(RefusedError) as caught:
        canonicalize("http://\ud800\n[x" + "y" * 5000)
    assert str(caught.value).isascii()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


@given(st.text(max_size=80))
def test_any_text_is_canonical_or_refused(text: str) -> None:
    """Nothing but RefusedError is ever raised, and the result is stable and plain ASCII."""
    try:
        url = canonicalize(text, "https://press.example/a/b?c=1")
    except RefusedError:
        return
    assert canonicalize(url) == url
    assert url.isascii()
    assert " " not in url


@given(
    st.from_regex(
        r"https?://[a-zA-Zäß0-9.%@:\[\]\\-]{1,20}(/[a-zA-Z0-9%.;()é ]{0,12}){0,4}(\?[a-z0-9=&;%+ ü]{0,30})?"
    ),
)
def test_anything_like_a_url_is_stable(text: str) -> None:
    """Canonicalising twice is canonicalising once; so is folding."""
    try:
        url = canonicalize(text)
    except RefusedError:
        return
    assert canonicalize(url) == url
    folded = fold_twin(url)
    assert fold_twin(folded) == folded


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://m.n.example/story", "https://www.n.example/story"),
        ("https://en.m.wiki.example/story", "https://en.wiki.example/story"),
        ("https://amp.n.example/story", "https://www.n.example/story"),
        ("https://m.n.co.uk/story", "https://www.n.co.uk/story"),
        ("https://n.example/story/amp/", "https://n.example/story/"),
        ("https://n.example/story/amp", "https://n.example/story/"),
        ("https://n.example/amp/news/story", "https://n.example/news/story"),
        ("https://n.example/story.amp.html", "https://n.example/story.html"),
        ("https://n.example/news/story-amp.html", "https://n.example/news/story.html"),
        ("https://n.example/amp", "https://n.example/amp"),
        ("https://n.example/news/amplifiers", "https://n.example/news/amplifiers"),
        ("https://mobile-news.example/a", "https://mobile-news.example/a"),
    ],
)
def test_twins_fold(url: str, expected: str) -> None:
    """An AMP or mobile page is the page of its desktop twin; what only looks similar is left alone."""
    assert fold_twin(url) == expected


OWN = "https://n.example/news/2024/05/chip-rules-take-effect"


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("https://n.example/news/2024/05/chip-rules-take-effect/", "https://n.example/news/2024/05/chip-rules-take-effect/"),
        ("https://www.n.example/2024/chip-rules-take-effect-in-march", "https://www.n.example/2024/chip-rules-take-effect-in-march"),
        ("/news/2024/05/chip-rules-take-effect?utm_source=x", OWN),
        ("chip-rules-take-effect", OWN),
        ("https://n.example/", OWN),
        ("https://n.example/index.html", OWN),
        ("https://n.example/en/", OWN),
        ("https://n.example/news/", OWN),
        ("/", OWN),
        ("n.example/news/2024", OWN),
        ("https://other.example/", OWN),
        ("https://other.example/news/2024/05/chip-rules-take-effect", OWN),
        ("https://n.example/news/2019/01/an-old-story-about-cats", OWN),
        ("javascript:void(0)", OWN),
        ("", OWN),
    ],
)  # fmt: skip
def test_declared_canonicals_are_believed_with_care(declared: str, expected: str) -> None:
    """A declared canonical that points to a front page, a section, another site or another story is a lie."""
    assert page_identity(OWN, declared_canonical=declared) == expected


def test_an_opaque_address_may_declare_its_story() -> None:
    """A short link's page may name the story; a template's page without the id may not."""
    assert page_identity(
        "https://n.example/?p=17", declared_canonical="https://n.example/2024/chip-rules-take-effect"
    ) == ("https://n.example/2024/chip-rules-take-effect")
    assert page_identity("https://n.example/article.php?id=17", declared_canonical="/article.php") == (
        "https://n.example/article.php?id=17"
    )


def test_two_publishers_on_one_platform_stay_two() -> None:
    """Names under a shared suffix belong to different people."""
    own = "https://ann.substack.com/p/chip-rules-take-effect"
    assert page_identity(own, declared_canonical="https://bob.substack.com/p/chip-rules-take-effect") == own


def test_an_amp_page_that_declares_itself_is_folded() -> None:
    """A canonical that is the page's own AMP address says nothing."""
    amp = "https://n.example/chip-rules-take-effect/amp/"
    assert (
        page_identity(amp, declared_canonical=amp, amp_url=amp) == "https://n.example/chip-rules-take-effect/"
    )


def test_host_keys() -> None:
    """Politeness counts by host, and by port where it is not the usual one."""
    assert host_key("https://WWW.Example.com:443/a") == "www.example.com"
    assert host_key("http://example.com:8080/a") == "example.com:8080"
    assert host_key("local:page-0123456789ab") == "local"


def test_url_text() -> None:
    """Only a text that is one address, whole, is one."""
    assert is_url_text(" https://example.com/a ")
    assert is_url_text("//example.com/a")
    assert not is_url_text("see https://example.com/a")
    assert not is_url_text("https://example.com/a b")
    assert not is_url_text("chips")


def test_a_file_keeps_its_identity() -> None:
    """The identity of a file is opaque, and no page can link to one."""
    assert canonicalize("local:page-0123456789ab") == "local:page-0123456789ab"
    with pytest.raises(RefusedError):
        canonicalize("local:page-0123456789ab", "https://example.com/")


def test_a_file_is_no_base_but_may_name_pages() -> None:
    """A saved feed that does not say its own address gives the addresses of its stories all the same."""
    base = "local:feed-0123456789ab"
    assert canonicalize("https://example.com/a", base) == "https://example.com/a"
    for url in ("/a", "a.html", "local:page-0123456789ab"):
        with pytest.raises(RefusedError):
            canonicalize(url, base)
