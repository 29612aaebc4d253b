"""The last few messages of one exchange, in some forty bytes each.

`show license history message` reads them; nobody else does, so they lie packed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import msgspec

from agent.engine.records import PastMessage

_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.decode
_NO_REASON = "<none>"
_LENGTH = 3  # bytes that say how long a row is: a server's reason may be long


@dataclass(slots=True, eq=False)
class PastMessages(Sequence[PastMessage]):
    """Oldest first. `rows` are MessagePack arrays one behind the other, each behind its length."""

    rows: bytes = b""
    held: int = 0

    @classmethod
    def of(cls, messages: Iterable[PastMessage]) -> PastMessages:
        made = cls()
        for message in messages:
            made.add(message)
        return made

    def add(self, one: PastMessage, most: int | None = None) -> None:
        """Write one down; beyond `most` the oldest goes."""
        row = (one.sent, one.answered - one.sent, _number(one.nonce), one.response, one.reason)
        text = _encode(row if one.reason != _NO_REASON else row[:-1])
        rows = self.rows + len(text).to_bytes(_LENGTH, "big") + text
        if most is None or self.held < most:
            self.held += 1
        else:
            rows = rows[_end_of_row(rows, 0) :]
        self.rows = rows

    def __iter__(self) -> Iterator[PastMessage]:
        rows, start = self.rows, 0
        while start < len(rows):
            end = _end_of_row(rows, start)
            sent, lasted, nonce, response, *reason = _decode(rows[start + _LENGTH : end])
            yield PastMessage(sent, str(nonce), sent + lasted, response, *reason)
            start = end

    def __len__(self) -> int:
        return self.held

    @overload
    def __getitem__(self, place: int) -> PastMessage: ...
    @overload
    def __getitem__(self, place: slice) -> list[PastMessage]: ...
    def __getitem__(self, place: int | slice) -> PastMessage | list[PastMessage]:
        return list(self)[place]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


def _end_of_row(rows: bytes, start: int) -> int:
    return start + _LENGTH + int.from_bytes(rows[start : start + _LENGTH], "big")


def _number(nonce: str) -> int | str:
    """A number where it comes back as the same text: it takes half the room."""
    number = nonce.isascii() and nonce.isdecimal() and len(nonce) < 20 and nonce[0] != "0"
    return int(nonce) if number else nonce
