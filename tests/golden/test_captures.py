"""Our outputs against captures of real devices, byte for byte.

A capture counts as equal when our text of the state it shows is its text, but for what its case
exempts. The count of equal files is printed, and may not sink.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from agent.cli.views import licence_messages, licence_reports, platform
from agent.cli.views.hardware import dotted, hardware_of
from agent.cli.views.layout import layout_for
from agent.cli.views.licensing import Calendar
from agent.core.identity import Udi
from agent.core.release import Release
from agent.engine.records import LoggedEvent, RumReport, RumState, StorageState
from agent.profiles.profile import load
from tests.golden.authorized import AUTHORIZED
from tests.golden.captures import at, read, state_of, view
from tests.golden.cases import CASES, Case
from tests.golden.tech_cases import TECH_CASES
from tests.golden.test_other_outputs import OUTPUTS
from tests.golden.test_tech_support import EXCERPT, excerpt
from tests.golden.test_whole_outputs import CONFIGURATIONS, VERSIONS

pytestmark = pytest.mark.golden

EQUAL_FLOOR = 40  # files that were equal when this was written
EQUAL_UNTOUCHED = 26  # of these, files with nothing exempt but blanks that the publisher trimmed

LISTED = "show-license-rum-id-all__router-17.9i__two-reports.txt"
DETAIL = "show-license-rum-id-detail__c9300-17.7i__ack.txt"
HISTORY = "show-license-history-message__iosxe-17.13i__no-history.txt"
PLATFORM = "show-platform__c9350__stack.txt"
ALL_CASES = (*CASES, AUTHORIZED)
PRE_POLICY = "of the model before SLP: compared in test_legacy_captures.py"
NOT_COMPARED = {
    "show-license-all__csr1000v-16.12i__legacy-smart-licensing-registered.txt": PRE_POLICY,
    "show-license-status__csr1000v-16.12i__legacy-out-of-compliance.txt": PRE_POLICY,
    "show-license-status__csr1000v-16.12i__legacy-registered.txt": PRE_POLICY,
}
# captures that need more than a console, and the tests that hold ours against them
COMPARED_ELSEWHERE = {
    "boot-console__c9200l-17.9.5__licence-messages.txt": "device/test_boot_capture.py",
    "cli-session__ios__invalid-incomplete-ambiguous.txt": "cli/test_session.py",
    "restconf-get-licensing-state__c9300-17.15.6__no-trust-28-closed-reports.json": (
        "netconf/test_netconf_licensing.py"
    ),
    "show-platform-hardware-throughput-crypto__c8300-17.8i__t3-not-throttled.txt": (
        "cli/test_licence_throughput.py"
    ),
}
EVENTS = "show-license-eventlog-2__c9300-17.7i__usage-events.txt"
DNA_TAG = "regid.2017-05.com.cisco.c9300_dna_advantage,1.0_411773c3-2116-4c10-94a4-5d357fe6ff18"
AIR_TAGS = (
    "regid.2018-06.com.cisco.DNA_NWStack,1.0_e7244e71-3ad5-4608-8bf0-d12f67c80896",
    "regid.2017-08.com.cisco.AIR-DNA-A,1.0_b6308627-3ab0-4a11-a3d9-586911a0d790",
)


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.file)
def test_output_equals_capture(golden: Path, case: Case) -> None:
    assert case.text() == read(golden, case.file)


def test_list_of_reports_equals_capture(golden: Path) -> None:
    assert _list_of_reports() == read(golden, LISTED)


def test_detail_of_a_report_equals_capture(golden: Path) -> None:
    assert _detail_of_a_report() == read(golden, DETAIL)


def test_event_log_equals_capture(golden: Path) -> None:
    assert _event_log() == read(golden, EVENTS)


def test_history_without_messages_equals_capture(golden: Path) -> None:
    assert _history() == read(golden, HISTORY)


def test_units_of_a_stack_equal_capture(golden: Path) -> None:
    assert _platform() == read(golden, PLATFORM)


def test_count_of_equal_captures(golden: Path) -> None:
    """The number to report: equal files of all that our commands have captures for."""
    texts = _all_texts()
    equal = {name for name, text in texts.items() if text == read(golden, name)}
    touched = {case.file for case in (*ALL_CASES, *TECH_CASES) if case.exempt} | {PLATFORM}
    untouched = equal - touched
    for command in sorted({name.split("__")[0] for name in texts}):
        ours = [name for name in texts if name.split("__")[0] == command]
        found = [sum(name in group for name in ours) for group in (equal, untouched)]
        print(f"{command}: equal {found[0]}/{len(ours)}, with nothing exempt {found[1]}")
    print(f"captures equal: {len(equal)}/{len(texts)}, with nothing exempt: {len(untouched)}")
    assert len(equal) >= EQUAL_FLOOR
    assert len(untouched) >= EQUAL_UNTOUCHED


def test_every_capture_of_show_license_is_compared(golden: Path) -> None:
    found = {entry.name for entry in golden.glob("show-license-*")}
    assert found - set(_all_texts()) == set(NOT_COMPARED)


def test_every_capture_is_compared(golden: Path) -> None:
    """The other outputs: each by a test that names it."""
    here = {*OUTPUTS, *VERSIONS, *CONFIGURATIONS}
    for name, test in COMPARED_ELSEWHERE.items():
        assert name in (Path(__file__).parent.parent / test).read_text("utf-8")
    found = {entry.name for entry in golden.iterdir() if entry.name != "SOURCES.md"}
    others = {name for name in found if not name.startswith("show-license-")}
    assert others == here | set(COMPARED_ELSEWHERE)
    print(f"other captures equal: {len(others)}/{len(others)}")


def test_no_layout_prints_what_came_before_the_policy_model(golden: Path) -> None:
    """Captures of that era have a block on registration; no release here prints one."""
    for name, reason in NOT_COMPARED.items():
        if reason == PRE_POLICY:
            assert "\nRegistration:\n" in read(golden, name)
    assert not any("\nRegistration:" in text for text in _all_texts().values())


def test_a_capture_differs_from_the_layout_of_another_release(golden: Path) -> None:
    """The comparison sees a release's rows: 17.6 has no account block."""
    case = next(c for c in CASES if c.file.startswith("show-license-status__c9300-17.7i"))
    other = Case(case.file, "17.6.1", case.view)
    assert layout_for(Release.parse("17.6.1"), "switch") != layout_for(
        Release.parse("17.7.1"), "switch"
    )
    assert other.text() != read(golden, case.file)


