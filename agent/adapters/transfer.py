"""Files to and from servers, and `ping`: what a session asks the network for.

TFTP, HTTP and SCP are spoken by libraries. What goes wrong is a TransferFailed with the words the
device prints in brackets, never an exception; only a bug raises. `ping` sends nothing: an address
answers when it is loopback, the device's own, or one that the lab's names and counterparts have.
Sources: docs/sources.md, entries copy-errors, copy-timeouts.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from agent.adapters.dns import Address, Resolver, is_address
from agent.adapters.http import DEFAULT_PORTS
from agent.adapters.tls import client_tls
from agent.cli.reply import LabCall, Pinged, TransferFailed, Transferred
from agent.core.clock import Instant
from agent.device.files import MAX_FILE_BYTES

if TYPE_CHECKING:
    import asyncssh

REQUESTS = frozenset({"transfer.get", "transfer.put", "ping"})
# assumed: how long the device waits for a first answer, and for all of a small file
ANSWER_SECONDS = 10.0
TOTAL_SECONDS = 120.0
TFTP_TRIES = 3
PORTS = {**DEFAULT_PORTS, "tftp": 69, "scp": 22}

TIMED_OUT = TransferFailed("Timed out")
NO_HOST = TransferFailed("Invalid IP address or hostname")
NO_FILE = TransferFailed("No such file or directory")
NOT_ALLOWED = TransferFailed("Permission denied")
TOO_LARGE = TransferFailed("File too large")
BROKEN = TransferFailed("I/O error")

# a name that can be asked for at all
_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_TFTP_CODE = re.compile(r"errorcode = (\d+)")
# source: copy-errors # assumed: what other codes are called
_TFTP_FAULTS = {"1": NO_FILE, "2": NOT_ALLOWED, "3": TransferFailed("No space left on device")}
_HTTP_FAULTS = {404: NO_FILE, 401: NOT_ALLOWED, 403: NOT_ALLOWED}

logging.getLogger("tftpy").setLevel(logging.CRITICAL + 1)  # faults are values here


class _TooLarge(Exception):
    """More came than a device's file can hold."""


