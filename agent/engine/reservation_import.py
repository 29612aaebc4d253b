"""`license smart import` of the file of a specific reservation (SLR), on a release with SLP.

A reservation cannot be requested under SLP; one that was requested before the upgrade can still
be completed: the file has to answer that request. Installed, it is the unit's authorization code
and covers what it reserved, as one carried over by the upgrade does.
Sources: docs/sources.md, entries slr-codes, return-codes, migration-licences.
"""

from __future__ import annotations

from agent.engine import acks, migration
from agent.engine.acks import Fault, Outcome
from agent.engine.legacy.reservation import BAD_FILE, BAD_SIGNATURE, MISMATCH
from agent.engine.legacy.state import Reservation
from agent.engine.turn import Turn
from agent.protocol.codec_fields import MessageError
from agent.protocol.codec_reservation import read_reservation
from agent.protocol.messages import Section
from agent.protocol.smart_licensing import ReservationCode

SECTION = "AUTH"
ALREADY_INSTALLED, PARSE_FAILED, MISMATCHED = 100, 101, 77
THERE_IS_ONE = "an authorization code is already installed"  # assumed: the words


def is_reservation(text: str) -> bool:
    """Is this the file of a reservation, whatever else may be wrong with it?"""
    return text.lstrip()[:20].startswith("<specificPLR")


def install(turn: Turn, text: str) -> Outcome:
    """Take it in, or say why not; a refused file changes nothing."""
    try:
        section = read_reservation(text)
    except MessageError:
        return _refuse(turn, PARSE_FAILED, BAD_FILE)
    code, state = section.data, turn.state
    expected = state.legacy.reservation.request_code
    fits = code.request_code == expected and code.universal is state.legacy.reservation.universal
    if code.udi != state.udi or not expected or not fits:
        return _refuse(turn, MISMATCHED, MISMATCH)
    if state.udi.short in state.authorizations:
        return _refuse(turn, ALREADY_INSTALLED, THERE_IS_ONE)
    if not _vouched_for(turn, section):
        return _refuse(turn, acks.BAD_SIGNATURE, BAD_SIGNATURE)
    state.legacy.reservation = Reservation(
        confirmation_code=state.chance.digest("confirmation").hex()[:8],
        authorization_code=expected,
        installed=turn.now,
        licences=code.licences,
        universal=code.universal,
    )
    migration.keep_reservation(state, turn.now)
    turn.log("SMART_LIC.RESERVE_INSTALL_SUCCESS", udi=str(state.udi))
    turn.log("SMART_LIC.AUTHORIZATION_INSTALL_SUCCESS", udi=str(state.udi))
    return Outcome(installed=[SECTION])


def _refuse(turn: Turn, code: int, reason: str) -> Outcome:
    udi = str(turn.state.udi)
    turn.log("SMART_LIC.RESERVE_INSTALL_FAILED", udi=udi, reason=reason)
    turn.log("SMART_LIC.AUTHORIZATION_INSTALL_FAILED", udi=udi, reason=reason)
    turn.note("SAEVT_IMPORT", type=SECTION, success="False", error=reason)
    return Outcome(faults=[Fault(SECTION, code, reason)])


def _vouched_for(turn: Turn, section: Section[ReservationCode]) -> bool:
    return acks.check_signer(turn, section.digest, section.signature) is None
