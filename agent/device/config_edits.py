"""Configuration commands whose change depends on more than the line: what is there, or chance.

Each is a function of (root, arguments, salt) that gives the edits, or the device's sentence where
it refuses. The CLI's handlers and the reader of whole configurations share them.
Sources: docs/sources.md, entries secret-type-9, license-url-default, interface-removal,
vrf-removal, address-refusals,
summer-time.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from agent.core import secrets
from agent.core.summer import dated_summer, summer
from cli_grammar import VIRTUAL_NUMBERS, VIRTUAL_TYPES, InterfaceName
from yang.tree import Edit, Entry, Path, Rows, Tree, get, walk


@dataclass(frozen=True, slots=True)
class Unusable:
    """The line is well formed, but nothing on this device has such a value.

    `tail` is the end of the line as typed from which on it is wrong; empty where more was wanted.
    """

    tail: str


@dataclass(frozen=True, slots=True)
class Told:
    """Edits, and what the device says of them."""

    edits: tuple[Edit, ...]
    says: str


Salt = Callable[[], str]
# the edits, edits with a remark, a sentence of refusal, or what is wrong
Changes = tuple[Edit, ...] | Told | str | Unusable
Editor = Callable[[Tree, Mapping[str, Any], Salt], Changes]
BASE = "@base"  # among the arguments: the path of the mode the line stands in

SMART_RECEIVER = "https://smartreceiver.cisco.com/licservice/license"
CSLU_LOCAL = "https://cslu-local:8182/cslu/v1/pi"

_URL: Path = ("native", "license", "smart", "url")
_OWN_URL: Path = ("emulator", "license", "smart", "url")
LONGEST_HOST_NAME = 63
TOO_LONG = "% Hostname too long, must be less than 64 characters"  # assumed: the sentence
_LEGAL_HOST_NAME = re.compile(r"[A-Za-z]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_VTY: Path = ("native", "line", "vty")
_VERSIONS: Mapping[str, str] = {"IPv4": "ip", "IPv6": "ipv6"}  # where their addresses are


def user_secret(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`username X [privilege N] [algorithm-type T] secret PLAIN`: stored as a hash."""
    user: Path = ("native", Entry("username", args["name"]))
    kind, hashed = _hashed(args, salt)
    privilege = (
        [Edit("set", (*user, "privilege"), args["privilege"])] if "privilege" in args else []
    )
    return (
        Edit("set", user),
        *privilege,
        Edit("delete", (*user, "password")),
        Edit("set", (*user, "secret", "encryption"), kind),
        Edit("set", (*user, "secret", "secret"), hashed),
    )


