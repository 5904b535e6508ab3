"""Lines that recur on a site, and what remembering them may cost."""

import gc
import tracemalloc

from workers.dedup.lines import LineMemory

TITLES = ("Rain in the hills", "Mayor wins again", "Bridge to open soon", "Choir sings on Sunday")


def test_a_line_under_three_unlike_headlines_is_the_sites() -> None:
    """The third page loses the line, and so does every later one; on another site it counts anew."""
    memory = LineMemory()
    kept = [memory.story_lines("a.example", title, f"About: {title}\nOur app is free") for title in TITLES]
    assert ["app" in text for text in kept] == [True, True, False, False]
    assert "app" in memory.story_lines("b.example", TITLES[0], "About it\nOur app is free")


def test_versions_of_one_story_do_not_make_a_line_the_sites() -> None:
    """Headlines that share half of their words are counted once, however often the story is updated."""
    memory = LineMemory()
    for minute in range(9):
        text = memory.story_lines("a.example", f"Bridge to open soon, {minute}", "The bridge will open soon.")
    assert text == "The bridge will open soon."


def test_memory_is_bounded_by_lines() -> None:
    """Past the limit the line met longest ago is forgotten, so memory stays below a bound whatever is read."""
    memory = LineMemory(most_lines=2_000)
    memory.story_lines("b.example", "What is made once", "And kept by libraries\nis not counted")
    tracemalloc.start()
    for number in range(400):
        body = "\n".join(f"Line {number} of {at} is like no other" for at in range(20))
        memory.story_lines(
            "a.example", f"Of {number} and {number + 1000} and {number + 2000}", body + "\nSubscribe"
        )
    gc.collect()
    # Of this package alone: what other threads and libraries keep meanwhile is not the memory's.
    held = tracemalloc.take_snapshot().filter_traces(
        [tracemalloc.Filter(inclusive=True, filename_pattern="*/workers/*")]
    )
    tracemalloc.stop()
    size = sum(trace.size for trace in held.traces)
    assert len(memory) == 2_000
    assert 2_000 * 40 < size < 2_000 * 400
    assert memory.story_lines("a.example", "A new day", "News\nSubscribe") == "News"
