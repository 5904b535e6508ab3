"""Stories of eighteen languages in the pages of twenty-two systems: every field is right on every one, or left empty."""

from datetime import date

import pytest

from tests.workers.extract.world_stories import WORLD, WorldStory
from tests.workers.extract.world_templates import TAGGED, TEMPLATES, Template, amp, indieweb, utility_classes
from workers.extract.page import extract_page
from workers.records import Article

UNSIGNED = {utility_classes, indieweb}
"""Templates where a name without a space beside a date could as well be a section: none is invented."""
UNSPACED = frozenset({"zh", "ja", "ko"})


def article_of(template: Template, story: WorldStory) -> Article:
    """Return what is read of a story in a template."""
    article = extract_page(template(story).encode(), url="https://post.example/a").article
    assert article is not None
    return article


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: str(template.__name__))
def test_titles_and_days_are_right_in_every_language(template: Template) -> None:
    """The story's own, whatever else on the page has a heading or a date; the zone is the page's."""
    for story in WORLD:
        found = article_of(template, story)
        assert found.title == story.title
        assert found.published_at is not None, story.language
        assert found.published_at.date() == date(2026, 11, 17), story.language


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: str(template.__name__))
def test_the_author_is_the_only_one(template: Template) -> None:
    """Neither the site nor who answers or is related, and without the byline's label."""
    for story in WORLD:
        is_told = template not in UNSIGNED or story.language not in UNSPACED
        assert article_of(template, story).authors == ((story.author,) if is_told else ())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: str(template.__name__))
def test_tags_language_and_canonical_are_as_declared(template: Template) -> None:
    """Tags of metas, JSON-LD and links; a page without a declaration may leave its language open, never wrong."""
    for story in WORLD:
        found = article_of(template, story)
        assert template not in TAGGED or found.tags == story.tags
        assert found.language == story.language or ("<html>" in template(story) and found.language is None)
        assert found.declared_canonical == ("https://post.example/story" if template is amp else None)
