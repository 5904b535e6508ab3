"""Whatever can be printed in trouble is explained where somebody looks for it at night."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from workers.store.checking import _RULES

ROOT = Path(__file__).parents[2]
LOUD = {"warning", "error", "exception", "critical"}


def calls() -> Iterator[ast.Call]:
    """Every call in the program."""
    for folder in ("copydesk", "crawler", "workers"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call):
                    yield node


def texts(node: ast.expr) -> Iterator[str]:
    """The strings that an expression may be: a conditional may be two."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def explained(*pages: Path) -> set[str]:
    """What stands between back-ticks on a page."""
    return {name for page in pages for name in re.findall(r"`([^`\n]+)`", page.read_text())}


def test_every_warning_and_error_is_explained() -> None:
    """With what it means and what to do."""
    said = {
        text.split()[0]
        for call in calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr in LOUD and call.args
        for text in texts(call.args[0])
    }
    assert {"work.paused", "worker.died", "network.back", "job.failed"} <= said
    assert said <= explained(ROOT / "docs" / "operations.md")


def test_every_reason_is_explained() -> None:
    """A counter whose name is in no page is a riddle."""
    given = {
        keyword.value.value
        for call in calls()
        for keyword in call.keywords
        if keyword.arg == "reason" and isinstance(keyword.value, ast.Constant)
    }
    named = {reason for reason in given if re.fullmatch(r"[a-z_0-9]+", str(reason))}
    assert {"robots_disallowed", "same_url"} <= named
    assert named <= explained(*(ROOT / "docs").glob("*.md"))


def test_every_rule_of_the_check_is_explained() -> None:
    """With what a repair does."""
    rules = {rule.name for rule in _RULES}
    rules |= {"file_is_whole", "story_counts_agree", "text_index_holds_every_article"}
    assert rules <= explained(ROOT / "docs" / "operations.md")
