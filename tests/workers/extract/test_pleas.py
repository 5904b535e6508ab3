"""What a page asks of its reader is told from what a story says of such things."""

import pytest

from workers.extract.pleas import plea_reason

ASKED = [
    "Sign up for our weekly newsletter and read the tides before breakfast.",
    "Want more from the coast? Subscribe to the Friday letter, our free newsletter.",
    "🚀 Sign up for the Harbour newsletter",
    "Follow the Island Times on Facebook and Instagram for more.",
    "Abonnieren Sie den Newsletter der Küstenpost und lesen Sie jeden Freitag das Beste der Woche.",
    "Inscrivez-vous à la newsletter du Phare pour recevoir le meilleur de la semaine.",
    "¿Sabías que tenemos canal? Únete a nuestro canal de Telegram y no te pierdas nada.",
    "Iscriviti alla nostra newsletter per sapere che cosa succede al porto.",
    "Assine a newsletter do Cais e receba as marés na sua caixa de entrada.",
    "Schrijf je in voor onze nieuwsbrief en mis niets van de haven.",
    "Zapisz się do naszego newslettera i czytaj o porcie w każdy piątek.",
    "Подписывайтесь на наш канал в Telegram, чтобы не пропустить новости порта.",
]
PAID = [
    "We may earn a commission if you buy through links on this page.",
    "This post contains affiliate links, at no cost to you.",
    "As an Amazon Associate, the harbour blog earns from qualifying purchases.",
    "Products are chosen by our editors. Purchases made through our links may earn us a commission.",
    "Dieser Beitrag enthält Affiliate-Links. Wir erhalten beim Kauf eine kleine Provision.",
]
TOLD = [
    "The paper's newsletter has nine hundred readers, and its editor knows most of them by name.",
    "The commission will publish its findings on the ferry in March, a spokesman said on Tuesday.",
    "He had followed the pilots on Twitter for years before he met one of them on the pier.",
    "Sellers earn a commission of four per cent on each rope, the auditors found.",
    "Amazon closed its depot in Larne on Monday, and two hundred people lost their work.",
    "The mayor asked people to join the queue early, because Facebook had given a wrong hour.",
    "Sigue la polémica en Twitter por el cierre del puerto, tres días después.",
    "Entre Facebook et Twitter, le maire a choisi le silence.",
    "He asked his fans to follow him on Twitter, and two of them did.",
    "Thousands join and follow the pilots on YouTube when the wind is up.",
    "Провинция закрыла порт, и паромы стоят у причала третий день подряд.",
]


@pytest.mark.parametrize("text", ASKED)
def test_an_invitation_is_a_plea(text: str) -> None:
    """The imperative and the channel together ask, in the languages of most of the web's news."""
    assert plea_reason(text) == "newsletter"


@pytest.mark.parametrize("text", PAID)
def test_a_disclosure_is_a_plea(text: str) -> None:
    """Who pays for a page's links is said in the voice of the house."""
    assert plea_reason(text) == "advertisement"


@pytest.mark.parametrize("text", TOLD)
def test_a_story_of_letters_and_commissions_is_none(text: str) -> None:
    """Without the imperative or the voice of the house, the words are a story's."""
    assert plea_reason(text) is None


def test_a_long_paragraph_is_none() -> None:
    """An invitation is brief; a paragraph that ends with one is the story's."""
    paragraph = "The keeper of the light has written a letter every week since 1974. " * 5
    assert plea_reason(paragraph + ASKED[0]) is None
