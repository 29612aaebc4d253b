"""The pull client: goes to a product instance by its connect method, hands files over, collects.

Whoever collects (a CSLU, and whatever else works like one) says what is to be done as a DeviceCall;
`visit` does it and returns a value, for faults of the other side too. The four methods differ only
in how they speak; each is opened for one visit and closed again.
Sources: docs/sources.md, entries cslu-pull, smartlic-service, scp-server.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import aiohttp
import asyncssh

from counterparts.pull import DeviceAnswered, DeviceCall, DeviceFailed
from counterparts.repository import PulledInstance

VISIT_SECONDS = 60.0
USAGE_FILE, ACK_FILE = "flash:slp_usage.txt", "flash:slp_ack.txt"
LOGIN_REFUSED = "Login refused: check user, password and privilege"
_FAULTS = (TimeoutError, aiohttp.ClientError, asyncssh.Error, OSError, EOFError)


class PullFault(Exception):
    """The other side cannot be used; the text says why, for the row of the product instance."""


class Visit(Protocol):
    """An open connection to a product instance."""

    async def give(self, text: str) -> None:
        """Hand over a licence file and have it installed. Raises PullFault."""

    async def take(self) -> str:
        """Close what is open and read all reports, as a usage file. Raises PullFault."""


Way = Callable[[PulledInstance], AbstractAsyncContextManager[Visit]]


async def visit(call: DeviceCall) -> DeviceAnswered | DeviceFailed:
    """Do what is to be done at a product instance."""
    row = call.instance
    delivered: list[int] = []
    try:
        async with asyncio.timeout(VISIT_SECONDS), _way(row.method)(row) as there:
            for poll_id, text in call.files:
                await there.give(text)
                delivered.append(poll_id)
            usage = await there.take() if call.collect else None
    except (
        PullFault,
        TimeoutError,
        aiohttp.ClientError,
        asyncssh.Error,
        OSError,
        EOFError,
    ) as fault:
        return DeviceFailed(row.address, _reason(fault, row), tuple(delivered))
    return DeviceAnswered(row.address, tuple(delivered), usage)


def _way(method: str) -> Way:
    # here, because the methods know this module
    from agent.adapters import pull_http, pull_ssh

    ways: dict[str, Way] = {
        "rest": pull_http.rest,
        "restconf": pull_http.restconf,
        "netconf": pull_ssh.netconf,
        "cli": pull_ssh.cli,
    }
    return ways[method]


def _reason(fault: Exception, row: PulledInstance) -> str:
    """A fault in a sentence."""
    where = f"{row.host} port {row.port}"
    ask = f"is {row.method} enabled on the product instance?"
    if isinstance(fault, PullFault):
        return str(fault)
    if isinstance(fault, asyncssh.PermissionDenied):
        return LOGIN_REFUSED
    if isinstance(fault, aiohttp.ServerDisconnectedError | asyncssh.ConnectionLost | EOFError):
        return f"{where} dropped the connection: {ask}"
    if isinstance(fault, TimeoutError | aiohttp.ServerTimeoutError):
        return f"{where} did not answer in time"
    if isinstance(fault, ConnectionResetError):
        return f"{where} dropped the connection: {ask}"
    if isinstance(fault, OSError):  # a refused connection of aiohttp's is one too
        if fault.errno == errno.ECONNREFUSED:
            return f"{where} cannot be reached, it refuses connections: {ask}"
        words = fault.strerror or str(fault)
        return f"{where} cannot be reached: {words.split(', ')[0]}"
    return f"{where}: {fault}"
