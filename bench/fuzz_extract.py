"""Mutate pages at random and check what must hold of any page: no exception, no hang, nothing invented.

    fuzz_extract.py --seconds 300 --seed 1 [--out fuzz-findings] [FOLDER]

Pages of our own are mutated (bytes flipped, tags shuffled, pieces deleted, repeated and spliced, encodings changed), and
those of FOLDER (``*.html``, ``*.html.gz``) beside them.  What breaks a property is written to ``--out``: the page as
``N-PROPERTY.html``, what happened as ``N-PROPERTY.txt``.  The same seed gives the same pages.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # idle threads would be counted as CPU

import argparse
import gzip
import random
import re
import sys
import time
import traceback
from collections import Counter
from html import unescape
from pathlib import Path

from crawler.content import to_utf8
from workers.extract.metadata import Page
from workers.extract.page import extract_page
from workers.extract.plain import extract_text
from workers.extract.tree import read_tree

URL = "https://fuzz.example/2026/11/22/story"
MAX_CPU_S = 1.0
"""Of one page, as the bounds promise; ten times what an honest page of a megabyte takes."""
LETTERS = re.compile(r"\w")
TAG = re.compile(rb"<[^<>]{0,300}>")
ENCODINGS = [
    "utf-16",
    "utf-16-le",
    "utf-8-sig",
    "cp1251",
    "gb18030",
    "shift_jis",
    "euc_kr",
    "iso8859-1",
    "utf-7",
]
SENTENCES = [
    "The harbour stayed shut for a third day after a barge sank, the port authority said on Tuesday.",
    "Порт закрыт третий день: в проходе затонула баржа, сообщила администрация порта во вторник.",
    "港口连续第三天关闭。港务局周二表示: 一艘起重船将在周末之前赶来打捞沉没的驳船。",
    "أغلق الميناء لليوم الثالث بعد غرق صندل عند مدخل القناة، حسبما أعلنت سلطة الميناء يوم الثلاثاء.",
]
PIECES = [
    "<nav><ul><li><a href='/a'>News</a></li><li><a href='/b'>Sport</a></li></ul></nav>",
    "<h1>Harbour shut for a third day</h1>",
    "<p class='byline'>By <a rel='author' href='/people/ann'>Ann Reid</a> <time datetime='2026-11-17T08:00:00Z'>17 Nov</time></p>",
    "<div class='article-body' itemprop='articleBody'>",
    "</div>",
    "<table><tr><th>Port</th><td>Days shut</td></tr><tr><td>Ellen</td><td>3</td></tr></table>",
    "<ul><li>one thing<li>another thing</ul>",
    "<pre>\n  a = b\n\n</pre>",
    "<hr>",
    "<br><br>",
    "<aside class='related'><h3>Read more</h3><a href='/c'>Ferry fares to rise</a></aside>",
    "<form><input type='password'><button>Log in</button></form>",
    '<script type=\'application/ld+json\'>{"@type":"NewsArticle","headline":"Harbour shut","author":{"name":"Ann Reid"}}</script>',
    "<!-- note --><script>if (a<b) { c = '</p>'; }</script><style>p{}</style>",
    "<svg><title>x</title><path d='M0 0'/></svg><math><mi>x</mi></math><template><p>t</p></template>",
    "<select><option>one<option>two</select>",
    "<footer><p>© 2026 The Island Times</p></footer>",
]


def own_page(rng: random.Random) -> bytes:
    body = []
    for _ in range(rng.randint(3, 40)):
        if rng.random() < 0.5:
            body.append(f"<p>{' '.join(rng.choices(SENTENCES, k=rng.randint(1, 4)))}</p>")
        else:
            body.append(rng.choice(PIECES))
    head = "<title>Harbour shut | The Island Times</title><meta property='og:title' content='Harbour shut'>"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{''.join(body)}</body></html>".encode()


def flip(rng: random.Random, page: bytes, other: bytes) -> bytes:
    out = bytearray(page)
    for _ in range(rng.randint(1, 40)):
        out[rng.randrange(len(out))] = rng.choice(b"<>\"'=&/!-\0\x80\xff aZ0" + bytes([rng.randrange(256)]))
    return bytes(out)


def delete(rng: random.Random, page: bytes, other: bytes) -> bytes:
    start = rng.randrange(len(page))
    return page[:start] + page[start + rng.randint(1, max(1, len(page) // 4)) :]


def repeat(rng: random.Random, page: bytes, other: bytes) -> bytes:
    start = rng.randrange(len(page))
    piece = page[start : start + rng.randint(1, 400)]
    return page[:start] + piece * rng.choice([2, 10, 100, 3000]) + page[start:]


def splice(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return page[: rng.randrange(len(page) + 1)] + other[rng.randrange(len(other)) :]


def shuffle_tags(rng: random.Random, page: bytes, other: bytes) -> bytes:
    tags = TAG.findall(page)
    rng.shuffle(tags)
    pool = iter(tags)
    return TAG.sub(lambda found: next(pool) if rng.random() < 0.5 else found[0], page)


def drop_tags(rng: random.Random, page: bytes, other: bytes) -> bytes:
    share = rng.random() * 0.3
    return TAG.sub(lambda found: b"" if rng.random() < share else found[0], page)


def recode(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return page.decode("utf-8", "replace").encode(rng.choice(ENCODINGS), "replace")


MUTATIONS = [flip, flip, delete, repeat, splice, shuffle_tags, drop_tags, recode]


def broken_property(page: bytes) -> tuple[str, str]:
    """Return the name of the property that does not hold, and what happened; two empty strings if all do."""
    started = time.thread_time()
    try:
        found = extract_page(page, url=URL)
        spent = time.thread_time() - started
        explained = extract_page(page, url=URL, explain=True)
        text = found.article.text if found.article else ""
        again = extract_text(text, url=URL).article
    except Exception:  # noqa: BLE001 - this is what is looked for
        return "raises", traceback.format_exc()
    if spent > MAX_CPU_S:
        return "slow", f"{spent:.2f} s CPU, {len(page)} bytes, {found.kind} {found.reason}"
    if explained.article != found.article:
        return "explains-another", f"{text[:1000]}\n---\n{explained.article}"
    if text and not is_subsequence(text, visible_text(page)):
        return "invents", text[:2000]
    if again and not is_subsequence(again.text, text):
        return "text-invents", text[:2000]
    return "", ""


def is_subsequence(part: str, whole: str) -> bool:
    letters = iter(LETTERS.findall(whole))
    return all(letter in letters for letter in LETTERS.findall(part))


def visible_text(page: bytes) -> str:
    """Return all texts of the page; JSON-LD's ``articleBody``, which stands in for a page without text, counts as one."""
    tree = read_tree(to_utf8(page))
    body = str((Page(tree, URL).story or {}).get("articleBody") or "")
    return " ".join(run.text for run in tree.runs) + unescape(re.sub(r"<[^>]{0,400}>", " ", body))


