"""Digests set from real stories, end to end: how many seams are found, and how many in stories that are one.

    bench/seams.py FOLDER ... [--half odd|even] [--digests 60] [--seed 5]

FOLDER holds ``ground-truth/*.json`` (``url``, ``title``, ``page_type``, ``main_content``).  Stories are divided by the
CRC-32 of their host; digests hold 3 to 15 of one half, whole (up to 25 paragraphs) or their first 3 to 8, with their
titles above them or without; at most 150 paragraphs.
"""

import argparse
import json
import random
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from workers.extract.plain import extract_text

_PARAGRAPH_CHARS, _FEWEST, _WHOLE, _MOST = 80, 3, 25, 150
_URL = "https://example.org/digest"
Story = tuple[str, list[str]]


def stories(folders: list[Path], half: int) -> Iterator[Story]:
    """Yield title and paragraphs of the articles of one half of the hosts."""
    for path in sorted(path for folder in folders for path in folder.glob("ground-truth/*.json")):
        truth = json.loads(path.read_text())
        host = urlsplit(truth.get("url") or "").hostname or ""
        if (
            truth["page_type"] == "article"
            and zlib.crc32(host.encode()) % 2 == half
            and truth.get("main_content")
        ):
            lines = [" ".join(part.split()) for part in re.split(r"\n\s*\n", truth["main_content"])]
            yield truth.get("title") or "", [line for line in lines if line]


def digest(rng: random.Random, pool: list[Story], *, whole: bool) -> list[Story]:
    """Return the stories of one digest."""
    chosen = rng.sample(pool, rng.randint(3, 15))
    items = [(title, text[: _WHOLE if whole else rng.randint(3, 8)]) for title, text in chosen]
    while sum(len(text) for _, text in items) > _MOST:
        items.pop()
    return items


def found(items: list[Story], *, headed: bool) -> set[str]:
    """Return the paragraphs with which the items that are told apart begin, without the first."""
    lines = [line for title, text in items for line in ([title] if headed and title else []) + text]
    opening = {title: text[0] for title, text in items}
    parts = extract_text("\n\n".join(lines), url=_URL).items[1:]
    firsts = [part.blocks[0].text for part in parts if part.blocks]
    return {opening.get(first, first) if headed else first for first in firsts}


def score(pool: list[Story], digests: int, seed: int, *, whole: bool, headed: bool) -> str:
    """Return precision, recall and F1 over all seams of some digests."""
    rng = random.Random(seed)
    right = wrong = missed = 0
    for _ in range(digests):
        items = digest(rng, pool, whole=whole)
        true, seen = {text[0] for _, text in items[1:]}, found(items, headed=headed)
        right, wrong, missed = right + len(true & seen), wrong + len(seen - true), missed + len(true - seen)
    precision, recall = right / max(right + wrong, 1), right / max(right + missed, 1)
    return f"P {precision:.3f}  R {recall:.3f}  F1 {2 * right / max(2 * right + wrong + missed, 1):.3f}"


def main() -> None:
    """Print one line a kind of digest, and one for single stories."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--half", choices=["even", "odd"], default="odd")
    parser.add_argument("--digests", type=int, default=60)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    told = list(stories(args.folders, int(args.half == "odd")))
    prose = [(title, [line for line in text if len(line) >= _PARAGRAPH_CHARS]) for title, text in told]
    pool = [story for story in prose if len(story[1]) >= _FEWEST]
    for whole in (True, False):
        for headed in (False, True):
            kind = f"{'whole' if whole else 'first paragraphs'}, {'with' if headed else 'without'} headings"
            print(f"{kind}: {score(pool, args.digests, args.seed, whole=whole, headed=headed)}")
    items = [len(extract_text("\n\n".join(text), url=_URL).items) for _, text in told]
    seams = sum(max(n - 1, 0) for n in items)
    print(f"single stories: {len(told)}, of which divided {sum(map(bool, items))}, false seams {seams}")


if __name__ == "__main__":
    main()
