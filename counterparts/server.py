"""CSLU and CSSM behind HTTP, and the client that carries a CSLU's calls to CSSM.

A server is a node of a lab: it answers `next_deadline()` and is woken with `wake(now)`. It gets
`now` and, from the lab, two hooks: `exchange`, a context that is open while a call to CSSM is under
way, and `touched`, told after everything that may have moved the deadline. It only moves bytes.
"""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from io import BytesIO

import aiohttp
from aiohttp import web

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.protocol.codec import MAX_BODY, MessageError
from counterparts import cloud
from counterparts.cloud import CloudRequest
from counterparts.cslu import CollectAsked, Cslu, CsluAction, FileGiven, RequestArrived
from counterparts.cssm import Cssm
from counterparts.direct import read_token, token_form
from counterparts.pull import DeviceAnswered, DeviceCall, DeviceFailed
from counterparts.receiver import CSLU_PATH
from counterparts.scripts import Answer, TlsFault
from counterparts.server_tls import faulty_tls, server_tls
from counterparts.uplink import CssmAnswered, CssmCall, CssmUnreachable

LOOPBACK = "127.0.0.1"
FORMAT_HEADER = "X-Emu-Format"
FORMAT = "slp-emu/1"
CALL_SECONDS = 30.0
_SHUTDOWN_SECONDS = 0.5
_BLANKS = b" " * 65536

