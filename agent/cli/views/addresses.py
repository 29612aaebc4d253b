"""`show arp`, `show protocols`, `show ipv6 interface`, one route, `show ip route summary`.

A device here knows its own addresses and no neighbour's.
Facts: docs/sources.md, entries arp-output, protocols-output, route-entry.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from agent.cli.views.hardware import dotted
from agent.cli.views.interfaces import Shown, mtu_of, state
from agent.cli.views.routes import Route
from yang.tree import EMPTY, Rows, Tree, get

_SOLICITED = ipaddress.IPv6Address("ff02::1:ff00:0")
_IPV6 = """\
  MTU is {mtu} bytes
  ICMP error messages limited to one every 100 milliseconds
  ICMP redirects are enabled
  ICMP unreachables are sent
  ND DAD is enabled, number of DAD attempts: 1
  ND reachable time is 30000 milliseconds (using 30000)
  ND NS retransmit interval is 1000 milliseconds"""
_KNOWN_VIA = {"C": "connected", "L": "connected", "S": "static"}


def arp(rows: Iterable[Shown], vrf: str = "") -> Iterator[str]:
    """`show arp` and `show ip arp [vrf X]`, line by line: the device's own addresses."""
    yield "Protocol  Address          Age (min)  Hardware Addr   Type   Interface"
    for shown in rows:
        port = shown.port
        if port.vrf != vrf or not (port.up and port.address) or port.kind in ("Loopback", "Tunnel"):
            continue
        yield f"Internet  {port.address:<15}        -   {dotted(shown.mac)}  ARPA   {port.name}"


def protocols(rows: Iterable[Shown]) -> Iterator[str]:
    """`show protocols`."""
    yield "Global values:\n  Internet Protocol routing is enabled"
    for shown in rows:
        port = shown.port
        status, protocol, _ = state(port, False)
        yield f"{port.name} is {status}, line protocol is {protocol}"
        if port.prefix:
            yield f"  Internet address is {port.prefix}"


def ipv6_brief(rows: Iterable[Shown]) -> Iterator[str]:
    """`show ipv6 interface brief`: below each interface its addresses."""
    for shown in rows:
        port = shown.port
        status, protocol, _ = state(port, False)
        yield f"{port.name:<22} [{status}/{protocol}]"
        if not _speaks_ipv6(shown):
            yield "    unassigned"
            continue
        yield f"    {link_local(shown.mac)}"
        for own in _ipv6_of(shown):
            yield f"    {_spelled(own.ip)}"


def ipv6_interfaces(rows: Iterable[Shown]) -> Iterator[str]:
    """`show ipv6 interface [X]`: a block for each that speaks IPv6."""
    for shown in rows:
        if not _speaks_ipv6(shown):
            continue
        port, local = shown.port, link_local(shown.mac)
        status, protocol, _ = state(port, False)
        own = _ipv6_of(shown)
        yield f"{port.name} is {status}, line protocol is {protocol}"
        yield f"  IPv6 is enabled, link-local address is {local} "
        yield "  No Virtual link-local address(es):"
        if own:
            yield "  Global unicast address(es):"
        else:
            yield "  No global unicast address is configured"
        for one in own:
            yield f"    {_spelled(one.ip)}, subnet is {_spelled(one.network)} "
        yield "  Joined group address(es):\n    FF02::1"
        groups = (_solicited(ip) for ip in (ipaddress.IPv6Address(local), *(o.ip for o in own)))
        for group in dict.fromkeys(groups):
            yield f"    {group}"
        yield _IPV6.format(mtu=mtu_of(port))


def _speaks_ipv6(shown: Shown) -> bool:
    ipv6: Tree = get(shown.port.row, ("ipv6",), EMPTY)
    return bool(get(ipv6, ("address", "prefix-list")) or ipv6.get("enable"))


def _ipv6_of(shown: Shown) -> list[ipaddress.IPv6Interface]:
    rows: Rows = get(shown.port.row, ("ipv6", "address", "prefix-list"), Rows())
    return [ipaddress.IPv6Interface(prefix) for prefix in rows]


def _spelled(address: ipaddress.IPv6Address | ipaddress.IPv6Network) -> str:
    return str(address).upper()


def _solicited(address: ipaddress.IPv6Address) -> str:
    """The group in which who has this address is asked for (RFC 4291)."""
    return _spelled(ipaddress.IPv6Address(int(_SOLICITED) | int(address) & 0xFFFFFF))


def link_local(mac: str) -> str:
    """The address an interface makes of its hardware address, twelve digits (EUI-64)."""
    digits = f"{int(mac[:2], 16) ^ 2:02x}{mac[2:6]}fffe{mac[6:]}"
    return str(ipaddress.IPv6Address(int(f"fe80{'0' * 12}{digits}", 16))).upper()


def route_entry(routes: Iterable[Route], wanted: str, *, exact: bool = False) -> str:
    """`show ip route A.B.C.D`: the longest network that holds the address.

    With `exact` it is the default route that was asked for.
    """
    address = ipaddress.IPv4Address(wanted)
    fitting = [r for r in routes if address in r.network and (exact or r.network.prefixlen)]
    if exact:
        fitting = [r for r in fitting if not r.network.prefixlen]
    if not fitting:
        return "% Network not in table"
    route = max(fitting, key=lambda r: r.network.prefixlen)
    known = _KNOWN_VIA[route.code]
    distance = "1" if route.code == "S" else "0"
    via = f"{route.hop}" if route.hop else f"directly connected, via {route.via.split(', ')[-1]}"
    note = " (connected, via interface)" if route.code != "S" else ""
    supernet = ", supernet" if not route.network.prefixlen else ""
    candidate = ", candidate default path" if not route.network.prefixlen else ""
    return (
        f"Routing entry for {route.network}{supernet}\n"
        f'  Known via "{known}", distance {distance}, metric 0{note}{candidate}\n'
        "  Routing Descriptor Blocks:\n"
        f"  * {via}\n"
        "      Route metric is 0, traffic share count is 1"
    )


def route_summary(routes: tuple[Route, ...], vrf: str) -> str:
    """`show ip route summary`. # assumed: bytes of one route, and no internal networks"""
    head = (
        f"IP routing table name is {vrf or 'default'} ({'0x0' if not vrf else '0x1'})\n"
        "IP routing table maximum-paths is 32\n"
        "Route Source    Networks    Subnets     Replicates  Overhead    Memory (bytes)"
    )
    rows, total = [head], [0, 0]
    for source, codes in (("application", ""), ("connected", "CL"), ("static", "S")):
        own = [r for r in routes if r.code in codes] if codes else []
        whole = sum(_classful(r.network) for r in own)
        counts = (whole, len(own) - whole)
        rows.append(_summed(source, counts))
        total = [a + b for a, b in zip(total, counts, strict=True)]
    rows += [_summed("internal", (0, 0)), _summed("Total", (total[0], total[1]))]
    return "\n".join(rows)


def _summed(source: str, counts: tuple[int, int]) -> str:
    networks, subnets = counts
    count = networks + subnets
    return f"{source:<15} {networks:<11} {subnets:<11} {0:<11} {count * 96:<11} {count * 312}"


def _classful(network: ipaddress.IPv4Network) -> bool:
    first = int(network.network_address) >> 24
    return network.prefixlen <= (8 if first < 128 else 16 if first < 192 else 24)
