"""Train the block model of ``workers/extract`` on labelled folders, and say what it does on pages it has not seen.

    train_extract.py FOLDER [FOLDER ...] [--cross-validate 5] [--leave-out] [--scratch DIR] [--write model.npz]

``--cross-validate`` deals the hosts into folds, trains a model without each, and scores every page once, with the
model that did not see its host; ``--leave-out`` trains on all folders but one and scores that one, as a stranger's
labels would be.  Both go through the whole of ``extract_page``.  See ``extract_labels.py`` for what a folder holds.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import time
from pathlib import Path

import numpy as np
from extract_labels import load_tables
from extract_nets import train
from extract_scores import page_score, report

from workers.extract.model import BlockModel

SEED = 7


def evaluate(table, tested, **options):
    """Train on the other pages and return (page, score) for those flagged as ``tested``."""
    model = BlockModel(train(table.of(~tested), **options))
    return [(page, page_score(page, model)) for page, test in zip(table.pages, tested) if test]


def cross_validate(table, folds, worst, **options):
    scored = []
    dealt = np.array([page.fold(folds) for page in table.pages])
    for fold in range(folds):
        scored += evaluate(table, dealt == fold, seed=SEED + fold, **options)
    report("cross-validated", scored, worst)


def leave_out(table, worst, **options):
    names = np.array([page.folder.name for page in table.pages])
    for name in dict.fromkeys(names):
        report("left out", evaluate(table, names == name, seed=SEED, **options), worst)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument(
        "--cross-validate", type=int, default=0, metavar="FOLDS", help="score each page by host"
    )
    parser.add_argument("--leave-out", action="store_true", help="score each folder by the others")
    parser.add_argument("--scratch", type=Path, help="keep the tables here between runs")
    parser.add_argument("--scores", type=Path, help="append each page's score to this file")
    parser.add_argument("--write", type=Path, help="train on everything and write the weights here")
    parser.add_argument("--epochs", type=int, default=8)
    args = parser.parse_args()
    started = time.process_time()
    table = load_tables(args.folders, args.scratch)
    options = {"epochs": args.epochs}
    print(f"{len(table.pages)} pages, {table.x.shape[0]} runs, {table.x.shape[1]} columns", flush=True)
    if args.cross_validate:
        cross_validate(table, args.cross_validate, args.scores, **options)
    if args.leave_out:
        leave_out(table, args.scores, **options)
    if args.write:
        arrays = train(table, seed=SEED, **options)
        np.savez_compressed(args.write, **{k: v.astype(np.float16) for k, v in arrays.items()})
    print(f"{time.process_time() - started:.0f} s of CPU")


if __name__ == "__main__":
    main()
