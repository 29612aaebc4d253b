"""Which port NETCONF of each device has: the one of its plan, or the lab's usual one.

The usual one opens once `netconf-yang` is configured; nothing of NETCONF is loaded before, so a
device that never has it costs nothing. `netconf-yang ssh port` moves it; a port that the plan names
stays. A usual port that is in use does not stop a lab that did not ask for it: standard error says
so.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.adapters.plan import LOOPBACK, Listen
from agent.core.errors import InputError
from agent.device.device import Device
from yang.tree import Path, get

if TYPE_CHECKING:
    from agent.adapters.lab import Lab

_NETCONF_YANG: Path = ("native", "netconf-yang")
_SSH_PORT: Path = ("emulator", "netconf-yang", "ssh", "port")


class NetconfPorts:
    """The NETCONF ports of a lab."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._opening: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Open what the plan names. Raises InputError for a port in use."""
        base = self._lab.plan.netconf_base
        for place, plan in enumerate(self._lab.plan.devices):
            device = self._lab.devices[plan.name]
            if plan.netconf is not None:
                await self._listen(device, plan.netconf)
            elif base is not None:
                there = bool(get(device.datastore.running, _NETCONF_YANG))
                if there:
                    await self._usual(device, base + place)
                device.changed = self._watching(device.changed, base + place, there)

    def _watching(
        self, told: Callable[[Device], None], port: int, there: bool
    ) -> Callable[[Device], None]:
        """What to do on each change of a device; `there` once it has had NETCONF."""

        def changed(device: Device) -> None:
            nonlocal there
            told(device)
            if not there and get(device.datastore.running, _NETCONF_YANG):
                there = True
                task = asyncio.get_running_loop().create_task(self._usual(device, port))
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)
            elif there:
                self._follow(device, port)

        return changed

    def _follow(self, device: Device, port: int) -> None:
        """Move to where `netconf-yang ssh port` says, or back."""
        lab, wanted = self._lab, _port_of(device, port)
        at = lab.netconf_endpoints.get(device.name)
        if at is None or lab.netconf is None or at.port == wanted:
            return
        try:
            lab.netconf_endpoints[device.name] = lab.netconf.move(device, wanted)
        except InputError as error:
            print(f"NETCONF stays on port {at.port}: {error}", file=sys.stderr)

    async def _usual(self, device: Device, port: int) -> None:
        try:
            await self._listen(device, Listen(LOOPBACK, _port_of(device, port)))
        except InputError as error:
            print(f"NETCONF does not answer: {error}", file=sys.stderr)

    async def _listen(self, device: Device, at: Listen) -> None:
        from agent.adapters.netconf import NetconfFront

        lab = self._lab
        if lab.netconf is None:
            lab.netconf = NetconfFront(lab, lab.state.path if lab.state else None)
        lab.netconf_endpoints[device.name] = await lab.netconf.listen(device, at)


def _port_of(device: Device, usual: int) -> int:
    return int(get(device.datastore.running, _SSH_PORT, usual))
