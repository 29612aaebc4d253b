"""The receiver: CSSM as devices reach it directly, by transport smart or by Call Home.

Every request is a signed envelope and every reply is signed. A request is heard when its time is
within the hour, its signature is that of the sender's trust code (the built-in one only while it
asks for its first code by a token), its nonce is new within a day, and CSSM knows the product
instance it says it is. What a device did wrong is a FAILED reply with CSSM's word for it.
A Call Home message is the same envelope in its wrapper, at two paths of its own.
Sources: docs/sources.md, entries smart-receiver, callhome-wrapper, clock-tolerance, nonce-window,
tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.core.clock import DAY, HOUR, Instant
from agent.protocol.codec import MessageError, ReceivedRequest, decode_request, encode_reply
from agent.protocol.codec_callhome import CONTENT_TYPE, REQUEST, unwrap, wrap_reply
from agent.protocol.codec_fields import compact
from agent.protocol.messages import (
    CodesConfirmed,
    CodesReturned,
    CodesWanted,
    Hello,
    Poll,
    Reply,
    Request,
    StatusCode,
    TelemetryReport,
    TrustAcknowledgement,
    TrustEstablishment,
    TrustSync,
    UsageReport,
)
from agent.protocol.smart_licensing import SmartLicensingRequest
from counterparts import code_exchanges, smart_licensing
from counterparts.replies import OLDER
from counterparts.replies import SSM as SSM
from counterparts.replies import failed as _failed
from counterparts.replies import good as _good
from counterparts.replies import later as _later
from counterparts.repository import IssuedTrust
from counterparts.scripts import AckFault, Answer
from counterparts.tokens import refusal as refused_token

if TYPE_CHECKING:
    from counterparts.cloud import CloudRequest
    from counterparts.cssm import Cssm

PATH = "/licservice/license"
CSLU_PATH = "/cslu/v1/pi"
# source: callhome-wrapper (the cloud's path, and that of an On-Prem's transport gateway)
CALL_HOME_PATHS = (
    "/its/service/oddce/services/DDCEService",
    "/Transportgateway/services/DeviceRequestHandler",
)
NONCE_WINDOW = DAY
CLOCK_TOLERANCE = HOUR
_BUILTIN = "SHA256-BUILTIN"


def receive(cssm: Cssm, request: CloudRequest, now: Instant) -> Answer:
    """Answer what a device posted."""
    return _answer(cssm, request.body, now)


def receive_call_home(cssm: Cssm, request: CloudRequest, now: Instant) -> Answer:
    """Answer a Call Home message with another one."""
    try:
        envelope = unwrap(request.body, REQUEST)
    except MessageError as error:
        return Answer(400, error.reason.encode(), content_type="text/plain")
    answer = _answer(cssm, envelope, now)
    return Answer(answer.status, wrap_reply(answer.body, now), content_type=CONTENT_TYPE)


def _answer(cssm: Cssm, body: bytes, now: Instant) -> Answer:
    try:
        received = decode_request(body)
    except MessageError as error:
        text = compact({"status_code": "FAILED", "status_message": error.reason})
        return Answer(400, text.encode())
    now += cssm.script.skew_ms
    asked = received.request
    with cssm.records.transaction():
        fault = _fault(cssm, received, now)
        if fault:
            reply = _failed(asked, fault, now)
        elif cssm.script.down_rev:
            reply = _down_rev(cssm, asked, now)
        else:
            reply = _TAKE[type(asked)](cssm, asked, now)
    return Answer(200, encode_reply(reply, asked, cssm.authority.sign))


def _down_rev(cssm: Cssm, asked: Request, now: Instant) -> Reply:
    """As an On-Prem of before usage reporting: it says so, and takes no reports."""
    if isinstance(asked, UsageReport):
        return Reply(asked.nonce, StatusCode.VERSION_TOO_HIGH, connect=OLDER, server_time=now)
    return replace(_TAKE[type(asked)](cssm, asked, now), connect=OLDER)


# --- who is heard ---------------------------------------------------------------------------


def _fault(cssm: Cssm, received: ReceivedRequest, now: Instant) -> str:
    """Why the request is not heard, or an empty text."""
    asked, records = received.request, cssm.records
    sender = asked.sender
    if abs(now - asked.timestamp) > CLOCK_TOLERANCE:
        return "timestamp"
    if not _signed(cssm, received):
        return "signature"
    records.forget_nonces(now - NONCE_WINDOW)
    if records.seen_nonce(sender.udi, asked.nonce):
        return "nonce"
    records.keep_nonce(sender.udi, asked.nonce, now)
    if isinstance(asked, SmartLicensingRequest):  # it has identities of its own
        return ""
    identifier = sender.product_instance_identifier
    known = records.instance(sender.udi)
    expected = known.product_instance_identifier if known else records.setting(f"piid {sender.udi}")
    if identifier and identifier != expected:
        what = f"The identity for the instance {identifier} is not valid."
        return compact({"product_instance_identifier": [f"{what}Please re-register the instance."]})
    return ""


def _signed(cssm: Cssm, received: ReceivedRequest) -> bool:
    sender = received.request.sender
    if isinstance(received.request, SmartLicensingRequest):
        return received.signature_fits(None)
    if received.signature_type == _BUILTIN:
        first = isinstance(received.request, TrustEstablishment) and not sender.trust_id
        return first and received.signature_fits(None)
    issued = _issued(cssm, received)
    return issued is not None and received.signature_fits(issued.id_cert)


def _issued(cssm: Cssm, received: ReceivedRequest) -> IssuedTrust | None:
    """The trust code the sender names, if it was issued to it."""
    sender = received.request.sender
    digits = sender.trust_id
    if not (digits.isascii() and digits.isdigit() and len(digits) < 11):
        return None
    return cssm.records.trust(sender.udi, int(digits))


# --- what is done -----------------------------------------------------------------------------


def _take_trust(cssm: Cssm, asked: TrustEstablishment, now: Instant) -> Reply:
    if not asked.trust_requests or not asked.trust_signature:
        return _failed(asked, "signature", now)
    text = asked.trust_requests[0].idtoken or ""
    token = cssm.records.token(text)
    new = sum(
        cssm.records.trust_for(request.udi, request.nonce) is None
        for request in asked.trust_requests
    )
    registered = not text and smart_licensing.is_registered(cssm, asked.sender.udi)
    refusal = "" if registered else refused_token(text, token, new, now)
    if refusal:
        return _failed(asked, compact({"token": [refusal]}), now)
    found = cssm.judge.establish(asked, cssm.policy, cssm.next_poll_id(now), now)
    if found is None:
        return _failed(asked, "signature", now)
    if token is not None:
        cssm.records.save_token(replace(token, used=token.used + new))
    return _good(asked, now, licence_files=(found,))


def _take_sync(cssm: Cssm, asked: TrustSync, now: Instant) -> Reply:
    found = cssm.judge.synchronise(asked, cssm.next_poll_id(now), now)
    if found is None:
        return _failed(asked, "signature", now)
    return _good(asked, now, licence_files=(found,))


def _take_trust_ack(cssm: Cssm, asked: TrustAcknowledgement, now: Instant) -> Reply:
    return _good(asked, now)


def _take_usage(cssm: Cssm, asked: UsageReport, now: Instant) -> Reply:
    upload = cssm.take_upload(asked, now - cssm.script.skew_ms)
    return _later(cssm, asked, str(upload.poll_id), now)


def _take_telemetry(cssm: Cssm, asked: TelemetryReport, now: Instant) -> Reply:
    """# assumed: CSSM looks whether the reports are the sender's and genuine, and keeps none"""
    if not cssm.judge.is_telemetry_of(asked):
        return _failed(asked, "signature", now)
    return _good(asked, now)


