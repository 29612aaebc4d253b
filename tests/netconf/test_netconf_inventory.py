"""Inventory by model says what the command line says, on every kind of platform.

Input: devices of all families. Output: the same product ids and serial numbers as `show inventory`,
the version, the state of the interfaces, and the time of this moment.
"""

from __future__ import annotations

import re

import pytest

from agent.cli.views.platform import inventory
from agent.core.release import Release
from agent.device.device import new_device
from agent.netconf.server import NetconfServer
from tests.netconf.client import NOW, Client, typed

XE = "http://cisco.com/ns/yang/Cisco-IOS-XE-"
HARDWARE, PLATFORM = f"{XE}device-hardware-oper", f"{XE}platform-oper"
INSTALL, INTERFACES = f"{XE}install-oper", f"{XE}interfaces-oper"
MODELS = ("C9300-24T", "C8000V", "ISR4451-X/K9", "C9407R", "C9800-CL-K9")


def client(model: str) -> Client:
    made = new_device("x", model, Release.parse("17.12.4"), "FOC0000EMU1")
    made.boot(NOW)
    typed(made, "netconf-yang")
    return Client(NetconfServer(made, NOW))


def read(one: Client, top: str, namespace: str):
    reply = one.rpc(f'<get><filter><{top} xmlns="{namespace}"/></filter></get>')
    return reply[0][0]


@pytest.mark.parametrize("model", MODELS)
def test_parts_are_those_of_show_inventory(model):
    one = client(model)
    made = one.server.device
    printed = inventory(made.agent.state.members, made.profile)
    wanted = [
        (pid.strip(), serial) for pid, serial in re.findall(r"PID: (.+?), VID: .*SN: (.*)", printed)
    ]
    hardware = read(one, "device-hardware-data", HARDWARE)
    rows = [
        (row.findtext(f"{{{HARDWARE}}}part-number"), row.findtext(f"{{{HARDWARE}}}serial-number"))
        for row in hardware.iter(f"{{{HARDWARE}}}device-inventory")
    ]
    assert [(pid, serial or "") for pid, serial in rows] == wanted
    states = list(read(one, "components", PLATFORM).iter(f"{{{PLATFORM}}}state"))
    assert [state.findtext(f"{{{PLATFORM}}}part-no") for state in states] == [w[0] for w in wanted]


@pytest.mark.parametrize("model", MODELS)
def test_software_is_that_of_the_device(model):
    one = client(model)
    hardware = read(one, "device-hardware-data", HARDWARE)
    banner = hardware.findtext(f".//{{{HARDWARE}}}software-version")
    assert re.search(r"Version ([^,]+),", banner)[1] == "17.12.4"
    install = read(one, "install-oper-data", INSTALL)
    assert install.findtext(f".//{{{INSTALL}}}version") == "17.12.4"
    assert install.findtext(f".//{{{INSTALL}}}boot-mode").startswith("install-boot-mode-")


def test_time_goes_on_and_changes_are_unsaved():
    one = client("C9300-24T")
    system = read(one, "device-hardware-data", HARDWARE)
    assert system.findtext(f".//{{{HARDWARE}}}current-time") == "2026-10-06T12:00:00+00:00"
    assert system.findtext(f".//{{{HARDWARE}}}unsaved-config") == "true"
    one.server.device.save(NOW, "admin")
    system = read(one, "device-hardware-data", HARDWARE)
    assert system.findtext(f".//{{{HARDWARE}}}unsaved-config") == "false"


def test_an_interface_is_as_it_is_configured():
    one = client("C8000V")
    typed(
        one.server.device,
        "interface GigabitEthernet1",
        "ip address 192.0.2.1 255.255.255.0",
        "interface GigabitEthernet2",
        "shutdown",
    )
    rows = {
        row.findtext(f"{{{INTERFACES}}}name"): {
            leaf.tag.rpartition("}")[2]: leaf.text for leaf in row
        }
        for row in read(one, "interfaces", INTERFACES)
    }
    assert rows["GigabitEthernet1"]["oper-status"] == "if-oper-state-ready"
    assert rows["GigabitEthernet1"]["ipv4"] == "192.0.2.1"
    assert rows["GigabitEthernet2"]["admin-status"] == "if-state-down"


def test_state_cannot_be_written():
    one = client("C8000V")
    body = (
        "<edit-config><target><running/></target><config>"
        f'<components xmlns="{PLATFORM}"><component><cname>x</cname></component></components>'
        "</config></edit-config>"
    )
    assert one.error(body)["tag"] == "unknown-element"
