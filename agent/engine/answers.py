"""What comes back: a failure to declare, or a reply to take in. One function per exchange.

A reply tells who is there, may end an outage, and may carry licence files whatever was asked.
Afterwards the contact goes on with its next step. The tables name what follows each exchange.
Sources: docs/sources.md, entries give-up, status-codes, comm-messages.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.engine import (
    acks,
    authorization_online,
    establish,
    history,
    polling,
    reporting,
    retries,
    rum,
    statistics,
    telemetry,
    transport,
    trust,
)
from agent.engine.config import Transport
from agent.engine.events import Failure, ReplyReceived, SendFailed
from agent.engine.records import Exchange, Pending, TimerName, changed
from agent.engine.routes import DIRECT, peer
from agent.engine.timers import set_timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn
from agent.protocol.messages import ConnectInfo, Reply, StatusCode

_ANSWERED = (StatusCode.OK, StatusCode.OK_POLL)
_REPORTING = "POLICY_USAGE"
NOT_FOUND = "404"
_CLOCK = "timestamp"  # what a server says of a message whose date is too far from its own
_BRING_A_POLICY = (Exchange.USAGE_REPORTING, Exchange.RESULT_POLLING)
_UNKNOWN_INSTANCE = "product_instance_identifier"
# source: return-codes (the agent's own words for two of them)
_AGENT_ERRORS = {
    acks.BAD_SIGNATURE: "Signature Verification failed",
    acks.UNREADABLE: Failure.BAD_REPLY,
}


# --- failures -------------------------------------------------------------------------------


def send_failed(turn: Turn, event: SendFailed) -> None:
    """No answer. Some failures are declared only after the device's own patience."""
    pending = turn.state.pending.get(event.request_id)
    if pending is None or pending.failure is not None:
        return
    until = pending.sent + TIMINGS.give_up.get(event.failure, 0)
    if until <= turn.now:
        del turn.state.pending[event.request_id]
        _declare_failed(turn, pending, event.failure, event.detail)
        give_up(turn)
        return
    failed = changed(pending, failure=event.failure, detail=event.detail)
    turn.state.pending[event.request_id] = failed
    set_timer(turn.state, TimerName.GIVE_UP, until)


def give_up(turn: Turn) -> None:
    """Declare the attempts failed that wait for it."""
    state = turn.state
    if state.pending:
        for request_id, pending in tuple(state.pending.items()):
            if pending.failure is not None:
                del state.pending[request_id]
                _declare_failed(turn, pending, pending.failure, pending.detail)
    transport.proceed(turn)


def _declare_failed(turn: Turn, pending: Pending, failure: Failure, detail: str) -> None:
    state = turn.state
    if detail == NOT_FOUND and pending.route.transport in DIRECT:
        failure, detail = Failure.EMPTY_REPLY, ""  # a server of another kind is there
    refused = detail.startswith("4") and failure is Failure.HTTP_STATUS
    response = statistics.INVALID_STATUS if refused else statistics.NO_REPLY
    statistics.failed(state, pending.exchange, response, turn.now, communication=True)
    history.exchanged(turn, pending)
    reason = _reason(failure, detail)
    if pending.route.transport is _CALL_HOME and failure in _CALL_HOME_ERRORS:
        url, error = pending.route.urls[0], _CALL_HOME_ERRORS[failure]
        turn.log("CALL_HOME.SL_MESSAGE_FAILED", url=url, error=error)
        reason = Failure.CALL_HOME
    if not state.comm_failed and failure in _SAID_FIRST:
        _SAID_FIRST[failure](turn, reason)
    turn.log("SMART_LIC.COMM_FAILED", peer=peer(state), reason=reason)
    if not state.comm_failed:
        turn.note("SAEVT_COMM_FAILED", error=failure)
    state.comm_failed = True
    _AFTER_FAILURE[pending.exchange](turn, pending)


def _no_way(turn: Turn, reason: str) -> None:
    turn.log("SMART_LIC.COMM_INIT_FAILED", peer=peer(turn.state), reason=reason)


def _no_address(turn: Turn, reason: str) -> None:
    if turn.state.config.utility:
        turn.log("SMART_LIC.UTILITY_FQDN_ERROR", peer=peer(turn.state))


# what the first failure of its kind says before COMM_FAILED
_SAID_FIRST: dict[Failure, Callable[[Turn, str], None]] = {
    Failure.NO_WAY: _no_way,
    Failure.UNRESOLVED: _no_address,
}
_CALL_HOME = Transport.CALLHOME

