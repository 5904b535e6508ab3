"""Dates in many languages and calendars, and which of a page's dates is that of its publication."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.extract.dates import parse_date
from workers.extract.metadata import Metadata, Page, read_metadata
from workers.extract.tree import read_tree


def read(body: str, head: str = "", language: str = "en", url: str = "https://post.example/a") -> Metadata:
    """Return what a page with this body says."""
    html = f'<html lang="{language}"><head>{head}</head><body>{body}</body></html>'
    return read_metadata(Page(read_tree(html), url))


@pytest.mark.parametrize(
    "text",
    [
        "17 พฤศจิกายน 2569", "17 พ.ย. 2569 เวลา 08:30 น.", "۲۶ آبان ۱۴۰۵", "17 نوفمبر 2026", "17 تشرين الثاني 2026",
        "१७ नवंबर २०२६", "१७ नोव्हेंबर २०२६", "১৭ নভেম্বর ২০২৬", "2026. november 17., kedd", "2026 m. lapkričio 17 d.",
        "2026. gada 17. novembris", "17 tháng 11, 2026", "令和8年11月17日", "2026년 11월 17일", "17. studenoga 2026.",
        "2026-11-17", "17.11.26", "17η Νοεμβρίου 2026", "17 de nov. de 2026", "17. marraskuuta 2026", "17-Nov-2026",
        "Tue Nov 17 08:30:00 2026", "17th of November 2026", "17 Kasım 2026 Salı", "17 ta' Novembru 2026",
        "17 листопада 2026", "17 ноември 2026", "17 ნოემბერი 2026", "17 նոյեմբերի 2026", "17 noiembrie 2026",
        "10 best of 2024 17 November 2026", "17 ኖቬምበር 2026", "17 Tachwedd 2026", "17 noyabr 2026",
    ],
)  # fmt: skip
def test_a_day_is_read_in_the_languages_and_calendars_of_the_press(text: str) -> None:
    """Months by name in any script, years first or last, Thai, Iranian and Japanese years, digits of any script."""
    found = parse_date(text)
    assert found is not None
    assert found.date().isoformat() == "2026-11-17"


def test_a_month_name_that_two_languages_share_is_read_by_the_page_s_language() -> None:
    """``listopada`` is October in Croatian and November in Polish."""
    body = "<h1>Luka je opet zatvorena</h1><p>17. listopada 2026.</p>"
    assert read(body, language="hr").published_at == datetime(2026, 10, 17, tzinfo=UTC)
    assert read(body, language="pl").published_at == datetime(2026, 11, 17, tzinfo=UTC)


def test_zones_are_told_by_name_or_by_offset() -> None:
    """Names of zones that one country alone uses; an unknown one is UTC."""
    for text, hours in (
        ("08:30 MSK", 3),
        ("08:30 WIB", 7),
        ("08:30 GMT+0100", 1),
        ("8:30 am PT", -8),
        ("08:30 XYZ", 0),
    ):
        found = parse_date(f"17 November 2026, {text}")
        assert found is not None
        offset = found.utcoffset()
        assert offset is not None
        assert offset.total_seconds() == 3600 * hours


@pytest.mark.parametrize(
    "text", ["version 10.04.24.1", "10.0.0.1", "May 5", "phone 020 2026 1117 99", "1/2", "2026"]
)
def test_numbers_that_are_no_dates_are_not_read_as_dates(text: str) -> None:
    """Versions, addresses and telephone numbers."""
    assert parse_date(text) is None


@given(st.text(alphabet="0123456789/.-: TZapm年月日۱۴०November,+", max_size=40))
def test_whatever_is_read_is_aware_and_believable(text: str) -> None:
    """Any string gives nothing, or a date with a zone between 1990 and 2100."""
    found = parse_date(text)
    assert found is None or (found.tzinfo is not None and 1990 <= found.year <= 2100)


def test_numeric_days_are_month_first_only_where_that_is_the_custom() -> None:
    """English pages of countries other than the United States write the day first."""
    body = "<h1>Ports closed again</h1><p>05/11/2026</p>"
    assert read(body).published_at == datetime(2026, 5, 11, tzinfo=UTC)
    assert read(body, url="https://post.example.co.uk/a").published_at == datetime(2026, 11, 5, tzinfo=UTC)
    assert read(body, language="en-GB").published_at == datetime(2026, 11, 5, tzinfo=UTC)


NODE = '<script type="application/ld+json">{"@type":"Article","headline":"Ports closed again","datePublished":"%s"}</script>'


def test_an_earlier_day_under_the_headline_outweighs_the_head() -> None:
    """The head then tells when the story was moved to a new system; a line of a change tells nothing of the kind."""
    head = NODE % "2026-11-17T08:30:00Z"
    body = "<h1>Ports closed again</h1><p>%s</p><p>The harbour stays closed.</p>"
    assert read(body % "Published: 3 March 2024", head).published_at == datetime(2024, 3, 3, tzinfo=UTC)
    assert read(body % "3 March 2024", head).published_at == datetime(2024, 3, 3, tzinfo=UTC)
    kept = datetime(2026, 11, 17, 8, 30, tzinfo=UTC)
    assert read(body % "Updated 3 March 2024", head).published_at == kept
    assert read(body % "The barge was built on 3 March 1994", head).published_at == kept
    assert read(body % "19 November 2026", head).published_at == kept


@pytest.mark.parametrize(
    "line",
    ["Updated 17 November 2026", "Aktualisiert am 17. November 2026", "Mis à jour le 17 novembre 2026",
     "Обновлено 17 ноября 2026", "更新 2026年11月17日", "Cập nhật 17/11/2026"],
)  # fmt: skip
def test_a_line_of_a_change_gives_the_date_of_the_change(line: str) -> None:
    """Beside another date it is not the publication's; alone it is the only one there is."""
    data = read(f"<h1>Ports closed again</h1><p>{line}</p><p>3.3.2024</p>", language="xx")
    assert data.modified_at == datetime(2026, 11, 17, tzinfo=UTC)
    assert data.published_at == datetime(2024, 3, 3, tzinfo=UTC)
    assert read(f"<h1>Ports closed again</h1><p>{line}</p>").published_at == datetime(
        2026, 11, 17, tzinfo=UTC
    )


def test_a_label_may_stand_in_the_line_before_its_date() -> None:
    """As where label and date are boxes of their own."""
    data = read(
        "<h1>Ports closed again</h1><div>Last updated</div><div>17 November 2026</div><div>3 March 2024</div>"
    )
    assert data.modified_at == datetime(2026, 11, 17, tzinfo=UTC)
    assert data.published_at == datetime(2024, 3, 3, tzinfo=UTC)


def test_a_meta_of_any_name_that_says_published_counts() -> None:
    """Systems put their own letters before and behind."""
    assert read("", '<meta name="x-published-date" content="2026-11-17">').published_at == datetime(
        2026, 11, 17, tzinfo=UTC
    )
    assert read("", '<meta name="publisher" content="2026-11-17">').published_at is None
