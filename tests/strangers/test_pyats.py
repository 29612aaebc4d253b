"""pyATS: unicon connects as to any `iosxe` device, and Genie parses what the live device shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from genie.testbed import load
from unicon.core.errors import SubCommandFailure

NO_WAIT = {"GRACEFUL_DISCONNECT_WAIT_SEC": 0, "POST_DISCONNECT_WAIT_SEC": 0}
SSH = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"


def testbed(switch: Any) -> Any:
    return load(
        {
            "devices": {
                switch.name: {
                    "os": "iosxe",
                    "type": "switch",
                    "credentials": {
                        "default": {"username": switch.username, "password": switch.password},
                        "enable": {"password": "enable-me"},
                    },
                    "connections": {
                        "cli": {
                            "protocol": "ssh",
                            "ip": switch.host,
                            "port": switch.port,
                            "ssh_options": SSH,
                        }
                    },
                }
            }
        }
    )


testbed.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def device(sw1: Any) -> Iterator[Any]:
    device = testbed(sw1).devices["SW1"]
    device.connect(log_stdout=False, settings=NO_WAIT)
    yield device
    device.disconnect()


@pytest.fixture(scope="module")
def after_first_ack(device: Any) -> Any:
    """The device 20 minutes on: first report sent, ACK, trust code and policy installed."""
    device.execute("emulator clock advance 20 minutes", timeout=60)
    return device


def test_connect_ends_in_privileged_exec(device: Any) -> None:
    assert device.is_connected()
    assert device.cli.state_machine.current_state == "enable"


def test_hostname_is_learned(sw1: Any) -> None:
    device = testbed(sw1).devices["SW1"]
    device.connect(log_stdout=False, learn_hostname=True, settings=NO_WAIT)
    try:
        assert device.cli.hostname == "SW1"
    finally:
        device.disconnect()


def test_configure_and_undo(device: Any) -> None:
    device.configure(["license smart usage interval 9"])
    try:
        shown = device.execute("show running-config | include usage interval")
        assert shown.strip() == "license smart usage interval 9"
    finally:
        device.configure(["no license smart usage interval"])


def test_wrong_lines_raise(device: Any) -> None:
    with pytest.raises(SubCommandFailure):
        device.execute("show license foo")
    with pytest.raises(SubCommandFailure):
        device.configure("license smart nonsense")
    assert device.cli.state_machine.current_state == "enable"


def test_show_version(device: Any, sw1: Any) -> None:
    version = device.parse("show version")["version"]
    assert version["hostname"] == "SW1"
    assert version["chassis"] == sw1.platform
    assert version["chassis_sn"] == sw1.serial
    assert version["os"] == "IOS-XE"
    assert version["xe_version"].startswith("17.12.04")


def test_show_license_udi(device: Any, sw1: Any) -> None:
    udi = {"pid": sw1.platform, "sn": sw1.serial}
    assert device.parse("show license udi")["udi_details"] == udi


def test_show_license_summary(device: Any) -> None:
    rows = device.parse("show license summary")["license_usage"]
    assert {name: row["license"] for name, row in rows.items()} == {
        "C9300-24 Network Advan...": "network-advantage",
        "C9300-24 DNA Advantage": "dna-advantage",
    }
    assert {(row["count"], row["status"]) for row in rows.values()} == {("1", "IN USE")}


def test_show_license_usage(device: Any) -> None:
    usage = device.parse("show license usage")
    assert usage["license_authorization"]["status"] == "Not Applicable"
    kinds = {row["feature_name"]: row["license_type"] for row in usage["license_name"].values()}
    assert kinds == {"network-advantage": "Perpetual", "dna-advantage": "Subscription"}


def test_show_license_status_after_the_first_ack(after_first_ack: Any) -> None:
    status = after_first_ack.parse("show license status")
    assert status["smart_licensing_using_policy"]["status"] == "ENABLED"
    assert status["transport"]["type"] == "cslu"
    assert status["usage_reporting"]["last_ack_received"].startswith("Oct 06")
    assert status["trust_code_installed"].strip().startswith("Oct 06")


def test_show_license_all_after_the_first_ack(after_first_ack: Any, sw1: Any) -> None:
    shown = after_first_ack.parse("show license all")
    assert shown["smart_licensing_status"]["smart_licensing_using_policy"]["status"] == "ENABLED"
    assert shown["product_information"]["udi"] == {"pid": sw1.platform, "sn": sw1.serial}
    assert len(shown["license_usage"]["license_name"]) == 2
    assert int(shown["usage_report_summary"]["total_acknowledged_received"]) > 0


@pytest.mark.parametrize(
    "command", ["show clock", "show logging", "show inventory", "show license rum id all"]
)
def test_other_shows_are_parsed(after_first_ack: Any, command: str) -> None:
    assert after_first_ack.parse(command)


def test_services_of_unicon(device: Any) -> None:
    """Its ping asks word by word, its copy answers questions."""
    assert "100 percent (3/3)" in device.ping("127.0.0.1", count=3, size=200)
    assert "[OK]" in device.copy(source="running-config", dest="startup-config")


def test_reload_dialogue_and_the_way_back(sw2: Any) -> None:
    """unicon answers the questions of `reload`, loses the connection and connects again."""
    device = testbed(sw2).devices["SW2"]
    quick = {**NO_WAIT, "RELOAD_WAIT": 2, "RELOAD_SYSLOG_WAIT": 0}
    device.connect(log_stdout=False, settings=quick)
    try:
        device.configure("banner motd ^not saved^")
        device.reload(timeout=90, post_reload_wait_time=1, prompt_recovery=True)
        assert device.is_connected()
        assert "Reload" in device.execute("show version | include reload reason")
    finally:
        device.disconnect()
