"""Captured states that a device reaches by living: by commands, time, and its own CSLU and CSSM.

The other tests of this folder put states together; here nothing is put. Dates, the numbers of
reports and the build of the agent are masked on both sides; all other bytes are the capture's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from agent.cli.session import CliSession, Line
from agent.commands.world import make_world
from agent.core.clock import HOUR, MINUTE
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device.device import new_device
from agent.engine.records import Member, Role
from counterparts.account import default_account
from counterparts.cloud import CloudRequest
from counterparts.cssm import CssmSettings
from counterparts.portal import Portal
from counterparts.receiver import PATH
from tests.golden.captures import at, read

pytestmark = pytest.mark.golden

NOON = at("Oct 06 12:00:00 2026")
STAGE = "smartreceiver-stage.cisco.com"
SMART = (
    "license smart transport smart",
    f"license smart url smart https://{STAGE}/licservice/license",
)


class Life:
    """One device of one or more units with its servers, and a console on it."""

    def __init__(self, capture: Capture, units: tuple[str, ...]) -> None:
        smart, virtual = capture.account
        account = replace(default_account(), smart_account=smart, virtual_account=virtual)
        settings = CssmSettings(policy=capture.policy, account=account)
        self.world = make_world(NOON, 0, cssm_settings=settings)
        for host in (STAGE, "smartreceiver.cisco.com"):
            self.world.network.serve(host, self._receive, self.world.cssm)
        first, *rest = (Udi(*unit.split()) for unit in units)
        roles = (Role.STANDBY, *([Role.MEMBER] * len(rest)))
        others = tuple(Member(udi, role) for udi, role in zip(rest, roles, strict=False))
        release = Release.parse(capture.release)
        anchors = self.world.cssm.anchors
        self.device = new_device("d", first.pid, release, first.sn, others=others, anchors=anchors)
        self.world.network.plug_in(self.device)
        self.now = NOON
        self.device.boot(NOON)
        self.console = CliSession(self.device, Line("console", privilege=15), width=0, length=0)
        self.console.start(NOON)
        if capture.level:
            level = f"license boot level {capture.level}"
            self.type("configure terminal", level, "end", "write memory")
            self.device.reload(NOON)
        self.type("configure terminal", *capture.lines, "end")

    def _receive(self, body: bytes, now: int) -> bytes:
        return self.world.cssm.handle(CloudRequest("POST", PATH, {}, body), now).body

    def type(self, *lines: str) -> str:
        return "".join(self.console.feed(f"{line}\r", self.now) for line in lines)

    def show(self, command: str) -> str:
        shown = self.type(command).replace("\r\n", "\n")
        return shown.removeprefix(f"{command}\n").rpartition("\n")[0]

    def play(self, ms: int) -> None:
        self.now += ms
        self.world.fleet.run_until(self.now)

    def trust(self) -> None:
        token = Portal(self.world.cssm).new_token(30, 10, "", self.now).token
        self.type(f"license smart trust idtoken {token} all")


@dataclass(frozen=True)
class Capture:
    """How a device comes to show what a file shows; units are read from it where it names them."""

    file: str
    release: str
    units: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    level: str = ""
    policy: str = "Custom Policy"
    account: tuple[str, str] = ("SA-Switching-Polaris", "SLE_Test")
    live: Callable[[Life], object] = field(default=lambda life: life.play(2 * MINUTE))
    shown: Callable[[Life], str] | None = (
        None  # the command, where the file's name is not all of it
    )
    exempt: tuple[tuple[str, str], ...] = ()  # what of ours the capture has otherwise, and how

    @property
    def command(self) -> str:
        return " ".join(self.file.split("__")[0].split("-"))


def hour(life: Life) -> None:
    """A push after two minutes, the acknowledgement with trust, policy and account by then."""
    life.play(HOUR)


def trusted(life: Life) -> None:
    """Trust by a token, and the acknowledgement of the push that follows."""
    life.play(2 * MINUTE)
    life.trust()
    life.play(20 * MINUTE)


def changed(life: Life) -> None:
    """Another level, and the start that brings it."""
    life.play(MINUTE)
    level = "license boot level network-advantage addon dna-advantage"
    life.type("configure terminal", level, "end", "write memory")
    life.device.reload(life.now)
    life.play(MINUTE)


def emptied(life: Life) -> None:
    """No level, and what was used of the factory's is forgotten."""
    life.play(MINUTE)
    life.type("configure terminal", "no license boot level", "end", "write memory")
    life.type("license smart factory reset")
    life.device.reload(life.now)
    life.play(MINUTE)


def cleared(life: Life) -> None:
    """The events of a start are cleared; more than a day goes by."""
    life.play(HOUR)
    life.type("license smart clear eventlog")
    life.play(32 * HOUR)


def first_report(life: Life) -> str:
    """The first report on the second licence."""
    table = life.show("show license rum id all")
    first = re.search(r"^(\d+) .* dna-advantage$", table, re.MULTILINE)
    assert first
    return f"show license rum id {first[1]} detail"


def cube(tag: str, count: int) -> Callable[[Life], None]:
    def live(life: Life) -> None:
        life.play(2 * MINUTE)
        life.type(f"emulator usage {tag} {count}")

    return live


