"""What is kept and what is dropped, on pages written for the purpose: one rule a test."""

from collections.abc import Callable

import pytest

from crawler.records import FeedHint
from workers.extract.page import extract_page
from workers.extract.tree import MAX_RUNS
from workers.records import BlockKind, Extraction, PageKind

Build = Callable[..., bytes]
URL = "https://islandtimes.example/2026/11/17/harbour"


def read(html: bytes, **options: object) -> Extraction:
    """Extract with a fixed address."""
    return extract_page(html, url=URL, **options)  # type: ignore[arg-type]


def text_of(found: Extraction) -> str:
    """Return the article's text, or nothing."""
    return found.article.text if found.article else ""


def test_the_story_is_kept_whole_and_in_order(page: Build, story: tuple[str, ...]) -> None:
    """A plain article gives its paragraphs, each once, in reading order."""
    found = read(page())
    assert found.kind is PageKind.ARTICLE
    assert text_of(found).split("\n\n") == list(story)


BOILERPLATE = {
    "menu": '<nav class="menu"><a href="/a">Shipping forecast</a> <a href="/b">Tide tables</a></nav>',
    "advertisement": '<div class="ad-slot"><p>Advertisement</p></div>',
    "consent": '<div id="cookie-banner" class="consent"><p>We use cookies to improve your visit.</p><button>Accept</button></div>',
    "newsletter": '<div class="newsletter-signup"><p>Sign up for our daily newsletter</p><input type="email"></div>',
    "share": '<ul class="share-bar"><li><a href="#">Share on Facebook</a></li><li><a href="#">Tweet</a></li></ul>',
    "related": '<section class="related-stories"><h3>Related articles</h3><ul><li><a href="/x">Ferry fares to rise</a></li>'
    '<li><a href="/y">Pier repairs delayed</a></li></ul></section>',
    "read more": '<p><strong>Read more:</strong> <a href="/z">The winter the mill stood still</a></p>',
    "author box": '<aside class="author-bio"><p>Ann Reid covers the islands for us and lives in Bowmore.</p></aside>',
    "comments": '<div id="comments" class="comments"><h3>3 comments</h3><p class="comment">Same again as last year!</p></div>',
    "tags": '<ul class="tags"><li><a href="/t/1">harbours</a></li><li><a href="/t/2">ferries</a></li></ul>',
    "syndication": '<p>The post <a href="/p">Harbour closed for a third day</a> appeared first on <a href="/">The Island Times</a>.</p>',
    "source": '<p>(<a href="https://other.example/1">via</a>)</p>',
    "most read": '<aside class="most-read"><h3>Most read</h3><ol><li><a href="/1">Ferry fares to rise in January</a></li>'
    '<li><a href="/2">Pier repairs delayed again</a></li><li><a href="/3">Storm names for 2027</a></li></ol></aside>',
    "editor's pick": '<div class="picks"><h4>Editor’s picks</h4><a href="/1">The winter the mill stood still</a></div>',
    "up next": '<div class="next-story"><span>Up next</span><a href="/n">Council votes on the new pier</a></div>',
    "paywall notice": '<div class="paywall"><p>To continue reading this article, subscribe from £1 a week.</p><a href="/s">Subscribe now</a></div>',
    "photo credit": '<p class="photo-credit">Photo: Ann Reid / The Island Times</p>',
    "cache footer": "<p>Served from: islandtimes.example @ 2026-11-17 09:12:44 by W3 Total Cache</p>",
    "rights": "<p>© 2026 The Island Times. All rights reserved.</p>",
}


@pytest.mark.parametrize("markup", BOILERPLATE.values(), ids=BOILERPLATE)
def test_boilerplate_after_the_story_is_dropped(markup: str, page: Build, story: tuple[str, ...]) -> None:
    """What stands under a story and is none of it does not change the text."""
    assert text_of(read(page(extra=markup))).split("\n\n") == list(story)


