"""Labs on free ports of loopback, in this process, and a person's SSH session to their devices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncssh

from agent.adapters.lab import Lab
from agent.adapters.plan import LOOPBACK, CounterpartPlan, DevicePlan, LabPlan, Listen

START = 1_791_288_000_000  # 2026-10-06 12:00:00 UTC
ANY = Listen(LOOPBACK, 0)
PATIENCE = 10.0


def plan(*devices: DevicePlan, seed: str = "1", rate: float = 1.0) -> LabPlan:
    """A lab of these devices with a CSLU and a CSSM."""
    return LabPlan(
        seed=seed,
        start=START,
        rate=rate,
        counterparts=(
            CounterpartPlan("cssm", "cssm", ANY),
            CounterpartPlan("cslu", "cslu", ANY, forward="cssm"),
        ),
        devices=devices,
    )


def switch(name: str = "sw", *config: str, serial: str = "FOC0000EMU1") -> DevicePlan:
    return DevicePlan(name, "C9300-24T", "17.12.4", serial, ssh=ANY, config=config)


async def opened(lab: Lab) -> Lab:
    """Start all of a lab."""
    lab.make_devices()
    await lab.open_counterparts()
    await lab.open_listeners()
    lab.run()
    return lab


class Person:
    """Somebody at an SSH session: types, and reads until something is there."""

    def __init__(self, process: asyncssh.SSHClientProcess) -> None:
        self.process = process
        self.seen = ""

    async def until(self, wanted: str) -> str:
        """Read up to and including `wanted`; returns what came."""
        async with asyncio.timeout(PATIENCE):
            while wanted not in self.seen:
                chunk = await self.process.stdout.read(65536)
                if not chunk:
                    raise EOFError(f"closed; wanted {wanted!r}, saw {self.seen!r}")
                self.seen += chunk
        read, _, self.seen = self.seen.partition(wanted)
        return read + wanted

    async def says(self, line: str, prompt: str = "#") -> str:
        """Type a line; returns what is printed between its echo and the next prompt."""
        self.process.stdin.write(line + "\r")
        await self.until("\r\n")
        return (await self.until(prompt)).rpartition("\r\n")[0]

    async def gone(self) -> str:
        """Read to the end of the session."""
        async with asyncio.timeout(PATIENCE):
            while chunk := await self.process.stdout.read(65536):
                self.seen += chunk
        return self.seen


def knock(host: str, port: int, **login: Any):
    """Connect by SSH with nothing of this machine: no keys, agent, settings or known hosts."""
    options = {"username": "admin", "preferred_auth": "password", **login}
    nothing: dict[str, Any] = {"known_hosts": None, "client_keys": None, "agent_path": None}
    return asyncssh.connect(host, port, config=None, gss_host=None, **nothing, **options)


def client(lab: Lab, name: str = "sw", user: str = "admin", password: str = "admin"):
    """Connect to a device of the lab."""
    at = lab.endpoints[name]
    return knock(at.address, at.port, username=user, password=password)


@asynccontextmanager
async def person(lab: Lab, name: str = "sw", **login: str) -> AsyncIterator[Person]:
    """A shell with a terminal of 24 lines on a device, at its prompt."""
    async with client(lab, name, **login) as connection:
        process = await connection.create_process(term_type="vt100", term_size=(80, 24))
        somebody = Person(process)
        await somebody.until("#")
        yield somebody
