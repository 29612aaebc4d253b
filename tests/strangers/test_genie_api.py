"""Genie's SDK: every call of its library that configures, executes or verifies licensing.

The calls are found by their names; what they are to be called with stands in ARGUMENTS. Those that
configure are made here, the others in test_genie_effects.py: none is left out.
"""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

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
    "fline": 0,
    "interface": "GigabitEthernet1/0/1",
    "interval": 30,
    "license": "network-advantage",
    "line_number": 0,
    "lline": 4,
    "name": "lab.example",
    "nw_advantage": True,
    "proxy_ip": "192.0.2.9",
    "proxy_port": 3128,
    "surl": "https://smartreceiver.cisco.com/licservice/license",
    "time": 5,
    "trustpoint": "SLA-TrustPoint",
    "url": "http://192.0.2.1:8182/cslu/v1/pi",
}
# what a call takes that means something else by such a name
OWN = {
    "configure_platform": {"license": "punt-keepalive disable-kernel-core"},
    "configure_license_smart": {"license": "enable"},
    "configure_mdns_boot_level_license": {"license": "dna-advantage"},
}
URL = ARGUMENTS["url"]
SMART = ARGUMENTS["surl"]
BOOT = "license boot level network-advantage"
# What each call makes the running configuration show (`-`: no longer show), and what is typed
# first so that it is not so before.
CONFIGURES: dict[str, tuple[list[str], list[str]]] = {
    # a default of this release, which its configuration does not print
    "configure_license_smart_transport_cslu": (
        ["-license smart transport smart"],
        ["license smart transport smart"],
    ),
    "unconfigure_license_smart_transport": (
        ["-license smart transport smart"],
        ["license smart transport smart"],
    ),
    "configure_license_smart_url_cslu": ([f"license smart url cslu {URL}"], []),
    "unconfigure_license_smart_url_cslu": (
        [f"-license smart url cslu {URL}"],
        [f"license smart url cslu {URL}"],
    ),
    "configure_ip_domain_timeout": (["ip domain timeout 5"], ["no ip domain timeout"]),
    "unconfigure_ip_domain_timeout": (["-ip domain timeout 5"], ["ip domain timeout 5"]),
    "unconfigure_ip_http_server": (["no ip http server"], ["ip http server"]),
    "configure_ip_http_authentication_local": (
        ["ip http authentication local"],
        ["no ip http authentication"],
    ),
    "unconfigure_ip_http_authentication_local": (
        ["-ip http authentication local"],
        ["ip http authentication local"],
    ),
    "configure_ip_http_secure_server": (["ip http secure-server"], ["no ip http secure-server"]),
    "unconfigure_ip_http_secure_server": (["no ip http secure-server"], ["ip http secure-server"]),
    "unconfigure_call_home": (["-call-home"], ["call-home"]),
    "configure_call_home": (["call-home"], ["no call-home"]),
    "configure_license_smart_usage_interval": (
        ["license smart usage interval 30"],
        ["no license smart usage interval"],
    ),
    "unconfigure_license_smart_usage_interval": (
        ["-license smart usage interval 30"],
        ["license smart usage interval 30"],
    ),
    "unconfigure_http_client_source_interface": (
        ["-ip http client source-interface GigabitEthernet0/0"],
        ["ip http client source-interface GigabitEthernet0/0"],
    ),
    "unconfigure_ip_domain_name": (["-ip domain name lab.example"], ["ip domain name lab.example"]),
    "configure_platform": (
        ["platform punt-keepalive disable-kernel-core"],
        ["no platform punt-keepalive disable-kernel-core"],
    ),
    "configure_smart_transport_url": ([f"license smart url {URL}"], ["no license smart url"]),
    "unconfigure_smart_transport_url": (
        [f"-license smart url {URL}"],
        [f"license smart url {URL}"],
    ),
    "configure_license_smart_transport_callhome": (
        ["license smart transport callhome"],
        ["license smart transport off"],
    ),
    "configure_license_smart_url": (
        [f"license smart url smart {SMART}"],
        ["no license smart url smart"],
    ),
    "configure_exec_prompt_timestamp": (
        [" exec prompt timestamp"],
        ["line vty 0 4", "no exec prompt timestamp"],
    ),
    "configure_http_client_secure_trustpoint": (
        ["ip http client secure-trustpoint SLA-TrustPoint"],
        ["no ip http client secure-trustpoint"],
    ),
    "unconfigure_http_client_secure_trustpoint": (
        ["-ip http client secure-trustpoint SLA-TrustPoint"],
        ["ip http client secure-trustpoint SLA-TrustPoint"],
    ),
    "configure_license_smart_proxy": (
        ["license smart proxy address 192.0.2.9", "license smart proxy port 3128"],
        ["no license smart proxy address", "no license smart proxy port"],
    ),
    "unconfigure_license_smart_proxy": (
        ["-license smart proxy address 192.0.2.9", "-license smart proxy port 3128"],
        ["license smart proxy address 192.0.2.9", "license smart proxy port 3128"],
    ),
    "configure_http_secure_trustpoint": (
        ["ip http secure-trustpoint SLA-TrustPoint"],
        ["no ip http secure-trustpoint"],
    ),
    "unconfigure_http_secure_trustpoint": (
        ["-ip http secure-trustpoint SLA-TrustPoint"],
        ["ip http secure-trustpoint SLA-TrustPoint"],
    ),
    "configure_license_boot_mode_universal": (
        ["license boot mode universal"],
        ["no license boot mode"],
    ),
    "unconfigure_license_boot_mode_universal": (
        ["-license boot mode universal"],
        ["license boot mode universal"],
    ),
    "unconfigure_license_boot_mode": (
        ["-license boot mode universal"],
        ["license boot mode universal"],
    ),
    "configure_mdns_boot_level_license": ([f"{BOOT} addon dna-advantage"], [BOOT]),
    "configure_license_smart_transport_off": (
        ["license smart transport off"],
        ["license smart transport callhome"],
    ),
    "config_license": ([BOOT], [f"{BOOT} addon dna-advantage"]),
    "configure_boot_level_licence": ([BOOT], [f"{BOOT} addon dna-advantage"]),
    "configure_license_smart_transport_smart": (
        ["license smart transport smart"],
        ["license smart transport off"],
    ),
}
# calls that change no licensing line: they enter a mode, or undo what this era does not have
SILENT = {
    "configure_line_console",
    "unconfigure_license_smart_reservation",
    "configure_license_smart",
}
# where the calls are made that act on licensing or look at it
EFFECTS = Path(__file__).with_name("test_genie_effects.py").read_text("utf-8")


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


