"""Names to addresses, the way a device finds them.

A literal address is itself. Then the device's own `ip host` table; then, while `ip domain lookup`
is on, its name servers by real queries. A device without name servers asks the local segment
(255.255.255.255); here the lab's `hosts` answer that. A lab host may carry a port, which
replaces the one of the URL: the lab's port forwarding.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from agent.device.config import Resolution

# source: domain-timeout (`ip domain timeout` is 3 seconds unless configured)
QUERY_SECONDS = 3.0
# assumed: one query a server; `ip domain retry` is 2, its effect on a licensing attempt is unseen
DNS_PORT = 53


@dataclass(frozen=True, slots=True)
class Address:
    """An address found; `port` None leaves the URL's port as it is.

    `tls_port` is the port instead for https, where a server has one of each.
    """

    host: str
    port: int | None = None
    tls_port: int | None = None


class Resolver:
    """The lab's names; one for all devices. A `dns_port` of 0 asks no name server."""

    def __init__(self, hosts: Mapping[str, str | Address], dns_port: int = DNS_PORT) -> None:
        self._hosts = {
            name.lower(): at if isinstance(at, Address) else literal(at)
            for name, at in hosts.items()
        }
        self._dns_port = dns_port

    async def resolve(self, name: str, settings: Resolution) -> Address | None:
        """The address of `name` as a device with these settings finds it, or None."""
        if is_address(name):
            return Address(name)
        wanted = name.lower().rstrip(".")
        own = settings.hosts.get(wanted)
        if own:
            return Address(own[0])
        if not settings.lookup:
            return None
        if not settings.servers:
            return self._hosts.get(wanted)
        for server in settings.servers if self._dns_port else ():
            found = await _ask(wanted, server, self._dns_port)
            if found is not None:
                return found
        return None


def is_address(text: str) -> bool:
    """Is this a literal IPv4 or IPv6 address?"""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def literal(text: str) -> Address:
    """`127.0.0.1` or `127.0.0.1:18182`."""
    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and not is_address(text):
        return Address(host.strip("[]"), int(port))
    return Address(text)


async def _ask(name: str, server: str, port: int) -> Address | None:
    """One name server's answer; None when it has none or does not answer."""
    import dns.asyncquery
    import dns.exception
    import dns.message
    import dns.rdatatype

    for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
        query = dns.message.make_query(name, kind)
        try:
            reply = await dns.asyncquery.udp(query, server, timeout=QUERY_SECONDS, port=port)
        except (dns.exception.DNSException, OSError, EOFError, asyncio.IncompleteReadError):
            return None
        for rrset in reply.answer:
            for record in rrset:
                if record.rdtype == kind:
                    return Address(str(record.address))
    return None
