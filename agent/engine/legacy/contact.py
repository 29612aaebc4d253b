"""Exchanges of the model before SLP: one at a time, each answered or given up.

What is still to be asked for stands in `wanted`, in order; `proceed` sends the first of it whenever
nothing is in flight. Call Home is the transport unless smart is configured.
Sources: docs/sources.md, entries legacy-states, transports, comm-messages.
"""

from __future__ import annotations

from agent.engine.acks import check_signer
from agent.engine.actions import Route, Send
from agent.engine.config import LicenseConfig, Transport
from agent.engine.legacy.clock import set_timer
from agent.engine.legacy.state import LegacyTimer
from agent.engine.legacy.timings import LEGACY
from agent.engine.records import Exchange, Pending, changed
from agent.engine.routes import route
from agent.engine.transport import own_time, sender
from agent.engine.turn import Turn
from agent.protocol.messages import Reply
from agent.protocol.smart_licensing import SmartLicensingRequest, Step

PEER = "Cisco Smart Software Manager or satellite"  # source: sysmsg-legacy
# The statistics of SLP have a block for each step's nearest relative.
BLOCKS = {
    Step.REGISTER: Exchange.TRUST_ESTABLISHMENT,
    Step.RENEW: Exchange.TRUST_SYNC,
    Step.AUTHORIZE: Exchange.AUTHORIZATION_REQUEST,
    Step.DEREGISTER: Exchange.AUTHORIZATION_RETURN,
}


def spoken(config: LicenseConfig) -> LicenseConfig:
    """The configuration with the transport this model really uses."""
    if config.transport is Transport.SMART:
        return config
    return changed(config, transport=Transport.CALLHOME)


def way(turn: Turn) -> Route:
    return route(spoken(turn.state.config))


def ask(turn: Turn, step: Step) -> None:
    """Ask for this as soon as nothing else is under way; once is enough."""
    legacy = turn.state.legacy
    if step.value not in legacy.wanted:
        legacy.wanted = (*legacy.wanted, step.value)
    proceed(turn)


def proceed(turn: Turn) -> None:
    """Send what is wanted first, unless something is in flight."""
    state, legacy = turn.state, turn.state.legacy
    if state.pending or not legacy.wanted:
        return
    step, legacy.wanted = Step(legacy.wanted[0]), legacy.wanted[1:]
    message = SmartLicensingRequest(
        sender=sender(turn),
        timestamp=own_time(turn),
        nonce=state.chance.nonce(),
        step=step,
        idtoken=legacy.idtoken if step is Step.REGISTER else "",
        force=legacy.forced and step is Step.REGISTER,
        licences=_licences(turn) if step is Step.AUTHORIZE else (),
    )
    request_id, where = state.next_request_id, way(turn)
    state.next_request_id += 1
    state.pending[request_id] = Pending(BLOCKS[step], turn.now, where, message)
    turn.actions.append(Send(request_id, where, message, "", state.anchors))


def drop(turn: Turn) -> None:
    """Forget what is in flight and what was wanted. A late answer finds nothing."""
    turn.state.pending.clear()
    turn.state.legacy.wanted = ()
    set_timer(turn.state.legacy, LegacyTimer.GIVE_UP, None)


def step_of(pending: Pending) -> Step:
    message = pending.message
    if not isinstance(message, SmartLicensingRequest):
        raise TypeError(f"{message!r} belongs to another licensing model")
    return message.step


def vouched_for(turn: Turn, reply: Reply) -> bool:
    """CSSM signs its replies."""
    return check_signer(turn, reply.signed_digest, reply.signature) is None


def patience_ends(turn: Turn, pending: Pending) -> bool:
    """Is a failed attempt to be declared now? Otherwise a timer will."""
    if pending.failure is None:
        return True
    until = pending.sent + LEGACY.give_up.get(pending.failure, 0)
    if until <= turn.now:
        return True
    set_timer(turn.state.legacy, LegacyTimer.GIVE_UP, until)
    return False


def _licences(turn: Turn) -> tuple[tuple[str, int], ...]:
    return tuple((use.entitlement_tag, use.count) for use in turn.state.usage.values())
