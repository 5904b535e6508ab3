"""The packed table of keys answers as a dictionary of lists would."""

import random

from workers.dedup.key_table import PER_BUCKET, KeyTable


def test_it_answers_as_a_dictionary_of_lists() -> None:
    """Through many splits, whatever is added and taken away, each key lists its numbers in order."""
    rng = random.Random(5)
    table, plain = KeyTable(), dict[int, list[int]]()
    keys = [rng.getrandbits(64) >> 45 << 45 | n << 24 for n in range(9 * PER_BUCKET)]
    for number in range(40 * PER_BUCKET):
        key = rng.choice(keys)
        table.add(key, number)
        plain.setdefault(key, []).append(number)
        if number % 3 == 0:
            key = rng.choice(sorted(plain))
            gone = rng.choice([*plain[key], number + 1])
            table.discard(key, gone)
            plain[key] = [n for n in plain[key] if n != gone]
    assert {key: table.find(key) for key in keys} == {key: plain.get(key, []) for key in keys}
    assert len(table) == sum(map(len, plain.values()))


def test_an_entry_takes_little_room() -> None:
    """Some 10 bytes, whatever the number of entries: that is what the table is for."""
    table, rng = KeyTable(), random.Random(6)
    for number in range(200 * PER_BUCKET):
        table.add(rng.getrandbits(64), number)
    assert table.size / len(table) < 11
