"""Licensing commands for insiders and those of other eras: what is there on which release."""

from __future__ import annotations

import json

import pytest

from agent.cli.reply import TransferFailed, Transferred
from agent.cli.session import CliSession, Line
from agent.core.clock import HOUR
from agent.core.release import Release
from agent.device.device import new_device

BOOT = 1_700_000_000_000
NOW = BOOT + HOUR


class Console:
    def __init__(self, model="C9300-24T", release="17.12.4"):
        self.device = new_device("d1", model, Release.parse(release), "FOC0000EMU1")
        self.device.boot(BOOT)
        self.device.wake(BOOT + 20_000)  # the first, short reports of a start close
        self.session = CliSession(self.device, Line(privilege=15), width=0, length=0)
        self.session.start(NOW)

    def type(self, line):
        text = self.session.feed(f"{line}\r", NOW).replace("\r\n", "\n")
        return text.removeprefix(f"{line}\n").rpartition("\n")[0]

    def configure(self, *lines):
        return [self.type(line) for line in ("configure terminal", *lines, "end")][1:-1]


def test_sl_infra_tells_of_handles_store_and_events():
    console = Console()
    whole = console.type("show platform software sl-infra all")
    for what in ("current", "stored", "debug"):
        part = console.type(f"show platform software sl-infra {what}")
        assert part and part in whole
    assert "  Feature Name: network-advantage\n" in whole
    assert f"Active: {console.device.udi}\n  Trust Code: <none>\n" in whole


def test_the_test_commands_want_service_internal():
    console = Console()
    said = console.type("test license smart rum-report id")
    assert (
        said
        == " " * (len("Switch#") + len("test ")) + "^\n% Invalid input detected at '^' marker.\n"
    )
    assert "rum" not in console.type("test license smart dev-cert enable")
    console.configure("service internal")
    rows = console.type("test license smart rum-report id").split("\n")
    ids = sorted(console.device.agent.state.reports)
    assert rows[0] == f"report_id:{ids[0]} state:SmartAgentRumStateClosed"
    assert rows[-1] == f"report_id:{ids[-1]} state:SmartAgentRumStateOpen"
    assert console.type("test license smart dev-cert Enable") == ""
    assert console.type("test license smart telemetry show")
    assert "service internal\n" in console.type("show running-config")


@pytest.mark.parametrize("release", ["17.6.1", "17.12.4"])
def test_a_report_is_shown_as_json(release):
    console = Console(release=release)
    console.configure("service internal")
    closed, *_, last = sorted(console.device.agent.state.reports)
    shown = json.loads(console.type(f"test license smart rum show {closed}"))
    assert shown["measurements"][0]["meta"]["termination_reason"]
    open_one = json.loads(console.type(f"test license smart rum show {last}"))
    (line,) = open_one["measurements"]
    # source: test-license (a running report ends at its last sample: 45 periods, 46 samples)
    assert line["sample_interval"] == (line["num_samples"] - 1) * 900 == 2700
    assert line["end_time"] - line["start_time"] == line["sample_interval"]
    said = console.type("test license smart rum show 7")
    assert said == "The requested item was not found"


@pytest.mark.parametrize(
    "line",
    [
        "license smart register idtoken T0K3N",
        "license smart deregister",
        "license smart renew auth",
        "license smart renew id",
        "license smart reservation request local",
        "license smart reservation cancel",
        "license install flash:x.lic",
        "license accept end user agreement",
    ],
)
def test_commands_of_other_eras_are_refused(line):
    assert "% Invalid input detected at '^' marker." in Console().type(line)


@pytest.mark.parametrize(
    ("line", "model", "there", "not_there"),
    [
        ("show license rum id all", "C9300-24T", "17.7.1", "17.6.1"),
        ("license smart save trust-request flash:t", "C9300-24T", "17.7.1", "17.6.1"),
        ("test license smart telemetry show", "C9300-24T", "17.9.1", "17.8.1"),
    ],
)
def test_commands_come_with_their_release(line, model, there, not_there):
    for release, expected in ((there, False), (not_there, True)):
        console = Console(model, release)
        console.configure("service internal")
        assert ("% Invalid input" in console.type(line)) is expected


