"""The whole round in memory: usage goes up, the ACK comes back, what is wrong is refused."""

from __future__ import annotations

import pytest

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.protocol import codec, signing
from agent.protocol.messages import AckStatus, StatusCode
from counterparts.direct import Unanswered, exchange
from counterparts.scripts import read_script
from tests.counterparts.agent_like import START, AgentLike
from tests.counterparts.rounds import ask, install, play_until, round_trip, statuses


def test_hello_is_answered_at_once(cslu):
    agent = AgentLike()
    request = agent.hello(START)
    reply = ask(cslu, agent, request, START)
    assert (reply.status, reply.nonce) == (StatusCode.OK, request.nonce)
    assert reply.connect.name == "CSLU_V1"
    assert reply.server_time == START
    assert reply.licence_files == ()


def test_the_first_push_brings_trust_code_policy_ack_and_account(cslu, cssm):
    agent = AgentLike()
    ack = round_trip(cslu, agent, agent.report(1), agent.report(2), asks_trust=True)
    signer = ack.trust.data[0].signing_chain[0]
    for section in (ack.trust, ack.policy, ack.ack, ack.account):
        assert signing.verify(signer, section.signed_text.encode(), section.signature)
    code = ack.trust.data[0]
    now = START + MINUTE
    assert signing.check_chain([code.id_cert, signer], [cssm.anchors[0]], now) is None
    assert signing.certificate_fits(code.id_cert, agent.key)
    assert statuses(ack) == [AckStatus.ACK, AckStatus.ACK]
    assert ack.ack.data[0].udi == agent.udi
    assert ack.policy.data.name == "Lab Policy"
    assert ack.account.data.smart_account == "Example Lab"
    assert ack.correlation_id


def test_the_account_is_said_and_signed_alike_in_all_files(cslu):
    """So a device judges it once; it is dated when it was first told. # source: account-date"""
    agent, other = AgentLike(), AgentLike("FOC0000EMU2")
    first = round_trip(cslu, agent, agent.report(1), asks_trust=True)
    install(agent, first)
    later = START + 3 * DAY
    second = round_trip(cslu, agent, agent.report(2, end=later), now=later)
    third = round_trip(cslu, other, other.report(1, end=later), now=later, asks_trust=True)
    assert first.account == second.account == third.account
    assert first.account.data.timestamp <= START + HOUR
    assert second.ack.data[0].ack_time > first.ack.data[0].ack_time


def test_an_account_told_by_a_clock_that_was_ahead_is_dated_anew(cslu, cssm):
    agent = AgentLike()
    cssm.script = read_script("skew=7200")
    ahead = round_trip(cslu, agent, agent.report(1), asks_trust=True)
    assert ahead.account.data.timestamp >= START + 2 * HOUR
    cssm.script = read_script("ok")
    right = round_trip(cslu, agent, agent.report(2))
    assert right.account.data.timestamp < START + HOUR


def test_the_ack_names_the_nonces_of_its_request(cslu):
    agent = AgentLike()
    ack = round_trip(cslu, agent, agent.report(1), asks_trust=True)
    assert ack.trust.data[0].request_nonce == "8000000000000000001"
    assert ack.ack.data[0].request_nonce == "8000000000000000002"


def test_after_the_trust_code_reports_are_signed_with_it(cslu):
    agent = AgentLike()
    install(agent, round_trip(cslu, agent, agent.report(1), asks_trust=True))
    later = START + DAY
    ack = round_trip(cslu, agent, agent.report(2, end=later), now=later)
    assert statuses(ack) == [AckStatus.ACK]
    assert ack.trust is None


def test_a_built_in_signature_after_trust_signed_reports_is_refused(cslu):
    agent = AgentLike()
    install(agent, round_trip(cslu, agent, agent.report(1), asks_trust=True))
    day = START + DAY
    round_trip(cslu, agent, agent.report(2, end=day), now=day)
    agent.trust = None
    next_day = day + DAY
    ack = round_trip(cslu, agent, agent.report(3, end=next_day), now=next_day)
    assert statuses(ack) == [AckStatus.REJECTED]
    renewed = round_trip(cslu, agent, now=next_day + HOUR, asks_trust=True)
    assert renewed.trust.data[0].trust_id == 1002
    again = round_trip(cslu, agent, agent.report(3, end=next_day), now=next_day + 2 * HOUR)
    assert statuses(again) == [AckStatus.ACK]


def test_one_of_an_older_number_may_come_late(cslu):
    """Closed by a calendar that was ahead, before the trust code was there."""
    agent = AgentLike()
    ahead = agent.report(2, end=START + 2 * DAY)
    install(agent, round_trip(cslu, agent, agent.report(1), asks_trust=True))
    day = START + DAY
    assert statuses(round_trip(cslu, agent, agent.report(3, end=day), now=day)) == [AckStatus.ACK]
    agent.trust = None
    day += DAY
    late = round_trip(cslu, agent, ahead, agent.report(4, end=day), now=day)
    assert statuses(late) == [AckStatus.ACK, AckStatus.REJECTED]


def test_the_same_report_again_is_a_duplicate(cslu):
    agent = AgentLike()
    round_trip(cslu, agent, agent.report(1))
    ack = round_trip(cslu, agent, agent.report(1), now=START + HOUR)
    assert statuses(ack) == [AckStatus.DUPLICATE]


