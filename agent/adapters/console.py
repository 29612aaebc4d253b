"""The operator's own terminal as the console of a device: keys in raw mode, or a script's lines.

Keys reach the session unchanged: the device's line editor does the editing. The counterparts come
up behind the prompt. The ways out: `exit` or `logout` at the prompt, end of input, Ctrl-] any time.
After a reload and after the exec-timeout the console waits for RETURN, as on a device.
Without a terminal the clock stands between the lines, so a script prints the same every time.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
import termios
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from agent.adapters.lab import Lab
from agent.adapters.outlet import Outlet
from agent.adapters.terminal import Terminal
from agent.cli.session import Line
from agent.device.device import Device

WAY_OUT = "\x1d"  # Ctrl-]
LEAVING_SECONDS = 2.0  # for the last of the output
ESCAPE_SECONDS = 0.05  # an Escape that nothing follows is a key of its own
AVAILABLE = (
    "\r\n\r\n{name} con0 is now available\r\n\r\n\r\nPress RETURN to get started.\r\n\r\n\r\n"
)


class Console:
    """Line con 0 of a device, on the streams of this process."""

    def __init__(
        self,
        lab: Lab,
        device: Device,
        out: TextIO,
        *,
        strict: bool = False,
        person: bool = False,
    ) -> None:
        """`person`: somebody sits here; otherwise lines come from a script."""
        self.lab, self.device = lab, device
        self._out, self._strict = Outlet(out, self._left), strict
        self._width, self._length = 80, 24
        self._ended = asyncio.Event()
        self._person = person
        self._resting = False  # does the console wait for RETURN?
        self.terminal = self._new_terminal()
        lab.reloaded.append(self._start_again)

    def open(self, width: int, length: int) -> None:
        """Show the prompt."""
        self._width, self._length = width, length
        self.terminal.resize(width, length)
        self.terminal.session.resize(width=width, length=length)
        self.terminal.open()

    async def interact(self, ready: Callable[[], None]) -> None:
        """Show the prompt and read keys until the operator leaves; `ready` is called in between."""
        with _raw(sys.stdin.fileno()):  # first of all: what is typed at the prompt is for us
            size = shutil.get_terminal_size()
            self.open(size.columns, size.lines)
            ready()
            await self._read_keys()

    async def _read_keys(self) -> None:
        from prompt_toolkit.input import create_input

        loop = asyncio.get_running_loop()
        keyboard = create_input(sys.stdin)
        flush: asyncio.TimerHandle | None = None

        def read(flushing: bool = False) -> None:
            nonlocal flush
            if flush is not None:
                flush.cancel()
            presses = keyboard.flush_keys() if flushing else keyboard.read_keys()
            self._keys("".join(press.data for press in presses))
            if keyboard.closed:
                self._ended.set()
            elif not flushing:
                flush = loop.call_later(ESCAPE_SECONDS, read, True)

        loop.add_signal_handler(signal.SIGWINCH, self._resized)
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._ended.set)
        try:
            with keyboard.raw_mode(), keyboard.attach(read):
                await self._ended.wait()
        finally:
            loop.remove_signal_handler(signal.SIGWINCH)
            self._leave()
            with suppress(TimeoutError):  # a terminal that was stopped keeps nobody here
                await asyncio.wait_for(self._out.drained(), LEAVING_SECONDS)

    async def run_script(self, lines: AsyncIterator[str]) -> None:
        """Type these lines as they come, each once the one before is settled."""
        async for line in lines:
            self.terminal.feed(line + "\r")
            await self._settled()
            if self._ended.is_set():
                break
        self._leave()
        await self._out.drained()

    async def _settled(self) -> None:
        """Until the session has its answer, who reads has it too, and no exchange is in flight."""
        await self.terminal.answered()
        await self._out.drained()
        if self.lab.timeline.in_flight:
            await self.lab.timeline.ready.wait()
            await self.lab.timeline.settled()

    def _keys(self, keys: str) -> None:
        before, way_out, _ = keys.partition(WAY_OUT)
        if self._resting:
            _, enter, before = before.partition("\r")
            if enter:
                self._begin()
        if before and not self._resting:
            self.terminal.feed(before)
        if way_out:
            self._ended.set()

    def _new_terminal(self) -> Terminal:
        return Terminal(
            self.lab,
            self.device,
            Line(),
            write=self._write,
            hang_up=self._ended.set,
            expire=self._rest if self._person else None,
            strict=self._strict,
            width=self._width,
            length=self._length,
        )

    def _start_again(self, device: Device) -> None:
        """The device has reloaded: a new session, as after power-on."""
        if device is self.device:
            self._rest()

    def _rest(self) -> None:
        """The session is over: the console waits for RETURN, a script goes on at once."""
        size = self.terminal.session.terminal
        self._width, self._length = size.width, size.length
        self.terminal.close()
        self._write(AVAILABLE.format(name=self.device.agent.state.config.hostname))
        self._resting = True
        if not self._person:
            self._begin()

    def _begin(self) -> None:
        self._resting = False
        self.terminal = self._new_terminal()
        self.terminal.open()

    def _resized(self) -> None:
        size = shutil.get_terminal_size()
        self.terminal.resize(size.columns, size.lines)

    def _leave(self) -> None:
        self.terminal.close()
        self.lab.reloaded.remove(self._start_again)
        self._write("\r\n")

    def _write(self, text: str) -> None:
        self._out.write(text.replace("\r\n", "\n"))  # the terminal adds what it needs

    def _left(self) -> None:
        """The reader left (`slp console < script | head`): go on silently to a clean stop."""
        self._ended.set()


async def lines_of(stream: TextIO) -> AsyncIterator[str]:
    """Lines as they arrive; meanwhile the loop serves everyone else.

    The reader is a thread that nobody waits for: a script that never ends does not keep the
    process from ending.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        with suppress(RuntimeError):  # the loop has ended
            for line in stream:
                loop.call_soon_threadsafe(arrived.put_nowait, line.rstrip("\r\n"))
            loop.call_soon_threadsafe(arrived.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while (line := await arrived.get()) is not None:
        yield line


@contextmanager
def _raw(descriptor: int) -> Iterator[None]:
    """The terminal in raw mode but for its output; as it was afterwards."""
    before = termios.tcgetattr(descriptor)
    mode = termios.tcgetattr(descriptor)
    mode[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    mode[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    mode[6][termios.VMIN] = 1
    termios.tcsetattr(descriptor, termios.TCSANOW, mode)
    try:
        yield
    finally:
        with suppress(termios.error):  # the terminal itself may be gone
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
