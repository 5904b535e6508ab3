"""Feeds per CPU-second, ours against feedparser with and without its sanitising, in one run.

python bench/feeds.py [entries]
"""

import platform
import sys
import time

import feedparser
import lxml.etree

from crawler.feeds import parse_feed

PARAGRAPH = (
    "<p>The ministry said the rules &amp; licences would take effect in March, and that firms with older contracts had "
    'six weeks to apply. <a href="/more">It costs</a> &#8220;little&#8221;.</p>\n'
)
ITEM = (
    "<item><title>Rule {i} &amp; more</title><link>https://press.example/2024/05/{i}/rule-takes-effect/</link>"
    "<dc:creator><![CDATA[Ann Lee]]></dc:creator><pubDate>Mon, {day:02d} Apr 2024 13:29:44 +0000</pubDate>"
    "<category><![CDATA[Chips]]></category><category>Trade</category>"
    '<guid isPermaLink="false">https://press.example/?p={i}</guid><description><![CDATA[Short teaser.]]></description>'
    "<content:encoded><![CDATA[{story}]]></content:encoded></item>"
)


def feed_of(entries: int) -> bytes:
    story = PARAGRAPH * max(1, 100_000 // (entries * len(PARAGRAPH)))
    items = "".join(ITEM.format(i=i, day=1 + i % 28, story=story) for i in range(entries))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Press</title>'
        f"<link>https://press.example/</link><language>en</language>{items}</channel></rss>"
    ).encode()


def per_second(work, times: int) -> float:
    work()
    start = time.process_time()
    for _ in range(times):
        work()
    return times / (time.process_time() - start)


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    body = feed_of(entries)
    peers = {
        "ours": (lambda: parse_feed(body, url="https://press.example/feed"), 40),
        "feedparser, no sanitising": (
            lambda: feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False),
            8,
        ),
        "feedparser": (lambda: feedparser.parse(body), 2),
    }
    rounds = {name: [] for name in peers}
    for _ in range(3):
        for name, (work, times) in peers.items():
            rounds[name].append(per_second(work, times))
    print(f"{len(body)} bytes, {entries} entries, median of 3 rounds, feeds per CPU-second")
    print(
        f"Python {platform.python_version()}, lxml {lxml.etree.__version__}, feedparser {feedparser.__version__}"
    )
    rival = sorted(rounds["feedparser"])[1]
    for name, rates in rounds.items():
        print(f"{name:28} {sorted(rates)[1]:8.0f}   x {sorted(rates)[1] / rival:.1f}")


if __name__ == "__main__":
    main()
