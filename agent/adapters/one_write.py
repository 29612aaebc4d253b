"""One write for what belongs together: a transport that gathers while it is held.

The SSH library sends a packet to ignore before each packet (RFC 4253 section 6) and cuts what is
long, each with a write of its own. A reply of NETCONF is six of them; held, it is one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncssh


class OneWrite:
    """Stands before a transport. All else goes straight to it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._parts: list[bytes] | None = None

    def write(self, data: bytes) -> None:
        """Write now, or with all else that is held."""
        if self._parts is None:
            self._transport.write(data)
        else:
            self._parts.append(data)

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is written in here goes out in one piece behind it. Not to be nested."""
        parts = self._parts = []
        try:
            yield
        finally:
            self._parts = None
            if parts and not self._transport.is_closing():
                self._transport.write(b"".join(parts))

    def close(self) -> None:
        """Close the transport once what is held is out."""
        if self._parts:
            self._transport.write(b"".join(self._parts))
            self._parts.clear()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def gathered(connection: asyncssh.SSHServerConnection) -> OneWrite:
    """Put one before a connection's transport. The library has no public place for it."""
    there: Any = connection
    there._transport = OneWrite(there._transport)
    found: OneWrite = there._transport
    return found
