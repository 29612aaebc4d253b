"""Rows of small numbers, packed: a few bytes each where a record of Python takes hundreds.

A device keeps hundreds of rows that nobody looks at for weeks: finished reports, past events. They
lie here one behind the other as numbers of MessagePack, and are read when asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.decode

_ARRAY = 0x90  # the byte before up to 15 items
# how many bytes a number has that begins with this one; small ones and None have one
_LONG = {0xCC: 2, 0xCD: 3, 0xCE: 5, 0xCF: 9, 0xD0: 2, 0xD1: 3, 0xD2: 5, 0xD3: 9}
_SIZES = tuple(_LONG.get(first, 1) for first in range(256))


@dataclass(slots=True)
class Packed:
    """Whole rows, each an array behind its length of at most 255 bytes: the form of snapshots."""

    data: bytes = b""
    count: int = 0

    def refill(self, rows: Iterable[Sequence[int | None]]) -> None:
        """These rows take the place of all."""
        texts = [_encode(row) for row in rows]
        self.data = b"".join(bytes((len(text),)) + text for text in texts)
        self.count = len(texts)

    def __iter__(self) -> Iterator[list[Any]]:
        end = 0
        for _ in range(self.count):
            start = end + 1
            end = start + self.data[end]
            yield _decode(self.data[start:end])


@dataclass(slots=True)
class Chained:
    """Rows of numbers that are much like the one before: each says what is different in it.

    A row lies here as the places that differ, a bit each, how much its first number has grown, and
    the new numbers at those places. `first` is the row before the first one, `last` the last one.
    """

    data: bytes = b""
    count: int = 0
    first: bytes = b""
    last: bytes = b""

    def append(self, row: Sequence[int | None]) -> None:
        """Add a row; all of one collection have the same length, at most 13."""
        written = _encode(row)
        if not self.count:
            self.first = self.last = _encode([0] * len(row))
        before = _decode(self.last)
        different, new = 0, []
        for place in range(1, len(row)):
            if row[place] != before[place]:
                different |= 1 << place
                new.append(row[place])
        self.data += _encode((different, (row[0] or 0) - before[0], *new))[1:]
        self.count += 1
        self.last = written

    def drop(self, number: int) -> list[list[Any]]:
        """Take away the first rows and return them."""
        dropped, row, gone = [], _decode(self.first) if self.count else [], 0
        for step, end in self._steps(number):
            _advance(row, step)
            dropped.append(row.copy())
            gone = end
        self.data = self.data[gone:]
        self.count -= len(dropped)
        self.first = _encode(row)
        return dropped

    def refill(self, rows: Iterable[Sequence[int | None]]) -> None:
        """These rows take the place of all."""
        rows = list(rows)  # they may be read from here
        self.data, self.count = b"", 0
        for row in rows:
            self.append(row)

    def __iter__(self) -> Iterator[list[Any]]:
        row = _decode(self.first) if self.count else []
        for step, _ in self._steps(self.count):
            _advance(row, step)
            yield row.copy()

    def _steps(self, number: int) -> Iterator[tuple[list[Any], int]]:
        """What each of the first rows says, and where in the data it ends."""
        data, end = self.data, 0
        for _ in range(min(number, self.count)):
            start, end = end, end + _SIZES[data[end]]
            new = _decode(data[start:end]).bit_count()
            for _ in range(1 + new):
                end += _SIZES[data[end]]
            yield _decode(bytes((_ARRAY + 2 + new,)) + data[start:end]), end


def _advance(row: list[Any], step: list[Any]) -> None:
    """Make of a row the one after it."""
    different, growth, *new = step
    row[0] += growth
    for value in new:
        place = (different & -different).bit_length() - 1
        row[place] = value
        different &= different - 1
