"""Text that a device printed, asked by its labels: what `show license ...` says and where.

Labels are found wherever they stand in a line's beginning, so blocks that lost their indent or the
empty line before them are read too. Dates become instants by the calendar of the device that is
to show them again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property
from typing import TypeVar

from agent.core.clock import Instant
from agent.core.dates import UTC_ZONE, Zone
from agent.core.errors import InputError

_DATE = re.compile(r"([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) ([^\s,()]+)")
_LOAD = re.compile(r"Time source is .*?, \W?(\d\d:\d\d:\d\d)\.\d+ \S+ \w{3} (\w{3} \d+ \d{4})")
Word = TypeVar("Word", bound=Enum)
_NONE = ("", "<none>", "<empty>", "Not Configured")


def word_of(kind: type[Word], said: str) -> Word:
    """The word of a closed set that was printed. Raises InputError for another."""
    try:
        return kind(said)
    except ValueError:
        words = ", ".join(str(one.value) for one in kind)
        raise InputError(f"{said!r} is no {kind.__name__}", allowed=words) from None


@dataclass(frozen=True)
class Printed:
    """The text, and the zone of the device that shows it again."""

    text: str
    zone: Zone = UTC_ZONE

    def value(self, label: str) -> str | None:
        """What stands behind `label:`, None where the label is not there; `<none>` is empty."""
        found = re.search(rf"^ *{re.escape(label)}: *(.*?) *$", self.text, re.MULTILINE)
        if found is None:
            return None
        return "" if found[1] in _NONE else found[1]

    def number(self, label: str) -> int:
        """The number behind `label:` wherever in a line; 0 where there is none."""
        found = re.search(rf"\b{re.escape(label)}: *(\d+)", self.text)
        return int(found[1]) if found else 0

    def when(self, label: str) -> Instant | None:
        """The date behind `label:`; None for `<none>`. Raises InputError for what is no date."""
        said = self.value(label)
        return self.instant(said) if said else None

    def instant(self, said: str) -> Instant:
        """A date as printed, `Apr 05 21:10:49 2023 UTC`. Raises InputError for another form."""
        found = _DATE.match(said)
        if found is None:
            raise InputError(f"{said!r} is no date", allowed="such as Apr 05 21:10:49 2023 UTC")
        return self._instant(found[1])

    def _instant(self, said: str) -> Instant:
        try:
            local = datetime.strptime(said, "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
        except ValueError:
            raise InputError(f"there is no {said}") from None
        return self.moment(local)

    def moment(self, local: datetime) -> Instant:
        """The instant of a time of the device's zone, given as if it were UTC."""
        seconds = int(local.timestamp())
        offset = self.zone.at(seconds * 1000).offset_minutes
        return (seconds - offset * 60) * 1000

    def part(self, title: str, ends: str = r"\n[^\s]") -> Printed | None:
        """From a line that begins with `title` to what `ends` it (an expression), or to the end."""
        found = re.search(rf"^ *{re.escape(title)}.*$", self.text, re.MULTILINE)
        if found is None:
            return None
        rest = self.text[found.end() :]
        end = re.search(ends, rest)
        size = end.start() if end else len(rest)
        return replace(self, text=self.text[found.start() : found.end() + size])

    @cached_property
    def zone_name(self) -> str | None:
        """The zone that its dates are in; None without any date."""
        found = _DATE.search(self.text)
        return found[2] if found else None

    @cached_property
    def now(self) -> Instant | None:
        """When it was printed, where it says so."""
        said = self.when("Current time")
        header = _LOAD.search(self.text)
        if said is not None or header is None:
            return said
        month_day, year = header[2].rsplit(" ", 1)
        return self._instant(f"{month_day} {header[1]} {year}")
