"""Tokens, shingles and signatures: one way to write a text, and datasketch's own values."""

import subprocess
import sys

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.dedup.shingles import shingle
from workers.dedup.signature import band_keys, minima, shingle_values, signature
from workers.dedup.tokens import tokenize


def same_tokens(one: str, other: str) -> bool:
    return bool(tokenize(one).hashes.tolist() == tokenize(other).hashes.tolist())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Caf\u00e9 na\u00efve", "cafe\u0301 nai\u0308ve"),
        ("\uff21\uff22\uff23 \uff11\uff12\uff13", "abc 123"),
        ("\u201cStra\u00dfe\u201d \u2014 here", '"STRASSE" - here'),
        ("it\u2019s", "it's"),
        ("co\u00adop\u200beration", "cooperation"),
        ("\ufb01nd o\ufb03ce", "find office"),
        ("sold 43,988 at 1.5", "sold 43988 at 15"),
        (
            "\u0623\u062d\u0645\u062f \u0645\u062d\u0645\u0640\u0640\u062f",
            "\u0627\u062d\u0645\u062f \u0645\u062d\u0645\u062f",
        ),
        ("\u0451\u043b\u043a\u0430", "\u0435\u043b\u043a\u0430"),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8", "\ud55c\uad6d"),
        ("one\u00a0two\ttwo", "one two two"),
        ("rain \U0001f327\ufe0f today", "rain today"),
    ],
)
def test_one_text_written_two_ways_has_the_same_tokens(one: str, other: str) -> None:
    """Unicode form, case, accents, quotes, invisible characters and digit grouping change no token."""
    assert same_tokens(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("10 dead", "12 dead"), ("a b", "ab"), ("\u6771\u4eac", "\u4eac\u6771")]
)
def test_other_words_are_other_tokens(one: str, other: str) -> None:
    """Figures are kept apart, and so are word boundaries and order."""
    assert not same_tokens(one, other)


def test_scripts_without_spaces_give_a_token_a_character() -> None:
    """Han, kana and Thai are cut at every character; figures between them stay whole."""
    assert len(tokenize("\u7d04269\u5104\u5186")) == 4
    assert len(tokenize("\u0e01\u0e02\u0e04")) == 3


@given(st.text(max_size=300))
@settings(max_examples=40, deadline=None)
def test_any_text_is_read(text: str) -> None:
    """No text raises, and case folding by the user changes nothing for letters without special cases."""
    tokens = tokenize(text)
    assert len(shingle(tokens)) == max(0, len(tokens) - 2)
    assert len(tokens.lone) == len(tokens.starts) == len(tokens)


def test_lone_surrogates_are_read() -> None:
    """Broken text from a broken decoder is read, not refused."""
    assert len(tokenize("one \ud800 two")) == 2


@given(st.lists(st.sampled_from("alpha beta gamma delta epsilon zeta eta theta".split()), max_size=200))  # noqa: SIM905
@settings(max_examples=25, deadline=None)
def test_signatures_are_datasketchs_own(words: list[str]) -> None:
    """Fed the same values, datasketch's affine32 with seed 1 gives the same 128 minima."""
    text = " ".join(words)
    oracle = MinHash(num_perm=128, seed=1, hashfunc=int)
    oracle.update_batch(shingle_values(text).tolist())
    assert signature(text) == LeanMinHash(oracle)


def test_the_estimate_stays_within_its_binomial_bound() -> None:
    """Over pairs of known resemblance, 128 minima err no more than four standard errors, and not to one side."""
    rng = np.random.default_rng(5)
    errors = []
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        for _ in range(12):
            common = rng.integers(0, 2**63, int(600 * share), dtype=np.uint64)
            a, b = (rng.integers(0, 2**63, int(300 * (1 - share)), dtype=np.uint64) for _ in range(2))
            true = len(common) / (len(common) + len(a) + len(b))
            estimate = float((minima(np.append(common, a)) == minima(np.append(common, b))).mean())
            errors.append((estimate - true) / (true * (1 - true) / 128) ** 0.5)
    assert max(map(abs, errors)) < 4
    assert abs(np.mean(errors)) < 0.5


def test_bands_agree_exactly_where_their_rows_do() -> None:
    """A band key is shared if and only if all its rows are."""
    one = minima(shingle(tokenize("the quick brown fox jumps over the lazy dog again and again")))
    other = one.copy()
    other[7] += 1
    same = [a == b for a, b in zip(band_keys(one, 25, 5), band_keys(other, 25, 5), strict=True)]
    assert same == [True] + [False] + [True] * 23


def test_folding_starts_without_datasketch() -> None:
    """A worker that folds never pays for importing what only signatures need."""
    code = "import sys, workers.dedup.folding; sys.exit('datasketch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_users_go_on_with_datasketch() -> None:
    """A signature goes into datasketch's own index, is found there, and survives datasketch's own bytes."""
    words = [f"w{n * n % 101}" for n in range(150)]
    one, other = signature(" ".join(words)), signature(" ".join([*words, "and", "a", "tail"]))
    index = MinHashLSH(threshold=0.5, num_perm=128)
    index.insert("one", one)
    assert index.query(other) == ["one"]
    buffer = bytearray(one.bytesize())
    one.serialize(buffer)
    again = LeanMinHash.deserialize(buffer)
    assert again == one
    assert again.jaccard(other) == one.jaccard(other) > 0.9
