"""A device that reports directly to CSSM: journal and snapshot hold what trust needs."""

from __future__ import annotations

import pytest

from agent.device.snapshot import MemoryJournal, restore, take
from agent.engine.events import ReplyReceived, TokenEntered
from agent.protocol.codec import decode_reply, encode_request
from agent.protocol.messages import TrustEstablishment
from counterparts.cloud import CloudRequest
from counterparts.cssm import Cssm, CssmSettings
from counterparts.portal import Portal
from counterparts.receiver import PATH
from counterparts.records import IN_MEMORY, SqlCssmRecords
from tests.device.devices import NOON, booted, edit, play

LATER = NOON + 600_000
SMART = (
    edit("native/license/smart/transport-type", "smart"),
    edit("emulator/license/smart/url/smart", "https://smartreceiver.cisco.com/licservice/license"),
)


@pytest.fixture
def cssm():
    records = SqlCssmRecords(IN_MEMORY)
    yield Cssm(records, CssmSettings(), "replay")
    records.close()


def answer(cssm, device, now):
    """Let CSSM answer all that the device sent."""
    sent, device.link.sent = device.link.sent, []
    for send in sent:
        body = encode_request(send.message, send.signing_key)
        found = cssm.handle(CloudRequest("POST", PATH, {}, body), now)
        device.handle(ReplyReceived(send.request_id, decode_reply(found.body)), now)


def test_a_replay_knows_the_same_trust_and_sends_the_same_bytes(cssm):
    device = booted(anchors=cssm.anchors)
    device.journal = journal = MemoryJournal(device, limit=10_000)
    device.commit(SMART, NOON)
    play(device, LATER)
    assert device.link.sent == []
    token = Portal(cssm).new_token(1, 1, "", LATER).token
    device.handle(TokenEntered(token), LATER)
    (waiting,) = device.link.sent
    assert isinstance(waiting.message, TrustEstablishment)

    again = restore(take(device))
    again.link = link = type(device.link)()
    again.resend()
    assert link.sent == [waiting]

    answer(cssm, device, LATER)
    now = LATER
    while (due := device.next_deadline()) is not None and due <= LATER + 600_000:
        now = max(now, due)
        device.wake(now)
        answer(cssm, device, now)
    state = device.agent.state
    # two chains: the short report, the one that the policy closed, the one that the push closed
    assert state.trust and state.counters.acknowledged == 6
    assert take(journal.restored()) == take(device)
    assert take(restore(take(device))) == take(device)
