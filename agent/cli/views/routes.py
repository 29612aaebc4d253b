"""`show ip route`, `show vrf`, `show ip dns view`: what follows from addresses and routes.

Facts: docs/sources.md, entry route-output.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from agent.cli.views.interfaces import short
from agent.device.config import Resolution
from agent.device.config_network import Port, StaticRoute, Vrf
from yang.slices import Slices

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
_AT_A_TIME = 64  # interfaces or routes in one slice
_ANY = ipaddress.IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class Route:
    """A line of the table: `code` is C, L or S; `via` is what stands behind the network."""

    network: ipaddress.IPv4Network
    code: str
    via: str
    hop: str = ""


def table(
    ports: Iterable[Port], statics: Iterable[StaticRoute], vrf: str
) -> Slices[tuple[Route, ...]]:
    """The routes of one table that are in force, in the order of their networks."""
    found: list[Route] = []
    names: set[str] = set()
    for number, port in enumerate(ports, 1):
        if port.vrf == vrf and port.up and port.prefix:
            names.add(port.name)
            found += _connected(port)
        if not number % _AT_A_TIME:
            yield
    reached = Reached(route.network for route in found if route.code == "C")
    for number, static in enumerate(statics, 1):
        if not number % _AT_A_TIME:
            yield
        if static.vrf != vrf:
            continue
        if static.hop in names:
            found.append(Route(static.network, "S", f"is directly connected, {static.hop}"))
        elif static.hop in reached:
            metric = f"[{static.distance}/0]"
            found.append(Route(static.network, "S", f"{metric} via {static.hop}", static.hop))
    places = []
    for number, route in enumerate(found):
        places.append((*_place(route), number))
        if not number % _AT_A_TIME:
            yield
    yield
    return tuple(found[number] for *_, number in sorted(places))


class Reached:
    """The networks that are connected: is an address in one of them?"""

    def __init__(self, networks: Iterable[ipaddress.IPv4Network]) -> None:
        self._by_mask: dict[int, set[int]] = {}
        for network in networks:
            within = self._by_mask.setdefault(int(network.netmask), set())
            within.add(int(network.network_address))

    def __contains__(self, hop: str) -> bool:
        try:
            address = int(ipaddress.IPv4Address(hop))
        except ValueError:
            return False
        return any(address & mask in within for mask, within in self._by_mask.items())


def ip_route(routes: tuple[Route, ...], vrf: str = "") -> Iterator[str]:
    """`show ip route [vrf X]`, line by line."""
    if vrf:
        yield f"\nRouting Table: {vrf}"
    yield _CODES
    default = next((r for r in routes if r.network == _ANY), None)
    if default is None:
        yield "Gateway of last resort is not set"
    else:
        hop = default.hop or "0.0.0.0"
        yield f"Gateway of last resort is {hop} to network 0.0.0.0"
    yield ""
    for major, within in groupby(routes, _major):
        here = list(within)
        above = _group(major, here)
        if above:
            yield above
        for route in here:
            if route is default:
                yield f"S*    {route.network} {route.via}"
            else:  # a route within a larger network stands further in
                yield f"{route.code:<{9 if above else 6}}{route.network} {route.via}"


Within = Mapping[str, Sequence[str]]  # the short names of interfaces by their VRF


def within(ports: Iterable[Port]) -> Slices[Within]:
    """Which interfaces are in which VRF."""
    found: dict[str, list[str]] = {}
    for number, port in enumerate(ports, 1):
        found.setdefault(port.vrf, []).append(short(port.kind, port.number))
        if not number % _AT_A_TIME:
            yield
    return found


def vrfs(rows: Iterable[Vrf], within: Within) -> Iterator[str]:
    """`show vrf`, line by line; a further interface of a VRF has a line of its own."""
    yield f"  {'Name':<33}{'Default RD':<22}{'Protocols':<12}Interfaces"
    for vrf in rows:
        first, *others = within.get(vrf.name, ("",))
        rd = vrf.rd or "<not set>"
        yield f"  {vrf.name:<33}{rd:<22}{','.join(vrf.families):<12}{first}".rstrip()
        for name in others:
            yield f"{'':<69}{name}"


def vrf_detail(rows: Iterable[Vrf], within: Within) -> Iterator[str]:
    """`show vrf detail`, VRF by VRF. # assumed: no import, export or label is modelled"""
    for number, vrf in enumerate(rows, 1):
        here = within.get(vrf.name, ())
        lines = [
            f"VRF {vrf.name} (VRF Id = {number}); default RD {vrf.rd or '<not set>'};"
            " default VPNID <not set>",
            *([f"  Description: {vrf.description}"] if vrf.description else []),
            "  New CLI format, supports multiple address-families",
            "  Flags: 0x1808",
        ]
        if here:
            lines += ["  Interfaces:", *(f"    {name}" for name in here)]
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
        yield "\n" * (number > 1) + "\n".join(lines)


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


def _connected(port: Port) -> Iterator[Route]:
    for address, mask in ((port.address, port.mask), *port.secondaries):
        own = ipaddress.IPv4Interface(f"{address}/{mask}")
        direct = f"is directly connected, {port.name}"
        yield Route(own.network, "C", direct)
        if own.network.prefixlen < 32:
            yield Route(ipaddress.IPv4Network(own.ip), "L", direct)


def _place(route: Route) -> tuple[int, int, str]:
    """Where it stands in the table."""
    network = route.network
    return int(network.network_address), network.prefixlen, route.code


def _major(route: Route) -> tuple[int, int]:
    """The network of class A, B or C that a route is within: address as a number, length."""
    address, longest, _ = _place(route)
    first = address >> 24
    length = min(8 if first < 128 else 16 if first < 192 else 24, longest)
    return address >> (32 - length) << (32 - length), length


def _group(within: tuple[int, int], routes: list[Route]) -> str:
    """The line above the routes within one network of a class."""
    major = ipaddress.IPv4Network(within)
    masks = {route.network.prefixlen for route in routes}
    if masks == {major.prefixlen}:
        return ""
    subnets = f"{len(routes)} subnet{'s' if len(routes) > 1 else ''}"
    if len(masks) > 1:
        return f"      {major} is variably subnetted, {subnets}, {len(masks)} masks"
    return f"      {major.network_address}/{masks.pop()} is subnetted, {subnets}"
