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
