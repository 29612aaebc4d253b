"""Genie and ntc-templates parse every `show license` command and the facts of the box everywhere.

One console per family and release runs a script through a pipe; nothing of ours is imported.
"""

from __future__ import annotations

from typing import Any

import pytest
from ntc_templates.parse import parse_output
from sitting import parsed, transcript

# one model of each family, with the oldest release that Genie is asked about
PLATFORMS = {
    "C9200L-24T-4X": "17.3.2a",
    "C9300-24T": "17.6.4",
    "C9300L-48PF-4X": "17.13.1",
    "C9350-24U": "17.14.1",
    "C9407R": "17.10.1",
    "C9500-32QC": "17.9.5",
    "C9606R": "17.12.4",
    "IE-3300-8T2S": "17.12.4",
    "C9800-CL-K9": "17.9.5",
    "C9800-40-K9": "17.12.4",
    "C8000V": "17.15.1",
    "C8300-1N1S-6T": "17.8.1",
    "C8500-12X": "17.12.4",
    "ISR4451-X/K9": "17.12.4",
    "ASR1006-X": "17.6.1",
}
NEWEST = "17.18.2"
COMMANDS = (
    "show license all",
    "show license status",
    "show license usage",
    "show license udi",
    "show license tech support",
    "show license history message",
    "show version",
    "show inventory",
    "show platform",
    "show redundancy",
    "show redundancy states",
    "show clock",
    "show logging",
    "show ip interface brief",
    "show interfaces",
    "show crypto pki trustpoints",
    "show crypto pki trustpoints status",
    "show crypto pki certificates",
    "show crypto pki certificates verbose SLA-TrustPoint",
)
# what ntc-templates has a template for
TEMPLATES = (
    "show version",
    "show inventory",
    "show clock",
    "show logging",
    "show license status",
    "show ip interface brief",
    "show interfaces",
    "show crypto pki certificates",
)
# Genie takes an empty table for an error: a controller uses no licence without access points
WITH_LICENCES = ("show license summary",)
WITH_REPORTS = ("show license rum id all",)  # from 17.7.1 on
OF_SWITCHES = ("show switch", "show switch detail", "show module")
SWITCHES = ("C92", "C93", "C94", "C95", "C96", "IE-")
HOSTNAMES = {"C98": "WLC", "C80": "Router", "C83": "Router", "C85": "Router", "ISR": "Router"}


@pytest.mark.parametrize(
    ("platform", "release"),
    [(p, r) for p, oldest in PLATFORMS.items() for r in (oldest, NEWEST)],
)
def test_genie_parses_a_platform(platform: str, release: str) -> None:
    commands = COMMANDS
    if not platform.startswith("C9800"):
        commands += WITH_LICENCES
        if release not in ("17.3.2a", "17.6.1", "17.6.4"):
            commands += WITH_REPORTS
    if platform.startswith(SWITCHES):
        commands += OF_SWITCHES
    texts = transcript(platform, release, commands)
    assert set(texts) == set(commands)
    found = {command: parsed(command, text) for command, text in texts.items()}
    assert all(found.values())
    values_are_the_devices(platform, release, found)
    rows = {command: parse_output("cisco_ios", command, texts[command]) for command in TEMPLATES}
    assert all(rows.values())
    serial = found["show license udi"]["udi_details"]["sn"]
    tech = found["show license tech support"]
    assert tech["product_information"]["udi"]["pid"] == platform
    assert tech["product_information"]["udi"]["sn"] == serial
    assert tech["agent_version"]["smart_agent_for_licensing"]
    assert rows["show version"][0]["serial"] and rows["show inventory"][0]["pid"]
    (trustpoint,) = found["show crypto pki trustpoints status"]["Trustpoints"].values()
    assert trustpoint["state"]["issuing_ca_authenticated"] == "yes"
    (version,) = rows["show version"]
    assert (version["version"], version["serial"]) == (release, [serial])
    assert {row["pid"] for row in rows["show inventory"] if row["sn"] == serial} == {platform}


def values_are_the_devices(platform: str, release: str, found: dict[str, Any]) -> None:
    """What Genie read is what the device is: release, units, licences in use, ports."""
    version, udi = found["show version"]["version"], found["show license udi"]["udi_details"]
    assert udi["pid"] == platform
    assert (version["version"], version["chassis_sn"]) == (release, udi["sn"])
    assert version["hostname"] == HOSTNAMES.get(platform[:3], version["hostname"])
    chassis = found["show platform"].get("main", {}).get("chassis")
    slots = found["show platform"]["slot"]
    assert chassis == platform or platform in slots["1"]["rp"]
    status = found["show license status"]
    assert status["transport"]["type"] == "cslu"
    assert status["policy"]["policy_in_use"] == "Merged from multiple sources."
    used = found["show license usage"].get("license_name", {})
    tech = found["show license tech support"]
    handles = {
        row["feature_name"]: row["count"]
        for row in tech["license_usage"]["handle"].values()
        if row["count"]
    }
    assert {row["feature_name"]: row["count"] for row in used.values()} == handles
    if "show license summary" in found:
        summary = found["show license summary"]["license_usage"].values()
        assert {row["license"]: int(row["count"]) for row in summary} == handles
    if "show switch" in found:
        (unit,) = found["show switch"]["switch"]["stack"].values()
        assert (unit["role"], unit["state"]) == ("active", "ready")
    assert int(found["show clock"]["year"]) >= 2026


@pytest.mark.parametrize("release", ["17.3.2a", "17.6.4", "17.9.1", "17.12.4", "17.14.1", NEWEST])
def test_genie_parses_a_switch_that_was_acknowledged(release: str) -> None:
    """Trust code, policy and ACK are there, and what was said stands in the history."""
    commands = COMMANDS + WITH_LICENCES
    texts = transcript("C9300-24T", release, commands, ("emulator clock advance 20 minutes",))
    found = {command: parsed(command, texts[command]) for command in commands}
    history = found["show license history message"]["message_history"]
    assert history["usage_reporting"].endswith("OK_POLL")
    assert "<none>" not in texts["show license status"].split("Trust Code Installed:")[1][:8]
