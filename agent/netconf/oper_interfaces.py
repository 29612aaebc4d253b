"""The state of the interfaces in two models, the same that `show interfaces` tells.

`interfaces` is that of Cisco-IOS-XE-interfaces-oper, `interfaces_state` the one of ietf-interfaces.
A lab has no traffic: counters are zero.
Sources: docs/sources.md, entries oper-models, interface-output, interface-state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.cli.views.hardware import hardware_of
from agent.cli.views.interfaces import mac_of, mtu_of, rate_of
from agent.core.dates import UTC_ZONE
from agent.device import config_network
from agent.device.config_network import Port
from agent.netconf.ietf_interfaces import type_of
from agent.netconf.server import NetconfServer, yang_time
from yang.tree import Rows, Tree

_ETHERNET = "iana-iftype-ethernet-csmacd"
_KINDS: Mapping[str, str] = {
    "Loopback": "iana-iftype-sw-loopback",
    "Tunnel": "iana-iftype-tunnel",
    "Vlan": "iana-iftype-l3ipvlan",
    "Port-channel": "iana-iftype-propvirtual",
}
_WITHOUT_MAC = ("Loopback", "Tunnel")
_NO_MAC = "00:00:00:00:00:00"
_ANY = "0.0.0.0"
_SPEEDS: Mapping[int, str] = {  # by kilobits a second
    10_000: "speed-10mb",
    100_000: "speed-100mb",
    1_000_000: "speed-1gb",
    2_500_000: "speed-2500mb",
    5_000_000: "speed-5gb",
    10_000_000: "speed-10gb",
    25_000_000: "speed-25gb",
    40_000_000: "speed-40gb",
    100_000_000: "speed-100gb",
}
_COUNTERS = (
    *("in-octets", "in-unicast-pkts", "in-broadcast-pkts", "in-multicast-pkts", "in-discards"),
    *("in-errors", "in-unknown-protos", "out-octets", "out-unicast-pkts", "out-broadcast-pkts"),
    *("out-multicast-pkts", "out-discards", "out-errors"),
)
_MORE_COUNTERS = (
    *("rx-pps", "rx-kbps", "tx-pps", "tx-kbps", "num-flaps", "in-crc-errors"),
    *("in-discards-64", "in-errors-64", "in-unknown-protos-64", "out-octets-64"),
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """An interface with its number, its hardware address and since when it is as it is."""

    port: Port
    index: int
    mac: str
    since: str
    counting: str  # since when


def _seen(server: NetconfServer) -> Iterator[_Seen]:
    device = server.device
    base = hardware_of(device.udi).base_mac
    offset = device.clock_offset_ms
    counting = yang_time(device.booted, UTC_ZONE, offset)
    # assumed: numbers in the order of the configuration, from 1
    for index, port in enumerate(config_network.ports(device.datastore.running), 1):
        digits = mac_of(port, index, base)
        mac = ":".join(digits[at : at + 2] for at in range(0, 12, 2))
        changed = server.link_changes.get(port.name, device.booted)
        yield _Seen(port, index, mac, yang_time(changed, UTC_ZONE, offset), counting)


def interfaces(server: NetconfServer) -> Tree:
    """`interfaces` of Cisco-IOS-XE-interfaces-oper."""
    return Tree(interface=Rows({seen.port.name: _row(seen) for seen in _seen(server)}))


def _row(seen: _Seen) -> Tree:
    port = seen.port
    has_mac = port.kind not in _WITHOUT_MAC
    down = "if-oper-state-no-pass" if port.shut else "if-oper-state-lower-layer-down"
    row = Tree(
        {
            "interface-type": _KINDS.get(port.kind, _ETHERNET),
            "admin-status": "if-state-down" if port.shut else "if-state-up",
            "oper-status": "if-oper-state-ready" if port.up else down,
            "last-change": seen.since,
            "if-index": seen.index,
            "phys-address": seen.mac if has_mac else _NO_MAC,
            "speed": rate_of(port) * 1000,
            "statistics": _counters(seen, (*_COUNTERS, *_MORE_COUNTERS)),
            "vrf": port.vrf,
            "ipv4": port.address or _ANY,
            "ipv4-subnet-mask": port.mask or _ANY,
            "description": port.description,
            "mtu": mtu_of(port),
            "bia-address": seen.mac if has_mac else _NO_MAC,
        }
    )
    if port.kind not in _KINDS:
        speed = _SPEEDS.get(rate_of(port), "speed-unknown")
        row["ether-state"] = Tree(
            {
                "negotiated-duplex-mode": "full-duplex" if port.up else "auto-duplex",
                "negotiated-port-speed": speed if port.up else "speed-auto",
                "auto-negotiate": port.row.get("speed", "auto") == "auto",
            }
        )
    return row


def interfaces_state(server: NetconfServer) -> Tree:
    """`interfaces-state` of ietf-interfaces."""
    rows = Rows()
    for seen in _seen(server):
        port = seen.port
        row = {
            "type": type_of(port.kind, port.number),
            "admin-status": "down" if port.shut else "up",
            "oper-status": "up" if port.up else "down" if port.shut else "lower-layer-down",
            "last-change": seen.since,
            "if-index": seen.index,
            "speed": rate_of(port) * 1000,
            "statistics": _counters(seen, _COUNTERS),
        }
        if port.kind not in _WITHOUT_MAC:
            row["phys-address"] = seen.mac
        rows[port.name] = Tree(row)
    return Tree(interface=rows)


def _counters(seen: _Seen, names: tuple[str, ...]) -> Tree:
    return Tree({"discontinuity-time": seen.counting, **dict.fromkeys(names, 0)})
