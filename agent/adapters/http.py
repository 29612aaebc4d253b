"""Carries the agent's requests over HTTP: one `Send` in, one ReplyReceived or SendFailed back.

The first URL whose host resolves is taken; behind a proxy the proxy's name is what must resolve.
What goes wrong on the way is a `Failure`, never an exception; only a bug raises. A lab's devices
share a client session for each address they send from.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import ssl
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from agent.adapters.dns import Address, Resolver
from agent.adapters.timeline import Timeline
from agent.adapters.tls import client_tls
from agent.device.config import Resolution, resolution
from agent.engine.actions import Send
from agent.engine.config import Transport
from agent.engine.events import Failure, ReplyReceived, SendFailed
from agent.protocol import codec_callhome
from agent.protocol.codec import MessageError, decode_reply, encode_request

if TYPE_CHECKING:
    import aiohttp

    from agent.device.device import Device

# source: reply-wait (a missing answer is declared after roughly 30 seconds)
TOTAL_SECONDS = 30.0
CONNECT_SECONDS = 10.0
# source: http-rules (a body over 20 MiB is refused)
BODY_LIMIT = 20 * 1024 * 1024
DEFAULT_PORTS = {"http": 80, "https": 443}
HEADERS = {"Content-Type": "application/json", "X-Emu-Format": "slp-emu/1"}
CALL_HOME_HEADERS = {"Content-Type": codec_callhome.CONTENT_TYPE}
GOOD_STATUS = (200, 202)
# assumed: a reply may leave its type out; an answer for people is none of the server's
PAGES = ("text/html", "text/plain")


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a request really goes: URL with the address in it, its Host header, the proxy."""

    url: str
    host: str
    proxy: str | None = None
    user: tuple[str, str] | None = None
    source: str | None = None
    tls: ssl.SSLContext | bool = True
    call_home: bool = False


