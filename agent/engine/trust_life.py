"""How long a trust code lasts: it is renewed before it ends, and is no code any more after it.

A code without an end needs nothing of this. In the time before its end a new one is asked for:
by a Trust Sync on the direct transports, with the next usage report on the others. A renewed code
is acknowledged to CSSM, which keeps the older one until then.
The dates of a code are compared with the device's own calendar.
Sources: docs/sources.md, entries trust-renewal, trust-sync.
"""

from __future__ import annotations

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.engine.records import TimerName, TrustCode
from agent.engine.routes import is_direct
from agent.engine.state import AgentState
from agent.engine.timers import set_timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn


def wanting(state: AgentState, now: Instant) -> tuple[Udi, ...]:
    """The units without a trust code or with one that ends soon, each once; `now` is its own."""
    units = dict.fromkeys(member.udi for member in state.members)
    return tuple(udi for udi in units if _needs(state.trust.get(udi.short), now))


def plan(turn: Turn) -> None:
    """Set the timer to the next end or start of a renewal; without either there is none."""
    moments = (at for code in turn.state.trust.values() for at in _moments(code))
    soonest = min((at for at in moments if at > turn.own_time), default=None)
    due = None if soonest is None else soonest - turn.state.clock_offset
    set_timer(turn.state, TimerName.TRUST_RENEWAL, due)


def due(turn: Turn) -> bool:
    """Drop the codes that have ended; is a Trust Sync wanted for others?"""
    state = turn.state
    for short, code in list(state.trust.items()):
        if code.valid_to and code.valid_to <= turn.own_time:
            del state.trust[short]
            turn.note("SAEVT_TRUST_EXPIRED", udi=str(code.udi))
            if state.config.utility:  # assumed: the code is what utility reports are signed with
                turn.log("SMART_LIC.UTILITY_CERT_EXPIRED")
    plan(turn)
    return is_direct(state) and bool(wanting(state, turn.own_time))


def is_due_for_renewal(turn: Turn) -> bool:
    """Is an installed code in the last part of its life?"""
    return any(_needs(code, turn.own_time) for code in turn.state.trust.values())


def _needs(code: TrustCode | None, now: Instant) -> bool:
    if code is None:
        return True
    return bool(code.valid_to) and now >= _renewal(code)


def _moments(code: TrustCode) -> tuple[Instant, ...]:
    return (_renewal(code), code.valid_to) if code.valid_to else ()


def _renewal(code: TrustCode) -> Instant:
    """Two thirds of the code's life, or sixty days before its end if that is later."""
    life = code.valid_to - code.valid_from
    return max(code.valid_to - TIMINGS.trust.renewal, code.valid_from + life * 2 // 3)
