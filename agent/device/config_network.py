"""What a configuration says about the network: interfaces, VRFs, static routes, as typed values.

Sources: docs/sources.md, entries native-paths, vrf-removal.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from cli_grammar import interface_name
from yang.tree import EMPTY, Path, Rows, Tree, get

_INTERFACES: Path = ("native", "interface")
_ADDRESS: Path = ("ip", "address", "primary")


@dataclass(frozen=True, slots=True)
class Vrf:
    """`vrf definition X`; `families` are `ipv4` and `ipv6` as configured."""

    name: str
    description: str = ""
    rd: str = ""
    families: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Port:
    """An interface: its names, its state, its address with mask. Empty texts are not configured.

    `up` is the state of line and protocol. A part of a port is shut with it (GigabitEthernet1.10
    with GigabitEthernet1); `carries`: a part of this port has an address.
    # assumed: a lab has no cables, and whoever configures an address has connected it
    """

    kind: str
    number: str
    description: str = ""
    shut: bool = False
    address: str = ""
    mask: str = ""
    secondaries: tuple[tuple[str, str], ...] = ()
    dhcp: bool = False
    vrf: str = ""
    row: Tree = field(default_factory=Tree)
    carries: bool = False

    @property
    def name(self) -> str:
        return f"{self.kind}{self.number}"

    @property
    def up(self) -> bool:
        wanted = bool(self.address) or self.carries or self.kind == "Loopback"
        return wanted and not self.shut

    @property
    def prefix(self) -> ipaddress.IPv4Interface | None:
        """Address and length; None without a usable address."""
        try:
            return ipaddress.IPv4Interface(f"{self.address}/{self.mask}") if self.address else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """`ip route ...`; `hop` is an address or an interface name; no `vrf` is the global table."""

    network: ipaddress.IPv4Network
    hop: str
    distance: int = 1
    vrf: str = ""


def vrfs(root: Tree) -> tuple[Vrf, ...]:
    """All VRFs, in the order of entry."""
    rows: Rows = get(root, ("native", "vrf", "definition"), Rows())
    return tuple(
        Vrf(
            name,
            str(row.get("description", "")),
            str(row.get("rd", "")),
            tuple(get(row, ("address-family",), EMPTY)),
        )
        for name, row in rows.items()
    )


def ports(root: Tree, first: str = "") -> Iterator[Port]:
    """All interfaces, kind by kind in the order of the tree, in each by their numbers.

    Those of the kind `first` come before the others.
    """
    kinds: Mapping[str, Rows] = get(root, _INTERFACES, EMPTY)
    for kind in sorted(kinds, key=lambda kind: kind != first):
        yield from _ports(kind, kinds[kind], sorted(kinds[kind], key=_place))


def names(root: Tree) -> Iterator[str]:
    """The names of all interfaces, in the order of `ports`."""
    kinds: Mapping[str, Rows] = get(root, _INTERFACES, EMPTY)
    for kind, rows in kinds.items():
        yield from (f"{kind}{number}" for number in sorted(rows, key=_place))


def _ports(kind: str, rows: Rows, numbers: Iterable[str]) -> Iterator[Port]:
    """These of a kind."""
    shut = {number for number, row in rows.items() if row.get("shutdown")}
    parts = {n.partition(".")[0] for n, row in rows.items() if "." in n and get(row, _ADDRESS)}
    for number in numbers:
        above, dot, _ = number.partition(".")
        made = _port(kind, number, rows[number])
        off = made.shut or (bool(dot) and above in shut)
        yield replace(made, shut=off, carries=number in parts)


@lru_cache(65_536)
def _place(number: str) -> tuple[int, ...]:
    """`1/0/2` before `1/0/10`, a part right behind its port."""
    return tuple(int(digits) for digits in re.findall(r"\d+", number))


def port(root: Tree, name: str) -> Port | None:
    """One interface by its full or abbreviated name; None where it is not there."""
    found = interface_name(name)
    if found is None:
        return None
    rows: Rows = get(root, (*_INTERFACES, found[0]), Rows())
    return next(_ports(found[0], rows, [found[1]]), None) if found[1] in rows else None


def static_routes(root: Tree) -> Iterator[StaticRoute]:
    """The configured routes of the global table, then those of each VRF."""
    here: Tree = get(root, ("native", "ip", "route"), EMPTY)
    yield from _routes(here, "")
    tables: Rows = here.get("vrf", Rows())
    for name, table in tables.items():
        yield from _routes(table, name)


def _routes(table: Tree, vrf: str) -> Iterator[StaticRoute]:
    rows: Rows = table.get("ip-route-interface-forwarding-list", Rows())
    for key, row in rows.items():
        try:
            network = ipaddress.IPv4Network(key.replace(",", "/"), strict=False)
        except ValueError:
            continue
        hops: Rows = row.get("fwd-list", Rows())
        for hop, settings in hops.items():
            yield StaticRoute(network, hop, int(settings.get("metric", 1)), vrf)


def _port(kind: str, number: str, row: Tree) -> Port:
    primary: Tree = get(row, _ADDRESS, EMPTY)
    secondary: Rows = get(row, ("ip", "address", "secondary"), Rows())
    return Port(
        kind=kind,
        number=number,
        description=str(row.get("description", "")),
        shut=bool(row.get("shutdown")),
        address=str(primary.get("address", "")),
        mask=str(primary.get("mask", "")),
        secondaries=tuple((a, str(other.get("mask", ""))) for a, other in secondary.items()),
        dhcp=bool(get(row, ("ip", "address", "dhcp"), False)),
        vrf=str(get(row, ("vrf", "forwarding"), "")),
        row=row,
    )
