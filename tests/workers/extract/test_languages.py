"""The language of a story: declared, read from the text, or not told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.extract.languages import declared_language, spoken_language
from workers.extract.page import extract_page

TEXTS = {
    "en": "The harbour stays closed until a crane ship has lifted the barge that sank in the entrance channel on Sunday.",
    "de": "Der Hafen bleibt geschlossen, bis ein Kranschiff den Kahn gehoben hat, der am Sonntag in der Einfahrt gesunken ist.",
    "fr": "Le port reste fermé jusqu'à ce qu'un navire-grue ait relevé la barge qui a coulé dimanche dans le chenal d'entrée.",
    "es": "El puerto sigue cerrado hasta que un buque grúa levante la barcaza que se hundió el domingo en el canal de entrada.",
    "pl": "Port pozostaje zamknięty, dopóki statek z dźwigiem nie podniesie barki, która zatonęła w niedzielę w kanale wejściowym.",
    "ru": "Порт остаётся закрытым, пока плавучий кран не поднимет баржу, затонувшую в воскресенье во входном канале.",
    "el": "Το λιμάνι παραμένει κλειστό μέχρι ένα πλοίο γερανός να ανασύρει τη φορτηγίδα που βυθίστηκε την Κυριακή στο κανάλι.",
    "ar": "يبقى الميناء مغلقا حتى ترفع سفينة رافعة الصندل الذي غرق يوم الأحد في قناة الدخول إلى الميناء القديم.",
    "zh": "港口将继续关闭，直到起重船把星期天在入口航道沉没的驳船吊起为止。港务局表示，渔船和渡轮都不能离港。"
    * 2,
    "ja": "日曜日に入口の水路で沈んだはしけをクレーン船が引き揚げるまで、港は閉鎖されたままです。漁船もフェリーも出られません。"
    * 2,
    "hi": "रविवार को प्रवेश नहर में डूबी नाव को क्रेन जहाज द्वारा उठाए जाने तक बंदरगाह बंद है और मछली पकड़ने वाली नावें बाहर नहीं जा सकती हैं।",
}


@pytest.mark.parametrize("language", sorted(set(TEXTS) - {"fr"}))
def test_an_undeclared_language_is_read_from_the_text(language: str) -> None:
    """A sentence of some length is enough."""
    assert spoken_language(TEXTS[language] + " " + TEXTS[language], None) == (language, True)


LONGER = {
    "de": " Die Hafenbehörde sagt, dass das Schiff vor dem Wochenende aus Greenock kommt, wenn der Wind es zulässt. Elf Fischerboote "
    "und die einzige Fähre der Insel können nicht auslaufen; die Schulkinder werden mit dem Hubschrauber gebracht. Der Eigentümer, ein "
    "Steinbruch auf dem Festland, soll die Bergung bezahlen und hat sich bisher nicht dazu geäußert.",
    "es": " La autoridad portuaria dice que el buque llegará de Greenock antes del fin de semana si el viento lo permite. Once barcos de "
    "pesca y el único transbordador de la isla no pueden salir; los niños van a la escuela en helicóptero. El propietario, una cantera "
    "de tierra firme, debe pagar el rescate y todavía no ha dicho nada.",
    "pl": " Władze portu mówią, że statek przypłynie z Greenock przed końcem tygodnia, jeśli wiatr na to pozwoli. Jedenaście łodzi "
    "rybackich i jedyny prom na wyspie nie mogą wypłynąć; dzieci są wożone do szkoły śmigłowcem. Właściciel, kamieniołom na lądzie, ma "
    "zapłacić za wydobycie i na razie milczy.",
}


@pytest.mark.parametrize("language", ["de", "es", "pl", "ru", "el", "ar", "zh", "ja", "hi"])
def test_a_declaration_that_the_text_plainly_contradicts_does_not_count(language: str) -> None:
    """Themes are installed in English and written in another language."""
    text = TEXTS[language] * (1 if language in LONGER else 3) + LONGER.get(language, "")
    assert spoken_language(text, "en") == (language, True)
    assert spoken_language(text, language) == (language, False)


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("OK", "fr"),
        ("404 12:30 17/11", "fr"),
        ("", "fr"),
        ("Port Ellen 3, Bowmore 1", None),
        (TEXTS["en"], "xh"),
        (TEXTS["de"], "lb"),
    ],
)
def test_what_does_not_tell_plainly_changes_nothing(text: str, declared: str | None) -> None:
    """A few words, figures, a language that the detector does not know, a neighbour of the language."""
    assert spoken_language(text, declared) == (declared, False)


def test_norms_of_one_language_do_not_contradict_each_other() -> None:
    """Bokmål is Norwegian."""
    text = (
        "Havnen er fortsatt stengt til et kranskip har løftet lekteren som sank i innseilingen på søndag, sier kommunen. "
        * 3
    )
    assert spoken_language(text, "nb") == ("nb", False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("en-GB", "en"), ("pt_BR", "pt"), ("zh-Hant-TW", "zh"), ("de, en", "de"), ("fil", "fil"), ("utf-8", None), ("und", None),
     ("english", None), ("", None), ("x-default", None), ("1", None)],
)  # fmt: skip
def test_what_names_a_language_and_what_does_not(value: str, expected: str | None) -> None:
    """Tags and locales do; encodings, names and placeholders do not."""
    assert declared_language(value) == expected


def test_the_article_says_where_its_language_comes_from() -> None:
    """Declared by the page, or read from its text."""
    story = f"<p>{TEXTS['de']} {LONGER['de']}</p>" * 2
    for lang, told in (("de-AT", "html lang"), ("en", "text"), ("", "text")):
        html = f'<html lang="{lang}"><body><main><h1>Hafen bleibt drei Tage geschlossen</h1>{story}</main></body></html>'
        article = extract_page(html.encode(), url="https://post.example/a").article
        assert article is not None
        assert article.language == "de"
        assert dict(article.provenance)["language"] == told


@given(st.text(max_size=300), st.text(max_size=20))
def test_any_text_and_any_declaration_give_a_tag_or_nothing(text: str, value: str) -> None:
    """Never raises; a tag has two or three small letters."""
    found, _ = spoken_language(text, declared_language(value))
    assert found is None or (2 <= len(found) <= 3 and found.islower())