def _take_poll(cssm: Cssm, asked: Poll, now: Instant) -> Reply:
    number = int(asked.poll_id) if asked.poll_id.isascii() and asked.poll_id.isdigit() else 0
    uploads = cssm.records.uploads(number) if number < 1 << 63 else []
    mine = [upload for upload in uploads if upload.udi == asked.sender.udi]
    if not mine:
        return _failed(asked, "the poll id is not known", now)
    if now - cssm.script.skew_ms < mine[0].ready or cssm.script.ack is AckFault.DROPPED:
        return _later(cssm, asked, asked.poll_id, now)
    found = cssm.result(mine[0]).licence_file
    return _good(asked, now, licence_files=(found,), poll_id=asked.poll_id)


def _take_hello(cssm: Cssm, asked: Hello, now: Instant) -> Reply:
    return _good(asked, now)


_TAKE: Mapping[type[Request], Callable[[Cssm, Any, Instant], Reply]] = {
    CodesWanted: code_exchanges.take_wanted,
    CodesConfirmed: code_exchanges.take_confirmed,
    CodesReturned: code_exchanges.take_returned,
    TrustEstablishment: _take_trust,
    TrustSync: _take_sync,
    TrustAcknowledgement: _take_trust_ack,
    UsageReport: _take_usage,
    TelemetryReport: _take_telemetry,
    Poll: _take_poll,
    Hello: _take_hello,
    SmartLicensingRequest: smart_licensing.take,
}