def enable_secret(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`enable [algorithm-type T] secret PLAIN`."""
    kind, hashed = _hashed(args, salt)
    return (
        Edit("set", ("native", "enable", "secret", "type"), kind),
        Edit("set", ("native", "enable", "secret", "secret"), hashed),
    )


def _hashed(args: Mapping[str, Any], salt: Salt) -> tuple[int, str]:
    """The type of a hash (9 where none is asked for) and the hash of the password."""
    kind = int(args.get("type", 9))
    return kind, secrets.hashed(kind, args["password"], salt())


def host_name(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`hostname X`: a name that no LAN should have is taken all the same.

    # assumed: both sentences in full; the beginning of the warning is recalled
    """
    name = str(args["name"])
    if len(name) > LONGEST_HOST_NAME:
        return TOO_LONG
    edits = (Edit("set", ("native", "hostname"), name),)
    if _LEGAL_HOST_NAME.fullmatch(name):
        return edits
    return Told(edits, f'% Hostname "{name}" is not a legal LAN network name.')


def license_url_default(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`license smart url default`: the URL of the transport in force is written out."""
    transport = get(root, ("native", "license", "smart", "transport-type"), "cslu")
    if transport == "smart":
        return (
            Edit("set", (*_OWN_URL, "smart"), SMART_RECEIVER),
            Edit("set", (*_URL, "name"), SMART_RECEIVER),
        )
    # assumed: https, as the guide has it; one public source writes http.
    return (Edit("set", (*_URL, "cslu"), CSLU_LOCAL),)


def no_license_url(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`no license smart url default`: no URL is configured any more."""
    return (Edit("delete", _URL), Edit("delete", _OWN_URL))


def interface(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`interface X`: a virtual one comes into being, a physical one must be there."""
    name: InterfaceName = args["if"]
    path = _interface_path(name)
    if get(root, path) is None and not _can_be_made(root, name):
        return _no_such_interface(root, name)
    return (Edit("set", path),)


def no_interface(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`no interface X`: only virtual ones go. `default interface X` empties any."""
    name: InterfaceName = args["if"]
    path = _interface_path(name)
    if "default" in args and get(root, path) is not None:
        return (Edit("delete", path), Edit("set", path))
    if name.type not in VIRTUAL_TYPES and "." not in name.number:
        return "% Removal of physical interfaces is not permitted"
    return (Edit("delete", path),)


def ip_address(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`ip address A MASK`: in place of the one there, or of DHCP."""
    base = args[BASE]
    refusal = _bad_address(root, base, str(args["address"]), str(args["mask"]))
    return refusal or (
        Edit("delete", (*base, "ip", "no-address")),
        Edit("delete", (*base, "ip", "address", "dhcp")),
        Edit("set", (*base, "ip", "address", "primary", "address"), args["address"]),
        Edit("set", (*base, "ip", "address", "primary", "mask"), args["mask"]),
    )


def ip_address_secondary(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`ip address A MASK secondary`: beside the others."""
    base, address = args[BASE], str(args["second"])
    refusal = _bad_address(root, base, address, str(args["mask"]))
    path = (*base, "ip", "address", Entry("secondary", address), "mask")
    return refusal or (Edit("set", path, args["mask"]),)


def summer_time(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`clock summer-time ZONE recurring [RULES]` and `date DATES`, in the device's spelling."""
    path: Path = ("native", "clock", "summer-time")
    name = str(args["summer"])
    kind, typed = ("date", args["dates"]) if "dates" in args else ("recurring", args.get("rules"))
    read = dated_summer if kind == "date" else summer
    found = read(name, str(typed or ""))
    if found is None:
        return Unusable(str(typed))
    rules = (Edit("set", (*path, kind), found.rules()),) if typed else ()
    return (Edit("delete", path), Edit("set", (*path, "zone"), name), *rules)


def no_exec_timeout(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`no exec-timeout`: never; `default exec-timeout`: as without the line."""
    path: Path = (*args[BASE], "exec-timeout")
    if "default" in args:
        return (Edit("delete", path),)
    return (Edit("set", (*path, "minutes"), 0), Edit("set", (*path, "seconds"), 0))


def line_vty(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`line vty FIRST LAST`: ranges that overlap the new one give way, or are cut where it ends.

    Lines beyond it keep their settings.
    # assumed: ranges inside the new one lose theirs; a capture of such a line would show it.
    """
    first, last = int(args["first"]), int(args["last"])
    rows: Rows = get(root, _VTY, Rows())
    if last < first:
        return "% Bad line range"
    edits: list[Edit] = []
    for key, row in rows.items():
        low, high = int(key), int(row.get("last", key))
        if low == first or high < first or low > last:
            continue
        if low < first:
            edits.append(Edit("set", (*_vty(low), "last"), first - 1))
        else:
            edits.append(Edit("delete", _vty(low)))
        if high > last:
            edits += _copied(row, last + 1, high)
    present = rows.get(str(first))
    if present is not None and int(present.get("last", first)) > last:
        edits += _copied(present, last + 1, int(present["last"]))
    return (*edits, Edit("set", _vty(first)), Edit("set", (*_vty(first), "last"), last))


def vrf_forwarding(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`vrf forwarding X`: the VRF must be there, and the interface's addresses go.

    Entering the VRF the interface is in already changes nothing.
    """
    base, vrf = args[BASE], str(args["vrf"])
    if get(root, ("native", "vrf", Entry("definition", vrf))) is None:
        return f"% VRF {vrf} not configured."
    if get(root, (*base, "vrf", "forwarding")) == vrf:
        return ()
    return _moved(root, base, (Edit("set", (*base, "vrf", "forwarding"), vrf),), "enabling", vrf)


def no_vrf_forwarding(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`no vrf forwarding`: back into the global table, again without addresses."""
    base = args[BASE]
    vrf = get(root, (*base, "vrf", "forwarding"))
    if vrf is None:
        return ()
    return _moved(root, base, (Edit("delete", (*base, "vrf")),), "disabling", str(vrf))


def no_vrf_definition(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`no vrf definition X`: its interfaces return to the global table without addresses.

    Its routes go with it.
    """
    vrf = str(args["vrf"])
    edits = [Edit("delete", ("native", "vrf", Entry("definition", vrf)))]
    if vrf in get(root, ("native", "ip", "route", "vrf"), Rows()):
        edits.append(Edit("delete", ("native", "ip", "route", Entry("vrf", vrf))))
    kinds: Mapping[str, Rows] = get(root, ("native", "interface"), {})
    for kind, rows in kinds.items():
        for number, row in rows.items():
            if get(row, ("vrf", "forwarding")) == vrf:
                path: Path = ("native", "interface", Entry(kind, number))
                edits += [Edit("delete", (*path, "vrf")), *_without_address(path)]
                edits.append(Edit("delete", (*path, "ipv6")))
    if not any(edit.path[:2] == ("native", "interface") for edit in edits):
        return tuple(edits)
    # source: vrf-removal
    says = f"% IPv4 and IPv6 addresses from all interfaces in VRF {vrf} have been removed"
    return Told(tuple(edits), says)


def certificate_chain(root: Tree, args: Mapping[str, Any], salt: Salt) -> Changes:
    """`crypto pki certificate chain X` opens a chain; only a certificate in it is a change."""
    return ()


EDITORS: Mapping[str, Editor] = {
    "configure.user_secret": user_secret,
    "configure.enable_secret": enable_secret,
    "configure.license_url_default": license_url_default,
    "configure.no_license_url": no_license_url,
    "configure.hostname": host_name,
    "configure.interface": interface,
    "configure.no_interface": no_interface,
    "configure.ip_address": ip_address,
    "configure.ip_address_secondary": ip_address_secondary,
    "configure.line_vty": line_vty,
    "configure.no_exec_timeout": no_exec_timeout,
    "configure.certificate_chain": certificate_chain,
    "configure.summer_time": summer_time,
    "configure.vrf_forwarding": vrf_forwarding,
    "configure.no_vrf_forwarding": no_vrf_forwarding,
    "configure.no_vrf_definition": no_vrf_definition,
}


def unknown_vrf(root: Tree, args: Mapping[str, Any]) -> str:
    """The VRF of a static route where the device has none of that name; or empty."""
    vrf = str(args.get("vrf", "")) if "prefix" in args else ""
    return vrf if vrf not in get(root, ("native", "vrf", "definition"), Rows()) else ""


def inconsistent(args: Mapping[str, Any]) -> bool:
    """Does a route's prefix have bits that its mask has not, or is the mask no mask?

    # source: route-mask # assumed: of a mask with gaps the device says the same
    """
    if not {"prefix", "mask"} <= args.keys():
        return False
    mask = int(ipaddress.IPv4Address(str(args["mask"])))
    return not _is_mask(mask) or bool(int(ipaddress.IPv4Address(str(args["prefix"]))) & ~mask)


def _is_mask(number: int) -> bool:
    """Ones, then zeros."""
    gaps = ~number & 0xFFFFFFFF
    return not gaps & (gaps + 1)


def _moved(root: Tree, base: Path, edits: tuple[Edit, ...], verb: str, vrf: str) -> Changes:
    """An interface that changes its VRF loses its addresses. # source: vrf-removal"""
    held = {version: get(root, (*base, node, "address")) for version, node in _VERSIONS.items()}
    name = base[-1]
    port = f"{name.name}{name.key}" if isinstance(name, Entry) else name
    says = [
        f"% Interface {port} {version} disabled and address(es) removed due to {verb} VRF {vrf}"
        for version, addresses in held.items()
        if addresses is not None
    ]
    if not says:
        return edits
    gone = _without_address(base) if held["IPv4"] is not None else ()
    more = (Edit("delete", (*base, "ipv6")),) if held["IPv6"] is not None else ()
    return Told((*edits, *gone, *more), "\n".join(says))


def _without_address(path: Path) -> tuple[Edit, ...]:
    return (
        Edit("delete", (*path, "ip", "address")),
        Edit("set", (*path, "ip", "no-address", "address"), False),
    )


def _interface_path(name: InterfaceName) -> Path:
    return ("native", "interface", Entry(name.type, name.number))


def _can_be_made(root: Tree, name: InterfaceName) -> bool:
    """A virtual interface with a number of its kind, or a part of a port that is there."""
    port, dot, _ = name.number.partition(".")
    if name.type in VIRTUAL_TYPES:
        low, high = VIRTUAL_NUMBERS[name.type]
        return port.isdigit() and not dot and low <= int(port) <= high
    return bool(dot) and get(root, ("native", "interface", Entry(name.type, port))) is not None


def _bad_address(root: Tree, base: Path, address: str, mask: str) -> str:
    """The device's sentence on an address it does not take; empty where it is good.

    # source: address-refusals
    """
    number = int(ipaddress.IPv4Address(mask))
    ones = bin(number).count("1")
    if not _is_mask(number) or not number:
        return f"Bad mask 0x{number:X} for address {address}"
    low, high = _network(address, mask)
    if ones < 31 and int(ipaddress.IPv4Address(address)) in (low, high):
        return f"Bad mask /{ones} for address {address}"
    vrf = get(root, (*base, "vrf", "forwarding"))
    kinds: Mapping[str, Rows] = get(root, ("native", "interface"), {})
    for kind, rows in kinds.items():
        for at, row in rows.items():
            if "ip" not in row:  # most interfaces: this walks over all of them for each address
                continue
            other: Tree | None = get(row, ("ip", "address", "primary"))
            if other is None or "mask" not in other:
                continue
            first, last = _network(other["address"], other["mask"])
            if first > high or last < low or base[-1:] == (Entry(kind, at),):
                continue
            if get(row, ("vrf", "forwarding")) == vrf and not row.get("shutdown"):
                return f"% {ipaddress.IPv4Address(low)} overlaps with {kind}{at}"
    return ""


@lru_cache(maxsize=16384)
def _network(address: str, mask: str) -> tuple[int, int]:
    """The first and the last address of the network that an address is in."""
    ones = int(ipaddress.IPv4Address(mask))
    low = int(ipaddress.IPv4Address(address)) & ones
    return low, low | (~ones & 0xFFFFFFFF)


def _no_such_interface(root: Tree, name: InterfaceName) -> Unusable:
    """`gi1` on a switch wants more (`1/0/1`); of `gi1/0/99` the last number is wrong.

    # assumed: the caret stands under the last number; a capture of a switch would show it.
    """
    known: Rows = get(root, ("native", "interface", name.type), Rows())
    parts = name.number.split("/")
    if any(key.startswith(f"{name.number}/") for key in known):
        return Unusable("")
    return Unusable(parts[-1])


def _vty(first: int) -> Path:
    return ("native", "line", Entry("vty", str(first)))


def _copied(row: Tree, first: int, last: int) -> list[Edit]:
    """The settings of a range of lines, for a new range."""
    edits = [
        Edit("set", (*_vty(first), *path), value) for path, value in walk(row) if path != ("last",)
    ]
    return [*edits, Edit("set", (*_vty(first), "last"), last)]
