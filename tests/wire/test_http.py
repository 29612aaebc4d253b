"""Requests on real sockets: what reaches a server, and what each kind of trouble becomes."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import asynccontextmanager

import dns.message
import dns.rrset
import pytest

from agent.adapters.dns import Address, Resolver
from agent.adapters.http import HttpLink
from agent.adapters.timeline import Timeline
from agent.core.clock import RatedClock
from agent.core.identity import Udi
from agent.device.config import Resolution
from agent.engine.actions import Route, Send
from agent.engine.config import Transport
from agent.engine.events import Failure, ReplyReceived, SendFailed
from agent.protocol.codec import decode_request, encode_reply
from agent.protocol.messages import Hello, Reply, Sender, StatusCode

pytestmark = pytest.mark.wire

NAMES = Resolution()
HELLO = Hello(
    Sender(Udi("C9300-24T", "FOC0000EMU1"), "regid.x", "SW", "5.8.8_rel/14"), 1_000, "12345"
)


@asynccontextmanager
async def server(answer):
    """A server that reads one request a connection and writes `answer(head, body)` as it is."""
    seen = []

    async def serve(reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(head.lower().split("content-length:")[1].split()[0])
            body = await reader.readexactly(length)
            seen.append((head, body))
            found = answer(head, body)
            if found is None:
                await asyncio.sleep(60)
            else:
                writer.write(found)
                await writer.drain()
        except (asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1], seen
    finally:
        listening.close()


def http(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def good(head: str, body: bytes) -> bytes:
    request = decode_request(body).request
    return http(encode_reply(Reply(request.nonce, StatusCode.OK), request, None))


def send(*urls: str, proxy: str | None = None) -> Send:
    return Send(7, Route(Transport.CSLU, urls, proxy), HELLO)


@asynccontextmanager
async def link(hosts=(), total_seconds=5.0):
    timeline = Timeline(RatedClock(0, time.monotonic))
    timeline.ready.set()
    made = HttpLink(timeline, Resolver(dict(hosts)), total_seconds=total_seconds)
    try:
        yield made
    finally:
        await made.close()


async def test_the_first_url_that_resolves_is_taken_and_keeps_its_host_header():
    async with server(good) as (port, seen), link({"cslu-local": f"127.0.0.1:{port}"}) as out:
        urls = ("http://cslu-local.lab:8182/cslu/v1/pi", "http://cslu-local:8182/cslu/v1/pi")
        event = await out.exchange(send(*urls), NAMES)
    assert event == ReplyReceived(
        7, Reply("12345", StatusCode.OK, server_time=event.reply.server_time)
    )
    head = seen[0][0]
    assert head.startswith("POST /cslu/v1/pi HTTP/1.1\r\n")
    assert "\r\nHost: cslu-local:8182\r\n" in head
    assert "\r\nX-Emu-Format: slp-emu/1\r\n" in head


TROUBLE = [
    (lambda h, b: http(b"", "500 Oops"), Failure.HTTP_STATUS),
    (lambda h, b: http(b"", "404 Not Found"), Failure.HTTP_STATUS),
    (lambda h, b: http(b"", "302 Found"), Failure.HTTP_STATUS),
    (lambda h, b: http(b""), Failure.EMPTY_REPLY),
    (lambda h, b: b"", Failure.EMPTY_REPLY),
    (lambda h, b: http(b"<html>nonsense</html>"), Failure.BAD_REPLY),
    (lambda h, b: http(b'{"response": "{}"}'), Failure.BAD_REPLY),
    (lambda h, b: b"SSH-2.0-OpenSSH_9.2\r\n", Failure.BAD_REPLY),
    (lambda h, b: b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", Failure.BAD_REPLY),
    (lambda h, b: None, Failure.TIMED_OUT),
]


@pytest.mark.parametrize(("answer", "failure"), TROUBLE)
async def test_trouble_is_a_value(answer, failure):
    seconds = 0.2 if failure is Failure.TIMED_OUT else 5.0
    async with server(answer) as (port, _), link(total_seconds=seconds) as out:
        event = await out.exchange(send(f"http://127.0.0.1:{port}/cslu/v1/pi"), NAMES)
    assert isinstance(event, SendFailed)
    assert event.failure is failure
    if failure is Failure.HTTP_STATUS:
        assert event.detail in ("500", "404", "302")


async def test_nobody_listens(free_port):
    async with link() as out:
        event = await out.exchange(send(f"http://127.0.0.1:{free_port()}/x"), NAMES)
    assert isinstance(event, SendFailed)
    assert event.failure is Failure.REFUSED


async def test_no_name_resolves():
    async with link() as out:
        event = await out.exchange(send("http://cslu-local:8182/cslu/v1/pi"), NAMES)
    assert event == SendFailed(7, Failure.UNRESOLVED)


async def test_a_server_without_tls_behind_an_https_url():
    async def serve(reader, writer):
        await reader.read(100)
        writer.write(http(b"", "400 Bad Request"))
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    async with link() as out:
        event = await out.exchange(send(f"https://127.0.0.1:{port}/x"), NAMES)
    listening.close()
    assert isinstance(event, SendFailed)
    assert event.failure is Failure.TLS


async def test_a_proxy_is_asked_for_the_whole_url():
    async with server(good) as (port, seen), link() as out:
        url = "http://cslu.example:8182/cslu/v1/pi"
        event = await out.exchange(send(url, proxy=f"127.0.0.1:{port}"), NAMES)
    assert isinstance(event, ReplyReceived)
    assert seen[0][0].startswith(f"POST {url} HTTP/1.1\r\n")


class NameServer(asyncio.DatagramProtocol):
    """Answers A queries from a table; other names do not exist."""

    def __init__(self, names):
        self.names, self.asked = names, []

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        self.asked.append(name)
        reply = dns.message.make_response(query)
        if name in self.names and question.rdtype == 1:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", self.names[name]))
        self.transport.sendto(reply.to_wire(), address)


@pytest.fixture
async def name_server():
    loop = asyncio.get_running_loop()
    made = {}

    async def serve(names):
        transport, protocol = await loop.create_datagram_endpoint(
            lambda: NameServer(names), local_addr=("127.0.0.1", 0)
        )
        made[transport] = protocol
        return transport.get_extra_info("sockname")[1], protocol

    yield serve
    for transport in made:
        transport.close()


async def test_configured_name_servers_are_really_asked(name_server):
    port, server = await name_server({"cslu-local.lab": "127.0.0.7"})
    resolver = Resolver({"cslu-local": "127.0.0.1"}, port)
    names = Resolution(servers=("127.0.0.1",))
    assert await resolver.resolve("cslu-local.lab", names) == Address("127.0.0.7")
    assert await resolver.resolve("cslu-local", names) is None  # the segment is not asked then
    assert "cslu-local.lab" in server.asked


async def test_order_of_names(name_server):
    port, server = await name_server({"a": "127.0.0.3"})
    resolver = Resolver({"b": "127.0.0.1:18182"}, port)
    table = Resolution(hosts={"a": ("127.0.0.2",)}, servers=("127.0.0.1",))
    assert await resolver.resolve("A", table) == Address("127.0.0.2")
    assert await resolver.resolve("192.0.2.1", table) == Address("192.0.2.1")
    assert await resolver.resolve("b", Resolution()) == Address("127.0.0.1", 18182)
    assert await resolver.resolve("b", Resolution(lookup=False)) is None
    assert server.asked == []


async def test_a_name_server_that_sends_nonsense_is_no_answer():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.setblocking(False)
        loop = asyncio.get_running_loop()

        async def nonsense():
            _, address = await loop.sock_recvfrom(listening, 512)
            await loop.sock_sendto(listening, b"\x00nonsense", address)

        task = asyncio.ensure_future(nonsense())
        resolver = Resolver({}, listening.getsockname()[1])
        assert await resolver.resolve("x", Resolution(servers=("127.0.0.1",))) is None
        await task