# source: comm-messages (205 and 207 seen). assumed: which trouble has which of them
_CALL_HOME_ERRORS = {
    Failure.UNRESOLVED: "205 : Request Aborted",
    Failure.REFUSED: "205 : Request Aborted",
    Failure.TIMED_OUT: "207 : Connection time out",
    Failure.HTTP_STATUS: "205 : Request Aborted",
    Failure.EMPTY_REPLY: "205 : Request Aborted",
    Failure.BAD_REPLY: "205 : Request Aborted",
    Failure.PROXY: "205 : Request Aborted",
    Failure.TLS: "205 : Request Aborted",
}


def _reason(failure: Failure, detail: str) -> str:
    if detail and failure is Failure.HTTP_STATUS:
        return f"{failure} {detail}"
    return _REASONS.get(failure, failure)


# source: comm-messages (this line ends in a blank)
_REASONS = {Failure.UNRESOLVED: f"{Failure.UNRESOLVED} "}


def _hello_failed(turn: Turn, pending: Pending) -> None:
    """Nothing else is tried; the next Hello comes by the table, then hourly."""
    state = turn.state
    state.connected = False
    retries.plan_hello(turn)
    authorization_online.contact_failed(turn)
    if state.pushes_wanted:
        state.pushes_wanted = 0
        reporting.push_failed(turn)
    if state.poll_wanted:
        state.poll_wanted = False
        polling.plan(turn, TIMINGS.poll.retry)


def _usage_failed(turn: Turn, pending: Pending) -> None:
    rum.take_back(turn, pending.report_ids)
    if turn.state.config.utility:
        turn.log("SMART_LIC.UTILITY_REPORT_FAILED", peer=peer(turn.state))
    reporting.push_failed(turn)


def _poll_failed(turn: Turn, pending: Pending) -> None:
    if authorization_online.is_poll_for_codes(pending):
        authorization_online.exchange_failed(turn, pending)
        return
    polling.plan(turn, TIMINGS.poll.retry)


def _telemetry_failed(turn: Turn, pending: Pending) -> None:
    """It lies on disk until the next day's goes."""
    telemetry.take_back(turn.state)


_AFTER_FAILURE: dict[Exchange, Callable[[Turn, Pending], None]] = {
    Exchange.HELLO_MESSAGE: _hello_failed,
    Exchange.USAGE_REPORTING: _usage_failed,
    Exchange.RESULT_POLLING: _poll_failed,
    Exchange.TELEMETRY_REPORTING: _telemetry_failed,
    Exchange.TRUST_ESTABLISHMENT: establish.failed,
    Exchange.TRUST_SYNC: establish.sync_failed,
    Exchange.TRUST_ACKNOWLEDGEMENT: establish.acknowledgement_failed,
    Exchange.AUTHORIZATION_REQUEST: authorization_online.exchange_failed,
    Exchange.AUTHORIZATION_CONFIRMATION: authorization_online.exchange_failed,
    Exchange.AUTHORIZATION_RETURN: authorization_online.exchange_failed,
}


# --- replies --------------------------------------------------------------------------------


def reply_received(turn: Turn, event: ReplyReceived) -> None:
    """A server answered. A reply to something else than we asked is no answer."""
    pending = turn.state.pending.get(event.request_id)
    if pending is None or pending.failure is not None:
        return
    reply = event.reply
    unfit = _unfit(turn, pending, reply)
    if unfit is not None:
        send_failed(turn, SendFailed(event.request_id, unfit))
        return
    del turn.state.pending[event.request_id]
    _note_contact(turn, reply)
    _count(turn, pending.exchange, reply)
    history.exchanged(turn, pending)
    _ON_REPLY[pending.exchange](turn, pending, reply)
    if reply.message == _CLOCK and pending.exchange in _BRING_A_POLICY:
        turn.log("SMART_LIC.POLICY_INSTALL_FAILED", reason=trust.CLOCKS_DIFFER[1])
    for text in reply.licence_files:
        _report_unusable(turn, acks.install(turn, text))
    if pending.exchange is Exchange.TRUST_ESTABLISHMENT:
        establish.settle(turn, pending, reply)
    authorization_online.settle(turn, pending, reply)
    polling.end_when_answered(turn)
    transport.proceed(turn)


def _report_unusable(turn: Turn, outcome: acks.Outcome) -> None:
    """An ACK that cannot be used is logged: what other sections lack has messages of its own.

    # assumed: as a failure of communication; a log of a device with such an ACK would show it.
    """
    for fault in outcome.faults:
        if fault.section in ("file", "RUM ACK"):
            turn.log("SMART_LIC.COMM_FAILED", peer=peer(turn.state), reason=_said(fault))
            turn.state.comm_failed = True


