"""What the show license views print where no capture stands beside them: states and releases."""

from __future__ import annotations

import pytest

from agent.cli.views import licence_all, licence_reports, licence_status, licence_usage
from agent.cli.views.layout import Layout, layout_for
from agent.cli.views.licensing import Calendar, collect
from agent.core.clock import DAY, HOUR
from agent.core.dates import Zone
from agent.core.identity import Udi
from agent.core.release import Release, known_releases
from agent.device.device import Device, new_device
from agent.engine.config import LicenseConfig, Transport
from agent.engine.records import LoggedEvent, RumReport, RumState, StorageState
from tests.cli.states import Licence, view

NOW = 1_790_000_000_000
UDI = Udi("C9300-24T", "FOC1")


def layout(release: str, kind: str = "switch") -> Layout:
    return layout_for(Release.parse(release), kind)


def booted(release: str) -> Device:
    device = new_device("sw1", "C9300-24T", Release.parse(release), "FOC0000EMU1")
    device.boot(NOW)
    return device


@pytest.mark.parametrize("release", known_releases())
def test_a_fresh_device_prints_its_licences_on_every_release(release: str) -> None:
    device = booted(release)
    printed = licence_all.all_of_it(collect(device, NOW), layout(release))
    assert f"Smart Agent for Licensing: {device.release.agent_version}\n" in printed
    assert "UDI: PID:C9300-24T,SN:FOC0000EMU1\n" in printed
    assert "network-advantage (C9300-24 Network Advantage):" in printed
    assert "dna-advantage (C9300-24 DNA Advantage):" in printed


def test_rows_of_a_release_appear_from_it_on() -> None:
    def has(release: str, words: str) -> bool:
        return words in licence_all.all_of_it(view(), layout(release))

    assert [has(r, "Account Information:") for r in ("17.6.4", "17.7.1")] == [False, True]
    assert [has(r, "  VRF:\n    Not Configured") for r in ("17.7.1", "17.8.1")] == [True, False]
    assert [has(r, "  VRF: <empty>") for r in ("17.7.1", "17.8.1")] == [False, True]
    assert [has(r, "License Conversion:") for r in ("17.12.4", "17.13.1")] == [False, True]
    assert [has(r, "Reporting Mode: STANDARD") for r in ("17.13.1", "17.14.1")] == [False, True]
    assert [has(r, "      Status: NOT") for r in ("17.12.4", "17.13.1")] == [True, False]
    assert [has(r, "Device Telemetry Report") for r in ("17.10.1", "17.11.1", "17.18.2")] == [
        False,
        True,
        False,
    ]
    assert [has(r, "Product Analytics:") for r in ("17.18.1", "17.18.2")] == [False, True]


def test_an_unknown_row_is_a_bug() -> None:
    with pytest.raises(KeyError):
        layout("17.12.4").has("no_such_row")


def test_configuration_shows_in_status() -> None:
    config = LicenseConfig(
        transport=Transport.CSLU,
        url_cslu="http://10.0.0.1:8182/cslu/v1/pi",
        vrf="MGMT",
        custom_id="rack 7",
        hostname_privacy=True,
        version_privacy=True,
        proxy_address="proxy.example",
        proxy_port=3128,
    )
    printed = licence_status.status(view(config=config), layout("17.12.4"))
    for line in (
        "  Cslu address: http://10.0.0.1:8182/cslu/v1/pi",
        "    Address: proxy.example",
        "    Port: 3128",
        "  VRF: MGMT",
        "  Custom Id: rack 7",
        "  Sending Hostname: no",
        "    Smart Licensing hostname privacy: ENABLED",
        "  Version privacy: ENABLED",
    ):
        assert f"{line}\n" in printed


def test_status_has_policy_before_miscellaneous_and_all_the_other_way() -> None:
    shown = view()
    status = licence_status.status(shown, layout("17.9.1"))
    everything = licence_all.all_of_it(shown, layout("17.9.1"))
    assert status.index("\nPolicy:") < status.index("\nMiscellaneous:")
    assert everything.index("\nMiscellaneous:") < everything.index("\nPolicy:")


