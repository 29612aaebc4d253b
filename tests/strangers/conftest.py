"""One real lab for all strangers: `slp up` in a process of its own, on free ports of loopback.

Nothing of ours is imported here. What the clients need to know comes from the ready file.
`SLP` names the program (make strangers sets it).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

START_SECONDS = 60
STOP_SECONDS = 20
SSH = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
NO_WAIT = {"GRACEFUL_DISCONNECT_WAIT_SEC": 0, "POST_DISCONNECT_WAIT_SEC": 0}

# SW1 is for looking and configuring, SW2 for what disturbs the others (saving, reloading), SW3
# for whole configurations and recordings, SW4 has a candidate datastore. HA1 and HA2 are pairs.
LAB = """\
lab: strangers
clock:
  start: 2026-10-06T12:00:00Z
  rate: 1
counterparts:
  - {name: cssm, kind: cssm, listen: 0}
  - {name: cslu, kind: cslu, listen: 0, forward: cssm}
devices:
  - name: SW1
    platform: C9300-24T
    release: 17.12.4
    serial: FOC0000EMU1
    ssh: 0
    netconf: 0
    restconf: 0
    http: 0
    config: |
      hostname SW1
      logging buffered 1000000
      enable secret enable-me
      username looker privilege 1 secret look
  - name: SW2
    platform: C9300-48U
    release: 17.9.5
    serial: FOC0000EMU2
    ssh: 0
    config: |
      hostname SW2
  - name: SW3
    platform: C9300-24T
    release: 17.12.4
    serial: FOC0000EMU3
    ssh: 0
    replay: captures
    config: |
      hostname SW3
      enable secret enable-me
      ip domain name lab.example
      ip scp server enable
      archive
       path flash:kept
  - name: SW4
    platform: C9300-24T
    release: 17.12.4
    serial: FOC0000EMU4
    ssh: 0
    netconf: 0
    config: |
      hostname SW4
      enable secret enable-me
      netconf-yang feature candidate-datastore
  - name: SW5
    platform: C9300-24T
    release: 17.18.1
    serial: FOC0000EMU5
    ssh: 0
    config: |
      hostname SW5
      service internal
  - name: SW6
    platform: C9300-24T
    release: 17.18.1
    serial: FOC0000EMU6
    ssh: 0
    config: |
      hostname SW6
      service internal
      license smart transport off
  - name: HA1
    platform: C9407R
    release: 17.12.4
    serial: FXS0000EMU1
    ssh: 0
    members:
      - {serial: FXS0000EMU2}
    config: |
      hostname HA1
  - name: HA2
    platform: C9800-40-K9
    release: 17.12.4
    serial: TTM0000EMU1
    ssh: 0
    members:
      - {serial: TTM0000EMU2}
    config: |
      hostname HA2
"""

# What SW3 answers from a recording.
CAPTURES = {
    "show spanning-tree summary.txt": "Switch is in rapid-pvst mode\nRoot bridge for: none\n",
    "show_interfaces_status.txt": "Port         Name   Status       Vlan\n"
    "Gi1/0/1             connected    1\n",
}


@dataclass(frozen=True)
class Switch:
    """What a client is told of one device."""

    name: str
    platform: str
    serial: str
    host: str
    port: int
    netconf: int
    restconf: int
    http: int
    username: str
    password: str


@dataclass(frozen=True)
class Lab:
    switches: dict[str, Switch]
    counterparts: dict[str, str]  # name -> URL
    state: Path

    def slp(self, *words: str) -> str:
        """What a command of the operator prints."""
        command = [_program(), *words, "--state", str(self.state)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.strangers)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "lab.yaml").write_text(LAB, "utf-8")
    (folder / "captures").mkdir()
    for name, text in CAPTURES.items():
        (folder / "captures" / name).write_text(text, "utf-8")
    ready = folder / "ready.json"
    log = folder / "slp.log"
    command = [_program(), "up", str(folder / "lab.yaml")]
    command += ["--state", str(folder / "state"), "--ready-file", str(ready)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        _wait_for(ready, process, log)
        yield _read(json.loads(ready.read_text("utf-8")), folder / "state")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            status = None
    assert status == 0, f"slp up ended with {status}:\n{log.read_text('utf-8')}"


@pytest.fixture(scope="session")
def sw1(lab: Lab) -> Switch:
    return lab.switches["SW1"]


@pytest.fixture(scope="session")
def sw4(lab: Lab) -> Switch:
    return lab.switches["SW4"]


@pytest.fixture(scope="session")
def sw2(lab: Lab) -> Switch:
    return lab.switches["SW2"]


@pytest.fixture(scope="session")
def sw3(lab: Lab) -> Switch:
    return lab.switches["SW3"]


@pytest.fixture(scope="session")
def sw5_genie(lab: Lab) -> Iterator[Any]:
    """SW5 through Genie and unicon, connected."""
    yield from _genie(lab.switches["SW5"])


@pytest.fixture(scope="session")
def sw6_genie(lab: Lab) -> Iterator[Any]:
    """SW6 likewise: it gets trust and authorization codes, and loses all of it."""
    yield from _genie(lab.switches["SW6"])


def _genie(switch: Switch) -> Iterator[Any]:
    genie = pytest.importorskip("genie.testbed")
    login = {"username": switch.username, "password": switch.password}
    ssh = {"protocol": "ssh", "ip": switch.host, "port": switch.port, "ssh_options": SSH}
    described = {"os": "iosxe", "type": "switch", "credentials": {"default": login}}
    described["connections"] = {"cli": ssh}
    device = genie.load({"devices": {switch.name: described}}).devices[switch.name]
    device.connect(log_stdout=False, settings=NO_WAIT)
    yield device
    device.disconnect()


def _program() -> str:
    beside = str(Path(__file__).resolve().parents[2] / ".venv" / "bin" / "slp")
    program = shutil.which(os.environ.get("SLP", beside))
    assert program, f"no slp program at {os.environ.get('SLP', beside)}: make strangers sets it up"
    return program


def _wait_for(ready: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not ready.exists():
        assert process.poll() is None, f"slp up ended:\n{log.read_text('utf-8')}"
        assert time.monotonic() < end, f"not ready in {START_SECONDS} s:\n{log.read_text('utf-8')}"
        time.sleep(0.05)


def _read(ready: dict[str, Any], state: Path) -> Lab:
    switches = {}
    for device in ready["devices"]:
        name = device["name"]
        switches[name] = Switch(
            name=name,
            platform=device["platform"],
            serial=device["udi"]["sn"],
            host=device["ssh"]["host"],
            port=device["ssh"]["port"],
            netconf=device.get("netconf", {}).get("port", 0),
            restconf=device.get("restconf", {}).get("port", 0),
            http=device.get("http", {}).get("port", 0),
            username=device["username"],
            password=device["password"],
        )
    servers = {server["name"]: server["url"] for server in ready["counterparts"]}
    return Lab(switches, servers, state)


if sys.version_info >= (3, 14):
    # pyATS is published as compiled wheels, up to Python 3.13 so far.
    collect_ignore = ["test_pyats.py"]
