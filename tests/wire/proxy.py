"""A real HTTP proxy on loopback: CONNECT and plain requests, with a user's password if it has one.

Names are looked up in a table of its own, as a proxy does; what came in is kept in `seen`.
"""

from __future__ import annotations

import asyncio
import base64
from contextlib import asynccontextmanager


class Proxy:
    def __init__(self, places, user=None):
        self.places, self.user = places, user
        self.seen: list[str] = []
        self.peers: list[str] = []
        self.port = 0

    async def serve(self, reader, writer):
        try:
            self.peers.append(writer.get_extra_info("peername")[0])
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.seen.append(head.splitlines()[0])
            if not self._knows(head):
                writer.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
                return
            await self._relay(head, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _knows(self, head):
        if self.user is None:
            return True
        token = base64.b64encode(":".join(self.user).encode()).decode()
        return f"proxy-authorization: basic {token}".lower() in head.lower()

    async def _relay(self, head, reader, writer):
        method, target, _ = head.split(" ", 2)
        name = target.removeprefix("http://").split("/")[0].split(":")[0]
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.places[name])
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            path = "/" + target.removeprefix("http://").partition("/")[2]
            lines = head.replace(target, path, 1)
            up_writer.write(lines.encode())
        await asyncio.gather(_pipe(reader, up_writer), _pipe(up_reader, writer))


async def _pipe(reader, writer):
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def proxy(places, user=None):
    """A proxy that knows these names (host -> port)."""
    made = Proxy(places, user)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
