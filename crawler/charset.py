"""Reads bytes as text, whatever they say of themselves.  Never raises.

In order: byte order mark; UTF-8 if the bytes are valid UTF-8 and not all ASCII (accidents of that kind hardly
exist, wrong declarations do); the HTTP header and the document's own declaration, as far as the bytes agree;
a detector.
"""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding
from w3lib.encoding import to_unicode as w3lib_to_unicode

_FALLBACK = "cp1252"
_HEAD = 131_072
"""Bytes in which a late declaration is looked for, and that the detector reads."""
_LABEL = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_WORDS = (b"charset=", b"CHARSET=", b"encoding=")
_HEADER_LABEL = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
# Labels of the Encoding Standard (and of careless servers) that Python has no alias for.
_LABELS = {
    "unicode-1-1-utf-8": "utf-8", "utf8mb4": "utf-8", "x-unicode20utf8": "utf-8", "utf-8859-1": "utf-8",
    "x-gbk": "gb18030", "csgb2312": "gb18030", "gb18030-2000": "gb18030", "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs", "x-cp1250": "cp1250", "x-cp1251": "cp1251", "x-cp1252": "cp1252", "win1250": "cp1250",
    "win1251": "cp1251", "win-1250": "cp1250", "win-1252": "cp1252", "cp-1250": "cp1250", "cp-1251": "cp1251",
    "cp-1252": "cp1252", "win1252": "cp1252", "ansi": "cp1252", "iso88591": "cp1252", "iso88592": "iso8859-2",
    "iso885915": "iso8859-15", "dos-874": "cp874", "windows-949": "cp949", "ms949": "cp949", "x-euc-jp": "euc_jp",
    "x-mac-roman": "mac-roman", "x-mac-cyrillic": "mac-cyrillic", "x-mac-ukrainian": "mac-cyrillic",
    "koi": "koi8-r", "koi8": "koi8-r", "koi8-ru": "koi8-u", "logical": "iso8859-8", "visual": "iso8859-8",
    "iso-8859-8-i": "iso8859-8", "sun_eu_greek": "iso8859-7", "unicode": "utf-16-le", "ucs-2": "utf-16-le",
    "csunicode": "utf-16-le", "unicodefeff": "utf-16-le", "utf-16": "utf-16-le", "unicodefffe": "utf-16-be",
}  # fmt: skip
# Nothing but character sets: Python's other codecs (punycode, idna, unicode_escape) take quadratic time or worse.
_CODECS = frozenset(
    {codecs.lookup(name).name for name in _LABELS.values()}
    | {f"cp125{n}" for n in range(9)}
    | {f"iso8859-{n}" for n in range(1, 17) if n != 12}  # noqa: PLR2004 - there is no part 12
    | {
        "utf-16-be",
        "shift_jis",
        "cp932",
        "euc_kr",
        "euc_jp",
        "iso2022_jp",
        "hz",
        "gbk",
        "gb2312",
        "big5",
        "cp866",
    }
    | {"koi8-t", "kz1048", "cp437", "cp850", "cp852", "cp949", "shift_jis_2004", "shift_jisx0213", "ptcp154"}
)
_NEVER_LEGACY = frozenset({"utf-8", "utf-16-le", "utf-16-be"})
_CJK = frozenset({"gb18030", "big5hkscs", "cp932", "euc_jp", "cp949"})
_ESCAPE_JP = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")
_BAD_SHARE = 0.02
"""Of the non-ASCII characters: with fewer than this undecodable, a declaration is right and the page damaged."""
_DAMAGE_SHARE = 0.1
"""Of the non-ASCII bytes.  Text of another charset that is UTF-8 by accident in nine bytes of ten is not known."""
_FEW = 32
"""UTF-8 continuation bytes.  Up to here, and with none but two-byte characters, GBK may pass for UTF-8."""
_SAMPLE = 1536
"""Bytes of text that the detector reads; more has not changed its answer."""
_THREE_BYTES = tuple(bytes([lead]) for lead in range(0xE0, 0xF5))
"""What opens a character of three bytes or four; looking for each in turn takes a fiftieth of one expression's time."""
_HIGH_RUN = re.compile(rb"[\x80-\xff][^<>]*")
_C1_BYTES = re.compile(rb"[\x80-\x9f]")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_WIDE_LEAST = 5
"""Characters: with fewer, a NUL beside every letter may be damage."""
_BAD = re.compile("[\x80-\x9f\ufffd]")
_LANG = re.compile(rb"<html[^>]*?\slang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)
# What the detector calls by its ISO name is Windows' where the ISO set has only control characters.
_WINDOWS_TWIN = {
    "iso8859-2": "cp1250", "iso8859-16": "cp1250", "iso8859-5": "cp1251", "iso8859-7": "cp1253",
    "iso8859-8": "cp1255", "iso8859-6": "cp1256", "iso8859-9": "cp1254", "iso8859-13": "cp1257",
    "iso8859-4": "cp1257", "iso8859-15": "cp1252", "iso8859-1": "cp1252", "koi8-r": "koi8-u",
}  # fmt: skip
_SUPERSET = {"koi8-r": "koi8-u", "iso8859-16": "iso8859-2", "iso8859-8": "cp1255"}
_BALTIC = frozenset({"lt", "lv", "et"})
_CENTRAL = frozenset({"pl", "cs", "sk", "hu", "sl", "hr", "bs", "sr", "ro", "sq", "hsb"})
_TURKIC = frozenset({"tr", "az", "ku"})
_COMMON = frozenset({"cp1250", "iso8859-2", "cp1254", "iso8859-9"})
_LANGUAGES = {
    "cp1250": _CENTRAL, "iso8859-2": _CENTRAL, "cp1254": _TURKIC, "iso8859-9": _TURKIC, "iso8859-13": _BALTIC,
    "iso8859-4": _BALTIC, "cp1257": _BALTIC, "iso8859-3": frozenset({"eo", "mt"}), "cp1258": frozenset({"vi"}),
    "iso8859-10": frozenset({"is", "se", "kl"}), "iso8859-14": frozenset({"cy", "ga", "gd"}),
    "mac-roman": frozenset(), "cp437": frozenset(), "cp850": frozenset(), "cp852": frozenset(),
}  # fmt: skip
_ENOUGH = 6
"""Non-ASCII bytes.  With fewer, the detector's choice between Latin alphabets is a guess."""


def decode_text(body: bytes, content_type: str = "") -> tuple[str, str]:
    r"""The text of any page, and the name of the encoding it was read as; NULs are left out.

    >>> decode_text(b"na\xefve", "text/html; charset=iso-8859-1")
    ('naïve', 'cp1252')
    """
    text, encoding, _ = _decode(body, content_type)
    return (text.replace("\0", "") if b"\0" in body and "\0" in text else text), encoding


def to_utf8(body: bytes, content_type: str = "") -> bytes:
    r"""The same text as UTF-8 for a parser of bytes: most pages are that already, and go through as they are.

    >>> to_utf8(b"na\xefve", "text/html; charset=iso-8859-1")
    b'na\xc3\xafve'
    """
    text, _, is_as_written = _decode(body, content_type)
    return (body if is_as_written else text.encode("utf-8", "replace")).replace(b"\0", b"")


def _decode(body: bytes, content_type: str) -> tuple[str, str, bool]:
    """The text, its encoding, and whether the bytes are its UTF-8."""
    encoding, bom = read_bom(body)
    if encoding and bom:
        return body[len(bom) :].decode(encoding, "replace"), encoding, False
    if b"\0" in body[:512] and (wide := wide_without_bom(body[:512])):
        return body.decode(wide, "replace"), wide, False
    if body.isascii():
        text, encoding = _decode_ascii(body, content_type)
        return text, encoding, encoding == "ascii"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return *_decode_legacy(body, content_type), False
    if (
        len(body) - len(text) <= _FEW
        and not any(lead in body for lead in _THREE_BYTES)
        and (told := _told_cjk(body, content_type))
    ):
        return *told, False
    return text, "utf-8", True


def _decode_ascii(body: bytes, content_type: str) -> tuple[str, str]:
    if b"\x1b" in body and _ESCAPE_JP.search(body):
        return body.decode("iso2022_jp_ext", "replace"), "iso-2022-jp"
    if b"~{" in body and "hz" in _declared(body, content_type):
        return body.decode("hz", "replace"), "hz"
    return body.decode("ascii"), "ascii"


def _decode_legacy(body: bytes, content_type: str) -> tuple[str, str]:
    """Bytes that are not (all) UTF-8: what was declared, if it can be true, or else what a detector says."""
    if _is_damaged_utf8(body):
        return body.decode("utf-8", "replace"), "utf-8"
    declared = [name for name in _declared(body, content_type) if name not in _NEVER_LEGACY]
    if len(set(declared)) > 1:
        declared = _ordered_by_trust(declared, body)
    bad: dict[str, float] = {}
    for name in declared:
        text, bad[name] = _read(body, name)
        if bad[name] <= _BAD_SHARE:
            return text, name
    for name in (detect(body), _FALLBACK):
        text, bad[name] = _read(body, name)
        if bad[name] <= _BAD_SHARE:
            return text, name
    best = min(bad, key=lambda name: bad[name])
    return w3lib_to_unicode(body, best), best


def _ordered_by_trust(declared: list[str], body: bytes) -> list[str]:
    """Header and document differ.  The detector is the judge, and Latin-1 is what a server says by default."""
    detected = detect(body)
    header = declared[0]
    if detected != header and (detected in declared or header == "cp1252"):
        return declared[::-1]
    return declared


def _declared(body: bytes, content_type: str) -> list[str]:
    """The encodings that header and document name, in that order; only ones that we know."""
    found = [_header_encoding(content_type), _document_encoding(body)]
    return [name for name in found if name is not None]


def _header_encoding(content_type: str) -> str | None:
    name = http_content_type_encoding(content_type)
    if name is None and (match := _HEADER_LABEL.search(content_type)):
        name = match[1]
    return _known(name)


def _document_encoding(body: bytes) -> str | None:
    name = html_body_declared_encoding(body)
    if name is None and (at := max(body.find(word, 0, _HEAD) for word in _WORDS)) >= 0:
        match = _LABEL.match(body, at)
        name = match[1].decode("ascii") if match else None
    return _known(name)


def _known(label: str | None) -> str | None:
    if label is None:
        return None
    label = label.strip().lower()
    name = _LABELS.get(label) or resolve_encoding(label)
    return name if name in _CODECS else None


def _told_cjk(body: bytes, content_type: str) -> tuple[str, str] | None:
    for name in _declared(body, content_type):
        if name not in _CJK:
            return None
        try:
            return body.decode(name), name
        except UnicodeDecodeError:
            return None
    return None


def wide_without_bom(head: bytes) -> str | None:
    """UTF-16 of mostly Latin text without its mark: nearly every second byte is NUL, the others are text."""
    for nulls, text, name in ((head[1::2], head[::2], "utf-16-le"), (head[::2], head[1::2], "utf-16-be")):
        controls = len(text) - len(text.translate(None, _CONTROLS))
        if len(text) >= _WIDE_LEAST and nulls.count(0) > 0.4 * len(nulls) and controls < 0.1 * len(text):
            return name
    return None


def _is_damaged_utf8(body: bytes) -> bool:
    """Whether the bytes were UTF-8 but for a few (cut in the middle of a character, a stray quotation mark)."""
    sound = body.decode("utf-8", "ignore")
    high = len(body) - len(body.decode("ascii", "ignore"))
    sound_high = len(sound.encode()) - len(sound.encode("ascii", "ignore"))
    return high - sound_high <= _DAMAGE_SHARE * high


def detect(body: bytes) -> str:
    """What the bytes look like; an answer that its language has no use for is not believed."""
    sample = _high_sample(body)
    name = _known(detect_encoding(sample, html5_compatible=False)) or _FALLBACK
    has_c1 = _C1_BYTES.search(sample) is not None
    name = _WINDOWS_TWIN.get(name, name) if has_c1 else _SUPERSET.get(name, name)
    return name if _is_plausible(name, sample, body) else _FALLBACK


def _is_plausible(name: str, sample: bytes, body: bytes) -> bool:
    """Whether a Latin alphabet other than the western one is that of the page's language, if it names one."""
    languages = _LANGUAGES.get(name)
    if languages is None:
        return True
    lang = _LANG.search(body, 0, 4096)
    if lang is not None:
        return lang[1].lower().decode("ascii") in languages
    return name in _COMMON and len(sample) - len(sample.decode("ascii", "ignore")) >= _ENOUGH


def _high_sample(body: bytes) -> bytes:
    """The runs of text with non-ASCII bytes, without the markup between them: what a detector is to look at."""
    runs: list[bytes] = []
    size = 0
    for match in _HIGH_RUN.finditer(body, 0, _HEAD):
        runs.append(body[max(0, match.start() - 20) : match.end()].rpartition(b">")[2])
        size += len(runs[-1])
        if size > _SAMPLE:
            break
    return b"\n".join(runs)


def _read(body: bytes, name: str) -> tuple[str, float]:
    """The text, and the undecodable and C1 control characters' share of all that is not ASCII."""
    try:
        text = body.decode(name)
        if not name.startswith("iso8859"):  # only these hold C1 controls
            return text, 0.0
    except UnicodeDecodeError:
        text = w3lib_to_unicode(body, name)
    bad = len(_BAD.findall(text))
    return text, bad / (len(text) - len(text.encode("ascii", "ignore"))) if bad else 0.0
