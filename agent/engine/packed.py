"""Rows of small numbers, packed: a few bytes each where a record of Python takes hundreds.

A device keeps hundreds of rows that nobody looks at for weeks: finished reports, past events. They
lie here one behind the other, each a MessagePack array behind its length, and are read when asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.decode


@dataclass(slots=True)
class Packed:
    """Rows in the order they came; each at most 255 bytes."""

    data: bytes = b""
    count: int = 0

    def append(self, row: Sequence[int | None]) -> None:
        text = _encode(row)
        self.data += bytes((len(text),)) + text
        self.count += 1

    def drop(self, number: int) -> list[list[Any]]:
        """Take away the first rows and return them."""
        dropped, end = [], 0
        for start, end in self._places(number):
            dropped.append(_decode(self.data[start:end]))
        self.data = self.data[end:]
        self.count -= len(dropped)
        return dropped

    def refill(self, rows: Iterable[Sequence[int | None]]) -> None:
        """These rows take the place of all."""
        texts = [_encode(row) for row in rows]
        self.data = b"".join(bytes((len(text),)) + text for text in texts)
        self.count = len(texts)

    def __iter__(self) -> Iterator[list[Any]]:
        data = self.data
        return (_decode(data[start:end]) for start, end in self._places(self.count))

    def _places(self, number: int) -> Iterator[tuple[int, int]]:
        end = 0
        for _ in range(min(number, self.count)):
            start = end + 1
            end = start + self.data[end]
            yield start, end


@dataclass(slots=True)
class Chained(Packed):
    """Rows of numbers that are much like the one before: each says what is different in it.

    A row lies here as the places that differ, a bit each, how much its first number has grown, and
    the new numbers at those places. `first` is the row before the first one, `last` the last one.
    """

    first: bytes = b""
    last: bytes = b""

    def append(self, row: Sequence[int | None]) -> None:
        """Add a row; all of one collection have the same length."""
        written = _encode(row)
        if not self.count:
            self.first = self.last = _encode([0] * len(row))
        before = _decode(self.last)
        different, new = 0, []
        for place in range(1, len(row)):
            if row[place] != before[place]:
                different |= 1 << place
                new.append(row[place])
        Packed.append(self, (different, (row[0] or 0) - before[0], *new))
        self.last = written

    def drop(self, number: int) -> list[list[Any]]:
        """Take away the first rows and return them."""
        dropped, row = [], _decode(self.first) if self.count else []
        for step in Packed.drop(self, number):
            _advance(row, step)
            dropped.append(row.copy())
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
        for step in Packed.__iter__(self):
            _advance(row, step)
            yield row.copy()


def _advance(row: list[Any], step: list[Any]) -> None:
    """Make of a row the one after it."""
    different, growth, *new = step
    row[0] += growth
    for value in new:
        place = (different & -different).bit_length() - 1
        row[place] = value
        different &= different - 1
