"""Train the block model of ``workers/extract`` on labelled folders; numpy is all it needs.

    train_extract.py FOLDER [FOLDER ...] [--cross-validate 5] [--write model.npz]

A folder holds ``html/NAME.html.gz`` and ``ground-truth/NAME.json`` with ``url`` and either ``main_content`` (the whole
text) or ``with`` / ``without`` (snippets).
``--cross-validate`` trains on four fifths of the hosts and scores the rest.
"""

import argparse
import gzip
import json
import re
import statistics
import time
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from workers.extract.decide import groups_of
from workers.extract.features import NEIGHBOUR_COLUMNS, features
from workers.extract.metadata import Page, read_metadata
from workers.extract.model import BlockModel, neighbourhood, sigmoid
from workers.extract.names import KINDS
from workers.extract.page import evidence_of
from workers.extract.tree import read_tree

FOLDS = 5
"""Hosts are dealt by CRC-32, as the scorer's ``--fold K/5`` does."""


def words(text):
    return re.findall(r"\w+", (text or "").lower())


def squeeze(text):
    return " ".join(text.lower().split())


@dataclass
class Sample:
    name: str
    folder: str
    fold: int
    truth: dict
    texts: list
    x: np.ndarray
    sizes: np.ndarray
    groups: np.ndarray
    y: np.ndarray
    weight: np.ndarray


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


def load(folder):
    for file in sorted((folder / "ground-truth").glob("*.json")):
        truth = json.loads(file.read_text())
        kind = truth["page_type"]
        truth["page_type"] = kind["primary"] if isinstance(kind, dict) else kind
        html = gzip.decompress((folder / "html" / f"{file.stem}.html.gz").read_bytes())
        yield file.stem, truth, html


def sample(name, folder, truth, html):
    url = truth.get("url") or ""
    tree = read_tree(html.decode("utf-8", "replace"))
    page = Page(tree, url)
    x, sizes = features(tree, evidence_of(page, read_metadata(page)))
    texts = [run.text for run in tree.runs]
    y, weight = (
        label_words(texts, truth["main_content"]) if "main_content" in truth else label_snippets(texts, truth)
    )
    fold = zlib.crc32((urlsplit(url).hostname or "").encode()) % FOLDS
    groups = groups_of(tree)
    return Sample(name, folder, fold, truth, texts, x, sizes, groups, y, weight)


