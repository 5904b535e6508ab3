"""From a server to a stored story, all processes counted: ``copydesk fetch`` and ``work`` against Scrapy with trafilatura.

Called by ``bench/crawl.py --end-to-end``.  The rival is what a careful user would build: Scrapy (tuned as in
``bench/crawl.py``), ``trafilatura.bare_extraction`` with metadata, MinHash of five-word shingles (128 permutations) in
a ``MinHashLSH``, one INSERT a page into SQLite.  Both read the same pages from the same nginx, robots.txt obeyed, no
delay, and end when the last page is stored.  Ours keeps what a user gets: an append-only Redis, frontier, RQ, two
processes at least.  CPU time is that of all processes, their starts included; the start alone is measured apart.
"""

import gzip
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

from crawl import HOSTS, NGINX, ROBOTS, SEED, free_port, run, start_valkey

SPIDER = """
import json, re, sqlite3, sys
import scrapy
import trafilatura
from datasketch import MinHash, MinHashLSH
from scrapy.crawler import CrawlerProcess
urls = json.load(open(sys.argv[1]))
db = sqlite3.connect(sys.argv[2])
db.execute("create table article (url text primary key, title text, author text, date text, text text, story text)")
lsh = MinHashLSH(threshold=0.7, num_perm=128)
class Press(scrapy.Spider):
    name = "press"
    count = 0
    async def start(self):
        for url in urls:
            yield scrapy.Request(url, callback=self.parse)
    def parse(self, response):
        found = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        if found is None or not found.text:
            return
        words = re.findall(r"\\w+", found.text.lower())
        sketch = MinHash(num_perm=128)
        sketch.update_batch({" ".join(words[i:i + 5]).encode() for i in range(max(1, len(words) - 4))})
        alike = lsh.query(sketch)
        if not alike:
            lsh.insert(response.url, sketch)
        db.execute("insert into article values (?, ?, ?, ?, ?, ?)",
            (response.url, found.title, found.author, found.date, found.text, alike[0] if alike else response.url))
        Press.count += 1
        if Press.count % 25 == 0:
            db.commit()
off = {f"scrapy.downloadermiddlewares.{m}": None for m in (
    "cookies.CookiesMiddleware", "retry.RetryMiddleware", "redirect.RedirectMiddleware", "redirect.MetaRefreshMiddleware",
    "httpauth.HttpAuthMiddleware", "httpcache.HttpCacheMiddleware", "offsite.OffsiteMiddleware")}
process = CrawlerProcess(settings=dict(ROBOTSTXT_OBEY=True, CONCURRENT_REQUESTS=64, CONCURRENT_REQUESTS_PER_DOMAIN=8,
    DOWNLOAD_DELAY=0, COOKIES_ENABLED=False, RETRY_ENABLED=False, REDIRECT_ENABLED=False, TELNETCONSOLE_ENABLED=False,
    LOG_LEVEL="CRITICAL", DOWNLOADER_MIDDLEWARES=off, USER_AGENT="copydesk-bench"))
process.crawl(Press)
process.start()
db.commit()
print(json.dumps({"pages": Press.count}))
"""


def compare(options) -> None:  # type: ignore[no-untyped-def]
    bodies = saved(Path(options.end_to_end)) if options.end_to_end else generated(options.pages)
    random.Random(SEED).shuffle(bodies)
    bodies = bodies[: options.pages]
    mean_kb = sum(map(len, bodies)) / len(bodies) / 1000
    print(f"{len(bodies)} pages of {mean_kb:.0f} KB on average, 50 hosts, seed {SEED}")
    with options.folder as name:
        folder = Path(name)
        folder.chmod(0o755)
        port = free_port()
        server = serve(options.nginx, folder, port, bodies)
        try:
            urls = [f"http://{HOSTS[n % 50]}:{port}/news/2026/{n}.html" for n in range(len(bodies))]
            ours, rival = [], []
            for n in range(options.rounds):
                ours.append(run_ours(urls, folder / f"ours{n}"))
                if options.scrapy_python:
                    rival.append(run_rival(options.scrapy_python, urls[: options.rival_pages], folder, n))
            report(ours, rival)
        finally:
            server.terminate()
            server.wait()


def saved(folder: Path) -> list[bytes]:
    """Every page below a folder: ``*.html``, also gzip'ed."""
    found = [path.read_bytes() for path in sorted(folder.rglob("*.html"))]
    return found + [gzip.decompress(path.read_bytes()) for path in sorted(folder.rglob("*.html.gz"))]


def generated(n: int) -> list[bytes]:
    """Pages of the demo press, each in 90 to 160 KB of style, script, navigation and teasers."""
    from copydesk.demo.answers import answer
    from copydesk.demo.press import Press

    rng, made, seed = random.Random(SEED), [], 0
    words = ["".join(rng.choices("etaoinshrdlucmfwyp", k=3 + n % 7)) for n in range(400)]
    while len(made) < n:
        seed += 1
        press = Press(seed, publishers=12, stories=60)
        for (host, path), page in sorted(press.pages.items()):
            if page.mishap is None and page.story is not None:
                made.append(dressed(answer(press, host, path).body, rng, words))
    return made


