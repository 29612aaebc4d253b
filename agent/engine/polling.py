"""The result of a push that a server still owes: when it is asked for, when that ends.

Source: docs/sources.md, entry polling.
"""

from __future__ import annotations

from agent.core.clock import SECOND
from agent.engine import rum
from agent.engine.records import TimerName
from agent.engine.timers import set_timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn
from agent.protocol.messages import Reply


def plan(turn: Turn, wait: int) -> None:
    """Set `Next ACK push check` and its job, `wait` milliseconds from now."""
    when = turn.now + wait
    turn.state.usage_reporting.next_ack_push_check = when
    set_timer(turn.state, TimerName.RETRIEVE_DATA_PROCESSING_RESULT, when)


def end(turn: Turn) -> None:
    """Nothing is to be asked for any more."""
    turn.state.poll_id = ""
    turn.state.poll_wanted = False
    turn.state.usage_reporting.next_ack_push_check = None
    set_timer(turn.state, TimerName.RETRIEVE_DATA_PROCESSING_RESULT, None)


def end_when_answered(turn: Turn) -> None:
    """A server may hand over the ACK with any reply: then there is nothing left to ask for."""
    state = turn.state
    if not state.poll_id:
        return
    waits = any(r.sent is not None and r.acked is None for r in rum.to_send(turn))
    if not waits:
        end(turn)


def wait_of(reply: Reply) -> int:
    """How long the server wants to be left alone, in milliseconds."""
    return reply.retry_time_seconds * SECOND or TIMINGS.poll.default