@pytest.mark.parametrize(
    ("line", "model", "there", "not_there"),
    [
        ("license smart vrf Mgmt-vrf", "C9300-24T", "17.7.1", "17.6.1"),
        ("license smart utility", "C8000V", "17.9.1", "17.8.1"),
        ("license boot mode universal", "C9300-24T", "17.18.1", "17.15.1"),
        ("platform hardware throughput crypto T1", "C8300-1N1S-6T", "17.7.1", "17.6.1"),
    ],
)
def test_settings_come_with_their_release(line, model, there, not_there):
    for release, expected in ((there, False), (not_there, True)):
        (said,) = Console(model, release).configure(line)
        assert ("% Invalid input" in said) is expected


@pytest.mark.parametrize(
    ("model", "release"),
    [("C9300-24T", "17.12.4"), ("C9407R", "17.15.6"), ("C9800-40-K9", "17.12.4")],
)
def test_the_air_level_takes_effect_at_the_next_start(model, release):
    console = Console(model, release)
    console.configure("license air level air-network-essentials addon air-dna-essentials")
    shown = console.type("show version").lower()
    recent = release == "17.15.6"
    old = "air network advantage addon air dna advantage" if recent else "air dna advantage"
    new = old.replace("advantage", "essentials")
    assert f"air license level: {old}\nnext reload air license level: {new}\n" in shown
    console.type("write memory")
    console.device.reload(NOW)
    assert f"air license level: {new}\nnext reload" in console.type("show version").lower()


def test_the_older_spelling_of_a_token_and_an_old_key():
    console = Console()
    assert console.type("license smart trust id_token T0K3N local") == (
        "The transport type needed is not configured"
    )
    said = console.type("license smart export return local hseck9")
    assert said == "The requested item was not found"


def test_bare_show_license_is_incomplete():
    assert Console().type("show license") == "% Incomplete command.\n"
    assert Console().type("show license tech data").startswith("Smart Licensing Tech Support data")


# --- files on servers -------------------------------------------------------------------------


def test_saved_usage_goes_to_a_server_and_leaves_nothing_behind():
    console = Console()
    console.session.feed("license smart save usage all file tftp://10.0.0.9/u.xml\r", NOW)
    call = console.session.call
    assert (call.request, call.arguments["host"], call.arguments["name"]) == (
        *("transfer.put", "10.0.0.9", "u.xml"),
    )
    assert "<RUMReport>" in call.arguments["data"]
    assert console.session.resume(Transferred("", 0.5), NOW) == "Switch#"
    assert console.device.agent.state.usage_reporting.last_report_file_write == NOW
    assert "license-transfer" not in console.type("dir flash:")


def test_a_server_that_does_not_answer_is_named():
    console = Console()
    console.session.feed("license smart save trust-request http://10.0.0.9/t.xml\r", NOW)
    said = console.session.resume(TransferFailed("Timed out"), NOW)
    assert said == "%Error opening http://10.0.0.9/t.xml (Timed out)\r\nSwitch#"


def test_a_file_is_imported_from_a_server():
    console = Console()
    console.session.feed("license smart import scp://me@10.0.0.9/ack.xml\r", NOW)
    console.session.feed("secret\r", NOW)
    call = console.session.call
    assert (call.request, call.arguments["user"], call.arguments["password"]) == (
        *("transfer.get", "me", "secret"),
    )
    said = console.session.resume(Transferred("<html></html>", 0.5), NOW)
    assert said.startswith("Import Data Failed: <html> is not a licence file")


@pytest.mark.parametrize("command", ["save usage all file", "save trust-request", "import"])
def test_a_path_has_at_most_127_characters(command):
    console = Console()
    path = "flash:" + "f" * 122
    assert "% Invalid input detected" in console.type(f"license smart {command} {path}")
    assert "% Invalid input detected" not in console.type(f"license smart {command} {path[:-1]}")
