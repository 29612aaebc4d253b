"""Summer time: when a zone's clocks go forward and back, as `clock summer-time` states it.

A rule names a weekday of a month (`2 Sun Mar 2:00`) and holds every year, a date holds once
(`Mar 29 2026 2:00`); the start is told in standard time, the end in summer time.
Source: docs/sources.md, entry summer-time.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS = "mon tue wed thu fri sat sun".split()
_RULE = r"([1-4]|first|last) +([a-z]{3,9}) +([a-z]{3,9}) +(\d{1,2}):(\d{2})"
_SPAN = re.compile(rf"{_RULE} +{_RULE}(?: +(\d{{1,4}}))?", re.IGNORECASE)
_DATE = r"(?:(\d{1,2}) +([a-z]{3,9})|([a-z]{3,9}) +(\d{1,2})) +(\d{4}) +(\d{1,2}):(\d{2})"
_DATES = re.compile(rf"{_DATE} +{_DATE}(?: +(\d{{1,4}}))?", re.IGNORECASE)
_LAST = 5


# the two stand for each other in what is kept of a device: a tag tells which one it is
class Rule(msgspec.Struct, frozen=True, tag=True):
    """The `week`-th `weekday` (0 is Monday) of `month`, at `minute` of the day; 5 is the last."""

    week: int
    weekday: int
    month: int
    minute: int

    def __str__(self) -> str:
        week = "last" if self.week == _LAST else str(self.week)
        day, month = _DAYS[self.weekday].title(), _MONTHS[self.month - 1].title()
        return f"{week} {day} {month} {self.minute // 60}:{self.minute % 60:02d}"


class Date(msgspec.Struct, frozen=True, tag=True):
    """One minute of one day."""

    year: int
    month: int
    day: int
    minute: int

    def __str__(self) -> str:
        month = _MONTHS[self.month - 1].title()
        return f"{month} {self.day} {self.year} {self.minute // 60}:{self.minute % 60:02d}"


@dataclass(frozen=True, slots=True)
class Summer:
    """Summer time of a zone: its name, how many minutes it adds, when it begins and ends."""

    name: str
    start: Rule | Date
    end: Rule | Date
    offset_minutes: int = 60

    def rules(self) -> str:
        """As a configuration prints them."""
        more = "" if self.offset_minutes == 60 else f" {self.offset_minutes}"
        return f"{self.start} {self.end}{more}"

    def holds(self, standard_seconds: int) -> bool:
        """Is it summer at this second of the zone's own standard calendar (counted from 1970)?"""
        year = _year(standard_seconds)
        start = _second(self.start, year)
        end = _second(self.end, year) - self.offset_minutes * 60
        if start < end or isinstance(self.end, Date):
            return start <= standard_seconds < end
        return not end <= standard_seconds < start


# source: summer-time (the rules where none are given: those of the United States)
USUAL = (Rule(2, 6, 3, 120), Rule(1, 6, 11, 120))


def summer(name: str, rules: str = "") -> Summer | None:
    """Read `2 Sun Mar 2:00 1 Sun Nov 2:00 [60]`; None where that is no rule."""
    if not rules:
        return Summer(name, *USUAL)
    found = _SPAN.fullmatch(rules.strip())
    if not found:
        return None
    parts = found.groups()
    return _summer(name, _rule(parts[:5]), _rule(parts[5:10]), parts[10])


def dated_summer(name: str, dates: str) -> Summer | None:
    """Read `29 Mar 2026 2:00 25 Oct 2026 3:00 [60]`, day and month in either order."""
    found = _DATES.fullmatch(dates.strip())
    if not found:
        return None
    parts = found.groups()
    start, end = _date(parts[:7]), _date(parts[7:14])
    if start and end and _second(start, 0) >= _second(end, 0):
        return None
    return _summer(name, start, end, parts[14])


def _summer(
    name: str, start: Rule | Date | None, end: Rule | Date | None, minutes: str | None
) -> Summer | None:
    offset = int(minutes or 60)
    if start is None or end is None or not 1 <= offset <= 1440:
        return None
    return Summer(name, start, end, offset)


def _rule(parts: tuple[str | None, ...]) -> Rule | None:
    week, day, month, hour, minute = (str(part).lower() for part in parts)
    days = [n for n, name in enumerate(_DAYS) if day.startswith(name)]
    months = [n for n, name in enumerate(_MONTHS, 1) if month.startswith(name)]
    if not days or not months or int(hour) > 23 or int(minute) > 59:
        return None
    number = {"first": 1, "last": _LAST}.get(week) or int(week)
    return Rule(number, days[0], months[0], int(hour) * 60 + int(minute))


def _date(parts: tuple[str | None, ...]) -> Date | None:
    day, month = parts[0] or parts[3], str(parts[1] or parts[2]).lower()
    year, hour, minute = (int(part or 0) for part in parts[4:7])
    months = [n for n, name in enumerate(_MONTHS, 1) if month.startswith(name)]
    if not months or not 1993 <= year <= 2035 or hour > 23 or minute > 59:
        return None
    if not 1 <= int(day or 0) <= calendar.monthrange(year, months[0])[1]:
        return None
    return Date(year, months[0], int(day or 0), hour * 60 + minute)


@lru_cache(maxsize=512)
def _second(rule: Rule | Date, year: int) -> int:
    """The second of a calendar, counted from 1970, at which the rule strikes in a year."""
    if isinstance(rule, Date):
        return calendar.timegm((rule.year, rule.month, rule.day, 0, 0, 0)) + rule.minute * 60
    first, days = calendar.monthrange(year, rule.month)
    day = 1 + (rule.weekday - first) % 7 + (rule.week - 1) * 7
    while day > days:
        day -= 7
    return calendar.timegm((year, rule.month, day, 0, 0, 0)) + rule.minute * 60


def _year(seconds: int) -> int:
    """The year of a second counted from 1970."""
    return datetime.fromtimestamp(seconds, UTC).year
