"""NETCONF over SSH in front of the devices: a port each, the subsystem `netconf` and nothing else.

It is a server of its own beside that of the shell, with the algorithms and the RSA key of the
device's `ncsshd`. A listener whose device has no `netconf-yang` ends each connection at once. An
idle device costs its listening socket; sessions and what they share exist while somebody is there.
Sources: docs/sources.md, entries netconf-ssh, netconf-privilege.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncssh

from agent.adapters.plan import Listen
from agent.adapters.ssh import LOGIN_SECONDS, Login, SshFront, host_key
from agent.device.device import Device
from agent.netconf.server import NetconfServer, enabled
from agent.netconf.session import NetconfSession
from yang.tree import Tree

if TYPE_CHECKING:
    from agent.adapters.lab import Lab

PRIVILEGE = 15  # source: netconf-privilege
MAX_SESSIONS = 64  # assumed: of one device; the real limit is not known
KEY_FILE = "netconf_host_rsa_key"
# source: netconf-ssh (what a 17.12 prints in show netconf-yang status)
_KEX = (
    "ecdh-sha2-nistp256 ecdh-sha2-nistp384 ecdh-sha2-nistp521 diffie-hellman-group16-sha512 "
    "diffie-hellman-group14-sha256 diffie-hellman-group14-sha1"
)
_CIPHERS = "aes128-ctr aes192-ctr aes256-ctr aes128-cbc aes256-cbc"
_MACS = "hmac-sha2-256 hmac-sha2-512 hmac-sha1"


class NetconfFront(SshFront):
    """All NETCONF listeners of a lab, and the servers of the devices somebody is on."""

    def __init__(self, lab: Lab, folder: Path | None = None) -> None:
        super().__init__(lab, folder)
        self._servers: dict[str, NetconfServer] = {}
        self._roots: dict[str, Tree] = {}
        lab.reloaded.append(self._reloaded)

    def _connection_options(self, folder: Path | None) -> asyncssh.SSHServerConnectionOptions:
        return asyncssh.SSHServerConnectionOptions(
            server_factory=self._login,
            server_host_keys=[host_key(folder, KEY_FILE, "ssh-rsa")],
            kex_algs=_KEX.split(),
            encryption_algs=_CIPHERS.split(),
            mac_algs=_MACS.split(),
            compression_algs=["none"],
            gss_host=None,
            public_key_auth=False,
            login_timeout=LOGIN_SECONDS,
            encoding=None,
            agent_forwarding=False,
            allow_scp=False,
            x11_forwarding=False,
        )

    async def listen(self, device: Device, at: Listen) -> Listen:
        """Listen for a device; returns where. Raises InputError when the port is in use."""
        found = await super().listen(device, at)
        told = device.changed

        def changed(device: Device) -> None:
            told(device)
            self._review(device)

        device.changed = changed
        return found

    def server(self, device: Device) -> NetconfServer:
        """What the sessions of a device share."""
        found = self._servers.get(device.name)
        if found is None:
            found = NetconfServer(device, self.lab.timeline.present())
            self._servers[device.name] = found
        return found

    def _login(self) -> Login:
        return NetconfLogin(self)

    def _review(self, device: Device) -> None:
        """NETCONF that is configured no more has no sessions."""
        root = device.datastore.running
        if self._roots.get(device.name) is root or device.name not in self._servers:
            return
        self._roots[device.name] = root
        if not enabled(root):
            self._end_sessions(device)

    def _reloaded(self, device: Device) -> None:
        self._end_sessions(device)

    def _end_sessions(self, device: Device) -> None:
        server = self._servers.pop(device.name, None)
        if server is not None:
            for session in tuple(server.sessions.values()):
                session.killed()


class NetconfLogin(Login):
    """One connection. Who has not privilege 15 is refused like one with a wrong password."""

    _front: NetconfFront

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        super().connection_made(conn)
        if not enabled(self._device.datastore.running):
            conn.abort()

    async def validate_password(self, username: str, password: str) -> bool:
        accepted = await super().validate_password(username, password)
        if not accepted or self._privilege < PRIVILEGE:
            return False
        self._tell(username)
        return True

    def session_requested(self) -> asyncssh.SSHServerSession[Any] | bool:
        if len(self._front.server(self._device).sessions) >= MAX_SESSIONS:
            return False
        return Channel(self._front, self._device, self._user, self._peer)

    def _tell(self, username: str) -> None:
        """Log who has come. # source: auth-passed"""
        device = self._device
        fields = {
            "place": "Switch 1 R0/0" if device.profile.kind == "switch" else "R0/0",
            "user": username,
            "source": self._peer,
            "port": str(self._connection.get_extra_info("peername")[1]),
            "privilege": str(self._privilege),
        }
        device.syslog("DMI.AUTH_PASSED", fields, self._front.lab.timeline.present())

    def _report(self, username: str) -> None:
        """The daemon of NETCONF writes no LOGIN_FAILED."""


class Channel(asyncssh.SSHServerSession[bytes]):
    """One channel: the subsystem `netconf`."""

    def __init__(self, front: NetconfFront, device: Device, user: str, source: str) -> None:
        self._front, self._device = front, device
        self._user, self._source = user, source
        self._session: NetconfSession | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def subsystem_requested(self, subsystem: str) -> bool:
        return subsystem == "netconf"

    def session_started(self) -> None:
        now = self._front.lab.timeline.present()
        server = self._front.server(self._device)
        self._session = NetconfSession(server, self._user, self._source, now)
        self._session.hang_up = self._hang_up
        self._channel.write(self._session.start())

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        session = self._session
        if session is None or session.closed:
            return
        self._channel.write(session.feed(data, self._front.lab.timeline.present()))
        self._end_if_closed(session)

    def eof_received(self) -> bool:
        """The client sends no more; what it asked is answered already."""
        return False

    def pause_writing(self) -> None:
        self._channel.pause_reading()

    def resume_writing(self) -> None:
        self._channel.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._session is not None:
            self._session.end()

    def _end_if_closed(self, session: NetconfSession) -> None:
        if session.closed:
            self._hang_up()

    def _hang_up(self) -> None:
        self._channel.exit(0)
