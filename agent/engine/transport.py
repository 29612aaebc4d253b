"""Contacts with the server: a Hello first, then reports, then the poll for their result.

One exchange is in flight at a time. What a contact is for stands in the state (`hello_wanted`,
`pushes_wanted`, `poll_wanted`); `proceed` takes the next step whenever nothing is in flight.
A Hello that fails is repeated: a few times soon, then hourly; nothing else is tried meanwhile.
Sources: docs/sources.md, entries hello-retries, give-up, polling, status-codes, comm-messages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agent.core.clock import SECOND
from agent.engine import acks, reporting, rum, statistics, trust
from agent.engine.actions import Send
from agent.engine.events import Failure, ReplyReceived, SendFailed
from agent.engine.routes import peer, route, talks
from agent.engine.state import AgentState, Exchange, Pending, TimerName
from agent.engine.timers import set_timer, timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn
from agent.protocol.messages import Hello, Poll, Reply, Request, Sender, StatusCode, UsageReport

_TIMERS = (
    TimerName.HELLO_MESSAGE,
    TimerName.DATA_SYNCHRONIZATION,
    TimerName.SEND_UTILITY_RUM_REPORTS,
    TimerName.RETRIEVE_DATA_PROCESSING_RESULT,
    TimerName.GIVE_UP,
)
_ANSWERED = (StatusCode.OK, StatusCode.OK_POLL)
_UNKNOWN_INSTANCE = "product_instance_identifier"


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
    if _is_retrying_soon(turn.state):  # the next Hello that gets through brings the push
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
    state.connected = state.comm_failed = state.lost_before = False
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
        sender=_sender(turn),
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
    return Hello(_sender(turn), turn.now, turn.state.chance.nonce(), waiting)


def _poll(turn: Turn) -> Poll:
    return Poll(_sender(turn), turn.now, turn.state.chance.nonce(), turn.state.poll_id)


def _sender(turn: Turn) -> Sender:
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


# --- failures -------------------------------------------------------------------------------


def send_failed(turn: Turn, event: SendFailed) -> None:
    """No answer. Some failures are declared only after the device's own patience."""
    pending = turn.state.pending.get(event.request_id)
    if pending is None or pending.failure is not None:
        return
    failed = replace(pending, failure=event.failure, detail=event.detail)
    turn.state.pending[event.request_id] = failed
    until = pending.sent + TIMINGS.give_up.get(event.failure, 0)
    if until > turn.now:
        set_timer(turn.state, TimerName.GIVE_UP, until)
    else:
        give_up(turn)


def give_up(turn: Turn) -> None:
    """Declare the attempts failed that wait for it."""
    state = turn.state
    for request_id, pending in list(state.pending.items()):
        if pending.failure is not None:
            del state.pending[request_id]
            _declare_failed(turn, pending, pending.failure, pending.detail)
    proceed(turn)


def _declare_failed(turn: Turn, pending: Pending, failure: Failure, detail: str) -> None:
    refused = failure is Failure.HTTP_STATUS and detail.startswith("4")
    response = statistics.INVALID_STATUS if refused else statistics.NO_REPLY
    statistics.failed(turn.state, pending.exchange, response, turn.now, communication=True)
    turn.log("SMART_LIC.COMM_FAILED", peer=peer(turn.state), reason=_reason(failure, detail))
    if not turn.state.comm_failed:
        turn.note("SAEVT_COMM_FAILED", error=failure.value)
    turn.state.comm_failed = True
    _AFTER_FAILURE[pending.exchange](turn, pending)


def _reason(failure: Failure, detail: str) -> str:
    if failure is Failure.UNRESOLVED:
        return f"{failure.value} "  # source: comm-messages (this line ends in a blank)
    if failure is Failure.HTTP_STATUS and detail:
        return f"{failure.value} {detail}"
    return str(failure.value)


def _hello_failed(turn: Turn, pending: Pending) -> None:
    """Nothing else is tried; the next Hello comes by the table, then hourly."""
    state = turn.state
    state.connected = False
    if timer(state, TimerName.DATA_SYNCHRONIZATION) is None:  # else a push tried in between
        gaps, step = _gaps(state), state.hello_failures
        state.hello_failures += 1
        gap = gaps[step] if step < len(gaps) else TIMINGS.hello.hourly
        set_timer(state, TimerName.DATA_SYNCHRONIZATION, turn.now + max(gap, SECOND))
    if state.pushes_wanted:
        state.pushes_wanted = 0
        reporting.push_failed(turn)
    if state.poll_wanted:
        state.poll_wanted = False
        _plan_poll(turn, TIMINGS.poll.retry)


def _gaps(state: AgentState) -> tuple[int, ...]:
    return TIMINGS.hello.gaps if state.lost_before else TIMINGS.hello.first_gaps


def _is_retrying_soon(state: AgentState) -> bool:
    """Is a Hello planned by the table, before the hourly ones?"""
    planned = timer(state, TimerName.DATA_SYNCHRONIZATION) is not None
    return planned and state.hello_failures < len(_gaps(state))


def _usage_failed(turn: Turn, pending: Pending) -> None:
    rum.take_back(turn, pending.report_ids)
    reporting.push_failed(turn)


def _poll_failed(turn: Turn, pending: Pending) -> None:
    _plan_poll(turn, TIMINGS.poll.retry)


