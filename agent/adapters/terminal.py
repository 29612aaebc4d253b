"""One line of a device in use: a CLI session, and what the outside does for it.

Keys go in with `feed`, text comes out through `write`. Three things drive a terminal: keys, the
device's log, and the lab's answers to `emulator ...`. Nothing of it runs while nobody types.
Many lines at once, as pasted ones, are worked off in slices, so that others have their turn; long
outputs are made and printed in slices, as the other end reads. Ctrl-C or Ctrl-^ ends such a one.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agent.adapters.bugs import shown
from agent.cli.session import SLICES, CliSession, Line
from agent.device.device import Device
from agent.device.log import LogLine
from yang.slices import Slices

if TYPE_CHECKING:
    from agent.adapters.lab import Lab

# so long one terminal may keep the others waiting; a command of theirs takes some three turns
SLICE_SECONDS = 0.002
_BREAK = re.compile("[\x03\x1e]")  # Ctrl-C, Ctrl-^
PIECE = 4096  # characters of a line without end
_PIECE = re.compile(f"[^\r\n]{{0,{PIECE}}}(?:\r\n?|\n)|[^\r\n]{{1,{PIECE}}}")


class Terminal:
    """A session with its connection: `write` prints, `hang_up` ends the connection.

    `expire` is called when nobody has typed for the line's exec-timeout; None never looks.
    """

    def __init__(
        self,
        lab: Lab,
        device: Device,
        line: Line,
        *,
        write: Callable[[str], None],
        hang_up: Callable[[], None],
        expire: Callable[[], None] | None = None,
        strict: bool = False,
        width: int = 80,
        length: int = 24,
    ) -> None:
        self.device, self.line = device, line
        self._lab, self._write, self._hang_up, self._expire = lab, write, hang_up, expire
        self.session = CliSession(device, line, strict=strict, width=width, length=length)
        self.session.in_turns = True
        self.session.recording = lab.recordings.get(device.name)
        self.session.neighbours = lambda: [t.session for t in lab.terminals(device)]
        self._loop = asyncio.get_running_loop()
        self._calling: asyncio.Task[None] | None = None
        self._reads = asyncio.Event()  # does the other end read at the moment?
        self._reads.set()
        self._breaking = False  # is there a Ctrl-C or Ctrl-^ among the keys that wait?
        self._kept: deque[str] = deque()  # keys that wait for their turn, line by line
        self._turn: asyncio.Handle | None = None  # when that comes
        self._timer: asyncio.TimerHandle | None = None
        self._last_key = self._loop.time()
        self._watched = 0  # the exec-timeout that the timer was set for

    def open(self) -> None:
        """Show banners and prompt; log lines come from now on."""
        self.device.log.listeners.append(self._log_line)
        self._lab.terminals(self.device).append(self)
        self._print(self.session.start(self._lab.timeline.present()))
        self._watch_idle()

    def close(self) -> None:
        """The connection is gone, from whichever side."""
        terminals = self._lab.terminals(self.device)
        if self not in terminals:
            return
        terminals.remove(self)
        self.device.log.listeners.remove(self._log_line)
        if self._calling is not None:
            self._calling.cancel()
        if self._timer is not None:
            self._timer.cancel()
        if self._turn is not None:
            self._turn.cancel()
        self._kept.clear()

    def hang_up(self) -> None:
        """End the connection from our side."""
        self._hang_up()

    def feed(self, keys: str) -> None:
        """Keys were typed."""
        self._last_key = self._loop.time()
        self._kept.extend(_PIECE.findall(keys))
        self._breaking = self._breaking or _BREAK.search(keys) is not None
        self._stop_at_break()
        if self._turn is None:
            self._work()

    def _work(self) -> None:
        """Give the session its keys line by line, for a slice of time; then others are next."""
        self._turn = None
        with shown("a session ends", self._give_up):
            self._work_off(self._loop.time() + SLICE_SECONDS)

    def _work_off(self, end: float) -> None:
        while self._kept and self._reads.is_set() and not self._calling:
            if self._loop.time() > end:
                self._turn = self._loop.call_soon(self._work)
                return
            piece = self._kept.popleft()
            self._print(self.session.feed(piece, self._lab.timeline.present()))
        self._breaking = self._breaking and bool(self._kept)
        if self._watched != self.session.exec_timeout_seconds:
            self._watch_idle()

    def _give_up(self) -> None:
        self._kept.clear()
        self._hang_up()

    def _stop_at_break(self) -> None:
        """Give up what is made or printed in slices where Ctrl-C or Ctrl-^ was typed meanwhile."""
        call = self.session.call
        if not self._breaking or self._calling is None or call is None or call.request != SLICES:
            return
        at, piece = next((n, p) for n, p in enumerate(self._kept) if _BREAK.search(p))
        self._kept[at] = _BREAK.sub("", piece)
        self._breaking = any(map(_BREAK.search, self._kept))
        self._calling.cancel()
        self._calling = None
        self._print(self.session.stop(self._lab.timeline.present()))

    def pause(self) -> None:
        """The other end does not read: take no keys and drop log lines until `resume`."""
        self._reads.clear()

    def resume(self) -> None:
        """The other end reads again."""
        self._reads.set()
        if self._turn is None:
            self._work()

    def resize(self, width: int, length: int) -> None:
        """The window has another size now; 0 keeps what is."""
        self.session.resize(width=width or None, length=length or None)

    async def answered(self) -> None:
        """Wait until all keys are worked off and the lab has answered what the session asked."""
        while self._calling is not None or self._turn is not None:
            if self._calling is not None:
                await asyncio.wait([self._calling])
            else:
                await asyncio.sleep(0)

    def _print(self, text: str) -> None:
        """Print, then see to what the session wants done outside."""
        session = self.session
        if text:
            self._write(text)
        if session.call is not None and self._calling is None:
            self._calling = self._loop.create_task(self._answer())
            self._stop_at_break()
        elif session.reboot is not None:
            reason, session.reboot = session.reboot.reason, None
            self._lab.reload(self.device, reason)
        elif session.closed:
            self._hang_up()

    async def _answer(self) -> None:
        with shown("a session ends", self._give_up):  # nobody is left waiting at this line
            call = self.session.call
            assert call is not None
            if call.request == SLICES:
                answer = await self._made(call.arguments[SLICES])
            else:
                answer = await self._lab.answer(call)
            await self._reads.wait()
            self._calling = None
            self._print(self.session.resume(answer, self._lab.timeline.now()))
            if self._turn is None:
                self._work()

    async def read(self) -> None:
        """Wait until the other end reads; others are next."""
        await asyncio.sleep(0)
        await self._reads.wait()

    async def _made(self, work: Slices[Any]) -> Any:
        """Do long work; others are next after each slice of time."""
        while True:
            end = self._loop.time() + SLICE_SECONDS
            try:
                while self._loop.time() < end:
                    next(work)
            except StopIteration as done:
                return done.value
            await asyncio.sleep(0)

    def announce(self, text: str) -> None:
        """Show what every terminal of the device is told."""
        if self._reads.is_set():
            self._write(self.session.announce(text))

    def _log_line(self, line: LogLine) -> None:
        if not self._reads.is_set():
            return
        text = self.session.log_line(line.text, self._lab.timeline.now())
        if text:
            self._write(text)

    def _watch_idle(self) -> None:
        """Arm the exec-timeout. It counts real seconds: the person's, not the device's."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._watched = seconds = self.session.exec_timeout_seconds
        if not seconds or self._expire is None:
            return
        left = self._last_key + seconds - self._loop.time()
        if left <= 0 and (self._calling is None or not self._reads.is_set()):
            self._expire()
            return
        self._timer = self._loop.call_later(max(left, 1), self._watch_idle)
