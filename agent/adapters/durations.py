"""Durations as people write them: `1d`, `12h`, `1h30m`, `10 minutes`, `2 weeks`."""

from __future__ import annotations

import re

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.errors import InputError

UNITS = {
    "ms": 1,
    "s": SECOND,
    "sec": SECOND,
    "second": SECOND,
    "m": MINUTE,
    "min": MINUTE,
    "minute": MINUTE,
    "h": HOUR,
    "hour": HOUR,
    "d": DAY,
    "day": DAY,
    "w": 7 * DAY,
    "week": 7 * DAY,
}
LIMIT = 100 * 366 * DAY
_PART = re.compile(r"\s*(\d+)\s*([a-z]+)\s*", re.IGNORECASE)


def duration_ms(text: str) -> int:
    """Milliseconds of `1d`, `10 minutes`, `1h30m`. Raises InputError on anything else."""
    total = position = 0
    while found := _PART.match(text, position):
        unit = found[2].lower()
        factor = UNITS.get(unit) or UNITS.get(unit.removesuffix("s"))
        if factor is None:
            break
        total += int(found[1]) * factor
        position = found.end()
    if position != len(text) or not text.strip():
        raise InputError(f"{text!r} is not a duration", allowed="such as 90s, 10 minutes, 12h, 1d")
    if total > LIMIT:
        raise InputError(f"{text!r} is too long", allowed="up to 100 years")
    return total
