"""Licence and usage files: round trips, the exact signed text, and what is refused."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from agent.core.identity import Udi
from agent.protocol import codec, signing
from agent.protocol.codec import MessageError, UsageFile
from agent.protocol.messages import (
    AccountData,
    AckData,
    AckedReport,
    AckStatus,
    HaMember,
    LicenseClass,
    PolicyData,
    RuleCells,
    Sender,
    SignedReport,
    TrustData,
    TrustRequest,
)
from counterparts.pki import make_authority

UDI = Udi("C9300-24T", "FOC0000EMU1")
AUTHORITY = make_authority("files")

xml_texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="￾￿"),
    max_size=10,
).filter(lambda text: "]]>" not in text)
filled = xml_texts.filter(bool)
times = st.integers(0, 1 << 45)
udis = st.builds(Udi, xml_texts, xml_texts)
texts = st.lists(xml_texts, max_size=2).map(tuple)
codes = st.builds(
    TrustData,
    udis,
    xml_texts,
    xml_texts,
    st.integers(0, 1 << 31),
    xml_texts,
    times,
    times,
    xml_texts,
    texts,
    xml_texts,
    texts,
)
days = st.none() | st.integers(0, 3650)
cells = st.builds(RuleCells, days, days, days)
policies = st.builds(
    PolicyData,
    xml_texts,
    st.integers(0, 1000),
    xml_texts,
    st.booleans(),
    st.fixed_dictionaries(dict.fromkeys(LicenseClass, cells)),
)
acked = st.builds(
    AckedReport, st.integers(0, 1 << 62), xml_texts, st.sampled_from(AckStatus), st.none() | filled
)
acks = st.builds(
    AckData, udis, xml_texts, xml_texts, times, xml_texts, st.lists(acked, max_size=3).map(tuple)
)
accounts = st.builds(
    AccountData,
    times,
    xml_texts,
    xml_texts,
    st.integers(0, 1 << 40),
    st.integers(0, 1 << 40),
    xml_texts,
)


def the_policy() -> PolicyData:
    return PolicyData(
        "A & B <policy>",
        7,
        "2026-09-01T08:00:00",
        True,
        {g: RuleCells(1, 2, 3) for g in LicenseClass},
    )


def the_ack() -> AckData:
    report = AckedReport(1790000000, "ab" * 32, AckStatus.ACK)
    return AckData(UDI, "tag", "piid", 1_790_086_600_000, "123", (report,))


def the_trust() -> TrustData:
    signer = AUTHORITY.signer_cert
    return TrustData(UDI, "tag", "piid", 1001, "5", 1_790_086_600_000, 0, "cert", (signer,))


def the_account() -> AccountData:
    return AccountData(1, "Example Lab", "DEFAULT", 100001, 200001, "lab.example.com")


def whole_file() -> str:
    sign = AUTHORITY.sign
    sections = [
        codec.trust_section([the_trust()], sign),
        codec.policy_section(the_policy(), sign),
        codec.ack_section([the_ack()], sign),
        codec.account_section(the_account(), sign),
    ]
    return codec.write_licence_file(sections, "ab12-cd")


def fits(section) -> bool:
    return signing.verify(AUTHORITY.signer_cert, section.signed_text.encode(), section.signature)


@given(st.lists(codes, max_size=2), policies, st.lists(acks, max_size=2), accounts)
def test_a_licence_file_comes_back_as_it_went(trust, policy, ack, account):
    def sign(data: bytes) -> str:
        return signing.builtin("t", data)

    text = codec.write_licence_file(
        [
            codec.trust_section(trust, sign),
            codec.policy_section(policy, sign),
            codec.ack_section(ack, sign),
            codec.account_section(account, sign),
        ],
        "x-1",
    )
    back = codec.read_licence_file(text)
    assert back.trust.data == tuple(trust)
    assert back.policy.data == policy
    assert back.ack.data == tuple(ack)
    assert back.account.data == account
    assert back.correlation_id == codec.correlation_of(text) == "x-1"
    assert back.unreadable == ()
    for section in (back.trust, back.policy, back.ack, back.account):
        assert signing.verify_builtin("t", section.signed_text.encode(), section.signature)


def test_the_signed_texts_stand_in_the_file_as_they_are():
    text = whole_file()
    back = codec.read_licence_file(text)
    for section in (back.trust, back.policy, back.ack, back.account):
        assert section.signed_text in text
        assert fits(section)
    assert back.policy.signed_text.startswith("<policyCode>")
    assert back.account.signed_text.endswith("</customerInfo>")


def test_another_xml_reader_reads_the_same():
    root = etree.fromstring(whole_file())
    assert [child.tag for child in root] == [
        "smartLicenseTrust",
        "smartLicensePolicy",
        "smartLicenseRumAck",
        "smartLicenseAccountInfo",
        "correlationID",
    ]
    policy = root.find("smartLicensePolicy/policyCode")
    assert policy.findtext("name") == "A & B <policy>"
    assert [child.tag for child in policy] == [
        "name",
        "version",
        "flag",
        "datestamp",
        "ackRequired",
        "subscription",
        "perpetual",
        "enforced",
        "export",
        "generic",
    ]
    assert (
        root.findtext("smartLicenseRumAck/data")
        == codec.read_licence_file(whole_file()).ack.signed_text
    )


@given(st.data())
def test_changing_any_byte_of_a_section_is_detected(data):
    """The file is refused, or the section is unreadable, gone or no longer fits."""
    text = whole_file()
    name, kind = data.draw(
        st.sampled_from(
            [
                ("trust", "smartLicenseTrust"),
                ("policy", "smartLicensePolicy"),
                ("ack", "smartLicenseRumAck"),
                ("account", "smartLicenseAccountInfo"),
            ]
        )
    )
    original = getattr(codec.read_licence_file(text), name)
    start = text.index(original.signed_text)
    place = data.draw(st.integers(start, start + len(original.signed_text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != text[place]))
    changed = text[:place] + other + text[place + 1 :]
    try:
        back = codec.read_licence_file(changed)
    except MessageError:
        return
    section = getattr(back, name)
    assert section is None or not fits(section)
    assert section is not None or kind in back.unreadable


@given(st.data())
def test_changing_any_byte_of_a_signature_is_detected(data):
    text = whole_file()
    signature = codec.read_licence_file(text).policy.signature
    start = text.index(signature)
    place = data.draw(st.integers(start, start + len(signature) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != text[place]))
    changed = text[:place] + other + text[place + 1 :]
    try:
        back = codec.read_licence_file(changed)
    except MessageError:
        return
    assert back.policy is None or not fits(back.policy)


def test_an_unreadable_section_leaves_the_others_usable():
    text = whole_file().replace('"report_id":1790000000', '"report_id":"x"')
    back = codec.read_licence_file(text)
    assert back.ack is None
    assert back.unreadable == ("smartLicenseRumAck",)
    assert fits(back.policy) and fits(back.trust)


def test_a_policy_file_has_the_policy_as_its_root():
    text = codec.policy_section(the_policy(), AUTHORITY.sign)
    back = codec.read_licence_file(text)
    assert back.policy.data == the_policy()
    assert fits(back.policy)


def test_line_breaks_between_sections_and_unknown_elements_are_ignored():
    text = whole_file().replace("><smartLicense", ">\n<smartLicense")
    text = text.replace("<smartLicensePolicy>", "<emu_new><a>1</a></emu_new><smartLicensePolicy>")
    back = codec.read_licence_file('<?xml version="1.0" encoding="UTF-8"?>\n' + text + "\n")
    assert all(fits(s) for s in (back.trust, back.policy, back.ack, back.account))


def test_authorizations_are_kept_as_they_are():
    raw = "<smartLicenseAuthorization><udi>P:x,S:y</udi></smartLicenseAuthorization>"
    back = codec.read_licence_file(codec.write_licence_file([raw], "c"))
    assert back.authorizations == (raw,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "<smartLicense/>",
        "<smartLicense></smartLicense>",
        "<smartLicense><a></smartLicense></a>",
        "<smartLicense><a>&#65;</a></smartLicense>",
        "<smartLicense><a>&bad;</a></smartLicense>",
        "<smartLicense><a b='1'></a></smartLicense>",
        "<smartLicense><!-- x --><a></a></smartLicense>",
        "<smartLicense><![CDATA[x</smartLicense>",
        "<smartLicense></smartLicense><smartLicense></smartLicense>",
        "<other></other>",
        "<smartLicense>\x00</smartLicense>",
        "<a>" * 100_000,
        '<!DOCTYPE a [<!ENTITY b "c">]><smartLicense></smartLicense>',
        '<?xml version="1.0"?><!DOCTYPE smartLicense SYSTEM "x"><smartLicense></smartLicense>',
    ],
)
def test_what_is_no_licence_file_is_refused(text):
    with pytest.raises(MessageError):
        codec.read_licence_file(text)


@given(st.text(max_size=100))
def test_any_text_is_a_message_error_and_nothing_else(text):
    for read in (codec.read_licence_file, codec.read_usage_file):
        with pytest.raises(MessageError):
            read(text)


def test_a_text_that_would_end_a_cdata_section_comes_back():
    report = SignedReport("]]>", UDI, "builtin", "k", "v")
    usage = UsageFile((report,), Sender(UDI, "]]>b", "tag", "1.0", "x"))
    assert codec.read_usage_file(codec.write_usage_file(usage)) == usage


reports = st.builds(SignedReport, xml_texts, udis, xml_texts, xml_texts, xml_texts)
requests = st.builds(
    TrustRequest, udis, xml_texts, xml_texts, times, xml_texts, xml_texts, st.none() | filled
)
usage_files = st.builds(
    UsageFile,
    st.lists(reports, max_size=3).map(tuple),
    st.builds(Sender, udis, xml_texts, xml_texts, xml_texts, xml_texts),
    times,
    xml_texts,
    st.lists(st.builds(HaMember, xml_texts, udis), max_size=2).map(tuple),
    st.lists(requests, min_size=1, max_size=2).map(tuple),
    xml_texts,
)


@given(usage_files)
def test_a_usage_file_comes_back_as_it_went(usage):
    assert codec.read_usage_file(codec.write_usage_file(usage)) == usage


def test_a_usage_file_without_system_info_is_read():
    report = SignedReport("{}", UDI, "builtin", "k", "v")
    text = codec.write_usage_file(UsageFile((report,)))
    assert "smartLicenseSystemInfo" not in text
    assert codec.read_usage_file(text) == UsageFile((report,))


def test_reports_are_counted_by_their_lines():
    report = SignedReport("{}", UDI, "builtin", "k", "v")
    text = codec.write_usage_file(UsageFile((report,) * 1000))
    assert sum("RUMReport" in line for line in text.splitlines()) == 1000
    assert len(codec.read_usage_file(text).reports) == 1000


def test_the_proof_of_a_trust_request_covers_the_text_in_the_file():
    key = signing.scalar(hashlib.sha256(b"device").digest())
    asked = (TrustRequest(UDI, "tag", "SW", 1, "2", signing.csr(key, UDI)),)
    proof = signing.sign(key, codec.trust_requests_text(asked).encode())
    text = codec.write_usage_file(UsageFile((), trust_requests=asked, trust_signature=proof))
    back = codec.read_usage_file(text)
    csr = back.trust_requests[0].csr
    assert signing.verify_csr(csr, back.trust_text.encode(), back.trust_signature)