class _Limited(BytesIO):
    """Takes as many bytes as a device's file can hold."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > MAX_FILE_BYTES:
            raise _TooLarge
        return super().write(data)


class Outside:
    """The network as sessions use it. `known` gives the addresses that answer a `ping`."""

    def __init__(
        self,
        resolver: Resolver,
        known: Callable[[], frozenset[str]],
        anchors: tuple[str, ...] = (),
        now: Callable[[], Instant] = lambda: 0,
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._resolver, self._known, self._now = resolver, known, now
        self._answer_seconds, self._anchors = answer_seconds, anchors

    async def answer(self, call: LabCall) -> Transferred | TransferFailed | Pinged:
        """Carry out one of REQUESTS."""
        wanted = call.arguments
        host = str(wanted["host"])
        sound = is_address(host) or _HOST.fullmatch(host)
        at = await self._resolver.resolve(host, wanted["names"]) if sound else None
        if call.request == "ping":
            return self._ping(at, wanted)
        if at is None:
            return NO_HOST
        began = time.monotonic()
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                came = await self._carry(call.request == "transfer.put", at, wanted)
        except TimeoutError:
            return TIMED_OUT
        except _TooLarge:
            return TOO_LARGE
        if isinstance(came, TransferFailed):
            return came
        try:
            # files of a device are texts
            text = came.decode()
        except UnicodeDecodeError:
            return BROKEN
        return Transferred(text, max(time.monotonic() - began, 0.001))

    def _ping(self, at: Address | None, wanted: Mapping[str, Any]) -> Pinged:
        if at is None:
            return Pinged(None, False)
        loopback = ipaddress.ip_address(at.host).is_loopback
        reached = loopback or at.host in wanted["own"] or at.host in self._known()
        return Pinged(at.host, reached)

    async def _carry(
        self, sends: bool, at: Address, wanted: Mapping[str, Any]
    ) -> bytes | TransferFailed:
        scheme = str(wanted["scheme"])
        instead = at.tls_port if scheme == "https" and at.tls_port else at.port
        port = int(instead or wanted["port"] or PORTS[scheme])
        data = str(wanted["data"]).encode() if sends else None
        return await _CARRIERS[scheme](self, at.host, port, wanted, data)

    async def _tftp(
        self, host: str, port: int, wanted: Mapping[str, Any], data: bytes | None
    ) -> bytes | TransferFailed:
        """The library blocks, so it has a thread; its own time-outs end it."""
        import tftpy

        seconds = self._answer_seconds / TFTP_TRIES

        def carry() -> bytes | TransferFailed:
            came = _Limited()
            # the library closes what it has sent or received; the bytes are wanted afterwards
            came.close = lambda: None  # type: ignore[method-assign]
            try:
                client = tftpy.TftpClient(host, port, flock=False)
                if data is None:
                    client.download(wanted["name"], came, None, seconds, TFTP_TRIES)
                else:
                    client.upload(wanted["name"], BytesIO(data), None, seconds, TFTP_TRIES)
            except tftpy.TftpTimeout:
                return TIMED_OUT
            except tftpy.TftpFileNotFoundError:
                return NO_FILE
            except tftpy.TftpException as error:
                code = _TFTP_CODE.search(str(error))
                return _TFTP_FAULTS.get(code[1] if code else "", BROKEN)
            except OSError:
                return BROKEN
            return came.getvalue()

        return await asyncio.to_thread(carry)

    async def _http(
        self, host: str, port: int, wanted: Mapping[str, Any], data: bytes | None
    ) -> bytes | TransferFailed:
        import aiohttp

        scheme, named = wanted["scheme"], str(wanted["host"])
        shown = f"[{host}]" if ":" in host else host
        headers = {"Host": named}
        if wanted["user"]:
            login = f"{wanted['user']}:{wanted['password']}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(login).decode()}"
        limits = aiohttp.ClientTimeout(
            total=None, sock_connect=self._answer_seconds, sock_read=self._answer_seconds
        )
        try:
            async with (
                aiohttp.ClientSession(timeout=limits) as client,
                client.request(
                    "GET" if data is None else "PUT",
                    f"{scheme}://{shown}:{port}/{wanted['name']}",
                    data=data,
                    headers=headers,
                    server_hostname=named if scheme == "https" else None,
                    ssl=client_tls(self._anchors, True, self._now()) if scheme == "https" else True,
                ) as response,
            ):
                if response.status >= 300:
                    return _HTTP_FAULTS.get(response.status, BROKEN)
                came = _Limited()
                async for chunk in response.content.iter_chunked(65536):
                    came.write(chunk)
                return came.getvalue() if data is None else b""
        except aiohttp.ServerTimeoutError:
            return TIMED_OUT
        except (aiohttp.ClientError, OSError, ValueError):
            return BROKEN

    async def _scp(
        self, host: str, port: int, wanted: Mapping[str, Any], data: bytes | None
    ) -> bytes | TransferFailed:
        """The host's key is not checked: the device asks nobody about it."""
        import asyncssh

        try:
            async with asyncssh.connect(
                host,
                port,
                username=wanted["user"],
                password=wanted["password"],
                known_hosts=None,
                client_keys=None,
                agent_path=None,
                config=None,
                gss_host=None,
                preferred_auth="password,keyboard-interactive",
                connect_timeout=self._answer_seconds,
                login_timeout=self._answer_seconds,
            ) as connection:
                return await _scp_file(connection, str(wanted["name"]), data)
        except asyncssh.PermissionDenied:
            return NOT_ALLOWED
        except asyncssh.SFTPError as error:
            return NO_FILE if "no such file" in str(error).lower() else BROKEN
        except (asyncssh.Error, ConnectionError):
            return BROKEN


async def _scp_file(
    connection: asyncssh.SSHClientConnection, name: str, data: bytes | None
) -> bytes:
    import asyncssh

    def watch(source: bytes, target: bytes, copied: int, total: int) -> None:
        if total > MAX_FILE_BYTES or copied > MAX_FILE_BYTES:
            raise _TooLarge

    with TemporaryDirectory() as folder:
        kept = Path(folder, "file")
        if data is not None:
            kept.write_bytes(data)
            await asyncssh.scp(str(kept), (connection, name))
            return b""
        await asyncssh.scp((connection, name), str(kept), progress_handler=watch)
        return kept.read_bytes()


_Carrier = Callable[
    [Outside, str, int, Mapping[str, Any], bytes | None], Awaitable[bytes | TransferFailed]
]
_CARRIERS: Mapping[str, _Carrier] = {
    "tftp": Outside._tftp,
    "http": Outside._http,
    "https": Outside._http,
    "scp": Outside._scp,
}
