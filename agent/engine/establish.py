"""Trust by ID token, and the Trust Sync that follows: the direct way to CSSM.

The command is silent: what comes of it is logged, one message for each unit. A trust code starts
the clock anew (Last ACK received, deadline, push), though the first report is still owed. A unit
that has a code gets another only by `force`.
Sources: docs/sources.md, entries trust-idtoken, trust-sync, timeline-direct-trust.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.core.identity import Udi
from agent.engine import (
    authorization_online,
    conversion,
    reporting,
    statistics,
    transport,
    trust_life,
)
from agent.engine.actions import Answer
from agent.engine.events import Scope, TokenEntered
from agent.engine.polling import wait_of
from agent.engine.records import Exchange, Pending, TimerName, TrustWanted
from agent.engine.routes import is_direct, peer, talks
from agent.engine.timers import set_timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn
from agent.protocol.messages import Reply, StatusCode

NOT_CONFIGURED = "The transport type needed is not configured"
# assumed: the reasons behind TRUST_CODE_INSTALL_FAILED; a capture would show them
ALREADY_INSTALLED = "a trust code is already installed"
NO_CODE = "the server sent no trust code"
STALE_NONCE = "nonce"  # the server has seen this very message: say it again with a new nonce


def token_entered(turn: Turn, event: TokenEntered) -> None:
    """Ask for the codes, or say which units have one already."""
    state = turn.state
    if not is_direct(state):
        turn.actions.append(Answer(NOT_CONFIGURED))
        return
    members = state.members if event.scope is Scope.ALL else state.members[:1]
    units = tuple(dict.fromkeys(member.udi for member in members))
    if not event.force:
        _refuse(turn, (u for u in units if u.short in state.trust), ALREADY_INSTALLED)
        units = tuple(u for u in units if u.short not in state.trust)
    if not units:
        return
    if event.force:
        forced = {unit.short for unit in units}
        asked = state.pending_trust.items()
        state.pending_trust = {short: one for short, one in asked if short not in forced}
    state.trust_wanted = TrustWanted(event.token, units, event.force)
    set_timer(state, TimerName.REGISTER_PERIOD_EXPIRATION_CHECK, None)
    transport.proceed(turn)


def answered(turn: Turn, pending: Pending, reply: Reply) -> None:
    """CSSM answered the trust request; its files are still to be installed."""
    wanted = turn.state.trust_wanted
    if wanted is None or reply.status is StatusCode.OK:
        return
    if reply.status in (StatusCode.OK_TRY_AGAIN, StatusCode.OK_POLL):
        _try_again(turn, wait_of(reply))
    elif reply.message == STALE_NONCE:
        _try_again(turn, TIMINGS.trust.retry)
    else:
        turn.state.trust_wanted = None
        _refuse(turn, wanted.units, reply.message or NO_CODE)
        if not wanted.token:  # a registration from before SLP
            conversion.failed(turn, reply.message or NO_CODE)


def failed(turn: Turn, pending: Pending) -> None:
    """No answer: the token is tried again."""
    _try_again(turn, TIMINGS.trust.retry)


def settle(turn: Turn, pending: Pending, reply: Reply) -> None:
    """The files of a good answer are installed: what follows from the codes."""
    state = turn.state
    wanted = state.trust_wanted
    if wanted is None or reply.status is not StatusCode.OK:
        return
    state.trust_wanted = None
    now_there = [u for u in wanted.units if _installed_now(turn, u)]
    if not reply.licence_files:
        _refuse(turn, wanted.units, NO_CODE)
    if not now_there:
        return
    reporting.trust_established(turn)
    set_timer(state, TimerName.TRUST_SYNC, turn.now + TIMINGS.trust.sync)
    when = turn.now + TIMINGS.trust.authorization
    set_timer(state, TimerName.AUTHORIZATION_CODE_PROCESS, when)


def sync_answered(turn: Turn, pending: Pending, reply: Reply) -> None:
    """The accounts agree again. # assumed: it counts as an ACK once the first report has its own
    (in one capture it does not move Last ACK received before, in others it is the last one)."""
    if reply.status is StatusCode.OK:
        if turn.state.counters.acknowledged:
            reporting.acknowledged(turn)
        return
    _plan_sync(turn, wait_of(reply) if reply.retry_time_seconds else TIMINGS.trust.sync_retry)


def sync_failed(turn: Turn, pending: Pending) -> None:
    """Also a renewal fails so. # assumed: utility reporting says it of its own"""
    if turn.state.config.utility and trust_life.is_due_for_renewal(turn):
        turn.log("SMART_LIC.UTILITY_RENEW_FAILED", peer=peer(turn.state))
    _plan_sync(turn, TIMINGS.trust.sync_retry)


def authorization_due(turn: Turn) -> None:
    """The job runs after trust; a device without codes to ask for has nothing to send."""
    if authorization_online.due(turn):
        transport.proceed(turn)
        return
    if turn.release.has("authorization_code_process"):
        statistics.nothing_sent(turn.state, Exchange.AUTHORIZATION_REQUEST)


def plan_after_boot(turn: Turn) -> None:
    """A trusted device that starts on a direct transport syncs its trust."""
    if is_direct(turn.state) and talks(turn.state):
        _plan_sync(turn, TIMINGS.trust.boot_sync)


def _plan_sync(turn: Turn, wait: int) -> None:
    set_timer(turn.state, TimerName.TRUST_SYNC, turn.now + wait)


def acknowledgement_answered(turn: Turn, pending: Pending, reply: Reply) -> None:
    """CSSM knows which codes are in use, or is told again with the next Trust Sync."""
    if reply.status is not StatusCode.OK:
        acknowledgement_failed(turn, pending)


def acknowledgement_failed(turn: Turn, pending: Pending) -> None:
    """No answer: once more after a Trust Sync, which shows that CSSM is there."""
    turn.state.trust_ack_wanted = True
    _plan_sync(turn, TIMINGS.trust.sync_retry)


def _try_again(turn: Turn, wait: int) -> None:
    if turn.state.trust_wanted is not None:
        when = turn.now + wait
        set_timer(turn.state, TimerName.REGISTER_PERIOD_EXPIRATION_CHECK, when)


def _installed_now(turn: Turn, unit: Udi) -> bool:
    code = turn.state.trust.get(unit.short)
    return code is not None and code.installed == turn.now


def _refuse(turn: Turn, units: Iterable[Udi], reason: str) -> None:
    for unit in units:
        turn.log("SMART_LIC.TRUST_CODE_INSTALL_FAILED", udi=str(unit), reason=reason)
        turn.note("SAEVT_TRUST_INSTALL", udi=str(unit), success="False", error=reason)
