"""Text for a stream whose reader may stop reading: a thread writes it, and the loop never waits.

What was put in comes out in that order, at once where there is room. The thread writes past the
stream's own buffer, so a reader that never comes back keeps nobody from ending the process.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TextIO


class Outlet:
    """The way to one stream. `lost` is called in the loop once its reader has left.

    A stream of this process, behind which nobody reads, is written to at once.
    """

    def __init__(self, out: TextIO, lost: Callable[[], None]) -> None:
        out.flush()
        self._out = None if hasattr(out, "fileno") else out
        if self._out is not None:
            return
        self._descriptor = out.fileno()
        self._encoding, self._errors = out.encoding, out.errors or "strict"
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._waiting: SimpleQueue[bytes | asyncio.Future[None]] = SimpleQueue()
        threading.Thread(target=self._write_all, daemon=True).start()

    def write(self, text: str) -> None:
        """Have it written; returns at once."""
        if self._out is not None:
            self._out.write(text)
            return
        self._waiting.put(text.encode(self._encoding, self._errors))

    async def drained(self) -> None:
        """Wait until the reader has taken all that was put in so far, or has left."""
        if self._out is not None:
            return
        done = self._loop.create_future()
        self._waiting.put(done)
        await done

    def _write_all(self) -> None:
        reader = True
        while True:
            item = self._waiting.get()
            if isinstance(item, asyncio.Future):
                self._tell(self._finish, item)
            elif reader:
                reader = self._written(item)
                if not reader:
                    self._tell(self._lost)

    def _written(self, data: bytes) -> bool:
        """Is there somebody who took it?"""
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except OSError:  # a broken pipe, a terminal that was closed
                return False
        return True

    def _tell(self, call: Callable[..., None], *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *args)
        except RuntimeError:
            pass  # the loop has ended

    @staticmethod
    def _finish(done: asyncio.Future[None]) -> None:
        if not done.done():
            done.set_result(None)
