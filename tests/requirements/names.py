"""A name server on loopback with a few names, for devices that are given `ip name-server`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """Answers A queries from `hosts` and notes every name it was asked for."""

    hosts: Mapping[str, str]
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        address = self.hosts.get(name)
        if address is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.A:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", address))
        cast(asyncio.DatagramTransport, self._transport).sendto(reply.to_wire(), addr)


@asynccontextmanager
async def open_name_server(hosts: Mapping[str, str]) -> AsyncIterator[NameServer]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: NameServer(hosts), local_addr=("127.0.0.1", 0)
    )
    try:
        yield server
    finally:
        transport.close()
