"""The HTTP servers of the devices: HTTPS for RESTCONF and licensing, plain HTTP for licensing.

Bytes become a Request, the packages of `agent.restconf` answer, and the Response goes out. Who asks
is found here, by basic authentication. The port of a server that is not configured refuses. An
idle device costs its socket.
Sources: docs/sources.md, entries restconf-root, restconf-privilege, smartlic-service.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMethod

from agent.adapters.accounts import Accounts
from agent.adapters.arrivals import BACKLOG
from agent.adapters.bugs import show
from agent.adapters.device_tls import Certificates
from agent.adapters.doors import Door, follow
from agent.adapters.plan import Listen
from agent.adapters.ssh import FAILURE_SECONDS
from agent.adapters.yang_folder import read_folder
from agent.device.config import enable_secret
from agent.device.device import Device
from agent.netconf.server import NetconfServer, restconf_enabled
from agent.restconf import server as restconf
from agent.restconf import smartlic
from agent.restconf.headers import not_allowed
from agent.restconf.messages import Request, Response, error_response, refused
from agent.restconf.server import RestconfServer
from yang.tree import EMPTY, get

if TYPE_CHECKING:
    from agent.adapters.lab import Lab

MAX_BODY = 16 * 1024 * 1024
BODY_SECONDS = 30.0  # assumed: for a whole body to come
MAX_CONNECTIONS = 256  # assumed: of one listener
SHUTDOWN_SECONDS = 0.5
_REQUEST_LINE = re.compile(r":\s+b'[A-Za-z!#$%&*+.^_|~-]+ /\S* HTTP/1\.[01]\b")  # aiohttp's words
_METHODS = "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"
REALM = "level_15_access"  # source: smartlic-service
SERVER = "openresty"  # assumed: what stands in front of both on a device names itself so


class HttpFront:
    """All HTTP listeners of a lab."""

    def __init__(
        self, lab: Lab, folder: Path | None = None, failure_seconds: float = FAILURE_SECONDS
    ) -> None:
        self.lab = lab
        self.accounts = Accounts()
        self.failure_seconds = failure_seconds
        self._certificates = Certificates(folder)
        self._servers: dict[str, RestconfServer] = {}
        self._alone: dict[str, NetconfServer] = {}
        self._own_texts = read_folder(lab.plan.yang_folder)
        self._webs: list[web.Server] = []
        self._doors: list[Door] = []

    async def listen(self, device: Device, at: Listen, *, tls: bool) -> Listen:
        """Listen while it is configured; returns where. Raises InputError for a port in use."""

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            try:
                return await self._handle(device, request, tls)
            except (ConnectionError, web.RequestPayloadError):
                raise  # the client left in the middle
            except Exception as fault:  # a bug is shown; the client gets a 500 of aiohttp
                show("a request broke off", fault)
                raise

        serving = web.Server(handle, access_log=None)
        context = self._certificates.listening(device) if tls else None

        async def accept(bound: socket.socket) -> asyncio.Server:
            return await asyncio.get_running_loop().create_server(
                lambda: _connection(serving), sock=bound, ssl=context, backlog=BACKLOG
            )

        door = Door(f"http of {device.name}", at, accept)
        self._webs.append(serving)
        self._doors.append(door)
        follow(door, device, lambda root: smartlic.enabled(root, tls=tls))
        self._watch(device)
        await door.opened()
        return door.at

    async def close(self) -> None:
        """Close every listener and every connection."""
        for door in self._doors:
            door.close()
        for serving in self._webs:
            await serving.shutdown(SHUTDOWN_SECONDS)
        self._doors.clear()

    def _watch(self, device: Device) -> None:
        """Notice when the configuration changes, so that the entity tag does."""
        if device.name in self._servers:
            return
        server = RestconfServer(device, lambda: self._shared(device), self.lab.timeline.present())
        self._servers[device.name] = server
        told = device.changed

        def changed(device: Device) -> None:
            told(device)
            server.notice(device.latest)

        device.changed = changed

    def _shared(self, device: Device) -> NetconfServer:
        """What NETCONF and RESTCONF of a device have in common."""
        if self.lab.netconf is not None and device.name in self.lab.netconf_endpoints:
            return self.lab.netconf.server(device)
        found = self._alone.get(device.name)
        if found is None:
            now = self.lab.timeline.present()
            web = self.lab.web_of(device.name)
            found = NetconfServer(device, now, own_texts=self._own_texts, web=web)
            self._alone[device.name] = found
        return found

    # --- one request ----------------------------------------------------------------------------

    async def _handle(self, device: Device, given: web.BaseRequest, tls: bool) -> web.Response:
        if not smartlic.enabled(device.datastore.running, tls=tls):
            _hang_up(given)
            return web.Response(status=503)
        path, _, query = given.raw_path.partition("?")
        request = Request(
            method=given.method,
            path=urlsplit(path).path if "://" in path else path,
            query=tuple(parse_qsl(query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in given.headers.items()},
        )
        response = await self._answer(device, given, request, tls)
        reply = web.Response(status=response.status, body=response.body or None)
        reply.headers["Server"] = SERVER
        for name, value in response.headers.items():
            reply.headers[name] = value
        return reply

    async def _answer(
        self, device: Device, given: web.BaseRequest, request: Request, tls: bool
    ) -> Response:
        root = device.datastore.running
        native = _below(request.path, smartlic.ROOT)
        modelled = _below(request.path, restconf.ROOT) or _below(request.path, restconf.HOST_META)
        if not native and not (modelled and tls and restconf_enabled(root)):
            return Response(404, {"Content-Type": "text/plain"}, b"404 Not Found\n")
        user, privilege = self._privilege(device, request, native=native)
        if privilege is None or (native and privilege < restconf.PRIVILEGE):
            await asyncio.sleep(self.failure_seconds)
            return _unknown(request, native=native)
        body = await _body(given)
        if body is None:
            return _too_big(request, native=native)
        request = Request(request.method, request.path, request.query, request.headers, body)
        now = self.lab.timeline.present()
        if native:
            return smartlic.answer(device, request, now)
        source = given.remote or ""
        return self._servers[device.name].answer(request, user, privilege, now, source)

    def _privilege(
        self, device: Device, request: Request, *, native: bool
    ) -> tuple[str, int | None]:
        """Who asks, and with which privilege; None for a login that is invalid."""
        user, password = _credentials(request.header("authorization"))
        if not user and not password:
            return user, None
        method = get(device.datastore.running, ("native", "ip", "http", "authentication"), EMPTY)
        if native and not (method.get("local") or "aaa" in method):
            # without a method, and with `enable`, the enable password is asked for
            secret = enable_secret(device.datastore.running)
            return user, 15 if secret is not None and secret.accepts(password) else None
        return user, self.accounts.privilege_of(device, user, password)


class _TooMany(asyncio.Protocol):
    """A connection that is one too many ends at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.abort()


