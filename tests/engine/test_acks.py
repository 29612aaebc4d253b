"""Licence files: what is verified, what is installed, what a bad one changes (nothing)."""

import copy
import hashlib
from dataclasses import replace

import pytest
from msgspec import structs

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.identity import Udi
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import FileImported, SyncAsked, UsageSaved
from agent.engine.records import RumState, Source, StorageState
from agent.protocol import codec, signing
from agent.protocol.messages import (
    AckData,
    AckedReport,
    AckStatus,
    LicenseClass,
    PolicyData,
    RuleCells,
    UsageReport,
)
from counterparts.pki import make_authority
from tests.engine.pair import AUTHORITY, UDI, Pair, Server, at, policy, settled

BOOT = at("2026-10-01 08:00:00")
OK = ["Import Data Successful"]


def offline(server=None) -> Pair:
    """A device without a connection that has written its usage to a file."""
    pair = Pair(server, config=LicenseConfig(transport=Transport.OFF))
    pair.boot(BOOT).advance(BOOT + HOUR)
    pair.handle(UsageSaved("bootflash:usage.txt"))
    return pair


def saved_reports(pair):
    return [r.signed for r in pair.state.reports.values() if r.state is RumState.UNACK]


def ack_for(pair, **changes) -> str:
    udi = changes.pop("udi", UDI)
    return pair.server.licence_file(udi, saved_reports(pair), (), pair.now, **changes)


def stored(pair):
    """What an import may change."""
    state = pair.state
    return copy.deepcopy(
        (state.reports, state.policy, state.trust, state.usage_reporting, state.counters)
    )


def waiting(pair):
    return [r for r in pair.state.reports.values() if r.state is RumState.UNACK]


# --- import ---------------------------------------------------------------------------------


def test_an_imported_ack_acknowledges_what_was_saved():
    pair = offline()
    pair.handle(FileImported(ack_for(pair)))
    assert pair.texts == OK
    assert not waiting(pair)
    assert pair.usage_reporting.last_ack_received == pair.now
    assert pair.usage_reporting.next_ack_deadline == pair.now + 90 * DAY
    assert pair.usage_reporting.last_report_push is None
    acked = [r for r in pair.state.reports.values() if r.state is RumState.ACK]
    assert all(r.storage is StorageState.DELETED and r.signed is None for r in acked)
    assert pair.state.counters.acknowledged == len(acked) == 4


def test_the_same_ack_again_changes_nothing_and_is_no_error():
    pair = offline()
    text = ack_for(pair)
    pair.handle(FileImported(text))
    before = stored(pair)
    pair.pass_time(HOUR)
    pair.handle(FileImported(text))
    assert pair.texts == OK * 2
    assert stored(pair) == before


def test_an_ack_for_another_device_changes_nothing():
    pair = offline()
    before = stored(pair)
    pair.handle(FileImported(ack_for(pair, udi=Udi("C9300-24T", "FOC9999XXXX"))))
    assert pair.texts == ["Import Data Failed: the file is for another device"]
    assert stored(pair) == before


@pytest.mark.parametrize("old", ['"status":"ACK"', '"report_id":', "payload_sha256"])
def test_a_tampered_ack_changes_nothing(old):
    pair = offline()
    before = stored(pair)
    text = ack_for(pair)
    assert old in text
    pair.handle(FileImported(text.replace(old, old.upper(), 1)))
    assert len(pair.texts) == 1 and pair.texts != OK
    assert stored(pair) == before


def test_an_ack_of_a_foreign_authority_changes_nothing():
    pair = offline()
    before = stored(pair)
    pair.handle(FileImported(ack_for(pair, sign=make_authority("stranger").sign)))
    assert pair.texts[0].startswith("Import Data Failed:")
    assert stored(pair) == before


@pytest.mark.parametrize("text", ["", "hello", "<smartLicense></smartLicense>", "<a>" * 50])
def test_anything_else_is_refused(text):
    pair = offline()
    before = stored(pair)
    pair.handle(FileImported(text))
    assert pair.texts[0].startswith("Import Data Failed:")
    assert stored(pair) == before