def _said(fault: acks.Fault) -> str:
    return _AGENT_ERRORS.get(fault.code, fault.reason)


def _unfit(turn: Turn, pending: Pending, reply: Reply) -> Failure | None:
    """Why a reply is no answer, or None. A server of the wrong kind has said nothing.

    CSSM signs its replies; a CSLU, which only passes on what CSSM signed, does not.
    # source: comm-messages (a URL of another kind of server)
    """
    if reply.nonce != pending.message.nonce:
        return Failure.BAD_REPLY
    direct = pending.route.transport in DIRECT
    if direct != bool(reply.signature):
        return Failure.EMPTY_REPLY
    return Failure.BAD_REPLY if direct and not _vouched_for(turn, reply) else None


def _vouched_for(turn: Turn, reply: Reply) -> bool:
    return acks.check_signer(turn, reply.signed_digest, reply.signature) is None


def _note_contact(turn: Turn, reply: Reply) -> None:
    """Any answer restores communication and tells who is there."""
    state = turn.state
    if _is_down_rev(reply.connect) and not (state.reached and _is_down_rev(state.peer)):
        turn.log("SMART_LIC.REPORTING_NOT_SUPPORTED")
    state.reached = True
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


def _is_down_rev(peer: ConnectInfo | None) -> bool:
    """Is this a server that does not know usage reporting? # source: on-prem-down-rev"""
    return peer is not None and _REPORTING not in peer.capabilities


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
    if _is_down_rev(reply.connect):  # nothing can be reported to it; it may be upgraded
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
            polling.plan(turn, polling.wait_of(reply))
        else:
            polling.end(turn)
        return
    rum.take_back(turn, pending.report_ids)
    told = _is_down_rev(reply.connect)
    if reply.status is StatusCode.VERSION_TOO_HIGH and not told:  # source: sysmsg-licensing
        turn.log("SMART_LIC.REPORTING_NOT_SUPPORTED")
    if reply.status is StatusCode.OK_TRY_AGAIN:
        set_timer(state, TimerName.SEND_UTILITY_RUM_REPORTS, turn.now + polling.wait_of(reply))
    elif reply.message == establish.STALE_NONCE:
        set_timer(state, TimerName.SEND_UTILITY_RUM_REPORTS, turn.now + TIMINGS.trust.retry)
    elif _UNKNOWN_INSTANCE in reply.message:
        # source: status-codes (the server forgot the instance: nothing more until new trust)
        set_timer(state, TimerName.SEND_UTILITY_RUM_REPORTS, None)
    else:
        reporting.push_failed(turn)


def _poll_answered(turn: Turn, pending: Pending, reply: Reply) -> None:
    if authorization_online.is_poll_for_codes(pending):
        authorization_online.request_answered(turn, pending, reply)
        return
    if reply.status is StatusCode.OK:
        polling.end(turn)
    elif reply.status in (StatusCode.OK_POLL, StatusCode.OK_TRY_AGAIN):
        polling.plan(turn, polling.wait_of(reply))
    elif reply.message == establish.STALE_NONCE:
        polling.plan(turn, TIMINGS.trust.retry)
    else:  # the result is lost: the reports go again next day
        polling.end(turn)
        when = turn.now + TIMINGS.push.retry
        set_timer(turn.state, TimerName.SEND_UTILITY_RUM_REPORTS, when)


def _telemetry_answered(turn: Turn, pending: Pending, reply: Reply) -> None:
    """# assumed: nothing is asked for afterwards, whether the server says OK or OK_POLL"""
    if reply.status in _ANSWERED:
        telemetry.taken(turn, pending.report_ids)
    else:
        telemetry.take_back(turn.state)


_ON_REPLY: dict[Exchange, Callable[[Turn, Pending, Reply], None]] = {
    Exchange.HELLO_MESSAGE: _hello_answered,
    Exchange.USAGE_REPORTING: _usage_answered,
    Exchange.RESULT_POLLING: _poll_answered,
    Exchange.TELEMETRY_REPORTING: _telemetry_answered,
    Exchange.TRUST_ESTABLISHMENT: establish.answered,
    Exchange.TRUST_SYNC: establish.sync_answered,
    Exchange.TRUST_ACKNOWLEDGEMENT: establish.acknowledgement_answered,
    Exchange.AUTHORIZATION_REQUEST: authorization_online.request_answered,
    Exchange.AUTHORIZATION_CONFIRMATION: authorization_online.told,
    Exchange.AUTHORIZATION_RETURN: authorization_online.told,
}
