"""Files that must not be imported: each gives its message and leaves the store as it was."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from msgspec import structs

from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.identity import Udi
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import FileImported
from agent.engine.records import RumState
from agent.protocol import codec
from agent.protocol.messages import LicenseClass, RuleCells, SignedReport
from counterparts.pki import make_authority
from tests.engine.pair import UDI, Pair, Server, at, policy

BOOT = at("2026-10-01 08:00:00")
STRANGER = make_authority("somebody else")
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;">]><smartLicense>&c;</smartLicense>'
)


@pytest.fixture
def pair():
    """A device without a connection, a day old; its reports were never sent."""
    config = LicenseConfig(transport=Transport.OFF)
    return Pair(Server(policy=policy()), config=config).boot(BOOT).advance(BOOT + DAY)


def closed(pair) -> tuple[SignedReport, ...]:
    reports = pair.state.reports.values()
    return tuple(report.signed for report in reports if report.signed is not None)


def good(pair, **changes) -> str:
    return pair.server.licence_file(UDI, closed(pair), (), pair.now, **changes)


def store(pair):
    """All that is kept, but for the memory of what was tried."""
    state = copy.deepcopy(pair.state)
    state.history.imports.clear()
    state.history.last_code = 0
    state.eventlog.clear()
    return state


def imported(pair, text: str) -> str:
    pair.texts.clear()
    pair.logs.clear()
    pair.handle(FileImported(text))
    return pair.texts[-1]


UNREADABLE = {
    "nothing": lambda text: "",
    "half of it": lambda text: text[: len(text) // 2],
    "a byte less": lambda text: text[:-1],
    "no XML": lambda text: "%!PS-Adobe " * 50,
    "other XML": lambda text: "<html><body>404</body></html>",
    "JSON": lambda text: '{"smartLicense": {}}',
    "two roots": lambda text: text + text,
    "entities that grow": lambda text: BOMB,
    "an entity of a file": lambda text: (
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><smartLicense>&x;</smartLicense>'
    ),
    "control characters": lambda text: text.replace("<smartLicense>", "<smartLicense>\x00"),
    "ten thousand levels": lambda text: "<a>" * 10_000 + "</a>" * 10_000,
}


@pytest.mark.parametrize("spoil", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_licence_file_changes_nothing(pair, spoil):
    text = good(pair)
    before = store(pair)
    assert imported(pair, spoil(text)).startswith("Import Data Failed: ")
    assert store(pair) == before
    assert not [name for _, name, _ in pair.logs if "SUCCESS" in name]
    assert imported(pair, text) == "Import Data Successful", "the right file is taken afterwards"


def test_two_hundred_megabytes_are_refused_at_a_glance(pair):
    before = store(pair)
    said = imported(pair, "<smartLicense>" + "a" * 200_000_000)
    assert said.startswith("Import Data Failed: the file is larger than ")
    assert store(pair) == before


def test_an_ack_for_another_device_changes_nothing(pair):
    other = Udi(UDI.pid, "FOC0000EMU9")
    text = pair.server.licence_file(other, closed(pair), (), pair.now)
    reports = [r.state for r in pair.state.reports.values()]
    assert imported(pair, text).startswith("Import Data Failed: ")
    assert [r.state for r in pair.state.reports.values()] == reports
    assert pair.usage_reporting.last_ack_received is None
    assert pair.state.policy.name == "", "not even its policy"


def test_a_file_of_another_signer_changes_nothing(pair):
    before = store(pair)
    text = good(pair, sign=STRANGER.sign)
    assert imported(pair, text).startswith("Import Data Failed: ")
    assert store(pair) == before


@pytest.mark.parametrize("byte", [40, 400, 900])
def test_a_byte_changed_under_a_signature_is_noticed(pair, byte):
    text = good(pair)
    at_digit = next(i for i in range(byte, len(text)) if text[i].isdigit())
    spoiled = text[:at_digit] + str((int(text[at_digit]) + 1) % 10) + text[at_digit + 1 :]
    before = store(pair)
    said = imported(pair, spoiled)
    assert said.startswith("Import Data Failed: "), spoiled[at_digit - 30 : at_digit + 10]
    assert store(pair) == before, "not one of its sections is taken"


def test_the_same_file_twice_is_taken_once(pair):
    text = good(pair)
    assert imported(pair, text) == "Import Data Successful"
    acknowledged = pair.state.counters.acknowledged
    deadline = pair.usage_reporting.next_ack_deadline
    pair.pass_time(HOUR)
    assert imported(pair, text) == "Import Data Successful"
    assert pair.state.counters.acknowledged == acknowledged > 0
    assert pair.usage_reporting.next_ack_deadline == deadline


def test_an_older_file_moves_nothing_back(pair):
    """The older of two policies is not put in force again; its ACK finds nothing to do."""
    older = good(pair)
    pair.server.policy = policy((200, 100, 80), version=2, datestamp="2026-09-30T00:00:00")
    newer = good(pair)
    assert imported(pair, newer) == "Import Data Successful"
    days = pair.state.policy.classes[LicenseClass.PERPETUAL].first_report.days
    assert days == 200
    before = pair.state.counters.acknowledged
    imported(pair, older)
    assert pair.state.counters.acknowledged == before


def test_an_ack_for_reports_never_made_acknowledges_nothing(pair):
    real = closed(pair)[0]
    made_up = structs.replace(real, payload=real.payload.replace('"report_id":', '"report_id":9'))
    assert made_up != real
    text = pair.server.licence_file(UDI, (made_up,), (), pair.now)
    imported(pair, text)
    assert pair.state.counters.acknowledged == 0
    assert all(r.state is not RumState.ACK for r in pair.state.reports.values())


def test_an_ack_before_sending_is_taken(pair):
    """Reports that reached CSSM by a file were never sent by the device. source: import-success"""
    assert all(report.sent is None for report in pair.state.reports.values())
    number = len(closed(pair))
    assert imported(pair, good(pair)) == "Import Data Successful"
    assert pair.state.counters.acknowledged == number > 0


def policy_file(pair, cells: RuleCells) -> str:
    given = replace(policy(version=9), classes={LicenseClass.PERPETUAL: cells})
    return codec.policy_section(given, pair.server.authority.sign)


@pytest.mark.parametrize("days", [-1, -365, 10_000_000])
def test_a_policy_of_impossible_numbers_is_refused(pair, days):
    before = store(pair)
    said = imported(pair, policy_file(pair, RuleCells(days, 0, 90)))
    assert said.startswith("Import Data Failed: ")
    assert store(pair) == before


def test_a_policy_that_leaves_numbers_out_keeps_the_defaults(pair):
    assert imported(pair, policy_file(pair, RuleCells(None, 7, None))) == "Import Data Successful"
    rule = pair.state.policy.classes[LicenseClass.PERPETUAL]
    assert (rule.first_report.days, rule.frequency.days, rule.on_change.days) == (365, 7, 90)
    assert pair.now == BOOT + DAY
    pair.pass_time(MINUTE)


@pytest.mark.parametrize(
    ("spoil", "mnemonic"),
    [
        (lambda text: text.replace("<firstTimeReport>365", "<firstTimeReport>-365"), "POLICY"),
        (lambda text: text.replace("<onGoingReporting>90", "<onGoingReporting>many"), "POLICY"),
        (lambda text: text.replace("<policyCode>", "<policyCode><extra>"), ""),
    ],
)
def test_a_policy_that_makes_no_sense_is_logged_and_not_put_in_force(pair, spoil, mnemonic):
    text = good(pair)
    assert spoil(text) != text
    said = imported(pair, spoil(text))
    assert said.startswith("Import Data Failed: ")
    assert pair.state.policy.installed is None
    names = [name for _, name, _ in pair.logs]
    assert ("SMART_LIC.POLICY_INSTALL_FAILED" in names) is bool(mnemonic)
    notes = [event for event in pair.state.eventlog if event.name == "SAEVT_IMPORT"]
    assert dict(notes[-1].fields)["success"] == "False"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda pair, text: text, 0),
        (lambda pair, text: text[:-9], 17),
        (lambda pair, text: foreign(pair), 28),
        (lambda pair, text: good(pair, sign=STRANGER.sign), 47),
        (lambda pair, text: "<specificPLR>", 101),
    ],
)
def test_each_fault_has_the_return_code_of_the_model(pair, spoil, code):
    imported(pair, spoil(pair, good(pair)))
    assert pair.state.history.last_code == code


def foreign(pair) -> str:
    return pair.server.licence_file(Udi(UDI.pid, "FOC0000EMU9"), closed(pair), (), pair.now)
