"""Lines that every editor would cut, in the languages in which the common systems write them."""

import pytest

from workers.extract.phrases import boilerplate_reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("The harbour is closed on x (opens in a new window)", "share"),
        ("Der Hafen ist zu auf WhatsApp (öffnet in neuem Fenster)", "share"),
        ("Le port est fermé (s'ouvre dans une nouvelle fenêtre)", "share"),
        ("Schreibe einen Kommentar", "comments"),
        ("Laisser un commentaire", "comments"),
        ("Deja una respuesta", "comments"),
        ("Lascia un commento", "comments"),
        ("Deixe um comentário", "comments"),
        ("Geef een reactie", "comments"),
        ("Dodaj komentarz", "comments"),
        ("Bir yanıt yazın", "comments"),
        ("Добавить комментарий", "comments"),
        ("コメントを残す", "comments"),
        ("发表回复", "comments"),
        (
            "Deine E-Mail-Adresse wird nicht veröffentlicht. Erforderliche Felder sind mit * markiert",
            "comments",
        ),
        ("Votre adresse e-mail ne sera pas publiée.", "comments"),
        ("Tu dirección de correo electrónico no será publicada.", "comments"),
        ("Diese Website verwendet Akismet, um Spam zu reduzieren.", "comments"),
        ("Lea: El puerto abre otra vez el lunes", "related"),
        ("PUEDES VER: El puerto abre otra vez", "related"),
        ("Zobacz: Port znów otwarty", "related"),
        ("Baca: Pelabuhan dibuka kembali", "related"),
        ("Xem thêm: Cảng mở cửa trở lại", "related"),
        ("Mehr Themen:", "related"),
        ("Subscribe now to continue reading and get every story for a pound a week.", "newsletter"),
        ("Todos los derechos reservados.", "rights"),
        ("Все права защищены", "rights"),
        ("無断転載を禁じます。", "rights"),
        ("جميع الحقوق محفوظة", "rights"),
    ],
)
def test_a_line_of_the_frame_is_known_in_many_languages(line: str, reason: str) -> None:
    """Publishing systems are translated, and so are their lines."""
    assert boilerplate_reason(line) == reason


@pytest.mark.parametrize(
    "line",
    [
        "Lee was the first to see the barge go down.",
        "Les bateaux restent au port jusqu'à jeudi.",
        "Ver o mar era tudo o que ela queria.",
        "Mira bajó al muelle y contó los barcos.",
        "Lies sind im Dorf selten, sagt der Pfarrer.",
        "The shop (it opens in a new wing) was full.",
    ],
)
def test_a_sentence_that_begins_alike_is_left(line: str) -> None:
    """The colon behind the word makes the line a pointer elsewhere."""
    assert boilerplate_reason(line) is None
