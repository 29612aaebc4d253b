"""Requests and replies: round trips, the shape on the wire, and garbage of every kind."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.identity import Udi
from agent.protocol import codec, signing
from agent.protocol.codec import MessageError, ReturnCode
from agent.protocol.messages import (
    ConnectInfo,
    Hello,
    Poll,
    Reply,
    Sender,
    SignedReport,
    StatusCode,
    TrustRequest,
    UsageReport,
)
from counterparts.pki import device_certificate, make_authority

UDI = Udi("C9300-24T", "FOC0000EMU1")
KEY = signing.scalar(hashlib.sha256(b"a device").digest())
CERT = device_certificate(
    make_authority("t"), UDI, signing.private_key(KEY).public_key(), 1001, "p", 1_790_000_000_000
)

texts = st.text(st.characters(codec="utf-8"), max_size=10)
filled = st.text(st.characters(codec="utf-8"), min_size=1, max_size=10)
times = st.integers(0, 1 << 45)
udis = st.builds(Udi, texts, texts)
senders = st.builds(Sender, udis, texts, texts, texts, texts, texts)
reports = st.builds(SignedReport, texts, udis, texts, texts, texts)
trust_requests = st.builds(
    TrustRequest, udis, texts, texts, times, texts, texts, st.none() | filled, st.booleans(), texts
)
hellos = st.builds(Hello, senders, times, texts, st.integers(0, 1000))
usages = st.builds(
    UsageReport,
    senders,
    times,
    texts,
    st.lists(reports, max_size=2).map(tuple),
    st.lists(trust_requests, max_size=2).map(tuple),
    texts,
)
polls = st.builds(Poll, senders, times, texts, texts, filled)
requests = hellos | usages | polls
connects = st.builds(
    ConnectInfo, texts, texts, st.lists(texts, max_size=3).map(tuple), st.booleans()
)
replies = st.builds(
    Reply,
    texts,
    st.sampled_from(StatusCode),
    texts,
    st.integers(0, 1 << 30),
    texts,
    st.lists(filled, max_size=3).map(tuple),
    st.none() | connects,
    times,
)


def a_poll() -> Poll:
    return Poll(Sender(UDI, "tag", "SW", "5.8.8_rel/14"), 1, "123", "760000000000000001")


@given(requests, st.booleans())
def test_a_request_comes_back_as_it_went(request, trusted):
    received = codec.decode_request(codec.encode_request(request, KEY if trusted else ""))
    assert received.request == request
    assert received.signature_fits(CERT)
    assert received.signature_fits(None) is not trusted


@given(replies, requests)
def test_a_reply_comes_back_as_it_went(reply, request):
    assert codec.decode_reply(codec.encode_reply(reply, request, None)) == reply


def test_the_three_levels_of_a_request():
    outer = json.loads(codec.encode_request(a_poll(), KEY))
    assert list(outer) == ["signature", "credential", "request"]
    assert outer["signature"]["type"] == "SHA256-ECDSA"
    inner = json.loads(outer["request"])
    assert list(inner) == ["header", "nonce", "request_data"]
    assert inner["header"]["request_type"] == "POLL"
    data = json.loads(inner["request_data"])
    assert inner["nonce"] == inner["header"]["nonce"] == data["nonce"] == "123"
    assert data["poll_id"] == "760000000000000001"
    assert signing.verify(CERT, outer["request"].encode(), outer["signature"]["value"])


def test_a_request_without_trust_is_signed_built_in():
    outer = json.loads(codec.encode_request(a_poll(), ""))
    assert outer["signature"] == {
        "type": "SHA256-BUILTIN",
        "value": signing.builtin("tag", outer["request"].encode()),
    }


def test_a_signed_reply_carries_a_signature_over_its_text():
    reply = Reply("123", StatusCode.OK)
    body = json.loads(codec.encode_reply(reply, a_poll(), lambda data: signing.sign(KEY, data)))
    assert signing.verify(CERT, body["response"].encode(), body["signature"]["value"])


def test_the_result_of_a_poll_is_its_smart_license_and_older_files_are_pending():
    files = ("older", codec.write_licence_file([], "abc-1"))
    reply = Reply("123", StatusCode.OK, poll_id="7", licence_files=files)
    body = json.loads(codec.encode_reply(reply, a_poll(), None))
    data = json.loads(json.loads(body["response"])["response_data"])
    assert list(data) == ["poll_id", "type", "correlation_id", "smart_license", "pending"]
    assert data["correlation_id"] == "abc-1"
    assert len(data["pending"]) == 1


def change(body: bytes, path: list[str], value: object) -> bytes:
    """The body with one member replaced, through the nested texts."""

    def at(holder: dict, keys: list[str]) -> dict:
        name, rest = keys[0], keys[1:]
        if not rest:
            return {**holder, name: value}
        if isinstance(holder[name], str):
            return {**holder, name: json.dumps(at(json.loads(holder[name]), rest))}
        return {**holder, name: at(holder[name], rest)}

    return json.dumps(at(json.loads(body), path)).encode()


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (["request", "nonce"], "124", ReturnCode.NONCE_MISMATCH),
        (["request", "request_data", "nonce"], "124", ReturnCode.NONCE_MISMATCH),
        (["request", "header", "request_type"], "PIZZA", ReturnCode.NOT_SUPPORTED),
        (["request", "header", "timestamp"], None, None),
        (["request", "request_data", "poll_id"], None, ReturnCode.MISSING_FIELD),
        (["request", "request_data", "poll_id"], [], ReturnCode.PARSE),
        (["request", "header"], 7, ReturnCode.PARSE),
        (["request"], None, ReturnCode.MISSING_FIELD),
        (["signature"], None, ReturnCode.MISSING_FIELD),
    ],
)
def test_a_wrong_member_of_a_request(path, value, code):
    body = change(codec.encode_request(a_poll(), ""), path, value)
    if code is None:
        assert codec.decode_request(body).request == a_poll()
        return
    with pytest.raises(MessageError) as caught:
        codec.decode_request(body)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (["response", "status_code"], "PIZZA", ReturnCode.UNSUPPORTED_RESPONSE),
        (["response", "status_code"], 5, ReturnCode.PARSE),
        (["response", "retry_time_seconds"], -1, ReturnCode.INVALID_RESPONSE),
        (["response", "retry_time_seconds"], 10**40, ReturnCode.PARSE),
        (["response", "retry_time_seconds"], True, ReturnCode.PARSE),
        (["response", "header", "nonce"], None, ReturnCode.MISSING_FIELD),
        (["response", "response_data"], "[1]", ReturnCode.PARSE),
        (["response", "response_data"], '{"smart_license":"***"}', ReturnCode.BASE64),
        (["response", "response_data"], '{"smart_license":"/w=="}', ReturnCode.BASE64),
        (["response", "response_data"], '{"pending":[1]}', ReturnCode.PARSE),
        (["response"], "", ReturnCode.PARSE),
    ],
)
def test_a_wrong_member_of_a_reply(path, value, code):
    body = change(codec.encode_reply(Reply("1", StatusCode.OK), a_poll(), None), path, value)
    with pytest.raises(MessageError) as caught:
        codec.decode_reply(body)
    assert caught.value.code == code


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_error_and_nothing_else(body):
    for decode in (codec.decode_reply, codec.decode_request):
        with pytest.raises(MessageError):
            decode(body)


@given(replies, st.data())
def test_a_reply_with_a_changed_byte_is_a_reply_or_a_message_error(reply, data):
    body = bytearray(codec.encode_reply(reply, a_poll(), None))
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(codec.decode_reply(bytes(body)), Reply)
    except MessageError as error:
        assert error.code


@pytest.mark.parametrize(
    "body",
    [b" " * (codec.MAX_BODY + 1), b"[" * 1_000_000, b"", b"null", b"\xff\xfe", b'"text"'],
    ids=["huge", "deep", "empty", "null", "not UTF-8", "a text"],
)
def test_hostile_bodies_are_message_errors(body):
    with pytest.raises(MessageError):
        codec.decode_reply(body)
    with pytest.raises(MessageError):
        codec.decode_request(body)
