"""The interfaces as Cisco-IOS-XE-interfaces-oper tells them, the same that `show interfaces` does.

Sources: docs/sources.md, entries oper-models, interface-output.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.device import config_network
from agent.device.device import Device
from yang.tree import Rows, Tree

_ETHERNET = "iana-iftype-ethernet-csmacd"
_KINDS: Mapping[str, str] = {
    "Loopback": "iana-iftype-sw-loopback",
    "Tunnel": "iana-iftype-tunnel",
    "Vlan": "iana-iftype-prop-virtual",
    "Port-channel": "iana-iftype-ieee8023ad-lag",
}


def interfaces(device: Device) -> Tree:
    """`interfaces`: a row for each, with what is configured and whether it is up."""
    rows = Rows()
    for port in config_network.ports(device.datastore.running):
        row = {
            "interface-type": _KINDS.get(port.kind, _ETHERNET),
            "admin-status": "if-state-down" if port.shut else "if-state-up",
            "oper-status": "if-oper-state-ready" if port.up else "if-oper-state-no-pass",
        }
        told = {
            "vrf": port.vrf,
            "ipv4": port.address,
            "ipv4-subnet-mask": port.mask,
            "description": port.description,
        }
        rows[f"{port.kind}{port.number}"] = Tree({**row, **{k: v for k, v in told.items() if v}})
    return Tree(interface=rows)
