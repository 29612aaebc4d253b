"""What each step of the model before SLP leads to: an identity, an authorization, or a refusal.

Sources: docs/sources.md, entries legacy-timers, legacy-states, legacy-dates, sysmsg-legacy.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.core.clock import Instant
from agent.core.identity import Account
from agent.engine.legacy import clock, contact
from agent.engine.legacy.clock import become, set_timer
from agent.engine.legacy.state import (
    AUTHORIZED,
    OUT_OF_COMPLIANCE,
    REGISTERING,
    Attempt,
    LegacyState,
    LegacyTimer,
    after,
)
from agent.engine.legacy.timings import LEGACY
from agent.engine.turn import Turn
from agent.protocol.smart_licensing import Compliance, SmartLicensingResult, Step

CUCM = "cucm"  # the kind of product that has an overage
# assumed: agents 1.x, of which CUCM has one, know the two messages by their older names
_OLDER_NAMES = {
    "AUTH_RENEW_SUCCESS": "ENTITLEMENT_RENEW_SUCCESS",
    "AUTH_RENEW_FAILED": "ENTITLEMENT_RENEW_FAILED",
}


def registration(turn: Turn, event: str) -> None:
    """Follow states.toml for the registration."""
    legacy = turn.state.legacy
    legacy.registration = after("registration", legacy.registration, event)


# --- what went well -------------------------------------------------------------------------


def _registered(turn: Turn, result: SmartLicensingResult) -> None:
    state, legacy = turn.state, turn.state.legacy
    registration(turn, "accepted")
    state.product_instance_identifier = result.product_instance_identifier
    state.account = Account(result.smart_account, result.virtual_account, turn.now)
    legacy.export_allowed = result.export_allowed
    legacy.idtoken, legacy.forced = "", False
    legacy.initial_registration, legacy.last_renewal = Attempt(turn.now), None
    _identity_until(turn, result.until - state.clock_offset)
    allowed = "Allowed" if result.export_allowed else "Not Allowed"
    udi = str(state.udi)
    turn.log("SMART_LIC.EXPORT_CONTROLLED", allowed=f"{allowed} for udi {udi}")
    turn.log("SMART_LIC.AGENT_REG_SUCCESS", peer=contact.PEER, udi=udi)
    clock.settle_evaluation(turn)
    times = LEGACY.authorization
    wait = times.first_cucm if turn.profile.kind == "cucm" else times.first
    set_timer(legacy, LegacyTimer.AUTHORIZATION_RENEWAL, turn.now + wait)


def _identity_until(turn: Turn, until: Instant) -> None:
    legacy = turn.state.legacy
    legacy.next_renewal = turn.now + LEGACY.identity.renewal
    legacy.registration_expires = until
    set_timer(legacy, LegacyTimer.IDENTITY_RENEWAL, legacy.next_renewal)
    set_timer(legacy, LegacyTimer.IDENTITY_END, max(until, turn.now))
    plan_identity_warning(turn)


def plan_identity_warning(turn: Turn) -> None:
    """The next of the days on which an identity that ends is spoken of."""
    legacy = turn.state.legacy
    ends = legacy.registration_expires or 0
    later = [ends - days for days in LEGACY.identity.warning if ends - days > turn.now]
    set_timer(legacy, LegacyTimer.IDENTITY_WARNING, min(later, default=None))


def _renewed(turn: Turn, result: SmartLicensingResult) -> None:
    turn.state.legacy.last_renewal = Attempt(turn.now)
    _identity_until(turn, result.until - turn.state.clock_offset)
    turn.log("SMART_LIC.ID_CERT_RENEW_SUCCESS", peer=contact.PEER, udi=str(turn.state.udi))


def _authorized(turn: Turn, result: SmartLicensingResult) -> None:
    legacy = turn.state.legacy
    legacy.entitled = {row.tag: row.compliance.value for row in result.entitled}
    lacking = any(row.compliance is Compliance.OUT_OF_COMPLIANCE for row in result.entitled)
    before = legacy.authorization
    become(turn, "not covered" if lacking else "covered")
    overage(turn, lacking)
    legacy.last_communication = Attempt(turn.now)
    wait = LEGACY.authorization.out_of_compliance if lacking else LEGACY.authorization.renewal
    legacy.next_communication = turn.now + wait
    deadline = result.until - turn.state.clock_offset
    legacy.communication_deadline = deadline
    set_timer(legacy, LegacyTimer.AUTHORIZATION_RENEWAL, legacy.next_communication)
    set_timer(legacy, LegacyTimer.AUTHORIZATION_DEADLINE, max(deadline, turn.now))
    if lacking and before != OUT_OF_COMPLIANCE:
        turn.log("SMART_LIC.OUT_OF_COMPLIANCE")
    elif not lacking and before == OUT_OF_COMPLIANCE:
        turn.log("SMART_LIC.IN_COMPLIANCE")
    word = "out of compliance" if lacking else "authorized"
    _log_authorization(turn, "AUTH_RENEW_SUCCESS", state=word)


def overage(turn: Turn, lacking: bool) -> None:
    """Use that is not covered goes on for a while. # source: cucm-overage"""
    legacy = turn.state.legacy
    if not lacking:
        legacy.overage_since = None
        set_timer(legacy, LegacyTimer.OVERAGE_END, None)
    elif legacy.overage_since is None:
        legacy.overage_since = turn.now
        set_timer(legacy, LegacyTimer.OVERAGE_END, turn.now + LEGACY.authorization.overage)
        if turn.profile.kind == CUCM:  # assumed: products that stop provisioning say it
            turn.log("SMART_LIC.IN_OVERAGE")


