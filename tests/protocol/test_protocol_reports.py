"""RUM reports: layouts, round trips, and that no byte of a payload can be changed unseen."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.identity import Udi
from agent.protocol import codec, signing
from agent.protocol.codec import MessageError
from agent.protocol.messages import HaMember, Measurement, ReportContent

TAG = "regid.2017-05.com.cisco.C9300,v1_00000000-0000-4000-8000-000000009300"
UDI = Udi("C9300-24T", "FOC0000EMU1")
KEY = signing.scalar(hashlib.sha256(b"a device").digest())

names = st.text(st.characters(codec="utf-8"), max_size=12)
words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
udis = st.builds(Udi, names, names)
seconds = st.integers(0, (1 << 40) - 1).map(lambda s: s * 1000)
counts = st.integers(0, 10**18 - 1)
lines = st.builds(
    Measurement,
    seconds,
    seconds,
    counts,
    st.integers(0, 1 << 40),
    seconds,
    names,
    names,
    st.lists(udis, max_size=2).map(tuple),
    st.lists(udis, max_size=2).map(tuple),
)
contents = st.builds(
    ReportContent,
    st.integers(0, (1 << 62)),
    names,
    udis,
    names,
    names,
    st.lists(st.builds(HaMember, names, udis), max_size=2).map(tuple),
    st.lists(lines, max_size=3).map(tuple),
    names,
    st.booleans(),
    names,
    st.dictionaries(st.sampled_from(["tag1", "tag2"]), words).map(lambda d: tuple(d.items())),
)


def one_report() -> ReportContent:
    line = Measurement(
        1_790_000_010_000,
        1_790_086_410_000,
        1,
        97,
        1_790_000_010_000,
        termination_reason="CurrentUsageRequested",
    )
    member = HaMember("Active", UDI)
    return ReportContent(1790000000, TAG, UDI, "an entitlement", "17.12.04", (member,), (line,))


@given(contents)
def test_layout_2_comes_back_as_it_went(content):
    payload = codec.report_payload(content, version_2=True)
    assert codec.payload_content(payload) == content
    assert codec.asset_signature_fits(payload)


@given(contents)
def test_layout_1_comes_back_without_what_it_cannot_hold(content):
    payload = codec.report_payload(content, version_2=False)
    back = codec.payload_content(payload)
    assert back.report_id == content.report_id
    assert back.measurements == content.measurements
    assert not back.utility_enabled
    assert codec.asset_signature_fits(payload)


def test_member_order_of_layout_2():
    top = json.loads(codec.report_payload(one_report(), version_2=True))
    assert list(top) == ["version", "asset_identification", "signature", "meta", "measurements"]
    assert list(top["asset_identification"]) == ["report_id", "asset", "instance"]
    assert list(top["meta"]) == [
        "entitlement_tag",
        "utility_enabled",
        "software_version",
        "ha_udi",
    ]
    assert list(top["measurements"][0]) == [
        "log_time",
        "metric_name",
        "start_time",
        "end_time",
        "sample_interval",
        "num_samples",
        "meta",
        "value",
    ]
    assert top["measurements"][0]["sample_interval"] == 86400
    assert top["measurements"][0]["value"] == {"type": "COUNT", "value": "1"}
    assert list(top["measurements"][0]["meta"]) == ["termination_reason", "close_reason"]


def test_member_order_of_layout_1():
    top = json.loads(codec.report_payload(one_report(), version_2=False))
    assert list(top) == ["asset_identification", "meta", "measurements"]
    assert list(top["asset_identification"]) == ["asset", "instance", "signature"]
    assert list(top["meta"]) == ["entitlement_tag", "report_id", "software_version", "ha_udi"]
    assert list(top["measurements"][0]["meta"]) == ["termination_reason"]


def test_a_payload_is_compact():
    assert " " not in codec.report_payload(one_report(), version_2=True).replace(
        "an entitlement", ""
    )


@given(contents, st.booleans())
def test_carrier_keeps_the_report(content, trusted):
    payload = codec.report_payload(content, version_2=True)
    report = codec.sign_report(payload, UDI, TAG, (1001, KEY) if trusted else None)
    assert codec.read_report(codec.report_json(report)) == report


def test_carrier_without_header_is_read():
    report = codec.sign_report(codec.report_payload(one_report(), version_2=True), UDI, TAG, None)
    carrier = json.loads(codec.report_json(report))
    del carrier["header"]
    assert codec.read_report(json.dumps(carrier)) == report


@given(st.data(), st.booleans())
def test_changing_any_byte_of_a_payload_is_detected(data, trusted):
    from msgspec.structs import replace

    from counterparts.pki import device_certificate, make_authority

    public = signing.private_key(KEY).public_key()
    cert = device_certificate(make_authority("t"), UDI, public, 1001, "p", 1_790_000_000_000)
    payload = codec.report_payload(one_report(), version_2=True)
    report = codec.sign_report(payload, UDI, TAG, (1001, KEY) if trusted else None)
    assert codec.report_signature_fits(report, cert)
    place = data.draw(st.integers(0, len(payload) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != payload[place]))
    changed = replace(report, payload=payload[:place] + other + payload[place + 1 :])
    assert not codec.report_signature_fits(changed, cert)


def test_a_reserialised_payload_is_refused():
    from msgspec.structs import replace

    payload = codec.report_payload(one_report(), version_2=True)
    report = codec.sign_report(payload, UDI, TAG, None)
    spaced = replace(report, payload=json.dumps(json.loads(payload)))
    assert not codec.report_signature_fits(spaced, None)


def test_a_trust_signature_without_its_certificate_does_not_fit():
    payload = codec.report_payload(one_report(), version_2=True)
    assert not codec.report_signature_fits(codec.sign_report(payload, UDI, TAG, (1001, KEY)), None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["payload", "signature", "sudi", "meta", "x"]), inner)
    ),
    max_leaves=12,
)


@given(st.text(max_size=100) | json_values.map(json.dumps))
def test_garbage_is_a_message_error_and_nothing_else(text):
    for read in (codec.read_report, codec.payload_content, codec.asset_signature_fits):
        with pytest.raises(MessageError):
            read(text)


@given(st.data())
def test_a_payload_with_a_member_of_another_type_is_a_message_error_or_a_report(data):
    top = json.loads(codec.report_payload(one_report(), version_2=True))
    holder = data.draw(
        st.sampled_from([top, top["asset_identification"], top["meta"], top["measurements"][0]])
    )
    holder[data.draw(st.sampled_from(sorted(holder)))] = data.draw(json_values)
    try:
        codec.payload_content(json.dumps(top))
    except MessageError:
        return


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"a":' * 100_000, "9" * 10_000, "NaN", '"\\ud800"', "\x00"],
    ids=["deep array", "deep object", "long number", "NaN", "half a pair", "NUL"],
)
def test_hostile_json_is_a_message_error(text):
    with pytest.raises(MessageError):
        codec.read_report(text)


def test_half_a_surrogate_pair_in_a_member_is_a_message_error():
    report = codec.sign_report("{}", UDI, TAG, None)
    broken = codec.report_json(report).replace(UDI.sn, "\\ud800")
    with pytest.raises(MessageError):
        codec.read_report(broken)


def test_an_unknown_layout_is_refused():
    payload = codec.report_payload(one_report(), version_2=True).replace('"2.0"', '"3.0"')
    with pytest.raises(MessageError) as caught:
        codec.payload_content(payload)
    assert caught.value.code == codec.ReturnCode.VERSION_MISMATCH
