"""Interfaces, routes and VRFs as shown: on every platform, and what follows from which setting."""

from __future__ import annotations

from pathlib import Path

import pytest

import agent.profiles
from agent.cli.session import CliSession, Line
from agent.core.release import Release
from agent.device.device import new_device
from agent.profiles.profile import load

BOOT = 1_700_000_000_000
NOW = BOOT + 3_600_000
# those before Smart Licensing Using Policy, and the call server, have commands of their own
OTHERS = ("csr1000v", "cucm")
FAMILIES = sorted(
    path.stem
    for path in Path(agent.profiles.__file__).parent.glob("*.toml")
    if path.stem not in OTHERS
)
COMMANDS = (
    "show interfaces",
    "show interfaces description",
    "show ip interface",
    "show ip route",
    "show vrf",
    "show vrf detail",
    "show ip ssh",
    "show ntp status",
    "show ip dns view",
    "show crypto pki certificates",
    "show crypto pki trustpoints status",
    "show ip http server all",
    "show snmp",
    "show call-home smart-licensing",
    "show running-config all",
)


def session(model="C9300-24T", release="17.12.4"):
    device = new_device("sw1", model, Release.parse(release), "FOC0000EMU1")
    device.boot(BOOT)
    opened = CliSession(device, Line(privilege=15), width=0, length=0)
    opened.start(NOW)
    return opened


def typed(opened, *lines):
    return "".join(opened.feed(line + "\r", NOW) for line in lines)


def configured(*lines):
    opened = session()
    typed(opened, "configure terminal", *lines, "end")
    return opened


@pytest.mark.parametrize("family", FAMILIES)
def test_every_platform_answers(family):
    profile = load(family)
    model = next(iter(profile.models))
    release = "17.15.1" if family == "c9350" else "17.12.4"
    opened = session(model, release)
    for command in COMMANDS:
        assert "% Invalid" not in typed(opened, command), command
    first = profile.models[model].interfaces[0]
    assert f"{first[0]}{first[1]} is " in typed(opened, "show interfaces")


def test_a_network_is_routed_while_its_interface_is_up():
    opened = configured("interface Vlan1", "ip address 10.1.1.1 255.255.255.0", "no shutdown")
    shown = typed(opened, "show ip route")
    assert "      10.0.0.0/8 is variably subnetted, 2 subnets, 2 masks\r\n" in shown
    assert "C        10.1.1.0/24 is directly connected, Vlan1\r\n" in shown
    assert "L        10.1.1.1/32 is directly connected, Vlan1\r\n" in shown
    typed(opened, "configure terminal", "interface Vlan1", "shutdown", "end")
    assert "10.1.1.0" not in typed(opened, "show ip route")


def test_a_static_route_needs_its_next_hop():
    opened = configured("ip route 0.0.0.0 0.0.0.0 10.1.1.254")
    assert "Gateway of last resort is not set" in typed(opened, "show ip route")
    typed(opened, "conf t", "interface Loopback0", "ip address 10.1.1.1 255.255.255.0", "end")
    shown = typed(opened, "show ip route")
    assert "Gateway of last resort is 10.1.1.254 to network 0.0.0.0\r\n" in shown
    assert "S*    0.0.0.0/0 [1/0] via 10.1.1.254\r\n" in shown


def test_tables_of_vrfs_are_apart():
    opened = configured(
        "vrf definition Lab",
        "address-family ipv4",
        "interface Loopback0",
        "vrf forwarding Lab",
        "ip address 192.0.2.1 255.255.255.0",
        "ip route vrf Lab 198.51.100.0 255.255.255.0 192.0.2.2 20",
    )
    assert "192.0.2.0" not in typed(opened, "show ip route")
    shown = typed(opened, "show ip route vrf Lab")
    assert "Routing Table: Lab\r\n" in shown
    assert "S     198.51.100.0/24 [20/0] via 192.0.2.2\r\n" in shown
    assert "% IP  routing table foo does not exist" in typed(opened, "show ip route vrf foo")
    assert "% No VRF named foo" in typed(opened, "show vrf foo")
    assert "  Lab                              <not set>             ipv4        Lo0" in typed(
        opened, "show vrf"
    )


