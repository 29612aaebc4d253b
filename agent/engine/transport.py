"""Contacts with the server: a Hello first, then reports, then the poll for their result.

To CSSM itself (transport smart) there is no Hello, and trust comes before anything else. One
exchange is in flight at a time. What a contact is for stands in the state (`hello_wanted`,
`pushes_wanted`, `poll_wanted`, `trust_wanted`); `proceed` takes the next step whenever nothing is
in flight. A Hello that fails is repeated: a few times soon, then hourly; nothing else is tried.
Sources: docs/sources.md, entries hello-retries, polling, trust-idtoken.
"""

from __future__ import annotations

from agent.core.clock import Instant
from agent.engine import authorization_online, reporting, retries, rum, telemetry, trust, trust_life
from agent.engine.actions import Send
from agent.engine.events import Scope
from agent.engine.records import Exchange, Pending, TimerName, TrustWanted
from agent.engine.routes import is_direct, route, talks
from agent.engine.state import AgentState
from agent.engine.timers import set_timer, timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn
from agent.protocol.messages import (
    HaMember,
    Hello,
    Poll,
    Request,
    Sender,
    TelemetryReport,
    TrustAcknowledgement,
    TrustEstablishment,
    TrustSync,
    UsageReport,
)

_TIMERS = (
    TimerName.HELLO_MESSAGE,
    TimerName.DATA_SYNCHRONIZATION,
    TimerName.SEND_UTILITY_RUM_REPORTS,
    TimerName.RETRIEVE_DATA_PROCESSING_RESULT,
    TimerName.GIVE_UP,
    TimerName.TRUST_SYNC,
    TimerName.AUTHORIZATION_CODE_PROCESS,
    TimerName.REGISTER_PERIOD_EXPIRATION_CHECK,
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


def sync(turn: Turn, scope: Scope) -> None:
    """`license smart sync`: one more exchange, whatever the daily limit says."""
    if talks(turn.state) and reporting.reset_hour_ends(turn) <= turn.now:
        turn.state.local_sync = scope is Scope.LOCAL
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
    state.trust_sync_wanted = False
    if not is_direct(state):
        state.trust_wanted = None
    if not talks(state):
        state.hello_wanted = state.poll_wanted = False
        state.pushes_wanted = 0
    if not (talks(state) or state.trust_wanted):
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
    telemetry.take_back(turn.state)
    turn.state.pending.clear()
    turn.state.greeted = False


def telemetry_due(turn: Turn) -> None:
    """A day is over."""
    telemetry.day_over(turn)
    proceed(turn)


def sync_trust(turn: Turn) -> None:
    """A Trust Sync is due."""
    turn.state.trust_sync_wanted = True
    proceed(turn)


def renewal_due(turn: Turn) -> None:
    """A trust code ends soon or now."""
    if trust_life.due(turn):
        sync_trust(turn)


def resend(state: AgentState) -> tuple[Send, ...]:
    """The requests in flight, to be sent again by an emulator that was restarted."""
    return tuple(
        Send(request_id, pending.route, pending.message, pending.signing_key, state.anchors)
        for request_id, pending in state.pending.items()
        if pending.failure is None
    )


# --- the next step --------------------------------------------------------------------------


def proceed(turn: Turn) -> None:
    """Send the next message of this contact, if one is wanted and nothing is in flight."""
    state = turn.state
    if not state.pending:
        (_proceed_to_cssm if is_direct(state) else _proceed_to_cslu)(turn)
    if not state.pending:
        state.pending = {}  # one that was emptied keeps its room


def _proceed_to_cssm(turn: Turn) -> None:
    """Trust first; without it nothing else. No Hello goes to CSSM."""
    state = turn.state
    state.hello_wanted = False
    waits = timer(state, TimerName.REGISTER_PERIOD_EXPIRATION_CHECK) is not None
    if state.trust_wanted is not None and not waits:
        _send(turn, Exchange.TRUST_ESTABLISHMENT, _trust(turn, state.trust_wanted))
    elif not talks(state):
        return
    elif state.trust_sync_wanted:
        state.trust_sync_wanted = False
        _send(turn, Exchange.TRUST_SYNC, _trust_sync(turn))
    elif state.trust_ack_wanted and timer(state, TimerName.TRUST_SYNC) is None:
        state.trust_ack_wanted = False
        _send(turn, Exchange.TRUST_ACKNOWLEDGEMENT, _trust_ack(turn))
    elif codes := authorization_online.wanted(turn):
        _send_about_codes(turn, codes)
    elif state.pushes_wanted:
        state.pushes_wanted -= 1
        _send_usage(turn)
    elif state.poll_wanted:
        state.poll_wanted = False
        _send(turn, Exchange.RESULT_POLLING, _poll(turn))
    elif state.telemetry_wanted:
        state.telemetry_wanted = False
        _send_telemetry(turn)


def _proceed_to_cslu(turn: Turn) -> None:
    """A Hello opens each contact; each push that was asked for is a contact of its own."""
    state = turn.state
    if not talks(state):
        return
    if state.greeted:
        state.hello_wanted = False
    codes = authorization_online.wanted(turn)
    if not (state.hello_wanted or state.pushes_wanted or state.poll_wanted or codes):
        state.greeted = False
    elif not state.greeted:
        state.hello_wanted = False
        _send(turn, Exchange.HELLO_MESSAGE, _hello(turn))
    elif codes:
        _send_about_codes(turn, codes)
    elif state.pushes_wanted:
        state.pushes_wanted -= 1
        state.greeted = state.pushes_wanted == 0
        _send_usage(turn)
    else:
        state.poll_wanted = False
        _send(turn, Exchange.RESULT_POLLING, _poll(turn))


def _send_about_codes(turn: Turn, exchange: Exchange) -> None:
    message = authorization_online.message(turn, exchange, sender(turn), own_time(turn))
    _send(turn, exchange, message)


def _send_usage(turn: Turn) -> None:
    over = reporting.interval_is_over(turn)
    rum.close_all(turn, rum.POLICY_INTERVAL if over else rum.CURRENT_USAGE_REQUESTED)
    reports = rum.to_send(turn)
    rum.mark_sending(turn, reports)
    asked, proof = trust.requests(turn, local=turn.state.local_sync)
    turn.state.local_sync = False
    message = UsageReport(
        sender=sender(turn),
        timestamp=own_time(turn),
        nonce=turn.state.chance.nonce(),
        usage=tuple(report.signed for report in reports if report.signed is not None),
        trust_requests=asked,
        trust_signature=proof,
    )
    ids = tuple(report.report_id for report in reports)
    _send(turn, Exchange.USAGE_REPORTING, message, ids)


def _send_telemetry(turn: Turn) -> None:
    reports = telemetry.to_send(turn)
    message = TelemetryReport(
        sender(turn),
        own_time(turn),
        turn.state.chance.nonce(),
        tuple(report.signed for report in reports if report.signed is not None),
    )
    _send(turn, Exchange.TELEMETRY_REPORTING, message, tuple(r.report_id for r in reports))


def _send(
    turn: Turn, exchange: Exchange, message: Request, report_ids: tuple[int, ...] = ()
) -> None:
    state = turn.state
    code = state.trust_code
    key = "" if code is None else code.private_key
    where = route(state.config)
    request_id = state.next_request_id
    state.next_request_id += 1
    state.pending[request_id] = Pending(exchange, turn.now, where, message, report_ids, key)
    turn.actions.append(Send(request_id, where, message, key, state.anchors))


def _hello(turn: Turn) -> Hello:
    waiting = len(rum.to_send(turn))
    return Hello(sender(turn), turn.own_time, turn.state.chance.nonce(), waiting)


def _trust(turn: Turn, wanted: TrustWanted) -> TrustEstablishment:
    asked, proof = trust.requests_with_token(turn, wanted)
    return TrustEstablishment(sender(turn), own_time(turn), turn.state.chance.nonce(), asked, proof)


def _trust_sync(turn: Turn) -> TrustSync:
    state = turn.state
    asked, proof = trust.requests(turn)
    return TrustSync(
        sender=sender(turn),
        timestamp=own_time(turn),
        nonce=state.chance.nonce(),
        devices=tuple(HaMember(m.role, m.udi) for m in state.members),
        trust_ids=tuple(code.trust_id for code in state.trust.values()),
        trust_requests=asked,
        trust_signature=proof,
    )


def _trust_ack(turn: Turn) -> TrustAcknowledgement:
    ids = tuple(code.trust_id for code in turn.state.trust.values())
    return TrustAcknowledgement(sender(turn), own_time(turn), turn.state.chance.nonce(), ids)


def _poll(turn: Turn) -> Poll:
    return Poll(sender(turn), turn.own_time, turn.state.chance.nonce(), turn.state.poll_id)


def own_time(turn: Turn) -> Instant:
    """The time by the device's calendar: what it writes into messages and files."""
    return turn.own_time


def sender(turn: Turn) -> Sender:
    """What requests and files say of this product instance."""
    state = turn.state
    code, config = state.trust_code, state.config
    return Sender(
        udi=state.udi,
        software_tag=state.software_tag,
        hostname="" if config.hostname_privacy else config.hostname,
        agent_version="" if config.version_privacy else turn.release.agent_version,
        product_instance_identifier=state.product_instance_identifier,
        trust_id="" if code is None else str(code.trust_id),
    )
