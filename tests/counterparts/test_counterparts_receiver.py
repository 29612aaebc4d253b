"""The smart receiver: who is heard, what tokens are worth, and what any bytes are answered."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agent.core.clock import DAY, HOUR, SECOND
from agent.protocol import codec, signing
from agent.protocol.codec import read_licence_file
from agent.protocol.messages import StatusCode, TrustEstablishment, TrustRequest, TrustSync
from counterparts.cloud import CloudRequest
from counterparts.portal import Portal
from counterparts.receiver import PATH
from tests.counterparts.agent_like import START, TAG, AgentLike


class Direct(AgentLike):
    """A device that speaks to the receiver."""

    def asks(self, token, now=START, **changes):
        csr = signing.csr(self.key, self.udi)
        asked = (TrustRequest(self.udi, TAG, "SW", now, self.nonce(), csr, idtoken=token),)
        proof = signing.sign(self.key, codec.trust_requests_text(asked).encode())
        request = TrustEstablishment(self.sender, now, self.nonce(), asked, proof)
        return replace(request, **changes)

    def post(self, cssm, request, now=START, key=None):
        key = (self.key if self.trust else "") if key is None else key
        body = codec.encode_request(request, key)
        answer = cssm.handle(CloudRequest("POST", PATH, {}, body), now)
        assert answer.status == 200
        reply = codec.decode_reply(answer.body)
        assert reply.nonce == request.nonce
        assert signing.verify_digest(
            cssm.authority.signer_cert, reply.signed_digest, reply.signature
        )
        return reply

    def trusted(self, cssm):
        """With a trust code by a token."""
        token = Portal(cssm).new_token(1, 1, "", START).token
        reply = self.post(cssm, self.asks(token))
        (code,) = read_licence_file(reply.licence_files[0]).trust.data
        self.trust = (code.trust_id, self.key)
        return self


@pytest.fixture
def device():
    return Direct()


def said(reply):
    return reply.status, reply.message


def test_trust_comes_with_policy_and_account(cssm, device):
    token = Portal(cssm).new_token(1, 1, "", START).token
    reply = device.post(cssm, device.asks(token))
    found = read_licence_file(reply.licence_files[0])
    assert reply.status is StatusCode.OK
    assert found.policy.data == cssm.policy
    assert found.account.data.smart_account == "Example Lab"
    assert found.ack is None
    (code,) = found.trust.data
    assert signing.certificate_fits(code.id_cert, device.key)
    assert reply.connect.name == "SSM"


def test_a_report_is_taken_polled_and_acknowledged(cssm, device):
    device.trusted(cssm)
    taken = device.post(cssm, device.usage(START, device.report(7)))
    assert (taken.status, taken.retry_time_seconds) == (StatusCode.OK_POLL, 30)
    early = device.post(cssm, device.poll(START, taken.poll_id))
    assert early.status is StatusCode.OK_POLL
    later = START + 5 * SECOND
    done = device.post(cssm, device.poll(later, taken.poll_id), later)
    (ack,) = read_licence_file(done.licence_files[0]).ack.data
    assert [report.report_id for report in ack.reports] == [7]


def test_another_device_does_not_get_the_result(cssm, device):
    other = Direct("FOC0000EMU2").trusted(cssm)
    taken = device.trusted(cssm).post(cssm, device.usage(START, device.report(7)))
    later = START + 5 * SECOND
    reply = other.post(cssm, other.poll(later, taken.poll_id), later)
    assert said(reply) == (StatusCode.FAILED, "the poll id is not known")
    for poll_id in ("", "x", "9" * 40):
        reply = other.post(cssm, other.poll(later, poll_id), later)
        assert said(reply) == (StatusCode.FAILED, "the poll id is not known")


def test_without_trust_only_trust_is_asked_for(cssm, device):
    for request in (device.usage(START, device.report(7)), device.hello(START)):
        assert said(device.post(cssm, request)) == (StatusCode.FAILED, "signature")
    sync = TrustSync(device.sender, START, device.nonce())
    assert said(device.post(cssm, sync)) == (StatusCode.FAILED, "signature")


def test_a_signature_of_another_key_is_none(cssm, device):
    device.trusted(cssm)
    other = Direct("FOC0000EMU2")
    request = device.usage(START, device.report(7))
    assert said(device.post(cssm, request, key=other.key)) == (StatusCode.FAILED, "signature")


@pytest.mark.parametrize("trust_id", ["9", "x", "9" * 30, "-1"])
def test_a_trust_code_that_was_not_issued_is_none(cssm, device, trust_id):
    device.trusted(cssm)
    sender = replace(device.sender, trust_id=trust_id)
    request = replace(device.hello(START), sender=sender)
    assert said(device.post(cssm, request)) == (StatusCode.FAILED, "signature")


@pytest.mark.parametrize(
    ("ahead", "heard"),
    [(-HOUR - 1, False), (-HOUR, True), (HOUR, True), (HOUR + 1, False)],
)
def test_an_hour_is_the_most_two_clocks_may_differ(cssm, device, ahead, heard):
    device.trusted(cssm)
    reply = device.post(cssm, device.hello(START + ahead))
    expected = (StatusCode.OK, "") if heard else (StatusCode.FAILED, "timestamp")
    assert said(reply) == expected


def test_a_nonce_is_new_within_a_day(cssm, device):
    device.trusted(cssm)
    request = device.hello(START)
    assert device.post(cssm, request).status is StatusCode.OK
    assert said(device.post(cssm, request)) == (StatusCode.FAILED, "nonce")
    again = replace(request, timestamp=START + DAY)
    assert said(device.post(cssm, again, START + DAY)) == (StatusCode.FAILED, "nonce")
    again = replace(request, timestamp=START + DAY + 1)
    assert device.post(cssm, again, START + DAY + 1).status is StatusCode.OK


def test_a_forged_nonce_does_not_use_up_the_real_one(cssm, device):
    device.trusted(cssm)
    request = device.hello(START)
    assert device.post(cssm, request, key=Direct("X").key).status is StatusCode.FAILED
    assert device.post(cssm, request).status is StatusCode.OK


def test_a_trust_request_needs_its_proof(cssm, device):
    token = Portal(cssm).new_token(1, 5, "", START).token
    wrong = signing.sign(Direct("X").key, b"something else")
    for proof in ("", wrong):
        reply = device.post(cssm, device.asks(token, trust_signature=proof))
        assert said(reply) == (StatusCode.FAILED, "signature")
    assert Portal(cssm).tokens()[0].used == 0


def test_a_token_is_used_up_and_told_so(cssm, device):
    token = Portal(cssm).new_token(1, 1, "", START).token
    assert device.post(cssm, device.asks(token)).status is StatusCode.OK
    other = Direct("FOC0000EMU2")
    reply = other.post(cssm, other.asks(token))
    assert reply.message == f"""{{"token":["The token '{token}' has no uses left."]}}"""
    later = START + DAY
    reply = other.post(cssm, other.asks(token, later), later)
    assert "has expired" in reply.message


def test_a_revoked_token_is_worth_nothing(cssm, device):
    portal = Portal(cssm)
    token = portal.new_token(1, 1, "", START).token
    portal.revoke_token(token, START)
    assert "has expired" in device.post(cssm, device.asks(token)).message


def test_an_identifier_cssm_did_not_give_is_refused(cssm, device):
    device.trusted(cssm)
    sender = replace(device.sender, product_instance_identifier="0-0")
    reply = device.post(cssm, replace(device.hello(START), sender=sender))
    assert "The identity for the instance 0-0 is not valid.Please re-register" in reply.message


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_get_an_answer(cssm, body):
    answer = cssm.handle(CloudRequest("POST", PATH, {}, body), START)
    assert answer.status == 400
    assert b"FAILED" in answer.body