STACK = ("C9300-24UX FCW2303D16Y", "C9300-24U FHH2043P09E", "C9300-48T FCW2139L056")
CAPTURES = (
    Capture(
        "show-license-all__c9300-17.12i__standalone-cslu-trust-custom-policy.txt",
        "17.12.1",
        live=hour,
    ),
    Capture(
        "show-license-all__c9300-17.7i__stack3-callhome-no-trust-default-policy.txt",
        "17.7.1",
        lines=("license smart transport callhome",),
    ),
    Capture(
        "show-license-all__c9350-17.18i__stack3-unified-license-trust-code-type.txt",
        "17.18.2",
        lines=SMART,
        level="essentials",
        account=("SA-Switching-Polaris", "stratocaster_test"),
        live=trusted,
        # the capture was taken a minute before its acknowledgement came
        exempt=(("Next ACK push check: <none>", "Next ACK push check: DATE"),),
    ),
    Capture(
        "show-license-status__c9300-17.7i__stack3-cslu-trust-custom-policy.txt",
        "17.7.1",
        live=hour,
    ),
    Capture(
        "show-license-status__c8000v-17.18.1a__cslu-no-trust-default-policy.txt",
        "17.18.1",
        ("C8000V F",),
        live=lambda life: life.play(MINUTE),
    ),
    Capture("show-license-summary__c9300-17.7i__stack3-account-none.txt", "17.7.1", STACK),
    Capture("show-license-usage__c9300-17.7i__stack3.txt", "17.7.1", STACK),
    Capture("show-license-udi__c9350-17.14i__stack4.txt", "17.14.1"),
    Capture("show-license-authorization__c9300-17.6i__not-installed.txt", "17.6.1"),
    Capture(
        "show-license-summary__c8300-17.6i__premier-2.5g.txt",
        "17.6.1",
        ("C8300-1N1S-6T F",),
        level="network-premier addon dna-premier",
    ),
    Capture(
        "show-license-summary__c8000v-17.18.1a__essentials-10m.txt",
        "17.18.1",
        ("C8000V F",),
        level="network-essentials",
        live=cube("CUBE_TS_STD", 1),
    ),
    Capture(
        "show-license-usage__c8000v-17.18.1a__essentials-10m-cube.txt",
        "17.18.1",
        ("C8000V F",),
        level="network-essentials",
        live=cube("CUBE_TS_ENH", 5),
    ),
    Capture(
        "show-license-summary__asr1006x-17.6.1a__inbox-ha-active.txt",
        "17.6.1",
        ("ASR1006-X F", "ASR1006-X F"),
        live=cube("CUBE_Standard_Session", 10),
        exempt=(("Entitlement Tag", "Entitlement tag"),),  # as that guide spells it
    ),
    Capture(
        "show-license-summary__c9300-17.3i__one-switch-no-indent.txt",
        "17.3.2a",
        ("C9300-48T F",),
        exempt=(("\n  ", "\n"),),  # the publisher trimmed the indent
    ),
    Capture(
        "show-license-summary__c9400-17.3i__not-in-use-rows.txt",
        "17.3.2a",
        ("C9407R F",),
        level="network-essentials addon dna-essentials",
        live=changed,
    ),
    Capture(
        "show-license-summary__router-17.13.1a__no-licenses-in-use.txt",
        "17.13.1",
        ("C8000V F",),
        live=emptied,
    ),
    Capture(
        "show-license-all__c9407r-17.14i__ha-smart-proxy-trust-custom-policy.txt",
        "17.14.1",
        ("C9407R FXS2119Q2U7",) * 2,
        lines=(
            "license smart transport smart",
            "license smart url default",
            "license smart proxy address 173.36.224.109",
            "license smart proxy port 80",
        ),
        policy="SLE Policy",
        account=("BU Production Test", "Cat9K-FranklinDT"),
        live=trusted,
        exempt=(  # the publisher lost a block, and joined others to the next
            (r"(?s)License Usage\n=.*?\n\n(?=Product Information)", ""),
            (r"\n(\n(?:Data Privacy|Policy|Usage Reporting|Product|Purchased))", r"\1"),
        ),
    ),
    Capture(
        "show-license-history-message__iosxe-17.13i__no-history.txt", "17.13.1", ("C9300-24T F",)
    ),
    Capture(
        "show-license-rum-id-detail__c9300-17.7i__ack.txt",
        "17.7.1",
        live=hour,
        shown=first_report,
    ),
    Capture(
        "show-license-eventlog-2__c9300-17.7i__usage-events.txt",
        "17.7.1",
        ("C9300-24UX F",),
        lines=("license smart transport off",),
        live=cleared,
    ),
)


def masked(text: str) -> Iterator[str]:
    text = re.sub(r"\w{3} \d\d [\d:]{8} \d{4} \w+", "DATE", text)
    text = re.sub(r"\d{4}(-\d\d){2} [\d:.]{12} \w+", "DATE", text)
    text = re.sub(r"(Report Id: )[1-9]\d{9}", r"\1n", text)
    text = re.sub(r"(Smart Agent for Licensing: ).*", r"\1AGENT", text)
    text = re.sub(r"((?:Total|Purged|Received|Ack|Report|Data): )\d+", r"\1n", text)
    return (line.rstrip() for line in text.rstrip().split("\n"))


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.file)
def test_a_device_comes_to_the_captured_state(golden: Path, capture: Capture) -> None:
    theirs = read(golden, capture.file)
    named = dict.fromkeys(re.findall(r"PID:(\S+),SN:(\S+)", theirs))
    life = Life(capture, capture.units or tuple(" ".join(unit) for unit in named))
    try:
        capture.live(life)
        command = capture.shown(life) if capture.shown else capture.command
        ours = life.show(command)
    finally:
        life.world.close()
    for pattern, instead in capture.exempt:
        ours, found = re.subn(pattern, instead, ours)
        assert found, f"nothing to exempt: {pattern}"
    assert list(masked(ours)) == list(masked(theirs))
