"""A multimap from 64-bit keys to small numbers, packed: some 10 bytes an entry where a dictionary takes over 100."""

SPREAD = 0x9E3779B97F4A7C15
_TAG, _NUMBER = 5, 4
_ENTRY = _TAG + _NUMBER
"""Bytes: the key's hash, then the number; the hash tells two keys of one bucket apart but once in ten million."""

PER_BUCKET = 64
"""Mean entries a bucket: one more bucket is split off whenever there are more (linear hashing)."""


class KeyTable:
    """Entries packed into strings, one a bucket; a bucket splits whenever their mean length passes 64.

    >>> table = KeyTable()
    >>> table.add(7 << 32, 1), table.add(7 << 32, 2), table.add(9 << 32, 2)
    (None, None, None)
    >>> table.find(7 << 32)
    [1, 2]
    """

    def __init__(self) -> None:
        self._buckets = [b""]
        self._low = 1
        """The greatest power of two that is not above the number of buckets."""
        self._entries = 0

    def __len__(self) -> int:
        return self._entries

    @property
    def size(self) -> int:
        """Bytes of memory, nearly."""
        return self._entries * _ENTRY + len(self._buckets) * 48

    def find(self, key: int) -> list[int]:
        """Return the numbers under ``key``, in the order in which they were added."""
        value = _scrambled(key)
        bucket = self._buckets[self._place(value)]
        return [_number(bucket, at) for at in _positions(bucket, value.to_bytes(_TAG, "little"))]

    def add(self, key: int, number: int) -> None:
        """Put ``number`` under ``key``, whatever else is there."""
        value = _scrambled(key)
        self._buckets[self._place(value)] += (value | number << 8 * _TAG).to_bytes(_ENTRY, "little")
        self._entries += 1
        if self._entries > PER_BUCKET * len(self._buckets):
            self._split()

    def discard(self, key: int, number: int) -> None:
        """Take ``number`` from under ``key``, if it is there."""
        value = _scrambled(key)
        place = self._place(value)
        bucket = self._buckets[place]
        for at in _positions(bucket, value.to_bytes(_TAG, "little")):
            if _number(bucket, at) == number:
                self._buckets[place] = bucket[:at] + bucket[at + _ENTRY :]
                self._entries -= 1
                return

    def _place(self, value: int) -> int:
        place = value & (2 * self._low - 1)
        return place if place < len(self._buckets) else place & (self._low - 1)

    def _split(self) -> None:
        """Move those entries to a new bucket that have the next bit of the hash."""
        byte, bit = divmod(self._low.bit_length() - 1, 8)
        old = len(self._buckets) - self._low
        bucket = self._buckets[old]
        entries = [bucket[at : at + _ENTRY] for at in range(0, len(bucket), _ENTRY)]
        self._buckets[old] = b"".join(e for e in entries if not e[byte] >> bit & 1)
        self._buckets.append(b"".join(e for e in entries if e[byte] >> bit & 1))
        if len(self._buckets) == 2 * self._low:
            self._low *= 2


def _scrambled(key: int) -> int:
    """Return 40 bits of the key, scrambled: keys are chosen by some of their bits, which are all alike."""
    return key * SPREAD >> 24 & 0xFFFFFFFFFF


def _number(bucket: bytes, at: int) -> int:
    return int.from_bytes(bucket[at + _TAG : at + _ENTRY], "little")


def _positions(bucket: bytes, tag: bytes) -> list[int]:
    found = []
    at = bucket.find(tag)
    while at >= 0:
        if at % _ENTRY == 0:
            found.append(at)
        at = bucket.find(tag, at + 1)
    return found
