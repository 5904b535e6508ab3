"""Labelled folders as tables for training: what each run of a page looks like, and whether its label wants it.

A folder holds ``html/NAME.html.gz`` and ``ground-truth/NAME.json`` with ``url`` and either ``main_content`` (the whole
text) or ``with`` / ``without`` (snippets).
"""

import gzip
import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

import workers.extract
from crawler.content import to_utf8
from workers.extract.decide import groups_of
from workers.extract.features import features
from workers.extract.metadata import Page, read_metadata
from workers.extract.page import evidence_of
from workers.extract.tree import read_tree

UNREAD = {
    "model.py",
    "decide.py",
    "consent.py",
    "enclosed.py",
    "pleas.py",
    "boxes.py",
    "blocks.py",
    "kinds.py",
    "site_memory.py",
    "plain.py",
    "seams.py",
}
"""Modules on which a table does not depend: a change of them leaves the stored ones in use."""


def words(text):
    return re.findall(r"\w+", (text or "").lower())


def squeeze(text):
    return " ".join(text.lower().split())


@dataclass
class Labelled:
    name: str
    folder: Path
    truth: dict

    @property
    def url(self):
        return self.truth.get("url") or ""

    @property
    def html(self):
        return gzip.decompress((self.folder / "html" / f"{self.name}.html.gz").read_bytes())

    def fold(self, folds):
        """Hosts are dealt by CRC-32, as the scorer's ``--fold K/5`` does, which counts from one."""
        return zlib.crc32((urlsplit(self.url).hostname or "").encode()) % folds


@dataclass
class Table:
    """The runs of many pages, one after the other; ``owner`` is the page of each."""

    pages: list
    x: np.ndarray
    sizes: np.ndarray
    groups: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    owner: np.ndarray

    def of(self, chosen):
        """Return the table of the pages for which the flags ``chosen`` are set."""
        rows = chosen[self.owner]
        renumber = np.cumsum(chosen) - 1
        arrays = [getattr(self, name)[rows] for name in ARRAYS[:-1]]
        return Table([p for p, c in zip(self.pages, chosen) if c], *arrays, renumber[self.owner[rows]])


ARRAYS = ("x", "sizes", "groups", "y", "weight", "owner")


def load_pages(folder, types=("article",)):
    pages = []
    for file in sorted((folder / "ground-truth").glob("*.json")):
        truth = json.loads(file.read_text())
        kind = truth["page_type"]
        if (kind["primary"] if isinstance(kind, dict) else kind) in types:
            pages.append(Labelled(file.stem, folder, truth))
    return pages


def load_tables(folders, scratch=None, types=("article",)):
    """Return one table of all folders; with ``scratch``, a table is kept there until the code it depends on changes."""
    tables = [_load_table(folder, scratch, types) for folder in folders]
    starts = np.cumsum([0] + [len(t.pages) for t in tables])
    arrays = [np.concatenate([getattr(t, name) for t in tables]) for name in ARRAYS[:-1]]
    owner = np.concatenate([t.owner + start for t, start in zip(tables, starts)])
    return Table([p for t in tables for p in t.pages], *arrays, owner)


def _load_table(folder, scratch, types):
    pages = load_pages(folder, types)
    if scratch is None:
        return _table(pages)
    file = scratch / f"{folder.name}-{'-'.join(types)}-{_code()}.npz"
    if not file.exists():
        table = _table(pages)
        scratch.mkdir(parents=True, exist_ok=True)
        np.savez(file, **{name: getattr(table, name) for name in ARRAYS})
        return table
    with np.load(file) as stored:
        return Table(pages, *(stored[name] for name in ARRAYS))


def _code():
    package = Path(workers.extract.__path__[0])
    sources = [f for f in sorted(package.glob("*.py")) if f.name not in UNREAD]
    return hashlib.sha256(b"".join(f.read_bytes() for f in [*sources, Path(__file__)])).hexdigest()[:12]


