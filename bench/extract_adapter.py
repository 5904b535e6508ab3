"""The extractor as scoring tools want it: ``extract(html, url)`` gives a mapping of text, title, author and date."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: idle threads would be counted as CPU

from workers.extract.page import extract_page


def extract(html: bytes, url: str) -> dict[str, object]:
    """Return the four fields of a page's article, whatever kind of page it was taken for."""
    article = extract_page(html, url=url or "https://example.org/").article
    if article is None:
        return {"text": None, "title": None, "author": None, "date": None}
    date = article.published_at.isoformat() if article.published_at else None
    return {"text": article.text, "title": article.title, "author": list(article.authors), "date": date}