def shown(device: Any) -> list[str]:
    text = device.execute("show running-config")
    return text.replace("\r", "").split("\n")


def holds(line: str, text: list[str]) -> bool:
    return line[1:] not in text if line.startswith("-") else line in text


def arguments(function: Any) -> dict[str, Any]:
    wanted = list(inspect.signature(function).parameters.values())[1:]
    missing = [p.name for p in wanted if p.default is p.empty and p.name not in ARGUMENTS]
    assert not missing, f"ARGUMENTS lacks {missing}"
    given = {p.name: ARGUMENTS[p.name] for p in wanted if p.name in ARGUMENTS}
    return given | OWN.get(function.__name__, {})


@pytest.mark.parametrize("function", calls())
def test_a_call_has_its_effect(sw5_genie: Any, function: Any) -> None:
    name = function.__name__
    if name in CONFIGURES:
        lines, before = CONFIGURES[name]
        if before:
            sw5_genie.configure(before)
        was = shown(sw5_genie)
        assert not any(holds(line, was) for line in lines)
        function(sw5_genie, **arguments(function))
        now = shown(sw5_genie)
        assert [line for line in lines if not holds(line, now)] == []
    elif name not in SILENT:
        assert f".{name}(" in EFFECTS, f"no effect is known of {name}"
    else:
        was = shown(sw5_genie)
        function(sw5_genie, **arguments(function))
        assert [line for line in shown(sw5_genie) if "license" in line] == [
            line for line in was if "license" in line
        ]
