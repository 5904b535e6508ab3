"""Short lines that every editor would cut, in the languages of most of the web's news.

Each pattern matches a whole short line, not a word inside a sentence, so a story that talks of newsletters is safe.
"""

import re
from functools import lru_cache

_LONGEST = 200
_LINES: dict[str, tuple[str, ...]] = {
    "advertisement": (
        r"(?:story continues below )?advertisement(?: ?[-–—] ?(?:story|article) continues below.*)?",
        r"advertising|ads?|ad feedback|sponsored(?: content| links?)?|paid (?:post|content)|promoted(?: content)?",
        r"(?:- ?)?(?:article|story) continues (?:below|after)(?: (?:this )?(?:ad|advertisement|the ad))?(?: ?-)?",
        r"scroll (?:down )?to continue(?: with content)?|continue reading(?: below| after the ad)?",
        r"(?:- )?(?:anzeige|werbung|advertorial|publicité|publicidad|pubblicità|publicidade|reklama|reklam|annons|"
        r"advertentie|mainos|annonce|iklan|quảng cáo|реклама|إعلان|广告|廣告|広告|광고|विज्ञापन)(?: -)?",
    ),
    "share": (
        r"share (?:this|on|with|via|the)\b.{0,40}|click to share.*|(?:post|email|whatsapp|share|tweet|print){2,}",
        r"(?:teilen|partager|compartir|condividi|compartilhar|delen|udostępnij|поделиться|分享|シェア|공유)(?: .{0,30})?",
        r"follow (?:us|me|him|her|them)\b.{0,80}|like us on .{0,40}|folgen sie uns.{0,60}|suivez-nous.{0,60}|"
        r"síguenos.{0,60}|seguici.{0,60}|siga-nos.{0,60}",
        r"add .{0,30} (?:as a|on) (?:preferred|trusted|google).{0,60}|follow .{0,40} on (?:google news|x|twitter|facebook|"
        r"instagram|whatsapp|telegram|linkedin|flipboard|youtube).{0,60}",
    ),
    "related": (
        r"(?:read|see|watch|listen|check|view|find out|learn)(?: it)? (?:also|more|next|on|too|out)\b ?:?.{0,20}",
        r"(?:also|more) (?:read|see|watch|on this(?: story| topic)?|from .{1,40}|stories|news|like this|in .{1,30})\b ?:?",
        r"(?:related|recommended|suggested|similar|trending|popular|latest|top|recent|more)(?: (?:articles?|stories|story|"
        r"posts?|news|topics?|content|reading|links?|videos?|coverage|searches|for you|now))* ?:?",
        r"(?:also |further )?(?:read|see|watch|related|up next|read next|editor['’]?s['’]? (?:picks?|choice)|"
        r"don['’]t miss|recommended|trending)(?: (?:also|more|next|now|article|story|post|stories|articles|reading|video))?"
        r" ?[:：] .{1,180}",
        r"(?:lesen sie (?:auch|mehr)|mehr dazu|mehr zum thema|auch interessant|lire aussi|à lire aussi|lea también|"
        r"lee también|leia também|veja também|leggi anche|lees ook|läs också|czytaj (?:też|także)|читайте также|по теме|"
        r"延伸閱讀|相关阅读|関連記事|baca juga) ?[:：] ?.{1,180}",
        r"(?:lea|lee|lea más|lee más|vea|ver|mira|mire|mirá|puedes ver|puede ver|ver además|leer además|leia|veja|confira|leggi|guarda|vedi|"
        r"vedi anche|lire|voir|voir aussi|lire également|lees|bekijk|lies|lies auch|siehe auch|läs|se även|les|læs|lue|czytaj|"
        r"zobacz|przeczytaj|čtěte|přečtěte|baca|simak|xem thêm|oku|читать|смотреть) ?[:：] .{1,180}",
        r"(?:mehr themen|schon gelesen|más noticias|más sobre este tema|plus d['’]articles|altri articoli|meer nieuws) ?[:：?]?",
        r"most (?:read|popular|viewed|commented|shared|discussed|recent)(?: .{0,20})?|editor['’]?s['’]? (?:picks?|choice)",
        r"you (?:may|might|could) (?:also )?(?:like|be interested in|enjoy|have missed)\b.{0,40}|don't miss ?:?|up next ?:?|"
        r"read next ?:?|next up ?:?|what to read next|in case you missed it|check also|see also ?:?|"
        r"recommended (?:for you|by|reading).{0,20}|(?:previous|next) (?:post|article|story) ?:?.{0,10}|from our partners?",
        r"(?:mehr zum thema|lesen sie auch|auch interessant|das könnte sie auch interessieren|weitere artikel|"
        r"meistgelesen|mehr dazu|weiterlesen|zum weiterlesen|ähnliche (?:artikel|beiträge))\b ?:?.{0,20}",
        r"(?:lire aussi|à lire aussi|lisez aussi|sur le même sujet|à lire également|les plus lus|articles similaires)\b ?:?.{0,20}",
        r"(?:lea también|lee también|te puede interesar|le puede interesar|también te puede interesar|más información|"
        r"noticias relacionadas|lo más (?:leído|visto)|leia (?:também|mais)|veja também|saiba mais|mais lidas)\b ?:?.{0,20}",
        r"(?:leggi anche|ti potrebbe interessare|potrebbe interessarti|articoli correlati|i più letti|lees ook|lees meer|"
        r"meest gelezen|läs (?:också|mer)|les også|læs også|lue myös|czytaj (?:też|także|również)|zobacz (?:też|także)|"
        r"čtěte také|přečtěte si|citeşte şi|citește și|okuyun|ilgili haberler|baca juga)\b ?:?.{0,20}",
        r"(?:читайте также|читайте еще|смотрите также|по теме|читайте також|اقرأ أيضا|إقرأ أيضا|关联阅读|相关阅读|相关新闻|"
        r"延伸閱讀|相關新聞|推荐阅读|関連記事|あわせて読みたい|관련기사|यह भी पढ़ें) ?[:：]?.{0,20}",
    ),
    "newsletter": (
        r"(?:sign up|subscribe)(?: now| today)? to (?:continue|read|keep|unlock|access)\b.{0,160}",
        r"(?:good (?:morning|afternoon|evening)|guten (?:morgen|tag|abend)|bonjour|buenos días|buenas tardes|buongiorno|"
        r"bom dia|goedemorgen|dzień dobry|доброе утро)\b[.,!:;].{0,180}",
        r"(?:sign up|signup|subscribe|register|join)(?: (?:now|here|today|free|for free))?\W*",
        r"(?:sign up|subscribe) (?:for|to) (?:our|the|my|free|daily|this|get|receive)\b.{0,160}",
        r"get (?:our|the|all the|breaking|daily|more)\b.{0,80} (?:in|to|delivered to) your (?:inbox|email).{0,60}",
        r"(?:thank you|thanks) for (?:subscribing|signing up|registering|reading).{0,60}|enter your e-?mail.{0,60}|"
        r"your e-?mail(?: address)?(?: will not be published.*)?|e-?mail address ?\*?",
        r"by (?:signing up|subscribing|clicking|submitting|entering|providing)\b.{0,170}(?:terms|privacy|agree|consent|receive).{0,100}",
        r"become an? (?:patron|member|subscriber|supporter)\b.{0,60}|support (?:us|our work|independent journalism).{0,60}",
        r"already (?:a|an) (?:subscriber|member|user)\b.{0,40}|(?:log|sign) in(?: (?:to|or|now|here)\b.{0,60})?",
        r"(?:to continue reading|this (?:content|article|story) is (?:for|only|available|exclusive)).{0,120}",
    ),
    "comments": (
        r"(?:leave|post|add|write) (?:a|your|an?) (?:comment|reply|response)\b.{0,40}|(?:view|show|read|see|hide|load) "
        r"(?:all )?(?:\d+ )?comments?(?: .{0,20})?|\d+ (?:comments?|replies|kommentare?|commentaires?|comentarios?)|"
        r"no comments(?: yet)?|comments are closed\.?|be the first to comment.{0,30}|join the (?:conversation|discussion).{0,40}",
        r"(?:kommentare?|commentaires?|comentarios?|commenti|comentários|reacties|комментарии|评论|コメント|댓글)(?: \(?\d+\)?)?",
        r"(?:schreibe (?:einen|den ersten) kommentar|laisser un commentaire|laissez un commentaire|deja (?:un comentario|una respuesta)|lascia un commento|"
        r"deixe (?:um comentário|uma resposta)|geef een (?:reactie|antwoord)|lämna (?:ett svar|en kommentar)|legg igjen (?:en kommentar|et svar)|"
        r"skriv (?:et svar|en kommentar)|dodaj komentarz|napsat komentář|vastaa|bir (?:yanıt|yorum) (?:yazın|bırakın)|tinggalkan (?:balasan|komentar)|"
        r"добавить комментарий|залишити відповідь|コメントを残す|发表(?:回复|评论)|發佈留言|댓글 남기기|اترك (?:تعليقاً|ردا?ً?))\b.{0,40}",
        r"(?:deine e-mail-adresse wird nicht|votre adresse e-mail ne sera pas|tu dirección de correo electrónico no será|il tuo indirizzo "
        r"e-?mail non sarà|o seu endereço de e-?mail não será|je e-?mailadres wordt niet|din e-postadress kommer|twój adres e-?mail nie|"
        r"vaše e-mailová adresa nebude|ваш (?:адрес )?e-?mail не|e-posta (?:hesabınız|adresiniz)|メールアドレスが公開|您的(?:邮箱|电子邮箱)地址不会).{0,120}",
        r"(?:this site|diese website|ce site|este sitio|este site|questo sito|deze site|denna webbplats|ta strona|tato stránka|этот сайт) "
        r"(?:uses|verwendet|utilise|usa|utiliza|utilizza|gebruikt|använder|używa|používá|использует) akismet\b.{0,120}",
        r"(?:required fields are marked|your email address will not be published).{0,60}|cancel reply|post comment",
    ),
    "rights": (
        r"(?:©|\(c\) ?\d|copyright ©?).{0,160}|all rights reserved\.?.{0,60}|alle rechte vorbehalten.{0,60}|tous droits réservés.{0,60}",
        r"(?:todos los derechos reservados|todos os direitos reservados|tutti i diritti (?:sono )?riservati|alle rechten voorbehouden|"
        r"wszelkie prawa zastrzeżone|všechna práva vyhrazena|все права защищены|всі права захищені|tüm hakları saklıdır|med ensamrätt|"
        r"版权所有|版權所有|無断(?:転載|複写)|저작권자|무단 ?전재|جميع الحقوق محفوظة|hak cipta).{0,80}",
        r".{0,60}may not be (?:published|reproduced|republished).{0,120}",
    ),
    "syndication": (
        r"the post .{1,200} (?:appeared first|first appeared) on .{1,80}",
        r"\([^()]{2,48}\)",  # a line in brackets names who reported it
        r"\(?(?:via|source|quelle|sources?|fuente|fonte|bron) ?:?\)?|\((?:via|source|image|photo)(?:s)? ?:? .{0,80}\)",
        r"(?:this (?:article|story|post|piece)|a version of this (?:article|story)) (?:was|has been|is)? ?(?:first |originally |"
        r"also )*(?:appeared|appears|published|posted)\b.{0,140}",
        r"served from: .{0,80}|page caching using .{0,80}|performance optimized by .{0,80}|object caching .{0,80}",
    ),
    "interface": (
        r"(?:skip to (?:main )?content|jump to content|back to top|go back|close|open|menu|search|home|play|pause|mute|"
        r"unmute|toggle .{0,30}|loading|load more|show more|show less|view more|expand|collapse|cancel|submit|next|"
        r"previous|prev|icon|image|video|photo|gallery|fullscreen|listen|listen to (?:this )?article|"
        r"watch|subscribe|more|hide caption|toggle caption|enlarge this image|view image in fullscreen|"
        r"copied!?|permalink|reply|report|edit|download|source icon|title icon)[.…:]*",
        r"\d{1,3} ?(?:min(?:ute)?s?|min\.?) ?(?:read|lesezeit|de lecture|de lectura|di lettura|leestijd)?|reading time:? .{0,20}",
        r"(?:we use|this (?:site|website) uses) cookies.{0,200}|accept (?:all )?cookies|cookie (?:settings|policy|preferences)|"
        r"please enable javascript.{0,100}|your browser (?:does not|doesn't) support.{0,100}",
    ),
}
_WORD = re.compile(r"[^\W\d_]+")
_SHARE_WORDS = frozenset(
    [
        "share",
        "shares",
        "tweet",
        "pin",
        "email",
        "e",
        "mail",
        "print",
        "save",
        "copy",
        "link",
        "whatsapp",
        "facebook",
        "twitter",
        "linkedin",
        "reddit",
        "telegram",
        "flipboard",
        "pocket",
        "x",
        "pinterest",
        "messenger",
        "bluesky",
        "threads",
        "comment",
        "comments",
        "and",
        "on",
        "to",
        "via",
        "this",
        "article",
        "story",
        "post",
        "xing",
        "line",
        "mastodon",
        "sms",
        "fb",
    ]
)
# One pattern for all, a group a reason: the first reason whose pattern fits the whole line is the group that matched.
_ANY = re.compile(
    "|".join(
        f"(?P<{reason}>" + "|".join(f"(?:{p})" for p in patterns) + r")[\s:.!»›→>]*"
        for reason, patterns in _LINES.items()
    ),
    re.IGNORECASE,
)


