"""CSLU and CSSM linked in memory: the same exchanges as over HTTP, without sockets or tasks.

`LocalCssm` carries a CSLU's calls to a CSSM in this process; `LinkedCslu` is a CSLU with such a
carrier behind it, a node of a lab like any other. An exchange is over when the call returns.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from agent.core.clock import Instant
from agent.core.errors import AgentError
from agent.protocol.codec_fields import parse_object
from counterparts import cloud
from counterparts.cloud import CloudRequest
from counterparts.cslu import Cslu, CsluAction, RequestArrived
from counterparts.cssm import Cssm, CssmSettings
from counterparts.pull import DeviceCall, DeviceFailed
from counterparts.scripts import Answer
from counterparts.uplink import CssmAnswered, CssmCall, CssmUnreachable

CallResult = CssmAnswered | CssmUnreachable
Carrier = Callable[[CssmCall, Instant], CallResult]


class Unanswered(AgentError):
    """A counterpart gave no usable answer: `status` is 0 when it gave none at all."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)

    def __str__(self) -> str:
        return f"the server answered {self.status}" if self.status else "the server did not answer"


class LocalCssm:
    """Carries calls to a CSSM in this process, with an access token renewed when it expires."""

    def __init__(self, cssm: Cssm, settings: CssmSettings | None = None) -> None:
        self._cssm = cssm
        self._settings = settings or CssmSettings()
        self._token = ""

    def carry(self, call: CssmCall, now: Instant) -> CallResult:
        """Make one call and return what came of it."""
        answer = self._post(call, now)
        if answer.status == 401:
            self._renew_token(now)
            answer = self._post(call, now)
        if answer.silent:
            return CssmUnreachable(call.call_id, "no answer")
        return CssmAnswered(call.call_id, answer.status, answer.body)

    def _post(self, call: CssmCall, now: Instant) -> Answer:
        headers = {**call.headers, "Authorization": f"Bearer {self._token}"}
        return self._cssm.handle(CloudRequest("POST", call.path, headers, call.body), now)

    def _renew_token(self, now: Instant) -> None:
        form = token_form(self._settings.client_id, self._settings.client_secret)
        answer = self._cssm.handle(CloudRequest("POST", cloud.TOKEN_PATH, {}, form), now)
        self._token = read_token(answer.body) if answer.status == 200 else ""


def token_form(client_id: str, client_secret: str) -> bytes:
    """The form that asks for an access token."""
    members = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
    }
    return urlencode(members).encode()


def read_token(body: bytes) -> str:
    """The access token in an answer. Raises MessageError when there is none."""
    return parse_object(body.decode("utf-8", "replace"), "token").text("access_token")


def no_cssm(call: CssmCall, now: Instant) -> CallResult:
    """A carrier for a CSLU that has no way to CSSM."""
    return CssmUnreachable(call.call_id, "no CSSM is configured")


class LinkedCslu:
    """A CSLU whose calls to CSSM are carried at once, in this process."""

    def __init__(self, core: Cslu, carry: Carrier = no_cssm) -> None:
        self.core = core
        self._carry = carry

    def next_deadline(self) -> Instant | None:
        return self.core.next_deadline()

    def wake(self, now: Instant) -> None:
        """Make the calls that are due."""
        self._see_to(self.core.wake(now), now)

    def answer(self, body: bytes, now: Instant) -> Answer:
        """What a device that posts this body gets, delay and silence included."""
        return self._see_to(self.core.handle(RequestArrived(body), now), now)

    def _see_to(self, actions: tuple[CsluAction, ...], now: Instant) -> Answer:
        answer = Answer(0, b"", silent=True)
        for action in actions:
            if isinstance(action, Answer):
                answer = action
            elif isinstance(action, DeviceCall):
                reason = "product instances are not reached without sockets"
                failed = DeviceFailed(action.instance.address, reason)
                self._see_to(self.core.handle(failed, now), now)
            else:
                self._see_to(self.core.handle(self._carry(action, now), now), now)
        return answer


def exchange(cslu: LinkedCslu, body: bytes, now: Instant) -> bytes:
    """Post a body to a CSLU and return the reply's. Raises Unanswered when it gives none."""
    answer = cslu.answer(body, now)
    if answer.silent or answer.status != 200:
        raise Unanswered(answer.status)
    return answer.body
