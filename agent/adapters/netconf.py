"""NETCONF over SSH in front of the devices: a port each, the subsystem `netconf` and nothing else.

It is a server of its own beside that of the shell, with the algorithms and the RSA key of the
device's `ncsshd`. Without `netconf-yang` the port refuses. An idle device costs its socket;
sessions and what they share exist while somebody is there.
Sources: docs/sources.md, entries netconf-ssh, netconf-privilege.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncssh

from agent.adapters.arrivals import Arrivals
from agent.adapters.bugs import shown
from agent.adapters.doors import Door, follow
from agent.adapters.one_write import OneWrite, gathered
from agent.adapters.plan import Listen
from agent.adapters.ssh import Login, SshFront, host_key
from agent.adapters.yang_folder import read_folder
from agent.core.clock import Instant
from agent.device.device import Device
from agent.netconf.limits import LIMITS
from agent.netconf.server import NetconfServer, enabled, place
from agent.netconf.session import NetconfSession

if TYPE_CHECKING:
    from agent.adapters.lab import Lab

PRIVILEGE = 15  # source: netconf-privilege
KEY_FILE = "netconf_host_rsa_key"
# source: netconf-ssh (what a 17.12 prints in show netconf-yang status)
_KEX = (
    "ecdh-sha2-nistp256 ecdh-sha2-nistp384 ecdh-sha2-nistp521 diffie-hellman-group16-sha512 "
    "diffie-hellman-group14-sha256 diffie-hellman-group14-sha1"
)
_HOST_KEYS = (b"rsa-sha2-256", b"rsa-sha2-512", b"ssh-rsa")
_CIPHERS = "aes128-ctr aes192-ctr aes256-ctr aes128-cbc aes256-cbc"
_MACS = "hmac-sha2-256 hmac-sha2-512 hmac-sha1"


class NetconfFront(SshFront):
    """All NETCONF listeners of a lab, and the servers of the devices somebody is on."""

    def __init__(self, lab: Lab, folder: Path | None = None) -> None:
        super().__init__(lab, folder)
        self._servers: dict[str, NetconfServer] = {}
        self._doors: list[Door] = []
        self._own_texts = read_folder(lab.plan.yang_folder)
        lab.reloaded.append(self._reloaded)

    def _connection_options(self, folder: Path | None) -> asyncssh.SSHServerConnectionOptions:
        return asyncssh.SSHServerConnectionOptions(
            server_factory=self._login,
            server_host_keys=[_key_pair(folder)],
            kex_algs=_KEX.split(),
            encryption_algs=_CIPHERS.split(),
            mac_algs=_MACS.split(),
            compression_algs=["none"],
            gss_host=None,
            public_key_auth=False,
            login_timeout=LIMITS.login_seconds,
            encoding=None,
            agent_forwarding=False,
            allow_scp=False,
            x11_forwarding=False,
            line_editor=False,
        )

    async def listen(self, device: Device, at: Listen) -> Listen:
        """Listen while it is configured; returns where. Raises InputError for a port in use."""
        door = Door(f"netconf of {device.name}", at, self._accept)
        self._doors.append(door)
        self._devices[_key(door.at)] = device
        now, web = self.lab.timeline.present(), self.lab.web_of(device.name)
        server = NetconfServer(device, now, own_texts=self._own_texts, web=web)
        server.mode_changed = lambda: self._end_sessions_soon(device)
        server.watch()
        self._servers[device.name] = server
        self.lab.timeline.join(server)
        told = device.changed

        def changed(device: Device) -> None:
            told(device)
            self._review(device)
            self.lab.timeline.touched(server)

        device.changed = changed
        follow(door, device, enabled)
        await door.opened()
        return door.at

    def move(self, device: Device, port: int) -> Listen:
        """Listen on another port; returns where. Raises InputError for one in use."""
        door = next(door for door in self._doors if self._devices[_key(door.at)] is device)
        door.move(port)
        self._devices[_key(door.at)] = device
        return door.at

    def _accept(self, bound: socket.socket) -> Arrivals:
        return Arrivals(bound, self._arrived)

    async def close(self) -> None:
        """Close every port and every connection."""
        for door in self._doors:
            door.close()
        await super().close()

    def server(self, device: Device) -> NetconfServer:
        """What the sessions of a device share."""
        return self._servers[device.name]

    def has_room(self, device: Device) -> bool:
        """May another session begin?"""
        server = self._servers[device.name]
        return len(server.sessions) < server.limits.sessions

    def _login(self) -> Login:
        return NetconfLogin(self)

    def _review(self, device: Device) -> None:
        """NETCONF that is configured no more has no sessions."""
        if self._servers[device.name].sessions and not enabled(device.datastore.running):
            self._end_sessions_soon(device)

    def _reloaded(self, device: Device) -> None:
        self._end_sessions(device)

    def _end_sessions_soon(self, device: Device) -> None:
        """Once the answer to what caused it is out."""
        asyncio.get_running_loop().call_soon(self._end_sessions, device)

    def _end_sessions(self, device: Device) -> None:
        """The server of NETCONF starts anew: its sessions go, and what waited for them."""
        server = self._servers.get(device.name)
        if server is not None:
            for session in tuple(server.sessions.values()):
                session.killed(self.lab.timeline.now(), "other")


def _key(at: Listen) -> tuple[str, int]:
    return at.address, at.port


def _key_pair(folder: Path | None) -> asyncssh.SSHKeyPair:
    """The host key, offered under the names a device has for it."""
    [pair] = asyncssh.load_keypairs([host_key(folder, KEY_FILE, "ssh-rsa")])
    pair.host_key_algorithms = _HOST_KEYS
    return pair


class NetconfLogin(Login):
    """One connection. Who has not privilege 15 gets in, and is denied whatever it asks for."""

    _front: NetconfFront
    _tries = LIMITS.login_tries

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        super().connection_made(conn)
        self._writing = gathered(conn)
        if not enabled(self._device.datastore.running):
            conn.abort()

    async def validate_password(self, username: str, password: str) -> bool:
        accepted = await super().validate_password(username, password)
        if accepted:
            self._tell(username)
        return accepted

    def session_requested(self) -> asyncssh.SSHServerSession[Any] | bool:
        if not self._front.has_room(self._device):
            return False
        authorized = self._privilege >= PRIVILEGE
        return Channel(self._front, self._device, self._user, self._peer, self._writing, authorized)

    def _tell(self, username: str) -> None:
        """Log who has come. # source: auth-passed"""
        device = self._device
        fields = {
            "place": place(device),
            "user": username,
            "source": self._peer,
            "port": str(self._connection.get_extra_info("peername")[1]),
            "privilege": f"{self._privilege:02d}",
        }
        device.syslog("DMI.AUTH_PASSED", fields, self._front.lab.timeline.present())

    def _report(self, username: str) -> None:
        """The daemon of NETCONF writes no LOGIN_FAILED."""


