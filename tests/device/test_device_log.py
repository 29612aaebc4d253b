"""Stamps, thresholds and the ring of the log buffer."""

from __future__ import annotations

import pytest

from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.dates import Zone
from agent.core.summer import summer
from agent.device.log import DeviceTime, Log, LogSettings, StampForm, StampKind, stamped

# 2026-10-06 13:50:40.962 UTC
NOW = 1791294640962
MESSAGE = "%SYS-5-CONFIG_I: Configured from console by console"
EST = Zone("EST", -300)


@pytest.mark.parametrize(
    ("form", "time", "head"),
    [
        (StampForm(), DeviceTime(NOW), "*Oct  6 13:50:40.962: %SYS"),
        (StampForm(), DeviceTime(NOW, authoritative=True), "Oct  6 13:50:40.962: %SYS"),
        (StampForm(msec=False), DeviceTime(NOW), "*Oct  6 13:50:40: %SYS"),
        (StampForm(year=True), DeviceTime(NOW), "*Oct  6 2026 13:50:40.962: %SYS"),
        (StampForm(), DeviceTime(NOW, EST), "*Oct  6 13:50:40.962: %SYS"),
        (
            StampForm(localtime=True, show_timezone=True),
            DeviceTime(NOW, EST),
            "*Oct  6 08:50:40.962 EST: %SYS",
        ),
        (
            StampForm(localtime=True, show_timezone=True),
            DeviceTime(NOW, Zone("EST", -300, summer("EDT"))),
            "*Oct  6 09:50:40.962 EDT: %SYS",
        ),
        (StampForm(show_timezone=True), DeviceTime(NOW), "*Oct  6 13:50:40.962 UTC: %SYS"),
        (StampForm(StampKind.NONE), DeviceTime(NOW), "%SYS"),
        (StampForm(StampKind.UPTIME), DeviceTime(NOW, uptime_ms=65_000), "00:01:05: %SYS"),
        (
            StampForm(StampKind.UPTIME),
            DeviceTime(NOW, uptime_ms=2 * DAY + 3 * HOUR + 5 * MINUTE),
            "2d03h: %SYS",
        ),
        (StampForm(StampKind.UPTIME), DeviceTime(NOW, uptime_ms=9 * DAY), "1w2d: %SYS"),
    ],
)
def test_stamp_follows_service_timestamps(form, time, head):
    assert stamped(MESSAGE, form, time).startswith(head)


def test_thresholds_are_counted_apart():
    log = Log(LogSettings(console=None, buffered=4))
    log.write(5, MESSAGE, DeviceTime(NOW))
    log.write(3, "%SMART_LIC-3-COMM_FAILED: x", DeviceTime(NOW))
    log.write(7, "%X-7-DEBUG: x", DeviceTime(NOW))
    assert (log.console_count, log.buffer_count, log.trap_count) == (0, 1, 2)
    assert [line.severity for line in log.lines] == [3]


def test_listeners_get_every_line_and_ask_for_their_threshold():
    log = Log(LogSettings(console=4, monitor=6))
    heard = []
    log.listeners.append(heard.append)
    line = log.write(5, MESSAGE, DeviceTime(NOW))
    assert heard == [line]
    assert not log.on_console(line)
    assert log.on_monitor(line)


def test_ring_overwrites_the_head_of_its_oldest_message():
    log = Log(LogSettings(buffer_bytes=4096))
    for number in range(100):
        log.write(3, f"%SMART_LIC-3-COMM_FAILED: {number:03d} " + "x" * 60, DeviceTime(NOW))
    text = log.text()
    assert len(text) == 4096
    assert text.endswith("x")
    assert not text.startswith("*")
    assert "099 x" in text
    assert len(log.lines) < 50
    assert log.buffer_count == 100


def test_another_size_empties_the_buffer():
    log = Log()
    log.write(5, MESSAGE, DeviceTime(NOW))
    log.configure(LogSettings(buffer_bytes=8192))
    assert log.text() == ""
    assert log.buffer_count == 1


def test_same_size_keeps_the_buffer():
    log = Log()
    log.write(5, MESSAGE, DeviceTime(NOW))
    log.configure(LogSettings(console=3))
    assert log.text().endswith(MESSAGE)
