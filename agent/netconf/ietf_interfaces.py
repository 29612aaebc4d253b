"""ietf-interfaces and ietf-ip: a third view of the native interfaces, beside `native` itself.

`configured` makes the view of a stored root. `carried_out` brings a change of the view into the
root by what the device's own commands do (`interface`, `ip address`, ...), so that names, masks and
overlaps are judged in one place. What the view cannot name stays as it is.
Sources: docs/sources.md, entries ietf-interfaces, ietf-ip-deviation.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.device.config_edits import (
    BASE,
    Editor,
    Told,
    interface,
    ip_address,
    ip_address_secondary,
    no_interface,
)
from agent.device.config_network import Port, ports
from cli_grammar import InterfaceName, interface_name, ipv6_prefix
from yang.errors import Location, Rule, YangError
from yang.tree import EMPTY, Edit, Entry, Path, Rows, Tree, apply, get

TOP = "ietf-interfaces:interfaces"
NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-interfaces"
_MODULE = "iana-if-type:"
# kinds of interfaces and their types; the first is shown, the others are taken too
_TYPES: Mapping[str, tuple[str, ...]] = {
    "Loopback": ("softwareLoopback",),
    "Port-channel": ("propVirtual", "ieee8023adLag"),
    "Tunnel": ("tunnel",),
    "Vlan": ("l3ipvlan", "propVirtual"),
}
_ETHERNET = ("ethernetCsmacd",)
_PART = ("l2vlan", "ethernetCsmacd")  # assumed: GigabitEthernet1.10
_ADDRESSES, _ADDRESSES6 = ("ipv4", "address"), ("ipv6", "address")
_TRAPS: Path = ("snmp", "trap", "link-status")  # as native stores them
_TOLD = "link-up-down-trap-enable"
_PREFIXES: Path = ("ipv6", "address", "prefix-list")


@dataclass(eq=False)
class CommandRefused(Exception):
    """The device does not take a command that an edit stands for."""

    command: str
    response: str


def type_of(kind: str, number: str) -> str:
    """The identity of an interface's type."""
    return _MODULE + _fitting(kind, number)[0]


def _fitting(kind: str, number: str) -> tuple[str, ...]:
    return _TYPES.get(kind, _PART if "." in number else _ETHERNET)


def configured(root: Tree) -> Tree:
    """The content of `interfaces` for a stored root."""
    rows = Rows({port.name: _shown(port) for port in ports(root)})
    return Tree(interface=rows) if rows else Tree()


def _shown(port: Port) -> Tree:
    """A row. Both protocols are there with and without addresses, as devices show them."""
    row = Tree(type=type_of(port.kind, port.number), enabled=not port.row.get("shutdown"))
    if port.description:
        row["description"] = port.description
    traps = get(port.row, _TRAPS)
    if traps is not None:
        row[_TOLD] = "enabled" if traps else "disabled"
    held = ((port.address, port.mask), *port.secondaries)
    addresses = Rows({ip: Tree(netmask=mask) for ip, mask in held if ip and mask})
    row["ipv4"] = Tree(address=addresses) if addresses else EMPTY
    split = (prefix.lower().rpartition("/") for prefix in get(port.row, _PREFIXES, EMPTY))
    prefixes = Rows({ip: Tree({"prefix-length": int(length)}) for ip, _, length in split})
    row["ipv6"] = Tree(address=prefixes) if prefixes else EMPTY
    return row


def carried_out(new: Tree, before: Tree, view: Tree) -> Tree:
    """The root after the view was edited from what it was before.

    `new` is what the rest of the edit made of the root. Raises CommandRefused, YangError.
    """
    if view is before:
        return new
    was, wanted = (tree.get("interface", Rows()) for tree in (before, view))
    for name in was:
        if name not in wanted:
            new = _removed(new, _name(name))
    for name, row in wanted.items():
        if was.get(name) != row:
            new = _changed(new, name, was.get(name, EMPTY), row)
    return new


def _name(text: str) -> InterfaceName:
    """An interface's name, which is to be written out. Raises YangError."""
    found = interface_name(text)
    if found is None or str(found) != text:
        raise _invalid(text, text, "name")
    return found


def _invalid(name: str, value: str, leaf: str) -> YangError:
    row = Location(NAMESPACE, "interface", (("name", name),))
    steps = (Location(NAMESPACE, "interfaces"), row, Location(NAMESPACE, leaf))
    return YangError(Rule.INVALID_VALUE, steps, f'"{value}" is not a valid value.', leaf)


