"""Genie and ntc-templates read what a box tells beside licensing: VLANs, lines, packages, load.

Ansible's ios_facts and NAPALM ask some of these of every device. One console per platform runs a
script through a pipe; nothing of ours is imported.
"""

from __future__ import annotations

import pytest
from genie.metaparser.util.exceptions import SchemaEmptyParserError
from ntc_templates.parse import parse_output
from sitting import parsed, transcript

PORTS = {"C9300-24T": ("Vlan10", "17.12.4"), "C8000V": ("GigabitEthernet1", "17.15.1")}
COMMANDS = (
    "show arp",
    "show ip arp",
    "show install summary",
    "show install active",
    "show ip http server secure status",
    "show line",
    "show memory statistics",
    "show processes cpu",
    "show call-home version",
    "show ip route 203.0.113.1",
    "show ip route summary",
    "show inventory raw",
    "show ipv6 interface brief",
    "show ipv6 interface",
    "show snmp community",
    "dir",
)
SWITCH = (
    "show vlan",
    "show vlan brief",
    "show vlan summary",
    "show vtp status",
    "show mac address-table",
    "show cdp",
    "show cdp neighbors",
    "show cdp neighbors detail",
    "show lldp neighbors",
    "show spanning-tree",
)
# Genie has no parser for the first, and fails on a device without neighbours with the others
NO_GENIE = ("show snmp community", "show cdp neighbors", "show cdp neighbors detail")
NOTHING_THERE = ("show lldp neighbors", "show spanning-tree")
TEMPLATES = (
    "show ip arp",
    "show processes cpu",
    "show snmp community",
    "show ipv6 interface brief",
    "show ip route summary",
    "show vlan",
    "show mac address-table",
    "show vtp status",
    "dir",
)


@pytest.fixture(scope="module", params=PORTS)
def texts(request: pytest.FixtureRequest) -> dict[str, str]:
    """What one platform prints for each command."""
    platform: str = request.param
    port, release = PORTS[platform]
    commands = COMMANDS + (SWITCH if platform.startswith("C9") else ())
    before = (
        *("configure terminal", f"interface {port}"),
        *(" ip address 10.1.1.1 255.255.255.0", " ipv6 address 2001:db8::1/64", " no shutdown"),
        *("snmp-server community emu ro", "ip route 203.0.113.0 255.255.255.0 10.1.1.2", "end"),
    )
    return transcript(platform, release, commands, before)


def test_genie_reads_all(texts: dict[str, str]) -> None:
    failed = {}
    for command, text in texts.items():
        if command in NO_GENIE:
            continue
        try:
            assert parsed(command, text)
        except SchemaEmptyParserError:
            if command not in NOTHING_THERE:
                failed[command] = f"read nothing from {text!r}"
        except Exception as error:  # whatever a parser raises is a finding
            failed[command] = f"{type(error).__name__}: {error}"
    assert failed == {}


def test_ntc_templates_read_all(texts: dict[str, str]) -> None:
    failed = {}
    for command in TEMPLATES:
        if command not in texts:
            continue
        try:
            assert parse_output(platform="cisco_ios", command=command, data=texts[command])
        except Exception as error:  # whatever a template raises is a finding
            failed[command] = f"{type(error).__name__}: {error}"
    assert failed == {}


def test_what_is_read_is_what_was_configured(texts: dict[str, str]) -> None:
    (port,) = parsed("show ip arp", texts["show ip arp"])["interfaces"]
    assert port in {name for name, _ in PORTS.values()}
    route = parsed("show ip route 203.0.113.1", texts["show ip route 203.0.113.1"])
    assert "203.0.113.0" in str(route)
    lines = parsed("show line", texts["show line"])["tty"]
    assert lines["0"]["type"] == "CTY"
    assert {line["type"] for name, line in lines.items() if name != "0"} == {"VTY"}
