"""Interfaces, VRFs and routes of a configuration, as typed values."""

from __future__ import annotations

from agent.core.release import Release
from agent.device.config import bare_root, factory_root, grammar_of
from agent.device.config_network import (
    port,
    ports,
    static_routes,
    vrfs,
)
from agent.device.config_text import read_config
from agent.profiles.profile import load
from yang.tree import EMPTY

PROFILE, RELEASE = load("c9300"), Release.parse("17.12.4")
GRAMMAR = grammar_of(PROFILE, RELEASE)
FACTORY = factory_root(PROFILE, RELEASE, "C9300-24T")


def typed(text, root=FACTORY):
    read = read_config(text, GRAMMAR, root, lambda: "")
    assert not read.refused
    return read.root


def test_interfaces_addresses_and_vrfs():
    root = typed("interface Gi0/0\n ip address 192.0.2.9 255.255.255.0\n no shutdown\n")
    found = port(root, "gi0/0")
    assert found is not None
    assert (found.name, found.vrf, found.up) == ("GigabitEthernet0/0", "Mgmt-vrf", True)
    assert str(found.prefix) == "192.0.2.9/24"
    assert port(root, "gi0/9") is None
    assert port(root, "nothing") is None
    assert {p.name for p in ports(root)} >= {"Vlan1", "GigabitEthernet1/0/24"}
    assert [(v.name, v.families) for v in vrfs(root)] == [("Mgmt-vrf", ("ipv4", "ipv6"))]


def test_static_routes_by_table():
    root = typed(
        "ip route 0.0.0.0 0.0.0.0 192.0.2.1\n"
        "ip route vrf Mgmt-vrf 198.51.100.0 255.255.255.0 192.0.2.2\n"
    )
    assert [(str(r.network), r.hop, r.vrf) for r in static_routes(root)] == [
        ("0.0.0.0/0", "192.0.2.1", ""),
        ("198.51.100.0/24", "192.0.2.2", "Mgmt-vrf"),
    ]


def test_an_empty_root_says_nothing():
    assert list(ports(EMPTY)) == []
    assert vrfs(bare_root(PROFILE, "C9300-24T")) == ()
