"""Measures of whole processes: SSH against its floor, a thousand listeners, the console's start.

Each starts real processes on free ports of loopback and stops them again. The server has one
processor and the client the other, where the machine has two.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from agent.commands.figures import FLEET_SIZE, MODEL, RELEASE, Figure

SECONDS = 3.0  # of each SSH measurement; floor and lab take turns
ROUNDS = 3
COMMAND = "show version"
START_SECONDS = 60.0


def ssh() -> list[Figure]:
    """`show version` on one session, and on a bare asyncssh server with the same reply."""
    port, floor_port = _free_port(), _free_port()
    with _lab(1, port):
        reply = asyncio.run(_one_reply(port))
        with _floor(floor_port, reply):
            rates: dict[int, list[float]] = {port: [], floor_port: []}
            with _on_processor(1):
                for _ in range(ROUNDS):
                    for at, found in rates.items():
                        found.append(asyncio.run(_commands_a_second(at, len(reply))))
    ours, floor = (sorted(rates[at])[ROUNDS // 2] for at in (port, floor_port))
    return [
        Figure(f"{COMMAND!r} on one SSH session", ours, "/s"),
        Figure("the same reply from a bare asyncssh server", floor, "/s"),
        Figure("share of the floor", 100 * ours / floor, "%", 60, at_least=True),
    ]


def listeners() -> list[Figure]:
    """A lab of a thousand switches: until all listen, and the memory of one more."""
    base = _free_ports(FLEET_SIZE)
    with _lab(1, base) as (process, _):
        one = _resident_kib(process.pid)
    with _lab(FLEET_SIZE, base) as (process, seconds):
        many = _resident_kib(process.pid)
    slope = (many - one) / (FLEET_SIZE - 1)
    return [
        Figure(f"{FLEET_SIZE} devices, all SSH listeners up, from the command", seconds, "s", 3),
        Figure("memory of one more device with its listener (RSS)", slope, "KiB", 30),
    ]


def console() -> list[Figure]:
    """From `slp console` at a terminal to its prompt; the best of three, so warm."""
    return [Figure("slp console, prompt", min(_prompt_seconds() for _ in range(3)), "s", 1.0)]


def _prompt_seconds() -> float:
    started = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "agent", "console"])
    shown = b""
    try:
        while b"Switch>" not in shown:
            ready, _, _ = select.select([terminal], [], [], START_SECONDS)
            if not ready:
                raise RuntimeError("slp console showed no prompt")
            shown += os.read(terminal, 4096)
        return time.perf_counter() - started
    finally:
        os.write(terminal, b"\x1d")
        with contextlib.suppress(OSError):
            while os.read(terminal, 4096):
                pass
        os.waitpid(child, 0)
        os.close(terminal)


# --- the client -----------------------------------------------------------------------------


async def _one_reply(port: int) -> str:
    async with _Shell(port) as shell:
        whole = await shell.ask(COMMAND)
    return whole.removeprefix(f"{COMMAND}\r\n").rpartition("\r\n")[0] + "\r\n"


async def _commands_a_second(port: int, least: int) -> float:
    async with _Shell(port) as shell:
        await shell.ask(COMMAND)
        count, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            if len(await shell.ask(COMMAND)) < least:
                raise RuntimeError("a reply came short, nothing was measured")
            count += 1
        return count / (time.perf_counter() - started)


class _Shell:
    """A shell at a prompt that ends in `#`."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> _Shell:
        import asyncssh

        self._connection = await asyncssh.connect(
            "127.0.0.1",
            self._port,
            username="admin",
            password="admin",
            known_hosts=None,
            client_keys=None,
            agent_path=None,
            config=None,
        )
        self._process = await self._connection.create_process(term_type="vt100", term_size=(200, 0))
        await self._to_prompt()
        await self.ask("terminal length 0")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._connection.abort()
        await self._connection.wait_closed()

    async def ask(self, line: str) -> str:
        self._process.stdin.write(line + "\r")
        return await self._to_prompt()

    async def _to_prompt(self) -> str:
        shown = ""
        while not shown.endswith("#"):
            shown += await self._process.stdout.read(65536)
        return shown


# --- the servers ----------------------------------------------------------------------------


@contextlib.contextmanager
def _lab(count: int, port: int) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """A running lab and the seconds it took until all of it listened."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ready = folder / "ready.json"
        (folder / "lab.yaml").write_text(
            "lab: bench\ncounterparts:\n"
            "  - {name: cssm, kind: cssm, listen: 0}\n"
            "  - {name: cslu, kind: cslu, listen: 0, forward: cssm}\n"
            f"devices:\n  - {{name: switch, count: {count}, platform: {MODEL}, "
            f"release: {RELEASE}, ssh: {port}}}\n"
        )
        command = [sys.executable, "-m", "agent", "up", str(folder / "lab.yaml"), "--quiet"]
        command += ["--ready-file", str(ready)]
        started = time.perf_counter()
        with _on_processor(0):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            while not ready.exists():
                if process.poll() is not None or time.perf_counter() - started > START_SECONDS:
                    raise RuntimeError("the lab did not start")
                time.sleep(0.01)
            seconds = time.perf_counter() - started
            if len(json.loads(ready.read_text())["devices"]) != count:
                raise RuntimeError("devices are missing, nothing was measured")
            yield process, seconds
        finally:
            process.terminate()
            process.wait()


@contextlib.contextmanager
def _floor(port: int, reply: str) -> Iterator[None]:
    command = [sys.executable, "-m", "agent.commands.bench_floor", str(port)]
    with _on_processor(0):
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
    assert process.stdin and process.stdout
    try:
        process.stdin.write(reply)
        process.stdin.close()
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("the floor did not start")
        yield
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextlib.contextmanager
def _on_processor(number: int) -> Iterator[None]:
    """Run, and start processes, on one processor only; where there are fewer, on any."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    if len(allowed) > 1:
        os.sched_setaffinity(0, {sorted(allowed)[number]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _free_ports(count: int) -> int:
    """The first of `count` ports in a row that nobody listens on, below the ephemeral range."""
    for first in range(20000, 32000, count):
        with contextlib.suppress(OSError), contextlib.ExitStack() as held:
            for port in range(first, first + count):
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise RuntimeError(f"no {count} free ports in a row")


def _resident_kib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024
