"""Carries the agent's requests over HTTP: one `Send` in, one ReplyReceived or SendFailed back.

The first URL whose host resolves is taken. What goes wrong on the way is a `Failure`, never an
exception; only a bug raises. All devices of a lab share one client session.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from agent.adapters.dns import Address, Resolver
from agent.adapters.timeline import Timeline
from agent.device.config import Resolution, resolution
from agent.engine.actions import Send
from agent.engine.events import Failure, ReplyReceived, SendFailed
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
GOOD_STATUS = (200, 202)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a request really goes: URL with the address in it, its Host header, the proxy."""

    url: str
    host: str
    proxy: str | None
    tls: ssl.SSLContext | bool = True


@lru_cache(maxsize=64)
def client_tls(anchors: tuple[str, ...], identity_check: bool) -> ssl.SSLContext:
    """TLS as a device with these roots speaks it: nothing else is believed.

    The name in the URL must be the certificate's, unless the identity check is off.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = identity_check
    for anchor in anchors:
        context.load_verify_locations(cadata=base64.b64decode(anchor))
    return context


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
        self._client: aiohttp.ClientSession | None = None
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
        if self._client is not None:
            await self._client.close()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            task.get_loop().call_exception_handler(
                {"message": "an exchange broke off", "exception": fault}
            )

    async def _carry(self, device: Device, send: Send) -> None:
        try:
            event = await self.exchange(send, resolution(device.datastore.running))
            now = self._timeline.present()
            device.handle(event, now)
            self._timeline.touched(device)
        finally:
            self._timeline.end()

    async def exchange(self, send: Send, names: Resolution) -> ReplyReceived | SendFailed:
        """Send one request and wait for its answer."""
        try:
            async with asyncio.timeout(self._total_seconds):
                return await self._exchange(send, names)
        except TimeoutError:
            return SendFailed(send.request_id, Failure.TIMED_OUT)

    async def _exchange(self, send: Send, names: Resolution) -> ReplyReceived | SendFailed:
        target = await self._target(send, names)
        if target is None:
            return SendFailed(send.request_id, Failure.UNRESOLVED)
        if target.url.startswith("https:"):
            check = send.route.server_identity_check
            target = replace(target, tls=client_tls(send.anchors, check))
        body = await self._post(target, encode_request(send.message, send.signing_key))
        if isinstance(body, SendFailed):
            return SendFailed(send.request_id, body.failure, body.detail)
        if not body.strip():
            return SendFailed(send.request_id, Failure.EMPTY_REPLY)
        try:
            return ReplyReceived(send.request_id, decode_reply(body))
        except MessageError as error:
            return SendFailed(send.request_id, Failure.BAD_REPLY, str(error))

    async def _target(self, send: Send, names: Resolution) -> _Target | None:
        """The first URL that resolves; behind a proxy the proxy's name is what must resolve."""
        if send.route.proxy:
            proxy = urlsplit(f"//{send.route.proxy.removeprefix('http://')}")
            found = await self._resolver.resolve(proxy.hostname or "", names)
            if found is None:
                return None
            at = _netloc(found, proxy.port or DEFAULT_PORTS["http"])
            return _Target(send.route.urls[0], "", f"http://{at}")
        for url in send.route.urls:
            parts = urlsplit(url)
            found = await self._resolver.resolve(parts.hostname or "", names)
            if found is not None:
                at = _netloc(found, parts.port or DEFAULT_PORTS.get(parts.scheme, 80), parts.scheme)
                return _Target(urlunsplit(parts._replace(netloc=at)), parts.netloc, None)
        return None

    async def _post(self, target: _Target, data: bytes) -> bytes | SendFailed:
        import aiohttp

        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                auto_decompress=True,
            )
        headers = dict(HEADERS)
        if target.host:
            headers["Host"] = target.host
        try:
            async with self._client.post(
                target.url,
                data=BytesIO(data),
                headers=headers,
                proxy=target.proxy,
                allow_redirects=False,
                server_hostname=urlsplit(f"//{target.host}").hostname,
                ssl=target.tls,
            ) as response:
                if response.status not in GOOD_STATUS:
                    return SendFailed(0, Failure.HTTP_STATUS, str(response.status))
                return await _limited(response)
        except (aiohttp.ClientSSLError, ssl.SSLError) as error:
            return SendFailed(0, Failure.TLS, str(error))
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
