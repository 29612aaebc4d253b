"""Genie's SDK: what its calls on licensing do, each shown by what was before and what is after.

SW6 reports to nobody until the first test, however late that comes. It gets its trust and
authorization codes from the lab's CSSM by transport smart, and loses all of it at the end; the
tests go on from each other in this order.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

APIS = "genie.libs.sdk.apis.iosxe"
licensing = pytest.importorskip(f"{APIS}.platform_licensing.execute")
platform = pytest.importorskip(f"{APIS}.platform.execute")
telemetry = pytest.importorskip(f"{APIS}.telemetry.execute")
verify = pytest.importorskip(f"{APIS}.telemetry.verify")

PATIENCE = 20  # seconds until a server has answered
ATTEMPTS = r"Attempts: Total=(\d+), Success=(\d+)"
BOOT = "license boot level network-advantage"
TRUST = "show license status | include Trust Code Installed"
ROW = re.compile(r"^(\d{10}) +([A-Z]+) ", re.MULTILINE)  # of the table of reports
IN_FILE = re.compile(r'\\"report_id\\":(\d+)')


def eventually(device: Any, command: str, pattern: str) -> str:
    """What the device says as soon as it fits."""
    end = time.monotonic() + PATIENCE
    told = str(device.execute(command))
    while not re.search(pattern, told):
        assert time.monotonic() < end, told
        time.sleep(0.1)
        told = str(device.execute(command))
    return told


def attempts(device: Any, service: str) -> tuple[int, int]:
    """How often a service was asked for, and how often that went well."""
    text = device.execute(f"show license tech support | section {service}:")
    tried, done = re.findall(ATTEMPTS, text)[-1]
    return int(tried), int(done)


def reports(device: Any) -> dict[str, str]:
    """The reports on the device: id and state."""
    return dict(ROW.findall(device.execute("show license rum id all").replace("\r", "")))


def saved(device: Any, path: str) -> set[str]:
    """The ids of the reports in a file."""
    return set(IN_FILE.findall(device.execute(f"more {path}")))


def gone(device: Any, path: str) -> None:
    assert "No such file" in device.execute(f"more {path}")


def test_a_token_brings_trust(lab: Any, sw6_genie: Any) -> None:
    sw6_genie.configure(["license smart transport smart", "license smart url default"])
    assert "<none>" in sw6_genie.execute(TRUST)
    assert attempts(sw6_genie, "Trust Establishment") == (0, 0)
    token = lab.slp("cssm", "token", "new")
    licensing.execute_license_smart_trust_idtoken(sw6_genie, token, "local")
    eventually(sw6_genie, TRUST, r"Installed: \w{3} \d\d")
    assert attempts(sw6_genie, "Trust Establishment") == (1, 1)


def test_a_code_is_installed_and_goes_back(sw6_genie: Any) -> None:
    show = "show license authorization"
    assert "SMART AUTHORIZATION INSTALLED" not in sw6_genie.execute(show)
    platform.config_smart_authorisation_request(sw6_genie, "hseck9", "local")
    told = eventually(sw6_genie, show, "SMART AUTHORIZATION INSTALLED on")
    assert "Last return code" not in told
    licensing.enable_license_smart_authorization_return(sw6_genie, "local", "online")
    told = eventually(sw6_genie, show, "Status: NOT INSTALLED")
    assert "Last return code: " in told
    assert "C9K HSEC" not in told


@pytest.mark.parametrize(
    "sync",
    [
        lambda device: telemetry.execute_license_smart_sync_all(device),
        lambda device: platform.license_smart_sync_all(device),
    ],
)
def test_a_sync_sends_all_reports_at_once(sw6_genie: Any, sync: Callable[[Any], Any]) -> None:
    tried, done = attempts(sw6_genie, "Usage Reporting")
    before = reports(sw6_genie)
    assert "OPEN" in before.values()
    sync(sw6_genie)
    eventually(
        sw6_genie,
        "show license tech support | section Usage Reporting:",
        rf"Total={tried + 1}, Success={done + 1}, [^$]*Last Response: OK",
    )
    after = reports(sw6_genie)
    assert {after[report] for report in before} <= {"UNACK", "ACK"}


def test_all_usage_is_saved(sw6_genie: Any) -> None:
    gone(sw6_genie, "flash:all.txt")
    known = set(reports(sw6_genie))
    licensing.execute_license_smart_save_usage_all_file(sw6_genie, "flash:all.txt")
    assert saved(sw6_genie, "flash:all.txt") == known
    licensing.execute_more_file_count(sw6_genie, "flash:all.txt", "<RUMReport>")
    # the call keeps what it counted to itself
    counted = sw6_genie.execute("more flash:all.txt | count <RUMReport>")
    assert f"regexp = {len(known)}" in counted
    assert "more flash:all.txt | count <RUMReport>" in sw6_genie.execute("show history")


def test_unreported_usage_is_saved(sw6_genie: Any) -> None:
    gone(sw6_genie, "flash:new.txt")
    new = {report for report, state in reports(sw6_genie).items() if state in ("OPEN", "CLOSED")}
    assert new < set(reports(sw6_genie))
    licensing.execute_license_smart_save_usage_unreported_file(sw6_genie, "flash:new.txt")
    assert saved(sw6_genie, "flash:new.txt") == new


def test_one_report_is_saved(sw6_genie: Any) -> None:
    gone(sw6_genie, "flash:one.txt")
    one = max(reports(sw6_genie))
    licensing.execute_license_smart_save_usage_rum_id_file(sw6_genie, one, "flash:one.txt")
    assert saved(sw6_genie, "flash:one.txt") == {one}


def test_usage_of_some_days_is_saved(sw6_genie: Any) -> None:
    gone(sw6_genie, "flash:days.txt")
    known = set(reports(sw6_genie))
    platform.config_smart_save_license_usage(sw6_genie, 15, "days.txt")
    assert saved(sw6_genie, "flash:days.txt") == known


def test_debugging_is_turned_off(sw6_genie: Any) -> None:
    sw6_genie.execute("debug license smart events")
    assert re.search("[Ss]mart", sw6_genie.execute("show debugging"))
    licensing.disable_debug_all(sw6_genie)
    assert not re.search("[Ss]mart", sw6_genie.execute("show debugging"))


def test_what_is_verified_of_the_transport_follows_it(sw6_genie: Any) -> None:
    told = {}
    for transport in ("smart", "callhome", "off", "cslu"):
        sw6_genie.configure([f"license smart transport {transport}"])
        told[transport] = (
            verify.verify_license_smart_transport_configured(sw6_genie),
            verify.verify_license_smart_transport_support_telemetry(sw6_genie),
        )
    sw6_genie.configure(["license smart transport smart"])
    assert told["smart"] == (True, True)
    assert told["callhome"] == (False, False)
    assert told["off"] == (False, True)
    assert told["cslu"][0] is False


def test_what_is_verified_of_the_level_follows_it(sw6_genie: Any) -> None:
    sw6_genie.configure([BOOT])
    assert verify.verify_license_boot_level_configured(sw6_genie) is True
    assert telemetry.execute_show_license_boot_level_config(sw6_genie).strip() == BOOT
    sw6_genie.configure(["no license boot level"])
    assert verify.verify_license_boot_level_configured(sw6_genie) is False
    assert telemetry.execute_show_license_boot_level_config(sw6_genie).strip() == ""
    # another level waits for the next start: what was in use still is
    assert verify.verify_license_usage(sw6_genie) is True
    used = sw6_genie.parse("show license summary")["license_usage"]
    assert {one["status"] for one in used.values()} == {"IN USE"}


def test_a_switch_makes_no_telemetry(sw6_genie: Any) -> None:
    assert "No telemetry reports" in telemetry.execute_test_license_smart_telemetry_show(sw6_genie)
    assert telemetry.execute_show_license_rum_id_telemetry(sw6_genie).strip() == ""
    assert reports(sw6_genie)


def test_the_kind_of_certificate_is_another(sw6_genie: Any) -> None:
    assert "Production Cert: True" in telemetry.execute_show_license_dev_cert(sw6_genie)
    telemetry.execute_test_license_smart_dev_cert_enable(sw6_genie)
    assert "Production Cert: False" in telemetry.execute_show_license_dev_cert(sw6_genie)


def test_the_event_log_is_cleared(sw6_genie: Any) -> None:
    assert "SAEVT_READY" in sw6_genie.execute("show license eventlog")
    licensing.enable_license_smart_clear_eventlog(sw6_genie)
    told = sw6_genie.execute("show license eventlog")
    assert "No EventLog Found" in told
    assert "SAEVT" not in told


def test_a_factory_reset_takes_it_all(sw6_genie: Any) -> None:
    sw6_genie.configure(["license smart usage interval 31"])
    assert "SAEVT" in eventually(sw6_genie, "show license eventlog", "SAEVT")
    assert "<none>" not in sw6_genie.execute(TRUST)
    assert reports(sw6_genie)
    licensing.license_smart_factory_reset(sw6_genie)
    assert "No EventLog Found" in sw6_genie.execute("show license eventlog")
    assert "<none>" in sw6_genie.execute(TRUST)
    assert reports(sw6_genie) == {}
    assert "Last return code" not in sw6_genie.execute("show license authorization")
