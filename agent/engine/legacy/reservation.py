"""Licence reservation before SLP: request code, authorization file, return code.

A specific one covers the licences it names, a universal one all of them.

The sentences are those of a 16.x console; the codes have its form and mean nothing elsewhere.
Sources: docs/sources.md, entries legacy-slr, slr-codes.
"""

from __future__ import annotations

from agent.core.chance import Chance
from agent.engine.acks import check_signer
from agent.engine.actions import Answer
from agent.engine.legacy import clock, contact, outcomes
from agent.engine.legacy.clock import become
from agent.engine.legacy.events import (
    ReservationAsked,
    ReservationCancelled,
    ReservationInstalled,
    ReservationReturned,
)
from agent.engine.legacy.state import RESERVED, Reservation
from agent.engine.turn import Turn
from agent.protocol.codec_authorization import return_code
from agent.protocol.codec_fields import MessageError
from agent.protocol.codec_reservation import read_reservation
from agent.protocol.messages import Section
from agent.protocol.smart_licensing import Compliance, ReservationCode

ALREADY = "Already registered"
ENTER_REQUEST = "Enter this request code in the Cisco Smart Software Manager portal:"
ENTER_RETURN = "Enter this return code in Cisco Smart Software Manager portal:"
INSTALLED = "Reservation install file successful"
FAILED = "Reservation install file failed: {reason}"
MISMATCH = "The Reservation Authorization Code does not match the Reservation Request Code"
# assumed: sentences of commands that find nothing to do, after the model's own words
NO_CODE = "No reservation authorization code installed in device"
BAD_FILE = "Failed to parse reservation authorization code"
BAD_SIGNATURE = "Signature Verification failed"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def asked(turn: Turn, event: ReservationAsked) -> None:
    """Print the request code; the same one until it is used or cancelled."""
    legacy = turn.state.legacy
    if legacy.registered:
        turn.actions.append(Answer(ALREADY))
        return
    held = legacy.reservation
    if not held.request_code or held.universal is not event.universal:
        held.request_code, held.universal = _request_code(turn, event.universal), event.universal
    turn.actions.append(Answer(f"{ENTER_REQUEST}\n{legacy.reservation.request_code}"))


def cancelled(turn: Turn, event: ReservationCancelled) -> None:
    turn.state.legacy.reservation.request_code = ""


def installed(turn: Turn, event: ReservationInstalled) -> None:
    """Take the file in, or say why not; a refused file changes nothing."""
    legacy, state = turn.state.legacy, turn.state
    try:
        section = read_reservation(event.text)
    except MessageError:
        _refuse(turn, BAD_FILE)
        return
    code, expected = section.data, legacy.reservation.request_code
    fits = code.request_code == expected and code.universal is legacy.reservation.universal
    if code.udi != state.udi or not expected or not fits:
        _refuse(turn, MISMATCH)
        return
    if not _vouched_for(turn, section):
        _refuse(turn, BAD_SIGNATURE)
        return
    confirmation = state.chance.digest("confirmation").hex()[:8]
    contact.drop(turn)
    outcomes.registration(turn, "reserved")
    legacy.export_allowed = code.export_allowed
    legacy.reservation = Reservation(
        confirmation_code=confirmation,
        authorization_code=expected,
        installed=turn.now,
        licences=code.licences,
        universal=code.universal,
    )
    clock.settle_evaluation(turn)
    _log_installed(turn)
    settle(turn)
    turn.actions.append(Answer(f"{INSTALLED}\nLast Confirmation code {confirmation}"))


def _refuse(turn: Turn, reason: str) -> None:
    turn.log("SMART_LIC.RESERVE_INSTALL_FAILED", udi=str(turn.state.udi), reason=reason)
    turn.actions.append(Answer(FAILED.format(reason=reason)))


def units_changed(turn: Turn) -> None:
    """The code is the active unit's. # assumed: said of each unit it does not cover"""
    if turn.state.legacy.registration != RESERVED:
        return
    for member in turn.state.members[1:]:
        if member.udi != turn.state.udi:
            turn.log("SMART_LIC.RESERVE_HA_MISMATCH", udi=str(member.udi))


def settle(turn: Turn) -> None:
    """Which licences in use the code covers."""
    legacy = turn.state.legacy
    uses = [use for use in turn.state.usage.values() if use.count]
    covers = legacy.reservation.covers
    missing = [use for use in uses if not covers(use.entitlement_tag, use.count)]
    good, bad = Compliance.IN_COMPLIANCE.value, Compliance.OUT_OF_COMPLIANCE.value
    legacy.entitled = {use.entitlement_tag: bad if use in missing else good for use in uses}
    become(turn, "not reserved" if missing else "reserved")
    outcomes.overage(turn, bool(missing))
    for use in missing:
        turn.log(
            "SMART_LIC.NOT_AUTHORIZED",
            tag=use.entitlement_tag,
            reason="License not present in SLR auth code",
        )


def returned(turn: Turn, event: ReservationReturned) -> None:
    """The code is gone when the return code is printed."""
    legacy = turn.state.legacy
    if legacy.registration != RESERVED:
        turn.actions.append(Answer(NO_CODE))
        return
    stamp, chance = legacy.reservation.authorization_code, turn.state.chance
    code = return_code(turn.state.udi, stamp, chance.digest("return code")[:8])
    outcomes.registration(turn, "returned")
    outcomes.forget_identity(legacy)
    legacy.reservation = Reservation(return_code=code)
    clock.settle_evaluation(turn)
    turn.actions.append(Answer(f"{ENTER_RETURN}\n{code}"))


def _vouched_for(turn: Turn, section: Section[ReservationCode]) -> bool:
    return check_signer(turn, section.digest, section.signature) is None


def _log_installed(turn: Turn) -> None:
    """In the order a 16.x console shows."""
    udi = str(turn.state.udi)
    allowed = "Allowed" if turn.state.legacy.export_allowed else "Not Allowed"
    turn.log("SMART_LIC.EXPORT_CONTROLLED", allowed=f"{allowed} for udi {udi}")
    turn.log("SMART_LIC.AGENT_REG_SUCCESS", peer=contact.PEER, udi=udi)
    turn.log("SMART_LIC.AUTH_RENEW_SUCCESS", peer=contact.PEER, state="authorized", udi=udi)
    turn.log("SMART_LIC.RESERVED_INSTALLED", udi=udi)


def _request_code(turn: Turn, universal: bool) -> str:
    """`CB-ZC9300-24UX:FCW2134L0RN-AK9A6sMTr-86`. # source: slr-codes

    # assumed: a universal one begins with CA
    """
    udi, chance = turn.state.udi, turn.state.chance
    nonce = _base58(chance, 9)
    kind = "CA" if universal else "CB"
    return f"{kind}-Z{udi.pid}:{udi.sn}-{nonce}-{chance.digest('check').hex()[:2]}"


def _base58(chance: Chance, length: int) -> str:
    return "".join(BASE58[chance.below(58, "base58")] for _ in range(length))
