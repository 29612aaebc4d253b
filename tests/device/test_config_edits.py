"""Settings that depend on what is there: addresses, VRFs, interfaces that come and go."""

from __future__ import annotations

import pytest

from agent.core.release import Release
from agent.device.config import factory_root, grammar_of, line_settings
from agent.device.config_edits import BASE, EDITORS, Told, Unusable
from agent.device.config_text import read_config
from agent.profiles.profile import load
from cli_grammar import InterfaceName
from yang.tree import Entry, apply, get

PROFILE, RELEASE = load("c9300"), Release.parse("17.12.4")
GRAMMAR = grammar_of(PROFILE, RELEASE)
FACTORY = factory_root(PROFILE, RELEASE, "C9300-24T")
LOOPBACK = ("native", "interface", Entry("Loopback", "0"))


def typed(text, root=FACTORY):
    read = read_config(text, GRAMMAR, root, lambda: "")
    assert not read.refused
    return read.root


ADDRESSED = typed(
    "vrf definition A\n address-family ipv4\ninterface Loopback0\n"
    " ip address 192.0.2.1 255.255.255.0\n"
)


def changes(name, root=ADDRESSED, **args):
    return EDITORS[f"configure.{name}"](root, {BASE: LOOPBACK, **args}, lambda: "")


@pytest.mark.parametrize(
    ("address", "mask", "sentence"),
    [
        ("192.0.2.1", "255.0.255.0", "Bad mask 0xFF00FF00 for address 192.0.2.1"),
        ("192.0.2.0", "255.255.255.0", "Bad mask /24 for address 192.0.2.0"),
        ("192.0.2.255", "255.255.255.0", "Bad mask /24 for address 192.0.2.255"),
        ("192.0.2.1", "0.0.0.0", "Bad mask 0x0 for address 192.0.2.1"),
    ],
)
def test_an_address_that_is_none(address, mask, sentence):
    assert changes("ip_address", address=address, mask=mask) == sentence


@pytest.mark.parametrize("mask", ["255.255.255.255", "255.255.255.254", "255.0.0.0"])
def test_an_address_takes_the_place_of_another(mask):
    root = apply(ADDRESSED, changes("ip_address", address="10.1.2.3", mask=mask))
    assert get(root, (*LOOPBACK, "ip", "address", "primary", "address")) == "10.1.2.3"
    assert get(root, (*LOOPBACK, "ip", "no-address")) is None


def test_networks_of_one_table_do_not_overlap():
    args = {BASE: ("native", "interface", Entry("Loopback", "1"))}
    found = changes("ip_address", **args, address="192.0.2.9", mask="255.255.255.252")
    assert found == "% 192.0.2.8 overlaps with Loopback0"
    other = typed("interface Loopback1\n vrf forwarding A\n", ADDRESSED)
    found = changes("ip_address", other, **args, address="192.0.2.9", mask="255.255.255.252")
    assert isinstance(found, tuple)


def test_a_secondary_address_stands_beside_the_first():
    root = apply(
        ADDRESSED, changes("ip_address_secondary", second="10.9.9.9", mask="255.255.255.0")
    )
    assert get(root, (*LOOPBACK, "ip", "address", "primary", "address")) == "192.0.2.1"
    assert list(get(root, (*LOOPBACK, "ip", "address", "secondary"))) == ["10.9.9.9"]


def test_entering_a_vrf_costs_the_address():
    found = changes("vrf_forwarding", vrf="A")
    assert isinstance(found, Told)
    assert found.says == (
        "% Interface Loopback0 IPv4 disabled and address(es) removed due to enabling VRF A"
    )
    root = apply(ADDRESSED, found.edits)
    assert get(root, (*LOOPBACK, "ip", "address")) is None
    assert changes("vrf_forwarding", root, vrf="A") == ()
    assert changes("vrf_forwarding", vrf="B") == "% VRF B not configured."


def test_entering_a_vrf_costs_ipv6_addresses_too():
    both = typed("interface Loopback0\n ipv6 address 2001:db8::1/64\n ipv6 enable\n", ADDRESSED)
    found = changes("vrf_forwarding", both, vrf="A")
    assert isinstance(found, Told)
    assert found.says.splitlines() == [
        f"% Interface Loopback0 {version} disabled and address(es) removed due to enabling VRF A"
        for version in ("IPv4", "IPv6")
    ]
    root = apply(both, found.edits)
    assert get(root, (*LOOPBACK, "ip", "address")) is get(root, (*LOOPBACK, "ipv6")) is None
    inside = typed("interface Loopback0\n ipv6 address 2001:db8::1/64\n", root)
    gone = changes("no_vrf_definition", inside, vrf="A")
    assert isinstance(gone, Told)
    assert get(apply(inside, gone.edits), (*LOOPBACK, "ipv6")) is None


def test_a_vrf_that_goes_leaves_its_interfaces_bare():
    root = apply(ADDRESSED, changes("vrf_forwarding", vrf="A").edits)
    found = changes("no_vrf_definition", root, vrf="A")
    assert isinstance(found, Told)
    after = apply(root, found.edits)
    assert get(after, (*LOOPBACK, "vrf", "forwarding")) is None
    assert get(after, ("native", "vrf", Entry("definition", "A"))) is None


@pytest.mark.parametrize(
    ("kind", "number", "there"),
    [
        ("Vlan", "4094", True),
        ("Vlan", "4095", False),
        ("Loopback", "1/0", False),
        ("Port-channel", "0", False),
        ("GigabitEthernet", "1/0/1.20", True),
        ("GigabitEthernet", "1/0/99.20", False),
        ("Tunnel", "0", True),
    ],
)
def test_which_interfaces_can_be_made(kind, number, there):
    found = changes("interface", **{"if": InterfaceName(kind, number)})
    assert isinstance(found, Unusable) is not there


def test_a_part_of_a_port_can_go_and_the_port_cannot():
    assert isinstance(
        changes("no_interface", **{"if": InterfaceName("GigabitEthernet", "1/0/1.20")}), tuple
    )
    assert "not permitted" in changes(
        "no_interface", **{"if": InterfaceName("GigabitEthernet", "1/0/1")}
    )


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("line vty 0 4\n login local\n", "local"),
        ("line vty 0 4\n login\n", "password"),
        ("line vty 0 4\n no login\n", "none"),
        ("aaa new-model\naaa authentication login default group tacacs+ local\n", "local"),
        ("aaa new-model\naaa authentication login default none\n", "none"),
        ("aaa new-model\naaa authentication login default enable\n", "password"),
        (
            "aaa new-model\naaa authentication login default none\n"
            "aaa authentication login VTY local\nline vty 0 4\n login authentication VTY\n",
            "local",
        ),
        ("aaa authentication login default none\nline vty 0 4\n login local\n", "local"),
    ],
)
def test_how_a_line_asks_who_is_there(text, login):
    assert line_settings(typed(text), "vty", 0).login == login
