"""NTP: a server that answers sets the calendar, and makes the clock authoritative.

In a lab each configured server is asked over the network (`agent.adapters.ntp`), and what it says
arrives as TimeHeard: how far its clock is ahead of this host's. The calendar then is the lab's time
and that much more, wherever the lab's clock was moved to. A device without a network takes the
servers of `known` and those on loopback to answer with its own time; `ntp master` takes the
device's own clock. The first preferred one that answers is taken, some time after it was configured
or the device started; it is left when it is not configured or answers no more. A calendar that is
off by more than an eighth of a second is set in one step.
Source: docs/sources.md, entry ntp-sync.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.core.clock import SECOND, Instant
from agent.core.dates import config_date
from agent.device.inputs import Heard, Job, TimeHeard
from agent.engine.events import ClockChanged
from yang.tree import EMPTY, Rows, Tree, get

if TYPE_CHECKING:
    from agent.device.device import Device

SYNCHRONISES = "ntp synchronises"  # the name of such a job; all others are messages
OWN_CLOCK = "127.127.1.1"  # source: ntp-sync (what `ntp master` has for a peer)
# assumed: how long the first good answers take, without and with `iburst`
TAKES, BURST_TAKES = 64 * SECOND, 8 * SECOND


# source: ntp-sync (a smaller offset is slewed away; here it stays)
STEP = 128


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """`known` are the names and addresses that answer without a network, `heard` what servers said
    over it; `peer` is empty while not synchronised."""

    known: tuple[str, ...] = ()
    peer: str = ""
    since: Instant = 0
    networked: bool = False
    heard: tuple[tuple[str, Heard], ...] = ()

    def of(self, server: str) -> Heard | None:
        """What this server said last."""
        return dict(self.heard).get(server)


ALONE = Timekeeping()  # of a device that knows no server


def follow(device: Device, now: Instant) -> None:
    """The configuration is another one, or the device starts: look for a server."""
    kept = device.timekeeping
    if kept.networked:
        device.ask_time(device)
    wanted, burst = _wanted(device.datastore.running, kept)
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
    if peer != OWN_CLOCK:
        _set_right(device, device.timekeeping.of(peer), now)
    authoritative(device, now)


def time_heard(device: Device, given: TimeHeard, now: Instant) -> str:
    """A server told its time, or has fallen silent."""
    kept = device.timekeeping
    heard = {server: found for server, found in kept.heard if server != given.server}
    if given.heard is not None:
        heard[given.server] = given.heard
    device.timekeeping = replace(kept, heard=tuple(sorted(heard.items(), key=lambda row: row[0])))
    if given.heard is not None and kept.peer == given.server:
        _set_right(device, given.heard, now)
    follow(device, now)
    return ""


def servers(root: Tree) -> tuple[tuple[str, str | None], ...]:
    """The configured servers, each with its VRF, those of the global table first."""
    here: Tree = get(root, ("native", "ntp", "server"), EMPTY)
    own = [(name, None) for name in here.get("server-list", Rows())]
    tables: Rows = here.get("vrf", Rows())
    rest = [(n, vrf) for vrf, table in tables.items() for n in table.get("server-list", Rows())]
    return (*own, *rest)


def _set_right(device: Device, heard: Heard | None, now: Instant) -> None:
    offset = 0 if heard is None else heard.offset_ms
    if abs(offset - device.clock_offset_ms) >= (STEP if heard is not None else 1):
        set_calendar(device, offset, "NTP", now)


def set_calendar(device: Device, offset_ms: Instant, source: str, now: Instant) -> None:
    """The calendar shows so much more than the lab's time; the agent hears of it."""
    old = config_date(device.local_time(now), device.zone)
    device.datastore.keep_dates(device.clock_offset_ms - offset_ms)
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


def _wanted(root: Tree, kept: Timekeeping) -> tuple[str, bool]:
    """The server to follow and whether it is asked in bursts; empty where none answers."""
    rows = [(name, row) for name, row in _servers(root) if _answers(name, kept)]
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


def _answers(server: str, kept: Timekeeping) -> bool:
    if kept.networked:
        return kept.of(server) is not None
    if server in kept.known:
        return True
    try:
        return ipaddress.ip_address(server).is_loopback
    except ValueError:
        return False
