"""An agent and a simple server with an in-memory link: the everyday tool of the engine's tests.

Requests and replies go through the real codec. `fate` decides what becomes of a request: None
lets it through, a Failure loses it. Time passes only in `advance`, from deadline to deadline.
"""

import hashlib
from datetime import UTC, datetime

from msgspec import structs

from agent.core.clock import DAY, MINUTE, SECOND
from agent.core.identity import Udi
from agent.core.release import Release
from agent.engine.actions import Answer, Log, Send
from agent.engine.config import LicenseConfig
from agent.engine.events import (
    Booted,
    ConfigChanged,
    LicenceRequest,
    ReplyReceived,
    SendFailed,
    TimeReached,
)
from agent.engine.machine import SmartAgent, new_state
from agent.engine.records import Member
from agent.profiles.profile import profile_for
from agent.protocol import codec, signing
from agent.protocol.messages import (
    AccountData,
    AckData,
    AckedReport,
    AckStatus,
    ConnectInfo,
    Hello,
    LicenseClass,
    PolicyData,
    Poll,
    Reply,
    RuleCells,
    StatusCode,
    TrustData,
    UsageReport,
)
from counterparts.pki import Authority, device_certificate, make_authority

PID = "C9300-24T"
UDI = Udi(PID, "FOC0000EMU1")
CSLU = ConnectInfo("CSLU_V1", "v1", ("UTILITY", "POLICY_USAGE", "CSLU_V1"))
AUTHORITY = make_authority("engine tests")

NETWORK, DNA = "network-advantage", "dna-advantage"


