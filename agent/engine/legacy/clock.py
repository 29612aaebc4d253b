"""The timers of the model before SLP, and the evaluation: a clock that runs by use.

Sources: docs/sources.md, entries legacy-timers, legacy-states.
"""

from __future__ import annotations

from agent.core.clock import DAY, HOUR, MINUTE, SECOND, Instant
from agent.engine.legacy.state import LegacyState, LegacyTimer, after
from agent.engine.legacy.timings import LEGACY
from agent.engine.turn import Turn


def set_timer(legacy: LegacyState, name: LegacyTimer, when: Instant | None) -> None:
    """Put a timer; None takes it away."""
    if when is None:
        legacy.timers.pop(name.value, None)
    else:
        legacy.timers[name.value] = when


def take_due(legacy: LegacyState, now: Instant) -> LegacyTimer | None:
    """Take away the first timer that is due and name it; None when none is."""
    due = [(when, name) for name, when in legacy.timers.items() if when <= now]
    if not due:
        return None
    _, name = min(due)
    del legacy.timers[name]
    return LegacyTimer(name)


def licences_in_use(turn: Turn) -> bool:
    return any(use.count for use in turn.state.usage.values())


def become(turn: Turn, event: str) -> None:
    """Follow states.toml for the authorization; the time of a change is shown."""
    legacy = turn.state.legacy
    new = after("authorization", legacy.authorization, event)
    if new != legacy.authorization:
        legacy.authorization, legacy.authorized_on = new, turn.now


# --- the evaluation -------------------------------------------------------------------------


def used(legacy: LegacyState, now: Instant) -> Instant:
    """How much of the evaluation is used up at `now`."""
    evaluation = legacy.evaluation
    running = 0 if evaluation.since is None else now - evaluation.since
    return min(evaluation.used + running, LEGACY.evaluation.period)


def left(legacy: LegacyState, now: Instant) -> Instant:
    """What is left of the evaluation."""
    return LEGACY.evaluation.period - used(legacy, now)


def pause(legacy: LegacyState, now: Instant) -> None:
    """Write down what is used up until `now`."""
    legacy.evaluation.used = used(legacy, now)
    legacy.evaluation.since = None


def settle_evaluation(turn: Turn) -> None:
    """Run or stop the clock, by whether something is used without a registration."""
    legacy = turn.state.legacy
    evaluation = legacy.evaluation
    wanted = licences_in_use(turn) and not legacy.registered
    if not wanted:
        stop(turn)
        if not legacy.registered:
            become(turn, "nothing in use")
    elif left(legacy, turn.now) == 0:
        _ended(turn)
    elif evaluation.since is None:
        evaluation.since = turn.now
        become(turn, "evaluating")
        turn.log("SMART_LIC.EVAL_START")
        _plan(turn)


def warn(turn: Turn) -> None:
    """A warning is due; on the last day and after the end they come every hour."""
    legacy = turn.state.legacy
    remaining = left(legacy, turn.now)
    if remaining:
        turn.log("SMART_LIC.EVAL_WILL_EXPIRE_WARNING", left=span(remaining))
        _plan(turn)
    else:
        turn.log("SMART_LIC.EVAL_EXPIRED", since=str(-(-(turn.now - (ended_at(legacy))) // DAY)))
        again = turn.now + LEGACY.evaluation.hourly
        set_timer(legacy, LegacyTimer.EVALUATION_WARNING, again)


def ended(turn: Turn) -> None:
    """The last second of the evaluation is over."""
    _ended(turn)


def ended_at(legacy: LegacyState) -> Instant:
    return legacy.evaluation.ended or 0


def span(ms: Instant) -> str:
    """`89 days, 23 hours, 59 minutes, 10 seconds`."""
    parts = (ms // DAY, ms % DAY // HOUR, ms % HOUR // MINUTE, ms % MINUTE // SECOND)
    words = ("days", "hours", "minutes", "seconds")
    return ", ".join(f"{n} {word}" for n, word in zip(parts, words, strict=True))


def stop(turn: Turn) -> None:
    """Nothing more is used up for now."""
    legacy = turn.state.legacy
    pause(legacy, turn.now)
    set_timer(legacy, LegacyTimer.EVALUATION_END, None)
    set_timer(legacy, LegacyTimer.EVALUATION_WARNING, None)


def _ended(turn: Turn) -> None:
    legacy = turn.state.legacy
    stop(turn)
    if legacy.evaluation.ended is None:
        legacy.evaluation.ended = turn.now
    become(turn, "evaluation ended")
    warn(turn)


def _plan(turn: Turn) -> None:
    """The end, and the next warning before it."""
    legacy = turn.state.legacy
    remaining = left(legacy, turn.now)
    set_timer(legacy, LegacyTimer.EVALUATION_END, turn.now + remaining)
    marks = [days for days in LEGACY.evaluation.warning if days < remaining]
    wait = remaining - max(marks) if marks else LEGACY.evaluation.hourly
    due = turn.now + wait if wait < remaining else None
    set_timer(legacy, LegacyTimer.EVALUATION_WARNING, due)
