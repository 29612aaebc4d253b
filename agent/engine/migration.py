"""Another release on the same device: what becomes of licensing when the model changes.

Releases before SLP and SLP releases keep their matters side by side in one state. Upgraded, a
registered product asks for a trust code without a token, a reservation goes on covering what it
reserved, and an evaluation is nothing any more. Downgraded, a trust code that came directly may be
a registration again; everything else has to be registered anew.
Sources: docs/sources.md, entries migration-transport, migration-licences, downgrade.
"""

from __future__ import annotations

from datetime import UTC, datetime

from agent.core.clock import DAY, MINUTE, SECOND, Instant
from agent.core.release import Release
from agent.engine import rum
from agent.engine.config import Transport
from agent.engine.legacy.clock import pause
from agent.engine.legacy.state import AUTHORIZED, REGISTERED, RESERVED, Attempt, LegacyState
from agent.engine.legacy.timings import LEGACY
from agent.engine.records import (
    PLR,
    SPECIFIC,
    AuthorizationCode,
    Conversion,
    ConversionStatus,
    RumState,
    TrustWanted,
)
from agent.engine.routes import is_direct
from agent.engine.state import AgentState
from agent.engine.turn import Turn
from agent.protocol.messages import AuthorizationData, AuthorizedLicence

# What a product was, with the transport it had; and the transport it has after the upgrade.
EVALUATION, RESERVATION, REGISTRATION = "evaluation", "reservation", "registration"
RIGHT_TO_USE = "right to use"
TRANSPORTS: dict[tuple[str, Transport], Transport] = {  # source: migration-transport
    (EVALUATION, Transport.CALLHOME): Transport.CSLU,
    (RESERVATION, Transport.CALLHOME): Transport.OFF,
    (REGISTRATION, Transport.CALLHOME): Transport.CALLHOME,
    (EVALUATION, Transport.SMART): Transport.OFF,
    (RESERVATION, Transport.SMART): Transport.OFF,
    (REGISTRATION, Transport.SMART): Transport.SMART,
    (RIGHT_TO_USE, Transport.CALLHOME): Transport.CSLU,
    (RIGHT_TO_USE, Transport.SMART): Transport.CSLU,
}
# source: downgrade (the releases on which a trust code is a registration again)
CONVERTING = ("17.3.1..17.3.1", "16.12.4..16.12", "16.9.6..16.9")
# assumed: as what CSSM says of a registration and of an authorization
_IDENTITY, _DEADLINE = 365 * DAY - 5 * MINUTE, 90 * DAY - 5 * MINUTE


def was(state: AgentState, licensing: str = "legacy") -> str:
    """What a product of a model before SLP is."""
    if licensing == "rtu":
        return RIGHT_TO_USE
    registration = state.legacy.registration
    return {RESERVED: RESERVATION, REGISTERED: REGISTRATION}.get(registration, EVALUATION)


def transport_after(it_was: str, configured: Transport | None) -> Transport:
    """The transport an upgrade leaves; without one configured the old model had Call Home."""
    before = Transport.SMART if configured is Transport.SMART else Transport.CALLHOME
    return TRANSPORTS[it_was, before]


def leave(turn: Turn) -> None:
    """The release that measured closes what is open: its layout and its version stand there."""
    for report in tuple(turn.state.reports.kept.values()):
        if report.state is RumState.OPEN:
            rum.close(turn, report, rum.PRODUCT_RELOAD)


def upgrade(state: AgentState, it_was: str, now: Instant, *, converts: bool = False) -> None:
    """From a release before SLP to one with it; a start follows, and there the conversion."""
    if converts and it_was != RESERVATION:
        state.conversion = Conversion(ConversionStatus.WANTED)
    legacy = state.legacy
    legacy.timers.clear()
    legacy.wanted = ()
    pause(legacy, now)
    match it_was:
        case "registration":
            units = tuple(dict.fromkeys(member.udi for member in state.members))
            state.trust_wanted = TrustWanted("", units)
            state.product_instance_identifier = ""  # CSSM names it anew, by its UDI
        case "reservation":
            keep_reservation(state, now)


def downgrade(state: AgentState, release: Release, now: Instant) -> None:
    """From a release with SLP to one before; a start follows."""
    code = state.trust.get(state.udi.short)
    alone = len(state.members) == 1
    converts = any(release.within(span) for span in CONVERTING)
    before = state.legacy
    legacy = state.legacy = LegacyState(evaluation=before.evaluation)
    if before.registration == RESERVED:
        legacy.registration, legacy.reservation = RESERVED, before.reservation
    elif code is not None and alone and converts and is_direct(state):
        legacy.registration, legacy.authorization = REGISTERED, AUTHORIZED
        legacy.initial_registration = Attempt(code.installed)
        legacy.registration_expires = now + _IDENTITY
        legacy.next_renewal = now + LEGACY.identity.renewal
        legacy.authorized_on = now
        legacy.communication_deadline = now + _DEADLINE
    state.timers.clear()


def keep_reservation(state: AgentState, now: Instant) -> None:
    """The code of a reservation stays valid: it is the unit's authorization code now."""
    reservation = state.legacy.reservation
    stamp = datetime.fromtimestamp((reservation.installed or now) // SECOND, UTC)
    in_use = ((use.entitlement_tag, use.count) for use in state.usage.values() if use.count)
    covered = tuple(in_use) if reservation.universal else reservation.licences
    data = AuthorizationData(
        udi=state.udi,
        flag="A",
        product_instance_identifier=state.product_instance_identifier,
        date_stamp=stamp.strftime("%Y-%m-%dT%H:%M:%S"),
        licences=tuple(AuthorizedLicence(tag, count) for tag, count in covered),
        correlation_id=reservation.authorization_code,
    )
    installed = reservation.installed or now
    kind = PLR if reservation.universal else SPECIFIC
    code = AuthorizationCode(data, installed, reservation.confirmation_code, kind)
    state.authorizations = {**state.authorizations, state.udi.short: code}
