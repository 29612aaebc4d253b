"""Registration, authorization and evaluation of `licensing/state`, for the model before SLP.

A policy-based device has none of them; one of the older model shows what its agent knows. The
containers with the details of a state are there in that state alone, as their `when` says.
Sources: docs/sources.md, entries licensing-state, legacy-states.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.core.clock import SECOND, Instant
from agent.engine.legacy import state as words
from agent.engine.legacy.clock import left
from agent.engine.legacy.state import Attempt, LegacyState, LegacyTimer
from agent.engine.state import AgentState
from yang.tree import Leaf, Tree

Dated = Callable[[Instant | None], str]
_REGISTRATION: Mapping[str, str] = {
    words.UNREGISTERED: "reg-state-not-registered",
    words.REGISTERING: "reg-state-in-progress",
    words.REGISTRATION_FAILED: "reg-state-failed",
    words.REGISTERED: "reg-state-complete",
    words.RESERVED: "reg-state-complete",
    words.REGISTRATION_EXPIRED: "reg-state-failed",  # assumed: no state of its own in the model
}
_AUTHORIZATION: Mapping[str, str] = {
    words.NOTHING_IN_USE: "none",
    words.EVAL_MODE: "eval",
    words.EVAL_EXPIRED: "eval-expired",
    words.AUTHORIZED: "authorized",
    words.AUTHORIZED_RESERVED: "authorized-reservation",
    words.OUT_OF_COMPLIANCE: "out-of-compliance",
    words.AUTHORIZATION_EXPIRED: "authorization-expired",
    words.NOT_AUTHORIZED: "none",  # assumed
}


def registration(state: AgentState, date: Dated) -> Tree:
    """`registration` with the details of its state."""
    legacy = state.legacy
    word = _REGISTRATION[legacy.registration]
    first, again = legacy.initial_registration, legacy.timers.get(LegacyTimer.REGISTER.value)
    if word == "reg-state-failed" and again is not None:
        word = "reg-state-retry"
    failed: dict[str, Leaf] = {"fail-time": date(_time(first)), "fail-message": _failure(first)}
    details: dict[str, dict[str, Leaf]] = {
        "reg-state-in-progress": {"start-time": date(_time(first))},
        "reg-state-failed": failed,
        "reg-state-retry": {"retry-next-time": date(again), **failed},
        "reg-state-complete": _complete(state, date),
    }
    shown = Tree({"registration-state": word})
    if word in details:
        shown[word.replace("reg-state", "registration")] = Tree(details[word])
    shown["export-control-allowed"] = legacy.export_allowed
    return shown


def _complete(state: AgentState, date: Dated) -> dict[str, Leaf]:
    legacy = state.legacy
    renewal, account = legacy.last_renewal, state.account
    return {
        "complete-time": date(_time(legacy.initial_registration)),
        "last-renew-time": date(_time(renewal)),
        "next-renew-time": date(legacy.next_renewal),
        "expire-time": date(legacy.registration_expires),
        "last-renew-success": renewal is not None and renewal.succeeded,
        "fail-message": _failure(renewal),
        "smart-account": account.smart_account if account else "",
        "virtual-account": account.virtual_account if account else "",
    }


def authorization(legacy: LegacyState, now: Instant, date: Dated) -> Tree:
    """`authorization` with the details of its state."""
    word = _AUTHORIZATION[legacy.authorization]
    last = legacy.last_communication
    talk: dict[str, Leaf] = {
        "last-comm-status-success": last is not None and last.succeeded,
        "fail-message": _failure(last),
        "last-comm-time": date(_time(last)),
        "next-comm-time": date(legacy.next_communication),
        "comm-deadline-time": date(legacy.communication_deadline),
    }
    details: dict[str, dict[str, Leaf]] = {
        "eval": {"seconds-left": left(legacy, now) // SECOND},
        "eval-expired": {"expire-time": date(legacy.evaluation.ended)},
        "authorized": talk,
        "authorized-reservation": {"reservation-time": date(legacy.reservation.installed)},
        "out-of-compliance": {**talk, "ooc-time": date(legacy.authorized_on)},
        "authorization-expired": talk,
    }
    shown = Tree({"authorization-state": f"auth-state-{word}"})
    if word in details:
        shown[f"authorization-{word}"] = Tree(details[word])
    return shown


def evaluation(legacy: LegacyState, now: Instant, date: Dated) -> Tree:
    """`evaluation`: in use, how long yet, or since when it is over."""
    expired = legacy.evaluation.ended is not None
    shown = Tree({"eval-in-use": legacy.authorization == words.EVAL_MODE, "eval-expired": expired})
    if expired:
        shown["eval-expire-time"] = Tree({"expire-time": date(legacy.evaluation.ended)})
    else:
        shown["eval-period-left"] = Tree({"time-left": left(legacy, now) // SECOND})
    return shown


def _time(attempt: Attempt | None) -> Instant | None:
    return attempt.time if attempt else None


def _failure(attempt: Attempt | None) -> str:
    return attempt.failure if attempt else ""
