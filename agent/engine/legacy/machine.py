"""The Smart Agent of releases before SLP: the same face, another engine.

`HANDLERS` says what each event does, `DUE` what a timer does; `agent.engine.machine` asks here
where platform and release have this model. Sources: docs/sources.md, entries legacy-states,
legacy-timers, sysmsg-legacy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.core.clock import Instant
from agent.engine.actions import Answer
from agent.engine.events import (
    Booted,
    ClockChanged,
    ConfigChanged,
    Event,
    EventlogCleared,
    FactoryResetAsked,
    LicenceRequest,
    ReplyReceived,
    SendFailed,
    SwitchedOver,
    TimeReached,
    UnitsChanged,
    UsageChanged,
)
from agent.engine.legacy import alarms, clock, clock_step, contact, outcomes, reservation
from agent.engine.legacy.clock import take_due
from agent.engine.legacy.events import (
    DeregistrationAsked,
    RegistrationAsked,
    RenewalAsked,
    ReservationAsked,
    ReservationCancelled,
    ReservationInstalled,
    ReservationReturned,
)
from agent.engine.legacy.state import (
    REGISTERED,
    REGISTERING,
    RESERVED,
    LegacyState,
    LegacyTimer,
)
from agent.engine.places import arranged, handed_over
from agent.engine.records import LicenceUse, Pending, changed
from agent.engine.state import AgentState
from agent.engine.turn import Turn
from agent.protocol.messages import LicenseClass, StatusCode
from agent.protocol.smart_licensing import Step

# source: legacy-slr (the word of a device that is); assumed for `register` too
ALREADY = reservation.ALREADY
# assumed: recalled, not seen
IN_PROGRESS = (
    "Registration process is in progress. "
    "Use the 'show license status' command to check the progress and result"
)
NOT_SUPPORTED = "The requested operation is not supported"
NOT_REGISTERED = "The agent is not registered"  # source: return-codes


def take(turn: Turn, event: Event) -> None:
    """Take in one event; one of SLP alone is refused."""
    HANDLERS.get(type(event), _of_the_other_model)(turn, event)
    if turn.profile.kind == alarms.KIND:
        alarms.raise_new(turn)


def next_deadline(state: AgentState) -> Instant | None:
    """When TimeReached is wanted next; None when nothing is planned, or the service is down."""
    if state.config.service_down:
        return None
    return min(state.legacy.timers.values(), default=None)


def _of_the_other_model(turn: Turn, event: Event) -> None:
    turn.actions.append(Answer(NOT_SUPPORTED))


# --- boot and configuration -------------------------------------------------------------------


def _booted(turn: Turn, event: Booted) -> None:
    """Start with what was kept: identity, authorization, evaluation."""
    state, legacy = turn.state, turn.state.legacy
    again = legacy.registration == REGISTERING
    contact.drop(turn)
    state.timers.clear()
    state.config, state.booted = event.config, turn.now
    turn.log("SMART_LIC.AGENT_READY")
    turn.log("SMART_LIC.AGENT_ENABLED")
    for use in list(state.usage.values()):
        count(turn, LicenceRequest(use.feature, use.entitlement_tag, 0))
    for request in event.licences:
        count(turn, request)
    clock.settle_evaluation(turn)
    if again:
        contact.ask(turn, Step.REGISTER)
    elif legacy.registration == REGISTERED:
        contact.ask(turn, Step.AUTHORIZE)


def _config_changed(turn: Turn, event: ConfigChanged) -> None:
    turn.state.config = event.config


# --- use ----------------------------------------------------------------------------------------


def _usage_changed(turn: Turn, event: UsageChanged) -> None:
    if count(turn, event.licence):
        _usage_settled(turn)


def _usage_settled(turn: Turn) -> None:
    """A change of use is reported at once by a registered product."""
    legacy = turn.state.legacy
    clock.settle_evaluation(turn)
    if legacy.registration == RESERVED:
        reservation.settle(turn)
    elif legacy.registration == REGISTERED:
        contact.ask(turn, Step.AUTHORIZE)


def count(turn: Turn, request: LicenceRequest) -> bool:
    """Keep what is used; was it something else before?"""
    usage = turn.state.usage
    known = usage.get(request.entitlement_tag)
    if known is None:
        if not request.count and turn.profile.entitlement(request.entitlement_tag) is None:
            return False
        entitlement = turn.profile.entitlement(request.entitlement_tag)
        usage[request.entitlement_tag] = LicenceUse(
            handle=turn.state.next_handle,
            feature=request.feature,
            entitlement_tag=request.entitlement_tag,
            count=request.count,
            status_time=turn.now,
            request_time=turn.now if request.count else None,
            licence_class=entitlement.licence_class if entitlement else LicenseClass.PERPETUAL,
        )
        turn.state.next_handle += 1
        return request.count > 0
    usage[request.entitlement_tag] = changed(known, count=request.count)
    return known.count != request.count


def _units_changed(turn: Turn, event: UnitsChanged) -> None:
    turn.state.members = arranged(event.units, turn.state.members)
    reservation.units_changed(turn)
    changed = [count(turn, request) for request in event.licences]
    if any(changed):
        _usage_settled(turn)


def _switched_over(turn: Turn, event: SwitchedOver) -> None:
    """The identity is the set's; a new active unit says what it uses."""
    members = turn.state.members
    if len(members) > 1:
        turn.state.members = handed_over(members)
        turn.log("SMART_LIC.HA_ROLE_CHANGED", role="Active")
        _usage_settled(turn)


