"""A CUCM's admin CLI: the two outputs of its document, from its own state. source: cucm-outputs"""

from __future__ import annotations

import re

import pytest

from agent.cli.handlers.legacy import uuid
from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.release import Release
from agent.device.device import new_device
from agent.device.snapshot import MemoryJournal, restore, take
from counterparts import smart_licensing
from counterparts.portal import Portal
from tests.legacy.cucm_node import TAGS, UUID, Node, ist


@pytest.fixture
def documented() -> Node:
    """The node of the document: evaluation over in 2017, registered in January 2018."""
    node = Node()
    node.device.use("enhanced", 5, node.now)
    node.device.use("basic", 2, node.now)
    node.until(ist("Jan 26 15:11:23 2018"))
    node.cloud.skew = -2 * SECOND  # the server's clock
    node.type(f"license smart register idtoken {node.token()}")
    node.cloud.skew = -60 * SECOND
    node.until(ist("Jan 26 15:12:59 2018"))
    return node


def words(text: str) -> str:
    """The published text has lost its line ends and its padding."""
    return " ".join(text.split())


def row(name: str, count: int, status: str) -> str:
    tag = TAGS[name]
    shown = tag.rpartition("_")[2] if count else ""  # 36 characters in a column of 36
    return f"{shown}{tag} {count} {status}"


def test_the_summary_of_the_document(documented: Node) -> None:
    printed = words(documented.type("show license summary"))
    head, table = printed.split(" License Usage: ")
    assert head == (
        "Smart Licensing is ENABLED. Registration: Status: REGISTERED Smart Account: "
        "BU Production Test Virtual Account: TAC-CollabTesting Last Renewal Attempt: None "
        "Next Renewal Attempt: Jul 25 15:11:23 2018 IST License Authorization: Status: AUTHORIZED "
        "Last Communication Attempt: SUCCEEDED "
        "Next Communication Attempt: Feb 25 15:12:59 2018 IST"
    )
    counts = {"UCM_Enhanced": 5, "UCM_Basic": 2}
    rows = [
        row(name, counts.get(name, 0), "InCompliance" if name in counts else "Init")
        for name in TAGS
    ]
    assert table == " ".join(["License Entitlement Tag Count Status", "-" * 134, *rows])


def test_the_udi_of_the_document(documented: Node) -> None:
    assert documented.type("show license UDI") == f"UDI: PID:UCM,SN:37624,UUID:{UUID}"


@pytest.mark.parametrize(("serial", "last"), [("37624", "37624"), ("FOC0000EMU1", "fc0000e1")])
def test_a_uuid_is_made_of_the_digits_of_the_serial_number(serial: str, last: str) -> None:
    device = new_device("ucm", "UCM", Release.parse("12.0.1"), serial)
    assert re.fullmatch(f"[0-9a-f]{{32}}(?<={last})", uuid(device))


def test_the_long_form_of_the_document(documented: Node) -> None:
    printed = words(documented.type("show license all"))
    head, tail = printed.split(" License Usage ============= ")
    assert head == (
        "Smart Licensing Status ======================= Smart Licensing is ENABLED Registration: "
        "Status: REGISTERED Smart Account: BU Production Test Virtual Account: TAC-CollabTesting "
        "Export-Controlled Functionality: Allowed "
        "Initial Registration: SUCCEEDED on Jan 26 15:11:23 2018 IST "
        "Last Renewal Attempt: SUCCEEDED on Jan 26 15:11:23 2018 IST "
        "Next Renewal Attempt: Jul 25 15:11:23 2018 IST "
        "Registration Expires: Jan 26 15:06:21 2019 IST "
        "License Authorization: Status: AUTHORIZED on Jan 26 15:12:59 2018 IST "
        "Last Communication Attempt: SUCCEEDED on Jan 26 15:12:59 2018 IST "
        "Next Communication Attempt: Feb 25 15:12:59 2018 IST "
        "Communication Deadline: Apr 26 15:06:59 2018 IST "
        "Evaluation Period: Evaluation Mode: Not In Use "
        "EVALUATION PERIOD EXPIRED on Nov 9 23:46:35 2017 IST"
    )
    used = {"UCM_Enhanced": (5, "Enhanced"), "UCM_Basic": (2, "Basic")}
    blocks = []
    for name, tag in TAGS.items():
        count, word = used.get(name, (0, ""))
        title = f"UC Manager {word} License (12.x) ({tag})" if count else f"({tag})"
        text = f"UC Manager {word} License" if count else "null"
        status = "InCompliance" if count else "Init"
        blocks.append(f"{title} Description: {text} Count: {count} Version: 12.0 Status: {status}")
    assert tail == (
        "License Authorization Status: AUTHORIZED as of Jan 26 15:12:59 2018 IST "
        + " ".join(blocks)
        + f" Product Information =================== UDI: PID:UCM,SN:37624,UUID:{UUID} "
        "Agent Version ============= Smart Agent for Licensing: 1.3.4"
    )


