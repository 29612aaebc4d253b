"""Whatever happens in whatever order: nothing is lost, nothing is counted twice, replays agree."""

import copy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.engine.config import Transport
from agent.engine.events import (
    Booted,
    Failure,
    FileImported,
    ReplyReceived,
    SendFailed,
    SyncAsked,
    TimeReached,
    UsageChanged,
    UsageSaved,
)
from agent.engine.machine import SmartAgent, new_state
from agent.engine.records import RumState, StorageState
from agent.engine.timings import TIMINGS
from agent.protocol.messages import UsageReport
from tests.engine.pair import DNA, NETWORK, Pair, Server, at

BOOT = at("2026-10-01 08:00:00")

spans = st.sampled_from((SECOND, MINUTE, HOUR, 9 * HOUR, DAY, 31 * DAY))
steps = st.one_of(
    st.tuples(st.just("wait"), spans),
    st.tuples(st.just("fate"), st.sampled_from((None, *Failure))),
    st.tuples(st.just("lose"), st.sampled_from(("Hello", "UsageReport", "Poll"))),
    st.tuples(st.just("sync"), st.none()),
    st.tuples(st.just("use"), st.tuples(st.sampled_from((NETWORK, DNA)), st.integers(0, 3))),
    st.tuples(st.just("transport"), st.sampled_from((Transport.CSLU, Transport.OFF))),
    st.tuples(st.just("interval"), st.sampled_from((None, 0, 7, 365))),
    st.tuples(st.just("reload"), st.none()),
    st.tuples(st.just("save"), st.none()),
    st.tuples(st.just("import"), st.integers(0, 9)),
    st.tuples(st.just("in flight"), st.none()),
)


def take(pair: Pair, step) -> None:
    kind, value = step
    match kind:
        case "wait":
            pair.pass_time(value)
        case "fate":
            pair.fate = lambda message, now: value
        case "lose":
            pair.fate = lambda message, now: (
                Failure.TIMED_OUT if type(message).__name__ == value else None
            )
        case "sync":
            pair.handle(SyncAsked())
        case "use":
            feature, count = value
            pair.handle(UsageChanged(pair.requests(feature, count=count)[0]))
        case "transport":
            pair.configure(transport=value)
        case "interval":
            pair.configure(usage_interval_days=value)
        case "reload":
            pair.held.clear()
            pair.handle(Booted(pair.config, pair.licences))
        case "save":
            pair.handle(UsageSaved("bootflash:usage.txt"))
        case "import":
            files = list(pair.server.files.values())
            if files:
                pair.handle(FileImported(files[value % len(files)]))
        case "in flight":
            if pair.hold:
                pair.release_held()
            else:
                pair.hold = True


def check(pair: Pair) -> None:
    """The invariants, after every step."""
    state = pair.state
    reports = state.reports
    assert len(state.pending) <= 1, "one exchange at a time"
    in_flight = {n for request in state.pending.values() for n in request.report_ids}
    pending = {n for n, report in reports.items() if report.state is RumState.PENDING}
    assert pending == in_flight, "a report is PENDING while it is under way, and only then"
    ids = list(reports)
    assert ids == sorted(ids)
    # rows of reports that are done with go when there are too many of them, and no others
    forgotten = state.counters.total - len(reports)
    done = [r for r in reports.values() if r.storage is not StorageState.EXIST]
    assert forgotten == 0 or len(done) == TIMINGS.limits.index_rows, "no report is lost"
    acknowledged = len([r for r in reports.values() if r.state is RumState.ACK])
    assert acknowledged <= state.counters.acknowledged <= acknowledged + forgotten, "once only"
    for report in reports.values():
        kept = report.state not in (RumState.OPEN, RumState.ACK)
        assert (report.signed is not None) == (kept and report.storage is StorageState.EXIST)
        if report.previous_id and (report.previous_id in reports or not forgotten):
            before = reports[report.previous_id]
            assert before.next_id == report.report_id
            assert before.closed is not None and before.closed <= report.opened
    in_use = {tag for tag, use in state.usage.items() if use.count}
    opened = [r.entitlement_tag for r in reports.values() if r.state is RumState.OPEN]
    assert sorted(opened) == sorted(in_use), "one open report per licence in use"
    deadline = pair.agent.next_deadline()
    assert deadline is None or deadline >= pair.now


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    script=st.lists(steps, min_size=4, max_size=25),
    release=st.sampled_from(("17.3.2a", "17.12.4")),  # neither announces access points
)
def test_any_sequence_keeps_the_invariants_and_replays_equal(script, release):
    pair = Pair(Server(), release=release).boot(BOOT)
    for step in script:
        take(pair, step)
        check(pair)
    pair.fate = lambda message, now: None
    if pair.hold:
        pair.release_held()
    members, anchors = pair.state.members, pair.server.authority.anchors
    again = SmartAgent(
        pair.profile,
        pair.release,
        new_state(pair.profile, pair.release, members, "seed", anchors),
    )
    for now, event in pair.history:
        again.handle(event, now)
    assert again.state == pair.state


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(script=st.lists(steps, min_size=2, max_size=12))
def test_once_the_server_is_back_everything_gets_its_ack(script):
    pair = Pair(Server()).boot(BOOT)
    for step in script:
        take(pair, step)
    pair.fate = lambda message, now: None
    if pair.hold:
        pair.release_held()
    pair.configure(transport=Transport.CSLU, usage_interval_days=None)
    if not any(use.count for use in pair.state.usage.values()):
        pair.handle(UsageChanged(pair.requests(DNA)[0]))
    pair.pass_time(MINUTE)
    pair.handle(SyncAsked())
    pair.pass_time(HOUR)
    waiting = [r for r in pair.state.reports.values() if r.state is not RumState.ACK]
    assert all(r.state is RumState.OPEN for r in waiting)


@settings(max_examples=30, deadline=None)
@given(noise=st.lists(st.integers(-3, 40), max_size=6))
def test_replies_to_nothing_change_nothing(noise):
    pair = Pair(Server()).boot(BOOT).advance(BOOT + HOUR)
    before = copy.deepcopy(pair.state)
    nothing = next(m for _, m in pair.sent(UsageReport))
    for request_id in noise:
        reply = pair.server.answer(nothing, pair.now)
        pair.handle(ReplyReceived(request_id, reply))
        pair.handle(SendFailed(request_id, Failure.REFUSED))
    assert pair.state == before


def test_time_reached_without_anything_due_changes_nothing():
    pair = Pair(Server()).boot(BOOT).advance(BOOT + HOUR)
    before = copy.deepcopy(pair.state)
    pair.handle(TimeReached())
    assert pair.state == before