def _table(pages):
    columns = {name: [] for name in ARRAYS}
    for number, page in enumerate(pages):
        tree = read_tree(to_utf8(page.html))
        if not tree.runs:
            continue
        head = Page(tree, page.url)
        x, sizes = features(tree, evidence_of(head, read_metadata(head)))
        texts, truth = [run.text for run in tree.runs], page.truth
        label = (
            label_words(texts, truth["main_content"])
            if "main_content" in truth
            else label_snippets(texts, truth)
        )
        row = (x, sizes, groups_of(tree), *label, np.full(len(texts), number))
        for name, value in zip(ARRAYS, row):
            columns[name].append(value)
    return Table(pages, *(np.concatenate(columns[name]) for name in ARRAYS))


def label_words(texts, truth):
    """Share of each run's words that lie in the wanted text, in order: 4-grams, whole lines for short runs."""
    wanted = words(truth)
    grams = {tuple(wanted[i : i + 4]) for i in range(len(wanted) - 3)}
    lines = {tuple(words(line)) for line in truth.splitlines()}
    joined = " " + " ".join(wanted) + " "
    covered, sizes = [], []
    for text in texts:
        mine = words(text)
        sizes.append(len(mine))
        if not mine:
            covered.append(np.nan)
        elif len(mine) < 6:
            whole = tuple(mine) in lines
            covered.append(
                1.0 if whole else 0.6 if f" {' '.join(mine)} " in joined and len(mine) > 1 else 0.0
            )
        else:
            hit = np.zeros(len(mine), dtype=bool)
            for i in range(len(mine) - 3):
                if tuple(mine[i : i + 4]) in grams:
                    hit[i : i + 4] = True
            covered.append(float(hit.mean()))
    y = np.array(covered, dtype=np.float64)
    sizes = np.array(sizes, dtype=np.float64)
    long = np.flatnonzero((y > 0.7) & (sizes >= 8))
    position = np.arange(len(y))
    inside = np.zeros(len(y), dtype=bool)
    if len(long):
        inside = (position >= long[0] - 3) & (position <= long[-1] + 3)
    short = sizes < 6
    y = np.where(short & ~inside, 0.0, y)
    # A short run that is somewhere in the text, not as a line: only between kept neighbours is it the same one.
    near = np.zeros(len(y))
    for by in (-2, -1, 1, 2):
        moved = np.roll(np.where(sizes >= 8, np.nan_to_num(y), 0), by)
        near = np.maximum(near, moved)
    y = np.where(short & (y > 0) & (y < 1), np.where(near > 0.7, 1.0, 0.0), y)
    y = once_each(texts, y, lines, joined)
    weight = np.where(np.isnan(y), 0.0, (sizes + 2.0) / max(len(wanted), 50))
    weight[(y > 0.3) & (y < 0.7)] *= 0.3
    return np.nan_to_num((y > 0.5).astype(np.float64)), weight


def once_each(texts, y, lines, joined):
    """Of runs with the same words, keep as many as the wanted text has: those whose neighbours are wanted."""
    places = {}
    for i, text in enumerate(texts):
        if y[i] > 0.5 and (mine := tuple(words(text))):
            places.setdefault(mine, []).append(i)
    support = (
        np.convolve(np.nan_to_num(y), np.r_[np.ones(6), 0, np.ones(6)], "same")
        if len(y) > 12
        else np.nan_to_num(y)
    )
    for mine, at in places.items():
        if len(at) > 1:
            allowed = max(1, joined.count(f" {' '.join(mine)} "))
            for i in sorted(at, key=lambda i: -support[i])[allowed:]:
                y[i] = 0.0
    return y


def label_snippets(texts, truth):
    y, weight = np.zeros(len(texts)), np.zeros(len(texts))
    low = [squeeze(t) for t in texts]
    for kind, value in (("without", 0.0), ("with", 1.0)):
        for snippet in truth.get(kind) or []:
            snippet = squeeze(snippet)
            hits = [i for i, text in enumerate(low) if snippet in text]
            if not hits or (kind == "with" and len(hits) > 1 and len(snippet) < 12):
                continue
            for i in hits if kind == "without" else hits[:1]:
                y[i], weight[i] = value, 0.03
    return y, weight
