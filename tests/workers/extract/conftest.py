"""A small newspaper page, built around whatever a test puts into it."""

from collections.abc import Callable

import pytest

STORY = (
    "The harbour of Port Ellen was closed for a third day on Tuesday after a barge loaded with gravel sank in the "
    "entrance channel, leaving eleven fishing boats and the island's only ferry unable to leave.",
    "Divers who went down on Monday found the hull broken behind the wheelhouse. The port authority said that a crane "
    "ship would arrive from Greenock before the weekend, if the wind allowed it to pass the Mull.",
    "“We have sent the children to school by helicopter,” said Morag Sinclair, who runs the shop beside the pier. "
    "“It is an adventure for a day, and a bill for the council after that.”",
    "The owner of the barge, a quarry company on the mainland, has been asked to pay for the salvage. It said in a "
    "statement that the vessel had passed its inspection in March and that the crew had followed the pilot's advice.",
    "Islanders were told to expect empty shelves until Thursday. The distillery, which needs twenty tonnes of barley a "
    "week, has stopped its mill for the first time since the winter of 2010.",
)
MENU = "".join(
    f'<li><a href="/{w.lower()}">{w}</a></li>' for w in ("News", "Sport", "Weather", "Business", "Travel")
)


@pytest.fixture
def story() -> tuple[str, ...]:
    """Five paragraphs written for the tests."""
    return STORY


@pytest.fixture
def page() -> Callable[..., bytes]:
    """A function that builds a page: ``extra`` after the text, ``between`` in the middle of it, ``head`` in its head."""

    def build(
        *,
        paragraphs: tuple[str, ...] = STORY,
        extra: str = "",
        between: str = "",
        head: str = "",
        above: str = "",
    ) -> bytes:
        half = len(paragraphs) // 2 + 1
        first, second = (
            "".join(f"<p>{p}</p>" for p in part) for part in (paragraphs[:half], paragraphs[half:])
        )
        return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Harbour closed for a third day | The Island Times</title>
<meta property="og:site_name" content="The Island Times">{head}</head><body>
<header class="site-header"><a href="/">The Island Times</a></header><nav><ul>{MENU}</ul></nav>{above}
<main><article><h1>Harbour closed for a third day</h1><div class="article-body">{first}{between}{second}</div>{extra}
</article></main><footer class="site-footer"><p>© 2026 The Island Times. All rights reserved.</p></footer>
</body></html>""".encode()

    return build
