"""Tokens to shingles: runs of three words, or of as many characters as make three words where none are spaced."""

import numpy as np
import numpy.typing as npt

from workers.dedup.tokens import U64, Tokens, mix

WORDS, CHARACTERS, LETTERS = 3, 5, 12
"""Words a shingle; Han and kana a shingle, of which five make about three words; letters a shingle where letters are
written without spaces (Thai, Lao, Khmer, Myanmar), of which a word has about four: five would be one common word."""

_LETTERS = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF))

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

_LETTER_WEIGHTS = tuple(np.uint64(pow(int(_WEIGHTS[0]), n, 1 << 64)) for n in range(1, LETTERS + 1))


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
        sums = _runs_of_letters(tokens, sums)
    return mix(sums)


def pace(tokens: Tokens) -> float:
    """Return how many tokens make a word: one where words are spaced, as many as the shingles say where they are not.

    >>> from workers.dedup.tokens import tokenize
    >>> pace(tokenize("two words")), pace(tokenize("\u6771\u4eac\u90fd")), pace(tokenize("\u0e15\u0e25\u0e32\u0e14"))
    (1.0, 1.6666666666666667, 4.0)
    """
    alone = int(np.count_nonzero(tokens.lone))
    if 2 * alone <= len(tokens):
        return 1.0
    return (LETTERS if 2 * np.count_nonzero(_unspaced_letters(tokens)) > alone else CHARACTERS) / WORDS


def _unspaced_letters(tokens: Tokens) -> npt.NDArray[np.bool_]:
    first = tokens.units[tokens.starts]
    found: npt.NDArray[np.bool_] = tokens.lone & np.logical_or.reduce(
        [(first >= low) & (first <= high) for low, high in _LETTERS]
    )
    return found


def _runs_of_letters(tokens: Tokens, sums: U64) -> U64:
    """Return the sums with those replaced that begin at a letter of a script of unspaced letters."""
    letter = _unspaced_letters(tokens)
    last = len(tokens) - LETTERS + 1
    if last < 1 or not letter.any():
        return sums
    longer = np.zeros(last, np.uint64)
    for at, weight in enumerate(_LETTER_WEIGHTS):
        longer += tokens.hashes[at : at + last] * weight
    return np.concatenate([np.where(letter[:last], longer, sums[:last]), sums[last:]])
