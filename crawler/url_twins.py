"""Two addresses of one page: AMP caches, redirectors, AMP and mobile twins, and what a page says of itself."""

import re
from dataclasses import replace
from urllib.parse import unquote

from crawler.url_syntax import SplitUrl

_AMP_CACHE_HOSTS = re.compile(
    r"(?:[a-z0-9-]+\.)?cdn\.ampproject\.org|www\.google\.[a-z.]{2,6}|(?:www\.)?bing-amp\.com"
)
_AMP_CACHE_PATH = re.compile(
    r"/(?:amp|[cvir]|wp)/(s/)?([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?)(/.*)?", re.IGNORECASE
)
# (host, path prefix, names of the parameter that holds the target)
_REDIRECTORS = (
    (re.compile(r"(www\.|news\.)?google\.[a-z.]{2,6}"), "/url", ("url", "q")),
    (re.compile(r"lm?\.facebook\.com|l\.instagram\.com|l\.messenger\.com"), "/", ("u",)),
    (re.compile(r"out\.reddit\.com"), "/", ("url",)),
    (re.compile(r"www\.bing\.com"), "/news/apiclick.aspx", ("url",)),
    (re.compile(r"www\.youtube\.com"), "/redirect", ("q",)),
    (re.compile(r"t\.umblr\.com"), "/redirect", ("z",)),
    (re.compile(r"slack-redir\.net"), "/link", ("url",)),
)
_MOBILE_LABELS = frozenset({"m", "mobile", "amp", "touch", "wap", "mobil", "movil"})
_SECOND_LEVEL = frozenset(
    {"co", "com", "org", "net", "gov", "edu", "ac", "or", "ne", "go", "gob", "gouv", "nom", "mil"}
)
# Suffixes under which anybody may have a name: two names there are two publishers.
_SHARED_SUFFIXES = frozenset(
    {
        "blogspot.com",
        "wordpress.com",
        "substack.com",
        "medium.com",
        "tumblr.com",
        "github.io",
        "gitlab.io",
        "netlify.app",
        "vercel.app",
        "pages.dev",
        "web.app",
        "firebaseapp.com",
        "herokuapp.com",
        "livejournal.com",
        "typepad.com",
        "weebly.com",
        "wixsite.com",
        "ghost.io",
        "beehiiv.com",
        "appspot.com",
        "cloudfront.net",
        "amazonaws.com",
        "azurewebsites.net",
        "workers.dev",
        "fly.dev",
        "onrender.com",
    }
)
_AMP_SEGMENTS = frozenset({"amp", "amp.html", "amphtml"})
_FRONT = re.compile(
    r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|default|home)(?:\.[a-z]{3,5})?/?)?", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")
_LONG_NUMBER = re.compile(r"\d{5,}")
_SLUG_WORDS = 3
"""From three words on, a path's last segment names a story rather than a section."""


def unwrap(parts: SplitUrl) -> str | None:
    """The address inside an AMP cache's or a redirector's, if this is one."""
    if _AMP_CACHE_HOSTS.fullmatch(parts.host) and (match := _AMP_CACHE_PATH.fullmatch(parts.path)):
        query = f"?{parts.query}" if parts.query else ""
        return f"http{'s' if match[1] else ''}://{match[2]}{match[3] or '/'}{query}"
    for host, prefix, names in _REDIRECTORS:
        if parts.path.startswith(prefix) and host.fullmatch(parts.host):
            return _parameter(parts.query, names)
    return None


def _parameter(query: str, names: tuple[str, ...]) -> str | None:
    pairs = dict(piece.partition("=")[::2] for piece in query.split("&"))
    targets = (unquote(pairs.get(name, "")) for name in names)
    return next((target for target in targets if target.startswith(("http://", "https://"))), None)


def fold(parts: SplitUrl) -> SplitUrl:
    """The desktop twin's address, told by the shape of this one alone.

    >>> str(fold(SplitUrl("https", "m.example.com", None, "/a-b-c/amp/", "")))
    'https://www.example.com/a-b-c/'
    """
    return replace(parts, host=_fold_host(parts.host), path=_fold_path(parts.path))


