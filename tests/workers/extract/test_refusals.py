"""Pages that are none of a story, in several languages, and short stories that are."""

import pytest

from workers.extract.page import extract_page
from workers.records import PageKind


def judged(head: str, body: str, url: str = "https://post.example/a/harbour-closed") -> tuple[PageKind, str]:
    """Return the kind and the rule."""
    found = extract_page(f"<html><head>{head}</head><body>{body}</body></html>".encode(), url=url)
    return found.kind, found.reason


WAY_ON = "".join(f'<a href="/{n}">Way {n}</a> ' for n in range(8))
"""Enough links not to be a question that wants an answer."""


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Page not found | Post", "We looked everywhere, but what you want is not here."),
        ("Seite nicht gefunden", "Leider gibt es unter dieser Adresse nichts mehr."),
        ("Page introuvable", "Cette adresse ne mène plus nulle part."),
        ("Página no encontrada", "La dirección que busca ya no existe."),
        ("404", "Adresseen ei johda mitään."),
        ("Stránka nenalezena", "Na této adrese už nic není."),
        ("Страница не найдена", "По этому адресу ничего нет."),
        ("ページが見つかりません", "お探しのページは移動したか、削除されました。"),
        ("الصفحة غير موجودة", "لا يوجد شيء في هذا العنوان."),
        ("Không tìm thấy trang", "Địa chỉ này không còn nữa."),
    ],
)
def test_an_error_page_is_refused(title: str, text: str) -> None:
    """Its title says so, and little else stands there, however many links it offers."""
    assert judged(f"<title>{title}</title>", f"<h1>{title}</h1><p>{text} {text}</p><p>{WAY_ON}</p>") == (
        PageKind.NOT_A_STORY,
        "error_page",
    )


@pytest.mark.parametrize(
    "title", ["Page not found - Post", "Sorry, we could not find that", "Oops!", "This page doesn’t exist"]
)
def test_an_error_page_that_shows_other_stories_is_refused(title: str) -> None:
    """Its teasers are as long as a story, but nobody dated or signed it, and what it says leads elsewhere."""
    teasers = "".join(
        f'<h2><a href="/{n}">The {name} of the harbour town</a></h2><p>Nobody had expected that the {name} would be '
        "shut for a whole winter, and the council has now asked the engineers of the county for a second report.</p>"
        for n, name in enumerate(("bridge", "school", "market", "museum", "library"))
    )
    assert judged(
        f"<title>{title}</title>", f"<h1>{title}</h1><p>Here is what others read.</p>{teasers}"
    ) == (
        PageKind.NOT_A_STORY,
        "error_page",
    )


def test_a_long_report_on_an_error_is_a_story() -> None:
    """Its title may hold the words, if the text is long enough."""
    text = (
        "<p>The page of the harbour office could not be found for three days, and nobody knew why it was gone.</p>"
        * 8
    )
    assert (
        judged(
            "<title>Harbour office page not found for three days</title>",
            f"<h1>Harbour office page not found</h1>{text}",
        )[0]
        is PageKind.ARTICLE
    )


@pytest.mark.parametrize(
    ("title", "path"),
    [("Sign in", "a"), ("Anmelden", "a"), ("Se connecter", "a"), ("Iniciar sesión", "a"), ("Войти", "a"), ("ログイン", "a"),
     ("Zaloguj się", "a"), ("Giriş yap", "a"), ("Members of the harbour club", "login")],
)  # fmt: skip
def test_a_login_page_is_refused(title: str, path: str) -> None:
    """A password field, and a title or an address that says what it is for, even beside some text."""
    text = (
        "<p>Readers of the paper find the archive of a hundred and twenty years behind this door, with all its pictures.</p>"
        * 3
    )
    body = f'<h1>{title}</h1><form><input name="u"><input type="password"></form>{text}<p>{WAY_ON}</p>'
    assert judged(f"<title>{title}</title>", body, f"https://post.example/{path}") == (
        PageKind.NOT_A_STORY,
        "login_page",
    )


LEAD = (
    "<p>The harbour of Port Ellen was closed for a third day on Tuesday after a barge loaded with gravel sank in the channel. "
    * 3
)


@pytest.mark.parametrize("free", ["false", '"False"', '"false"'])
def test_what_json_ld_calls_not_free_is_a_stub_while_it_is_short(free: str) -> None:
    """In any language: the markup says so."""
    head = f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Harbour closed","isAccessibleForFree":{free}}}</script>'
    assert judged(head, f"<h1>Harbour closed</h1>{LEAD}</p><p>{WAY_ON}</p>") == (
        PageKind.NOT_A_STORY,
        "paywall_stub",
    )
    whole = LEAD + "</p>" + LEAD + "</p>" + LEAD
    assert judged(head, f"<h1>Harbour closed</h1>{whole}</p><p>{WAY_ON}</p>")[0] is PageKind.ARTICLE


