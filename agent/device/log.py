"""The device's log: a buffer of so many bytes, thresholds, stamps and counts.

A system message comes in with its severity and text, gets its stamp, and goes to the buffer and
to the listeners (console and terminal sessions), each behind its own threshold.
Sources: docs/sources.md, entries log-line-form and log-buffer-size.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import msgspec

from agent.core.clock import DAY, HOUR, Instant
from agent.core.dates import UTC_ZONE, Zone, local, log_stamp

DEBUGGING = 7
_TRAPS = 6  # source: log-traps (default trap level informational)


class StampKind(Enum):
    """`service timestamps log ...`."""

    DATETIME = "datetime"
    UPTIME = "uptime"
    NONE = "none"


_DATETIME = StampKind.DATETIME  # reached at once: each line asks for it


@dataclass(frozen=True, slots=True)
class StampForm:
    """What a line's stamp shows; the switch default is `datetime msec`."""

    kind: StampKind = StampKind.DATETIME
    msec: bool = True
    localtime: bool = False
    show_timezone: bool = False
    year: bool = False


@dataclass(frozen=True, slots=True)
class LogSettings:
    """Thresholds (0-7; None means disabled), the buffer's bytes, the stamp's form."""

    console: int | None = DEBUGGING
    monitor: int | None = DEBUGGING
    buffered: int | None = DEBUGGING
    buffer_bytes: int = 4096  # source: log-buffer-size
    stamp: StampForm = StampForm()
    debug_stamp: StampForm = StampForm()  # `service timestamps debug ...`


class DeviceTime(msgspec.Struct, frozen=True, gc=False):
    """What a stamp needs to know of the device's clock."""

    now: Instant
    zone: Zone = UTC_ZONE
    authoritative: bool = False
    uptime_ms: int = 0


class LogLine(msgspec.Struct, frozen=True, gc=False):
    """One message as printed, stamp included; `text` may hold line breaks."""

    severity: int
    text: str


Listener = Callable[[LogLine], None]
DEFAULTS = LogSettings()


class Log:
    """The buffer, the counts of `show logging`, and who listens."""

    __slots__ = (
        "_bytes",
        "buffer_count",
        "console_count",
        "lines",
        "listeners",
        "monitor_count",
        "settings",
        "trap_count",
    )

    def __init__(self, settings: LogSettings = DEFAULTS) -> None:
        self.settings = settings
        self.lines: deque[LogLine] | list[LogLine] = []
        self.listeners: list[Listener] = []
        self.console_count = 0
        self.monitor_count = 0  # counted by the sessions that print; not part of a snapshot
        self.buffer_count = 0
        self.trap_count = 0
        self._bytes = 0

    def write(self, severity: int, message: str, time: DeviceTime) -> LogLine:
        """Stamp `message` (`%FACILITY-n-MNEMONIC: text`), keep it and hand it to the listeners."""
        return self._take(LogLine(severity, stamped(message, self.settings.stamp, time)))

    def debug(self, text: str, time: DeviceTime) -> LogLine:
        """A line of debugging: no mnemonic, severity 7, a stamp of its own form."""
        return self._take(LogLine(DEBUGGING, stamped(text, self.settings.debug_stamp, time)))

    def _take(self, line: LogLine) -> LogLine:
        severity, settings = line.severity, self.settings
        if passes(severity, settings.console):
            self.console_count += 1
        if severity <= _TRAPS:
            self.trap_count += 1
        if passes(severity, settings.buffered):
            self.buffer_count += 1
            self._keep(line)
        if self.listeners:
            for listener in tuple(self.listeners):
                listener(line)
        return line

    def configure(self, settings: LogSettings) -> None:
        """Use other thresholds; a buffer of another size starts empty, as on a device."""
        if settings.buffer_bytes != self.settings.buffer_bytes:
            self.clear()
        self.settings = settings

    def clear(self) -> None:
        """`clear logging`: the buffer is empty, the counts go on."""
        self.lines = []
        self._bytes = 0

    def restart(self, settings: LogSettings) -> None:
        """A reload: buffer and counts start anew; those who listen stay."""
        self.clear()
        self.settings = settings
        self.console_count = self.monitor_count = self.buffer_count = self.trap_count = 0

    def restore(self, lines: list[LogLine], counts: tuple[int, int, int]) -> None:
        """Put back what a snapshot held: console, buffer and trap counts."""
        self.lines = list(lines)
        self._bytes = sum(len(line.text) + 1 for line in lines)
        self.console_count, self.buffer_count, self.trap_count = counts

    def text(self) -> str:
        """The buffer as `show logging` prints it, lines joined by a line feed.

        The oldest message is cut where the ring has overwritten its head.
        """
        whole = "\n".join(line.text for line in self.lines)
        return whole[-self.settings.buffer_bytes :] if whole else ""

    def on_console(self, line: LogLine) -> bool:
        """Does this line show on the console?"""
        return passes(line.severity, self.settings.console)

    def on_monitor(self, line: LogLine) -> bool:
        """Does this line show on a terminal after `terminal monitor`?"""
        return passes(line.severity, self.settings.monitor)

    def _keep(self, line: LogLine) -> None:
        lines = self.lines
        lines.append(line)
        held = self._bytes + len(line.text) + 1
        limit = self.settings.buffer_bytes
        while lines and held - (oldest := len(lines[0].text) + 1) >= limit:
            if isinstance(lines, list):  # a list is the smaller one while nothing falls out
                self.lines = lines = deque(lines)
            lines.popleft()
            held -= oldest
        self._bytes = held


def passes(severity: int, threshold: int | None) -> bool:
    """Is a message of this severity let through? Lower is more severe."""
    return threshold is not None and severity <= threshold


def stamped(message: str, form: StampForm, time: DeviceTime) -> str:
    """`*Oct  6 13:50:40.962: %...`; the mark is `*` while the clock is not authoritative."""
    if form.kind is not _DATETIME:
        no_stamp = form.kind is StampKind.NONE
        return message if no_stamp else f"{uptime_stamp(time.uptime_ms)}: {message}"
    zone = time.zone if form.localtime else UTC_ZONE
    stamp = log_stamp(time.now, zone)
    if form.year:
        stamp = f"{stamp[:6]} {local(time.now, zone).year}{stamp[6:]}"
    if not form.msec:
        stamp = stamp[:-4]
    if form.show_timezone:
        stamp = f"{stamp} {zone.at(time.now).name}"
    mark = "" if time.authoritative else "*"
    return f"{mark}{stamp}: {message}"


def uptime_stamp(uptime_ms: int) -> str:
    """`00:01:05` within a day, `2d03h` within a week, `1w2d` from there on."""
    seconds = uptime_ms // 1000
    days = uptime_ms // DAY
    if days >= 7:
        return f"{days // 7}w{days % 7}d"
    if days:
        return f"{days}d{uptime_ms % DAY // HOUR:02d}h"
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
