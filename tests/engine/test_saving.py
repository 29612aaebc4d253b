"""Saved usage, saved trust requests, imported files and their history: licensing without a wire."""

from dataclasses import replace

import pytest

from agent.core.clock import DAY, HOUR
from agent.core.identity import Udi
from agent.engine.actions import WriteFile
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import (
    FactoryResetAsked,
    FileImported,
    ReportsClosed,
    SavedUsage,
    TrustRequestSaved,
    UsageRead,
    UsageSaved,
)
from agent.engine.records import ImportKind, PastImport, RumState
from agent.protocol import codec, signing
from agent.protocol.messages import HaMember
from tests.engine.pair import NETWORK, UDI, Pair, Server, at, policy, settled

BOOT = at("2026-10-06 08:00:00")
OFF = LicenseConfig(transport=Transport.OFF)


class Offline(Pair):
    """A pair whose files are kept."""

    def __init__(self, *given, **changes):
        super().__init__(*given, config=OFF, **changes)
        self.files = {}

    def handle(self, event, now=None):
        self.now = self.now if now is None else now
        actions = self.agent.handle(event, self.now)
        self.texts = [action.text for action in actions if hasattr(action, "text")]
        self.files.update({a.path: a.data for a in actions if isinstance(a, WriteFile)})
        return actions

    def save(self, which=SavedUsage.ALL, number=0):
        self.files.clear()
        self.handle(UsageSaved("flash:usage.txt", which, number))
        text = self.files.get("flash:usage.txt")
        return None if text is None else codec.read_usage_file(text)

    def ack(self, saved, **changes):
        return self.server.licence_file(
            UDI, saved.reports, saved.trust_requests, self.now, **changes
        )


@pytest.fixture
def pair():
    return Offline(Server(policy=policy())).boot(BOOT).advance(BOOT + HOUR)


def ids(saved):
    return [codec.payload_content(report.payload).report_id for report in saved.reports]


def test_saved_usage_says_who_wrote_it_and_asks_for_trust(pair):
    saved = pair.save()
    assert saved.sender.udi == UDI
    assert (saved.sender.hostname, saved.timestamp) == ("Switch", pair.now)
    assert saved.devices == (HaMember("Active", UDI),)
    assert int(saved.nonce) > 0
    assert [asked.udi for asked in saved.trust_requests] == [UDI]
    csr = saved.trust_requests[0].csr
    assert signing.verify_csr(csr, saved.trust_text.encode(), saved.trust_signature)


def test_saving_closes_what_is_open_and_pushes_nothing(pair):
    before = replace(pair.usage_reporting)
    saved = pair.save()
    assert len(saved.reports) == 4  # the short ones of the boot and the ones that were open
    assert all(pair.state.reports[n].state is RumState.UNACK for n in ids(saved))
    assert pair.usage_reporting == replace(before, last_report_file_write=pair.now)
    assert not pair.sends


@pytest.mark.parametrize(("release", "asked"), [("17.6.4", 0), ("17.7.1", 1)])
def test_the_trust_request_comes_with_its_release(release, asked):
    pair = Offline(release=release).boot(BOOT).advance(BOOT + HOUR)
    assert len(pair.save().trust_requests) == asked


def test_two_saved_files_ask_for_the_same_trust_code_with_nonces_of_their_own(pair):
    first, second = pair.save(), pair.save()
    assert first.trust_requests == second.trust_requests
    assert first.nonce != second.nonce


def test_unreported_leaves_out_what_was_handed_out(pair):
    first = pair.save(SavedUsage.UNREPORTED)
    pair.pass_time(HOUR)
    assert not set(ids(pair.save(SavedUsage.UNREPORTED))) & set(ids(first))


def test_days_counts_back_from_now(pair):
    short = [n for n, r in pair.state.reports.items() if r.state is RumState.CLOSED]
    pair.pass_time(3 * DAY)
    assert not set(short) & set(ids(pair.save(SavedUsage.DAYS, 2)))
    assert set(short) < set(ids(pair.save(SavedUsage.DAYS, 4)))


def test_one_report_by_its_id_leaves_the_others_closed_and_not_handed_out(pair):
    wanted = next(n for n, r in pair.state.reports.items() if r.state is RumState.OPEN)
    assert ids(pair.save(SavedUsage.RUM_ID, wanted)) == [wanted]
    states = [r.state for r in pair.state.reports.values()]
    assert (states.count(RumState.UNACK), states.count(RumState.CLOSED)) == (1, 3)


def test_an_unknown_id_writes_nothing_and_closes_nothing(pair):
    before = dict(pair.state.reports)
    assert pair.save(SavedUsage.RUM_ID, 7) is None
    assert pair.texts == ["The requested item was not found"]
    assert pair.state.reports == before


