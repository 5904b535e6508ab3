"""What people marked as wrong on the web pages, judged again by the code as it is now.

    python bench/marks.py DATA_FOLDER                  which marks still stand, which are mended; exit code 1 if any stands
    python bench/marks.py DATA_FOLDER --stream FILE    also as labelled JSON lines, for `bench/dedup.py --stream FILE`

``marks.jsonl`` of the folder names stories and copies of its database.  Two texts are judged by themselves, as if the second came
after the first.  A wrong text is compared with what its page gives now, where the page is still at hand (``work.keep_pages_mb``).
"""

import argparse
import contextlib
import json
import sys
from collections import Counter
from pathlib import Path

import redis

from config.load import load_settings
from copydesk.stack import open_stack
from copydesk.web.explaining import explain
from copydesk.web.marks import FILE
from crawler.errors import CopydeskError
from crawler.kept import KeptPages
from crawler.urls import canonicalize
from workers.dedup.deduplicator import Deduplicator
from workers.ids import parse_article_name, parse_story_name
from workers.store.opening import open_store

STANDS, MENDED, LOST = "stands", "mended", "cannot be told"


def main(arguments=None):
    """Judge every mark; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stream", type=Path)
    asked = parser.parse_args(arguments)
    marks = read_marks(asked.folder / FILE)
    settings = load_settings(None, {"data_dir": asked.folder})
    with open_stack(settings) as stack, contextlib.ExitStack() as ends:
        store = open_store(stack.database_url.get_secret_value())
        ends.callback(store.close)
        client = ends.enter_context(redis.Redis.from_url(stack.redis_url.get_secret_value()))
        judged = [(mark, *judge(mark, store, KeptPages(client))) for mark in marks]
    for mark, verdict, why, _ in judged:
        print(f"{verdict:15} {mark['kind']:12} {mark['url']}  {why}")
    tally = Counter((mark["kind"], verdict) for mark, verdict, _, _ in judged)
    print("; ".join(f"{kind}: {n} {verdict}" for (kind, verdict), n in sorted(tally.items())) or "no marks")
    if asked.stream:
        asked.stream.write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in stream_of(judged))
        )
    return int(any(verdict == STANDS for _, verdict, _, _ in judged))


def read_marks(file):
    """Return the marks, oldest first, each pair of texts once; a line that is no mark is passed over."""
    found = {}
    with contextlib.suppress(FileNotFoundError):
        for line in file.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                mark = json.loads(line)
                key = (
                    mark["kind"],
                    mark["url"],
                    mark["story"],
                    mark["article"],
                    mark["note"] if mark["kind"] == "missed_copy" else "",
                )
                found[key] = mark
    return list(found.values())


def judge(mark, store, kept):
    """Return (verdict on the mark, why, the two texts that it is about)."""
    if mark["kind"] == "wrong_text":
        return *judge_text(mark, store, kept), ()
    one = canonical_of(mark["story"], store) or text_at(mark["url"], store)
    other = text_of(mark["article"], store) if mark["kind"] == "wrong_merge" else named(mark["note"], store)
    if one is None or other is None or one.id == other.id:
        return LOST, "one of the two texts is not in the database", ()
    dedup = Deduplicator(strip_lines=False)
    dedup.add(
        "one", one.text, title=one.article.title or "", url=one.article.url, site=one.article.site or ""
    )
    result = dedup.add(
        "other",
        other.text,
        title=other.article.title or "",
        url=other.article.url,
        site=other.article.site or "",
    )
    are_one = dedup.story("one") == dedup.story("other")
    is_wrong = are_one if mark["kind"] == "wrong_merge" else not are_one
    return STANDS if is_wrong else MENDED, f"{result.verdict.value} ({result.reason})", (one, other)


def judge_text(mark, store, kept):
    """Compare the text that is stored with what the page gives now."""
    held = text_at(mark["url"], store)
    raw = kept.find(mark["url"])
    if held is None or raw is None:
        return LOST, "the page is no longer at hand"
    now = [piece.text for piece in explain(raw, 5_000_000).pieces if not piece.reason]
    then = [block.text for block in held.blocks]
    if now == then:
        return STANDS, "the page gives the same text as it did"
    return (
        MENDED,
        f"the page gives {len(set(now) - set(then))} other blocks now, without {len(set(then) - set(now))} of then",
    )


def canonical_of(name, store):
    """Return a story's canonical text."""
    detail = store.story(parse_story_name(name)) if name else None
    return detail.canonical if detail else None


def text_of(name, store):
    """Return a copy's text."""
    return store.article(parse_article_name(name)) if name else None


def text_at(url, store):
    """Return the text that an address gave last."""
    with contextlib.suppress(CopydeskError):
        row = next((row for row in store.page(canonicalize(url)) if row.sighting_id is not None), None)
        return store.article(row.sighting_id) if row else None


def named(note, store):
    """Return the text that a person named by address, story or copy."""
    for word in note.split():
        with contextlib.suppress(ValueError):
            if (found := canonical_of(word, store)) or (found := text_of(word, store)):
                return found
        if found := text_at(word, store):
            return found
    return None


def stream_of(judged):
    """Yield the texts that marks are about, labelled: the two of a wrong merge apart, those of a missed copy together."""
    for number, (mark, _, _, texts) in enumerate(judged):
        for at, text in enumerate(texts):
            cluster = f"{number}-{at}" if mark["kind"] == "wrong_merge" else str(number)
            article = text.article
            yield {
                "id": f"{number}-{at}",
                "text": text.text,
                "title": article.title or "",
                "url": article.url,
                "site": article.site or "",
                "cluster": cluster,
            }


if __name__ == "__main__":
    sys.exit(main())
