"""How long something runs, in the words of `show version`: `1 week, 2 days, 59 minutes`.

Units that are zero are left out; seconds never show. # source: uptime-words
"""

from __future__ import annotations

from agent.core.clock import DAY, HOUR, MINUTE

_UNITS = (("year", 365 * DAY), ("week", 7 * DAY), ("day", DAY), ("hour", HOUR), ("minute", MINUTE))


def uptime_words(ms: int) -> str:
    """`0 minutes` below one minute."""
    words = []
    for name, length in _UNITS:
        count, ms = divmod(ms, length)
        if count:
            words.append(f"{count} {name}" if count == 1 else f"{count} {name}s")
    return ", ".join(words) or "0 minutes"
