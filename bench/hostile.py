"""A fetcher among servers that misbehave: its time and its peak memory, and what the healthy hosts beside them gave.

    python bench/hostile.py [--rounds 3] [--timeout 5] [--healthy 400]

Every endpoint of the tests' hostile press, its redirects, and a dozen robots.txt that misbehave: each on a loopback address
of its own and ``rounds`` times over, beside ten healthy hosts; the press and Redis are processes of their own.  The same
healthy pages are fetched without the others first.  Both kinds are counted where a worker would take them off, by their
host: a healthy page counts when it came whole, of the others the reasons are told, too.
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
import threading
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from crawl import run, start_valkey

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "crawler" / "fetching"))

HEALTHY = [f"127.0.9.{n}" for n in range(1, 11)]


def endpoints() -> dict[tuple[str, str], object]:
    """Return what each host and path answers; where it is robots.txt that misbehaves, the path is ``/story``."""
    import conftest
    import test_hostile
    import test_more_hostile

    hosts = (f"127.0.{8 - n // 200}.{1 + n % 200}" for n in range(1000))
    bodies = test_hostile.BODIES | test_hostile.SLOW | test_more_hostile.BODIES
    found: dict[tuple[str, str], object] = {
        (next(hosts), p): behaviour for p, (behaviour, _) in bodies.items()
    }
    for path, (to, _) in (test_hostile.REDIRECTS | test_more_hostile.LOCATIONS).items():
        head = f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"
        found[next(hosts), path] = head.encode("utf-8")
    one, other = next(hosts), next(hosts)
    rules = b"User-agent: *\nDisallow: /private\n"
    robots = {
        one: to_robots_of(other),
        other: to_robots_of(one),
        next(hosts): conftest.response(b"", "Location: /robots.txt", status=301),
        next(hosts): conftest.response(b"", status=500),
        next(hosts): conftest.response(b"", "Retry-After: 1", status=429),
        next(hosts): conftest.response(rules + b"#" * 2_000_000),
        next(hosts): conftest.response(b"User-agent: *\n" + b"Disallow: /*a*b*c*d$\n" * 25_000),
        next(hosts): conftest.response(b"\0" * 400_000 + rules),
        next(hosts): conftest.response(rules + b"Crawl-delay: 1e99\n"),
        next(hosts): test_hostile.silence,
        next(hosts): test_hostile.hang_up,
        next(hosts): test_hostile.drip,
        next(hosts): test_hostile.forever,
    }
    for host, behaviour in robots.items():
        found[host, "/robots.txt"] = behaviour
    return found


def to_robots_of(host: str) -> object:
    """Redirect to another host's robots.txt, on the port that was asked."""

    async def redirect(request: Any, writer: asyncio.StreamWriter) -> None:
        port = request.headers["host"].rpartition(":")[2]
        head = f"HTTP/1.1 302 Found\r\nLocation: http://{host}:{port}/robots.txt\r\nContent-Length: 0\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()

    return redirect


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
    print(json.dumps({"stopped_by": report.stopped_by, "mb": int(peak.split()[1]) / 1024}))


def take(url: str, over: threading.Event, counts: dict[str, Counter[str]]) -> None:
    """Take batches off as workers would, and count what came of which kind of host."""
    import redis

    from crawler.handover import Handover
    from crawler.records import FetchedPage

    with redis.Redis.from_url(url) as client:
        handover = Handover(client)
        is_last = False
        while not is_last:
            is_last = over.wait(0.2)
            for batch in client.hkeys("copydesk:batches"):
                for outcome in handover.load(batch.decode()) or ():
                    kind = "healthy" if outcome.url.split("/")[2].partition(":")[0] in HEALTHY else "hostile"
                    counts[kind]["page" if isinstance(outcome, FetchedPage) else outcome.reason] += 1
                handover.discard(batch.decode())


def crawl(urls: list[str], timeout_s: float) -> tuple[dict[str, float], dict[str, Counter[str]]]:
    import redis

    from crawler.frontier.view import FrontierView
    from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId

    counts: dict[str, Counter[str]] = {"healthy": Counter(), "hostile": Counter()}
    with tempfile.TemporaryDirectory() as name:
        server, url = start_valkey(Path(name))
        over = threading.Event()
        taking = threading.Thread(target=take, args=(url, over, counts))
        try:
            with redis.Redis.from_url(url) as client:
                found = [DiscoveredUrl(url=CanonicalUrl(u), source=SourceId("bench")) for u in urls]
                FrontierView(client).add(found, max_depth=0)
                taking.start()
                result = run([sys.executable, __file__, "--child", url, str(timeout_s)])
        finally:
            over.set()
            taking.join()
            server.terminate()
            server.wait()
    return result, counts


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
    paths = [(host, "/story" if path == "/robots.txt" else path) for host, path in endpoints()]
    hostile = [f"http://{host}:{port}{path}-{n}" for host, path in paths for n in range(options.rounds)]
    healthy = [f"http://{HEALTHY[n % 10]}:{port}/{n}" for n in range(options.healthy)]
    for name, urls in (("healthy alone", healthy), (f"and {len(hostile)} hostile", hostile + healthy)):
        result, counts = crawl(urls, options.timeout)
        print(
            f"{name:18} {counts['healthy']['page']} of {len(healthy)} healthy pages, {result['wall']:.1f} s, "
            f"{result['cpu']:.1f} s CPU, {result['mb']:.0f} MB peak"
        )
    print(f"the hostile ones   {', '.join(f'{n} {reason}' for reason, n in counts['hostile'].most_common())}")
    press.kill()


if __name__ == "__main__":
    main()