# --- commands -----------------------------------------------------------------------------------


def _registration_asked(turn: Turn, event: RegistrationAsked) -> None:
    legacy = turn.state.legacy
    if legacy.registration == RESERVED or (legacy.registration == REGISTERED and not event.force):
        turn.actions.append(Answer(ALREADY))
        return
    if legacy.registration == REGISTERING:
        turn.actions.append(Answer(IN_PROGRESS))
        return
    forced = legacy.registered
    outcomes.registration(turn, "token entered by force" if forced else "token entered")
    if forced:  # assumed: the old identity goes before the new one is there
        outcomes.forget_identity(legacy)
        turn.state.account = None
    legacy.idtoken, legacy.forced = event.token, event.force
    turn.actions.append(Answer(IN_PROGRESS))
    clock.settle_evaluation(turn)
    contact.ask(turn, Step.REGISTER)


def _deregistration_asked(turn: Turn, event: DeregistrationAsked) -> None:
    """What is stored here goes at once, whatever the server says. # source: legacy-states"""
    legacy = turn.state.legacy
    if legacy.registration not in (REGISTERED, REGISTERING):
        turn.actions.append(Answer(NOT_REGISTERED))
        return
    told = legacy.registration == REGISTERED
    contact.drop(turn)
    if told:
        contact.ask(turn, Step.DEREGISTER)
    outcomes.registration(turn, "deregistered")
    outcomes.forget_identity(legacy)
    legacy.initial_registration = legacy.last_renewal = None
    legacy.idtoken = ""
    turn.state.account = None
    turn.state.product_instance_identifier = ""
    clock.settle_evaluation(turn)


def _renewal_asked(turn: Turn, event: RenewalAsked) -> None:
    if turn.state.legacy.registration != REGISTERED:
        turn.actions.append(Answer(NOT_REGISTERED))
        return
    contact.ask(turn, Step.RENEW if event.identity else Step.AUTHORIZE)


def _factory_reset(turn: Turn, event: FactoryResetAsked) -> None:
    """The identity goes; the evaluation that is used up stays so. # source: legacy-timers"""
    old = turn.state.legacy
    clock.stop(turn)
    contact.drop(turn)
    turn.state.legacy = LegacyState(evaluation=old.evaluation)
    turn.state.account = None
    clock.settle_evaluation(turn)


