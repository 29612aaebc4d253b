"""Genie and ntc-templates read what a switch, a controller and a router show of the network.

One console per platform runs a script through a pipe; nothing of ours is imported.
"""

from __future__ import annotations

from typing import Any

import pytest
from ntc_templates.parse import parse_output
from sitting import parsed, transcript

SETTINGS = (
    "configure terminal",
    "vrf definition Lab",
    " rd 65000:1",
    " address-family ipv4",
    "interface Loopback0",
    " description of the lab",
    " ip address 192.0.2.1 255.255.255.255",
    "interface Loopback1",
    " vrf forwarding Lab",
    " ip address 198.51.100.1 255.255.255.0",
    "interface Loopback2",
    " ip address 10.1.1.1 255.255.255.0",
    "ip route 0.0.0.0 0.0.0.0 10.1.1.254",
    "ip route vrf Lab 203.0.113.0 255.255.255.0 198.51.100.2",
    "ip name-server 10.1.1.53",
    "ip domain name lab.example",
    "ip host cslu-local 10.1.1.9",
    "ntp server 10.1.1.123",
    "snmp-server community emu ro",
    "snmp-server location lab",
    "logging host 10.1.1.5",
    "logging host 10.1.1.6 vrf Lab",
    "logging source-interface Loopback0",
    "clock timezone EST -5",
    "clock summer-time EDT recurring",
    "netconf-yang",
    "crypto pki trustpoint Extra",
    " enrollment terminal",
    "end",
)
PLATFORMS = {"C9300-24T": "17.12.4", "C9800-CL-K9": "17.9.5", "C8000V": "17.15.1"}
COMMANDS = (
    "show interfaces",
    "show interfaces description",
    "show ip interface",
    "show ip interface brief",
    "show ip route",
    "show ip route vrf Lab",
    "show vrf",
    "show vrf detail",
    "show hosts",
    "show ip dns view",
    "show ip ssh",
    "show logging",
    "show clock",
    "show ntp status",
    "show ntp associations",
    "show snmp",
    "show call-home smart-licensing",
    "show crypto pki certificates",
    "show crypto pki certificates verbose SLA-TrustPoint",
    "show crypto pki trustpoints",
    "show crypto pki trustpoints status",
    "show crypto pki trustpool",
    "show crypto pki timer detail",
    "show netconf-yang status",
    "show ip http server all",
    "show running-config interface Loopback0",
)
# Genie has no parser for these two forms; ntc-templates has none for those below
WITHOUT_GENIE = ("show crypto pki trustpool", "show crypto pki certificates verbose SLA-TrustPoint")
NTC = (
    "show interfaces",
    "show interfaces description",
    "show ip interface",
    "show ip interface brief",
    "show ip route",
    "show vrf",
)


@pytest.fixture(scope="module", params=PLATFORMS)
def texts(request: pytest.FixtureRequest) -> dict[str, str]:
    """What one platform prints for each command."""
    commands = COMMANDS
    if request.param.startswith("C9300"):
        commands += ("show interfaces status",)
    return transcript(request.param, PLATFORMS[request.param], commands, SETTINGS)


def test_genie_reads_all(texts: dict[str, str]) -> None:
    empty, failed = [], {}
    for command, text in texts.items():
        if command in WITHOUT_GENIE:
            continue
        try:
            if not parsed(command, text):
                empty.append(command)
        except Exception as error:  # whatever a parser raises is a finding
            failed[command] = f"{type(error).__name__}: {error}"
    assert (empty, failed) == ([], {})


def test_genie_reads_what_was_configured(texts: dict[str, str]) -> None:
    found: Any = parsed("show interfaces", texts["show interfaces"])
    assert found["Loopback0"]["description"] == "of the lab"
    assert found["Loopback0"]["ipv4"]["192.0.2.1/32"]["prefix_length"] == "32"
    routes: Any = parsed("show ip route", texts["show ip route"])
    known = routes["vrf"]["default"]["address_family"]["ipv4"]["routes"]
    assert {"0.0.0.0/0", "10.1.1.0/24", "10.1.1.1/32", "192.0.2.1/32"} <= set(known)
    vrfs: Any = parsed("show vrf", texts["show vrf"])
    assert vrfs["vrf"]["Lab"]["route_distinguisher"] == "65000:1"
    points: Any = parsed("show crypto pki trustpoints", texts["show crypto pki trustpoints"])
    assert "SLA-TrustPoint" in str(points)
    hosts: Any = parsed("show hosts", texts["show hosts"])
    assert "10.1.1.53" in str(hosts)


@pytest.mark.parametrize("command", NTC)
def test_ntc_templates_reads(texts: dict[str, str], command: str) -> None:
    assert parse_output("cisco_ios", command, texts[command])
