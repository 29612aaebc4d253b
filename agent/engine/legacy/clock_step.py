"""The calendar of a product before SLP is set: dates stay, jobs keep their distance.

As `agent.engine.clock_step` has it for SLP. What an identity and an authorization end with are
dates of the server, so both ends come nearer or go away with the calendar. An identity that is not
valid by the new one gets an hour; an authorization that is over is asked for again at once.
The evaluation and the overage are spans of use and do not care.
Sources: docs/sources.md, entries legacy-timers, legacy-dates, clock-steps.
"""

from __future__ import annotations

from dataclasses import replace

from agent.core.clock import Instant
from agent.engine.clock_step import keep_dates
from agent.engine.events import ClockChanged
from agent.engine.legacy import contact, outcomes
from agent.engine.legacy.clock import set_timer
from agent.engine.legacy.state import (
    AUTHORIZATION_EXPIRED,
    REGISTERED,
    Attempt,
    LegacyState,
    LegacyTimer,
)
from agent.engine.legacy.timings import LEGACY
from agent.engine.turn import Turn
from agent.protocol.smart_licensing import Step

_ATTEMPTS = ("initial_registration", "last_renewal", "last_communication")
_DATES = ("registration_expires", "authorized_on", "communication_deadline")


def stepped(turn: Turn, event: ClockChanged) -> None:
    """The calendar is ahead of the lab's time by `offset_ms` from now on."""
    state = turn.state
    step = event.offset_ms - state.clock_offset
    state.clock_offset = event.offset_ms
    keep_dates(state, -step)
    _keep_own_dates(state.legacy, -step)
    if state.legacy.registration == REGISTERED:
        _follow_identity(turn)
        _follow_authorization(turn)


def grace_ended(turn: Turn) -> None:
    """The hour is over; the calendar may have been put right."""
    if not _is_valid(turn):
        outcomes.identity_ended(turn)


def _follow_identity(turn: Turn) -> None:
    legacy = turn.state.legacy
    valid = _is_valid(turn)
    if not valid:
        turn.log("SMART_LIC.REG_EXPIRED_CLOCK_CHANGE", minutes=str(LEGACY.clock_grace // 60_000))
    set_timer(legacy, LegacyTimer.CLOCK_GRACE, None if valid else turn.now + LEGACY.clock_grace)
    expires = legacy.registration_expires or 0
    set_timer(legacy, LegacyTimer.IDENTITY_END, expires if expires > turn.now else None)
    outcomes.plan_identity_warning(turn)


def _follow_authorization(turn: Turn) -> None:
    legacy = turn.state.legacy
    deadline = legacy.communication_deadline
    if deadline is None:
        return
    if deadline > turn.now:
        set_timer(legacy, LegacyTimer.AUTHORIZATION_DEADLINE, deadline)
    else:
        set_timer(legacy, LegacyTimer.AUTHORIZATION_DEADLINE, None)
        outcomes.deadline_passed(turn)
    if deadline <= turn.now or legacy.authorization == AUTHORIZATION_EXPIRED:
        contact.ask(turn, Step.AUTHORIZE)


def _is_valid(turn: Turn) -> bool:
    legacy = turn.state.legacy
    begun = 0 if legacy.initial_registration is None else legacy.initial_registration.time
    # source: legacy-dates (an identity is valid from some minutes before it was given)
    return begun - LEGACY.clock_grace <= turn.now < (legacy.registration_expires or 0)


def _keep_own_dates(legacy: LegacyState, by: Instant) -> None:
    for name in _ATTEMPTS:
        setattr(legacy, name, _moved_attempt(getattr(legacy, name), by))
    for name in _DATES:
        setattr(legacy, name, _moved(getattr(legacy, name), by))
    legacy.evaluation.ended = _moved(legacy.evaluation.ended, by)
    legacy.reservation.installed = _moved(legacy.reservation.installed, by)


def _moved_attempt(attempt: Attempt | None, by: Instant) -> Attempt | None:
    return None if attempt is None else replace(attempt, time=attempt.time + by)


def _moved(instant: Instant | None, by: Instant) -> Instant | None:
    return None if instant is None else instant + by
