"""Asks the NTP servers that devices are configured with, over UDP.

Each server is asked at once and then every 64 seconds of real time, by SNTP. What it says is how
far its clock is ahead of this host's; the lab's may stand anywhere, the device adds that to it.
The device hears of the first answer, of one that differs, and of a server that has been silent for
eight polls. A lab whose `ntp_port` is 0 sends nothing: there the names of the lab answer.
Source: docs/sources.md, entry ntp-sync.
"""

from __future__ import annotations

import asyncio
import ipaddress

from agent.adapters.dns import Resolver
from agent.adapters.timeline import Timeline
from agent.device.config import resolution
from agent.device.device import Device
from agent.device.inputs import Heard
from agent.device.timekeeping import STEP, servers

POLL_SECONDS = 64.0
PATIENCE_SECONDS = 2.0
SILENT_AFTER = 8  # polls: the register of reachability has as many bits
_SERVER_MODE, _UNSYNCHRONISED, _FARTHEST = 4, 3, 15
Servers = tuple[tuple[str, str | None], ...]  # with the VRF of each


class TimeAsker:
    """One for all devices of a lab."""

    def __init__(self, timeline: Timeline, resolver: Resolver, port: int) -> None:
        self._timeline = timeline
        self._resolver = resolver
        self._port = port
        self._asking: dict[str, tuple[Servers, asyncio.Task[None]]] = {}  # by the device's name

    def follow(self, device: Device) -> None:
        """The device starts, or its configuration is another one."""
        wanted = servers(device.datastore.running)
        known, task = self._asking.get(device.name, ((), None))
        if wanted == known:
            return
        if task is not None:
            task.cancel()
        loop = asyncio.get_running_loop()
        silence = {server: SILENT_AFTER - 1 for server, _ in wanted}
        first = loop.create_task(self._ask(device, wanted, silence))
        self._timeline.begin()  # a clock that is moved waits for the first answers
        first.add_done_callback(lambda done: self._timeline.end())
        task = loop.create_task(self._go_on(device, wanted, silence, first))
        self._asking[device.name] = wanted, task

    async def close(self) -> None:
        """Ask no more."""
        tasks = [task for _, task in self._asking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _go_on(
        self, device: Device, wanted: Servers, silence: dict[str, int], first: asyncio.Task[None]
    ) -> None:
        await first
        for server, _ in device.timekeeping.heard:
            if server not in dict(wanted):
                self._tell(device, server, None)
        while wanted:
            await asyncio.sleep(POLL_SECONDS)
            await self._ask(device, wanted, silence)

    async def _ask(self, device: Device, wanted: Servers, silence: dict[str, int]) -> None:
        """Ask each server once; `silence` counts the polls that each has left unanswered."""
        heard = await asyncio.gather(*(self._heard(device, *row) for row in wanted))
        for (server, _), found in zip(wanted, heard, strict=True):
            silence[server] = 0 if found is not None else silence[server] + 1
            if found is not None or silence[server] >= SILENT_AFTER:
                self._tell(device, server, found)

    def _tell(self, device: Device, server: str, found: Heard | None) -> None:
        known = device.timekeeping.of(server)
        if known is None and found is None:
            return
        if known is not None and found is not None and _alike(known, found):
            return
        device.hear_time(server, found, self._timeline.present())
        self._timeline.touched(device)

    async def _heard(self, device: Device, server: str, vrf: str | None) -> Heard | None:
        names = resolution(device.datastore.running, vrf)
        at = await self._resolver.resolve(server, names)
        if at is None:
            return None
        return await asyncio.to_thread(_request, at.host, at.port or self._port)


def _alike(one: Heard, other: Heard) -> bool:
    """Does nothing but the jitter differ?"""
    same = (one.stratum, one.reference) == (other.stratum, other.reference)
    return same and abs(one.offset_ms - other.offset_ms) < STEP


def _request(host: str, port: int) -> Heard | None:
    """One SNTP exchange; None without an answer that can be used."""
    import ntplib

    try:
        found = ntplib.NTPClient().request(host, 4, port, PATIENCE_SECONDS)
        stratum, mode, leap = int(found.stratum), int(found.mode), int(found.leap)
        of_ours = 0 <= found.dest_time - found.orig_time <= PATIENCE_SECONDS
        offset, delay = round(found.offset * 1000), round(found.delay * 1_000_000)
    except (ntplib.NTPException, OSError, ValueError, OverflowError):
        return None
    usable = mode == _SERVER_MODE and leap != _UNSYNCHRONISED and 0 < stratum <= _FARTHEST
    if not (usable and of_ours):
        return None
    return Heard(
        offset,
        stratum,
        _reference(int(found.ref_id), stratum),
        max(delay, 0),
        round(found.root_delay * 1_000_000),
        round(found.root_dispersion * 1_000_000),
    )


def _reference(ref_id: int, stratum: int) -> str:
    """A word such as GPS behind stratum 1, else the address of the server's own server."""
    if stratum > 1:
        return str(ipaddress.IPv4Address(ref_id))
    text = ref_id.to_bytes(4, "big").rstrip(b"\0").decode("ascii", "replace")
    return text if text.isalnum() else "LOCL"