class _Connection(web.RequestHandler):
    """A method that HTTP does not know is one that is not allowed; aiohttp says 400 to it."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if not isinstance(exc, BadHttpMethod) or not _REQUEST_LINE.search(exc.message):
            return super().handle_error(request, status, exc, message)
        answer = error_response(not_allowed(_METHODS), Request(request.method, request.path), True)
        reply = web.Response(status=answer.status, body=answer.body, headers=answer.headers)
        reply.force_close()
        return reply


def _connection(serving: web.Server) -> asyncio.BaseProtocol:
    if len(serving.connections) >= MAX_CONNECTIONS:
        return _TooMany()
    return _Connection(serving, loop=asyncio.get_running_loop(), access_log=None)  # type: ignore[arg-type]


def _below(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}/")


def _credentials(header: str) -> tuple[str, str]:
    """User and password of basic authentication; empty where there are none."""
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        found = base64.b64decode(text.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return "", ""
    user, _, password = found.partition(":")
    return user, password


async def _body(given: web.BaseRequest) -> bytes | None:
    """The whole body; None where it is too large or does not come in time."""
    chunks: list[bytes] = []
    size = 0
    if (given.content_length or 0) > MAX_BODY:
        return None
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in given.content.iter_chunked(1 << 16):
                size += len(chunk)
                if size > MAX_BODY:
                    return None
                chunks.append(chunk)
    except TimeoutError:
        return None
    return b"".join(chunks)


def _unknown(request: Request, *, native: bool) -> Response:
    """401, the same for whoever may not come in."""
    realm = REALM if native else "restconf"
    headers = {"WWW-Authenticate": f'Basic realm="{realm}"'}
    if native:
        found = smartlic.failure(401, "notenabled", "authentication failed")
        return Response(401, {**found.headers, **headers}, found.body)
    refusal = refused("access-denied", "access denied", status=401, kind="protocol")
    refusal.headers = headers
    return error_response(refusal, request, "xml" not in request.header("accept"))


def _too_big(request: Request, *, native: bool) -> Response:
    message = "the body is too large, or did not come in time"
    if native:
        found = smartlic.failure(413, "BadInputParams", message)
        return Response(413, {**found.headers, "Connection": "close"}, found.body)
    refusal = refused("too-big", message, kind="protocol")
    refusal.headers = {"Connection": "close"}
    return error_response(refusal, request, "xml" not in request.header("accept"))


def _hang_up(given: web.BaseRequest) -> None:
    if given.transport is not None:
        given.transport.abort()
