"""show license tech support and history where no capture stands beside them: states, releases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from agent.cli.views import licence_all, licence_messages, licensing, tech_support, tech_view
from agent.cli.views.layout import Layout, layout_for
from agent.cli.views.tech_rows import info_rows, job_rows, licences_found
from agent.core.clock import DAY, MINUTE, SECOND
from agent.core.release import Release, known_releases
from agent.device.device import Device, new_device
from agent.engine.config import LicenseConfig, Transport
from agent.engine.records import (
    AuthorizationCode,
    Exchange,
    ExchangeStatistics,
    PastImport,
    PastMessage,
    PendingTrust,
    TrustWanted,
)
from agent.engine.state import History
from agent.protocol.messages import AuthorizationData, AuthorizedLicence
from tests.cli.states import trust, view

NOW = 1_790_000_000_000
SMART = LicenseConfig(transport=Transport.SMART)


def layout(release: str, kind: str = "switch") -> Layout:
    return layout_for(Release.parse(release), kind)


def booted(release: str = "17.12.4", model: str = "C9300-24T") -> Device:
    device = new_device("sw1", model, Release.parse(release), "FOC0000EMU1")
    device.boot(NOW)
    return device


def printed(device: Device, now: int = NOW) -> str:
    found = tech_view.collect(device, now)
    return tech_support.tech_support(found, layout_for(device.release, device.profile.kind))


@pytest.mark.parametrize("release", known_releases())
def test_every_release_has_its_rows(release: str) -> None:
    """A release's rows are whole: each key of Other Info once, each job once, a count."""
    parsed = Release.parse(release)
    keys = [row.split(":")[0] for row in info_rows(parsed)]
    assert len(set(keys)) == len(keys) >= 75
    names = [row.name for row in job_rows(parsed)]
    assert len(set(names)) == len(names) >= 12
    assert licences_found(parsed, "c9300") > 190


def test_jobs_count_down() -> None:
    device = booted()
    assert "\nDaily: Sep 21 14:13:22 2026 UTC (2 seconds remaining)\n" in printed(device)
    later = printed(device, NOW + 5 * MINUTE)
    assert "\nCurrent time: Sep 21 14:18:20 2026 UTC\n" in later
    left = "23 hours, 55 minutes, 2 seconds remaining"
    assert f"\nDaily: Sep 22 14:13:22 2026 UTC ({left})\n" in later


def test_a_job_that_is_due_has_expired() -> None:
    device = booted()
    found = tech_view.collect(device, NOW)
    due = replace(found, jobs={**found.jobs, "External Event": NOW})
    text = tech_support.tech_support(due, layout("17.12.4"))
    assert "\nExternal Event: Sep 21 14:13:20 2026 UTC  (Expired)\n" in text


def test_jobs_of_exchanges_show_once_these_were_tried() -> None:
    device = booted()
    polling = "\nRetrieve data processing result: Expired Not Rescheduled\n"
    assert polling not in printed(device)
    device.agent.state.statistics[Exchange.RESULT_POLLING.value] = ExchangeStatistics(total=1)
    assert polling in printed(device)
    hello = ExchangeStatistics(total=3, fail=3)
    for release, listed in (("17.8.1", True), ("17.9.1", False)):
        old = booted(release)
        old.agent.state.statistics[Exchange.HELLO_MESSAGE.value] = hello
        assert ("\nHello Message: Expired Not Rescheduled\n" in printed(old)) is listed


@pytest.mark.parametrize(
    ("release", "check", "renewal"),
    [
        ("17.6.4", "Expired Not Rescheduled", True),
        ("17.11.1", "Expired Not Rescheduled", True),
        ("17.12.4", "Expired Not Rescheduled", False),
        ("17.18.2", "Not Available", False),
    ],
)
def test_jobs_that_a_release_never_runs(release: str, check: str, renewal: bool) -> None:
    text = printed(booted(release))
    assert f"\nInit Flag Check: {check}\n" in text
    assert ("\nAuthorization Renewal: " in text) is renewal