def test_a_subscriber_prints_nothing() -> None:
    node = Node("Jan 26 15:11:23 2018", "cucm role subscriber")
    for line in (
        "show license summary",
        "show license all",
        "show license UDI",
        f"license smart register idtoken {node.token()}",
        "license smart renew auth",
        "license smart deregister",
    ):
        assert node.type(line) == "", line
    assert node.device.agent.state.legacy.registration == "UNREGISTERED"


def test_the_proxy_is_not_taken_at_port_443() -> None:
    """source: cucm-rules"""
    node = Node("Jan 26 15:11:23 2018")
    assert "443" in node.type("license smart transport proxy proxy.example.com 443")
    assert node.device.agent.state.config.proxy_address is None
    assert node.type("license smart transport proxy proxy.example.com 8080") == ""
    config = node.device.agent.state.config
    assert (config.proxy_address, config.proxy_port) == ("proxy.example.com", 8080)
    assert node.type("license smart transport gateway https://satellite.example.com/x") == ""
    assert node.device.agent.state.config.url_smart == "https://satellite.example.com/x"


def test_the_service_is_not_stopped_and_other_words_are_not_known() -> None:
    node = Node("Jan 26 15:11:23 2018")
    assert "cannot be" in node.type("utils service stop Cisco Smart License Manager")
    assert "%" in node.type("configure terminal")
    assert "%" in node.type("license smart sync all")


def test_use_that_is_not_covered_goes_on_for_ninety_days() -> None:
    """source: cucm-overage"""
    node = Node("Jan 26 15:11:23 2018")
    node.device.use("basic", 5, node.now)
    smart_licensing.purchase(node.cssm, TAGS["UCM_Basic"], 2)
    node.type(f"license smart register idtoken {node.token()}")
    begun = node.now + 96 * SECOND
    node.until(begun + DAY)
    assert sum("SMART_LIC-4-IN_OVERAGE" in line.text for line in node.device.log.lines) == 1
    node.until(begun + 90 * DAY - SECOND)
    legacy = node.device.agent.state.legacy
    assert "Status: OUT OF COMPLIANCE" in node.type("show license status")
    assert "Status: OutOfCompliance" in node.type("show license usage")
    assert legacy.may_provision
    node.until(begun + 90 * DAY)
    assert not legacy.may_provision
    smart_licensing.purchase(node.cssm, TAGS["UCM_Basic"], 5)
    node.until(node.now + 12 * HOUR)
    assert legacy.may_provision


def test_a_token_may_forbid_export() -> None:
    node = Node("Jan 26 15:11:23 2018")
    token = node.token()
    smart_licensing.forbid_export(node.cssm, token)
    node.type(f"license smart register idtoken {token}")
    assert "Export-Controlled Functionality: Not Allowed" in node.type("show license status")


def test_a_snapshot_keeps_all_of_it(documented: Node) -> None:
    again = restore(take(documented.device))
    assert again.agent.state == documented.device.agent.state
    assert again.next_deadline() == documented.device.next_deadline()
    assert take(again) == take(documented.device)


def test_deregistering_brings_the_evaluation_back(documented: Node) -> None:
    assert documented.type("license smart deregister") == ""
    documented.until(documented.now + MINUTE)
    assert "Status: EVAL EXPIRED" in documented.type("show license summary")
    assert not documented.device.agent.state.legacy.may_provision


def test_what_was_given_is_renewed_on_demand(documented: Node) -> None:
    documented.until(documented.now + DAY)
    assert documented.type("license smart renew auth") == ""
    printed = documented.type("show license status")
    assert "Last Communication Attempt: SUCCEEDED on Jan 27 15:12:59 2018 IST" in printed
    assert documented.type("license smart renew ID") == ""
    printed = documented.type("show license summary")
    assert "Last Renewal Attempt: SUCCEEDED" in printed
    assert "Next Renewal Attempt: Jul 26 15:12:59 2018 IST" in printed


def test_the_identity_ends_after_a_year_without_the_server(documented: Node) -> None:
    documented.cssm.script = type(documented.cssm.script)(down=True)
    documented.cloud.carry = lambda device, now: documented.cloud.held.clear()
    documented.until(ist("Apr 26 15:07:00 2018"))
    assert "Status: AUTHORIZATION EXPIRED" in documented.type("show license summary")
    documented.until(ist("Jan 26 15:06:21 2019"))
    assert "Status: REGISTRATION EXPIRED" in documented.type("show license summary")


def test_the_journal_replays_to_the_same_device() -> None:
    node = Node("Jan 26 15:11:23 2018")
    journal = MemoryJournal(node.device)
    node.device.journal = journal
    node.device.use("basic", 2, node.now)
    node.type(f"license smart register idtoken {node.token()}")
    node.until(node.now + 40 * DAY)
    node.type("license smart renew ID")
    node.type("license smart deregister")
    assert take(journal.restored()) == take(node.device)