def _eventlog_cleared(turn: Turn, event: EventlogCleared) -> None:
    turn.state.eventlog.clear()


# --- answers ------------------------------------------------------------------------------------


def _reply_received(turn: Turn, event: ReplyReceived) -> None:
    pending = turn.state.pending.get(event.request_id)
    if pending is None or pending.failure is not None:
        return
    reply = event.reply
    step = contact.step_of(pending)
    del turn.state.pending[event.request_id]
    turn.state.legacy.unreached = False
    if reply.nonce != pending.message.nonce or not contact.vouched_for(turn, reply):
        outcomes.FAILED[step](turn, "Fail to parse response data from SSM server", False)
    elif reply.status is StatusCode.OK and reply.smart_licensing is not None:
        outcomes.SUCCEEDED[step](turn, reply.smart_licensing)
    else:
        outcomes.FAILED[step](turn, reply.message or "Response error", True)
    contact.proceed(turn)


def _send_failed(turn: Turn, event: SendFailed) -> None:
    pending = turn.state.pending.get(event.request_id)
    if pending is None or pending.failure is not None:
        return
    failed = changed(pending, failure=event.failure, detail=event.detail)
    turn.state.pending[event.request_id] = failed
    if contact.patience_ends(turn, failed):
        _give_up(turn)


def _give_up(turn: Turn) -> None:
    for request_id, pending in list(turn.state.pending.items()):
        if pending.failure is not None:
            del turn.state.pending[request_id]
            _declare(turn, pending)
    contact.proceed(turn)


def _declare(turn: Turn, pending: Pending) -> None:
    reason = str(pending.failure.value) if pending.failure else ""
    turn.state.legacy.unreached = True
    turn.log("SMART_LIC.COMM_FAILED", peer=contact.PEER, reason=reason)
    outcomes.FAILED[contact.step_of(pending)](turn, reason, False)


# --- time ---------------------------------------------------------------------------------------


def _time_reached(turn: Turn, event: TimeReached) -> None:
    while (name := take_due(turn.state.legacy, turn.now)) is not None:
        DUE[name](turn)


DUE: dict[LegacyTimer, Callable[[Turn], None]] = {
    LegacyTimer.REGISTER: lambda turn: contact.ask(turn, Step.REGISTER),
    LegacyTimer.IDENTITY_RENEWAL: lambda turn: contact.ask(turn, Step.RENEW),
    LegacyTimer.IDENTITY_WARNING: outcomes.identity_warning,
    LegacyTimer.IDENTITY_END: outcomes.identity_ended,
    LegacyTimer.AUTHORIZATION_RENEWAL: lambda turn: contact.ask(turn, Step.AUTHORIZE),
    LegacyTimer.AUTHORIZATION_DEADLINE: outcomes.deadline_passed,
    LegacyTimer.EVALUATION_WARNING: clock.warn,
    LegacyTimer.EVALUATION_END: clock.ended,
    LegacyTimer.OVERAGE_END: outcomes.overage_ended,
    LegacyTimer.CLOCK_GRACE: clock_step.grace_ended,
    LegacyTimer.GIVE_UP: _give_up,
}

HANDLERS: dict[type[Any], Callable[[Turn, Any], None]] = {
    Booted: _booted,
    TimeReached: _time_reached,
    ConfigChanged: _config_changed,
    UsageChanged: _usage_changed,
    UnitsChanged: _units_changed,
    SwitchedOver: _switched_over,
    ClockChanged: clock_step.stepped,
    ReplyReceived: _reply_received,
    SendFailed: _send_failed,
    EventlogCleared: _eventlog_cleared,
    FactoryResetAsked: _factory_reset,
    RegistrationAsked: _registration_asked,
    DeregistrationAsked: _deregistration_asked,
    RenewalAsked: _renewal_asked,
    ReservationAsked: reservation.asked,
    ReservationCancelled: reservation.cancelled,
    ReservationInstalled: reservation.installed,
    ReservationReturned: reservation.returned,
}
