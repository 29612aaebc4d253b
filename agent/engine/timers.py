"""Many timers, one deadline: `AgentState.timers` holds instants by the names of TimerName.

Due timers are handled by instant, then by name, so a replay takes the same order. Jobs that only
repeat (measuring, saving, the daily run) have no timer: `queries.jobs` computes their times.
"""

from __future__ import annotations

from agent.core.clock import Instant
from agent.engine.state import AgentState


def set_timer(state: AgentState, name: str, when: Instant | None) -> None:
    """Put a timer; None takes it away."""
    if when is None:
        state.timers.pop(name, None)
    else:
        state.timers[name] = when


def timer(state: AgentState, name: str) -> Instant | None:
    return state.timers.get(name)


def take_due(state: AgentState, now: Instant) -> str | None:
    """Take away the first timer that is due and name it; None when none is."""
    first: tuple[Instant, str] | None = None
    for name, when in state.timers.items():
        if when <= now and (first is None or (when, name) < first):
            first = when, name
    if first is None:
        return None
    del state.timers[first[1]]
    return first[1]


def next_deadline(state: AgentState) -> Instant | None:
    return min(state.timers.values()) if state.timers else None