def test_an_imported_ack_brings_all_it_holds(pair):
    text = pair.ack(pair.save())
    pair.handle(FileImported(text))
    assert pair.texts == ["Import Data Successful"]
    assert pair.state.trust[UDI.short].installed == pair.now
    assert pair.state.policy.name == "Custom Policy"
    assert pair.state.account.smart_account == "Example Lab"
    assert pair.usage_reporting.last_ack_received == pair.now
    assert pair.usage_reporting.next_ack_deadline == pair.now + 90 * DAY
    assert [r.state for r in pair.state.reports.values()][:4] == [RumState.ACK] * 4
    kinds = [k.value for k in ImportKind if k.value in pair.state.history.imports]
    assert kinds == ["POLICY", "TRUST CODE", "RUM ACK", "ACCOUNT INFO"]
    assert pair.save().trust_requests == ()


def test_an_ack_imported_twice_changes_nothing(pair):
    text = pair.ack(pair.save())
    pair.handle(FileImported(text))
    reports, reporting = dict(pair.state.reports), replace(pair.usage_reporting)
    pair.pass_time(HOUR)
    pair.handle(FileImported(text))
    assert pair.texts == ["Import Data Successful"]
    assert (pair.state.reports, pair.usage_reporting) == (reports, reporting)


def test_a_policy_file_is_installed_once_the_signer_is_known(pair):
    pair.handle(FileImported(pair.ack(pair.save())))
    newer = policy((30, 60, 60), (120, 111, 111), version=2, name="SLE Policy")
    pair.handle(FileImported(codec.policy_section(newer, pair.server.authority.sign)))
    assert pair.texts == ["Import Data Successful"]
    assert pair.state.policy.name == "SLE Policy"
    assert pair.usage_reporting.next_ack_deadline == pair.now + 60 * DAY


def test_a_changed_policy_is_refused_and_remembered(pair):
    text = codec.policy_section(policy(), pair.server.authority.sign)
    pair.handle(FileImported(text.replace("<ackRequired>yes", "<ackRequired>no")))
    assert pair.texts[0].startswith("Import Data Failed: ")
    assert pair.state.policy.name == ""
    reason = "the signer is not known: no trust code was received"
    assert pair.state.history.imports["POLICY"] == (PastImport(pair.now, 47, reason),)


def test_an_ack_of_another_device_is_remembered_as_refused(pair):
    saved = pair.save()
    other = Udi(UDI.pid, "FOC0000EMU2")
    pair.handle(FileImported(pair.server.licence_file(other, saved.reports, (), pair.now)))
    assert pair.texts[0].startswith("Import Data Failed: ")
    assert [row.code for row in pair.state.history.imports["RUM ACK"]] == [28]
    assert pair.usage_reporting.last_ack_received is None


def test_the_history_keeps_the_last_few(pair):
    text = pair.ack(pair.save())
    for _ in range(9):
        pair.pass_time(HOUR)
        pair.handle(FileImported(text))
    rows = pair.state.history.imports["RUM ACK"]
    assert len(rows) == 4
    assert [row.imported for row in rows] == sorted(row.imported for row in rows)
    pair.handle(FactoryResetAsked())
    assert pair.state.history.imports == {}


def test_a_trust_request_of_its_own_holds_no_report(pair):
    pair.handle(TrustRequestSaved("flash:trust.txt"))
    saved = codec.read_usage_file(pair.files["flash:trust.txt"])
    assert (saved.reports, [asked.udi for asked in saved.trust_requests]) == ((), [UDI])
    assert NETWORK in {use.feature for use in pair.state.usage.values()}
    pair.handle(FileImported(pair.ack(saved)))
    pair.handle(TrustRequestSaved("flash:trust.txt"))
    assert pair.texts == ["The requested item was not found"]


def test_exchanges_are_remembered_with_their_end():
    pair = settled()
    (row,) = pair.state.history.messages["Usage Reporting"]
    assert (row.response, row.reason) == ("OK_POLL", "<none>")
    assert pair.state.history.messages["Result Polling"][-1].response == "OK"


@pytest.mark.parametrize(
    ("release", "saved", "pulled"),
    [("17.6.4", False, False), ("17.7.1", True, False), ("17.9.1", True, True)],
)
def test_a_server_that_collects_gets_the_trust_request_from_its_release_on(release, saved, pulled):
    pair = Offline(release=release).boot(BOOT).advance(BOOT + HOUR)
    assert bool(pair.save().trust_requests) is saved
    pair.handle(UsageSaved("flash:usage.txt", pulled=True))
    assert bool(codec.read_usage_file(pair.files["flash:usage.txt"]).trust_requests) is pulled
    pair.handle(ReportsClosed())
    pair.handle(UsageRead())
    assert bool(codec.read_usage_file(pair.texts[-1]).trust_requests) is pulled
