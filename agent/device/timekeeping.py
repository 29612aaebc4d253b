"""NTP: a server that answers makes the calendar the lab's time, and the clock authoritative.

A server answers where the lab's table of names knows it, by name or address, or where it is on
loopback; `ntp master` takes the device's own clock. The first preferred one that answers is taken,
some time after it was configured or the device started; it is left when it is not configured any
more. A calendar that was set otherwise is then set right in one step.
Source: docs/sources.md, entry ntp-sync.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.core.clock import SECOND, Instant
from agent.core.dates import config_date
from agent.device.inputs import Job
from agent.engine.events import ClockChanged
from yang.tree import EMPTY, Rows, Tree, get

if TYPE_CHECKING:
    from agent.device.device import Device

SYNCHRONISES = "ntp synchronises"  # the name of such a job; all others are messages
OWN_CLOCK = "127.127.1.1"  # source: ntp-sync (what `ntp master` has for a peer)
# assumed: how long the first good answers take, without and with `iburst`
TAKES, BURST_TAKES = 64 * SECOND, 8 * SECOND


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """`known` are the names and addresses that answer; `peer` is empty while not synchronised."""

    known: tuple[str, ...] = ()
    peer: str = ""
    since: Instant = 0


ALONE = Timekeeping()  # of a device that knows no server


def follow(device: Device, now: Instant) -> None:
    """The configuration is another one, or the device starts: look for a server."""
    kept = device.timekeeping
    wanted, burst = _wanted(device.datastore.running, kept.known)
    under_way = [job for job in device.jobs if job.mnemonic == SYNCHRONISES]
    if wanted == kept.peer or (under_way and under_way[0].fields["peer"] == wanted):
        return
    device.timekeeping = replace(kept, peer="")
    others = [job for job in device.jobs if job.mnemonic != SYNCHRONISES]
    if wanted:
        due = now + (BURST_TAKES if burst else TAKES)
        others.append(Job(due, SYNCHRONISES, {"peer": wanted}))
    device.jobs = tuple(sorted(others, key=lambda job: job.due))


def synchronised(device: Device, peer: str, now: Instant) -> None:
    """The server has answered often enough: its time is the device's."""
    device.timekeeping = replace(device.timekeeping, peer=peer, since=now)
    root = device.datastore.running
    if get(root, ("native", "ntp", "logging")):
        device.write_log("NTP.PEERSYNC", {"peer": peer}, now)
    offset = device.clock_offset_ms
    if offset and peer != OWN_CLOCK:
        set_calendar(device, 0, "NTP", now)
    authoritative(device, now)


def set_calendar(device: Device, offset_ms: Instant, source: str, now: Instant) -> None:
    """The calendar shows so much more than the lab's time; the agent hears of it."""
    old = config_date(device.local_time(now), device.zone)
    device.clock_offset_ms = offset_ms
    new = config_date(device.local_time(now), device.zone)
    device.write_log("SYS.CLOCKUPDATE", {"old": old, "new": new, "source": source}, now)
    device.write_log("SMART_LIC.SYSTEM_CLOCK_CHANGED", {}, now)
    device.tell(ClockChanged(offset_ms), now)


def authoritative(device: Device, now: Instant) -> None:
    """Somebody vouches for the clock from now on."""
    if not device.clock_authoritative:
        device.clock_authoritative = True
        device.write_log("PKI.AUTHORITATIVE_CLOCK", {}, now)


def source_of(device: Device) -> str:
    """Where the time is from, as `show clock detail` has it."""
    if device.timekeeping.peer:
        return "NTP"
    return "user configuration" if device.clock_authoritative else ""


def _wanted(root: Tree, known: tuple[str, ...]) -> tuple[str, bool]:
    """The server to follow and whether it is asked in bursts; empty where none answers."""
    rows = [(name, row) for name, row in _servers(root) if _answers(name, known)]
    rows.sort(key=lambda found: not found[1].get("prefer"))
    if rows:
        name, row = rows[0]
        return name, bool(row.get("iburst-opt"))
    own = get(root, ("native", "ntp", "master")) is not None
    return (OWN_CLOCK, False) if own else ("", False)


def _servers(root: Tree) -> Iterator[tuple[str, Tree]]:
    here: Tree = get(root, ("native", "ntp", "server"), EMPTY)
    yield from here.get("server-list", Rows()).items()
    for table in here.get("vrf", Rows()).values():
        yield from table.get("server-list", Rows()).items()


def _answers(server: str, known: tuple[str, ...]) -> bool:
    if server in known:
        return True
    try:
        return ipaddress.ip_address(server).is_loopback
    except ValueError:
        return False
