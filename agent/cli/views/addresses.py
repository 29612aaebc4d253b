"""`show arp`, `show protocols`, `show ipv6 interface brief`, one route, `show ip route summary`.

A device here knows its own addresses and no neighbour's.
Facts: docs/sources.md, entries arp-output, protocols-output, route-entry.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from agent.cli.views.hardware import dotted
from agent.cli.views.interfaces import Shown, state
from agent.cli.views.routes import Route
from yang.tree import Rows, get

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
        prefixes: Rows = get(port.row, ("ipv6", "address", "prefix-list"), Rows())
        if not prefixes and not get(port.row, ("ipv6", "enable"), False):
            yield "    unassigned"
            continue
        yield f"    {link_local(shown.mac)}"
        for prefix in prefixes:
            yield f"    {str(prefix).partition('/')[0]}"


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
