"""NAPALM's `ios` driver: facts, configurations, merge, compare, commit, discard, rollback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from napalm import get_network_driver
from napalm.base.exceptions import CommandErrorException, MergeConfigException

MERGE = "hostname MERGED\ninterface Vlan1\n description by NAPALM\nend\n"


def opened(switch: Any, **more: Any) -> Any:
    driver = get_network_driver("ios")
    device = driver(
        switch.host,
        switch.username,
        switch.password,
        timeout=240,
        optional_args={"port": switch.port, "secret": "enable-me", **more},
    )
    device.open()
    return device


@pytest.fixture
def device(sw3: Any) -> Iterator[Any]:
    device = opened(sw3)
    yield device
    device.close()


def hostname(device: Any) -> str:
    name: str = device.get_facts()["hostname"]
    return name


def test_is_alive(device: Any) -> None:
    assert device.is_alive() == {"is_alive": True}


def test_facts(device: Any, sw3: Any) -> None:
    facts = device.get_facts()
    assert facts["vendor"] == "Cisco"
    assert facts["hostname"] == "SW3"
    assert facts["fqdn"] == "SW3.lab.example"
    assert facts["model"] == sw3.platform
    assert facts["serial_number"] == sw3.serial
    assert "Version 17.12.4" in facts["os_version"]
    assert facts["uptime"] >= 0
    assert "GigabitEthernet1/0/1" in facts["interface_list"]


def test_configurations(device: Any) -> None:
    found = device.get_config()
    assert found["running"].startswith("!")
    assert "hostname SW3" in found["running"]
    assert "Building configuration" not in found["running"]
    assert found["candidate"] == ""
    sanitized = device.get_config(retrieve="running", sanitized=True)["running"]
    assert "enable secret 9 <removed>" in sanitized


def test_cli(device: Any) -> None:
    said = device.cli(["show license status", "show nonsense"])
    assert "Smart Licensing Using Policy" in said["show license status"]
    assert "% Invalid input detected" in said["show nonsense"]


def test_merge_compare_commit_rollback(device: Any) -> None:
    device.load_merge_candidate(config=MERGE)
    assert device.compare_config().splitlines() == [
        "+hostname MERGED",
        "+interface Vlan1",
        "+ description by NAPALM",
    ]
    device.commit_config()
    try:
        assert hostname(device) == "MERGED"
        assert "hostname MERGED" in device.get_config(retrieve="startup")["startup"]
        device.load_merge_candidate(config=MERGE)
        assert device.compare_config() == ""
    finally:
        device.rollback()
    assert hostname(device) == "SW3"
    assert "by NAPALM" not in device.get_config(retrieve="running")["running"]


def test_replace_compare_discard(device: Any) -> None:
    running = device.get_config(retrieve="running")["running"]
    device.load_replace_candidate(config=running.replace("hostname SW3", "hostname OTHER"))
    assert device.compare_config().splitlines() == ["+hostname OTHER", "-hostname SW3"]
    device.discard_config()
    assert device.compare_config() == ""
    device.load_replace_candidate(config=running.replace("hostname SW3", "hostname OTHER"))
    device.commit_config()
    assert hostname(device) == "OTHER"
    device.rollback()
    assert hostname(device) == "SW3"


def test_a_commit_waits_for_its_confirmation(device: Any) -> None:
    device.load_merge_candidate(config=MERGE)
    device.commit_config(revert_in=120)
    try:
        assert device.has_pending_commit()
        assert hostname(device) == "MERGED"
    finally:
        device.rollback()
    assert not device.has_pending_commit()
    assert hostname(device) == "SW3"
    running = device.get_config(retrieve="running")["running"]
    device.load_replace_candidate(config=running.replace("hostname SW3", "hostname OTHER"))
    device.commit_config(revert_in=60)
    try:
        device.confirm_commit()
        assert not device.has_pending_commit()
        assert hostname(device) == "OTHER"
    finally:
        device.rollback()
    assert hostname(device) == "SW3"


def test_a_wrong_merge_is_undone(device: Any) -> None:
    device.load_merge_candidate(config="hostname WRONG\nnonsense\nend\n")
    with pytest.raises(MergeConfigException, match="automatic rollback attempted"):
        device.commit_config()
    assert hostname(device) == "SW3"


def test_without_scp_server_nothing_is_sent(sw1: Any) -> None:
    device = opened(sw1)
    try:
        with pytest.raises(CommandErrorException, match="SCP file transfers are not enabled"):
            device.load_merge_candidate(config=MERGE)
    finally:
        device.close()


def test_getters(device: Any, sw3: Any) -> None:
    assert device.get_interfaces()["Vlan1"]["mtu"] == 1500
    assert "GigabitEthernet1/0/1" in device.get_interfaces_counters()
    assert device.get_interfaces_ip() == {}
    assert device.get_users()["admin"]["level"] == 15
    assert device.get_ntp_servers() == {}
    assert device.get_snmp_information()["chassis_id"] == sw3.serial
    assert "default" in device.get_network_instances()


def test_ping(device: Any) -> None:
    found = device.ping("127.0.0.1", count=3, size=200, timeout=1)["success"]
    assert (found["probes_sent"], found["packet_loss"]) == (3, 0)
    assert device.ping("203.0.113.9", count=2)["success"]["packet_loss"] == 2
