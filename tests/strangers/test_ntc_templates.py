"""ntc-templates reads the live device's output as it reads a Cisco's: every template it has."""

from __future__ import annotations

from typing import Any

import pytest
from netmiko import ConnectHandler
from ntc_templates.parse import parse_output


@pytest.fixture(scope="module")
def shown(sw1: Any) -> Any:
    """A function: command -> what ntc-templates makes of the device's output."""
    with ConnectHandler(
        device_type="cisco_xe",
        host=sw1.host,
        port=sw1.port,
        username=sw1.username,
        password=sw1.password,
    ) as connection:
        yield lambda command: parse_output("cisco_ios", command, connection.send_command(command))


def test_show_license_status(shown: Any) -> None:
    (status,) = shown("show license status")
    assert status["sl_enabled"] == "ENABLED"
    assert status["transport_type"] == "cslu"
    assert status["next_rpt_push"]


def test_show_version(shown: Any, sw1: Any) -> None:
    (version,) = shown("show version")
    assert version["software_image"] == "CAT9K_IOSXE"
    assert version["hostname"] == "SW1"
    assert version["serial"] == [sw1.serial]
    assert version["reload_reason"]


def test_show_clock(shown: Any) -> None:
    (clock,) = shown("show clock")
    assert (clock["year"], clock["timezone"]) == ("2026", "UTC")


def test_show_inventory(shown: Any, sw1: Any) -> None:
    assert sw1.serial in {row["sn"] for row in shown("show inventory")}


def test_show_ip_interface_brief(shown: Any) -> None:
    names = {row["interface"] for row in shown("show ip interface brief")}
    assert "GigabitEthernet1/0/1" in names


def test_show_logging(shown: Any) -> None:
    facilities = {row["facility"] for row in shown("show logging")}
    assert "SMART_LIC" in facilities