def alarms(node: Node) -> list[str]:
    shown = node.type("file view activelog syslog/CiscoSyslog")
    return re.findall(r"%UC_SLM-\d-(\w+):", shown)


def test_a_state_raises_its_alarm_once() -> None:
    """source: cucm-alarms"""
    node = Node("Jan 26 15:11:23 2018")
    node.device.use("basic", 5, node.now)
    assert alarms(node) == ["SmartLicenseInEval"]
    smart_licensing.purchase(node.cssm, TAGS["UCM_Basic"], 2)
    node.type(f"license smart register idtoken {node.token()}")
    node.until(node.now + 2 * DAY)
    assert alarms(node).count("SmartLicenseInOverage_OutOfCompliance") == 1
    node.until(node.now + 90 * DAY)
    assert alarms(node).count("SmartLicenseNoProvision_OutOfCompliance") == 1


def test_after_the_overage_nothing_is_provisioned() -> None:
    """source: cucm-overage"""
    node = Node("Jan 26 15:11:23 2018")
    node.device.use("basic", 5, node.now)
    smart_licensing.purchase(node.cssm, TAGS["UCM_Basic"], 2)
    node.type(f"license smart register idtoken {node.token()}")
    node.until(node.now + 89 * DAY)
    assert node.type("emulator usage basic 6") == ""
    node.until(node.now + 2 * DAY)
    assert "Nothing can be provisioned" in node.type("emulator usage basic 7")
    assert node.type("emulator usage basic 4") == ""  # taking away is no provisioning
    assert node.device.agent.state.usage[TAGS["UCM_Basic"]].count == 4


def test_after_the_evaluation_nothing_is_provisioned() -> None:
    node = Node("Jan 26 15:11:23 2018")
    node.device.use("basic", 1, node.now)
    node.until(node.now + 91 * DAY)
    assert "Nothing can be provisioned" in node.type("emulator usage basic 2")
    assert "SmartLicenseNoProvision_EvalExpired" in alarms(node)


def test_a_service_that_does_not_run_answers_nothing_and_goes_on_afterwards(
    documented: Node,
) -> None:
    """source: cucm-rules"""
    assert documented.type("emulator service down") == ""
    for line in ("show license summary", "license smart renew auth", "license smart deregister"):
        assert documented.type(line) == "Cisco Smart License Manager service is not running"
    assert documented.device.next_deadline() is None
    documented.now += 40 * DAY
    assert documented.type("emulator service up") == ""
    documented.device.wake(documented.now)
    documented.cloud.carry(documented.device, documented.now)
    documented.until(documented.now + MINUTE)
    state = documented.device.agent.state.legacy
    assert state.last_communication.succeeded
    assert state.last_communication.time >= documented.now - MINUTE
    assert "Status: AUTHORIZED" in documented.type("show license summary")


def test_logs_to_look_at_when_a_registration_fails() -> None:
    """source: cucm-logs"""
    node = Node("Jan 26 15:11:23 2018")
    node.type("license smart register idtoken nonsense")
    assert node.type("file list activelog").split("\n") == [
        "syslog/CiscoSyslog",
        "platform/slm/slm.log",
    ]
    assert "AGENT_REG_FAILED" in node.type("file view activelog syslog/CiscoSyslog")
    assert "SAEVT_" in node.type("file view activelog platform/slm/slm.log")
    assert "does not exist" in node.type("file view activelog platform/other.log")


def reserved(node: Node, **licences: int) -> Node:
    """With a reservation of so many of each licence installed."""
    code = node.type("license smart reservation request").split("\n")[-1]
    node.device.use("basic", 1, node.now)
    text = Portal(node.cssm).reserve(code, licences, node.now)
    node.device.write_file("flash:code", text, node.now)
    assert "successful" in node.type("license smart reservation install-file flash:code")
    return node


def test_a_reservation_raises_alarms_of_its_own() -> None:
    """source: cucm-alarms"""
    node = Node("Jan 26 15:11:23 2018")
    node.device.use("basic", 1, node.now)
    node.type("license smart reservation request")
    assert "SmartLicense_SLR_InEval" in alarms(node)
    node.until(node.now + 91 * DAY)
    assert "SmartLicense_SLR_NoProvision_EvalExpired" in alarms(node)
    other = reserved(Node("Jan 26 15:11:23 2018"), basic=2)
    assert "Status: AUTHORIZED - RESERVED" in other.type("show license summary")
    assert "SmartLicense_SLR_ExportControlNotAllowed" in alarms(other)
    assert "SmartLicense_SLR_InOverage_NotAuthorized" not in alarms(other)
    assert other.type("emulator usage basic 3") == ""
    assert "SmartLicense_SLR_InOverage_NotAuthorized" in alarms(other)
    other.until(other.now + 91 * DAY)
    assert "SmartLicense_SLR_NoProvision_NotAuthorized" in alarms(other)
    assert "Nothing can be provisioned" in other.type("emulator usage basic 4")
