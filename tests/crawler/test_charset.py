# ruff: noqa: RUF001 - letters of other alphabets are the point here
"""Charsets: the text comes out right whatever header and document say, or do not say."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.charset import decode_text

WORDS = {
    "ru": "Министр сказал, что правила вступят в силу в марте. Производители ждут разъяснений.",
    "el": "Ο υπουργός είπε ότι οι κανόνες θα ισχύσουν τον Μάρτιο. Οι εταιρείες περιμένουν.",
    "he": "השר אמר כי הכללים ייכנסו לתוקף במרץ. היצרנים ממתינים להבהרות.",
    "ar": "قال الوزير إن القواعد ستدخل حيز التنفيذ في مارس. والشركات تنتظر التوضيح.",
    "tr": "Bakan, kuralların martta yürürlüğe gireceğini söyledi. Şirketler açıklama bekliyor, çoğu öfkeli.",
    "pl": "Minister powiedział, że zasady wejdą w życie w marcu. Producenci czekają na wyjaśnienia, są źli.",
    "de": "Der Minister sagte, die Regeln würden im März gültig. Große wie kleine Hersteller hören zu.",
    "fr": "Le ministre a précisé que les règles prendront effet en mars. L’été, déjà, fut agité à Paris.",
    "lt": "Ministras sakė, kad taisyklės įsigalios kovą. Gamintojai laukia išaiškinimų, įmonės žada skųstis.",
    "th": "รัฐมนตรีกล่าวว่ากฎใหม่จะมีผลในเดือนมีนาคม ผู้ผลิตกำลังรอคำอธิบาย",
    "zh": "部长表示，新规定将于三月生效。制造商正在等待进一步的说明。",
    "tw": "部長表示，新規定將於三月生效。製造商正在等待進一步的說明。",
    "ja": "大臣は新しい規則が三月に施行されると述べた。メーカーは説明を待っている。",
    "ko": "장관은 새로운 규정이 3월에 시행될 것이라고 말했다. 업체들은 설명을 기다린다.",
}
ENCODED = [
    ("ru", "windows-1251"), ("ru", "koi8-r"), ("ru", "iso-8859-5"), ("ru", "ibm866"), ("ru", "x-mac-cyrillic"),
    ("el", "windows-1253"), ("el", "iso-8859-7"), ("he", "windows-1255"), ("he", "iso-8859-8-i"),
    ("ar", "windows-1256"), ("ar", "iso-8859-6"), ("tr", "windows-1254"), ("tr", "iso-8859-9"),
    ("pl", "windows-1250"), ("pl", "iso-8859-2"), ("de", "iso-8859-1"), ("de", "iso-8859-15"), ("fr", "windows-1252"),
    ("lt", "windows-1257"), ("lt", "iso-8859-13"), ("th", "windows-874"), ("th", "tis-620"), ("zh", "gb2312"),
    ("zh", "gbk"), ("zh", "gb18030"), ("tw", "big5"), ("ja", "shift_jis"), ("ja", "euc-jp"), ("ja", "iso-2022-jp"),
    ("ko", "euc-kr"), ("ko", "ks_c_5601-1987"),
    *((lang, "utf-8") for lang in WORDS),
]  # fmt: skip
PYTHON_NAMES = {"x-mac-cyrillic": "mac-cyrillic", "iso-8859-8-i": "iso-8859-8", "windows-874": "cp874"}
DECLARATIONS = {
    "header": ("", "text/html; charset={}"),
    "quoted header": ("", 'text/html; Charset="{}"'),
    "meta": ('<meta charset="{}">', "text/html"),
    "http-equiv": ("<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset={}'>", ""),
    "both": ('<meta charset="{}">', "text/html; charset={}"),
    "unknown header": ('<meta charset="{}">', "text/html; charset=klingon"),
    "header of the server's default": ('<meta charset="{}">', "text/html; charset=iso-8859-1"),
    "header that is wrong about UTF-8": ('<meta charset="{}">', "text/html; charset=utf-8"),
    "meta that is wrong about UTF-8": ('<meta charset="utf-8">', "text/html; charset={}"),
    "late meta": ("<style>" + "a{color:red}" * 600 + '</style><meta charset="{}">', ""),
    "nothing": ("", "text/html"),
}


def page(lang: str, encoding: str, meta: str) -> bytes:
    text = f'<!doctype html><html lang="{lang}"><head>{meta}<title>x</title><body><p>{WORDS[lang]}</p></html>'
    return text.encode(PYTHON_NAMES.get(encoding, encoding), "ignore")


@pytest.mark.parametrize("how", DECLARATIONS)
@pytest.mark.parametrize(("lang", "encoding"), ENCODED)
def test_pages_are_read_in_their_own_charset(lang: str, encoding: str, how: str) -> None:
    """The words come out as they went in: declared rightly, wrongly, late, in two ways or not at all."""
    meta, content_type = (part.replace("{}", encoding) for part in DECLARATIONS[how])
    body = page(lang, encoding, meta)
    text, _ = decode_text(body, content_type)
    assert text == body.decode(PYTHON_NAMES.get(encoding, encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_has_the_first_word(encoding: str) -> None:
    """A mark wins over every declaration, and is no part of the text."""
    mark = "\ufeff".encode(encoding)
    body = mark + "<meta charset=windows-1251>né".encode(encoding)
    assert decode_text(body, "text/html; charset=koi8-r")[0] == "<meta charset=windows-1251>né"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(encoding: str) -> None:
    """The NUL in every second byte gives it away."""
    assert decode_text("<html><p>The rules – at last".encode(encoding))[0] == "<html><p>The rules – at last"


def test_valid_utf_8_wins_over_every_label() -> None:
    """A page that is UTF-8 and says Latin-1, or says so twice, is UTF-8."""
    body = '<meta charset="iso-8859-1">Škoda – “ok”'.encode()
    assert decode_text(body, "text/html; charset=windows-1252") == (
        '<meta charset="iso-8859-1">Škoda – “ok”',
        "utf-8",
    )


def test_gbk_that_passes_for_utf_8_is_believed() -> None:
    """Two famous characters of GBK are valid UTF-8: with so few, the label counts."""
    assert decode_text("联通".encode("gbk"), "text/html; charset=gbk")[0] == "联通"


@pytest.mark.parametrize("cut", [1, 2])
def test_utf_8_that_was_cut_off_is_utf_8(cut: int) -> None:
    """A body that ends inside a character is not another charset."""
    body = ("Новые правила. " * 20 + "半").encode()[:-cut]
    text, encoding = decode_text(body, "")
    assert encoding == "utf-8"
    assert text.startswith("Новые правила.")


def test_utf_8_with_a_stray_byte_is_utf_8() -> None:
    """One pasted Windows quotation mark costs one character."""
    body = "Новые правила. ".encode() * 20 + b"\x93" + "Да".encode()
    assert decode_text(body, "text/html; charset=windows-1251")[0].endswith("\ufffdДа")


@pytest.mark.parametrize(
    ("label", "raw", "text"),
    [
        ("iso-8859-1", b"\x93ok\x94 \x80", "“ok” €"),
        ("us-ascii", b"na\xefve", "naïve"),
        ("latin1", b"na\xefve", "naïve"),
        ("gb2312", "镕".encode("gbk"), "镕"),
        ("shift_jis", b"\x87\x40", "①"),
        ("euc-kr", "똠방각하".encode("cp949"), "똠방각하"),
        ("iso-8859-9", b"\x93\xfe\x94", "“ş”"),
        ("utf8", "é".encode(), "é"),
        ("UTF8MB4", "é".encode(), "é"),
        ("win1251", "Да".encode("cp1251"), "Да"),
        ("x-gbk", "你好".encode("gbk"), "你好"),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, raw: bytes, text: str) -> None:
    """The Encoding Standard's reading of labels: Latin-1 is Windows-1252, GB 2312 is GB 18030, and so on."""
    assert decode_text(raw, f"text/html; charset={label}")[0] == text


