"""A lab on loopback with someone at the console of its device, for the tests of requirements.

Everything is real: HTTP on loopback, signatures, the counterparts and their records. Only time is
ours: the clock stands until `advance`. A tap on the link notes what was exchanged, no more.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from agent.adapters.lab import Lab
from agent.adapters.plan import CounterpartPlan, DevicePlan, LabPlan, Listen, NetworkPlan
from agent.adapters.terminal import Terminal
from agent.cli.session import Line
from agent.core.clock import DAY, HOUR, MINUTE, SECOND, Instant
from agent.device.device import Device
from agent.engine.actions import Send
from agent.engine.events import ReplyReceived, SendFailed
from agent.protocol.codec import read_licence_file
from agent.protocol.messages import LicenceFile, Request, UsageReport

__all__ = ["DAY", "HOUR", "MINUTE", "SECOND", "Desk", "open_desk"]

START: Instant = 1_791_288_000_000  # 2026-10-06 12:00:00 UTC
BASE = 49 * SECOND  # from the agent's start to the base of all first timers
FIRST_PUSH = BASE + 120 * SECOND
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Exchange:
    """One request of the device and what came of it."""

    at: Instant
    request: Request
    urls: tuple[str, ...]
    outcome: ReplyReceived | SendFailed

    @property
    def licence_files(self) -> tuple[LicenceFile, ...]:
        if isinstance(self.outcome, SendFailed):
            return ()
        return tuple(read_licence_file(text) for text in self.outcome.reply.licence_files)


class Desk:
    """The lab, the device and its console. `exchanges` holds all that the device sent."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.exchanges: list[Exchange] = []
        self._shown: list[str] = []
        (self.device,) = lab.devices.values()
        self._tap(self.device)
        self._console = Terminal(
            lab,
            self.device,
            Line(privilege=15),
            write=self._shown.append,
            hang_up=lambda: None,
            width=0,
            length=0,
        )
        self._console.open()

    def _tap(self, device: Device) -> None:
        link: Any = device.link
        carry = link.exchange

        async def noted(send: Send, names: object) -> ReplyReceived | SendFailed:
            at = self.lab.timeline.now()
            outcome: ReplyReceived | SendFailed = await carry(send, names)
            self.exchanges.append(Exchange(at, send.message, send.route.urls, outcome))
            return outcome

        link.exchange = noted

    @property
    def now(self) -> Instant:
        return self.lab.timeline.now()

    @property
    def reports(self) -> list[Exchange]:
        """The usage reports that a server took."""
        return [
            e
            for e in self.exchanges
            if isinstance(e.request, UsageReport) and isinstance(e.outcome, ReplyReceived)
        ]

    async def type(self, *lines: str) -> str:
        """Type lines; returns what the console showed, echo and prompts included."""
        del self._shown[:]
        for line in lines:
            self._console.feed(line + "\r")
            await self._console.answered()
        return "".join(self._shown)

    async def show(self, command: str) -> str:
        """What a command prints, without echo and prompt."""
        lines = (await self.type(command)).replace("\r", "").split("\n")
        return "\n".join(lines[1:-1])

    async def configure(self, *lines: str) -> str:
        """Type configuration lines; returns all that was shown."""
        return await self.type("configure terminal", *lines, "end")

    async def advance(self, ms: int) -> None:
        """Let so much time pass, every deadline on the way played."""
        await self.lab.control({"do": "clock.advance", "ms": ms})

    async def field(self, label: str, command: str = "show license status") -> str:
        """The text behind `label:` in a show command; fails where it is missing."""
        text = await self.show(command)
        found = re.search(rf"^\s*{re.escape(label)}:? *(.*)$", text, re.MULTILINE)
        assert found, f"no {label!r} in:\n{text}"
        return found[1].strip()


@asynccontextmanager
async def open_desk(
    platform: str = "C9300-24T",
    release: str = "17.12.4",
    *,
    config: tuple[str, ...] = (),
    cslu: Listen | None = None,
    hosts: dict[str, str] | None = None,
    dns_port: int = 53,
) -> AsyncIterator[Desk]:
    """A lab of one device, a CSLU and a CSSM; its clock stands at START.

    `hosts` are the lab's own names; without any, `cslu-local` leads to the CSLU. {} has no names.
    """
    plan = LabPlan(
        name="desk",
        start=START,
        rate=0,
        network=NetworkPlan({"cslu-local": "cslu"} if hosts is None else hosts, dns_port),
        counterparts=(
            CounterpartPlan("cssm", "cssm", Listen(LOOPBACK, 0)),
            CounterpartPlan("cslu", "cslu", cslu or Listen(LOOPBACK, 0), forward="cssm"),
        ),
        devices=(DevicePlan("switch-1", platform, release, "FOC0000EMU1", config=config),),
    )
    lab = Lab(plan, START)
    try:
        lab.make_devices()
        await lab.open_counterparts()
        lab.run()
        yield Desk(lab)
    finally:
        await lab.close()