@pytest.mark.parametrize("kind", ["advertisement", "newsletter", "related", "share", "read more"])
def test_boilerplate_between_paragraphs_is_dropped(kind: str, page: Build, story: tuple[str, ...]) -> None:
    """The same boxes in the middle of the text are cut out of it."""
    assert text_of(read(page(between=BOILERPLATE[kind]))).split("\n\n") == list(story)


def test_subheadings_lists_and_quotes_keep_their_kind(page: Build) -> None:
    """A block knows what it is, so that it can be written as Markdown."""
    inside = (
        "<h2>What happens next</h2><ul><li>The crane ship sails on Thursday from the Clyde.</li>"
        "<li>The channel is swept for gravel by divers on Friday.</li></ul>"
        "<blockquote><p>Nobody here has seen a wreck so close to the pier before, and I am eighty-two.</p></blockquote>"
    )
    article = read(page(between=inside)).article
    assert article is not None
    kinds = {block.kind for block in article.blocks}
    assert {BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.QUOTE, BlockKind.PARAGRAPH} <= kinds


def test_the_cells_of_a_row_are_one_block(page: Build) -> None:
    """A table of the story keeps its rows: cells side by side, rows one under the other."""
    rows = (
        ("Port", "Days shut"),
        ("Port Ellen of the southern coast", "3 days"),
        ("Bowmore at the loch", "none at all"),
    )
    markup = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    article = read(page(between=f"<p>Where ships are waiting this week:</p><table>{markup}</table>")).article
    assert article is not None
    found = [block.text for block in article.blocks if block.kind is BlockKind.TABLE_ROW]
    assert found == [" | ".join(row) for row in rows]


def test_a_caption_is_marked_and_left_out_of_the_text(page: Build, story: tuple[str, ...]) -> None:
    """Captions are blocks of their own kind; the plain text is the story alone."""
    figure = '<figure><img src="/b.jpg"><figcaption>The barge on Monday morning, seen from the lighthouse.</figcaption></figure>'
    found = read(page(between=figure))
    assert text_of(found).split("\n\n") == list(story)


SCRIPTS = {
    "cyrillic": "Порт закрыт третий день подряд: у входа в гавань затонула баржа с гравием, и одиннадцать рыболовных судов не могут выйти в море, сообщила администрация порта.",
    "greek": "Το λιμάνι παραμένει κλειστό για τρίτη ημέρα, αφού μια φορτηγίδα με χαλίκι βυθίστηκε στην είσοδο και έντεκα αλιευτικά δεν μπορούν να βγουν στο πέλαγος, ανακοίνωσε η αρχή.",
    "arabic": "أغلق الميناء لليوم الثالث على التوالي بعد غرق صندل محمل بالحصى عند مدخل القناة، ولم يتمكن أحد عشر قارب صيد من الخروج إلى البحر، حسبما أعلنت سلطة الميناء.",
    "devanagari": "बजरी से लदी एक नौका के प्रवेश मार्ग में डूब जाने के बाद बंदरगाह लगातार तीसरे दिन बंद रहा, और ग्यारह मछली पकड़ने वाली नावें समुद्र में नहीं जा सकीं, प्रशासन ने बताया।",
    "chinese": "一艘装满砾石的驳船在航道入口处沉没，港口连续第三天关闭，十一艘渔船和岛上唯一的渡轮无法出海，港务局周二表示，一艘起重船将在周末之前从大陆赶来打捞，潜水员周一发现船体已经断裂。",
    "thai": "ท่าเรือปิดเป็นวันที่สามติดต่อกันหลังเรือบรรทุกกรวดจมลงตรงปากร่องน้ำ ทำให้เรือประมงสิบเอ็ดลำและเรือข้ามฟากเพียงลำเดียวของเกาะออกทะเลไม่ได้ "
    "การท่าเรือแถลงเมื่อวันอังคารว่าเรือเครนจะมาถึงก่อนวันหยุดสุดสัปดาห์ถ้าลมสงบพอ",
    "hebrew": "הנמל סגור זה היום השלישי ברציפות לאחר שדוברה עמוסה בחצץ טבעה בפתח התעלה, ואחת עשרה ספינות דיג אינן יכולות לצאת לים, כך מסרה רשות הנמל ביום שלישי.",
    "japanese": "砂利を積んだはしけが航路の入り口で沈没し、港は三日続けて閉鎖され、漁船十一隻と島で唯一の連絡船が海に出られなくなっていると、港湾当局が火曜日に発表した。",
    "korean": "자갈을 실은 바지선이 항로 입구에서 침몰하면서 항구가 사흘째 폐쇄되었고, 어선 열한 척과 섬의 유일한 여객선이 바다로 나가지 못하고 있다고 항만청이 화요일에 밝혔다.",
}