class HttpLink:
    """The devices' way out. Each exchange is in flight on the timeline until it is answered."""

    def __init__(
        self,
        timeline: Timeline,
        resolver: Resolver,
        *,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._timeline = timeline
        self._resolver = resolver
        self._total_seconds = total_seconds
        self._clients: dict[str | None, aiohttp.ClientSession] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, device: Device, send: Send) -> None:
        """Start the exchange and return; the answer reaches the device by itself."""
        self._timeline.begin()
        task = asyncio.get_running_loop().create_task(self._carry(device, send))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def close(self) -> None:
        """Break off what is in flight. The devices send it again after the next start."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for client in self._clients.values():
            await client.close()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            task.get_loop().call_exception_handler(
                {"message": "an exchange broke off", "exception": fault}
            )

    async def _carry(self, device: Device, send: Send) -> None:
        try:
            names = resolution(device.datastore.running, send.route.vrf)
            event = await self.exchange(send, names)
            now = self._timeline.present()
            device.handle(event, now)
            self._timeline.touched(device)
        finally:
            self._timeline.end()

    async def exchange(self, send: Send, names: Resolution) -> ReplyReceived | SendFailed:
        """Send one request and wait for its answer."""
        if send.route.blocked is not None:
            return SendFailed(send.request_id, send.route.blocked)
        try:
            async with asyncio.timeout(self._total_seconds):
                return await self._exchange(send, names)
        except TimeoutError:
            return SendFailed(send.request_id, Failure.TIMED_OUT)

    async def _exchange(self, send: Send, names: Resolution) -> ReplyReceived | SendFailed:
        target = await self._target(send, names)
        if target is None:
            return SendFailed(send.request_id, Failure.UNRESOLVED)
        called = send.route.transport is Transport.CALLHOME
        target = replace(target, source=send.route.source, call_home=called)
        if target.url.startswith("https:"):
            check = send.route.server_identity_check
            calendar = send.message.timestamp
            target = replace(target, tls=client_tls(send.anchors, check, calendar))
        body = await self._post(target, _body(send))
        if isinstance(body, SendFailed):
            return SendFailed(send.request_id, body.failure, body.detail)
        if not body.strip():
            return SendFailed(send.request_id, Failure.EMPTY_REPLY)
        try:
            if called:
                body = codec_callhome.unwrap(body, codec_callhome.REPLY)
            return ReplyReceived(send.request_id, decode_reply(body))
        except MessageError as error:
            return SendFailed(send.request_id, Failure.BAD_REPLY, str(error))

    async def _target(self, send: Send, names: Resolution) -> _Target | None:
        """The first URL that resolves; a proxy resolves the names in URLs itself."""
        route = send.route
        if route.proxy:
            proxy = urlsplit(f"//{route.proxy.removeprefix('http://')}")
            found = await self._resolver.resolve(proxy.hostname or "", names)
            if found is None:
                return None
            at = _netloc(found, proxy.port or DEFAULT_PORTS["http"])
            return _Target(route.urls[0], "", f"http://{at}", route.proxy_user)
        for url in route.urls:
            parts = urlsplit(url)
            found = await self._resolver.resolve(parts.hostname or "", names)
            if found is not None:
                at = _netloc(found, parts.port or DEFAULT_PORTS.get(parts.scheme, 80), parts.scheme)
                return _Target(urlunsplit(parts._replace(netloc=at)), parts.netloc)
        return None

    async def _post(self, target: _Target, data: bytes) -> bytes | SendFailed:
        import aiohttp

        headers = dict(CALL_HOME_HEADERS if target.call_home else HEADERS)
        if target.host:
            headers["Host"] = target.host
        # through a tunnel only the proxy hears of its user
        known = _proxy_user(target)
        tunnel = target.url.startswith("https:")
        try:
            async with self._client(_leaves_from(target)).post(
                target.url,
                data=BytesIO(data),
                headers=headers if tunnel else {**headers, **known},
                proxy=target.proxy,
                proxy_headers=known if tunnel else None,
                allow_redirects=False,
                server_hostname=urlsplit(f"//{target.host}").hostname,
                ssl=target.tls,
            ) as response:
                if response.status not in GOOD_STATUS:
                    return SendFailed(0, Failure.HTTP_STATUS, str(response.status))
                if "Content-Type" in response.headers and response.content_type in PAGES:
                    return SendFailed(0, Failure.BAD_REPLY, response.content_type)
                return await _limited(response)
        except (aiohttp.ClientSSLError, ssl.SSLError) as error:
            return SendFailed(0, Failure.TLS, str(error))
        except aiohttp.ClientHttpProxyError as error:
            return SendFailed(0, Failure.HTTP_STATUS, str(error.status))
        except aiohttp.ClientProxyConnectionError as error:
            return SendFailed(0, Failure.PROXY, str(error))
        except aiohttp.ClientConnectorError as error:
            return SendFailed(0, Failure.REFUSED, str(error))
        except aiohttp.ServerTimeoutError:
            return SendFailed(0, Failure.TIMED_OUT)
        except aiohttp.ServerDisconnectedError:
            return SendFailed(0, Failure.EMPTY_REPLY)
        except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError) as error:
            return SendFailed(0, Failure.BAD_REPLY, str(error))
        except (aiohttp.ClientError, OSError) as error:
            return SendFailed(0, Failure.REFUSED, str(error))

    def _client(self, source: str | None) -> aiohttp.ClientSession:
        """The session whose connections leave from this address."""
        import aiohttp

        client = self._clients.get(source)
        if client is None:
            local = (source, 0) if source else None
            client = self._clients[source] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, force_close=True, local_addr=local),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                auto_decompress=True,
            )
        return client


def _body(send: Send) -> bytes:
    body = encode_request(send.message, send.signing_key)
    if send.route.transport is not Transport.CALLHOME:
        return body
    message = send.message
    udi = message.sender.udi
    return codec_callhome.wrap_request(body, udi.pid, udi.sn, send.request_id, message.timestamp)


def _proxy_user(target: _Target) -> dict[str, str]:
    if target.user is None:
        return {}
    token = base64.b64encode(":".join(target.user).encode()).decode()
    return {"Proxy-Authorization": f"Basic {token}"}


def _leaves_from(target: _Target) -> str | None:
    """The host's address that stands for a source interface's.

    Where a server is on loopback, 10.1.2.3 leaves from 127.0.2.3: one address for each interface,
    as far as this host has all of 127.0.0.0/8. Elsewhere the host's own routing decides.
    """
    if target.source is None:
        return None
    host = urlsplit(target.proxy or target.url).hostname or ""
    try:
        loopback = ipaddress.ip_address(host) in ipaddress.ip_network("127.0.0.0/8")
    except ValueError:
        return None
    if not loopback or not _has_all_of_loopback():
        return None
    return "127.0." + ".".join(target.source.split(".")[2:])


@lru_cache(maxsize=1)
def _has_all_of_loopback() -> bool:
    """Linux answers for each address of 127.0.0.0/8, other systems for one."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(("127.0.99.99", 0))
        except OSError:
            return False
    return True


def _netloc(found: Address, port: int, scheme: str = "http") -> str:
    host = f"[{found.host}]" if ":" in found.host else found.host
    instead = found.tls_port if scheme == "https" and found.tls_port else found.port
    return f"{host}:{instead or port}"


async def _limited(response: aiohttp.ClientResponse) -> bytes | SendFailed:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(65536):
        size += len(chunk)
        if size > BODY_LIMIT:
            return SendFailed(0, Failure.BAD_REPLY, f"more than {BODY_LIMIT} bytes")
        chunks.append(chunk)
    return b"".join(chunks)