_AFTER_FAILURE: dict[Exchange, Callable[[Turn, Pending], None]] = {
    Exchange.HELLO_MESSAGE: _hello_failed,
    Exchange.USAGE_REPORTING: _usage_failed,
    Exchange.RESULT_POLLING: _poll_failed,
}


# --- replies --------------------------------------------------------------------------------


def reply_received(turn: Turn, event: ReplyReceived) -> None:
    """A server answered. A reply to something else than we asked is no answer."""
    pending = turn.state.pending.get(event.request_id)
    if pending is None or pending.failure is not None:
        return
    reply = event.reply
    if reply.nonce != pending.message.nonce:
        send_failed(turn, SendFailed(event.request_id, Failure.BAD_REPLY))
        return
    del turn.state.pending[event.request_id]
    _note_contact(turn, reply)
    _count(turn, pending.exchange, reply)
    _ON_REPLY[pending.exchange](turn, pending, reply)
    for text in reply.licence_files:
        acks.install(turn, text)
    _end_poll_when_done(turn)
    proceed(turn)


def _note_contact(turn: Turn, reply: Reply) -> None:
    """Any answer restores communication and tells who is there."""
    state = turn.state
    state.lost_before = True
    if reply.connect is not None:
        state.peer = reply.connect
    if state.comm_failed:
        state.comm_failed = False
        turn.log("SMART_LIC.COMM_RESTORED", peer=peer(state))
        turn.note("SAEVT_COMM_RESTORED")
        # what the loss held up is done now
        if reporting.push_is_owed(turn):
            state.pushes_wanted = max(1, state.pushes_wanted)
        if state.poll_id:
            state.poll_wanted = True


def _count(turn: Turn, exchange: Exchange, reply: Reply) -> None:
    if reply.status in _ANSWERED:
        statistics.succeeded(turn.state, exchange, reply.status.value, turn.now)
        return
    later = reply.status is StatusCode.OK_TRY_AGAIN
    response = reply.status.value if later else statistics.INVALID_STATUS
    reason = reply.message or "<none>"
    statistics.failed(turn.state, exchange, response, turn.now, reason=reason)


def _hello_answered(turn: Turn, pending: Pending, reply: Reply) -> None:
    state = turn.state
    if reply.status not in _ANSWERED:
        _hello_failed(turn, pending)
        return
    state.connected = state.greeted = True
    state.hello_failures = 0
    set_timer(state, TimerName.DATA_SYNCHRONIZATION, None)
    if reporting.push_is_owed(turn):
        state.pushes_wanted = max(1, state.pushes_wanted)


def _usage_answered(turn: Turn, pending: Pending, reply: Reply) -> None:
    state = turn.state
    if reply.status in _ANSWERED:
        rum.mark_sent(turn, pending.report_ids)
        reporting.push_accepted(turn)
        state.poll_wanted = False
        state.poll_id = reply.poll_id
        if reply.status is StatusCode.OK_POLL and reply.poll_id:
            _plan_poll(turn, _wait(reply))
        else:
            _end_poll(turn)
        return
    rum.take_back(turn, pending.report_ids)
    if reply.status is StatusCode.OK_TRY_AGAIN:
        set_timer(state, TimerName.SEND_UTILITY_RUM_REPORTS, turn.now + _wait(reply))
    elif _UNKNOWN_INSTANCE in reply.message:
        # source: status-codes (the server forgot the instance: nothing more until new trust)
        set_timer(state, TimerName.SEND_UTILITY_RUM_REPORTS, None)
    else:
        reporting.push_failed(turn)


def _poll_answered(turn: Turn, pending: Pending, reply: Reply) -> None:
    if reply.status is StatusCode.OK:
        _end_poll(turn)
    elif reply.status in (StatusCode.OK_POLL, StatusCode.OK_TRY_AGAIN):
        _plan_poll(turn, _wait(reply))
    else:  # the result is lost: the reports go again next day
        _end_poll(turn)
        when = turn.now + TIMINGS.push.retry
        set_timer(turn.state, TimerName.SEND_UTILITY_RUM_REPORTS, when)


_ON_REPLY: dict[Exchange, Callable[[Turn, Pending, Reply], None]] = {
    Exchange.HELLO_MESSAGE: _hello_answered,
    Exchange.USAGE_REPORTING: _usage_answered,
    Exchange.RESULT_POLLING: _poll_answered,
}


def _plan_poll(turn: Turn, wait: int) -> None:
    """`Next ACK push check` and its job."""
    when = turn.now + wait
    turn.state.usage_reporting.next_ack_push_check = when
    set_timer(turn.state, TimerName.RETRIEVE_DATA_PROCESSING_RESULT, when)


def _end_poll(turn: Turn) -> None:
    turn.state.poll_id = ""
    turn.state.poll_wanted = False
    turn.state.usage_reporting.next_ack_push_check = None
    set_timer(turn.state, TimerName.RETRIEVE_DATA_PROCESSING_RESULT, None)


def _end_poll_when_done(turn: Turn) -> None:
    """A server may hand over the ACK with any reply: then there is nothing left to ask for."""
    state = turn.state
    waits = any(r.sent is not None and r.acked is None for r in rum.to_send(turn))
    if state.poll_id and not waits:
        _end_poll(turn)


def _wait(reply: Reply) -> int:
    return reply.retry_time_seconds * SECOND or TIMINGS.poll.default