def test_a_development_root_and_a_url_of_ones_own() -> None:
    device = booted("17.11.1")
    device.agent.state.config = structs.replace(SMART, url_smart="https://dev.example/license")
    assert "\nData Channel: AVAILABLE\n" in printed(device)
    device.agent.state.development = True
    text = printed(device)
    assert "\nData Channel: NOT AVAILABLE\n" in text
    assert "\nTransport: Smart\n  Default URL: https://dev.example/license\n" in text


def test_trust_of_a_single_unit() -> None:
    device = booted()
    assert "\nLocal Device: No Trust Data\nOverall Trust: No ID\n" in printed(device)
    udi = device.udi
    device.agent.state.pending_trust = {udi.short: PendingTrust(udi, "1", "", NOW)}
    waiting = f"\nLocal Device: {udi.short}, state[1], NOT INSTALLED\nOverall Trust: No ID\n"
    assert waiting in printed(device)
    code = replace(trust(udi, "Sep 21 14:13:20 2026"), trust_id=318)
    device.agent.state.trust = {udi.short: code}
    text = printed(device)
    assert f"{udi.short}, state[2], Trust Data INSTALLED  TrustId:318\nOverall Trust: INST" in text
    assert "\nCommunication Level Allowed: DIRECT\n" in text


@pytest.mark.parametrize(
    ("release", "state"),
    [
        ("17.12.4", "Insufficient trust for direct communication"),
        ("17.15.1", "Device configured for Offline transport"),
    ],
)
def test_smart_transport_without_trust(release: str, state: str) -> None:
    device = booted(release)
    device.agent.state.config = SMART
    text = printed(device)
    assert f"\nOverall State: {state}\n" in text
    unit = device.agent.state.udi
    device.agent.state.trust_wanted = TrustWanted("token", (unit,), force=False)
    assert "\nOverall State: <empty>\n" in printed(device)
    assert "\nTransport: Smart\n  Default URL: https://smartreceiver.cisco.com/" in text


def test_transport_off_prints_the_proxy_fields_all_the_same() -> None:
    device = booted()
    device.agent.state.config = LicenseConfig(transport=Transport.OFF)
    text = printed(device)
    assert "  Type: Transport Off\n  Proxy:\n    Address: <empty>\n" in text
    assert "\nOverall State: Device configured for Offline transport\n" in text


def test_a_router_prints_its_blocks() -> None:
    router = booted("17.15.1", "C8000V")
    text = printed(router)
    assert "  License: network-advantage_10M\n" in text
    assert "  C8000V: Total licenses found: 221\n" in text
    assert "\n    hseck9: regid.2019-03.com.cisco.DNA_HSEC,1.0_" in text
    router.agent.state.usage.clear()
    assert "License Usage\n=============\nNo licenses in use\n" in printed(router)


def test_a_controller_lists_its_air_licences_before_any_access_point() -> None:
    text = printed(booted("17.12.4", "C9800-CL-K9"))
    handles = [row for row in text.split("\n") if row.startswith(("Handle:", "  License: air"))]
    assert handles == [
        "Handle: 1",
        "  License: air-network-advantage",
        "Handle: 2",
        "  License: air-dna-advantage",
    ]
    assert text.count("  Status: NOT IN USE(1)\n") == 2
    assert text.count("  Request Time: None\n") == 2


@pytest.mark.parametrize(("model", "enabled"), [("C8000V", True), ("ISR4451-X/K9", False)])
def test_automatic_conversion_is_a_matter_of_the_family(model: str, enabled: bool) -> None:
    text = printed(booted("17.15.1", model))
    assert f"License Conversion:\n  Automatic Conversion Enabled: {enabled}\n" in text


def test_a_licence_given_up_is_not_in_use() -> None:
    device = booted("17.18.2")
    usage = device.agent.state.usage
    tag, use = next(iter(usage.items()))
    usage[tag] = structs.replace(use, count=0)
    # the development image of agent 6.3.7 counts what an account owns; 6.3.10 of 17.18.2 does not
    counting = layout_for(Release.parse("17.18.1z"), "switch")
    text = tech_support.tech_support(tech_view.collect(device, NOW), counting)
    assert "  Status: NOT IN USE(1)\n  Status time:" in text
    assert text.count("    Authorized Count: 0\n") == len(usage) - 1
    assert "Authorized Count" not in printed(device)


