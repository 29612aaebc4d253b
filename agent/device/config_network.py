"""What a configuration says about the network: interfaces, VRFs, static routes, as typed values.

Sources: docs/sources.md, entries native-paths, vrf-removal.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cli_grammar import interface_name
from yang.tree import EMPTY, Entry, Path, Rows, Tree, get

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

    `up` is the state of line and protocol.
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

    @property
    def name(self) -> str:
        return f"{self.kind}{self.number}"

    @property
    def up(self) -> bool:
        return not self.shut and (bool(self.address) or self.kind == "Loopback")

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


def ports(root: Tree) -> Iterator[Port]:
    """All interfaces, kind by kind, in the order of the tree."""
    kinds: Mapping[str, Rows] = get(root, _INTERFACES, EMPTY)
    for kind, rows in kinds.items():
        for number, row in rows.items():
            yield _port(kind, number, row)


def port(root: Tree, name: str) -> Port | None:
    """One interface by its full or abbreviated name; None where it is not there."""
    found = interface_name(name)
    if found is None:
        return None
    row = get(root, (*_INTERFACES, Entry(found.type, found.number)))
    return None if row is None else _port(found.type, found.number, row)


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
