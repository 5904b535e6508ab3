"""Tokens to shingles: every run of three words, or of five characters where words are not spaced, as one hash."""

import numpy as np

from workers.dedup.tokens import U64, Tokens, mix

WORDS, CHARACTERS = 3, 5
"""Words a shingle; characters a shingle in scripts without spaces, where five make about three words."""

_WEIGHTS = tuple(
    np.uint64(w)
    for w in (
        0xD6E8FEB86659FD93,
        0xA0761D6478BD642F,
        0xE7037ED1A0B428DB,
        0x8EBC6AF09C88C6E3,
        0x589965CC75374CC3,
    )
)


def shingle(tokens: Tokens) -> U64:
    """Return the hash of the shingle that begins at each token; two fewer than there are tokens.

    The 32 low bits feed the signature; index keys and sketch tags take others.

    >>> from workers.dedup.tokens import tokenize
    >>> len(shingle(tokenize("one two three four")))
    2
    """
    words = tokens.hashes
    if len(words) < WORDS:
        return np.zeros(0, np.uint64)
    sums = words[:-2] * _WEIGHTS[0]
    sums += words[1:-1] * _WEIGHTS[1]
    sums += words[2:] * _WEIGHTS[2]
    if len(words) >= CHARACTERS and tokens.lone.any():
        last = len(words) - CHARACTERS + 1
        longer = sums[:last] + words[3 : last + 3] * _WEIGHTS[3] + words[4 : last + 4] * _WEIGHTS[4]
        sums[:last] = np.where(tokens.lone[:last], longer, sums[:last])
    return mix(sums)
