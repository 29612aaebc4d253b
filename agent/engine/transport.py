"""Contacts with the server: a Hello first, then reports, then the poll for their result.

One exchange is in flight at a time. What a contact is for stands in the state (`hello_wanted`,
`pushes_wanted`, `poll_wanted`); `proceed` takes the next step whenever nothing is in flight.
A Hello that fails is repeated: a few times soon, then hourly; nothing else is tried meanwhile.
Sources: docs/sources.md, entries hello-retries, polling.
"""

from __future__ import annotations

from agent.engine import reporting, retries, rum, trust
from agent.engine.actions import Send
from agent.engine.routes import route, talks
from agent.engine.state import AgentState, Exchange, Pending, TimerName
from agent.engine.timers import set_timer, timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn
from agent.protocol.messages import Hello, Poll, Request, Sender, UsageReport

_TIMERS = (
    TimerName.HELLO_MESSAGE,
    TimerName.DATA_SYNCHRONIZATION,
    TimerName.SEND_UTILITY_RUM_REPORTS,
    TimerName.RETRIEVE_DATA_PROCESSING_RESULT,
    TimerName.GIVE_UP,
)


# --- what is wanted -------------------------------------------------------------------------


def greet(turn: Turn) -> None:
    """A Hello is due: at the base, after a change of address, or to try again."""
    turn.state.hello_wanted = True
    proceed(turn)


def push_due(turn: Turn) -> None:
    """The job `Send Utility RUM reports`: push, or wait until the daily limit has passed."""
    ends = reporting.limit_ends(turn)
    if ends > turn.now:
        set_timer(turn.state, TimerName.SEND_UTILITY_RUM_REPORTS, ends)
        return
    if retries.is_retrying_soon(turn.state):  # the next Hello that gets through brings the push
        reporting.push_failed(turn)
        return
    turn.state.pushes_wanted = max(1, turn.state.pushes_wanted)
    proceed(turn)


def sync(turn: Turn) -> None:
    """`license smart sync`: one more exchange, whatever the daily limit says."""
    if talks(turn.state):
        turn.state.pushes_wanted += 1
        proceed(turn)


def poll_due(turn: Turn) -> None:
    turn.state.poll_wanted = True
    proceed(turn)


def restart(turn: Turn) -> None:
    """Transport or address changed: drop what is in flight and start over, data kept."""
    state = turn.state
    for pending in state.pending.values():
        if pending.exchange is Exchange.USAGE_REPORTING:
            state.pushes_wanted = max(1, state.pushes_wanted)
    drop_pending(turn)
    for name in _TIMERS:
        set_timer(state, name, None)
    state.connected = state.comm_failed = state.reached = False
    state.hello_failures = 0
    if not talks(state):
        state.hello_wanted = state.poll_wanted = False
        state.pushes_wanted = 0
        return
    resume_timers(turn)
    if timer(state, TimerName.PROCESS_UTILITY_RUM_REPORTS) is None:
        set_timer(state, TimerName.HELLO_MESSAGE, turn.now + TIMINGS.hello.restart)


def resume_timers(turn: Turn) -> None:
    """Plan the push and the poll again from the fields shown."""
    state = turn.state
    reporting.arm_push(turn)
    check = state.usage_reporting.next_ack_push_check
    if state.poll_id and check is not None and talks(state):
        soonest = max(check, turn.now + TIMINGS.hello.restart)
        set_timer(state, TimerName.RETRIEVE_DATA_PROCESSING_RESULT, soonest)


def drop_pending(turn: Turn) -> None:
    """Forget what is in flight; its reports are as before. A late reply finds nothing."""
    for pending in turn.state.pending.values():
        rum.take_back(turn, pending.report_ids)
    turn.state.pending.clear()
    turn.state.greeted = False


def resend(state: AgentState) -> tuple[Send, ...]:
    """The requests in flight, to be sent again by an emulator that was restarted."""
    return tuple(
        Send(request_id, pending.route, pending.message, pending.signing_key)
        for request_id, pending in state.pending.items()
        if pending.failure is None
    )


# --- the next step --------------------------------------------------------------------------


def proceed(turn: Turn) -> None:
    """Send the next message of this contact, if one is wanted and nothing is in flight."""
    state = turn.state
    if state.pending or not talks(state):
        return
    if state.greeted:
        state.hello_wanted = False
    if not (state.hello_wanted or state.pushes_wanted or state.poll_wanted):
        state.greeted = False
    elif not state.greeted:
        state.hello_wanted = False
        _send(turn, Exchange.HELLO_MESSAGE, _hello(turn))
    elif state.pushes_wanted:
        state.pushes_wanted -= 1
        state.greeted = state.pushes_wanted == 0  # each push asked for is a contact of its own
        _send_usage(turn)
    else:
        state.poll_wanted = False
        _send(turn, Exchange.RESULT_POLLING, _poll(turn))


def _send_usage(turn: Turn) -> None:
    rum.close_all(turn, rum.CURRENT_USAGE_REQUESTED)
    reports = rum.to_send(turn)
    rum.mark_sending(turn, reports)
    asked, proof = trust.requests(turn)
    message = UsageReport(
        sender=sender(turn),
        timestamp=turn.now,
        nonce=turn.state.chance.nonce(),
        usage=tuple(report.signed for report in reports if report.signed is not None),
        trust_requests=asked,
        trust_signature=proof,
    )
    ids = tuple(report.report_id for report in reports)
    _send(turn, Exchange.USAGE_REPORTING, message, ids)


def _send(
    turn: Turn, exchange: Exchange, message: Request, report_ids: tuple[int, ...] = ()
) -> None:
    state = turn.state
    code = state.trust.get(state.udi.short)
    key = "" if code is None else code.private_key
    where = route(state.config)
    request_id = state.next_request_id
    state.next_request_id += 1
    state.pending[request_id] = Pending(exchange, turn.now, where, message, report_ids, key)
    turn.actions.append(Send(request_id, where, message, key))


def _hello(turn: Turn) -> Hello:
    waiting = len(rum.to_send(turn))
    return Hello(sender(turn), turn.now, turn.state.chance.nonce(), waiting)


def _poll(turn: Turn) -> Poll:
    return Poll(sender(turn), turn.now, turn.state.chance.nonce(), turn.state.poll_id)


def sender(turn: Turn) -> Sender:
    """What requests and files say of this product instance."""
    state = turn.state
    code = state.trust.get(state.udi.short)
    return Sender(
        udi=state.udi,
        software_tag=state.software_tag,
        hostname="" if state.config.hostname_privacy else state.config.hostname,
        agent_version=turn.release.agent_version,
        product_instance_identifier=state.product_instance_identifier,
        trust_id="" if code is None else str(code.trust_id),
    )
