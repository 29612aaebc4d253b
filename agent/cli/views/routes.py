"""`show ip route`, `show vrf`, `show ip dns view`: what follows from addresses and routes.

Facts: docs/sources.md, entry route-output.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.cli.views.interfaces import short
from agent.device.config import Resolution
from agent.device.config_network import Port, StaticRoute, Vrf

_CODES = """\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area\x20
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2, m - OMP
       n - NAT, Ni - NAT inside, No - NAT outside, Nd - NAT DIA
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       H - NHRP, G - NHRP registered, g - NHRP registration summary
       o - ODR, P - periodic downloaded static route, l - LISP
       a - application route
       + - replicated route, % - next hop override, p - overrides from PfR
       & - replicated local route overrides by connected
"""
_ANY = ipaddress.IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class Route:
    """A line of the table: `code` is C, L or S; `via` is what stands behind the network."""

    network: ipaddress.IPv4Network
    code: str
    via: str
    hop: str = ""


def table(ports: Iterable[Port], statics: Iterable[StaticRoute], vrf: str) -> tuple[Route, ...]:
    """The routes of one table that are in force, in the order of their networks."""
    here = [p for p in ports if p.vrf == vrf and p.up and p.prefix]
    found = list(_connected(here))
    reached = [route.network for route in found if route.code == "C"]
    names = {p.name for p in here}
    for static in statics:
        if static.vrf != vrf:
            continue
        if static.hop in names:
            found.append(Route(static.network, "S", f"is directly connected, {static.hop}"))
        elif _within(static.hop, reached):
            metric = f"[{static.distance}/0]"
            found.append(Route(static.network, "S", f"{metric} via {static.hop}", static.hop))
    return tuple(sorted(found, key=lambda r: (r.network, r.code)))


def ip_route(routes: tuple[Route, ...], vrf: str = "") -> str:
    """`show ip route [vrf X]`."""
    lines = [f"\nRouting Table: {vrf}"] if vrf else []
    lines.append(_CODES)
    default = next((r for r in routes if r.network == _ANY), None)
    if default is None:
        lines.append("Gateway of last resort is not set")
    else:
        hop = default.hop or "0.0.0.0"
        lines.append(f"Gateway of last resort is {hop} to network 0.0.0.0")
    lines.append("")
    major, width = None, 6  # a route within a larger network stands further in
    for route in routes:
        if route is default:
            lines.append(f"S*    {route.network} {route.via}")
            continue
        parent = _major(route.network)
        if parent != major:
            above = _group(parent, [r for r in routes if _major(r.network) == parent])
            lines += [above] if above else []
            major, width = parent, 9 if above else 6
        lines.append(f"{route.code:<{width}}{route.network} {route.via}")
    return "\n".join(lines)


def vrfs(rows: Iterable[Vrf], ports: Iterable[Port]) -> str:
    """`show vrf`: the table; a further interface of a VRF has a line of its own."""
    every = tuple(ports)
    lines = [f"  {'Name':<33}{'Default RD':<22}{'Protocols':<12}Interfaces"]
    for vrf in rows:
        within = [short(p.kind, p.number) for p in every if p.vrf == vrf.name] or [""]
        rd = vrf.rd or "<not set>"
        lines.append(f"  {vrf.name:<33}{rd:<22}{','.join(vrf.families):<12}{within[0]}".rstrip())
        lines += [f"{'':<69}{name}" for name in within[1:]]
    return "\n".join(lines)


def vrf_detail(rows: Iterable[Vrf], ports: Iterable[Port]) -> str:
    """`show vrf detail`. # assumed: no import, export or label is modelled"""
    every = tuple(ports)
    blocks = []
    for number, vrf in enumerate(rows, 1):
        within = [short(p.kind, p.number) for p in every if p.vrf == vrf.name]
        lines = [
            f"VRF {vrf.name} (VRF Id = {number}); default RD {vrf.rd or '<not set>'};"
            " default VPNID <not set>",
            *([f"  Description: {vrf.description}"] if vrf.description else []),
            "  New CLI format, supports multiple address-families",
            "  Flags: 0x1808",
        ]
        if within:
            lines += ["  Interfaces:", *(f"    {name}" for name in within)]
        else:
            lines.append("  No interfaces")
        for family, table_id in (("ipv4", number), ("ipv6", 0x1E000000 + number)):
            if family in vrf.families:
                lines += [
                    f"Address family {family} unicast (Table ID = 0x{table_id:X}):",
                    "  Flags: 0x0",
                    "  No Export VPN route-target communities",
                    "  No Import VPN route-target communities",
                    "  No import route-map",
                    "  No global export route-map",
                    "  No export route-map",
                    "  VRF label distribution protocol: not configured",
                    "  VRF label allocation mode: per-prefix",
                ]
            else:
                lines.append(f"Address family {family} unicast not active")
        lines += [
            "Address family ipv4 multicast not active",
            "Address family ipv6 multicast not active",
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def dns_view(names: Resolution) -> str:
    """`show ip dns view`."""
    lines = [
        "DNS View default parameters:",
        "DNS Resolver settings:",
        f"  Domain lookup is {'enabled' if names.lookup else 'disabled'}",
        f"  Default domain name: {names.domain or ''}".rstrip(),
        "  Domain search list:",
        "  Domain name-servers:",
        *(f"    {server}" for server in names.servers),
        "DNS Server settings:",
        "  Forwarding of queries is disabled",
        "  Forwarder timeout: 3 seconds",
        "  Forwarder retry: 2 times",
        "  Forwarder addresses:",
    ]
    return "\n".join(lines)


def _connected(ports: Iterable[Port]) -> Iterator[Route]:
    for port in ports:
        pairs = [(port.address, port.mask), *port.secondaries]
        for address, mask in pairs:
            own = ipaddress.IPv4Interface(f"{address}/{mask}")
            direct = f"is directly connected, {port.name}"
            yield Route(own.network, "C", direct)
            if own.network.prefixlen < 32:
                yield Route(ipaddress.IPv4Network(own.ip), "L", direct)


def _within(hop: str, networks: Iterable[ipaddress.IPv4Network]) -> bool:
    try:
        address = ipaddress.IPv4Address(hop)
    except ValueError:
        return False
    return any(address in network for network in networks)


def _major(network: ipaddress.IPv4Network) -> ipaddress.IPv4Network:
    """The network of class A, B or C that this one is within."""
    first = int(network.network_address) >> 24
    length = 8 if first < 128 else 16 if first < 192 else 24
    length = min(length, network.prefixlen)
    return network.supernet(new_prefix=length)


def _group(major: ipaddress.IPv4Network, routes: list[Route]) -> str:
    """The line above the routes within one network of a class."""
    masks = {route.network.prefixlen for route in routes}
    if masks == {major.prefixlen}:
        return ""
    subnets = f"{len(routes)} subnet{'s' if len(routes) > 1 else ''}"
    if len(masks) > 1:
        return f"      {major} is variably subnetted, {subnets}, {len(masks)} masks"
    return f"      {major.network_address}/{masks.pop()} is subnetted, {subnets}"
