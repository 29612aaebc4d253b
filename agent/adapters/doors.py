"""A port of a device that answers while the configuration has its service, and refuses otherwise.

The port is taken from the start, so that a lab says at once where each device will listen; a
socket that is bound and does not listen refuses connections as a device without the service does.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from inspect import isawaitable
from typing import Protocol

from agent.adapters.arrivals import BACKLOG
from agent.adapters.plan import Listen
from agent.core.errors import InputError
from agent.device.device import Device
from yang.tree import Tree


class Server(Protocol):
    """What stands behind an open door; closing it ends no connection."""

    def close(self) -> None: ...


Opener = Callable[[socket.socket], Server | Awaitable[Server]]


class Door:
    """One address and port. `at` has the real port where any free one was asked for."""

    __slots__ = ("_opener", "_server", "_socket", "_what", "at")

    def __init__(self, what: str, at: Listen, opener: Opener) -> None:
        """Take the port of `what`, as `netconf of sw1`. Raises InputError where it is in use."""
        self._what, self._opener = what, opener
        self._socket: socket.socket | None = _bound(what, at)
        self.at = Listen(at.address, int(self._socket.getsockname()[1]))
        self._server: Server | asyncio.Future[Server] | None = None  # the future of one that opens

    @property
    def is_open(self) -> bool:
        """Is whoever connects answered?"""
        return self._server is not None

    def turn(self, is_open: bool) -> None:
        """Open or shut it; whoever connects from now on is answered or refused.

        Raises InputError where another program listens there by now.
        """
        if is_open and self._server is None:
            self._socket = self._socket or _bound(self._what, self.at)
            _listen(self._what, self.at, self._socket)
            server = self._opener(self._socket)
            self._server = asyncio.ensure_future(server) if isawaitable(server) else server
        elif not is_open and self._server is not None:
            self._shut()
            with suppress(InputError):  # somebody else was faster; the next opening says so
                self._socket = _bound(self._what, self.at)

    def move(self, port: int) -> None:
        """Have another port from now on. Raises InputError, and stays, where that is in use."""
        at = Listen(self.at.address, port)
        bound = _bound(self._what, at)
        was_open = self.is_open
        self._shut()
        self._socket, self.at = bound, at
        self.turn(was_open)

    async def opened(self) -> None:
        """Wait until what stands behind an open door is there."""
        if isinstance(self._server, asyncio.Future):
            self._server = await self._server

    def close(self) -> None:
        """Give the port back."""
        self._shut()

    def _shut(self) -> None:
        if isinstance(self._server, asyncio.Future):
            if self._server.done() and not self._server.cancelled():
                self._server.result().close()
            else:
                self._server.cancel()
        elif self._server is not None:
            self._server.close()
        self._server = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def follow(door: Door, device: Device, wanted: Callable[[Tree], bool]) -> None:
    """Keep the door as the running configuration wants it. Raises InputError for a port in use."""
    door.turn(wanted(device.datastore.running))
    told = device.changed

    def changed(device: Device) -> None:
        told(device)
        if (is_open := wanted(device.datastore.running)) == door.is_open:
            return
        try:
            door.turn(is_open)
        except InputError as error:  # the device is configured all the same
            context = {"message": str(error), "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)

    device.changed = changed


def listening(what: str, at: Listen) -> socket.socket:
    """A socket that listens there. Raises InputError for a port in use."""
    made = _bound(what, at)
    _listen(what, at, made)
    return made


def cannot_listen(who: str, at: Listen, error: OSError) -> InputError:
    """The error of a listener that could not be opened."""
    if error.errno == errno.EADDRINUSE:
        return InputError(f"port {at.port} of {at.address} is in use", who)
    return InputError(f"cannot listen on {at.address} port {at.port}: {error.strerror}", who)


def _listen(what: str, at: Listen, bound: socket.socket) -> None:
    try:
        bound.listen(BACKLOG)
    except OSError as error:
        raise cannot_listen(what, at, error) from None


def _bound(what: str, at: Listen) -> socket.socket:
    try:
        found = socket.getaddrinfo(at.address, at.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(address)
        except OSError:
            made.close()
            raise
    except OSError as error:
        raise cannot_listen(what, at, error) from None
    return made