def test_an_ack_with_another_hash_leaves_that_report_waiting():
    pair = offline()
    first, *rest = saved_reports(pair)
    changed = structs.replace(first, payload=first.payload.replace('"value":"1"', '"value":"2"'))
    text = pair.server.licence_file(UDI, [changed, *rest], (), pair.now)
    pair.handle(FileImported(text))
    assert len(waiting(pair)) == 1
    assert pair.texts[0].startswith("Import Data Failed:")


def test_an_ack_of_a_report_that_is_still_open_is_refused():
    pair = offline()
    open_id = next(r.report_id for r in pair.state.reports.values() if r.state is RumState.OPEN)
    entry = AckedReport(open_id, "0" * 64, AckStatus.ACK)
    ack = AckData(UDI, "", "", pair.now, "1", (entry,))
    section = codec.ack_section([ack], AUTHORITY.sign)
    pair.handle(FileImported(codec.write_licence_file([section], "1")))
    assert pair.state.reports[open_id].state is RumState.OPEN
    assert pair.texts[0].startswith("Import Data Failed:")


@pytest.mark.parametrize("status", [AckStatus.REJECTED, AckStatus.CONFLICT])
def test_a_report_the_server_refuses_is_kept_and_not_sent_again(status):
    pair = settled()
    pair.handle(SyncAsked())
    sent = pair.sent(UsageReport)[-1][1].usage
    entries = tuple(
        AckedReport(codec.payload_content(r.payload).report_id, _sha(r), status) for r in sent
    )
    ack = AckData(UDI, "", "", pair.now, "1", entries)
    section = codec.ack_section([ack], AUTHORITY.sign)
    pair.handle(FileImported(codec.write_licence_file([section], "1")))
    refused = [pair.state.reports[entry.report_id] for entry in entries]
    assert all(r.flag == "E" and r.signed is not None for r in refused)
    pair.handle(SyncAsked())
    again = pair.sent(UsageReport)[-1][1].usage
    assert not set(again) & set(sent)


def _sha(report):
    return hashlib.sha256(report.payload.encode()).hexdigest()


# --- policy ---------------------------------------------------------------------------------


def import_policy(pair, data: PolicyData):
    section = codec.policy_section(data, AUTHORITY.sign)
    pair.handle(FileImported(codec.write_licence_file([section], "1")))


def test_a_policy_is_merged_cell_by_cell():
    pair = offline()
    data = policy((30, 60, 60), (120, 111, 111))
    data = replace(data, classes={**data.classes, LicenseClass.EXPORT: RuleCells(None, 30, None)})
    import_policy(pair, data)
    rule = pair.state.policy.classes[LicenseClass.EXPORT]
    assert (rule.first_report.days, rule.first_report.source) == (0, Source.CISCO_DEFAULT)
    assert (rule.frequency.days, rule.frequency.source) == (30, Source.CUSTOMER_POLICY)
    perpetual = pair.state.policy.classes[LicenseClass.PERPETUAL]
    assert perpetual.first_report.days == 30
    assert pair.times("SMART_LIC.POLICY_INSTALL_SUCCESS") == [pair.now]
    # the first report is still owed: install time + first-report days of the new policy
    assert pair.usage_reporting.next_ack_deadline == pair.now + 30 * DAY
    assert (pair.usage_reporting.state, pair.usage_reporting.in_policy_days) == (2, 30)


def test_the_same_policy_again_is_not_installed_again():
    pair = offline()
    import_policy(pair, policy())
    installed = pair.state.policy.installed
    pair.pass_time(DAY)
    import_policy(pair, policy())
    assert pair.texts == OK * 2
    assert pair.state.policy.installed == installed


@pytest.mark.parametrize(
    ("version", "datestamp", "accepted"),
    [
        (3, "2026-01-01T00:00:00", True),
        (1, "2026-02-01T00:00:00", True),
        (1, "2025-01-01T00:00:00", False),
        (2, "2026-01-01T00:00:00", False),  # the same version with another text
    ],
)
def test_only_a_newer_policy_replaces_one(version, datestamp, accepted):
    pair = offline()
    import_policy(pair, policy(version=2))
    other = policy((60, 60, 60), version=version, datestamp=datestamp)
    import_policy(pair, other)
    assert (pair.state.policy.version == version and accepted) or not accepted
    assert bool(pair.times("SMART_LIC.POLICY_INSTALL_FAILED")) is not accepted