_OPENS = re.compile(
    r"\((?:opens|öffnet|wird|s['’]ouvre|ouvre|se abre|abre|si apre|apre|opent|öppnas|åpnes|åbner)\b[^()]{0,50}"
    r"(?:window|tab|fenster|fenêtre|onglet|ventana|pestaña|finestra|scheda|janela|venster|fönster|vindu|vindue)\)$",
    re.IGNORECASE,
)
"""What is said to those who hear a page of where a button or link leads, at the end of its label."""
_LETTERS = re.compile(r"[^\W\d_]{1,}")
# Every pattern starts with a literal word, a digit, a bracket or a sign: few lines of a page do.
_FIRST_WORDS = (
    frozenset(
        word
        for patterns in _LINES.values()
        for pattern in patterns
        for word in _LETTERS.findall(pattern.replace("\\b", " ").lower())
    )
    | _SHARE_WORDS
)


def _first_word(line: str) -> str:
    """Return the letters with which a line begins, in lower case; empty where it begins with something else."""
    head = line.partition(" ")[0]
    if not head.isalpha():
        found = _LETTERS.match(line)
        head = found[0] if found else ""
    return head.lower()


def _may_match(line: str, word: str) -> bool:
    """Say cheaply whether a line could match: by its first word, or a sign that some patterns need."""
    return not word or word in _FIRST_WORDS or line[0] > "\u0e00" or "may not be" in line


def boilerplate_reason(line: str) -> str | None:
    """Return the kind of boilerplate that a whole line is, or ``None``.

    >>> boilerplate_reason("Most Commented")
    'related'
    >>> boilerplate_reason("Related work began in 1990, when the port was closed.")
    """
    if len(line) > _LONGEST:
        return None
    if line[-1:] == ")" and _OPENS.search(line):
        return "share"
    word = _first_word(line)
    return _judged(line, word) if _may_match(line, word) else None


@lru_cache(maxsize=8_192)
def _judged(line: str, word: str) -> str | None:
    """Return what the patterns say of a short line with this first word; paragraphs never come as far."""
    may_share = not word or word in _SHARE_WORDS
    if may_share and len(line) < _LONGEST / 2 and _SHARE_WORDS.issuperset(_WORD.findall(line.lower())):
        return "share"
    found = _ANY.fullmatch(line)
    return found.lastgroup if found else None
