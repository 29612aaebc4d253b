"""`show license eventlog`: what happened, oldest first, in a few bytes for each event.

Most events say what an earlier one said, on this device or on another: each different name with its
fields is kept once, a row is the milliseconds since the event before and the saying's number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern
from typing import overload

from agent.core.clock import Instant
from agent.engine.packed import Chained
from agent.engine.records import LoggedEvent

Saying = tuple[str, tuple[tuple[str, str], ...]]
# full, the log looks for sayings without an event: once in so many events, or when so many may be
_OFTEN, _UNUSED = 128, 16


@dataclass(slots=True, eq=False)
class Eventlog(Sequence[LoggedEvent]):
    """The events that are kept; `since` is the time that the first gap counts from, `noted` counts
    all there ever were."""

    sayings: tuple[Saying, ...] = ()
    rows: Chained = field(default_factory=Chained)
    since: Instant = 0
    newest: Instant = 0
    noted: int = 0

    def add(self, time: Instant, name: str, fields: tuple[tuple[str, str], ...], most: int) -> None:
        """Write an event down; beyond `most` the oldest go."""
        if not self.rows.count:
            self.since = self.newest = time
        saying = _shared((name, fields))
        if saying not in self.sayings:
            self.sayings = (*self.sayings, saying)
        self.rows.append((time - self.newest, self.sayings.index(saying)))
        self.newest = time
        self.noted += 1
        if (surplus := self.rows.count - most) > 0:
            self.since += sum(gap for gap, _ in self.rows.drop(surplus))
            if self.noted % _OFTEN == 0 or len(self.sayings) > most + _UNUSED:
                self._forget_unused()

    def clear(self) -> None:
        self.sayings, self.rows = (), Chained()

    def __iter__(self) -> Iterator[LoggedEvent]:
        time = self.since
        for gap, number in self.rows:
            time += gap
            name, fields = self.sayings[number]
            yield LoggedEvent(time, name, fields)

    def __len__(self) -> int:
        return self.rows.count

    @overload
    def __getitem__(self, place: int) -> LoggedEvent: ...
    @overload
    def __getitem__(self, place: slice) -> list[LoggedEvent]: ...
    def __getitem__(self, place: int | slice) -> LoggedEvent | list[LoggedEvent]:
        return list(self)[place]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def _forget_unused(self) -> None:
        rows = list(self.rows)
        used = sorted({number for _, number in rows})
        places = {number: place for place, number in enumerate(used)}
        self.sayings = tuple(self.sayings[number] for number in used)
        self.rows.refill((gap, places[number]) for gap, number in rows)


@lru_cache(maxsize=4096)
def _shared(saying: Saying) -> Saying:
    """The same object for the same words, for all devices."""
    name, fields = saying
    return name, tuple(_field(intern(key), intern(str(value))) for key, value in fields)


@lru_cache(maxsize=4096)
def _field(key: str, value: str) -> tuple[str, str]:
    return key, value