FURNITURE = {
    "cyrillic": ("Главное", "Читайте также: Паром подорожает с января", "Подпишитесь на нашу рассылку"),
    "greek": ("Αρχική", "Διαβάστε επίσης: Ακριβότερα τα εισιτήρια", "Εγγραφείτε στο ενημερωτικό δελτίο"),
    "arabic": ("الرئيسية", "اقرأ أيضا: ارتفاع أسعار العبارة", "اشترك في نشرتنا البريدية"),
    "devanagari": ("मुख्य पृष्ठ", "यह भी पढ़ें: नौका का किराया बढ़ेगा", "हमारे न्यूज़लेटर की सदस्यता लें"),
    "chinese": ("首页", "延伸閱讀：渡轮票价一月起上涨", "订阅我们的新闻简报"),
    "thai": ("หน้าแรก", "อ่านเพิ่มเติม: ค่าเรือข้ามฟากจะขึ้นราคา", "สมัครรับจดหมายข่าวของเรา"),
    "hebrew": ("דף הבית", "קראו גם: מחירי המעבורת יעלו", "הירשמו לניוזלטר שלנו"),
    "japanese": ("ホーム", "関連記事：連絡船の運賃が値上げへ", "ニュースレターに登録"),
    "korean": ("홈", "관련기사: 여객선 요금 인상", "뉴스레터 구독"),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_furniture_in_any_script_is_dropped(script: str, page: Build) -> None:
    """Menus, pointers to other stories and sign-up boxes are told by their place and build, not by English words."""
    home, related, signup = FURNITURE[script]
    paragraphs = tuple(f"{SCRIPTS[script]} {number}" for number in range(1, 6))
    above = (
        f'<div class="menu"><ul><li><a href="/">{home}</a></li><li><a href="/n">{home} 2</a></li></ul></div>'
    )
    under = (
        f'<div class="related"><ul><li><a href="/r">{related}</a></li><li><a href="/q">{related} 2</a></li></ul></div>'
        f'<div class="newsletter"><p>{signup}</p><form><input type="email"></form></div>'
    )
    assert text_of(read(page(paragraphs=paragraphs, above=above, extra=under))).split("\n\n") == list(
        paragraphs
    )


@pytest.mark.parametrize("sentence", SCRIPTS.values(), ids=SCRIPTS)
def test_a_story_in_any_script_is_kept(sentence: str, page: Build) -> None:
    """The decision does not hang on Latin letters or on spaces between words."""
    paragraphs = tuple(f"{sentence} {number}" for number in range(1, 6))
    found = read(page(paragraphs=paragraphs))
    assert found.kind is PageKind.ARTICLE
    assert text_of(found).split("\n\n") == list(paragraphs)


def test_a_front_page_is_an_index_with_links(page: Build) -> None:
    """A page of headlines gives where they lead, absolute, and no story."""
    links = "".join(f'<li><a href="/story-{n}">Headline number {n} of the day</a></li>' for n in range(60))
    html = f"<html><body><main><ul>{links}</ul></main></body></html>".encode()
    found = extract_page(html, url="https://islandtimes.example/")
    assert found.kind is PageKind.INDEX
    assert found.links[0].url == "https://islandtimes.example/story-0"


def test_an_error_page_is_no_story() -> None:
    """A polite 404 that came with status 200 is refused, and says why."""
    html = b"<html><head><title>Page not found</title></head><body><h1>Page not found</h1><p>Try the search.</p></body></html>"
    found = read(html)
    assert (found.kind, found.reason) == (PageKind.NOT_A_STORY, "error_page")


def test_a_login_form_is_no_story() -> None:
    """A page whose point is a password field is refused."""
    html = b"<html><head><title>Log in</title></head><body><form><p>Welcome back.</p><input type=password></form></body></html>"
    assert read(html).reason == "login_page"


def test_what_a_page_says_wins_over_its_feed(page: Build) -> None:
    """A feed fills in what the page leaves out, nothing else."""
    hint = FeedHint(title="Another headline", authors=("Ann Reid",))
    article = read(page(), hint=hint).article
    assert article is not None
    assert article.title == "Harbour closed for a third day"
    assert article.authors == ("Ann Reid",)
    assert dict(article.provenance)["authors"] == "feed"


def test_every_dropped_block_has_a_reason(page: Build) -> None:
    """Explaining lists each block that was left out, with the rule that did it and its place."""
    found = read(page(extra=BOILERPLATE["related"]), explain=True)
    assert found.dropped
    assert all(block.reason and block.order >= 0 for block in found.dropped)


def test_what_was_not_entered_is_explained_in_its_place(page: Build) -> None:
    """The menu above the story and the footer under it are dropped blocks too; nothing is read of them unasked."""
    button = "<button>Save this story</button>"
    found = read(page(between=button), explain=True)
    told = [(block.reason, block.text, block.order) for block in found.dropped]
    assert ("navigation", "Weather", 0) in told
    assert ("button", "Save this story", 3) in told
    assert ("page_footer", "© 2026 The Island Times. All rights reserved.", 5) in told
    assert read(page(between=button)).dropped == ()


def test_a_menu_without_end_is_explained_as_far_as_a_page_may_go() -> None:
    """More blocks than a page may have do not make explaining fail."""
    html = b"<body><nav>" + b"<p>x" * 20_000 + b"</nav><p>y"
    assert [block.text for block in read(html, explain=True).dropped].count("x") == MAX_RUNS


def test_elements_that_close_themselves_hide_nothing_of_an_xhtml_page(story: tuple[str, ...]) -> None:
    """What is served as XML is read as XML where it differs from HTML; an empty script is no script without end."""
    body = "".join(f'<a id="p{n}"/><p>{text}</p>' for n, text in enumerate(story))
    html = f'<?xml version="1.0"?><html><head><title>Tides</title><script src="/a.js" /></head><body>{body}</body></html>'
    found = extract_page(
        html.encode(), url="https://islandtimes.example/a", content_type="application/xhtml+xml"
    )
    assert text_of(found).split("\n\n") == list(story)


def test_noindex_is_reported(page: Build) -> None:
    """A page that asks not to be kept says so in the result."""
    assert read(page(head='<meta name="robots" content="noindex, follow">')).noindex


def test_feeds_of_the_page_are_absolute(page: Build) -> None:
    """Alternate links to feeds are handed on."""
    head = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    assert read(page(head=head)).feeds == ("https://islandtimes.example/feed.xml",)


def test_article_body_stands_in_for_a_page_that_scripts_would_write(story: tuple[str, ...]) -> None:
    """A page with an empty body, whose JSON-LD has the text, gives that text."""
    body = "\\n\\n".join(story)
    html = (
        '<html><head><title>Harbour closed</title><script type="application/ld+json">{"@type":"NewsArticle",'
        f'"headline":"Harbour closed","articleBody":"{body}"}}</script></head><body><div id="app"></div></body></html>'
    )
    found = read(html.encode())
    assert found.kind is PageKind.ARTICLE
    assert text_of(found).split("\n\n") == list(story)