Now = Callable[[], Instant]
Reach = Callable[[DeviceCall], Awaitable[DeviceAnswered | DeviceFailed]]
Exchange = Callable[[], AbstractContextManager[None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Listener:
    """One HTTP listener. Port 0 takes a free one; `port` is the real one after `start`."""

    def __init__(
        self,
        path: str,
        handler: Handler,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.host, self.port = host, port
        self._tls = tls
        app = web.Application(client_max_size=MAX_BODY)
        if path == "*":
            app.router.add_route("*", "/{path:.*}", handler)
        else:
            app.router.add_post(path, handler)
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=_SHUTDOWN_SECONDS
        )

    async def start(self) -> None:
        """Listen. Raises InputError, naming address and port, when that cannot be."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, ssl_context=self._tls)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            in_use = error.errno == errno.EADDRINUSE
            what = "is in use already" if in_use else f"cannot be listened on: {error.strerror}"
            raise InputError(f"port {self.port} {what}", where=f"{self.host}:{self.port}") from None
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close the listener and every connection."""
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"


class CssmServer:
    """CSSM on a port of its own, and on another one by TLS where it is given `names`."""

    def __init__(
        self,
        core: Cssm,
        now: Now,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        names: Sequence[str] = (),
        tls_host: str = LOOPBACK,
        tls_port: int = 0,
    ) -> None:
        self.core = core
        self._now = now
        self._listener = Listener("*", self._serve, host, port)
        self._tls: Listener | None = None
        if names:
            tls = server_tls(core.authority, names)
            tls.sni_callback = self._choose_certificate
            self._tls = Listener("*", self._serve, tls_host, tls_port, tls)
        self._names = tuple(names)

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return self._listener.url

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def tls_port(self) -> int | None:
        """Where it listens by TLS."""
        return self._tls.port if self._tls else None

    @property
    def tls_url(self) -> str:
        """Where it listens by TLS, without a path; empty where it does not."""
        return self._tls.url if self._tls else ""

    def _choose_certificate(
        self, handshake: ssl.SSLObject, name: str | None, context: ssl.SSLContext
    ) -> None:
        fault = self.core.script.tls
        if fault is not TlsFault.NONE:
            handshake.context = faulty_tls(self.core.authority, self._names, fault)

    async def start(self) -> None:
        """Listen. Raises InputError when a port cannot be had."""
        await self._listener.start()
        if self._tls is not None:
            try:
                await self._tls.start()
            except InputError:
                await self._listener.stop()
                raise

    async def stop(self) -> None:
        await self._listener.stop()
        if self._tls is not None:
            await self._tls.stop()

    def next_deadline(self) -> Instant | None:
        return self.core.next_deadline()

    def wake(self, now: Instant) -> None:
        self.core.wake(now)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        asked = CloudRequest(request.method, request.path, dict(request.headers), body)
        return await _respond(request, self.core.handle(asked, self._now()))


class CsluServer:
    """A CSLU on a port of its own, with its client towards CSSM at `cssm_url`."""

    def __init__(
        self,
        core: Cslu,
        now: Now,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        cssm_url: str | None = None,
        client_id: str = "emulated-cslu",
        client_secret: str = "emulated-secret",
        exchange: Exchange = nullcontext,
        touched: Callable[[CsluServer], None] | None = None,
        call_seconds: float = CALL_SECONDS,
        reach: Reach | None = None,
        path: str = CSLU_PATH,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`path` and `tls` are those of an SSM On-Prem, which speaks this protocol with devices by
        HTTPS under a path that ends in the name of an account."""
        self.core = core
        self._reach = reach
        self.cssm_url = cssm_url
        self._now = now
        self._path = path
        self._listener = Listener(path, self._serve, host, port, tls)
        self._form = token_form(client_id, client_secret)
        self._token = ""
        self._exchange = exchange
        self._touched = touched
        self._call_seconds = call_seconds
        self._client: aiohttp.ClientSession | None = None
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The URL a device is configured with."""
        return f"{self._listener.url}{self._path}"

    @property
    def port(self) -> int:
        return self._listener.port

    async def start(self) -> None:
        """Listen. Raises InputError when the port cannot be had."""
        await self._listener.start()
        self._client = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._call_seconds),
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def stop(self) -> None:
        """Close all of it. Calls under way are broken off; they are due again at the next start."""
        await self._listener.stop()
        calls = tuple(self._calls)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        if self._client is not None:
            await self._client.close()
            self._client = None

    def next_deadline(self) -> Instant | None:
        return self.core.next_deadline()

    def wake(self, now: Instant) -> None:
        """Start the calls to CSSM that are due; their end is awaited through `exchange`."""
        self._start_calls(self.core.wake(now))

    async def settled(self) -> None:
        """Wait until no call to CSSM is under way."""
        while self._calls:
            await asyncio.wait(self._calls)

    # --- devices ------------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if not request.headers.get(FORMAT_HEADER, FORMAT).startswith(FORMAT):
            return web.Response(status=400, text="unknown message format")
        body = await request.read()
        answer = self._start_calls(self.core.handle(RequestArrived(body), self._now()))
        self._tell()
        return await _respond(request, answer)

    def _tell(self) -> None:
        if self._touched is not None:
            self._touched(self)

    # --- CSSM ---------------------------------------------------------------------------------

    def _start_calls(self, actions: tuple[CsluAction, ...]) -> Answer:
        answer = Answer(0, b"", silent=True)
        for action in actions:
            if isinstance(action, Answer):
                answer = action
            elif isinstance(action, DeviceCall):
                self._start(self._visit(action), "a visit to a product instance")
            else:
                self._start(self._carry(action), "a call to CSSM")
        return answer

    def _start(self, work: Coroutine[None, None, None], what: str) -> None:
        under_way = ExitStack()
        under_way.enter_context(self._exchange())
        task = asyncio.get_running_loop().create_task(work)
        self._calls.add(task)

        def over(done: asyncio.Task[None]) -> None:
            self._calls.discard(done)
            under_way.close()
            if not done.cancelled() and (fault := done.exception()) is not None:
                context = {"message": f"{what} broke off", "exception": fault}
                done.get_loop().call_exception_handler(context)

        task.add_done_callback(over)

    async def _visit(self, call: DeviceCall) -> None:
        """Go to a product instance by its connect method."""
        if self._reach is None:
            reason = "this CSLU cannot reach product instances"
            result: DeviceAnswered | DeviceFailed = DeviceFailed(call.instance.address, reason)
        else:
            result = await self._reach(call)
        self._start_calls(self.core.handle(result, self._now()))
        self._tell()

    async def collect(self, address: str) -> None:
        """Collect from a product instance and hand it on; returns when nothing is under way.

        Raises InputError for one that is not known.
        """
        self._start_calls(self.core.handle(CollectAsked(address), self._now()))
        await self.settled()

    async def give(self, address: str, text: str) -> None:
        """Hand a licence file over to a product instance. Raises InputError as `collect` does."""
        self._start_calls(self.core.handle(FileGiven(address, text), self._now()))
        await self.settled()

    async def _carry(self, call: CssmCall) -> None:
        result: CssmAnswered | CssmUnreachable
        try:
            status, body = await self._call_with_token(call)
            result = CssmAnswered(call.call_id, status, body)
        except TimeoutError:
            result = CssmUnreachable(call.call_id, "no answer in time")
        except (aiohttp.ClientError, OSError, MessageError) as error:
            result = CssmUnreachable(call.call_id, str(error) or type(error).__name__)
        self._start_calls(self.core.handle(result, self._now()))
        self._tell()

    async def _call_with_token(self, call: CssmCall) -> tuple[int, bytes]:
        status, body = await self._post(call)
        if status == 401:
            await self._renew_token()
            status, body = await self._post(call)
        return status, body

    async def _post(self, call: CssmCall) -> tuple[int, bytes]:
        headers = {
            **call.headers,
            "Content-Type": "application/json",
            FORMAT_HEADER: FORMAT,
            "Authorization": f"Bearer {self._token}",
        }
        return await self._send(call.path, call.body, headers)

    async def _renew_token(self) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, body = await self._send(cloud.TOKEN_PATH, self._form, headers)
        self._token = read_token(body) if status == 200 else ""

    async def _send(self, path: str, data: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._client is None or self.cssm_url is None:
            raise aiohttp.ClientConnectionError("no CSSM is configured")
        url = self.cssm_url.rstrip("/") + path
        async with self._client.post(url, data=BytesIO(data), headers=headers) as response:
            body = await response.content.read(MAX_BODY + 1)
            while not response.content.at_eof() and len(body) <= MAX_BODY:
                body += await response.content.read(MAX_BODY + 1 - len(body))
            return response.status, body


async def _respond(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send an answer, late or not at all if it says so."""
    if answer.delay_ms:
        await asyncio.sleep(answer.delay_ms / 1000)
    if answer.silent and request.transport is not None:
        request.transport.abort()
    headers = {FORMAT_HEADER: FORMAT, "Content-Type": answer.content_type}
    if answer.location:
        headers["Location"] = answer.location
    if answer.endless:
        return await _stream(request, answer, headers)
    return web.Response(status=answer.status or 503, body=answer.body, headers=headers)


async def _stream(
    request: web.Request, answer: Answer, headers: dict[str, str]
) -> web.StreamResponse:
    """The answer and then blanks, until the other side has enough."""
    response = web.StreamResponse(status=answer.status, headers=headers)
    try:
        await response.prepare(request)
        await response.write(answer.body)
        # writing by TLS never waits: others have to get their turn to close it
        while request.transport is not None and not request.transport.is_closing():
            await response.write(_BLANKS)
            await asyncio.sleep(0)
    except ConnectionError:
        pass
    return response
