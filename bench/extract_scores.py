"""Score a model on labelled pages through the whole of ``extract_page``, counted as scorers of extraction count.

Word F1 is the mean over pages of the F1 of bags of words; a snippet is kept if it is in the text, white space and case aside.
"""

import statistics
from collections import Counter, defaultdict

from extract_labels import squeeze, words

from workers.extract import decide
from workers.extract.page import extract_page


def word_f1(predicted, reference):
    a, b = words(predicted), words(reference)
    if not a or not b:
        return float(a == b)
    return 2 * sum((Counter(a) & Counter(b)).values()) / (len(a) + len(b))


def page_score(page, model):
    """Return what one page scores with a model: its F1 (``None`` without a whole text), snippets kept of each kind."""
    decide.shipped_model = lambda: model
    article = extract_page(page.html, url=page.url or "https://example.org/").article
    text = article.text if article else ""
    whole = page.truth.get("main_content")
    low = squeeze(text)
    kept = {kind: [squeeze(s) in low for s in page.truth.get(kind) or []] for kind in ("with", "without")}
    return {"f1": None if whole is None else word_f1(text, whole), **kept}


def report(title, scored, worst=None):
    """Print a line a folder; ``scored``: pairs of page and score.  With ``worst``, write each page's score there."""
    by_folder = defaultdict(list)
    for page, score in scored:
        by_folder[page.folder.name].append(score)
    for folder, rows in by_folder.items():
        wanted = [kept for row in rows for kept in row["with"]]
        boiler = [kept for row in rows for kept in row["without"]]
        snippet_f1 = 2 * sum(wanted) / max(1, sum(wanted) + sum(boiler) + len(wanted))
        f1 = [row["f1"] for row in rows if row["f1"] is not None]
        print(
            f"{title:16} {folder:10} {len(rows):4} pages  word F1 {statistics.mean(f1) if f1 else float('nan'):.4f}"
            f"  snippet F1 {snippet_f1:.4f}  kept wanted {sum(wanted) / max(1, len(wanted)):.4f}"
            f"  kept boilerplate {sum(boiler) / max(1, len(boiler)):.4f}",
            flush=True,
        )
    if worst:
        with worst.open("a") as file:
            for page, row in scored:
                with_, without = sum(row["with"]) / max(1, len(row["with"])), sum(row["without"])
                file.write(
                    f"{title}\t{page.folder.name}\t{page.name}\t{row['f1']}\t{with_:.2f}\t{without}\t{page.url}\n"
                )
