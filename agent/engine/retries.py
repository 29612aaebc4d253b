"""When a Hello that failed is tried again: by a table of gaps first, then hourly.

The table after boot or a change of address is another one than after a loss. The hourly job is
shown as `Data Synchronization`. Source: docs/sources.md, entry hello-retries.
"""

from __future__ import annotations

from agent.core.clock import SECOND, Instant
from agent.engine.records import TimerName
from agent.engine.state import AgentState
from agent.engine.timers import set_timer, timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn


def plan_hello(turn: Turn) -> None:
    """A Hello failed: plan the next. One that a push or sync tried in between moves nothing."""
    state = turn.state
    if timer(state, TimerName.DATA_SYNCHRONIZATION) is not None:
        return
    gaps, step = _gaps(state), state.hello_failures
    state.hello_failures += 1
    gap = gaps[step] if step < len(gaps) else TIMINGS.hello.hourly
    set_timer(state, TimerName.DATA_SYNCHRONIZATION, turn.now + max(gap, SECOND))


def is_retrying_soon(state: AgentState) -> bool:
    """Is a Hello planned by the table, before the hourly ones?"""
    planned = timer(state, TimerName.DATA_SYNCHRONIZATION) is not None
    return planned and state.hello_failures < len(_gaps(state))


def _gaps(state: AgentState) -> tuple[Instant, ...]:
    return TIMINGS.hello.gaps if state.reached else TIMINGS.hello.first_gaps
