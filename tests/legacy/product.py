"""A product of the model before SLP, and the CSSM it registers with, linked in memory."""

from __future__ import annotations

from agent.core.clock import DAY
from agent.core.identity import Udi
from agent.core.release import Release
from agent.engine.actions import Answer, Log, Send
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import (
    Booted,
    LicenceRequest,
    ReplyReceived,
    SendFailed,
    TimeReached,
    UsageChanged,
)
from agent.engine.legacy.events import RegistrationAsked
from agent.engine.legacy.timings import LEGACY
from agent.engine.machine import SmartAgent, new_state
from agent.engine.records import Member
from agent.profiles.profile import profile_for
from agent.protocol import codec
from counterparts.cloud import CloudRequest
from counterparts.cssm import Cssm, CssmSettings
from counterparts.portal import Portal
from counterparts.receiver import PATH
from counterparts.records import IN_MEMORY, SqlCssmRecords

URL = "https://smartreceiver.cisco.com/licservice/license"
NOON = 1_791_288_000_000
FIRST = LEGACY.authorization.first


class Product:
    """One product. `fate` None lets a request through, a Failure loses it."""

    def __init__(
        self, pid="C9300-24T", sn="FOC0000EMU1", release="16.12.4", cssm=None, config=None
    ):
        self.cssm = cssm or Cssm(SqlCssmRecords(IN_MEMORY), CssmSettings(), "legacy")
        self.portal = Portal(self.cssm)
        self.profile = profile_for(pid)
        self.release = Release.parse(release)
        self.config = config or LicenseConfig(transport=Transport.SMART, url_smart=URL)
        state = new_state(
            self.profile, self.release, (Member(Udi(pid, sn)),), "seed", self.cssm.anchors
        )
        self.agent = SmartAgent(self.profile, self.release, state)
        self.now = NOON
        self.fate = None
        self.skew = 0
        self.delay = 0
        self.logs: list[tuple[int, str, dict]] = []
        self.said: list[str] = []
        self.inputs: list[tuple[int, object]] = []

    @property
    def legacy(self):
        return self.agent.state.legacy

    def licence(self, place=0, count=1) -> LicenceRequest:
        group = self.profile.entitlements[self.profile.models[self.agent.state.udi.pid].licences]
        return LicenceRequest(group[place].feature, group[place].tag, count)

    def boot(self, *licences: LicenceRequest):
        return self.handle(Booted(self.config, licences))

    def use(self, count=1, place=0):
        return self.handle(UsageChanged(self.licence(place, count)))

    def register(self, token=None, force=False):
        """Enter a token and wait for the authorization, which comes some seconds later."""
        return self.enter(token or self.token(), force).settle()

    def enter(self, token, force=False):
        return self.handle(RegistrationAsked(token, force))

    def settle(self):
        return self.advance(FIRST)

    def token(self):
        return self.portal.new_token(365, 100, "", self.now).token

    def handle(self, event, now=None):
        self.now = self.now if now is None else now
        self.inputs.append((self.now, event))
        for action in self.agent.handle(event, self.now):
            if isinstance(action, Log):
                self.logs.append((self.now, action.mnemonic.split(".")[-1], dict(action.fields)))
            elif isinstance(action, Answer):
                self.said.append(action.text)
            elif isinstance(action, Send):
                self._carry(action)
        return self

    def advance(self, ms=DAY):
        until = self.now + ms
        while (deadline := self.agent.next_deadline()) is not None and deadline <= until:
            assert deadline >= self.now, "a deadline lies in the past"
            self.handle(TimeReached(), deadline)
        self.now = max(self.now, until)
        return self

    def logged(self, mnemonic):
        return [now for now, name, _ in self.logs if name == mnemonic]

    def _carry(self, send):
        if self.fate is not None:
            self.handle(SendFailed(send.request_id, self.fate))
            return
        body = codec.encode_request(send.message, send.signing_key)
        heard = self.now + self.skew
        answer = self.cssm.handle(CloudRequest("POST", PATH, {}, body), heard)
        self.now += self.delay  # the answer takes so long
        self.handle(ReplyReceived(send.request_id, codec.decode_reply(answer.body)))
