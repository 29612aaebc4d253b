"""`show vlan`, `show vtp status`: what a switch tells of its VLANs.

VLANs are made by the ports that are put into them: there is no VLAN database here.
Facts: docs/sources.md, entries vlan-output, vtp-output.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agent.cli.views.hardware import dotted
from agent.cli.views.interfaces import Shown, short
from yang.tree import EMPTY, Tree, get

# those of every switch: number, name, type, MTU and what else `show vlan` tells of each
_RESERVED = (
    (1002, "fddi-default", "fddi"),
    (1003, "token-ring-default", "tr"),
    (1004, "fddinet-default", "fdnet"),
    (1005, "trnet-default", "trnet"),
)
_IN_ROW = 4  # ports in one line
_PORTS_WIDTH = 48
_MODES = {"server": "Server", "client": "Client", "transparent": "Transparent", "off": "Off"}


@dataclass(frozen=True, slots=True)
class Vlan:
    """A VLAN and the ports in it, by their short names."""

    number: int
    name: str
    state: str = "active"
    ports: tuple[str, ...] = ()


def vlans(rows: Iterable[Shown]) -> tuple[Vlan, ...]:
    """The VLANs of the ports that are no trunks, and those of every switch."""
    found: dict[int, list[str]] = {1: []}
    for shown in rows:
        port = shown.port
        routed = get(port.row, ("switchport-conf", "switchport")) is False
        if not shown.switched or routed or port.kind in ("Vlan", "Port-channel"):
            continue
        if get(port.row, ("switchport", "mode", "trunk")):
            continue
        number = int(get(port.row, ("switchport", "access", "vlan"), 1))
        found.setdefault(number, []).append(short(port.kind, port.number))
        voice = get(port.row, ("switchport", "voice", "vlan"))
        if voice is not None:
            found.setdefault(int(voice), []).append(short(port.kind, port.number))
    own = [
        Vlan(number, "default" if number == 1 else f"VLAN{number:04d}", "active", tuple(ports))
        for number, ports in sorted(found.items())
    ]
    reserved = [Vlan(number, name, "act/unsup") for number, name, _ in _RESERVED]
    return tuple(sorted([*own, *reserved], key=lambda vlan: vlan.number))


def brief(known: Iterable[Vlan]) -> Iterator[str]:
    """`show vlan brief`, line by line."""
    yield "\nVLAN Name                             Status    Ports"
    yield f"---- {'-' * 32} --------- {'-' * 31}"
    for vlan in known:
        lines = [
            ", ".join(vlan.ports[at : at + _IN_ROW]) for at in range(0, len(vlan.ports), _IN_ROW)
        ] or [""]
        yield f"{vlan.number:<4} {vlan.name:<32} {vlan.state:<9} {lines[0]}"
        for more in lines[1:]:
            yield f"{'':{_PORTS_WIDTH}}{more}"


def full(known: tuple[Vlan, ...]) -> Iterator[str]:
    """`show vlan`: the brief table, then what each VLAN is made of."""
    yield from brief(known)
    yield "\nVLAN Type  SAID       MTU   Parent RingNo BridgeNo Stp  BrdgMode Trans1 Trans2"
    yield "---- ----- ---------- ----- ------ ------ -------- ---- -------- ------ ------"
    kinds: Mapping[int, str] = {number: kind for number, _, kind in _RESERVED}
    for vlan in known:
        kind = kinds.get(vlan.number, "enet")
        stp = {"fdnet": "ieee", "trnet": "ibm"}.get(kind, "-")
        mode = "srb" if kind == "tr" else "-"
        yield (
            f"{vlan.number:<4} {kind:<5} {100_000 + vlan.number:<10} {1500:<5} {'-':<6} {'-':<6} "
            f"{'-':<8} {stp:<4} {mode:<8} {0:<6} {0:<6}"
        )
    yield "\nRemote SPAN VLANs\n" + "-" * 78 + "\n\n"
    yield f"Primary Secondary Type              Ports\n------- --------- {'-' * 17} {'-' * 42}"


def summary(known: tuple[Vlan, ...]) -> str:
    """`show vlan summary`."""
    extended = sum(vlan.number > 1005 for vlan in known)
    return (
        f"Number of existing VLANs              : {len(known)}\n"
        f" Number of existing VTP VLANs         : {len(known) - extended}\n"
        f" Number of existing extended VLANS    : {extended}"
    )


def vtp_status(root: Tree, base_mac: str, count: int) -> str:
    """`show vtp status`. # assumed: the digest, made of domain and mode"""
    here: Tree = get(root, ("native", "vtp"), EMPTY)
    domain, mode = str(here.get("domain", "")), str(here.get("mode", "server"))
    digest = hashlib.md5(f"{domain}|{mode}".encode(), usedforsecurity=False).digest()
    first, second = (
        " ".join(f"0x{byte:02X}" for byte in half) for half in (digest[:8], digest[8:])
    )
    return f"""\
VTP Version capable             : 1 to 3
VTP version running             : {here.get("version", 1)}
VTP Domain Name                 : {domain}
VTP Pruning Mode                : Disabled
VTP Traps Generation            : Disabled
Device ID                       : {dotted(base_mac)}
Configuration last modified by 0.0.0.0 at 0-0-00 00:00:00
Local updater ID is 0.0.0.0 (no valid interface found)

Feature VLAN:
--------------
VTP Operating Mode                : {_MODES.get(mode, "Server")}
Maximum VLANs supported locally   : 1005
Number of existing VLANs          : {count}
Configuration Revision            : 0
MD5 digest                        : {first}
                                    {second}"""
