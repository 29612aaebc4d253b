"""Which port NETCONF of each device has: the one of its plan, or the lab's usual one.

The usual one opens once `netconf-yang` is configured; nothing of NETCONF is loaded before, so a
device that never has it costs nothing. A usual port that is in use does not stop a lab that did
not ask for it: standard error says so.
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
            elif base is not None and get(device.datastore.running, _NETCONF_YANG):
                await self._usual(device, base + place)
            elif base is not None:
                device.changed = self._watching(device.changed, base + place)

    def _watching(self, told: Callable[[Device], None], port: int) -> Callable[[Device], None]:
        """What to do on each change of a device that has no NETCONF yet."""
        waits = True

        def changed(device: Device) -> None:
            nonlocal waits
            told(device)
            if waits and get(device.datastore.running, _NETCONF_YANG):
                waits = False
                task = asyncio.get_running_loop().create_task(self._usual(device, port))
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)

        return changed

    async def _usual(self, device: Device, port: int) -> None:
        try:
            await self._listen(device, Listen(LOOPBACK, port))
        except InputError as error:
            print(f"NETCONF does not answer: {error}", file=sys.stderr)

    async def _listen(self, device: Device, at: Listen) -> None:
        from agent.adapters.netconf import NetconfFront

        lab = self._lab
        if lab.netconf is None:
            lab.netconf = NetconfFront(lab, lab.state.path if lab.state else None)
        lab.netconf_endpoints[device.name] = await lab.netconf.listen(device, at)