# --- trust ----------------------------------------------------------------------------------


def test_a_push_without_trust_asks_for_a_code_and_the_ack_brings_it():
    pair = Pair(Server()).boot(BOOT).advance(BOOT + 5 * MINUTE)
    first = pair.sent(UsageReport)[0][1]
    assert [asked.udi for asked in first.trust_requests] == [UDI]
    text = codec.trust_requests_text(first.trust_requests).encode()
    assert signing.verify_csr(first.trust_requests[0].csr, text, first.trust_signature)
    code = pair.state.trust[UDI.short]
    assert code.trust_id == 1001
    assert code.installed == pair.usage_reporting.last_ack_received
    assert not pair.state.pending_trust
    fields = {"udi": str(UDI)}
    assert ("SMART_LIC.TRUST_CODE_INSTALL_SUCCESS", fields) in [e[1:] for e in pair.logs]


def test_with_a_code_requests_and_reports_are_signed_with_it():
    pair = settled()
    pair.handle(SyncAsked())
    request = pair.sent(UsageReport)[-1][1]
    code = pair.state.trust[UDI.short]
    assert not request.trust_requests
    assert request.sender.trust_id == "1001"
    assert pair.sends[-1][1].signing_key == code.private_key
    newest = request.usage[-1]
    assert (newest.signing_type, newest.key) == ("trust", "1001")
    assert codec.report_signature_fits(newest, code.id_cert)


def test_the_request_keeps_its_key_until_it_is_answered():
    server = Server()
    server.poll_seconds = 10_000_000
    pair = Pair(server, release="17.6.1").boot(BOOT).advance(BOOT + 5 * MINUTE)
    pair.handle(SyncAsked())
    one, two = (m.trust_requests[0] for _, m in pair.sent(UsageReport))
    assert (one.nonce, one.csr) == (two.nonce, two.csr)
    # both answers fit; the later code is in force, and nothing is said of it
    for text in server.files.values():
        pair.handle(FileImported(text))
    assert pair.texts == OK * 2
    assert pair.state.trust[UDI.short].trust_id == 1002
    assert len(pair.times("SMART_LIC.TRUST_CODE_INSTALL_SUCCESS")) == 1


@pytest.mark.parametrize("spoil", ["nonce", "key", "chain"])
def test_a_trust_code_that_does_not_fit_is_refused(spoil):
    server = Server(issue_trust=False)
    pair = Pair(server).boot(BOOT).advance(BOOT + 5 * MINUTE)
    asked = pair.sent(UsageReport)[0][1].trust_requests[0]
    if spoil == "key":
        asked = structs.replace(asked, csr=signing.csr(signing.scalar(b"1" * 32), UDI))
    code = server.trust_code(asked, pair.now)
    if spoil == "nonce":
        code = replace(code, request_nonce="1")
    if spoil == "chain":
        stranger = make_authority("stranger")
        code = replace(code, signing_chain=(stranger.signer_cert,))
    section = codec.trust_section([code], AUTHORITY.sign)
    pair.handle(FileImported(codec.write_licence_file([section], "1")))
    assert not pair.state.trust
    assert pair.texts[0].startswith("Import Data Failed:")
    assert len(pair.times("SMART_LIC.TRUST_CODE_INSTALL_FAILED")) == 1


def test_the_signer_is_learned_from_a_trust_code():
    """A device that was given the root alone can check ACKs once it has a code."""
    pair = Pair(Server())
    pair.state.anchors = (AUTHORITY.root_cert,)
    pair.boot(BOOT).advance(BOOT + 5 * MINUTE)
    assert pair.state.signers == (AUTHORITY.signer_cert,)
    assert not [r for r in pair.state.reports.values() if r.sent and not r.acked]


def test_the_account_is_shown_as_of_the_message_that_carried_it():
    pair = Pair(Server()).boot(BOOT).advance(BOOT + 5 * MINUTE)
    account = pair.state.account
    assert (account.smart_account, account.virtual_account) == ("Example Lab", "DEFAULT")
    assert account.as_of == BOOT + 169 * SECOND + 60 * SECOND
