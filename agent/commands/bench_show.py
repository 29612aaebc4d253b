"""Measures of long outputs: show commands of a device with a thousand reports, a long paste.

All sessions of a lab share one thread, so what a command takes is what it keeps the others waiting.
Counted is the processor's time: that of a machine which has nothing else to do.
"""

from __future__ import annotations

import time

from agent.cli.line import Line
from agent.cli.session import SLICES, CliSession
from agent.commands.figures import MODEL, RELEASE, Figure
from agent.core.clock import DAY, MINUTE, Instant
from agent.core.release import Release
from agent.device.device import new_device
from agent.device.fleet import Fleet
from agent.engine.records import changed

START: Instant = 1_791_288_000_000
REPORTS = 1_000
LONGEST_MS = 20.0  # so long one command may keep others waiting
TRIES = 5  # of which the best counts
# command and the most milliseconds it may take
SHOWS: tuple[tuple[str, float], ...] = (
    ("show license tech support", 5.0),
    ("show license all", LONGEST_MS),
    ("show license rum id all", LONGEST_MS),
    ("show license rum id all detail", LONGEST_MS),
    ("show license eventlog", LONGEST_MS),
    ("show running-config", LONGEST_MS),
    ("show interfaces", LONGEST_MS),
    ("show logging", LONGEST_MS),
    ("show version", LONGEST_MS),
)
PASTED = 10_000
PRINTING = ("show running-config", "show archive config differences")


def show() -> list[Figure]:
    """Each command on a device that holds a thousand reports, whole output, best of some."""
    session = _session(REPORTS)
    now = START + 2 * DAY
    figures = []
    for command, target in SHOWS:
        best = float("inf")
        for _ in range(TRIES):
            started = time.process_time()
            answer = session.feed(command + "\r", now)
            best = min(best, time.process_time() - started)
        if "%" in answer.split("\r\n")[1][:2] or len(answer) < 200:
            raise RuntimeError(f"{command!r} is not understood, nothing was measured: {answer}")
        what = f"{command}, {REPORTS:,} reports"
        figures.append(Figure(what, best * 1000, "ms", target))
    return figures


def paste() -> list[Figure]:
    """A configuration of ten thousand lines, pasted; the figure of one line is what others wait."""
    session = _session(0)
    lines = [f"ip host h{n} 10.{n // 62500}.{n // 250 % 250}.{n % 250 + 1}" for n in range(PASTED)]
    session.feed("configure terminal\r", START)
    started = time.process_time()
    longest = 0.0
    for line in lines:
        began = time.process_time()
        if "%" in session.feed(line + "\r", START):
            raise RuntimeError(f"{line!r} was refused, nothing was measured")
        longest = max(longest, time.process_time() - began)
    seconds = time.process_time() - started
    return [
        Figure(f"{PASTED:,} configuration lines pasted", seconds, "s"),
        Figure("the longest of these lines", longest * 1000, "ms", LONGEST_MS),
        *_printed(session),
    ]


def _printed(session: CliSession) -> list[Figure]:
    """What prints that configuration, as a lab does it: others wait for the longest slice."""
    session.feed("end\r", START)
    session.in_turns = True
    figures = []
    for command in PRINTING:
        seconds, longest = 0.0, float("inf")
        for _ in range(TRIES):
            session.feed(command + "\r", START)
            if session.call is None:
                raise RuntimeError(f"{command!r} is not made in slices, nothing was measured")
            times = _sliced(session)
            seconds, longest = sum(times), min(longest, max(times))
        figures += [
            Figure(f"{command} of them", seconds, "s"),
            Figure("the longest of its slices", longest * 1000, "ms", LONGEST_MS),
        ]
    return figures


def _sliced(session: CliSession) -> list[float]:
    """The seconds of each piece of work, those that print included."""
    times = []
    while session.call is not None:
        slices, made = session.call.arguments[SLICES], False
        while not made:
            began = time.process_time()
            try:
                next(slices)
            except StopIteration as end:
                made = True
                session.resume(end.value, START)
            times.append(time.process_time() - began)
    return times


def _session(reports: int) -> CliSession:
    """A privileged session, pager off, on a device with so many reports."""
    device = new_device("sw1", MODEL, Release.parse(RELEASE), "FOC0000EMUB")
    device.boot(START)
    fleet = Fleet()
    fleet.add(device)
    fleet.run_until(START + 10 * MINUTE)
    held = device.agent.state.reports
    for number in range(reports - len(held)):
        newest = held[max(held)]
        opened = newest.opened + DAY
        held[newest.report_id + 1] = changed(
            newest, report_id=newest.report_id + 1, opened=opened, closed=opened + DAY + number
        )
    session = CliSession(device, Line())
    session.start(START)
    session.feed("\renable\rterminal length 0\r", START)
    return session
