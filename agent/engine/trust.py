"""Trust codes: the request that travels with a report, and the installation of the answer.

One trust code per UDI. A request keeps its key and nonce until it is answered, so a late answer
still fits. Installed, the code signs reports and requests.
Sources: docs/sources.md, entries trust-request, trust-install.
"""

from __future__ import annotations

from dataclasses import replace

from agent.core.clock import HOUR, MINUTE
from agent.core.identity import Udi
from agent.engine import trust_life
from agent.engine.records import PendingTrust, TrustCode, TrustWanted, changed
from agent.engine.state import AgentState
from agent.engine.tables import no_rows
from agent.engine.turn import Turn
from agent.protocol import signing
from agent.protocol.codec import trust_requests_text
from agent.protocol.messages import TrustData, TrustRequest

NONCE_MISMATCH = 30
CERTIFICATE_INVALID = 41
ALREADY_EXISTS = 81
# source: clock-tolerance (code 24 is ours: INVALID)
CLOCKS_DIFFER = (24, "timestamp mismatch")
_VALID_BEFORE = 5 * MINUTE  # source: trust-display (a code is valid from before it was issued)


Asked = tuple[tuple[TrustRequest, ...], str]


def requests(turn: Turn, *, local: bool = False) -> Asked:
    """Trust requests for all units without a code, or for the active one alone, and the signature
    that proves the key."""
    wanting = trust_life.wanting(turn.state, turn.own_time)
    if local:
        wanting = tuple(udi for udi in wanting if udi == turn.state.udi)
    return _proved(turn, tuple(_request(turn, udi) for udi in wanting))


def requests_with_token(turn: Turn, wanted: TrustWanted) -> Asked:
    """The requests for which an ID token was entered."""
    bare = (_request(turn, udi) for udi in wanted.units)
    asked = tuple(changed(r, idtoken=wanted.token or None, force=wanted.force) for r in bare)
    return _proved(turn, asked)


def _proved(turn: Turn, asked: tuple[TrustRequest, ...]) -> Asked:
    if not asked:
        return (), ""
    key = turn.state.pending_trust[asked[0].udi.short].private_key
    return asked, signing.sign(key, trust_requests_text(asked).encode())


def install(turn: Turn, data: TrustData) -> tuple[int, str] | None:
    """Install a verified trust code of an own unit; a fault is (return code, reason)."""
    state = turn.state
    installed = state.trust.get(data.udi.short)
    if installed is not None and installed.id_cert == data.id_cert:
        return None
    if installed is not None and signing.certificate_fits(data.id_cert, installed.private_key):
        return _renew(turn, installed, data)
    pending = state.pending_trust.get(data.udi.short)
    if pending is None or pending.nonce != data.request_nonce:
        return NONCE_MISMATCH, "the trust code does not answer a request of this device"
    if pending.requested - data.valid_from - _VALID_BEFORE >= HOUR:
        _forget_request(state, data.udi)  # the next one has another date
        return CLOCKS_DIFFER
    if not signing.certificate_fits(data.id_cert, pending.private_key):
        return CERTIFICATE_INVALID, "the certificate does not fit the requested key"
    if installed is not None and data.valid_from < installed.valid_from:
        return ALREADY_EXISTS, "a newer trust code is installed"
    _forget_request(state, data.udi)
    state.trust[data.udi.short] = TrustCode(
        udi=pending.udi,
        installed=turn.now,
        trust_id=data.trust_id,
        private_key=pending.private_key,
        id_cert=data.id_cert,
        product_instance_identifier=data.product_instance_identifier,
        valid_from=data.valid_from,
        valid_to=data.valid_to,
        trust_code_type=data.trust_code_type,
    )
    if data.udi == state.udi:
        state.product_instance_identifier = data.product_instance_identifier
    state.trust_ack_wanted = state.trust_ack_wanted or installed is not None
    trust_life.plan(turn)
    turn.log("SMART_LIC.TRUST_CODE_INSTALL_SUCCESS", udi=str(data.udi))
    turn.note("SAEVT_TRUST_INSTALL", udi=str(data.udi), success="True")
    return None


def _forget_request(state: AgentState, udi: Udi) -> None:
    """A new table, as the old one keeps its room."""
    others = ((short, asked) for short, asked in state.pending_trust.items() if short != udi.short)
    state.pending_trust = dict(others) or no_rows()


def _renew(turn: Turn, installed: TrustCode, data: TrustData) -> tuple[int, str] | None:
    """The same request was answered twice: the later code replaces the earlier, unnoticed."""
    if data.valid_from < installed.valid_from:
        return ALREADY_EXISTS, "a newer trust code is installed"
    turn.state.trust[data.udi.short] = replace(
        installed,
        trust_id=data.trust_id,
        id_cert=data.id_cert,
        valid_from=data.valid_from,
        valid_to=data.valid_to,
    )
    trust_life.plan(turn)
    return None


def _request(turn: Turn, udi: Udi) -> TrustRequest:
    state = turn.state
    pending = state.pending_trust.get(udi.short)
    if pending is None or pending.requested - turn.own_time >= HOUR:  # made by a wrong calendar
        pending = PendingTrust(
            udi=udi,
            nonce=state.chance.nonce(),
            private_key=signing.scalar(state.chance.digest(f"trust key {udi.short}")),
            requested=turn.own_time,
        )
        state.pending_trust = {**state.pending_trust, udi.short: pending}
    return TrustRequest(
        udi=udi,
        software_tag=state.software_tag,
        hostname="" if state.config.hostname_privacy else state.config.hostname,
        timestamp=pending.requested,
        nonce=pending.nonce,
        csr=signing.csr(pending.private_key, udi),
    )
