"""What a query says about the visitor and not about the page: tracking, sessions, cache busters, AMP switches."""

import re
from urllib.parse import unquote_plus


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Prefixes and names of campaign and click trackers, each of a product that documents it.
_TRACKER_PREFIXES = (
    "utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "_hs", "ns_", "oly_", "vero_", "itm_", "hmb_", "sc_", "wt_",
    "wt.", "at_", "ga_", "mkt_", "trk_", "fb_action_", "amp_", "mc_", "asc_", "cmp_", "pf_rd_",
    "spm_", "ito_", "aff_",
)  # fmt: skip
_TRACKERS = _words(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid ymclid twclid ttclid igshid igsh
    li_fat_id mc_cid mc_eid _ga _gl _gac __twitter_impression __s _openstat s_cid s_kwcid ef_id epik
    srsltid vgo_ee xtor xts ocid cmp cmpid cmpsrc cmptype icid ncid nlid newsletter_id smid smtyp smprod
    emc emci emdi ceid cvid echobox ref ref_src ref_url refsrc ref_source referer referrer recirc rsrc
    rssfeed spm scm share_token share_id sharetype social_share socialshare src_social taid trk
    trkcampaign wickedid yptr zanpid guccounter guce_referrer guce_referrer_sig ecid elqtrackid elqtrack
    campaign_id campaignid ad_id adid __hstc __hssc __hsfp hsctatracking mkwid pcrid soc_src soc_trk
    tpcc traffic_source tblci tbid replytocom doing_wp_cron usqp _gsa aoh
    """
)
# Names that mean something on some sites: only dropped when the value names a channel.
_AMBIGUOUS = _words(
    """
    source src from via partner mod medium campaign feature rss feed origin channel share shared sr cid
    promo platform entry int_source context s_source
    """
)
_CHANNEL = re.compile(
    r"(rss\d*|feed\w*|atom|twitter|tw|x|facebook|fb|ig|insta(gram)?|linkedin|reddit|telegram|whatsapp|wa|wechat|weibo|"
    r"pinterest|newsletter\w*|e?mail|nl|home(page)?|hp|front(page)?|social\w*|share\w*|amp|push|app|ios|android|"
    r"google\w*|gnews|bing|msn|yahoo|flipboard|smartnews|applenews|upday|pocket|copy(link)?|permalink|sidebar|"
    r"footer|header|nav|related|mostread|trending|recirc|search|direct|desktop|mobile)([-_.:].*)?"
)
_TRUE = frozenset({"", "1", "true", "yes", "amp"})
_AMP_SWITCHES = frozenset({"amp", "_amp", "isamp", "is_amp", "ampmode"})
_AMP_VALUES = frozenset({"outputtype", "output", "type", "view", "mode", "format", "m"})
_SESSIONS = _words(
    """
    jsessionid phpsessid aspsessionid sessionid session_id sessid session-id cfid cftoken oscsid zenid
    sid_session jsession
    """
)
_MAYBE_SESSIONS = frozenset({"sid", "s", "session", "phpsid", "sess"})
_TOKEN = re.compile(r"[0-9a-f]{24,64}", re.IGNORECASE)
_BUSTERS = frozenset({"_", "cb", "cachebuster", "cache_buster", "cachebust", "nocache", "no_cache", "rnd", "rand",
                      "random", "timestamp", "ts", "t", "_t", "_ts", "_dc", "ver", "z"})  # fmt: skip
_CLOCK = re.compile(
    r"1\d{9}(\d{3})?|0\.\d{6,}"
)  # Unix seconds or milliseconds of 2001 to 2033, or Math.random()
_BARE_BUSTER = re.compile(r"x\d{4,6}|1\d{9}(\d{3})?")  # "?x10805" is W3 Total Cache's
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sessionid|sid)=[^/;]*", re.IGNORECASE)
_ASP_SESSION = re.compile(r"/\((?:[A-Z]\([0-9a-z]{20,}\))+\)(?=/)", re.IGNORECASE)


def clean_query(query: str) -> str:
    """The query without noise, its pairs in order of name (only if all are pairs: else places may count).

    >>> clean_query("utm_source=x&b=2&a=1&fbclid=Q")
    'a=1&b=2'
    """
    pieces = [piece for piece in query.split("&") if piece and not _is_noise(piece)]
    if len(pieces) > 1 and all("=" in piece for piece in pieces):
        pieces.sort(key=lambda piece: piece.partition("=")[0])
    return "&".join(pieces)


def clean_path(path: str) -> str:
    """The path without a session id (``;jsessionid=``, ASP.NET's ``/(S(...))/``)."""
    if ";" in path:
        path = _PATH_SESSION.sub("", path)
    if "/(" in path:
        path = _ASP_SESSION.sub("", path)
    return path or "/"


def _is_noise(piece: str) -> bool:
    raw_name, equals, raw_value = piece.partition("=")
    name = unquote_plus(raw_name).strip().lower().removeprefix("amp;")
    value = unquote_plus(raw_value).strip().lower()
    if not equals and _BARE_BUSTER.fullmatch(name):
        return True
    return (
        name in _TRACKERS
        or name.startswith(_TRACKER_PREFIXES)
        or (name in _AMBIGUOUS and _CHANNEL.fullmatch(value) is not None)
        or _is_session(name, value)
        or (name in _BUSTERS and _CLOCK.fullmatch(value) is not None)
        or _is_amp_switch(name, value)
    )


def _is_session(name: str, value: str) -> bool:
    if name in _SESSIONS or name.startswith("aspsessionid"):
        return True
    return name in _MAYBE_SESSIONS and _TOKEN.fullmatch(value) is not None


def _is_amp_switch(name: str, value: str) -> bool:
    return (name in _AMP_SWITCHES and value in _TRUE) or (name in _AMP_VALUES and value == "amp")
