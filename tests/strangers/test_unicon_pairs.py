"""unicon's services on a pair: two supervisors in a chassis, two controllers.

One connection, as over SSH; unicon's own HA connection wants the consoles of both units.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from genie.testbed import load
from unicon.eal.dialogs import Dialog, Statement

NO_WAIT = {"GRACEFUL_DISCONNECT_WAIT_SEC": 0, "POST_DISCONNECT_WAIT_SEC": 0}
QUICK = {**NO_WAIT, "RELOAD_WAIT": 2, "RELOAD_SYSLOG_WAIT": 0}
SSH = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"


@pytest.fixture(scope="module", params=["HA1", "HA2"])
def pair(request: pytest.FixtureRequest, lab: Any) -> Iterator[Any]:
    unit = lab.switches[request.param]
    login = {"username": unit.username, "password": unit.password}
    cli = {"protocol": "ssh", "ip": unit.host, "port": unit.port, "ssh_options": SSH}
    described = {
        "os": "iosxe",
        "type": "switch",
        "credentials": {"default": login},
        "connections": {"cli": cli},
    }
    device = load({"devices": {unit.name: described}}).devices[unit.name]
    device.connect(log_stdout=False, settings=QUICK)
    yield device
    device.disconnect()


def _confirmed() -> Dialog:
    return Dialog([Statement(r"\[confirm\]", action="sendline()", loop_continue=True)])


def _switchovers(device: Any) -> int:
    found = device.parse("show redundancy")["red_sys_info"]
    return int(found["switchovers_system_experienced"])


def test_ping_and_copy(pair: Any) -> None:
    assert "100 percent (3/3)" in pair.ping("127.0.0.1", count=3)
    assert "[OK]" in pair.copy(source="running-config", dest="startup-config")


def test_a_switchover_is_confirmed_and_the_session_goes_on(pair: Any) -> None:
    before = _switchovers(pair)
    pair.execute("redundancy force-switchover", reply=_confirmed(), timeout=60)
    assert pair.is_connected()
    assert _switchovers(pair) == before + 1
    assert "STANDBY HOT" in pair.execute("show redundancy states")
    pair.configure("banner motd ^after it^")
    assert "after it" in pair.execute("show running-config | include banner")


def test_reload_and_the_way_back(pair: Any) -> None:
    pair.configure("banner motd ^not saved^")
    pair.reload(timeout=120, post_reload_wait_time=1, prompt_recovery=True)
    assert pair.is_connected()
    assert "not saved" not in pair.execute("show running-config | include banner")
    assert "STANDBY HOT" in pair.execute("show redundancy states")
