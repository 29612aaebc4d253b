"""An NTP server on loopback whose clock is ahead of this host's by as much as a test wants."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

PACKET = struct.Struct("!B B B b 11I")
SINCE_1900 = 2_208_988_800


def stamp(seconds: float) -> tuple[int, int]:
    """Seconds of 1970 as the two words of NTP."""
    whole = int(seconds)
    return whole + SINCE_1900, int((seconds - whole) * 2**32)


@dataclass
class NtpServer(asyncio.DatagramProtocol):
    """Answers in mode 4, version 4 (RFC 5905); `seconds` is how far its clock is ahead."""

    seconds: float = 0.0
    stratum: int = 2
    reference: int = 0x0A090901  # 10.9.9.1
    leap: int = 0
    silent: bool = False
    asked: int = 0
    port: int = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked += 1
        assert len(data) >= 48 and data[0] & 7 == 3, "a client's request"
        if self.silent:
            return
        theirs = struct.unpack("!2I", data[40:48])
        now = stamp(time.time() + self.seconds)
        first = self.leap << 6 | 4 << 3 | 4
        words = (0x20, 0x40, self.reference, *now, *theirs, *now, *now)
        self._transport.sendto(PACKET.pack(first, self.stratum, 6, -20, *words), addr)


@asynccontextmanager
async def ntp_server(**how) -> AsyncIterator[NtpServer]:
    """One that listens until the block ends."""
    loop = asyncio.get_running_loop()
    server = NtpServer(**how)
    transport, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
    try:
        yield server
    finally:
        transport.close()