def test_last_reporting_not_required_names_licences_of_earlier_starts() -> None:
    device = booted("17.7.1")
    tag = next(iter(device.agent.state.usage))
    assert "Last Reporting" not in printed(device)
    del device.agent.state.usage[tag]
    block = f"\n\n\nLast Reporting Not Required:\n  Entitlement Tag: {tag}\nUsage Report Summary:\n"
    assert block in printed(device)
    assert printed(device).count("Usage Report Summary:") == 1


def test_history_lists_messages_and_imports() -> None:
    past = History(
        {"Usage Reporting": (PastMessage(NOW, "77", NOW + SECOND, "OK_POLL"),)},
        {"RUM ACK": (PastImport(NOW), PastImport(NOW + DAY, 23, "not for this device"))},
    )
    text = licence_messages.history(replace(view(), history=past), layout("17.12.4"))
    assert (
        "Usage Reporting:\n  1 OK_POLL\n    Request: Sep 21 14:13:20 2026 UTC\n    Nonce: 77\n"
        "    Response: Sep 21 14:13:21 2026 UTC\n    Failure Reason: <none>\n"
        "Result Polling:\n  No past history\n"
    ) in text
    assert (
        "Import RUM ACK:\n  1 Imported\n    Time: Sep 21 14:13:20 2026 UTC\n"
        "  2 Failed\n    Time: Sep 22 14:13:20 2026 UTC\n"
        "    Failure Reason: not for this device (23)\n\n"
    ) in text


def test_reservation_and_conversion_are_those_of_the_other_outputs() -> None:
    text = licence_all.reservation(view("C9300-24T A", "C9300-24T B"), layout("17.13.1"))
    assert "  Standby: PID:C9300-24T,SN:B\n    Reservation status: NOT INSTALLED\n" in text
    router = replace(view(kind="router"), automatic_conversion=True)
    assert licence_messages.conversion(router, layout("17.18.1", "router")) == (
        "License Conversion:\n  Automatic Conversion Enabled: True\n  Status: Not started\n"
        "  Last Data Push: <none>\n  Last File Export: <none>\n"
    )


def test_an_authorization_code_shows_in_every_output() -> None:
    device = booted("17.13.1")
    state, udi = device.agent.state, device.udi
    hsec = device.profile.enforced[0].tag
    data = AuthorizationData(udi, "A", "", "", (AuthorizedLicence(hsec, 1),), "c1")
    state.authorizations = {udi.short: AuthorizationCode(data, NOW, "1fc54c75")}
    state.last_return_codes = {udi.short: "CEL7AU-RaGyRi"}
    shown = licensing.collect(device, NOW)
    status = (
        "    Status: SMART AUTHORIZATION INSTALLED on Sep 21 14:13:20 2026 UTC\n"
        "    Last Confirmation code: 1fc54c75\n    Last return code: CEL7AU-RaGyRi\n"
    )
    text = licence_all.authorization(shown, layout("17.13.1"))
    assert status in text
    assert (
        "\n\nAuthorizations:\n  C9K HSEC (Cat9K HSEC):\n"
        "    Description: HSEC Key for Export Compliance on Cat9K Series Switches\n"
        "    Total available count: 1\n    Enforcement type: EXPORT RESTRICTED\n"
        f"    Term information:\n      Active: {udi}\n"
        "        Authorization type: SMART AUTHORIZATION INSTALLED\n"
        "        License type: PERPETUAL\n          Term Count: 1\n\nPurchased Licenses:\n"
    ) in text
    everything = licence_all.all_of_it(shown, layout("17.13.1"))
    assert status in everything
    assert "Authorizations:\n  C9K" not in everything
    codes = "    Last return code: CEL7AU-RaGyRi\n    Last Confirmation code: 1fc54c75\n"
    assert codes in printed(device)
