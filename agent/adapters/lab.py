"""A lab at work: its clock, its devices and counterparts, who listens, who is logged in.

Order of a start: devices are made or resumed, counterparts open, listeners open, then time runs.
`slp console` shows its prompt before the counterparts are up; until `run` no deadline is played
and no request leaves. `answer` and `control` carry out what sessions and the control socket ask.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agent.adapters.birth import born
from agent.adapters.bugs import show
from agent.adapters.dns import Address, Resolver, literal
from agent.adapters.lab_texts import clock_text, lab_status, status_text
from agent.adapters.netconf_ports import NetconfPorts
from agent.adapters.plan import LabPlan, Listen
from agent.adapters.timeline import Timeline
from agent.cli.reply import LabCall
from agent.core.clock import DAY, Instant, RatedClock
from agent.core.dates import clock_line
from agent.core.errors import InputError
from agent.device.device import Device
from agent.device.fleet import Node
from agent.device.timekeeping import Timekeeping

if TYPE_CHECKING:
    from agent.adapters.device_http import HttpFront
    from agent.adapters.disk import StateFolder
    from agent.adapters.http import HttpLink
    from agent.adapters.netconf import NetconfFront
    from agent.adapters.ntp import TimeAsker
    from agent.adapters.servers import Server
    from agent.adapters.ssh import SshFront
    from agent.adapters.terminal import Terminal
    from agent.adapters.transfer import Outside
    from agent.cli.replay import Recording
    from counterparts.cssm import Cssm

LONGEST_ADVANCE = 100 * 366 * DAY
FASTEST_RATE = 1_000_000
CLOCK = "clock"  # the key of the clock's instant in the state folder


class Lab:
    """One lab in one process. Made inside a running event loop."""

    def __init__(self, plan: LabPlan, present: Instant, state: StateFolder | None = None) -> None:
        """`present` is the instant to start at where neither plan nor state names one."""
        self.plan, self.state = plan, state
        start = present if plan.start is None else plan.start
        if state is not None:
            start = max(state.lab.get(CLOCK, start), state.last_instant())
        loop = asyncio.get_running_loop()
        self.timeline = Timeline(RatedClock(start, loop.time, plan.rate), self._faulty)
        self.devices: dict[str, Device] = {}
        self.faults: dict[int, str] = {}  # nodes that a bug of ours took out of time, by their id
        self.servers: dict[str, Server] = {}
        self.endpoints: dict[str, Listen] = {}  # where each device's SSH listens
        # called with each device that reloads, after its sessions have ended
        self.reloaded: list[Callable[[Device], None]] = []
        self._link: HttpLink | None = None
        self._outside: Outside | None = None
        self._asker: TimeAsker | None = None
        self.front: SshFront | None = None
        self.netconf: NetconfFront | None = None
        self.netconf_endpoints: dict[str, Listen] = {}
        self.http: HttpFront | None = None
        self.restconf_endpoints: dict[str, Listen] = {}
        self.http_endpoints: dict[str, Listen] = {}
        self._terminals: dict[str, list[Terminal]] = {}
        self._runner: asyncio.Task[None] | None = None
        self.recordings: dict[str, Recording] = {}  # of devices that replay one

    # --- start and stop -------------------------------------------------------------------------

    def make_devices(self) -> None:
        """Make and start the devices, or resume them from the state folder. Raises InputError."""
        anchors, network = self._anchors(), self.plan.network
        time = Timekeeping(networked=True) if network.ntp_port else Timekeeping(network.known)
        now = self.timeline.now()
        self._read_recordings()
        for plan in self.plan.devices:
            device = self._resumed(plan.name) if self.state else None
            if device is None:
                device = born(plan, self.plan.seed, anchors, time, now)
                if self.state:
                    self.state.keep(device)
            elif (device.model, _first_release(device)) != (plan.platform, plan.release):
                raise InputError(
                    f"device {plan.name} of the state folder is a {device.model} with "
                    f"{device.release}, the lab wants a {plan.platform} with {plan.release}; "
                    "name another folder or another device"
                )
            self.devices[plan.name] = device
            self.timeline.join(device)
            device.changed = self.timeline.touched
            device.announce = self._announce
            device.restarted = self._restarted

    def _resumed(self, name: str) -> Device | None:
        assert self.state is not None
        return self.state.load(name, lambda bug: show(f"device {name} met a bug, and goes on", bug))

    def _read_recordings(self) -> None:
        """Read what the plan names, each once. Raises InputError."""
        wanted = {plan.replay for plan in self.plan.devices if plan.replay is not None}
        if not wanted:
            return
        from agent.adapters.replay import read_recording

        read = {path: read_recording(path) for path in sorted(wanted)}
        self.recordings = {p.name: read[p.replay] for p in self.plan.devices if p.replay}

    def _anchors(self) -> tuple[str, ...]:
        """The roots of every CSSM of the lab, known from their seeds before they are open."""
        from counterparts.pki import make_authority

        names = [c.name for c in self.plan.counterparts if c.kind == "cssm"]
        return tuple(
            anchor
            for name in names
            for anchor in make_authority(counterpart_seed(self.plan, name)).anchors
        )

    async def open_counterparts(self) -> None:
        """Open the counterparts, those that others forward to first. Raises InputError."""
        from agent.adapters.servers import open_server

        for plan in sorted(self.plan.counterparts, key=lambda c: c.forward is not None):
            forward = self.servers[plan.forward].url if plan.forward else None
            seed = counterpart_seed(self.plan, plan.name)
            self.servers[plan.name] = await open_server(self, plan, seed, forward)

    async def open_listeners(self) -> None:
        """Open SSH, NETCONF and HTTP where a device has it. Raises InputError for a port in use."""
        await self._open_http()
        await NetconfPorts(self).open()
        wanted = [(plan.name, plan.ssh) for plan in self.plan.devices if plan.ssh is not None]
        if not wanted:
            return
        from agent.adapters.ssh import SshFront

        self.front = SshFront(self, self.state.path if self.state else None)
        for name, at in wanted:
            self.endpoints[name] = await self.front.listen(self.devices[name], at)

    async def _open_http(self) -> None:
        if not any(plan.restconf or plan.http for plan in self.plan.devices):
            return
        from agent.adapters.device_http import HttpFront

        self.http = HttpFront(self, self.state.path if self.state else None)
        for plan in self.plan.devices:
            device = self.devices[plan.name]
            if plan.restconf is not None:
                at = await self.http.listen(device, plan.restconf, tls=True)
                self.restconf_endpoints[plan.name] = at
            if plan.http is not None:
                at = await self.http.listen(device, plan.http, tls=False)
                self.http_endpoints[plan.name] = at

    def web_of(self, name: str) -> str:
        """Where a device's HTTPS server is, as `https://address:port`; empty without one."""
        at = self.restconf_endpoints.get(name)
        if at is None:
            return ""
        host = f"[{at.address}]" if ":" in at.address else at.address
        return f"https://{host}:{at.port}"

    def run(self) -> None:
        """Everything answers now: plug the devices in and let time run."""
        from agent.adapters.http import HttpLink
        from agent.adapters.ntp import TimeAsker
        from agent.adapters.transfer import Outside

        resolver = Resolver(self._hosts(), self.plan.network.dns_port)
        self._link = HttpLink(self.timeline, resolver)
        known, anchors = self._known_addresses, self._anchors()
        self._outside = Outside(resolver, known, anchors, self.timeline.now)
        if self.plan.network.ntp_port:
            self._asker = TimeAsker(self.timeline, resolver, self.plan.network.ntp_port)
        for device in self.devices.values():
            device.link = self._link
            device.resend()
            if self._asker is not None:
                device.ask_time = self._asker.follow
                self._asker.follow(device)
        self.timeline.ready.set()
        self._runner = asyncio.get_running_loop().create_task(self.timeline.run())
        self._runner.add_done_callback(_clock_ended)

    async def close(self) -> None:
        """A clean stop, in the reverse order; what is on disk is complete afterwards."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
        for front in (self.front, self.http, self.netconf):
            if front is not None:
                await front.close()
        if self._asker is not None:
            await self._asker.close()
        if self._link is not None:
            await self._link.close()
        for server in reversed(self.servers.values()):
            await server.close()
        if self.state is not None:
            self._keep_clock()
            self.state.close()

    def _hosts(self) -> dict[str, str | Address]:
        """The lab's names: those of the plan, where the name of a counterpart stands for it.

        The only counterpart of a kind also has the name that devices know it by.
        """
        from agent.adapters.servers import CALL_HOME, SMART_RECEIVER

        places = {name: server.place for name, server in self.servers.items()}
        given = self.plan.network.hosts
        hosts: dict[str, str | Address] = {n: places.get(to, to) for n, to in given.items()}
        known = (("cslu", "cslu-local"), ("cssm", SMART_RECEIVER), ("cssm", CALL_HOME))
        for kind, known_as in known:
            found = [server.place for server in self.servers.values() if server.kind == kind]
            if len(found) == 1:
                hosts.setdefault(known_as, found[0])
        return hosts

    def _known_addresses(self) -> frozenset[str]:
        """The addresses that answer a ping: those of the counterparts and of the lab's names."""
        found = self._hosts().values()
        return frozenset(at.host if isinstance(at, Address) else literal(at).host for at in found)

    def _faulty(self, node: Node, fault: Exception) -> None:
        """A bug of ours in one node: it is shown, that node's time stands, the others go on."""
        self.faults[id(node)] = f"{type(fault).__name__}: {fault}"
        show(f"{node!r} is stopped", fault)

    # --- what devices and sessions need -----------------------------------------------------------

    def terminals(self, device: Device) -> list[Terminal]:
        """The lines of this device that are in use."""
        return self._terminals.setdefault(device.name, [])

    def reload(self, device: Device, reason: str) -> None:
        """Reload a device: its sessions end, then it starts again."""
        device.reload(self.timeline.present(), reason)
        self._has_reloaded(device)

    def _restarted(self, device: Device) -> None:
        """A planned reload: sessions end once the device has done what it is at."""
        asyncio.get_running_loop().call_soon(self._has_reloaded, device)

    def _announce(self, device: Device, text: str) -> None:
        """A text for everybody who is logged in."""
        for terminal in tuple(self.terminals(device)):
            terminal.announce(text)

    def _has_reloaded(self, device: Device) -> None:
        for terminal in tuple(self.terminals(device)):
            if not terminal.line.is_console:
                terminal.hang_up()
        for told in self.reloaded:
            told(device)

    async def answer(self, call: LabCall) -> Any:
        """Carry out what a session asked; returns the text to print, or what `call.then` takes."""
        if call.then is not None:
            await self.timeline.ready.wait()
            assert self._outside
            return await self._outside.answer(call)
        try:
            found = await self.control({"do": call.request, **call.arguments})
        except InputError as error:
            return f"% {error}"
        if call.request == "status":
            return status_text(found)
        return clock_text(found) if call.request == "clock.show" else ""

    async def control(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out a request of the control socket or of a session. Raises InputError."""
        match request.get("do"):
            case "clock.advance":
                await self._advance(_number(request, "ms", 0, LONGEST_ADVANCE))
                return self.clock()
            case "clock.rate":
                self.timeline.set_rate(_number(request, "rate", 0, FASTEST_RATE))
                return self.clock()
            case "clock.show":
                return self.clock()
            case "status":
                return lab_status(self)
            case "behave":
                return self._behave(str(request.get("name")), str(request.get("script")))
            case str(word) if word.startswith("cssm."):
                from agent.adapters.portal import carry_out

                return carry_out(self, request)
            case str(word) if word.startswith("cslu."):
                from agent.adapters import collecting

                return await collecting.carry_out(self, request)
            case other:
                raise InputError(
                    f"{other!r} is not a request",
                    allowed="clock.advance, clock.rate, clock.show, status, behave, stop, "
                    "cssm...., cslu....",
                )

    async def _advance(self, ms: float) -> None:
        """Move the clock, at most a day at a time, so that a state folder never lags further."""
        left = int(ms)
        while True:
            await self.timeline.advance(min(left, DAY))
            self._keep_clock()
            left -= DAY
            if left <= 0:
                return

    def _behave(self, name: str, script: str) -> dict[str, Any]:
        """Let a counterpart misbehave from now on; see counterparts/scripts.py."""
        from counterparts.scripts import read_script

        if name not in self.servers:
            allowed = ", ".join(self.servers)
            raise InputError(f"{name!r} is no counterpart of this lab", allowed=allowed)
        self.servers[name].node.core.script = read_script(script)
        return {"name": name, "script": script}

    def _keep_clock(self) -> None:
        if self.state is not None:
            self.state.write_lab({**self.state.lab, CLOCK: self.timeline.now()})

    def clock(self) -> dict[str, Any]:
        """The present instant, in words too, and the rate."""
        now = self.timeline.now()
        return {"now": now, "date": clock_line(now), "rate": self.timeline.rate}

    def cssm(self, name: str | None) -> Cssm:
        """The core of a CSSM of this lab, the only one where none is named. Raises InputError."""
        from agent.adapters.portal import chosen
        from counterparts.cssm import Cssm

        cores = {name: server.node.core for name, server in self.servers.items()}
        return chosen({n: core for n, core in cores.items() if isinstance(core, Cssm)}, name)

    def now(self) -> Instant:
        """The lab's instant."""
        return self.timeline.present()

    def device(self, name: str) -> Device | None:
        """A device by its name."""
        return self.devices.get(name)


def _clock_ended(runner: asyncio.Task[None]) -> None:
    if not runner.cancelled() and isinstance(bug := runner.exception(), Exception):
        show("the clock stands", bug)


def counterpart_seed(plan: LabPlan, name: str) -> str:
    """The seed of a counterpart: the lab's, told apart by name."""
    return f"{plan.seed}|{name}"


def _first_release(device: Device) -> str:
    """The release it was made with; another one may have been installed since."""
    return device.agent.state.first_release or str(device.release)


def _number(request: Mapping[str, Any], key: str, least: float, most: float) -> float:
    value = request.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise InputError(f"{key} {value!r} cannot be used", allowed=f"{least} to {most}")
    return value
