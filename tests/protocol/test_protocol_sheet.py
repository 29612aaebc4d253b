"""The examples of the format sheet beside the project verify with its keys and write back alike."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from agent.protocol import codec, signing
from agent.protocol.messages import Poll, StatusCode

pytestmark = pytest.mark.golden
NOW = 1_790_086_600_000


def scalar(label: str) -> str:
    return signing.scalar(hashlib.sha256(f"slp-emu/1 {label}".encode()).digest())


@pytest.fixture(scope="module")
def sheet(golden: Path) -> str:
    path = golden.parent / "reference" / "wire.md"
    if not path.is_file():
        pytest.skip("no captures")
    text = path.read_text("utf-8")
    return text[text.index("## 8. ") :]


def blocks(sheet: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", sheet, re.DOTALL)


def bodies(sheet: str) -> list[bytes]:
    lines = "\n".join(blocks(sheet, "http")).splitlines()
    return [line.encode() for line in lines if line.startswith('{"signature"')]


def ack_file(sheet: str) -> str:
    return next(text for text in blocks(sheet, "xml") if "smartLicenseRumAck" in text)


def test_the_report_verifies_and_is_written_alike(sheet):
    report = codec.read_report(blocks(sheet, "json")[0].strip())
    content = codec.payload_content(report.payload)
    trust = codec.read_licence_file(ack_file(sheet)).trust.data[0]
    assert codec.report_signature_fits(report, trust.id_cert)
    assert codec.asset_signature_fits(report.payload)
    assert codec.report_payload(content, version_2=True) == report.payload
    assert codec.report_json(report) == blocks(sheet, "json")[0].strip()


def test_the_usage_file_verifies_and_is_written_alike(sheet):
    text = next(text for text in blocks(sheet, "xml") if "RUMReport" in text)
    usage = codec.read_usage_file(text)
    assert len(usage.reports) == 2
    assert all(codec.report_signature_fits(report, None) for report in usage.reports)
    csr = usage.trust_requests[0].csr
    assert signing.verify_csr(csr, usage.trust_text.encode(), usage.trust_signature)
    assert codec.write_usage_file(usage) == text


def test_the_sections_of_the_ack_verify_up_to_the_root(sheet):
    back = codec.read_licence_file(ack_file(sheet))
    assert back.unreadable == ()
    root = re.search(r"Root certificate[^`]*`([^`]+)`", sheet)[1]
    code = back.trust.data[0]
    signer = code.signing_chain[0]
    for section in (back.trust, back.policy, back.ack, back.account):
        assert signing.verify(signer, section.signed_text.encode(), section.signature)
    assert signing.check_chain([code.id_cert, signer], [root], NOW) is None
    assert signing.certificate_fits(code.id_cert, scalar("device C9300-24T FOC0000EMU1"))
    assert signing.certificate_fits(signer, scalar("cssm-signer"))
    assert signing.certificate_fits(root, scalar("root"))


def test_the_poll_and_the_replies_are_read(sheet):
    trust = codec.read_licence_file(ack_file(sheet)).trust.data[0]
    found = bodies(sheet)
    received = codec.decode_request(next(b for b in found if b"POLL" in b and b'"request"' in b))
    assert isinstance(received.request, Poll)
    assert received.signature_fits(trust.id_cert)
    reply = codec.decode_reply(next(body for body in found if b"OK_POLL" in body))
    assert reply.status is StatusCode.OK_POLL
    assert reply.retry_time_seconds == 300
    assert reply.connect.name == "CSLU_V1"
