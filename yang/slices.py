"""Long work in slices: a generator that stops now and then, so that others have their turn.

Who drives it decides when it goes on; `whole` does not wait for anybody.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TypeAlias, TypeVar

Made = TypeVar("Made")
Slices: TypeAlias = Generator[None, None, Made]


def joined(lines: Iterable[str], at_a_time: int = 64) -> Slices[str]:
    """The lines as one text, so many of them made in one slice."""
    made = []
    for line in lines:
        made.append(line)
        if not len(made) % at_a_time:
            yield
    return "\n".join(made)


def done(made: Made) -> Slices[Made]:
    """Work that is done."""
    yield from ()
    return made


def whole(work: Slices[Made]) -> Made:
    """Do all of it at once."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            made: Made = end.value
            return made
