"""The last few messages of one exchange, in some forty bytes each.

`show license history message` reads them; nobody else does, so they lie packed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import msgspec

from agent.engine.records import PastMessage

_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.decode
_NONE: bytes = _encode([])
_NO_REASON = "<none>"
_NUMBER = re.compile("[1-9][0-9]{0,18}", re.ASCII)  # it comes back as the same text


@dataclass(slots=True, eq=False)
class PastMessages(Sequence[PastMessage]):
    """Oldest first."""

    rows: bytes = _NONE

    @classmethod
    def of(cls, messages: Iterable[PastMessage]) -> PastMessages:
        made = cls()
        for message in messages:
            made.add(message)
        return made

    def add(self, one: PastMessage, most: int | None = None) -> None:
        """Write one down; beyond `most` the oldest goes."""
        rows: list[Any] = _decode(self.rows)
        nonce = int(one.nonce) if _NUMBER.fullmatch(one.nonce) else one.nonce
        row = (one.sent, one.answered - one.sent, nonce, one.response, one.reason)
        rows.append(row if one.reason != _NO_REASON else row[:-1])
        self.rows = _encode(rows if most is None else rows[-most:])

    def __iter__(self) -> Iterator[PastMessage]:
        for sent, lasted, nonce, response, *reason in _decode(self.rows):
            yield PastMessage(sent, str(nonce), sent + lasted, response, *reason)

    def __len__(self) -> int:
        return len(_decode(self.rows))

    @overload
    def __getitem__(self, place: int) -> PastMessage: ...
    @overload
    def __getitem__(self, place: slice) -> list[PastMessage]: ...
    def __getitem__(self, place: int | slice) -> PastMessage | list[PastMessage]:
        return list(self)[place]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]
