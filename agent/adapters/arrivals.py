"""A listening socket in front of the SSH library: who arrives there is handed to it.

The library's own listener keeps a copy of all its options for each port, 6 KiB that an idle device
would cost. Here a port costs its socket and one small object; the library takes over with the
connection.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

BACKLOG = 128
PAUSE_SECONDS = 1.0  # where the process has no descriptor left


class Arrivals:
    """Accepts on a socket that listens, and gives each connection to `taken`."""

    __slots__ = ("_socket", "_taken")

    def __init__(self, listening: socket.socket, taken: Callable[[socket.socket], None]) -> None:
        self._socket, self._taken = listening, taken
        self._watch()

    def close(self) -> None:
        """Accept nobody more; who is there stays."""
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()

    def _watch(self) -> None:
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().add_reader(self._socket, self._accept)

    def _accept(self) -> None:
        with suppress(BlockingIOError, InterruptedError, ConnectionAbortedError):
            for _ in range(BACKLOG):
                try:
                    connection, _ = self._socket.accept()
                except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                    raise
                except OSError as error:
                    self._pause(error)
                    return
                connection.setblocking(False)
                self._taken(connection)

    def _pause(self, error: OSError) -> None:
        """The socket would stay ready: look again later."""
        loop = asyncio.get_running_loop()
        loop.call_exception_handler({"message": "cannot accept", "exception": error})
        loop.remove_reader(self._socket)
        loop.call_later(PAUSE_SECONDS, self._watch)