@pytest.mark.parametrize(
    "line",
    ["Subscribe to continue reading", "Jetzt weiterlesen im Abo", "Article réservé aux abonnés", "Contenido exclusivo para suscriptores",
     "Contenuto riservato agli abbonati", "Только для подписчиков", "この記事は有料会員限定です", "Tylko dla prenumeratorów"],
)  # fmt: skip
def test_a_line_of_a_wall_under_a_sentence_or_two_makes_a_stub(line: str) -> None:
    """In the languages of most of the web's news."""
    lead = "<p>The harbour of Port Ellen was closed for a third day on Tuesday after a barge sank.</p>"
    body = f"<h1>Harbour closed</h1>{lead}<p>{line}</p><p>{WAY_ON}</p>"
    assert judged("<title>Harbour closed</title>", body) == (PageKind.NOT_A_STORY, "paywall_stub")


@pytest.mark.parametrize(
    "sentence",
    [
        "We and our partners use cookies and ask for your consent to process personal data.",
        "Wir und unsere Partner verwenden Cookies und bitten um Ihre Einwilligung zum Datenschutz.",
        "Nous utilisons des cookies et demandons votre consentement pour respecter votre vie privée.",
        "Používáme cookies a prosíme o souhlas se zpracováním osobních údajů.",
        "Мы используем куки и просим согласия на обработку персональных данных.",
        "当サイトはクッキーを使用します。個人情報の取り扱いに同意してください。",
        "Çerez kullanıyoruz ve kişisel veriler için rıza istiyoruz, çerez politikamız burada.",
    ],
)
def test_a_consent_wall_is_refused(sentence: str) -> None:
    """Words of consent are one in ten there, whether or not it has buttons."""
    paragraphs = f"<p>{sentence} {sentence}</p>" * 3
    plain = judged("<title>Post</title>", f"<h1>Post</h1>{paragraphs}<p>{WAY_ON}</p>")
    assert plain == (PageKind.NOT_A_STORY, "consent_wall")
    asking = judged("<title>Post</title>", f"<h1>Post</h1><p>{sentence} {sentence}</p><button>OK</button>")
    assert asking == (PageKind.NOT_A_STORY, "interstitial")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<figure><img src=a><figcaption>The barge</figcaption></figure>" * 5),
        ('<meta property="og:type" content="video.other">', "<p>Der Kahn im Kanal, von oben gesehen.</p>"),
        ('<meta property="og:video" content="https://post.example/v.mp4">', "<p>La barge, vue du ciel.</p>"),
        ('<script type="application/ld+json">{"@type":"VideoObject","name":"The barge"}</script>', "<p>Баржа в канале.</p>"),
        ('<script type="application/ld+json">{"@type":"ImageGallery","name":"The barge"}</script>', "<p>運河の船。</p>"),
    ],
)  # fmt: skip
def test_pictures_and_films_with_hardly_a_line_are_a_gallery(head: str, body: str) -> None:
    """By markup, whatever the language of the line."""
    assert judged(head, f"<h1>The barge</h1>{body}") == (PageKind.GALLERY, "pictures_no_text")


def test_a_brief_in_writing_without_spaces_is_a_story() -> None:
    """A hundred and twenty letters of Chinese say as much as three hundred of an alphabet."""
    text = "埃伦港因运砂船沉没连续第三天关闭，十一艘渔船和岛上唯一的渡轮无法离港。潜水员周一发现船体在驾驶室后方断裂。港务局表示，起重船将于周末前从格里诺克抵达，前提是风力允许其绕过海角。镇议会要求采石公司承担打捞费用。"
    body = f"<h1>埃伦港连续第三天关闭</h1><p>{text}</p><p>{WAY_ON}</p>"
    head = '<meta property="article:published_time" content="2026-11-17T08:30:00+08:00">'
    assert judged(head, body) == (PageKind.ARTICLE, "text")


THREE = (
    "<p>The boat lay in the reeds behind the old sluice for forty years, and nobody knew whose it was.</p>"
    "<p>When we hauled it ashore in the autumn we found three cups in the cabin, and a log with one word a day.</p>"
    "<p>It stands on trestles in our barn now, and in the summer it is to swim again, if the planks allow it.</p>"
)


def test_a_form_below_three_paragraphs_makes_no_question_of_a_story() -> None:
    """Who wants an answer is brief; a small page with a form for comments tells a story all the same."""
    form = "<form><input name=n><textarea></textarea><button>Send</button></form>"
    assert judged("<title>The boat in the reeds</title>", f"<h1>The boat in the reeds</h1>{THREE}{form}") == (
        PageKind.ARTICLE,
        "text",
    )


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2026-03-02T20:10:00Z">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Rovers win", "datePublished": "2026-03-02"}</script>',
    ],
    ids=["a date", "a story"],
)
def test_a_declared_brief_may_stand_around_a_table(head: str) -> None:
    """What is left between the rows of a table is scattered, but the page says that it is a story."""
    rows = "".join(f"<tr><td>{n}</td><td>Team {n}</td><td>{60 - n}</td></tr>" for n in range(12))
    body = (
        "<h1>Rovers win</h1><p>Rovers are champions of the coast for the first time after a penalty in added time.</p>"
        f"<table>{rows}</table><p>The cup will be carried through the town on Saturday, and the pubs open at ten.</p>"
        "<p>Two thousand people were on the pitch before the ball had come to rest behind the line, and sang.</p>"
    )
    assert judged(f"<title>Rovers win</title>{head}", body)[0] is PageKind.ARTICLE
