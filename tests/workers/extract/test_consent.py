"""What a consent manager writes into a page is no story, in any language and at any length."""

import pytest

from workers.extract.page import extract_page

STORY = [
    "The town council of Ardmeen voted on Monday night to close the swimming pool on Quay Street for good.",
    "Engineers had found that the roof could not be repaired for less than four million pounds, the clerk said.",
    "The school next door will send its pupils by bus to Larne, a journey of fifty minutes each way.",
    "A new pool may come with the housing behind the old mill, though nobody has bought the land for it.",
]
NOTES = {
    "en": "We and our 812 partners store information on a device and process personal data to show advertisements.",
    "de": "Wir und unsere 812 Partner speichern Informationen auf Ihrem Gerät und zeigen Ihnen danach Anzeigen.",
    "fr": "Avec nos 812 partenaires, nous conservons des données de votre visite pour vous montrer des annonces.",
    "es": "Nosotros y nuestros 812 socios guardamos datos de su visita para mostrarle anuncios que le interesen.",
    "pl": "My i nasi 812 partnerzy zapisujemy dane o Twojej wizycie, aby pokazywać reklamy, które Cię interesują.",
    "ru": "Мы и наши 812 партнёров сохраняем сведения о вашем визите, чтобы показывать вам подходящую рекламу.",
    "ja": "当社と812社のパートナーは、お客様の端末に情報を保存し、関心に合った広告を表示するために利用します。",
    "ar": "نحن وشركاؤنا البالغ عددهم 812 نحفظ معلومات عن زيارتكم على أجهزتكم لكي نعرض عليكم ما يناسبكم من إعلانات.",
}


def page(box: str) -> bytes:
    """Return a page with a story and a box before and behind it."""
    story = "".join(f"<p>{text}</p>" for text in STORY)
    return (
        f"<html lang=en><head><meta charset=utf-8><title>Pool closes</title></head><body>{box}"
        f"<div class=x><h1>Pool closes</h1>{story}</div>{box}</body></html>"
    ).encode()


@pytest.mark.parametrize("language", NOTES)
@pytest.mark.parametrize(
    "maker",
    [
        'id="onetrust-pc-sdk"',
        'id="didomi-host"',
        'class="cky-modal"',
        'id="CybotCookiebotDialog"',
        "class=BorlabsCookie",
    ],
)
def test_a_preference_centre_longer_than_the_story_is_dropped(language: str, maker: str) -> None:
    """The maker's name on the box tells, however much prose is in it."""
    box = f"<div {maker}><div><h2>812</h2>{'<p>' + NOTES[language] + '</p>'}</div></div>"
    found = extract_page(
        page(box.replace("</h2>", "</h2>" + f"<p>{NOTES[language]}</p>" * 4)), url="https://a.example/1"
    )
    assert found.article is not None
    assert found.article.text.split("\n\n") == STORY


def test_a_page_marked_as_a_whole_keeps_its_story() -> None:
    """Themes write the maker's name on the body or the wrapper until a choice is made: that is no box."""
    html = page("").replace(b"<body>", b'<body class="cookieconsent-pending"><div class="borlabs-wrapper">')
    found = extract_page(html, url="https://a.example/1")
    assert found.article is not None
    assert found.article.text.split("\n\n") == STORY


@pytest.mark.parametrize("name", ["sticky-post", "is-trusted", "klarobrunn"])
def test_a_name_that_only_holds_a_maker_s_letters_is_none(name: str) -> None:
    """A maker is named by itself, not inside a longer word."""
    html = (
        page("").replace(b"<p>", f'<section class="{name}"><p>'.encode()).replace(b"</p>", b"</p></section>")
    )
    found = extract_page(html, url="https://a.example/1", explain=True)
    assert found.article is not None
    assert "consent" not in {block.reason for block in found.dropped}
    assert found.article.text.split("\n\n") == STORY