@cache
def _all_texts() -> Mapping[str, str]:
    """What we print for each capture."""
    texts = {case.file: case.text() for case in (*ALL_CASES, *TECH_CASES)}
    texts |= {LISTED: _list_of_reports(), DETAIL: _detail_of_a_report(), EVENTS: _event_log()}
    return texts | {HISTORY: _history(), PLATFORM: _platform(), EXCERPT: excerpt()}


def _history() -> str:
    return licence_messages.history(view(), layout_for(Release.parse("17.13.1"), "switch")).rstrip()


def _platform() -> str:
    """The units of the capture; addresses, hardware versions and priorities are its own."""
    units = ("C9350-48U FOC2718YA4B", "C9350-24U FOC2718Y5Y6", "C9350-48U FOC2718YAD7")
    state = state_of(*units)
    shown = platform.Set(state.members, load("c9350"), Release.parse("17.15.1"))
    text = platform.platform(shown)
    macs = ("f4ee.3181.bf80", "f4ee.3181.ac00", "f4ee.3181.c380")
    for member, mac in zip(state.members, macs, strict=True):
        text = text.replace(dotted(hardware_of(member.udi).base_mac), mac)
    return text.replace("V01", "P1B").replace("Standby         1 ", "Standby         10")


def _list_of_reports() -> str:
    first = RumReport(1629870048, "", "network-premier_2.5G", RumState.CLOSED, 0, 1, 0)
    second = RumReport(1629870049, "", "dna-premier_2.5G", RumState.ACK, 0, 1, 0)
    return licence_reports.listing((first, second))


def _detail_of_a_report() -> str:
    report = RumReport(
        report_id=1634211151,
        entitlement_tag=DNA_TAG,
        feature="dna-advantage",
        state=RumState.ACK,
        opened=at("Oct 14 11:32:40 2021"),
        closed=at("Oct 14 11:32:48 2021"),
        count=1,
        measured_since=at("Oct 14 11:32:40 2021"),
        next_id=1634211155,
        storage=StorageState.DELETED,
    )
    return licence_reports.detail((report,), Udi("C9300-24UX", "FCW2303D16Y"), Calendar())


def _event_log() -> str:
    seconds = ("Nov 17 03", "Nov 17 11", "Nov 17 19", "Nov 18 03")
    milliseconds = ((920, 921, 922), (920, 922, 923), (920, 921, 923), (921, 921, 923))
    now = at("Nov 18 10:45:23 2021")
    return licence_reports.eventlog(_events(seconds, milliseconds), Calendar(), now, 2)


def _events(
    hours: tuple[str, ...], milliseconds: tuple[tuple[int, ...], ...]
) -> Iterator[LoggedEvent]:
    yield LoggedEvent(at("Nov 16 03:31:32 2021"), "ENDPOINT_USAGE")  # older than two days
    reset = (
        ("eventSource", "INFRA_SL"),
        ("eventName", "INFRA_SL_EVLOG_ERM_RESET"),
        (
            "MSG",
            "ERM-Reset: Client 0, AP-GROUP group, 2 features "
            "air-network-advantage,air-dna-advantage",
        ),
    )
    for hour, parts in zip(hours, milliseconds, strict=True):
        start = at(f"{hour}:31:32 2021")
        yield LoggedEvent(start + parts[0], "PLATFORM", reset)
        for tag, part in zip(AIR_TAGS, parts[1:], strict=True):
            fields = (("count", "0"), ("entitlementTag", tag))
            yield LoggedEvent(start + part, "ENDPOINT_USAGE", fields)
