"""Compare extractors on a folder of labelled pages, page by page in one process: quality, and CPU as a ratio.

    extract.py FOLDER [--limit N] [--every K] [--types article]

A folder holds ``html/NAME.html.gz`` and ``ground-truth/NAME.json``.  Peers are used if they are installed: trafilatura,
readability-lxml, newspaper4k, resiliparse.  Order of extractors is rotated from page to page; the first page is not timed.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # idle threads would be counted as CPU

import argparse
import gzip
import importlib.metadata
import json
import platform
import re
import statistics
import time
from collections import Counter
from pathlib import Path

from extract_adapter import extract as copydesk_extract


def words(text):
    return re.findall(r"\w+", (text or "").lower())


def word_f1(predicted, reference):
    a, b = words(predicted), words(reference)
    common = sum((Counter(a) & Counter(b)).values())
    return 2 * common / (len(a) + len(b)) if common else float(a == b)


def peers():
    """Yield (name with version, function of bytes and address that returns text)."""
    yield "copydesk", lambda html, url: copydesk_extract(html, url)["text"]
    try:
        import trafilatura
        from trafilatura.settings import use_config

        config = use_config()
        config.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")

        def with_metadata(html, url):
            found = trafilatura.bare_extraction(html, url=url or None, with_metadata=True, config=config)
            return found.text if found else ""

        yield _named("trafilatura"), with_metadata
    except ImportError:
        pass
    try:
        from resiliparse.extract.html2text import extract_plain_text

        yield (
            _named("resiliparse"),
            lambda html, url: extract_plain_text(html.decode("utf-8", "replace"), main_content=True),
        )
    except ImportError:
        pass
    try:
        from readability import Document

        tags = re.compile(r"<[^>]+>")
        yield (
            _named("readability-lxml"),
            lambda html, url: tags.sub(" ", Document(html.decode("utf-8", "replace")).summary()),
        )
    except ImportError:
        pass
    try:
        import newspaper

        def by_newspaper(html, url):
            article = newspaper.Article(url or "https://example.org/", fetch_images=False)
            article.download(input_html=html.decode("utf-8", "replace"))
            article.parse()
            return article.text

        yield _named("newspaper4k"), by_newspaper
    except ImportError:
        pass


def _named(package):
    return f"{package} {importlib.metadata.version(package)}"


def pages(folder, types):
    for file in sorted((folder / "ground-truth").glob("*.json")):
        truth = json.loads(file.read_text())
        kind = truth["page_type"]["primary"] if isinstance(truth["page_type"], dict) else truth["page_type"]
        if types == "all" or kind in types.split(","):
            yield truth, gzip.decompress((folder / "html" / f"{file.stem}.html.gz").read_bytes())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=10**9)
    parser.add_argument("--every", type=int, default=1, help="only every K-th page")
    parser.add_argument("--types", default="article")
    args = parser.parse_args()
    extractors = list(peers())
    rows = {name: {"f1": [], "ms": [], "with": [], "without": [], "errors": 0} for name, _ in extractors}
    for number, (truth, html) in enumerate(list(pages(args.folder, args.types))[:: args.every][: args.limit]):
        turn = number % len(extractors)
        for name, extract in extractors[turn:] + extractors[:turn]:
            row = rows[name]
            started = time.process_time()
            try:
                text = extract(html, truth.get("url") or "") or ""
            except Exception:  # noqa: BLE001 - a peer's failure is counted, not hidden
                text, row["errors"] = "", row["errors"] + 1
            if number:
                row["ms"].append(1e3 * (time.process_time() - started))
            if "main_content" in truth:
                row["f1"].append(word_f1(text, truth["main_content"]))
            low = " ".join(text.lower().split())
            for kind in ("with", "without"):
                row[kind] += [" ".join(s.lower().split()) in low for s in truth.get(kind) or []]
    used = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("selectolax", "numpy", "msgspec"))
    print(f"Python {platform.python_version()}, {used}; {platform.machine()}, {os.cpu_count()} cores")
    own = statistics.mean(rows["copydesk"]["ms"] or [1])
    for name, row in rows.items():
        kept, bad, wanted = sum(row["with"]), sum(row["without"]), len(row["with"])
        print(
            f"{name:28} n {len(row['ms']) + 1:4}  errors {row['errors']}  word F1 {statistics.mean(row['f1'] or [0]):.4f}"
            f"  snippet F1 {2 * kept / max(1, kept + bad + wanted):.4f}"
            f"  {statistics.mean(row['ms'] or [0]):7.2f} ms CPU (median {statistics.median(row['ms'] or [0]):7.2f})"
            f"  {statistics.mean(row['ms'] or [0]) / own:6.2f} x copydesk"
        )


if __name__ == "__main__":
    main()