def _deregistered(turn: Turn, result: SmartLicensingResult) -> None:
    turn.log("SMART_LIC.AGENT_DEREG_SUCCESS", peer=contact.PEER, udi=str(turn.state.udi))


SUCCEEDED: dict[Step, Callable[[Turn, SmartLicensingResult], None]] = {
    Step.REGISTER: _registered,
    Step.RENEW: _renewed,
    Step.AUTHORIZE: _authorized,
    Step.DEREGISTER: _deregistered,
}


# --- what did not ---------------------------------------------------------------------------


def _register_failed(turn: Turn, reason: str, reached: bool) -> None:
    """A refusal ends it; a server that is not there is tried again with the same token."""
    legacy = turn.state.legacy
    legacy.initial_registration = Attempt(turn.now, reason)
    turn.note("SAEVT_REGISTRATION", success="False", error=reason)
    turn.log(
        "SMART_LIC.AGENT_REG_FAILED", peer=contact.PEER, reason=reason, udi=str(turn.state.udi)
    )
    if reached or legacy.registration != REGISTERING:
        registration(turn, "refused")
        legacy.idtoken = ""
        clock.settle_evaluation(turn)
    else:
        again = turn.now + LEGACY.identity.register_retry
        set_timer(legacy, LegacyTimer.REGISTER, again)


def _renew_failed(turn: Turn, reason: str, reached: bool) -> None:
    legacy = turn.state.legacy
    legacy.last_renewal = Attempt(turn.now, reason)
    legacy.next_renewal = turn.now + LEGACY.identity.retry
    set_timer(legacy, LegacyTimer.IDENTITY_RENEWAL, legacy.next_renewal)
    udi = str(turn.state.udi)
    turn.log("SMART_LIC.ID_CERT_RENEW_FAILED", peer=contact.PEER, reason=reason, udi=udi)


def _authorize_failed(turn: Turn, reason: str, reached: bool) -> None:
    legacy = turn.state.legacy
    legacy.last_communication = Attempt(turn.now, reason)
    legacy.next_communication = turn.now + LEGACY.authorization.retry
    set_timer(legacy, LegacyTimer.AUTHORIZATION_RENEWAL, legacy.next_communication)
    _log_authorization(turn, "AUTH_RENEW_FAILED", reason=reason)


def _log_authorization(turn: Turn, name: str, **fields: str) -> None:
    """What became of an authorization, under the name that this product's agent has for it."""
    if turn.profile.kind == CUCM:
        fields.pop("state", None)
        turn.log(f"SMART_LIC.{_OLDER_NAMES[name]}", peer=contact.PEER, **fields)
    else:
        turn.log(f"SMART_LIC.{name}", peer=contact.PEER, udi=str(turn.state.udi), **fields)


def _deregister_failed(turn: Turn, reason: str, reached: bool) -> None:
    udi = str(turn.state.udi)
    turn.log("SMART_LIC.AGENT_DEREG_FAILED", peer=contact.PEER, reason=reason, udi=udi)


FAILED: dict[Step, Callable[[Turn, str, bool], None]] = {
    Step.REGISTER: _register_failed,
    Step.RENEW: _renew_failed,
    Step.AUTHORIZE: _authorize_failed,
    Step.DEREGISTER: _deregister_failed,
}


# --- what runs out --------------------------------------------------------------------------


def deadline_passed(turn: Turn) -> None:
    """Ninety days without an answer."""
    legacy = turn.state.legacy
    if legacy.authorization in (AUTHORIZED, OUT_OF_COMPLIANCE):
        become(turn, "deadline passed")
        turn.log("SMART_LIC.AUTHORIZATION_EXPIRED", udi=str(turn.state.udi))
        overage(turn, True)


def overage_ended(turn: Turn) -> None:
    """From now on nothing new is provisioned. # source: cucm-overage"""
    turn.note("SAEVT_OVERAGE_END")


def identity_warning(turn: Turn) -> None:
    legacy = turn.state.legacy
    left = max(0, (legacy.registration_expires or 0) - turn.now)
    turn.log("SMART_LIC.ID_CERT_EXPIRED_WARNING", left=clock.span(left))
    plan_identity_warning(turn)


def identity_ended(turn: Turn) -> None:
    """A year without a renewal: the identity is gone, the evaluation goes on."""
    turn.log("SMART_LIC.ID_CERT_EXPIRED", udi=str(turn.state.udi))
    registration(turn, "identity ended")
    forget_identity(turn.state.legacy)
    turn.state.product_instance_identifier = ""
    contact.drop(turn)
    clock.settle_evaluation(turn)


def forget_identity(legacy: LegacyState) -> None:
    """What goes with an identity; when it was first registered stays to be read."""
    legacy.export_allowed = False
    legacy.next_renewal = legacy.registration_expires = None
    legacy.next_communication = legacy.communication_deadline = None
    legacy.last_communication = None
    legacy.entitled = {}
    legacy.overage_since = None
    kept = (LegacyTimer.EVALUATION_END.value, LegacyTimer.EVALUATION_WARNING.value)
    legacy.timers = {name: when for name, when in legacy.timers.items() if name in kept}