@pytest.mark.parametrize(
    "label", ["utf-7", "punycode", "idna", "unicode_escape", "rot13", "base64", "zlib", "undefined"]
)
def test_codecs_that_are_no_charsets_are_not_used(label: str) -> None:
    """A label cannot make Python run a codec that no browser has."""
    text, encoding = decode_text(b"+ADw-script+AD4- \\x41 caf\xe9", f"text/html; charset={label}")
    assert text == "+ADw-script+AD4- \\x41 café"
    assert encoding == "cp1252"


def test_nuls_are_left_out() -> None:
    """No NUL reaches a parser or a database."""
    assert decode_text(b"Rules\0 take\0 effect") == ("Rules take effect", "ascii")


def test_xml_declarations_count() -> None:
    """Feeds name their charset in the XML declaration."""
    body = '<?xml version="1.0" encoding="windows-1251"?><rss>Да, новости</rss>'.encode("cp1251")
    assert "Да, новости" in decode_text(body)[0]


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/html; charset=utf-16", "text/html; charset=big5", 'x; charset="']),
)
def test_any_bytes_become_clean_text(body: bytes, content_type: str) -> None:
    """Decoding never raises, and the text can be written down as UTF-8."""
    text, encoding = decode_text(body, content_type)
    assert "\0" not in text
    text.encode("utf-8")
    codecs.lookup(encoding)