def test_a_stack_names_the_unit_without_a_trust_code() -> None:
    shown = view("C9300-24T A", "C9300-24T B", trusted=("Oct 14 11:37:52 2021",))
    printed = licence_status.status(shown, layout("17.9.1"))
    assert (
        "Trust Code Installed:\n"
        "  Active: PID:C9300-24T,SN:A\n"
        "    INSTALLED on Oct 14 11:37:52 2021 UTC\n"
        "  Standby: PID:C9300-24T,SN:B\n"
        "    NOT INSTALLED\n"
    ) in printed


def test_a_trust_code_that_never_expires_prints_the_epoch() -> None:
    shown = view(trusted=("Apr 23 15:28:43 2025",), valid=("Apr 23 15:23:43 2025",), zone="IST")
    printed = licence_status.status(shown, layout("17.18.2"))
    assert "    Expired on Jan 01 00:00:00 1970 UTC\n" in printed


def test_status_ends_in_two_empty_lines_where_no_block_follows() -> None:
    assert licence_status.status(view(), layout("17.9.1")).endswith("Installed: <none>\n\n")


@pytest.mark.parametrize(
    ("name", "tag", "row"),
    [
        ("a" * 23, "b" * 25, f"  {'a' * 23} ({'b' * 25})       1 IN USE"),
        ("a" * 24, "b" * 26, f"  {'a' * 20}... ({'b' * 22}...)       1 IN USE"),
    ],
)
def test_summary_cuts_long_names(name: str, tag: str, row: str) -> None:
    printed = licence_usage.summary(view(licences=(Licence(name, tag, 1),)), layout("17.12.4"))
    cut = printed.split("\n")[-2]
    assert cut.split() == row.split()
    assert cut.endswith("      1 IN USE")
    assert cut.index("(") == 26


def test_usage_header_is_of_older_releases() -> None:
    def headed(release: str, kind: str) -> bool:
        return licence_usage.usage(view(), layout(release, kind)).startswith(
            "License Authorization:\n  Status: Not Applicable\n\n"
        )

    assert headed("17.7.1", "switch")
    assert not headed("17.15.1", "switch")
    assert headed("17.15.1", "wlc")
    assert headed("17.9.1", "router")
    assert not headed("17.15.1", "router")


def test_dates_follow_zone_and_calendar() -> None:
    calendar = Calendar(Zone("EST", -300), offset_ms=DAY)
    assert calendar.date(0) == "Jan 01 19:00:00 1970 EST"
    assert calendar.date(None) == "<none>"


def test_eventlog_keeps_to_the_days_asked_for() -> None:
    events = [LoggedEvent(NOW - days * DAY, "READY") for days in (3, 1)]
    printed = licence_reports.eventlog(events, Calendar(), NOW, 2)
    assert printed.count("SAEVT_READY") == 1
    assert licence_reports.eventlog(events, Calendar(), NOW, None).count("SAEVT_READY") == 2
    assert licence_reports.eventlog([], Calendar(), NOW, None) == " No EventLog Found."


def test_detail_of_an_open_report_has_no_end() -> None:
    report = RumReport(7, "tag", "network-advantage", RumState.OPEN, HOUR, 1, HOUR, previous_id=5)
    printed = licence_reports.detail((report,), UDI, Calendar())
    assert "  Previous Report Id: 5,    Next Report Id: 0\n" in printed
    assert "Start Time: Jan 01 01:00:00 1970 UTC,      End Time: <none>\n" in printed
    assert "  Storage State: EXIST\n" in printed


def test_a_deleted_report_that_was_acknowledged_stays_ack() -> None:
    report = RumReport(
        7, "tag", "dna-advantage", RumState.ACK, 0, 1, 0, storage=StorageState.DELETED
    )
    assert licence_reports.listing((report,)).endswith(
        "7                   ACK       N     dna-advantage"
    )


def test_reservation_and_authorization_name_every_unit() -> None:
    shown = view("C9300-24T A", "C9300-24T B")
    for text in (
        licence_all.reservation(shown, layout("17.12.4")),
        licence_all.authorization(shown, layout("17.12.4")),
    ):
        assert "  Active: PID:C9300-24T,SN:A\n      " in text
        assert "  Standby: PID:C9300-24T,SN:B\n      " in text