def _fold_host(host: str) -> str:
    labels = host.split(".")
    site = registrable(host)
    if host == site:
        return host
    kept = [label for label in labels[: -len(site.split("."))] if label not in _MOBILE_LABELS]
    if len(kept) == len(labels) - len(site.split(".")):
        return host
    return ".".join(kept or ["www"]) + "." + site


def _fold_path(path: str) -> str:
    segments = path.split("/")
    slash = segments[-1] == "" and len(segments) > 2  # noqa: PLR2004 - "/" itself is no trailing slash
    names = segments[1:-1] if slash else segments[1:]
    if len(names) > 1 and names[-1].lower() in _AMP_SEGMENTS:  # /story/amp is mostly WordPress: /story/
        return "/" + "/".join(names[:-1]) + "/"
    if len(names) > 1 and names[0].lower() == "amp":  # /amp/section/story
        names = names[1:]
    names[-1] = re.sub(r"(?:\.amp(?=\.html?$|$)|[-_]amp(?=\.html?$))", "", names[-1], flags=re.IGNORECASE)
    return "/" + "/".join(names) + ("/" if slash else "")


def registrable(host: str) -> str:
    """The part of a host name that somebody registered, by rule of thumb (no public suffix list).

    >>> registrable("news.bbc.co.uk"), registrable("a.b.example.com"), registrable("x.github.io")
    ('bbc.co.uk', 'example.com', 'x.github.io')
    """
    labels = host.split(".")
    if host.startswith("[") or labels[-1].isdigit() or len(labels) <= 2:  # noqa: PLR2004
        return host
    pair = ".".join(labels[-2:])
    second = labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2  # noqa: PLR2004
    return ".".join(labels[-3:]) if second or pair in _SHARED_SUFFIXES else pair


def may_stand_for(declared: SplitUrl, own: SplitUrl) -> bool:
    """Whether a page's declared canonical can be believed (both folded).

    It cannot when it names another publisher (a page could pass for anybody's), a front page or a section, or
    when nothing in it is of this page: templates with one canonical for all pages are common.
    """
    if declared == own:
        return True
    if registrable(declared.host) != registrable(own.host):
        return False
    if _is_front(declared):
        return _is_front(own) and _ids(own.query) <= _ids(declared.query)
    if _same_but_slash(declared.path, own.path):
        return _names_a_story(declared.path) or _ids(own.query) <= _ids(declared.query)
    return _tells_the_same_story(declared, own)


def _tells_the_same_story(declared: SplitUrl, own: SplitUrl) -> bool:
    if not _names_a_story(declared.path) and not _ids(declared.query):
        return False
    if _numbers(declared) & _numbers(own):
        return True
    ours, theirs = _slug(own.path), _slug(declared.path)
    if len(ours) >= _SLUG_WORDS:
        return 2 * len(ours & theirs) >= min(len(ours), len(theirs)) > 0
    # /?p=17, /node/17 and short links say nothing of the story: any story of the same host may be it.
    return declared.host == own.host and not _is_front(own) and len(theirs) >= _SLUG_WORDS


def _is_front(parts: SplitUrl) -> bool:
    return _FRONT.fullmatch(parts.path) is not None and not _ids(parts.query)


def _same_but_slash(one: str, other: str) -> bool:
    return one.rstrip("/").lower() == other.rstrip("/").lower()


def _names_a_story(path: str) -> bool:
    return len(_slug(path)) >= _SLUG_WORDS or _LONG_NUMBER.search(path) is not None


def _slug(path: str) -> frozenset[str]:
    """The words of the segment that has most of them."""
    segments = unquote(path).lower().split("/")
    words = sorted((_WORD.findall(segment) for segment in segments), key=len)
    return frozenset(words[-1])


def _numbers(parts: SplitUrl) -> frozenset[str]:
    return frozenset(_LONG_NUMBER.findall(parts.path)) | _ids(parts.query)


def _ids(query: str) -> frozenset[str]:
    """Values of a query that could name a page: those with a digit in them."""
    values = (piece.partition("=")[2] for piece in query.split("&"))
    return frozenset(value for value in values if any(char.isdigit() for char in value))