def dressed(body: bytes, rng: random.Random, words: list[str]) -> bytes:

    def phrase(k: int) -> str:
        return " ".join(rng.choices(words, k=k))

    style = "".join(f".c{n}{{margin:{n % 9}px;color:#{n * 7919 % 4096:03x}}}\n" for n in range(900))
    script = "var page = " + json.dumps({phrase(1): phrase(6) for _ in range(rng.randrange(200, 600))}) + ";"
    menu = "".join(f'<li class="c{n}"><a href="/section/{n}">{phrase(2)}</a></li>' for n in range(160))
    cards = "".join(
        f'<div class="card c{n}"><a href="/t/{rng.randrange(9999)}"><img src="/i/{n}.jpg" alt="{phrase(4)}">'
        f'<h3>{phrase(9)}</h3></a><span class="time">{n} h</span></div>\n'
        for n in range(rng.randrange(200, 500))
    )
    head = f"<style>{style}</style><script>{script}</script></head>".encode()
    top, foot = (
        f"<nav><ul>{menu}</ul></nav>".encode(),
        f"<aside>{cards}</aside><footer><ul>{menu}</ul></footer>".encode(),
    )
    body = body.replace(b"</head>", head, 1).replace(b"</body>", foot + b"</body>", 1)
    at = body.find(b">", body.find(b"<body")) + 1
    return body[:at] + top + body[at:]


def serve(nginx: str, folder: Path, port: int, bodies: list[bytes]) -> "subprocess.Popen[bytes]":
    www = folder / "www" / "news" / "2026"
    www.mkdir(parents=True)
    for n, body in enumerate(bodies):
        (www / f"{n}.html").write_bytes(body)
        (www / f"{n}.html.gz").write_bytes(gzip.compress(body, 6))
    (folder / "www" / "robots.txt").write_text(ROBOTS)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    server = subprocess.Popen([nginx, "-e", "/dev/null", "-p", str(folder), "-c", str(folder / "nginx.conf")])
    time.sleep(0.5)
    return server


def run_ours(urls: list[str], folder: Path) -> dict[str, float]:
    import redis

    from crawler.frontier.view import FrontierView
    from crawler.handover import Handover
    from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId

    folder.mkdir()
    server, url = start_valkey(folder, "--appendonly", "yes")
    environment = os.environ | {
        "COPYDESK_DATA_DIR": str(folder),
        "COPYDESK_REDIS_URL": url,
        "COPYDESK_FETCH_ALLOW_PRIVATE": '["127.0.0.0/8"]',
        "COPYDESK_FETCH_DELAY_S": "0",
        "COPYDESK_CRAWL_MAX_DEPTH": "0",
        "COPYDESK_LOG_LEVEL": "error",
    }
    copydesk = [sys.executable, "-m", "copydesk"]
    try:
        with redis.Redis.from_url(url) as client:
            found = [DiscoveredUrl(url=CanonicalUrl(u), source=SourceId("bench")) for u in urls]
            FrontierView(client).add(found)
            started = time.monotonic()
            work = subprocess.Popen([*copydesk, "work", "--workers", "1"], env=environment)
            fetch = subprocess.Popen([*copydesk, "fetch", "--until-idle"], env=environment)
            fetched = waited(fetch)
            handover = Handover(client)
            while handover.queued_pages():
                time.sleep(0.05)
            wall = time.monotonic() - started
            work.terminate()
            worked = waited(work)
            cpu = client.info("cpu")
            in_redis = float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"])
    finally:
        server.terminate()
        server.wait()
    with sqlite3.connect(folder / "copydesk.db") as db:
        articles = db.execute("select count(*) from articles").fetchone()[0]
        pages = db.execute("select count(*) from pages").fetchone()[0]
    parts = {"fetcher": fetched, "workers": worked, "redis": in_redis}
    return {"pages": pages, "articles": articles, "wall": wall, "cpu": sum(parts.values()), **parts}


def waited(process: "subprocess.Popen[bytes]") -> float:
    """CPU seconds of a process that ends, and of its children."""
    _, process.returncode, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime


def run_rival(python: str, urls: list[str], folder: Path, n: int) -> dict[str, float]:
    (folder / "rival.py").write_text(SPIDER)
    (folder / "rival.json").write_text(json.dumps(urls))
    return run([python, str(folder / "rival.py"), str(folder / "rival.json"), str(folder / f"rival{n}.db")])


def report(ours: list[dict[str, float]], rival: list[dict[str, float]]) -> None:
    def median(rounds: list[dict[str, float]], of: str, per: str) -> float:
        return statistics.median(1000 * one[of] / one[per] for one in rounds)

    parts = ", ".join(f"{name} {median(ours, name, 'pages'):.2f}" for name in ("fetcher", "workers", "redis"))
    print(f"copydesk  {ours[0]['pages']:.0f} pages, {ours[0]['articles']:.0f} articles stored")
    print(f"copydesk  {median(ours, 'cpu', 'pages'):.2f} ms CPU a page ({parts})")
    if rival:
        print(f"rival     {rival[0]['pages']:.0f} articles stored, {max(r['mb'] for r in rival):.0f} MB")
        print(f"rival     {median(rival, 'cpu', 'pages'):.2f} ms CPU an article")
        print(f"ratio     {median(rival, 'cpu', 'pages') / median(ours, 'cpu', 'pages'):.1f}")
