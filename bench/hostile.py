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

sys.path.insert(0, str(Path(__file__).parents[1]))

HEALTHY = [f"127.0.9.{n}" for n in range(1, 11)]


def endpoints() -> dict[tuple[str, str], tuple[object, str]]:
    """Return what each host and path answers, and the reasons that fit it, parted by ``|``.

    Where it is robots.txt that misbehaves, the reason is that of the page ``/story`` beside it.
    """
    from tests.crawler.fetching import conftest, test_hostile, test_more_hostile

    hosts = (f"127.0.{8 - n // 200}.{1 + n % 200}" for n in range(1000))
    bodies = test_hostile.BODIES | test_hostile.SLOW | test_more_hostile.BODIES
    found: dict[tuple[str, str], tuple[object, str]] = {(next(hosts), p): case for p, case in bodies.items()}
    locations = test_hostile.REDIRECTS | test_more_hostile.LOCATIONS
    for path, (to, reason) in locations.items():
        head = f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"
        # The one that robots.txt forbids is allowed here: each host has a page, and no rules.
        found[next(hosts), path] = (
            head.encode("utf-8"),
            "page" if path == "/to-private" and to[0] == "/" else reason,
        )
    one, other = next(hosts), next(hosts)
    rules = b"User-agent: *\nDisallow: /private\n"
    robots: dict[str, tuple[object, str]] = {
        # Who gives way comes back later: here nothing is tried twice.
        one: (to_robots_of(other), "page|robots_unreachable"),
        other: (to_robots_of(one), "page|robots_unreachable"),
        next(hosts): (conftest.response(b"", "Location: /robots.txt", status=301), "page"),
        next(hosts): (conftest.response(b"", status=500), "robots_unreachable"),
        next(hosts): (conftest.response(b"", "Retry-After: 1", status=429), "robots_unreachable"),
        next(hosts): (conftest.response(rules + b"#" * 2_000_000), "page"),
        next(hosts): (conftest.response(b"User-agent: *\n" + b"Disallow: /*a*b*c*d$\n" * 25_000), "page"),
        next(hosts): (conftest.response(b"\0" * 400_000 + rules), "page"),
        next(hosts): (conftest.response(rules + b"Crawl-delay: 1e99\n"), "crawl_delay_too_long"),
        next(hosts): (test_hostile.silence, "robots_unreachable"),
        next(hosts): (test_hostile.hang_up, "robots_unreachable"),
        next(hosts): (test_hostile.drip, "robots_unreachable"),
        next(hosts): (test_hostile.forever, "page"),
    }
    for host, case in robots.items():
        found[host, "/robots.txt"] = case
    return found


def to_robots_of(host: str) -> object:
    """Redirect to another host's robots.txt, on the port that was asked."""

    async def redirect(request: Any, writer: asyncio.StreamWriter) -> None:
        port = request.headers["host"].rpartition(":")[2]
        head = f"HTTP/1.1 302 Found\r\nLocation: http://{host}:{port}/robots.txt\r\nContent-Length: 0\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()

    return redirect


def serve(out: Connection, rounds: int) -> None:
    from tests.crawler.fetching import conftest

    async def main() -> None:
        press = conftest.Press()
        for (host, path), (behaviour, _) in endpoints().items():
            for each in (path, *(f"{path}-{n}" for n in range(rounds))):
                press.routes[host, each] = behaviour  # type: ignore[assignment]
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
        delay_s=0,
        retries=0,
        timeout_s=float(timeout_s),
        max_body_mb=5,
        contact="bench@example.org",
        allow_private=("127.0.7.0/24", "127.0.8.0/24", "127.0.9.0/24"),
    )
    report = run_in_loop(run_fetcher(FetcherSettings(fetch=fetch), redis_url, until_idle=True))
    # Not the peak that the parent sees: that one begins with the parent's own pages.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    print(json.dumps({"stopped_by": report.stopped_by, "mb": int(peak.split()[1]) / 1024}))


def take(url: str, over: threading.Event, reasons: dict[str, str]) -> None:
    """Take batches off as workers would, and note what came of each URL."""
    import redis

    from crawler.handover import Handover
    from tests.crawler.fetching.hostile_crawl import reason_of

    with redis.Redis.from_url(url) as client:
        handover = Handover(client)
        is_last = False
        while not is_last:
            is_last = over.wait(0.2)
            for batch in client.hkeys("copydesk:batches"):
                for outcome in handover.load(batch.decode()) or ():
                    reasons[outcome.url] = reason_of(outcome)
                handover.discard(batch.decode())


def crawl(urls: list[str], timeout_s: float) -> tuple[dict[str, float], dict[str, str]]:
    import redis

    from crawler.frontier.view import FrontierView
    from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId

    reasons: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        server, url = start_valkey(Path(name))
        over = threading.Event()
        taking = threading.Thread(target=take, args=(url, over, reasons))
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
    return result, reasons


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
    press = context.Process(target=serve, args=(theirs, options.rounds), daemon=True)
    press.start()
    port = ours.recv()
    hostile = {}
    for (host, path), (_, fits) in endpoints().items():
        name = "/story" if path == "/robots.txt" else path
        hostile |= {f"http://{host}:{port}{name}-{n}": (path, fits.split("|")) for n in range(options.rounds)}
    healthy = [f"http://{HEALTHY[n % 10]}:{port}/{n}" for n in range(options.healthy)]
    for name, urls in (("healthy alone", healthy), (f"and {len(hostile)} hostile", [*hostile, *healthy])):
        result, reasons = crawl(urls, options.timeout)
        print(
            f"{name:18} {sum(reasons.get(url) == 'page' for url in healthy)} of {len(healthy)} healthy pages, "
            f"{result['wall']:.1f} s, {result['cpu']:.1f} s CPU, {result['mb']:.0f} MB peak"
        )
    # Of several URLs that lead to one place the first is refused there, the others because it is known already; and
    # on a busy machine the time-out may come before what does not end has passed its bound.
    also = {
        "address_refused": "redirect_to_seen",
        "port_refused": "redirect_to_seen",
        "body_too_large": "timeout",
    }
    fitting = {url: {*fits, *(also.get(fit, fit) for fit in fits)} for url, (_, fits) in hostile.items()}
    wrong = {
        url: reasons.get(url, "nothing") for url, fits in fitting.items() if reasons.get(url) not in fits
    }
    counts = Counter(reasons.get(url, "nothing") for url in hostile)
    print(f"the hostile ones   {', '.join(f'{n} {reason}' for reason, n in counts.most_common())}")
    print(f"as expected        {len(hostile) - len(wrong)} of {len(hostile)}, {len(endpoints())} kinds")
    for url, reason in wrong.items():
        print(f"  {hostile[url][0]}: {reason}, expected {' or '.join(hostile[url][1])}")
    press.kill()


if __name__ == "__main__":
    main()