class Net:
    """One hidden layer, trained with Adam on the weighted logistic loss."""

    def __init__(self, inputs, hidden, rng):
        self.w1 = rng.normal(0, (2 / inputs) ** 0.5, (inputs, hidden)).astype(np.float32)
        self.b1 = np.zeros(hidden, np.float32)
        self.w2 = rng.normal(0, hidden**-0.5, (hidden, 1)).astype(np.float32)
        self.b2 = np.zeros(1, np.float32)

    def params(self):
        return [self.w1, self.b1, self.w2, self.b2]

    def fit(self, x, y, weight, rng, *, epochs, blank=(), rate=3e-3, decay=2e-4, batch=2048):
        self.mean = x.mean(axis=0)
        self.std = x.std(axis=0) + 0.05
        moments = [(np.zeros_like(p), np.zeros_like(p)) for p in self.params()]
        use = np.flatnonzero(weight > 0)
        steps = epochs * (len(use) // batch + 1)
        step = 0
        for _ in range(epochs):
            rng.shuffle(use)
            for start in range(0, len(use), batch):
                step += 1
                at = use[start : start + batch]
                xb = (x[at] - self.mean) / self.std
                xb *= rng.random(xb.shape, dtype=np.float32) > INPUT_DROPOUT
                for columns, share in blank:  # whole kinds of evidence go missing, so none is relied on alone
                    xb[np.ix_(rng.random(len(at)) < share, columns)] = 0
                hidden = np.maximum(xb @ self.w1 + self.b1, 0)
                mask = (rng.random(hidden.shape, dtype=np.float32) > HIDDEN_DROPOUT) / np.float32(
                    1 - HIDDEN_DROPOUT
                )
                hidden *= mask
                out = (hidden @ self.w2 + self.b2)[:, 0]
                grad = ((sigmoid(out) - y[at]) * weight[at] / weight[at].sum()).astype(np.float32)[:, None]
                back = (grad @ self.w2.T) * (hidden > 0) * mask
                grads = [xb.T @ back, back.sum(0), hidden.T @ grad, grad.sum(0)]
                lr = rate * min(1, step / 50) * (0.5 + 0.5 * np.cos(np.pi * step / steps))
                for p, g, (m, v) in zip(self.params(), grads, moments):
                    m *= 0.9
                    m += 0.1 * g
                    v *= 0.999
                    v += 0.001 * g * g
                    p -= lr * ((m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-7) + decay * p)
        return self

    def folded(self):
        """Weights with the standardisation folded in."""
        w1 = self.w1 / self.std[:, None]
        return {"w1": w1, "b1": self.b1 - self.mean @ w1, "w2": self.w2, "b2": self.b2}

    def logits(self, x):
        f = self.folded()
        return (np.maximum(x @ f["w1"] + f["b1"], 0) @ f["w2"] + f["b2"])[:, 0]


def name_columns(width):
    """The columns of ``features`` that come from class names, which must help but never be relied on."""
    end = width - NEIGHBOUR_COLUMNS
    return np.arange(end - 3 * len(KINDS), end)


INPUT_DROPOUT = 0.05
HIDDEN_DROPOUT = 0.1
HIDDEN = 56


def stack(samples, pick):
    return np.concatenate([pick(s) for s in samples])


def train(samples, *, members, epochs, seed, balance=None):
    """Return the arrays of a ``BlockModel``: first networks out of fold for the second's input, then on everything."""
    balance = balance or {}
    rng = np.random.default_rng(seed)
    x = stack(samples, lambda s: s.x)
    y = stack(samples, lambda s: s.y).astype(np.float32)
    weight = stack(samples, lambda s: s.weight * balance.get(s.folder, 1.0)).astype(np.float32)
    owner = np.repeat(np.arange(len(samples)), [len(s.y) for s in samples])
    half = rng.integers(0, 3, len(samples))[owner]
    blank = [(name_columns(x.shape[1]), 0.25)]
    arrays = {"members": np.float32(members)}
    guesses = np.zeros(len(y), np.float32)
    for part in range(3):
        inside = half != part
        net = Net(x.shape[1], HIDDEN, rng).fit(
            x[inside], y[inside], weight[inside], rng, epochs=epochs, blank=blank
        )
        guesses[~inside] = sigmoid(net.logits(x[~inside]))
    around = []
    start = 0
    for s in samples:
        around.append(
            neighbourhood(guesses[start : start + len(s.y)], s.sizes, s.groups)
            if len(s.y)
            else np.zeros((0, 0))
        )
        start += len(s.y)
    both = np.concatenate([x, np.concatenate([a for a in around if len(a)])], axis=1)
    for member in range(members):
        first = Net(x.shape[1], HIDDEN, rng).fit(x, y, weight, rng, epochs=epochs, blank=blank)
        second = Net(both.shape[1], HIDDEN, rng).fit(both, y, weight, rng, epochs=epochs, blank=blank)
        for stage, net in ((1, first), (2, second)):
            arrays |= {f"{member}.{stage}.{k}": v.astype(np.float32) for k, v in net.folded().items()}
    return arrays


def word_prf(predicted, reference):
    a, b = words(predicted), words(reference)
    if not a or not b:
        return float(a == b)
    common = sum((Counter(a) & Counter(b)).values())
    return 2 * common / (len(a) + len(b)) if common else 0.0


def score(samples, model, threshold=0.5):
    """Print what the choice alone scores, a folder a line."""
    rows = {}
    for s in samples:
        p = model.probabilities(s.x, s.sizes, s.groups)
        text = "\n".join(t for t, keep in zip(s.texts, p > threshold) if keep)
        row = rows.setdefault(s.folder, {"f1": [], "with": [], "without": []})
        if "main_content" in s.truth:
            row["f1"].append(word_prf(text, s.truth["main_content"]))
        low = squeeze(text)
        for kind in ("with", "without"):
            row[kind] += [squeeze(q) in low for q in s.truth.get(kind) or []]
    for folder, row in rows.items():
        kept, bad, wanted = sum(row["with"]), sum(row["without"]), len(row["with"])
        snippet_f1 = 2 * kept / max(1, kept + bad + wanted)
        print(
            f"{folder:10} word F1 {statistics.mean(row['f1'] or [0]):.4f}  snippet F1 {snippet_f1:.4f}"
            f"  kept wanted {kept / max(1, wanted):.4f}  kept boilerplate {bad / max(1, len(row['without'])):.4f}"
        )


def cross_validate(samples, folds, **options):
    """Train on the other hosts' pages, score each page once."""

    class Routed:
        def __init__(self):
            self.models = {}

        def probabilities(self, x, sizes, groups):
            return self.models[id(x)].probabilities(x, sizes, groups)

    routed = Routed()
    tested = []
    for fold in range(folds):
        model = BlockModel(train([s for s in samples if s.fold != fold], seed=fold, **options))
        for s in samples:
            if s.fold == fold:
                routed.models[id(s.x)] = model
                tested.append(s)
    score(tested, routed)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument(
        "--cross-validate", type=int, default=0, metavar="FOLDS", help="train and score that many folds"
    )
    parser.add_argument("--write", type=Path, help="train on everything and write the weights here")
    parser.add_argument("--members", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=9)
    args = parser.parse_args()
    started = time.process_time()
    samples = [
        sample(name, folder.name, truth, html)
        for folder in args.folders
        for name, truth, html in load(folder)
        if truth["page_type"] == "article"
    ]
    samples = [s for s in samples if len(s.y)]
    options = {"members": args.members, "epochs": args.epochs, "balance": BALANCE}
    print(f"{len(samples)} pages, {sum(len(s.y) for s in samples)} runs")
    if args.cross_validate:
        cross_validate(samples, args.cross_validate, **options)
    if args.write:
        arrays = train(samples, seed=7, **options)
        np.savez_compressed(
            args.write, **{k: v.astype(np.float16) if v.ndim else v for k, v in arrays.items()}
        )
    print(f"{time.process_time() - started:.0f} s of CPU")


BALANCE = {"web-dev": 4.0, "news-dev": 3.0}
"""Weight of a folder's pages: snippets say little a page, and the publishers are few."""

if __name__ == "__main__":
    main()
