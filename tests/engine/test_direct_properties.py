"""Transport smart in any order of tokens, losses, skewed clocks and changes of transport."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agent.core.clock import HOUR
from agent.engine.config import Transport
from agent.engine.events import Scope
from agent.engine.machine import SmartAgent, new_state
from counterparts.cssm import Cssm, CssmSettings
from counterparts.records import IN_MEMORY, SqlCssmRecords
from tests.engine.direct import Direct
from tests.engine.pair import DNA, UDI
from tests.engine.test_machine_properties import BOOT, check, steps, take
from tests.engine.test_units import THREE, TWO, Stack

SLOW = [HealthCheck.too_slow]
direct_steps = steps | st.one_of(
    st.tuples(st.just("trust"), st.booleans()),
    st.tuples(st.just("skew"), st.sampled_from((0, HOUR - 1000, 3 * HOUR, -3 * HOUR))),
    st.tuples(st.just("transport"), st.sampled_from((Transport.SMART, Transport.OFF))),
    st.tuples(st.just("lose"), st.sampled_from(("TrustEstablishment", "TrustSync", "UsageReport"))),
)


def play(script, cssm):
    """Take each step; a code changes only where trust was asked for by force."""
    pair = Direct(cssm).boot(BOOT)
    tokens = [pair.portal.new_token(365, 100, "", BOOT).token for _ in range(4)]
    forced = 0
    for kind, value in script:
        before = pair.state.trust.get(UDI.short)
        if kind == "trust":
            forced += value
            pair.trust(tokens[forced % 4], force=value)
        elif kind == "skew":
            pair.use(skew_ms=value)
        else:
            take(pair, (kind, value))
        check(pair)
        after = pair.state.trust.get(UDI.short)
        if before is not None:
            assert after is not None, "trust is kept"
            assert after == before or forced, "a second code comes by force alone"
    return pair


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(script=st.lists(direct_steps, min_size=4, max_size=25))
def test_any_sequence_keeps_the_invariants_and_replays_equal(script):
    records = SqlCssmRecords(IN_MEMORY)
    cssm = Cssm(records, CssmSettings(), "properties")
    try:
        pair = play(script, cssm)
        pair.fate = lambda message, now: None
        pair.use(skew_ms=0)
        if pair.hold:
            pair.release_held()
        fresh = new_state(
            pair.profile, pair.release, pair.state.members, "seed", pair.server.authority.anchors
        )
        again = SmartAgent(pair.profile, pair.release, fresh)
        for now, event in pair.history:
            again.handle(event, now)
        assert again.state == pair.state
    finally:
        records.close()


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(script=st.lists(direct_steps, min_size=2, max_size=12))
@example(script=[("use", (DNA, 2)), ("use", (DNA, 0)), ("trust", False)])  # all in one instant
def test_once_cssm_is_back_a_trusted_device_gets_everything_acknowledged(script):
    records = SqlCssmRecords(IN_MEMORY)
    cssm = Cssm(records, CssmSettings(), "properties")
    try:
        pair = play(script, cssm)
        pair.fate = lambda message, now: None
        pair.use(skew_ms=0)
        if pair.hold:
            pair.release_held()
        pair.configure(transport=Transport.SMART)
        pair.pass_time(10_000)
        pair.trust(force=True)
        pair.pass_time(40 * 24 * HOUR)
        take(pair, ("sync", None))
        pair.pass_time(HOUR)
        waiting = [r for r in pair.state.reports.values() if r.state.value in ("UNACK", "CLOSED")]
        assert waiting == []
        assert not any(r.flag == "E" for r in pair.state.reports.values())
    finally:
        records.close()


units_steps = direct_steps | st.one_of(
    st.tuples(st.just("units"), st.integers(1, 3)),
    st.tuples(st.just("switchover"), st.none()),
)


class Set(Stack, Direct):
    """A set of units whose first is replaced at a switchover."""


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(script=st.lists(units_steps, min_size=4, max_size=25))
def test_units_that_come_and_go_lose_no_report(script):
    records = SqlCssmRecords(IN_MEMORY)
    cssm = Cssm(records, CssmSettings(), "units")
    try:
        pair = Set(cssm).boot(BOOT)
        token = pair.portal.new_token(365, 100, "", BOOT).token
        for kind, value in script:
            units = [member.udi for member in pair.state.members]
            if kind == "units":
                spare = [u for u in (UDI, TWO, THREE) if u not in units]
                pair.set_units(*(*units, *spare)[:value])
            elif kind == "switchover":
                pair.switch_over()
            elif kind == "trust":
                pair.trust(token, Scope.ALL, force=value)
            elif kind == "skew":
                pair.use(skew_ms=value)
            else:
                take(pair, (kind, value))
            check(pair)
            owners = {code.udi for code in pair.state.trust.values()}
            assert owners <= {member.udi for member in pair.state.members}
    finally:
        records.close()
