"""Whatever comes in any order, no report is lost, none is acknowledged as new twice.

A device, a CSLU and a CSSM are driven by rules: reports, polls, time, misbehaviour, restarts. In
the end all is well again and every report the CSLU took has its ACK.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agent.core.clock import DAY, HOUR, MINUTE
from agent.protocol import codec, signing
from agent.protocol.codec import MessageError
from agent.protocol.messages import AckStatus, Reply, StatusCode
from counterparts import cloud
from counterparts.cloud import CloudRequest
from counterparts.cslu import Cslu, RequestArrived
from counterparts.cssm import Cssm, CssmSettings
from counterparts.direct import LinkedCslu, LocalCssm
from counterparts.records import IN_MEMORY, SqlCsluRecords, SqlCssmRecords
from counterparts.scripts import Script, read_script
from counterparts.uplink import CsluSettings
from tests.counterparts.agent_like import START, AgentLike

MISDEEDS = ["ok", "down", "status=500", "garbage", "drop-ack"]
# only of the CSLU: what CSSM once gave for a report is what a CSLU has
SPOILS = ["tampered-ack", "stale-ack"]


class Rounds(RuleBasedStateMachine):
    """One device whose servers misbehave and restart while it reports."""

    def __init__(self) -> None:
        super().__init__()
        self.above, self.below = SqlCssmRecords(IN_MEMORY), SqlCsluRecords(IN_MEMORY)
        self.now = START
        self.agent = AgentLike()
        self.reports = 0
        self.taken: dict[int, str] = {}  # report id -> poll id
        self.new: set[int] = set()
        self.cssm = Cssm(self.above, CssmSettings(), "seed")
        self.start_cslu()

    def start_cslu(self) -> None:
        carry = LocalCssm(self.cssm).carry
        self.cslu = LinkedCslu(Cslu(self.below, CsluSettings()), carry)

    def ask(self, request) -> Reply | None:
        answer = self.cslu.answer(self.agent.body(request), self.now)
        if answer.silent or answer.status != 200:
            return None
        try:
            return codec.decode_reply(answer.body)
        except MessageError:
            return None

    def pass_time(self, ms: int) -> None:
        end = self.now + ms
        while (due := self.cslu.next_deadline()) is not None and due <= end:
            self.now = max(due, self.now)
            self.cslu.wake(self.now)
        self.now = end

    @rule(cut_off=st.booleans())
    def report(self, cut_off: bool) -> None:
        """Report something new; the CSLU may end before it makes its call to CSSM."""
        self.reports += 1
        request = self.agent.usage(
            self.now, self.agent.report(self.reports, end=self.now), asks_trust=self.reports == 1
        )
        if cut_off:
            self.cslu.core.handle(RequestArrived(self.agent.body(request)), self.now)
            self.start_cslu()
        reply = self.ask(request)
        if reply is not None and reply.status is StatusCode.OK_POLL:
            self.taken[self.reports] = reply.poll_id

    @rule()
    def poll(self) -> None:
        for poll_id in self.taken.values():
            self.ask(self.agent.poll(self.now, poll_id))

    @rule(ms=st.sampled_from([1000, MINUTE, HOUR, DAY]))
    def wait(self, ms: int) -> None:
        self.pass_time(ms)

    @rule(words=st.sampled_from(MISDEEDS))
    def cssm_misbehaves(self, words: str) -> None:
        self.cssm.script = read_script(words)

    @rule(words=st.sampled_from(MISDEEDS + SPOILS))
    def cslu_misbehaves(self, words: str) -> None:
        self.cslu.core.script = read_script(words)

    @rule(above=st.booleans())
    def restart(self, above: bool) -> None:
        if above:
            self.cssm = Cssm(self.above, CssmSettings(), "another seed")
        self.start_cslu()

    @invariant()
    def deadlines_are_not_in_the_past_once_played(self) -> None:
        due = self.cslu.next_deadline()
        if due is not None and due < self.now:
            self.cslu.wake(self.now)
            again = self.cslu.next_deadline()
            assert again is None or again > self.now

    def teardown(self) -> None:
        self.cssm.script = self.cslu.core.script = Script()
        self.pass_time(DAY)
        for report_id, poll_id in self.taken.items():
            reply = self.ask(self.agent.poll(self.now, poll_id))
            assert reply is not None and reply.status is StatusCode.OK
            ack = codec.read_licence_file(reply.licence_files[-1])
            assert signing.verify(
                self.cssm.anchors[1], ack.ack.signed_text.encode(), ack.ack.signature
            )
            verdict = ack.ack.data[0].reports[0]
            assert verdict.report_id == report_id
            assert verdict.status in (AckStatus.ACK, AckStatus.DUPLICATE)
        with self.above.transaction():
            known = [row.report_id for row in self.above.all_usage()]
        assert set(self.taken) <= set(known)
        assert len(known) == len(set(known))
        self.above.close()
        self.below.close()


Rounds.TestCase.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
TestRounds = Rounds.TestCase

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "reports", "usage", "sudi", "nonce", "poll_id", "status"]),
            inner,
        )
    ),
    max_leaves=10,
)


@given(st.binary(max_size=60) | values.map(lambda v: cloud.compact({"data": v}).encode()))
def test_garbage_to_the_cloud_api_is_a_message_error(body):
    for read in (cloud.read_usage, cloud.read_poll, cloud.read_answer):
        try:
            read(body)
        except MessageError as error:
            assert error.reason


@given(
    st.sampled_from(["GET", "POST", "PUT"]),
    st.sampled_from([cloud.TOKEN_PATH, cloud.REPORT_PATH, cloud.POLL_PATH, "/usage", "/x"]),
    st.binary(max_size=60),
)
def test_cssm_answers_every_request(method, path, body):
    records = SqlCssmRecords(IN_MEMORY)
    cssm = Cssm(records, CssmSettings(), "seed")
    answer = cssm.handle(CloudRequest(method, path, {}, body), START)
    assert answer.status in (200, 400, 401, 404, 405)
    records.close()
