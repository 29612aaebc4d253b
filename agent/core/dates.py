"""How a device prints time: the one place that turns an Instant into text.

Forms are those of real outputs (docs/sources.md, entry dates): licensing dates
`Apr 05 21:10:49 2023 UTC`, log stamps `Oct  6 13:50:40.962`, `show clock`
`18:56:04.554 EST Mon Oct 17 2016`, configuration dates `13:43:33 UTC Tue Oct 6 2026`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from agent.core.clock import Instant
from agent.core.summer import Summer

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TWO_DIGITS = tuple(f"{number:02d}" for number in range(60))
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Zone:
    """A configured time zone: the name as typed and its offset from UTC in minutes.

    With summer time these are its standard time's; `at` gives what holds at an instant.
    """

    name: str = "UTC"
    offset_minutes: int = 0
    summer: Summer | None = None

    def at(self, instant: Instant) -> Zone:
        """The zone in force at an instant, without further rules."""
        summer = self.summer
        if summer is None:
            return self
        if not summer.holds(instant // 1000 + self.offset_minutes * 60):
            return replace(self, summer=None)
        return Zone(summer.name, self.offset_minutes + summer.offset_minutes)


UTC_ZONE = Zone()


def local(instant: Instant, zone: Zone = UTC_ZONE) -> datetime:
    """The wall time in the zone, as a datetime that carries no further offset."""
    offset = zone.at(instant).offset_minutes
    return datetime.fromtimestamp(instant // 1000 + offset * 60, UTC)


@lru_cache(maxsize=8192)  # listings of a thousand reports print two for each
def licence_date(instant: Instant | None, zone: Zone = UTC_ZONE) -> str:
    """`Apr 05 21:10:49 2023 UTC`; `<none>` where there is no date."""
    if instant is None:
        return "<none>"
    zone = zone.at(instant)
    t = local(instant, zone)
    return (
        f"{MONTHS[t.month - 1]} {t.day:02d} {t.hour:02d}:{t.minute:02d}:{t.second:02d} "
        f"{t.year} {zone.name}"
    )


def log_stamp(instant: Instant, zone: Zone = UTC_ZONE) -> str:
    """`Oct  6 13:50:40.962`, the stamp of `service timestamps log datetime msec`."""
    day, second = divmod(instant // 1000 + zone.at(instant).offset_minutes * 60, 86400)
    minute, second = divmod(second, 60)
    hour, minute = divmod(minute, 60)
    time = f"{_TWO_DIGITS[hour]}:{_TWO_DIGITS[minute]}:{_TWO_DIGITS[second]}"
    return f"{_month_and_day(day)} {time}.{instant % 1000:03d}"


@lru_cache(maxsize=512)  # a day's log lines share it
def _month_and_day(days: int) -> str:
    """`Oct  6`, so many days after 1970-01-01."""
    t = datetime.fromtimestamp(days * 86400, UTC)
    return f"{MONTHS[t.month - 1]} {t.day:2d}"


def clock_line(instant: Instant, zone: Zone = UTC_ZONE) -> str:
    """`18:56:04.554 EST Mon Oct 17 2016`, as `show clock` prints it without its mark."""
    zone = zone.at(instant)
    t = local(instant, zone)
    return (
        f"{t.hour:02d}:{t.minute:02d}:{t.second:02d}.{instant % 1000:03d} {zone.name} "
        f"{WEEKDAYS[t.weekday()]} {MONTHS[t.month - 1]} {t.day} {t.year}"
    )


def config_date(instant: Instant, zone: Zone = UTC_ZONE) -> str:
    """`13:43:33 UTC Tue Oct 6 2026`, as in the head of a running-config; the day is not padded."""
    zone = zone.at(instant)
    t = local(instant, zone)
    return (
        f"{t.hour:02d}:{t.minute:02d}:{t.second:02d} {zone.name} "
        f"{WEEKDAYS[t.weekday()]} {MONTHS[t.month - 1]} {t.day} {t.year}"
    )


def event_stamp(instant: Instant, zone: Zone = UTC_ZONE) -> str:
    """`2021-11-17 03:31:32.920 UTC`, as `show license eventlog` prints it."""
    zone = zone.at(instant)
    t = local(instant, zone)
    return f"{t:%Y-%m-%d %H:%M:%S}.{instant % 1000:03d} {zone.name}"


def remaining(ms: int) -> str:
    """`21 hours, 47 minutes, 10 seconds remaining`; leading zero units are dropped."""
    seconds = max(0, ms // 1000)
    units = (
        ("days", seconds // 86400),
        ("hours", seconds // 3600 % 24),
        ("minutes", seconds // 60 % 60),
        ("seconds", seconds % 60),
    )
    first = next((i for i, (_, n) in enumerate(units) if n), len(units) - 1)
    return ", ".join(f"{n} {name}" for name, n in units[first:]) + " remaining"