def pages_of(folder: Path | None) -> list[bytes]:
    files = sorted(folder.rglob("*.html*")) if folder else []
    return [gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes() for f in files]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("fuzz-findings"))
    args = parser.parse_args()
    rng = random.Random(args.seed)
    foreign = pages_of(args.folder)
    findings: Counter[str] = Counter()
    count, slowest, until = 0, 0.0, time.monotonic() + args.seconds
    while time.monotonic() < until:
        page = rng.choice(foreign) if foreign and rng.random() < 0.5 else own_page(rng)
        for _ in range(rng.randint(1, 4)):
            page = rng.choice(MUTATIONS)(rng, page or b"<p>", own_page(rng))[:3_000_000]
        started = time.thread_time()
        name, told = broken_property(page)
        slowest = max(slowest, time.thread_time() - started)
        count += 1
        if name:
            findings[name] += 1
            args.out.mkdir(parents=True, exist_ok=True)
            file = args.out / f"{count}-{name}.html"
            file.write_bytes(page)
            file.with_suffix(".txt").write_text(f"seed {args.seed}, page {count}\n{told}\n", encoding="utf-8")
            print(f"page {count}: {name}: {told.strip().splitlines()[-1][:160]}", flush=True)
    print(
        f"seed {args.seed}: {count} pages, {sum(findings.values())} findings {dict(findings)}, slowest {slowest:.2f} s CPU"
    )
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
