"""Ansible's cisco.ios collection runs a playbook on two devices through network_cli."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BIN = Path(sys.executable).parent
PLAY_SECONDS = 400

PLAYBOOK = """\
- hosts: devices
  gather_facts: false
  tasks:
    - name: command
      cisco.ios.ios_command:
        commands:
          - show version
          - show license status
          - show privilege
        wait_for: result[1] contains "Smart Licensing Using Policy"
    - name: facts
      cisco.ios.ios_facts:
        gather_subset: [all]
    - name: config
      cisco.ios.ios_config:
        lines: [license smart usage interval 11]
        save_when: changed
    - name: again
      cisco.ios.ios_config:
        lines: [license smart usage interval 11]
    - name: nested
      cisco.ios.ios_config:
        parents: [interface Vlan1]
        lines: [description set by a playbook]
        backup: true
    - name: saved
      cisco.ios.ios_command:
        commands: [show startup-config | include usage interval]
    - name: refused
      cisco.ios.ios_command:
        commands: [show license nonsense]
      ignore_errors: true
    - name: wrong
      cisco.ios.ios_config:
        lines: [license smart nonsense]
      ignore_errors: true
    - name: away
      cisco.ios.ios_config:
        lines: [no license smart usage interval]
        match: none
        save_when: always
    - name: banner
      cisco.ios.ios_banner:
        banner: login
        text: |
          two lines
          of a banner
        state: present
    - name: hostname
      cisco.ios.ios_hostname:
        config: {hostname: "{{ inventory_hostname }}"}
    - name: ping
      cisco.ios.ios_ping:
        dest: 127.0.0.1
    - name: sized
      cisco.ios.ios_ping:
        dest: 127.0.0.1
        size: 200
        df_bit: true
"""
# each resource module is run twice: it changes the device once
RESOURCES = """\
    - cisco.ios.ios_vrf: {name: BLUE, rd: "65000:9", description: by a playbook}
    - cisco.ios.ios_user: {name: bob, privilege: 5, state: present}
    - cisco.ios.ios_interfaces:
        config: [{name: GigabitEthernet1/0/1, description: by a playbook, enabled: true}]
    - cisco.ios.ios_l3_interfaces:
        config: [{name: Vlan1, ipv4: [{address: 10.9.0.1/24}]}]
    - cisco.ios.ios_static_routes:
        config:
          - address_families:
              - afi: ipv4
                routes:
                  - dest: 198.51.100.0/24
                    next_hops: [{forward_router_address: 10.9.0.254}]
    - cisco.ios.ios_ntp_global: {config: {servers: [{server: 10.9.0.5, prefer: true}]}}
    - cisco.ios.ios_logging_global:
        config: {hosts: [{host: 10.9.0.6}], buffered: {size: 8192, severity: informational}}
"""


@pytest.fixture(scope="module")
def results(sw2: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each task of the playbook came to, by its name."""
    folder = tmp_path_factory.mktemp("ansible")
    (folder / "site.yaml").write_text(PLAYBOOK + RESOURCES + RESOURCES, "utf-8")
    variables = {
        "ansible_host": sw2.host,
        "ansible_port": sw2.port,
        "ansible_user": sw2.username,
        "ansible_password": sw2.password,
        "ansible_connection": "ansible.netcommon.network_cli",
        "ansible_network_os": "cisco.ios.ios",
        "ansible_network_cli_ssh_type": "paramiko",
        "ansible_become": True,
        "ansible_become_method": "enable",
        "ansible_python_interpreter": sys.executable,
    }
    inventory = {"devices": {"hosts": {sw2.name: variables}}}
    (folder / "inventory.json").write_text(json.dumps(inventory), "utf-8")
    environment = {
        **os.environ,
        "HOME": str(folder),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
        "ANSIBLE_FORKS": "1",
        "LC_ALL": "C.UTF-8",
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }
    run = subprocess.run(
        [str(BIN / "ansible-playbook"), "-i", "inventory.json", "site.yaml"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PLAY_SECONDS,
    )
    start = run.stdout.find("{")
    assert start >= 0, run.stdout + run.stderr
    plays = json.loads(run.stdout[start:])["plays"]
    came: dict[str, Any] = {}
    for task in plays[0]["tasks"]:
        name, host = task["task"]["name"], task["hosts"][sw2.name]
        came[f"{name} again" if name in came else name] = host
    assert run.returncode == 0, json.dumps(came[next(reversed(came))], indent=1)
    return came


def test_commands_are_answered(results: dict[str, Any], sw2: Any) -> None:
    version, status, privilege = results["command"]["stdout"]
    assert "Cisco IOS XE Software, Version 17.09.05" in version
    assert "Type: cslu" in status
    assert privilege == "Current privilege level is 15"


def test_facts(results: dict[str, Any], sw2: Any) -> None:
    facts = results["facts"]["ansible_facts"]
    assert facts["ansible_net_hostname"] == sw2.name
    assert facts["ansible_net_serialnum"] == sw2.serial
    assert facts["ansible_net_model"] == sw2.platform
    assert facts["ansible_net_version"] == "17.09.05"
    assert facts["ansible_net_iostype"] == "IOS-XE"
    assert facts["ansible_net_filesystems"]
    assert "hostname SW2" in facts["ansible_net_config"]


def test_configuration_is_changed_once_and_saved(results: dict[str, Any]) -> None:
    assert results["config"]["changed"] is True
    assert "license smart usage interval 11" in results["config"]["commands"]
    assert results["again"]["changed"] is False
    assert results["saved"]["stdout"] == ["license smart usage interval 11"]
    assert results["away"]["changed"] is True


def test_lines_below_a_parent_and_a_backup(results: dict[str, Any]) -> None:
    assert results["nested"]["commands"] == ["interface Vlan1", "description set by a playbook"]
    assert Path(results["nested"]["backup_path"]).read_text("utf-8").count("hostname SW2") == 1


def test_the_devices_refusals_reach_the_playbook(results: dict[str, Any]) -> None:
    for name in ("refused", "wrong"):
        assert results[name]["failed"] is True
        assert "% Invalid input detected" in json.dumps(results[name])


def test_other_modules(results: dict[str, Any]) -> None:
    assert results["banner"]["changed"] is True
    assert results["hostname"]["changed"] is False
    assert results["ping"]["packet_loss"] == results["sized"]["packet_loss"] == "0%"


def test_resource_modules_change_the_device_once(results: dict[str, Any]) -> None:
    names = [
        name for name in results if name.startswith("cisco.ios.") and f"{name} again" in results
    ]
    assert len(names) == RESOURCES.count("cisco.ios.")
    for name in names:
        assert results[name]["changed"] is True, name
        assert results[f"{name} again"]["changed"] is False, name
