"""The lab's control socket: JSON lines over a Unix socket that only its owner can open.

A request is `{"do": "clock.advance", "ms": 60000}`; the answer is `{"ok": true, ...}` or
`{"ok": false, "error": "..."}`. The socket lies in the state folder, or in a private runtime
folder when there is none (or its path is longer than a Unix socket can have).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import stat
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from agent.core.errors import InputError

SOCKET = "control.sock"
PATH_LIMIT = 100  # bytes; the kernel's is 108 with the final zero
LINE_LIMIT = 64 * 1024

Answer = Mapping[str, Any]
Handler = Callable[[Mapping[str, Any]], Awaitable[Answer]]


def control_path(state: Path | None) -> Path:
    """Where the control socket of a lab with this state folder lies."""
    if state is None:
        return runtime_folder() / SOCKET
    inside = state.absolute() / SOCKET
    if len(os.fsencode(inside)) <= PATH_LIMIT:
        return inside
    digest = hashlib.sha256(os.fsencode(os.path.realpath(state))).hexdigest()[:16]
    return runtime_folder() / f"{digest}.sock"


def runtime_folder() -> Path:
    """A folder of mode 0700 that is ours. Raises InputError where another user made it."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(base) / "slp" if base else Path(tempfile.gettempdir()) / f"slp-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise InputError("is not a folder of this user", str(folder))
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
    return folder


class ControlServer:
    """Answers requests one line at a time; any number of clients."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.path: Path | None = None

    async def listen(self, path: Path) -> None:
        """Listen at `path`. Raises InputError when another lab answers there."""
        if path.exists() and _answers(path):
            raise InputError("another lab is running here", str(path))
        path.unlink(missing_ok=True)
        before = os.umask(0o177)  # the socket has mode 0600 from its first instant
        try:
            self._server = await asyncio.start_unix_server(self._serve, str(path), limit=LINE_LIMIT)
        finally:
            os.umask(before)
        self.path = path

    async def close(self) -> None:
        """Stop, and take the socket away."""
        if self._server is None or self.path is None:
            return
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.path.unlink(missing_ok=True)
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while line := await _line(reader):
                answer = await self._answer(line)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            return  # the client left, or the lab stops
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, line: bytes) -> Answer:
        try:
            request = json.loads(line)
        except ValueError:
            return {"ok": False, "error": "not JSON"}
        if not isinstance(request, dict):
            return {"ok": False, "error": "not a JSON object"}
        try:
            return {"ok": True, **await self._handler(request)}
        except InputError as error:
            return {"ok": False, "error": str(error)}


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line; empty at the end, or when it is longer than any request of ours."""
    try:
        return await reader.readline()
    except ValueError:
        return b""


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def ask(path: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """Ask a running lab, wait for its answer. Raises InputError: no lab there, or its refusal."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            raise InputError(
                "no lab is running here; start one with slp up, or name its folder with --state",
                str(path),
            ) from None
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile("rb") as stream:
            line = stream.readline()
    if not line:
        raise InputError("the lab stopped before it answered", str(path))
    answer: dict[str, Any] = json.loads(line)
    if not answer.pop("ok"):
        raise InputError(str(answer["error"]))
    return answer
