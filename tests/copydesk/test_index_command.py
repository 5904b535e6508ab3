"""``copydesk index`` over the pages of an archive, which were seen long before they came."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workers.ids import article_id
from workers.records import Article, Block, BlockKind, Verdict, VerdictKind
from workers.store import open_store
from workers.store.records import Batch, Decided

TEXT = (
    "The last ferry to Brandsholm left on Sunday evening with forty passengers and a piano. From Monday a bridge "
    "does its work, and the crossing that took an hour and ten minutes takes four."
)
URL = "https://a.example/ferry"


def keep_archived_page(folder: Path) -> None:
    decided = Decided(
        id=article_id(URL, TEXT, ""),
        article=Article(url=URL, blocks=(Block(kind=BlockKind.PARAGRAPH, text=TEXT),)),
        verdict=Verdict(kind=VerdictKind.NEW, reason="no_candidate"),
        source="archive",
        fetched_at=datetime(2019, 3, 4, tzinfo=UTC),
    )
    store = open_store(f"sqlite:///{folder / 'copydesk.db'}")
    store.save(Batch(decided=(decided,)))
    store.close()


def test_a_rebuild_says_what_it_leaves_out_and_takes_all_when_asked(
    tmp_path: Path, copydesk: Callable[..., Any]
) -> None:
    """What was seen before the window is told, never passed over; --all puts it into the index."""
    keep_archived_page(tmp_path)
    variables = {"COPYDESK_DATA_DIR": str(tmp_path)}
    assert json.loads(copydesk("index", "check", "--json", **variables).stdout)["older"] == 1
    done = copydesk("index", "rebuild", **variables)
    assert "0 articles of the last 30 days are in the index" in done.stdout
    assert "1 were seen before" in done.stdout
    assert "1 articles are in the index" in copydesk("index", "rebuild", "--all", **variables).stdout
    assert json.loads(copydesk("index", "check", "--json", **variables).stdout)["articles"] == 1
