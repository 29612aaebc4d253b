"""A client that speaks as an agent does: its keys, its reports, its requests. Values only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from agent.core.clock import DAY, Instant
from agent.core.identity import Udi
from agent.protocol import codec, signing
from agent.protocol.messages import (
    HaMember,
    Hello,
    Measurement,
    Poll,
    ReportContent,
    Sender,
    SignedReport,
    TrustRequest,
    UsageReport,
)

START = 1_790_000_000_000
TAG = "regid.2017-05.com.cisco.C9300,v1_727af1d9-6c39-4444-b301-863f81445b72"
LICENCE = "regid.2017-03.com.cisco.advantagek9,1.0_bd1da96e-ec1d-412b-a50e-53846b347d53"


@dataclass
class AgentLike:
    """One device as its counterparts see it."""

    sn: str = "FOC0000EMU1"
    trust: tuple[int, str] | None = None
    nonces: int = 0
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = signing.scalar(hashlib.sha256(self.sn.encode()).digest())

    @property
    def udi(self) -> Udi:
        return Udi("C9300-24T", self.sn)

    @property
    def sender(self) -> Sender:
        trust_id = str(self.trust[0]) if self.trust else ""
        return Sender(self.udi, TAG, f"SW-{self.sn}", "5.8.8_emu/1", "", trust_id)

    def nonce(self) -> str:
        self.nonces += 1
        return str(8_000_000_000_000_000_000 + self.nonces)

    def content(self, report_id: int, *, end: Instant = START, count: int = 1) -> ReportContent:
        line = Measurement(end - DAY, end, count, 97, end - DAY)
        return ReportContent(
            report_id, TAG, self.udi, LICENCE, "17.12.04", (HaMember("Active", self.udi),), (line,)
        )

    def report(self, report_id: int, *, end: Instant = START, count: int = 1) -> SignedReport:
        payload = codec.report_payload(
            self.content(report_id, end=end, count=count), version_2=True
        )
        return codec.sign_report(payload, self.udi, TAG, self.trust)

    def hello(self, now: Instant) -> Hello:
        return Hello(self.sender, now, self.nonce())

    def usage(self, now: Instant, *reports: SignedReport, asks_trust: bool = False) -> UsageReport:
        asked: tuple[TrustRequest, ...] = ()
        proof = ""
        if asks_trust:
            csr = signing.csr(self.key, self.udi)
            asked = (TrustRequest(self.udi, TAG, self.sender.hostname, now, self.nonce(), csr),)
            proof = signing.sign(self.key, codec.trust_requests_text(asked).encode())
        return UsageReport(self.sender, now, self.nonce(), reports, asked, proof)

    def poll(self, now: Instant, poll_id: str) -> Poll:
        return Poll(self.sender, now, self.nonce(), poll_id)

    def body(self, request: Hello | UsageReport | Poll) -> bytes:
        return codec.encode_request(request, self.key if self.trust else "")