def test_the_ssh_server_says_how_it_is_configured():
    usual = typed(session(), "show ip ssh")
    assert "Authentication timeout: 120 secs; Authentication retries: 3" in usual
    assert "Algorithms" not in usual
    lines = ("ip ssh time-out 60", "ip ssh authentication-retries 2")
    ciphers = "ip ssh server algorithm encryption aes256-gcm aes256-ctr"
    shown = typed(configured(*lines, ciphers), "show ip ssh")
    assert "Authentication timeout: 60 secs; Authentication retries: 2" in shown
    assert "Encryption Algorithms:aes256-gcm,aes256-ctr" in shown


def test_what_a_port_says_of_itself():
    opened = configured(
        "interface gi1/0/1", "description up", "switchport access vlan 7", "interface gi1/0/2",
        "shutdown",
    )  # fmt: skip
    shown = typed(opened, "show interfaces gi1/0/1")
    assert "GigabitEthernet1/0/1 is down, line protocol is down (notconnect) \r\n" in shown
    assert "  Description: up\r\n" in shown
    shown = typed(opened, "show interfaces status")
    assert "Gi1/0/1      up                 notconnect   7 " in shown
    assert "Gi1/0/2                         disabled     1 " in shown
    assert "GigabitEthernet1/0/2 is administratively down, line protocol is down (disabled)" in (
        typed(opened, "show interfaces gi1/0/2")
    )


def test_an_interface_that_is_not_there():
    opened = session()
    shown = typed(opened, "show interfaces gi1/0/99").split("\r\n")
    assert shown[1] == " " * len("Switch#show interfaces gi1/0/") + "^"
    assert shown[2] == "% Invalid input detected at '^' marker."


def test_no_settings_no_service():
    opened = session()
    assert "%NTP is not enabled." in typed(opened, "show ntp status")
    assert "%NTP is not enabled." in typed(opened, "show ntp associations")
    assert "%SNMP agent not enabled" in typed(opened, "show snmp")


def test_every_interface_of_a_range_changes():
    opened = configured("vrf definition Lab", "interface range gi1/0/1 - 2", "vrf forwarding Lab")
    shown = typed(opened, "show vrf Lab")
    assert "Gi1/0/1\r\n" in shown
    assert "Gi1/0/2\r\n" in shown


def test_parts_of_a_port_stand_behind_it_and_follow_its_state():
    opened = session(model="C8000V")
    part = "encapsulation dot1Q 7\rip address 10.7.0.1 255.255.255.0\r"
    said = opened.feed(f"configure terminal\rinterface GigabitEthernet1.7\r{part}", NOW)
    assert said.endswith("Router(config-subif)#")
    assert opened.feed("interface Loopback10\r", NOW).endswith("Router(config-if)#")
    opened.feed("interface Loopback9\rend\r", NOW)

    def states():
        shown = opened.feed("show ip interface brief\r", NOW).split("\r\n")[2:-1]
        return [(row.split()[0], " ".join(row.split()[4:])) for row in shown]

    assert states() == [
        ("GigabitEthernet1", "up up"),
        ("GigabitEthernet1.7", "up up"),
        ("GigabitEthernet2", "down down"),
        ("GigabitEthernet3", "down down"),
        ("Loopback9", "up up"),
        ("Loopback10", "up up"),
    ]
    opened.feed("configure terminal\rinterface GigabitEthernet1\rshutdown\rend\r", NOW)
    assert states()[:2] == [
        ("GigabitEthernet1", "administratively down down"),
        ("GigabitEthernet1.7", "administratively down down"),
    ]


def test_the_http_server_tells_its_limits():
    opened = configured(
        "ip http max-connections 16",
        "ip http timeout-policy idle 60 life 90 requests 7",
        "ip http session-idle-timeout 300",
        "ip http secure-port 8443",
    )
    shown = typed(opened, "show ip http server status")
    for line in (
        "Maximum number of concurrent server connections allowed: 16",
        "Server idle time-out: 60 seconds",
        "Server life time-out: 90 seconds",
        "Server session idle time-out: 300 seconds",
        "Maximum number of requests allowed on a connection: 7",
        "HTTP secure server port: 8443",
    ):
        assert line in shown


def test_a_source_of_lookups_is_apart_from_lookup_itself():
    opened = configured(
        "ip domain lookup source-interface Loopback0",
        "no ip domain lookup",
    )
    shown = typed(opened, "show running-config | include lookup")
    assert "no ip domain lookup\r\nip domain lookup source-interface Loopback0\r\n" in shown
    opened.feed("configure terminal\rno ip domain lookup source-interface\rend\r", NOW)
    shown = typed(opened, "show running-config | include lookup")
    assert "source-interface" not in shown.partition("\n")[2]