class Channel(asyncssh.SSHServerSession[bytes]):
    """One channel: the subsystem `netconf`.

    While the client has no room, nothing is read from it and no notification is made for it.
    """

    def __init__(
        self,
        front: NetconfFront,
        device: Device,
        user: str,
        source: str,
        writing: OneWrite,
        authorized: bool,
    ) -> None:
        self._front, self._device, self._writing = front, device, writing
        self._user, self._source, self._authorized = user, source, authorized
        self._session: NetconfSession | None = None
        self._full = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def subsystem_requested(self, subsystem: str) -> bool:
        # asked for again: many may have had their channel before the first of them was a session
        return subsystem == "netconf" and self._front.has_room(self._device)

    def session_started(self) -> None:
        server = self._front.server(self._device)
        session = NetconfSession(
            server, self._user, self._source, self._now(), authorized=self._authorized
        )
        session.hang_up, session.awake = self._hang_up, self._pump
        self._session = session
        self._write(session.start())
        self._watch(server.limits.hello_seconds)

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        session = self._session
        if session is None or session.closed:
            return
        greeted = session.greeted
        with shown("a NETCONF session ends", self._give_up):
            self._answer(data)
        if session.greeted and (not greeted or session.server.limits.idle_seconds):
            self._watch(session.server.limits.idle_seconds)

    def eof_received(self) -> bool:
        """The client sends no more; what it asked is answered already."""
        return self._session is not None and self._session.more

    def pause_writing(self) -> None:
        self._full = True
        self._channel.pause_reading()

    def resume_writing(self) -> None:
        self._full = False
        self._channel.resume_reading()
        # not from within a write
        asyncio.get_running_loop().call_soon(self._go_on)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch(0)
        if self._session is not None:
            self._session.end(self._now())
            self._touched()

    def _answer(self, data: bytes) -> None:
        session = self._session
        assert session is not None
        self._write(session.feed(data, self._now()))
        if session.closed:
            self._hang_up()
        elif session.more and not self._full:
            asyncio.get_running_loop().call_soon(self._go_on)
        if session.subscriptions:
            self._pump(self._now())
        self._touched()

    def _go_on(self) -> None:
        """There is room again: answer what was left, then tell what has happened meanwhile."""
        session = self._session
        if session is None or session.closed or self._full:
            return
        with shown("a NETCONF session ends", self._give_up):
            if session.more:
                self._answer(b"")
            self._pump(self._now())

    def _pump(self, now: Instant) -> None:
        """Send notifications as long as the client has room."""
        session = self._session
        if session is None or session.closed:
            return
        while not self._full and (data := session.take(now)):
            self._write(data)
        self._touched()

    def _write(self, data: bytes) -> None:
        with self._writing.held():
            self._channel.write(data)

    def _touched(self) -> None:
        self._front.lab.timeline.touched(self._front.server(self._device))

    def _now(self) -> Instant:
        return self._front.lab.timeline.present()

    def _watch(self, seconds: float) -> None:
        """End the session when nothing comes for so long; 0 waits for ever."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._too_late)

    def _too_late(self) -> None:
        if self._session is not None and not self._session.closed:
            self._session.killed(self._now(), "timeout")

    def _give_up(self) -> None:
        if self._session is not None:
            self._session.end(self._now())
        self._hang_up()

    def _hang_up(self) -> None:
        self._watch(0)
        with suppress(BrokenPipeError):
            self._channel.exit(0)
