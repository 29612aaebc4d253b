"""Rounds in memory while a CSLU or a CSSM misbehaves: nothing is lost, nothing false is taken."""

from __future__ import annotations

import pytest

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.protocol import codec, signing
from agent.protocol.messages import AckStatus, StatusCode
from counterparts.direct import LinkedCslu, Unanswered, exchange
from counterparts.scripts import Script, read_script
from tests.counterparts.agent_like import START, AgentLike
from tests.counterparts.rounds import ask, play_until, round_trip, statuses

# --- CSSM away ------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["down", "status=500", "garbage", "status=401", "status=404"])
def test_reports_wait_while_cssm_misbehaves_and_none_is_lost(cslu, cssm, words):
    agent = AgentLike()
    cssm.script = read_script(words)
    taken = ask(cslu, agent, agent.usage(START, agent.report(1)), START)
    assert taken.status is StatusCode.OK_POLL
    tries = []
    while len(tries) < 9:
        tries.append(cslu.next_deadline())
        cslu.wake(tries[-1])
    waits = [(b - a) // SECOND for a, b in zip([START, *tries], tries, strict=False)]
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert "failed" in cslu.core.instances()[0].alert
    cssm.script = Script()
    later = tries[-1] + 2 * HOUR
    play_until(cslu, later)
    reply = ask(cslu, agent, agent.poll(later, taken.poll_id), later)
    assert statuses(codec.read_licence_file(reply.licence_files[0])) == [AckStatus.ACK]


def test_a_cssm_that_forgot_gets_the_report_again(cslu, cssm_records):
    agent = AgentLike()
    taken = ask(cslu, agent, agent.usage(START, agent.report(1)), START)
    from sqlalchemy import text

    with cssm_records.transaction():
        cssm_records._connection.execute(text("DELETE FROM upload"))
        cssm_records._connection.execute(text("DELETE FROM usage"))
    later = START + 10 * MINUTE
    play_until(cslu, later)
    reply = ask(cslu, agent, agent.poll(later, taken.poll_id), later)
    assert statuses(codec.read_licence_file(reply.licence_files[0])) == [AckStatus.ACK]


def test_without_a_cssm_the_parcel_stays(cslu_records):
    from counterparts.cslu import Cslu
    from counterparts.uplink import CsluSettings

    lonely = LinkedCslu(Cslu(cslu_records, CsluSettings()))
    agent = AgentLike()
    taken = ask(lonely, agent, agent.usage(START, agent.report(1)), START)
    play_until(lonely, START + DAY)
    reply = ask(lonely, agent, agent.poll(START + DAY, taken.poll_id), START + DAY)
    assert reply.status is StatusCode.OK_POLL


def test_the_access_token_is_renewed_when_it_has_expired(cslu):
    agent = AgentLike()
    round_trip(cslu, agent, agent.report(1))
    ack = round_trip(cslu, agent, agent.report(2), now=START + 2 * HOUR)
    assert statuses(ack) == [AckStatus.ACK]


# --- a CSLU that misbehaves, ACKs that are wrong ------------------------------------------------


@pytest.mark.parametrize(("words", "status"), [("down", 0), ("status=503", 503)])
def test_a_cslu_that_misbehaves(cslu, words, status):
    agent = AgentLike()
    cslu.core.script = read_script(words)
    with pytest.raises(Unanswered) as caught:
        exchange(cslu, agent.body(agent.hello(START)), START)
    assert caught.value.status == status


def test_a_slow_cslu_answers_late(cslu):
    agent = AgentLike()
    cslu.core.script = read_script("slow=5")
    assert cslu.answer(agent.body(agent.hello(START)), START).delay_ms == 5000


def test_garbage_of_a_cslu_is_no_reply(cslu):
    agent = AgentLike()
    cslu.core.script = read_script("garbage")
    with pytest.raises(codec.MessageError):
        ask(cslu, agent, agent.hello(START), START)


@pytest.mark.parametrize("where", ["cslu", "cssm"])
def test_a_tampered_ack_does_not_verify(cslu, cssm, where):
    agent = AgentLike()
    (cslu.core if where == "cslu" else cssm).script = read_script("tampered-ack")
    ack = round_trip(cslu, agent, agent.report(1))
    signer = cssm.authority.signer_cert
    assert not signing.verify(signer, ack.ack.signed_text.encode(), ack.ack.signature)
    assert signing.verify(signer, ack.policy.signed_text.encode(), ack.policy.signature)


def test_a_misaddressed_ack_of_cssm_verifies_and_is_for_another(cslu, cssm):
    agent = AgentLike()
    cssm.script = read_script("wrong-udi-ack")
    ack = round_trip(cslu, agent, agent.report(1), asks_trust=True)
    signer = cssm.authority.signer_cert
    assert signing.verify(signer, ack.ack.signed_text.encode(), ack.ack.signature)
    assert ack.ack.data[0].udi != agent.udi
    assert ack.trust.data[0].udi != agent.udi


def test_a_misaddressed_ack_of_a_cslu_is_that_of_another_device(cslu):
    agent, other = AgentLike(), AgentLike("FOC0000EMU2")
    round_trip(cslu, other, other.report(1))
    cslu.core.script = read_script("wrong-udi-ack")
    assert round_trip(cslu, agent, agent.report(1)).ack.data[0].udi == other.udi


@pytest.mark.parametrize("where", ["cslu", "cssm"])
def test_a_stale_ack_is_the_one_before(cslu, cssm, where):
    agent = AgentLike()
    before = round_trip(cslu, agent, agent.report(1))
    (cslu.core if where == "cslu" else cssm).script = read_script("stale-ack")
    stale = round_trip(cslu, agent, agent.report(2), now=START + HOUR)
    assert stale == before


@pytest.mark.parametrize("where", ["cslu", "cssm"])
def test_a_dropped_ack_never_comes_until_told_otherwise(cslu, cssm, where):
    agent = AgentLike()
    spoiled = cslu.core if where == "cslu" else cssm
    spoiled.script = read_script("drop-ack")
    taken = ask(cslu, agent, agent.usage(START, agent.report(1)), START)
    play_until(cslu, START + DAY)
    late = START + DAY
    assert ask(cslu, agent, agent.poll(late, taken.poll_id), late).status is StatusCode.OK_POLL
    spoiled.script = Script()
    play_until(cslu, late + HOUR)
    reply = ask(cslu, agent, agent.poll(late + HOUR, taken.poll_id), late + HOUR)
    assert reply.status is StatusCode.OK