def test_another_report_under_the_same_id_is_a_conflict(cslu):
    agent = AgentLike()
    round_trip(cslu, agent, agent.report(1))
    ack = round_trip(cslu, agent, agent.report(1, count=2), now=START + HOUR)
    assert statuses(ack) == [AckStatus.CONFLICT]


def test_a_report_with_a_changed_payload_is_rejected(cslu):
    from msgspec.structs import replace

    agent = AgentLike()
    report = agent.report(1)
    changed = replace(report, payload=report.payload.replace("17.12.04", "17.12.05"))
    ack = round_trip(cslu, agent, changed, agent.report(2))
    assert statuses(ack) == [AckStatus.REJECTED, AckStatus.ACK]


def test_a_report_from_the_future_is_rejected(cslu):
    agent = AgentLike()
    ack = round_trip(cslu, agent, agent.report(1, end=START + 2 * HOUR))
    assert statuses(ack) == [AckStatus.REJECTED]


def test_a_payload_that_is_no_report_is_rejected(cslu):
    agent = AgentLike()
    report = codec.sign_report("pizza", agent.udi, "tag", None)
    assert statuses(round_trip(cslu, agent, report)) == [AckStatus.REJECTED]


def test_a_report_of_another_device_is_not_taken(cslu):
    agent, other = AgentLike(), AgentLike("FOC0000EMU2")
    reply = ask(cslu, agent, agent.usage(START, other.report(1)), START)
    assert reply.status is StatusCode.FAILED


def test_a_trust_request_whose_proof_is_of_another_key_gets_no_code(cslu):
    from msgspec.structs import replace

    agent, other = AgentLike(), AgentLike("FOC0000EMU2")
    usage = agent.usage(START, agent.report(1), asks_trust=True)
    forged = replace(usage, trust_signature=signing.sign(other.key, b"something"))
    taken = ask(cslu, agent, forged, START)
    play_until(cslu, START + MINUTE)
    reply = ask(cslu, agent, agent.poll(START + MINUTE, taken.poll_id), START + MINUTE)
    assert codec.read_licence_file(reply.licence_files[0]).trust is None


def test_a_poll_too_early_is_told_to_come_back(cslu):
    agent = AgentLike()
    taken = ask(cslu, agent, agent.usage(START, agent.report(1)), START)
    assert taken.retry_time_seconds == 60
    early = ask(cslu, agent, agent.poll(START + SECOND, taken.poll_id), START + SECOND)
    assert (early.status, early.poll_id) == (StatusCode.OK_POLL, taken.poll_id)


def test_the_same_request_again_gets_the_same_poll_id(cslu):
    agent = AgentLike()
    request = agent.usage(START, agent.report(1))
    first = ask(cslu, agent, request, START)
    assert ask(cslu, agent, request, START + SECOND).poll_id == first.poll_id


def test_a_poll_answered_twice_gives_the_ack_twice(cslu):
    agent = AgentLike()
    taken = ask(cslu, agent, agent.usage(START, agent.report(1)), START)
    play_until(cslu, START + MINUTE)
    first, second = (
        ask(cslu, agent, agent.poll(now, taken.poll_id), now)
        for now in (START + MINUTE, START + 2 * MINUTE)
    )
    assert first.licence_files == second.licence_files != ()


def test_an_ack_nobody_polls_for_goes_along_with_the_next_reply(cslu):
    agent = AgentLike()
    ask(cslu, agent, agent.usage(START, agent.report(1)), START)
    play_until(cslu, START + HOUR)
    first = ask(cslu, agent, agent.hello(START + HOUR), START + HOUR)
    assert statuses(codec.read_licence_file(first.licence_files[0])) == [AckStatus.ACK]
    assert ask(cslu, agent, agent.hello(START + HOUR), START + HOUR).licence_files == ()


def test_polls_for_unknown_or_foreign_ids_fail(cslu):
    agent, other = AgentLike(), AgentLike("FOC0000EMU2")
    taken = ask(cslu, agent, agent.usage(START, agent.report(1)), START)
    for who, poll_id in ((agent, "5"), (agent, "x"), (agent, "9" * 30), (other, taken.poll_id)):
        assert ask(cslu, who, who.poll(START, poll_id), START).status is StatusCode.FAILED


@pytest.mark.parametrize("body", [b"", b"garbage", b"[]", b"\xff" * 100, b"{" * 50_000])
def test_garbage_is_answered_400_and_changes_nothing(cslu, body):
    with pytest.raises(Unanswered) as caught:
        exchange(cslu, body, START)
    assert caught.value.status == 400
    assert cslu.core.instances() == []


def test_the_inventory_has_one_row_per_device(cslu):
    first, second = AgentLike(), AgentLike("FOC0000EMU2")
    for agent in (first, second, first):
        round_trip(cslu, agent, agent.report(1))
    rows = cslu.core.instances()
    assert [row.udi for row in rows] == [first.udi, second.udi]
    assert rows[0].hostname == "SW-FOC0000EMU1"
    assert rows[0].last_contact == START + MINUTE
    assert rows[0].alert == "Acknowledgement handed to product instance"