def at(text: str) -> int:
    """`2024-03-14 22:27:41` (UTC, a fraction allowed) as an Instant."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def policy(perpetual=(365, 0, 90), subscription=(90, 90, 90), *, version=1, **changes):
    """A policy as a server sends it; (first, frequency, on change) of two classes."""
    given = {
        "name": "Custom Policy",
        "version": version,
        "datestamp": "2026-01-01T00:00:00",
        "ack_required": True,
        "classes": {
            LicenseClass.PERPETUAL: RuleCells(*perpetual),
            LicenseClass.SUBSCRIPTION: RuleCells(*subscription),
        },
    }
    return PolicyData(**{**given, **changes})


SIXTY_DAYS = policy((30, 60, 60), (120, 111, 111))


class Server:
    """Takes everything, answers a poll with an ACK of what it took. Knobs are plain attributes."""

    def __init__(self, poll_seconds=60, policy=None, issue_trust=True, authority=AUTHORITY):
        self.poll_seconds = poll_seconds
        self.policy = policy
        self.issue_trust = issue_trust
        self.authority: Authority = authority
        self.usage_status = StatusCode.OK_POLL
        self.poll_status = StatusCode.OK
        self.message = ""
        self.files_with_hello: list[str] = []
        self.taken: dict[int, str] = {}  # report id -> payload
        self.duplicates = 0
        self.files: dict[str, str] = {}  # poll id -> licence file
        self.next_trust_id = 1001

    def answer(self, request, now) -> Reply:
        return {Hello: self._hello, UsageReport: self._usage, Poll: self._poll}[type(request)](
            request, now
        )

    def _hello(self, request, now):
        files, self.files_with_hello = tuple(self.files_with_hello), []
        return Reply(request.nonce, StatusCode.OK, licence_files=files, connect=CSLU)

    def _usage(self, request, now):
        if self.usage_status not in (StatusCode.OK, StatusCode.OK_POLL):
            return Reply(
                request.nonce,
                self.usage_status,
                message=self.message,
                retry_time_seconds=self.poll_seconds,
            )
        poll_id = str(len(self.files) + 1)
        text = self.licence_file(request.sender.udi, request.usage, request.trust_requests, now)
        self.files[poll_id] = text
        if self.usage_status is StatusCode.OK:
            return Reply(request.nonce, StatusCode.OK, licence_files=(text,), connect=CSLU)
        return Reply(
            request.nonce,
            StatusCode.OK_POLL,
            retry_time_seconds=self.poll_seconds,
            poll_id=poll_id,
            connect=CSLU,
        )

    def _poll(self, request, now):
        if self.poll_status is not StatusCode.OK:
            return Reply(
                request.nonce,
                self.poll_status,
                retry_time_seconds=self.poll_seconds,
                poll_id=request.poll_id,
            )
        return Reply(
            request.nonce,
            StatusCode.OK,
            poll_id=request.poll_id,
            licence_files=(self.files[request.poll_id],),
        )

    def licence_file(self, udi, reports, trust_requests, now, **changes) -> str:
        """An ACK of these reports, with trust codes, the policy and the account."""
        sign = changes.get("sign", self.authority.sign)
        sections = []
        if trust_requests and self.issue_trust:
            codes = [self.trust_code(asked, now) for asked in trust_requests]
            sections.append(codec.trust_section(codes, sign))
        if self.policy is not None:
            sections.append(codec.policy_section(self.policy, sign))
        ack = AckData(
            udi=udi,
            software_tag="",
            product_instance_identifier="0f0e0d0c-0b0a-4908-8706-050403020100",
            ack_time=now,
            request_nonce="1",
            reports=tuple(self._verdict(report) for report in reports),
        )
        sections.append(codec.ack_section([ack], sign))
        account = AccountData(now, "Example Lab", "DEFAULT", 100001, 200001, "lab.example.com")
        sections.append(codec.account_section(account, sign))
        return codec.write_licence_file(sections, "66f1c0de-1")

    def trust_code(self, asked, now) -> TrustData:
        key = signing.csr_key(asked.csr)
        assert key is not None
        trust_id, self.next_trust_id = self.next_trust_id, self.next_trust_id + 1
        valid_from = now - 5 * MINUTE
        cert = device_certificate(self.authority, asked.udi, key, trust_id, "piid", valid_from)
        return TrustData(
            udi=asked.udi,
            software_tag=asked.software_tag,
            product_instance_identifier="0f0e0d0c-0b0a-4908-8706-050403020100",
            trust_id=trust_id,
            request_nonce=asked.nonce,
            valid_from=valid_from,
            valid_to=0,
            id_cert=cert,
            signing_chain=(self.authority.signer_cert,),
        )

    def _verdict(self, report) -> AckedReport:
        report_id = codec.payload_content(report.payload).report_id
        known = self.taken.setdefault(report_id, report.payload)
        assert known == report.payload, "a closed report changed"
        sha = hashlib.sha256(report.payload.encode()).hexdigest()
        return AckedReport(report_id, sha, AckStatus.ACK)


class Pair:
    """One agent, one server, and what went on between them."""

    def __init__(
        self, server=None, *, pid=PID, release="17.12.4", seed="seed", config=None, licences=None
    ):
        self.server = server or Server()
        self.profile = profile_for(pid)
        self.release = Release.parse(release)
        self.config = config or LicenseConfig()
        members = (Member(Udi(pid, UDI.sn)),)
        anchors = self.server.authority.anchors
        state = new_state(self.profile, self.release, members, seed, anchors)
        self.agent = SmartAgent(self.profile, self.release, state)
        self.licences = self.requests(NETWORK, DNA) if licences is None else licences
        self.now = 0
        self.fate = lambda message, now: None
        self.logs: list[tuple[int, str, dict[str, str]]] = []
        self.sends: list[tuple[int, Send]] = []
        self.texts: list[str] = []
        self.history: list[tuple[int, object]] = []  # every event, for replays
        self.held: list[Send] = []
        self.hold = False  # keep requests in flight

    @property
    def state(self):
        return self.agent.state

    @property
    def usage_reporting(self):
        return self.agent.state.usage_reporting

    def requests(self, *features, count=1):
        group = self.profile.entitlements[self.profile.models[self.state.udi.pid].licences]
        return tuple(
            LicenceRequest(e.feature, e.tag, count) for e in group if e.feature in features
        )

    def boot(self, now):
        self.handle(Booted(self.config, self.licences), now)
        return self

    def handle(self, event, now=None):
        """Hand in an event; requests are answered at the same instant."""
        self.now = self.now if now is None else now
        self.history.append((self.now, event))
        for action in self.agent.handle(event, self.now):
            if isinstance(action, Log):
                self.logs.append((self.now, action.mnemonic, dict(action.fields)))
            elif isinstance(action, Answer):
                self.texts.append(action.text)
            elif isinstance(action, Send):
                self.sends.append((self.now, action))
                if self.hold:
                    self.held.append(action)
                else:
                    self._carry(action)

    def configure(self, **changes):
        self.config = structs.replace(self.config, **changes)
        self.handle(ConfigChanged(self.config))

    def advance(self, until):
        """Play every deadline up to `until`."""
        while (deadline := self.agent.next_deadline()) is not None and deadline <= until:
            assert deadline >= self.now, "a deadline lies in the past"
            self.handle(TimeReached(), deadline)
        self.now = until
        return self

    def pass_time(self, ms):
        return self.advance(self.now + ms)

    def release_held(self):
        """Answer what is in flight."""
        held, self.held, self.hold = self.held, [], False
        for send in held:
            self._carry(send)

    def _carry(self, send):
        failure = self.fate(send.message, self.now)
        if failure is not None:
            self.handle(SendFailed(send.request_id, failure))
            return
        body = codec.encode_request(send.message, send.signing_key)
        request = codec.decode_request(body).request
        reply = self.server.answer(request, self.now)
        reply = codec.decode_reply(codec.encode_reply(reply, request, None))
        self.handle(ReplyReceived(send.request_id, reply))

    # --- what was seen ----------------------------------------------------------------------

    def times(self, mnemonic):
        return [now for now, name, _ in self.logs if name == mnemonic]

    def sent(self, kind):
        return [(now, send.message) for now, send in self.sends if isinstance(send.message, kind)]


def settled(server=None, boot_at=0, **changes) -> Pair:
    """A pair a day after its first boot, report acknowledged, trust code installed."""
    pair = Pair(server, **changes)
    pair.boot(boot_at or at("2026-10-01 08:00:00"))
    return pair.advance(pair.now + DAY)


__all__ = ["DAY", "MINUTE", "SECOND", "Pair", "Server", "at", "policy", "settled"]
