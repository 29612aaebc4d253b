"""The key `netconf` of a lab file: where a device's port 830 is reached."""

from __future__ import annotations

import pytest

from agent.adapters.birth import make_device
from agent.adapters.labfile import parse_plan
from agent.adapters.plan import Listen
from agent.cli.running_config import running_config
from agent.core.errors import InputError
from tests.netconf.client import NOW

LAB = "devices:\n  - {{name: sw, platform: C9300-24T, release: 17.12.4, {}}}\n"


def test_ports_of_several_devices_count_up():
    plan = parse_plan(LAB.format("netconf: 8830, count: 2"), "lab.yaml")
    assert [d.netconf for d in plan.devices] == [
        Listen("127.0.0.1", 8830),
        Listen("127.0.0.1", 8831),
    ]
    assert [d.ssh for d in plan.devices] == [None, None]


def test_a_port_is_given_once():
    with pytest.raises(InputError, match="8830 is taken by sw"):
        parse_plan(LAB.format("ssh: 8830, netconf: 8830"), "lab.yaml")


def test_device_with_the_port_is_configured_for_it():
    plan = parse_plan(LAB.format("netconf: 0"), "lab.yaml")
    device = make_device(plan.devices[0], "1", ())
    device.boot(NOW)
    lines = running_config(device).splitlines()
    assert "netconf-yang" in lines
    assert any(line.startswith("username admin privilege 15 secret 9 ") for line in lines)


def test_device_without_the_port_is_not():
    plan = parse_plan(LAB.format("ssh: 0"), "lab.yaml")
    device = make_device(plan.devices[0], "1", ())
    device.boot(NOW)
    assert "netconf-yang" not in running_config(device)
