"""Microseconds of CPU for a canonical URL, against w3lib's canonicalize_url in the same run.

python bench/urls.py [n]
"""

import platform
import random
import sys
import time

from w3lib.url import canonicalize_url

from crawler.urls import canonicalize, host_key, page_identity


def addresses(count: int) -> list[str]:
    rng = random.Random(5)
    words = [
        "chip",
        "rules",
        "trade",
        "export",
        "licence",
        "ministry",
        "firm",
        "price",
        "market",
        "court",
        "vote",
    ]
    return [
        f"https://www.press{rng.randrange(50)}.example/{rng.choice(words)}/2024/05/{'-'.join(rng.sample(words, 5))}"
        + rng.choice(
            ["", "/", "?utm_source=rss&utm_medium=feed", f"?id={rng.randrange(10**6)}", "/amp/", "#top"]
        )
        for _ in range(count)
    ]


def microseconds(work, urls: list[str]) -> float:
    start = time.process_time()
    for url in urls:
        work(url)
    return (time.process_time() - start) / len(urls) * 1e6


def main() -> None:
    urls = addresses(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    print(f"n {len(urls)}, seed 5, Python {platform.python_version()}, us of CPU each, median of 3 rounds")
    works = {
        "canonicalize": canonicalize,
        "page_identity": page_identity,
        "host_key": host_key,
        "w3lib.canonicalize_url": canonicalize_url,
    }
    rounds = {name: [] for name in works}
    for _ in range(3):
        for name, work in works.items():
            rounds[name].append(microseconds(work, urls))
    for name, times in rounds.items():
        print(f"{name:24} {sorted(times)[1]:7.1f}")


if __name__ == "__main__":
    main()
