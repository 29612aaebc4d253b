"""Genie's SDK: every call of its library that configures, executes or verifies licensing.

The calls are found by their names; what they are to be called with stands in ARGUMENTS.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from genie.testbed import load

APIS = "genie.libs.sdk.apis.iosxe"
WHOLE = ("platform_licensing.configure", "platform_licensing.execute")
PARTS = (
    "mdns.configure",
    "platform.configure",
    "platform.execute",
    "system.configure",
    "telemetry.configure",
    "telemetry.execute",
    "telemetry.verify",
)
ARGUMENTS = {
    "day": 15,
    "device_type": "local",
    "file_name": "days.txt",
    "filepath": "flash:all.txt",
    "fline": 0,
    "interface": "GigabitEthernet1/0/1",
    "interval": 30,
    "license": "network-advantage",
    "line_number": 0,
    "lline": 4,
    "mode": "online",
    "name": "lab.example",
    "nw_advantage": True,
    "path": "flash:all.txt",
    "proxy_ip": "192.0.2.9",
    "proxy_port": 3128,
    "regex": "RUM",
    "rum_id": 1,
    "surl": "https://smartreceiver.cisco.com/licservice/license",
    "time": 5,
    "token_value": "AbCd",
    "trustpoint": "SLA-TrustPoint",
    "url": "http://192.0.2.1:8182/cslu/v1/pi",
}
# what a call takes that means something else by such a name
OWN = {
    "configure_platform": {"license": "punt-keepalive disable-kernel-core"},
    "configure_license_smart": {"license": "enable"},
    "configure_mdns_boot_level_license": {"license": "dna-advantage"},
}
SSH = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
NO_WAIT = {"GRACEFUL_DISCONNECT_WAIT_SEC": 0, "POST_DISCONNECT_WAIT_SEC": 0}


def calls() -> list[Any]:
    """All functions in question, in the order of their files."""
    found = []
    for module in WHOLE + PARTS:
        for name, function in vars(importlib.import_module(f"{APIS}.{module}")).items():
            if not inspect.isfunction(function) or not function.__module__.startswith(APIS):
                continue
            if module in WHOLE or "licen" in name:
                found.append(pytest.param(function, id=f"{module}.{name}"))
    return found


@pytest.fixture(scope="module")
def device(sw5: Any) -> Iterator[Any]:
    testbed = load(
        {
            "devices": {
                "SW5": {
                    "os": "iosxe",
                    "type": "switch",
                    "credentials": {
                        "default": {"username": sw5.username, "password": sw5.password},
                    },
                    "connections": {
                        "cli": {
                            "protocol": "ssh",
                            "ip": sw5.host,
                            "port": sw5.port,
                            "ssh_options": SSH,
                        }
                    },
                }
            }
        }
    )
    device = testbed.devices["SW5"]
    device.connect(log_stdout=False, settings=NO_WAIT)
    yield device
    device.disconnect()


@pytest.mark.parametrize("function", calls())
def test_a_call_is_carried_out(device: Any, function: Any) -> None:
    wanted = list(inspect.signature(function).parameters.values())[1:]
    missing = [p.name for p in wanted if p.default is p.empty and p.name not in ARGUMENTS]
    assert not missing, f"ARGUMENTS lacks {missing}"
    given = {p.name: ARGUMENTS[p.name] for p in wanted if p.name in ARGUMENTS}
    given |= OWN.get(function.__name__, {})
    function(device, **given)