def _removed(root: Tree, name: InterfaceName) -> Tree:
    """A virtual interface goes, a port is set back, as `default interface` does."""
    path = ("native", "interface", Entry(name.type, name.number))
    if get(root, path) is None:
        return root
    changes = no_interface(root, {"if": name}, _no_salt)
    if not isinstance(changes, tuple):
        changes = no_interface(root, {"if": name, "default": True}, _no_salt)
    assert isinstance(changes, tuple)
    return apply(root, changes)


def _changed(root: Tree, name: str, was: Tree, row: Tree) -> Tree:
    found = _name(name)
    given = str(row.get("type", ""))
    if given.removeprefix(_MODULE) not in _fitting(found.type, found.number):
        raise _invalid(name, given.rpartition(":")[2], "type")
    root = _commanded(root, interface, {"if": found}, f"interface {name}")
    base: Path = ("native", "interface", Entry(found.type, found.number))
    root = apply(root, tuple(_plain(base, was, row)))
    root = _addressed(root, base, _masks(was), _masks(row))
    return _prefixed(root, base, _lengths(was), _lengths(row))


def _plain(base: Path, was: Tree, row: Tree) -> Iterator[Edit]:
    """`description`, `shutdown` and `snmp trap link-status`."""
    text = row.get("description")
    if text != was.get("description"):
        path = (*base, "description")
        yield Edit("delete", path) if text is None else Edit("set", path, text)
    enabled = row.get("enabled", True)
    if enabled != was.get("enabled", True):
        path = (*base, "shutdown")
        yield Edit("delete", path) if enabled else Edit("set", path, True)
    told = row.get(_TOLD)
    if told != was.get(_TOLD):
        path = (*base, *_TRAPS)
        yield Edit("delete", path) if told is None else Edit("set", path, told == "enabled")


# --- addresses --------------------------------------------------------------------------------


def _masks(row: Tree) -> dict[str, str]:
    """The addresses of a row with their masks, the first one first."""
    held: Rows = get(row, _ADDRESSES, Rows())
    return {ip: str(one.get("netmask") or _mask(one["prefix-length"])) for ip, one in held.items()}


def _mask(length: int) -> str:
    return str(ipaddress.IPv4Network((0, length)).netmask)


def _addressed(root: Tree, base: Path, was: dict[str, str], wanted: dict[str, str]) -> Tree:
    """`ip address` for the first of the addresses, `secondary` for the others.

    # assumed: where the first one goes, a new one takes its place, else the next one does
    """
    if was == wanted:
        return root
    if not wanted:
        return apply(root, (Edit("delete", (*base, "ip", "address")),))
    first = next(iter(was), None)
    if first not in wanted:
        first = next((ip for ip in wanted if ip not in was), next(iter(wanted)))
    assert first is not None
    others = [ip for ip in was if ip not in wanted or ip == first]
    secondary = (*base, "ip", "address")
    root = apply(root, tuple(Edit("delete", (*secondary, Entry("secondary", ip))) for ip in others))
    if next(iter(was.items()), None) != (first, wanted[first]):
        args = {BASE: base, "address": first, "mask": wanted[first]}
        root = _commanded(root, ip_address, args, f"ip address {first} {wanted[first]}")
    for ip, mask in wanted.items():
        if ip != first and was.get(ip) != mask:
            args = {BASE: base, "second": ip, "mask": mask}
            said = f"ip address {ip} {mask} secondary"
            root = _commanded(root, ip_address_secondary, args, said)
    return root


def _lengths(row: Tree) -> set[str]:
    """The addresses of IPv6 with their lengths, as the device spells them."""
    held: Rows = get(row, _ADDRESSES6, Rows())
    return {str(ipv6_prefix(f"{ip}/{one['prefix-length']}")) for ip, one in held.items()}


def _prefixed(root: Tree, base: Path, was: set[str], wanted: set[str]) -> Tree:
    """`ipv6 address` for each of them."""
    *above, name = (*base, *_PREFIXES)
    paths = {prefix: (*above, Entry(str(name), prefix)) for prefix in sorted(was | wanted)}
    return apply(
        root,
        (
            *(Edit("delete", paths[prefix]) for prefix in sorted(was - wanted)),
            *(Edit("set", paths[prefix]) for prefix in sorted(wanted - was)),
        ),
    )


# --- commands ---------------------------------------------------------------------------------


def _no_salt() -> str:
    return ""


def _commanded(root: Tree, editor: Editor, args: Mapping[str, object], said: str) -> Tree:
    """The root after a command. Raises CommandRefused."""
    changes = editor(root, args, _no_salt)
    if isinstance(changes, Told):
        changes = changes.edits
    if isinstance(changes, tuple):
        return apply(root, changes)
    raise CommandRefused(said, changes if isinstance(changes, str) else "% Invalid interface")
