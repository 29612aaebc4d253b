"""Authorization codes by connection: asked for, confirmed, given back.

A request is silent: what comes of it is logged, one message for each unit. An installed code is
confirmed to CSSM; a returned one is removed first and reported once, whatever becomes of it. The
server may answer at once, or later to a poll. `transport` sends what `wanted` names.
Sources: docs/sources.md, entries authorization-codes, request-types, status-codes.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.engine.polling import wait_of
from agent.engine.records import Exchange, Pending, TimerName
from agent.engine.timers import set_timer
from agent.engine.turn import Turn
from agent.protocol.messages import (
    AuthorizationRequest,
    CodesConfirmed,
    CodesReturned,
    CodesWanted,
    Poll,
    Reply,
    Request,
    Sender,
    StatusCode,
)

AUTHORIZATIONS = "authorizations"
# assumed: the reasons behind AUTHORIZATION_INSTALL_FAILED; a capture would show them
UNREACHED = "Communications failure"
NO_CODE = "the server sent no authorization code"


def wanted(turn: Turn) -> Exchange | None:
    """The next exchange about codes, if one is wanted."""
    under_way = turn.state.authorizing
    if under_way.returns:
        return Exchange.AUTHORIZATION_RETURN
    if under_way.confirmations:
        return Exchange.AUTHORIZATION_CONFIRMATION
    if under_way.request_wanted:
        return Exchange.AUTHORIZATION_REQUEST
    if under_way.poll_wanted and under_way.poll_id:
        return Exchange.RESULT_POLLING
    return None


def message(turn: Turn, exchange: Exchange, sender: Sender, timestamp: Instant) -> Request:
    """The message of that exchange; it is no longer wanted then."""
    under_way, nonce = turn.state.authorizing, turn.state.chance.nonce()
    if exchange is Exchange.AUTHORIZATION_RETURN:
        units, under_way.returns = under_way.returns, ()
        return CodesReturned(sender, timestamp, nonce, units)
    if exchange is Exchange.AUTHORIZATION_CONFIRMATION:
        units, under_way.confirmations = under_way.confirmations, ()
        return CodesConfirmed(sender, timestamp, nonce, units)
    if exchange is Exchange.RESULT_POLLING:
        under_way.poll_wanted = False
        return Poll(sender, timestamp, nonce, under_way.poll_id, AUTHORIZATIONS)
    under_way.request_wanted = False
    requests = turn.state.authorization_requests
    units = tuple(
        AuthorizationRequest(udi, requests[udi.short])
        for udi in under_way.asked
        if udi.short in requests
    )
    return CodesWanted(sender, timestamp, nonce, units)


def is_poll_for_codes(pending: Pending) -> bool:
    """Does this poll ask for codes, not for acknowledgements?"""
    return isinstance(pending.message, Poll) and pending.message.action == AUTHORIZATIONS


def request_answered(turn: Turn, pending: Pending, reply: Reply) -> None:
    """The codes are in the reply, come later, or do not come."""
    under_way = turn.state.authorizing
    if reply.status in (StatusCode.OK_POLL, StatusCode.OK_TRY_AGAIN):
        under_way.poll_id = reply.poll_id or under_way.poll_id
        under_way.request_wanted = not under_way.poll_id
        _come_back(turn, turn.now + wait_of(reply))
    elif reply.status is not StatusCode.OK:
        _give_up(turn, reply.message or NO_CODE)


def exchange_failed(turn: Turn, pending: Pending) -> None:
    """No answer. A request is over; a confirmation and a return were sent their one time."""
    if pending.exchange is Exchange.AUTHORIZATION_REQUEST or is_poll_for_codes(pending):
        _give_up(turn, UNREACHED)


def told(turn: Turn, pending: Pending, reply: Reply) -> None:
    """A confirmation or a return was answered: there is nothing left to do, whatever it says."""


def contact_failed(turn: Turn) -> None:
    """There was not even a Hello: nothing about codes is tried again."""
    under_way = turn.state.authorizing
    under_way.returns = under_way.confirmations = ()
    if under_way.request_wanted or under_way.poll_wanted:
        _give_up(turn, UNREACHED)


def settle(turn: Turn, pending: Pending, reply: Reply) -> None:
    """The files of a reply are installed: confirm new codes; the request may be over."""
    state, under_way = turn.state, turn.state.authorizing
    if not (state.authorizations or under_way.asked):
        _forget(turn)
        return
    fresh = [c for c in state.authorizations.values() if c.installed == turn.now]
    confirmed = tuple(
        AuthorizationRequest(code.data.udi, (), confirm_code=code.confirmation_code)
        for code in fresh
        if code.confirmation_code
    )
    if reply.licence_files and confirmed:
        under_way.confirmations += confirmed
    there = {code.data.udi for code in fresh}
    under_way.asked = tuple(udi for udi in under_way.asked if udi not in there)
    ends = pending.exchange is Exchange.AUTHORIZATION_REQUEST or is_poll_for_codes(pending)
    if not under_way.asked:
        _forget(turn)
    elif ends and reply.status is StatusCode.OK:
        _give_up(turn, NO_CODE)


def due(turn: Turn) -> bool:
    """The job runs: is there something to ask for? Sets what the next contact is for."""
    under_way = turn.state.authorizing
    under_way.poll_wanted = bool(under_way.poll_id)
    if not under_way.poll_id and under_way.asked:
        under_way.request_wanted = True
    return under_way.poll_wanted or under_way.request_wanted


def _come_back(turn: Turn, when: Instant) -> None:
    set_timer(turn.state, TimerName.AUTHORIZATION_CODE_PROCESS, when)


def _give_up(turn: Turn, reason: str) -> None:
    _report_failure(turn, turn.state.authorizing.asked, reason)
    _forget(turn)


def _forget(turn: Turn) -> None:
    under_way = turn.state.authorizing
    if under_way.poll_id:
        set_timer(turn.state, TimerName.AUTHORIZATION_CODE_PROCESS, None)
    under_way.asked, under_way.poll_id = (), ""
    under_way.request_wanted = under_way.poll_wanted = False


def _report_failure(turn: Turn, units: Iterable[Udi], reason: str) -> None:
    for udi in units:
        turn.log("SMART_LIC.AUTHORIZATION_INSTALL_FAILED", udi=str(udi), reason=reason)
        turn.note("SAEVT_AUTH_INSTALL", udi=str(udi), success="False", error=reason)
