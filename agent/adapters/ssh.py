"""SSH in front of the devices: a listener each, one set of options and one host key for all.

A connection finds its device by the address it came in on. An idle device costs its listening
socket and nothing else: sessions, lines and timers exist while somebody is connected.
Sources: docs/sources.md, entries ssh-authentication-retries, vty-lines, login-messages.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncssh

from agent.adapters.accounts import Accounts
from agent.adapters.arrivals import Arrivals
from agent.adapters.doors import listening
from agent.adapters.plan import Listen
from agent.adapters.scp_server import DISABLED, DeviceFiles, serves
from agent.adapters.terminal import Terminal
from agent.cli.output import PIECE
from agent.cli.session import Line
from agent.core.dates import config_date
from agent.core.errors import InputError
from agent.device.device import Device

if TYPE_CHECKING:
    from asyncssh.channel import SSHChannel

    from agent.adapters.lab import Lab

SCP = "scp "  # how a command begins that a copying client sends
TRIES = 3  # source: ssh-authentication-retries (`ip ssh authentication-retries` is 3)
LOGIN_SECONDS = 120  # source: ssh-authentication-retries (`ip ssh time-out` is 120 seconds)
VTY_LINES = 16  # source: vty-lines (line vty 0 4 and 5 15)
# assumed: a wrong password costs a moment, as the device's own check does
FAILURE_SECONDS = 0.3
KEY_FILE = "ssh_host_ed25519_key"
DISCONNECT_REASON = "Too many authentication failures"


class SshFront:
    """All SSH listeners of a lab."""

    def __init__(
        self, lab: Lab, folder: Path | None = None, failure_seconds: float = FAILURE_SECONDS
    ) -> None:
        self.lab = lab
        self.accounts = Accounts()
        self.failure_seconds = failure_seconds
        self._devices: dict[tuple[str, int], Device] = {}
        self._listeners: list[Arrivals] = []
        self._arriving: set[asyncio.Task[None]] = set()
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._options = self._connection_options(folder)

    def _connection_options(self, folder: Path | None) -> asyncssh.SSHServerConnectionOptions:
        """What all connections share."""
        return asyncssh.SSHServerConnectionOptions(
            server_factory=self._login,
            server_host_keys=[host_key(folder)],
            line_editor=False,
            gss_host=None,  # otherwise asyncssh looks up the host's own name at each login
            public_key_auth=False,
            login_timeout=LOGIN_SECONDS,
            encoding="utf-8",
            errors="replace",
            agent_forwarding=False,
            allow_scp=False,
            x11_forwarding=False,
        )

    async def listen(self, device: Device, at: Listen) -> Listen:
        """Listen for a device; returns where. Raises InputError when the port is in use."""
        bound = listening(f"ssh of {device.name}", at)
        self._listeners.append(Arrivals(bound, self._arrived))
        port = int(bound.getsockname()[1])
        self._devices[at.address, port] = device
        return Listen(at.address, port)

    def _arrived(self, connection: socket.socket) -> None:
        """Somebody is at a port: the library takes over."""
        task = asyncio.get_running_loop().create_task(self._greet(connection))
        self._arriving.add(task)
        task.add_done_callback(self._arriving.discard)

    async def _greet(self, connection: socket.socket) -> None:
        with suppress(asyncssh.Error, OSError):  # who does not get in is told so
            await asyncssh.run_server(connection, options=self._options)

    def device_at(self, address: str, port: int) -> Device:
        """The device that listens there."""
        found = self._devices.get((address, port))
        if found is not None:
            return found
        return next(d for (_, own), d in self._devices.items() if own == port)

    def connected(self, connection: asyncssh.SSHServerConnection, there: bool) -> None:
        """A connection came or went."""
        (self._connections.add if there else self._connections.discard)(connection)

    async def close(self) -> None:
        """Close every listener and every connection."""
        for listener in self._listeners:
            listener.close()
        for connection in tuple(self._connections):
            connection.abort()
        await asyncio.gather(*self._arriving, return_exceptions=True)
        self._listeners.clear()

    def _login(self) -> Login:
        return Login(self)


class Login(asyncssh.SSHServer):
    """One connection: who logs in on which device."""

    _tries = TRIES

    def __init__(self, front: SshFront) -> None:
        self._front = front
        self._failures = 0
        self._user = ""
        self._privilege = 1

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._peer = conn.get_extra_info("peername")[0]
        address, self._port = conn.get_extra_info("sockname")[:2]
        self._device = self._front.device_at(address, self._port)
        self._front.connected(conn, True)

    def connection_lost(self, exc: Exception | None) -> None:
        self._front.connected(self._connection, False)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        """Password and keyboard-interactive both end here."""
        privilege = self._front.accounts.privilege_of(self._device, username, password)
        if privilege is not None:
            self._user, self._privilege = username, privilege
            return True
        self._failures += 1
        self._report(username)
        await asyncio.sleep(self._front.failure_seconds)
        if self._failures >= self._tries:
            self._connection.disconnect(
                asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, DISCONNECT_REASON
            )
        return False

    def session_requested(self) -> asyncssh.SSHServerSession[Any] | bool:
        number = self._free_line()
        if number is None:
            return False
        line = Line("vty", number, self._user, self._peer, self._port, self._privilege)
        return Shell(self._front.lab, self._device, line)

    def _free_line(self) -> int | None:
        terminals = self._front.lab.terminals(self._device)
        taken = {t.line.number for t in terminals if not t.line.is_console}
        return next((n for n in range(VTY_LINES) if n not in taken), None)

    def _report(self, username: str) -> None:
        now = self._front.lab.timeline.present()
        device = self._device
        fields = {
            "user": username,
            "source": self._peer,
            "port": str(self._port),
            "reason": "Login Authentication Failed",
            "at": config_date(device.local_time(now), device.zone),
        }
        device.syslog("LOGIN_FAILED", fields, now)


class Shell(asyncssh.SSHServerSession[str]):
    """One channel: a shell on a vty line, or one command of `ssh host command`."""

    def __init__(self, lab: Lab, device: Device, line: Line) -> None:
        self._lab, self._device, self._line = lab, device, line
        self._size = (80, 24)
        self._command: str | None = None
        self._copying: asyncssh.SSHServerProcess[str] | None = None
        self._terminal: Terminal | None = None
        self._ending: asyncio.Task[None] | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[str]) -> None:
        self._channel = chan

    def pty_requested(
        self, term_type: str, term_size: tuple[int, int, int, int], term_modes: object
    ) -> bool:
        self._size = (term_size[0] or 80, term_size[1])
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        self._command = command
        if command.startswith(SCP) and serves(self._device) and self._line.privilege == 15:
            # `scp` at the other end: the library's session takes over
            self._copying = asyncssh.SSHServerProcess(no_process, self._files, 0, True)
            self._copying.connection_made(self._channel)
        return True

    def _files(self, channel: SSHChannel[bytes]) -> DeviceFiles:
        return DeviceFiles(self._channel, self._device, self._lab.timeline.present)

    def session_started(self) -> None:
        if self._copying is not None:
            self._copying.session_started()
            return
        if self._command is not None and self._command.startswith(SCP):
            self._channel.write_stderr(DISABLED)
            self._channel.exit(1)
            return
        width, length = self._size
        write: Callable[[str], None] = self._channel.write
        if self._command is not None:
            width, length, write = 0, 0, self._keep
        self._kept: list[str] = []
        self._terminal = Terminal(
            self._lab,
            self._device,
            self._line,
            write=write,
            hang_up=self._hang_up,
            expire=self._hang_up,
            width=width,
            length=length,
        )
        self._terminal.open()
        if self._command is not None:
            self._kept.clear()  # banner and prompt
            self._terminal.feed(self._command.replace("\n", "\r") + "\r")
            self._ending = asyncio.get_running_loop().create_task(self._finish())

    def data_received(self, data: str, datatype: asyncssh.DataType) -> None:
        if self._copying is not None:
            self._copying.data_received(data, datatype)
        elif self._terminal is not None:
            self._terminal.feed(data)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        if self._terminal is not None:
            self._terminal.resize(width, height)

    def break_received(self, msec: int) -> bool:
        if self._terminal is not None:
            self._terminal.feed("\x03")
        return True

    def eof_received(self) -> bool:
        """The client sends no more: answer what is open, then end."""
        if self._copying is not None:
            return bool(self._copying.eof_received())
        if self._terminal is not None and self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self._finish())
        return True

    def pause_writing(self) -> None:
        if self._copying is not None:
            self._copying.pause_writing()
        elif self._terminal is not None:
            self._terminal.pause()

    def resume_writing(self) -> None:
        if self._copying is not None:
            self._copying.resume_writing()
        elif self._terminal is not None:
            self._terminal.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._copying is not None:
            self._copying.connection_lost(exc)
        if self._ending is not None:
            self._ending.cancel()
        if self._terminal is not None:
            self._terminal.close()

    def _keep(self, text: str) -> None:
        self._kept.append(text)

    def _hang_up(self) -> None:
        if self._terminal is not None:
            self._terminal.close()
        self._channel.exit(0)

    async def _finish(self) -> None:
        assert self._terminal is not None
        await self._terminal.answered()
        if self._command is not None:
            output = self._output(self._terminal)
            for at in range(0, len(output), PIECE):
                self._channel.write(output[at : at + PIECE])
                await self._terminal.read()
        self._hang_up()

    def _output(self, terminal: Terminal) -> str:
        """What the command printed: without its echo before and the prompt behind."""
        text = "".join(self._kept)
        _, _, text = text.partition("\r\n")
        return text.removesuffix(terminal.session.prompt)


def no_process(process: asyncssh.SSHServerProcess[Any]) -> None:
    """What a session that only copies runs."""


def host_key(
    folder: Path | None, name: str = KEY_FILE, algorithm: str = "ssh-ed25519"
) -> asyncssh.SSHKey:
    """A host key of the lab; a lab with a state folder keeps it there."""
    if folder is None:
        return asyncssh.generate_private_key(algorithm)
    file = folder / name
    try:
        return asyncssh.read_private_key(file)
    except FileNotFoundError:
        pass
    except (asyncssh.KeyImportError, OSError) as error:
        raise InputError(
            f"is not a private key ({error}); delete it for a new one", str(file)
        ) from None
    key = asyncssh.generate_private_key(algorithm)
    new = file.with_suffix(".new")
    new.touch(mode=0o600)
    key.write_private_key(new)
    new.replace(file)
    return key
