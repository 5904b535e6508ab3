"""A fetcher among servers that misbehave: its time and its peak memory, and what the healthy hosts beside them gave.

    python bench/hostile.py [--rounds 3] [--timeout 5] [--healthy 400]

Every endpoint of the tests' hostile press, each on a loopback address of its own and ``rounds`` times over, beside ten
healthy hosts; the press and Redis are processes of their own.  The same healthy pages are then fetched without the others.
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from crawl import run, start_valkey, take

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "crawler" / "fetching"))

HEALTHY = [f"127.0.9.{n}" for n in range(1, 11)]


def endpoints() -> dict[tuple[str, str], object]:
    import test_hostile
    import test_more_hostile

    bodies = test_hostile.BODIES | test_more_hostile.BODIES
    hosts = (f"127.0.{8 - n // 200}.{1 + n % 200}" for n in range(1000))
    return {(next(hosts), path): behaviour for path, (behaviour, _) in bodies.items()}


def serve(out: Connection) -> None:
    import conftest

    async def main() -> None:
        press = conftest.Press(routes={(host, f"{path}*"): b for (host, path), b in endpoints().items()})
        server = await asyncio.start_server(press.serve, "0.0.0.0", 0)
        out.send(server.sockets[0].getsockname()[1])
        await asyncio.sleep(3600)

    asyncio.run(main())


def child(redis_url: str, timeout_s: str) -> None:
    import structlog

    from config.settings import FetchSettings
    from crawler.crawl import FetcherSettings, run_fetcher, run_in_loop

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    fetch = FetchSettings(
        delay_s=0, retries=0, timeout_s=float(timeout_s), max_body_mb=5, allow_private=("127.0.0.0/8",)
    )
    report = run_in_loop(run_fetcher(FetcherSettings(fetch=fetch), redis_url, until_idle=True))
    # Not the peak that the parent sees: that one begins with the parent's own pages.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    print(json.dumps({"pages": report.pages, "mb": int(peak.split()[1]) / 1024}))


def crawl(urls: list[str], timeout_s: float) -> dict[str, float]:
    import redis

    from crawler.frontier.view import FrontierView
    from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId

    with tempfile.TemporaryDirectory() as name:
        server, url = start_valkey(Path(name))
        over = threading.Event()
        taking = threading.Thread(target=take, args=(url, over))
        try:
            with redis.Redis.from_url(url) as client:
                found = [DiscoveredUrl(url=CanonicalUrl(u), source=SourceId("bench")) for u in urls]
                FrontierView(client).add(found, max_depth=0)
                taking.start()
                return run([sys.executable, __file__, "--child", url, str(timeout_s)])
        finally:
            over.set()
            taking.join()
            server.terminate()
            server.wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=5.0)
    parser.add_argument("--healthy", type=int, default=400)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(*options.child)
        return
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    press = context.Process(target=serve, args=(theirs,), daemon=True)
    press.start()
    port = ours.recv()
    hostile = [f"http://{h}:{port}{path}-{n}" for h, path in endpoints() for n in range(options.rounds)]
    healthy = [f"http://{HEALTHY[n % 10]}:{port}/{n}" for n in range(options.healthy)]
    for name, urls in (("healthy alone", healthy), (f"and {len(hostile)} hostile", hostile + healthy)):
        result = crawl(urls, options.timeout)
        print(
            f"{name:18} {result['pages']:.0f} pages, {result['wall']:.1f} s, {result['cpu']:.1f} s CPU, {result['mb']:.0f} MB peak"
        )
    press.kill()


if __name__ == "__main__":
    main()
