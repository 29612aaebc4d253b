"""An agent with transport smart and the real CSSM behind its smart receiver, linked in memory."""

from dataclasses import replace

import pytest

from agent.core.identity import Udi
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import Failure, ReplyReceived, Scope, SendFailed, TokenEntered
from agent.engine.records import Member, Role
from agent.protocol import codec
from counterparts.cloud import CloudRequest
from counterparts.cssm import Cssm, CssmSettings
from counterparts.portal import Portal
from counterparts.receiver import PATH
from counterparts.records import IN_MEMORY, SqlCssmRecords
from tests.engine.pair import PID, Pair, Server

URL = "https://smartreceiver.cisco.com/licservice/license"
SMART = LicenseConfig(transport=Transport.SMART, url_smart=URL)


def unit(number, role=Role.MEMBER):
    return Member(Udi(PID, f"FOC0000EMU{number}"), role)


class Direct(Pair):
    """A pair whose server is a CSSM; `forged` changes the bytes of a reply on the way."""

    def __init__(self, cssm, *, others=(), **changes):
        changes.setdefault("config", SMART)
        super().__init__(Server(authority=cssm.authority), **changes)
        self.agent.state.members = (*self.agent.state.members, *others)
        self.cssm = cssm
        self.portal = Portal(cssm)
        self.forged = lambda body: body
        self.lost_answers = 0  # the same bytes arrive so many times before: a device was restarted
        self.token = self.portal.new_token(30, 10, "", 0).token

    def trust(self, token=None, scope=Scope.LOCAL, force=False, now=None):
        token = self.portal.new_token(30, 10, "", self.now).token if token is None else token
        self.handle(TokenEntered(token, scope, force), now)
        return self

    def use(self, **changes):
        self.cssm.script = replace(self.cssm.script, **changes)

    def _carry(self, send):
        failure = self.fate(send.message, self.now)
        if failure is not None:
            self.handle(SendFailed(send.request_id, failure))
            return
        body = codec.encode_request(send.message, send.signing_key)
        for _ in range(self.lost_answers):
            self.cssm.handle(CloudRequest("POST", PATH, {}, body), self.now)
        answer = self.cssm.handle(CloudRequest("POST", PATH, {}, body), self.now)
        assert answer.status == 200
        try:
            reply = codec.decode_reply(self.forged(answer.body))
        except codec.MessageError:
            self.handle(SendFailed(send.request_id, Failure.BAD_REPLY))
            return
        self.handle(ReplyReceived(send.request_id, reply))


@pytest.fixture
def cssm():
    records = SqlCssmRecords(IN_MEMORY)
    yield Cssm(records, CssmSettings(policy="SLE Policy", poll_interval_seconds=300), "direct")
    records.close()
