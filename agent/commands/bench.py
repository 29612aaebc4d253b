"""`slp bench`: what the emulator costs on this machine, beside the targets.

A measure is a function that returns rows; MEASURES names them all, and other modules may add to
it. Figures are of this run and this machine; where a target is a share of a floor, the floor is
measured in the same run.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from importlib import import_module

import click
from rich.console import Console
from rich.table import Table

from agent.commands.figures import FLEET_SIZE, MODEL, RELEASE, Figure
from agent.core.clock import DAY, Instant
from agent.core.release import Release
from agent.device.device import Device, new_device
from agent.device.fleet import Fleet

# 2026-10-06 12:00:00 UTC; any instant will do
START: Instant = 1_791_288_000_000
# command lines and the most microseconds each may take; the last is typed in configuration mode
LINES: tuple[tuple[str, float | None], ...] = (
    ("terminal width 80", 50.0),
    ("show clock", 50.0),
    ("show license status", None),
    ("show version", None),
    ("configure terminal", None),
    ("license smart usage interval 30", None),
)


def devices(count: int = FLEET_SIZE) -> list[Figure]:
    """Create and start `count` devices; the memory of one is the slope of the process's RSS."""
    kept = _booted(100)  # what all devices share is paid here
    gc.collect()
    before, started = _resident_kib(), time.perf_counter()
    kept += _booted(count)
    seconds = time.perf_counter() - started
    gc.collect()
    slope = (_resident_kib() - before) / count
    return [
        Figure(f"{count} devices created and started", seconds, "s", 1.5 * count / FLEET_SIZE),
        Figure("memory of one more idle device (RSS)", slope, "KiB", 20),
    ]


def year(days: int = 365) -> list[Figure]:
    """One device with its CSLU and CSSM in memory, from deadline to deadline."""
    from agent.commands.world import make_world

    world = make_world(START)
    started = time.perf_counter()
    steps = world.fleet.run_until(START + days * DAY)
    seconds = time.perf_counter() - started
    reporting = world.devices[0].agent.state.usage_reporting
    acknowledged = world.devices[0].agent.state.counters.acknowledged
    world.close()
    if reporting.last_ack_received is None:
        raise RuntimeError("no report was acknowledged in a whole year: nothing was measured")
    return [
        Figure(f"{days} days of one device, CSLU and CSSM", seconds, "s", days / 365),
        Figure("deadlines played", steps, ""),
        Figure("reports acknowledged", acknowledged, ""),
    ]


def line(count: int = 2000) -> list[Figure]:
    """One command line through a session: keys, parsing, dispatch and the handler's answer.

    Counted is the processor's time.
    """
    from agent.cli.line import Line
    from agent.cli.session import CliSession

    device = _booted(1)[0]
    session = CliSession(device, Line())
    session.start(START)
    session.feed("\renable\rterminal length 0\r", START)
    rows = []
    for text, target in LINES:
        answer = session.feed(text + "\r", START)
        if "%" in answer:
            raise RuntimeError(f"{text!r} is not understood, nothing was measured: {answer}")
        started = time.process_time()
        for _ in range(count):
            session.feed(text + "\r", START)
        micros = (time.process_time() - started) / count * 1e6
        rows.append(Figure(f"line {text!r}, keys to answer", micros, "µs", target))
    return rows


def _of(module: str, name: str) -> Callable[[], list[Figure]]:
    """A measure of another module, imported when it is wanted."""

    def measure() -> list[Figure]:
        found = import_module(f"agent.commands.{module}")
        figures: list[Figure] = getattr(found, name)()
        return figures

    return measure


MEASURES: dict[str, Callable[[], list[Figure]]] = {
    "year": year,
    "devices": devices,
    "line": line,
    "agent": _of("bench_agent", "agent"),
    "silent": _of("bench_agent", "silent"),
    "state": _of("bench_agent", "state"),
    "show": _of("bench_show", "show"),
    "paste": _of("bench_show", "paste"),
    "console": _of("bench_lab", "console"),
    "ssh": _of("bench_lab", "ssh"),
    "listeners": _of("bench_lab", "listeners"),
}


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def bench(names: tuple[str, ...]) -> None:
    """Measure speed and size on this machine, beside the targets.

    Without NAME all measures run, one after the other.
    """
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        known = ", ".join(MEASURES)
        raise click.BadParameter(f"{unknown[0]!r} is not a measure; allowed: {known}")
    console = Console()
    table = Table("measure", "figure", "target", "", title="slp bench")
    for column in (1, 2):
        table.columns[column].justify = "right"
    for name in names or tuple(MEASURES):
        with console.status(f"measuring {name}"):
            figures = MEASURES[name]()
        for figure in figures:
            table.add_row(*_cells(figure))
    console.print(table)


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    sign = "≥" if figure.at_least else "≤"
    target = "" if figure.target is None else f"{sign} {figure.target:g} {figure.unit}"
    verdict = {None: "", True: "met", False: "missed"}[figure.met]
    return figure.what, f"{figure.value:,.3g} {figure.unit}", target, verdict


def _booted(count: int) -> list[Device]:
    release = Release.parse(RELEASE)
    made = []
    fleet = Fleet()
    for number in range(count):
        device = new_device(f"sw{number}", MODEL, release, f"FOC{number:04d}EMUB")
        device.boot(START)
        fleet.add(device)
        made.append(device)
    fleet.run_until(START + 30_000)
    return made


def _resident_kib() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024
