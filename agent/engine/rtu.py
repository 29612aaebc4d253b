"""Right-To-Use: what switches had before Smart Licensing. No agent runs and nothing is reported.

A level is used because somebody accepted its licence text: the base level for ever, an add-on as an
evaluation of ninety days or as a subscription. Nothing is enforced when an evaluation ends. An
upgrade finds the licences in use, and nothing else.
Sources: docs/sources.md, entries rtu, migration-transport, migration-licences.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agent.core.clock import Instant
from agent.engine.actions import Answer
from agent.engine.clock_step import keep_dates
from agent.engine.events import (
    Booted,
    ClockChanged,
    ConfigChanged,
    Event,
    LicenceRequest,
    RightToUseActivated,
    SwitchedOver,
    TimeReached,
    UnitsChanged,
    UsageChanged,
)
from agent.engine.legacy.machine import NOT_SUPPORTED, count
from agent.engine.places import arranged, handed_over
from agent.engine.right_to_use import EVALUATION, RightToUse
from agent.engine.turn import Turn

if TYPE_CHECKING:
    from agent.engine.state import AgentState


def take(turn: Turn, event: Event) -> None:
    """Take in one event; a command of another model is refused."""
    HANDLERS.get(type(event), _of_another_model)(turn, event)


def _of_another_model(turn: Turn, event: Event) -> None:
    turn.actions.append(Answer(NOT_SUPPORTED))


def _booted(turn: Turn, event: Booted) -> None:
    state = turn.state
    state.timers.clear()
    state.pending.clear()
    state.config, state.booted = event.config, turn.now
    for use in list(state.usage.values()):
        count(turn, LicenceRequest(use.feature, use.entitlement_tag, 0))
    for request in event.licences:
        count(turn, request)
    if state.right_to_use.since is None:
        state.right_to_use = RightToUse(EVALUATION, turn.now)


def _activated(turn: Turn, event: RightToUseActivated) -> None:
    held = turn.state.right_to_use
    if held.right != event.right:
        turn.state.right_to_use = RightToUse(event.right, held.since)


def _usage_changed(turn: Turn, event: UsageChanged) -> None:
    count(turn, event.licence)


def _units_changed(turn: Turn, event: UnitsChanged) -> None:
    turn.state.members = arranged(event.units, turn.state.members, turn.state.absent_numbers)
    for request in event.licences:
        count(turn, request)


def _switched_over(turn: Turn, event: SwitchedOver) -> None:
    if len(turn.state.members) > 1:
        turn.state.members = handed_over(turn.state.members)


def _config_changed(turn: Turn, event: ConfigChanged) -> None:
    turn.state.config = event.config


def _clock_changed(turn: Turn, event: ClockChanged) -> None:
    step = event.offset_ms - turn.state.clock_offset
    turn.state.clock_offset = event.offset_ms
    keep_dates(turn.state, -step)


def _time_reached(turn: Turn, event: TimeReached) -> None:
    """Nothing is ever due."""


def next_deadline(state: AgentState) -> Instant | None:
    return None


HANDLERS: dict[type[Any], Callable[[Turn, Any], None]] = {
    Booted: _booted,
    TimeReached: _time_reached,
    ConfigChanged: _config_changed,
    UsageChanged: _usage_changed,
    UnitsChanged: _units_changed,
    SwitchedOver: _switched_over,
    ClockChanged: _clock_changed,
    RightToUseActivated: _activated,
}
