"""The show commands as typed on a console: grammar, handler and view together."""

from __future__ import annotations

import pytest

from agent.cli.session import CliSession, Line
from agent.core.release import Release
from agent.device.device import new_device

BOOT = 1_700_000_000_000
NOW = BOOT + 3_600_000


def typed(command: str, release: str = "17.12.4") -> str:
    """What a fresh C9300-24T prints for one command, prompt and echo aside."""
    device = new_device("sw1", "C9300-24T", Release.parse(release), "FOC0000EMU1")
    device.boot(BOOT)
    session = CliSession(device, Line(privilege=15), width=0, length=0)
    session.start(NOW)
    text = session.feed(f"{command}\r", NOW).replace("\r\n", "\n")
    return text.removeprefix(f"{command}\n").removesuffix("Switch#")


@pytest.mark.parametrize(
    ("command", "first", "last"),
    [
        ("show license all", "Smart Licensing Status", "Reports on disk: 0"),
        ("show license status", "Utility:", " "),
        ("show license usage", "License Authorization:", ""),
        ("show license udi", "UDI: PID:C9300-24T,SN:FOC0000EMU1", None),
        ("show version", "Cisco IOS XE Software, Version 17.12.04", ""),
        ("show clock", "*23:13:20.000 UTC Tue Nov 14 2023", None),
        ("show inventory", 'NAME: "c93xx Stack", DESCR: "c93xx Stack"', ""),
        ("show hosts", "Default domain is not set", ""),
    ],
)
def test_first_and_last_line(command: str, first: str, last: str | None) -> None:
    lines = typed(command).removesuffix("\n").split("\n")
    assert lines[0] == first
    assert lines[-1] == (first if last is None else last)


def test_reports_by_id_by_feature_and_in_detail() -> None:
    listed = typed("show license rum id all").strip().split("\n")[3:]
    ids = [row.split()[0] for row in listed]
    assert [row.split()[1:] for row in listed] == [
        ["OPEN", "N", "network-advantage"],
        ["OPEN", "N", "dna-advantage"],
    ]
    assert typed("show license rum feature dna-advantage").count("OPEN") == 1
    assert f"Report Id: {ids[1]}\n" in typed(f"show license rum id {ids[1]} detail")
    assert typed("show license rum id all detail").count("Metric Value: regid.") == 2
    assert typed("show license rum id 7") == "% Error: Report ID not found\n"


def test_eventlog_lists_the_start() -> None:
    text = typed("show license eventlog")
    assert text.startswith("**** Event Log ****\n\n2023-11-14 22:13:20.000 UTC SAEVT_")
    assert typed("show license eventlog 1") == text


def test_running_config_of_one_interface() -> None:
    assert "\ninterface GigabitEthernet1/0/1\n" in typed("show running-config interface gi1/0/1")


def test_no_startup_config_is_said() -> None:
    assert typed("show startup-config") == "startup-config is not present\n"
