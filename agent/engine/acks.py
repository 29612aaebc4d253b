"""Licence files: what arrives in a reply or an imported file is verified, then installed.

Order: trust code, account, policy, RUM ACK. A file with a changed byte under one signature is
refused whole. Otherwise each section stands for itself: one that cannot be used is left out and
named among the faults; the good ones are installed. The certificate of the signer comes with a
trust code, whose chain must end in an anchor, and is remembered.
Sources: docs/sources.md, entries licence-file, verification-order, ack-rules.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from agent.core.clock import HOUR
from agent.core.identity import Account
from agent.engine import authorization, policy, reporting, rum, trust
from agent.engine.records import ACK, RumReport
from agent.engine.turn import Turn
from agent.protocol import signing
from agent.protocol.codec import MessageError, read_licence_file
from agent.protocol.codec_authorization import read_authorization
from agent.protocol.messages import (
    AckData,
    AckedReport,
    AckStatus,
    AuthorizationData,
    LicenceFile,
    Section,
    TrustData,
)

MATCH_IDENTIFIER = 28
BAD_SIGNATURE = 45
UNKNOWN_SIGNER = 47
UNREADABLE = 17
CERTIFICATE_MISMATCH = 105
VERSION_MISMATCH = 122
TAMPERED = 73

FOREIGN = "the file is for another device"
CHANGED = "the signature does not verify"
CANNOT_BE_READ = "the section cannot be read"
_KNOWN_SIGNERS = 4
_ACCEPTED = (AckStatus.ACK, AckStatus.DUPLICATE)

_Fault = tuple[int, str] | None  # a return code and the reason
_Install = Callable[[Turn, Section[Any]], _Fault]
_Step = tuple[str, Section[Any], _Install]  # a section by its name in the history, what takes it


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a section was not installed; `code` is the device's return code."""

    section: str
    code: int
    reason: str


@dataclass(slots=True)
class Outcome:
    """What became of one licence file."""

    installed: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def install(turn: Turn, text: str) -> Outcome:
    """Verify and install a licence file. A peer's mistake is a Fault, never an exception."""
    outcome = Outcome()
    try:
        found = read_licence_file(text)
    except MessageError as error:
        outcome.faults.append(Fault("file", error.code, error.reason))
        turn.note("SAEVT_IMPORT", type="file", success="False", error=error.reason)
        return outcome
    if _for_others(turn, found):
        return _refuse_foreign(turn, found)
    if _from_the_future(turn, found):
        return _refuse_whole(turn, found, *trust.CLOCKS_DIFFER)
    steps = _steps(found)
    if _is_changed(turn, found, steps):
        return _refuse_whole(turn, found, BAD_SIGNATURE, CHANGED)
    unreadable = list(found.unreadable)
    if len(_authorizations(found)) < len(found.authorizations):
        unreadable.append("AUTH")
    for name in unreadable:
        outcome.faults.append(Fault(name, UNREADABLE, CANNOT_BE_READ))
        turn.note("SAEVT_IMPORT", type=name, success="False", error=CANNOT_BE_READ)
        _log_unreadable(turn, name)
    for name, section, step in steps:
        fault = step(turn, section)
        if fault == trust.CLOCKS_DIFFER:  # the trust code's, which comes first
            return _refuse_whole(turn, found, *trust.CLOCKS_DIFFER)
        if fault is None:
            outcome.installed.append(name)
        else:
            outcome.faults.append(Fault(name, *fault))
            turn.note("SAEVT_IMPORT", type=name, success="False", error=fault[1])
    return outcome


def _for_others(turn: Turn, found: LicenceFile) -> bool:
    """Does the file name devices, and none of ours among them?"""
    named = [code.udi for code in (found.trust.data if found.trust else ())]
    named += [ack.udi for ack in (found.ack.data if found.ack else ())]
    named += [section.data.udi for section in _authorizations(found)]
    own = {member.udi for member in turn.state.members}
    return bool(named) and own.isdisjoint(named)


def _from_the_future(turn: Turn, found: LicenceFile) -> bool:
    """Was the file written an hour or more after what the device's own clock says?"""
    dates = [ack.ack_time for ack in (found.ack.data if found.ack else ())]
    dates += [code.valid_from for code in (found.trust.data if found.trust else ())]
    dates += [found.account.data.timestamp] if found.account else []
    return max(dates, default=0) - turn.own_time >= HOUR


def _is_changed(turn: Turn, found: LicenceFile, steps: Sequence[_Step]) -> bool:
    """Was a byte changed under one signature while another of the file holds?

    # source: ack-rules (a file whose signature was altered is refused whole)
    """
    chains = [code.signing_chain for code in (found.trust.data if found.trust else ())]
    named = [chain[0] for chain in chains if chain]
    known = tuple(dict.fromkeys((*turn.state.signers, *turn.state.anchors, *named)))
    genuine = {_is_signed_by(known, section) for _, section, _ in steps}
    return len(genuine) == 2


def _is_signed_by(known: Iterable[str], section: Section[Any]) -> bool:
    """Did one of these sign it?"""
    for certificate in known:
        if signing.verify_digest(certificate, section.digest, section.signature):
            return True
    return False


def _refuse_foreign(turn: Turn, found: LicenceFile) -> Outcome:
    """A file for another device is refused whole. # source: ack-rules"""
    return _refuse_whole(turn, found, MATCH_IDENTIFIER, FOREIGN)


def _refuse_whole(turn: Turn, found: LicenceFile, code: int, reason: str) -> Outcome:
    outcome = Outcome()
    for name, _, _ in _steps(found):
        outcome.faults.append(Fault(name, code, reason))
        turn.note("SAEVT_IMPORT", type=name, success="False", error=reason)
    udi = str(turn.state.udi)
    if found.trust is not None:
        turn.log("SMART_LIC.TRUST_CODE_INSTALL_FAILED", udi=udi, reason=reason)
    if found.policy is not None and reason in (trust.CLOCKS_DIFFER[1], CHANGED):
        turn.log("SMART_LIC.POLICY_INSTALL_FAILED", reason=reason)
    if found.authorizations:
        turn.log("SMART_LIC.AUTHORIZATION_INSTALL_FAILED", udi=udi, reason=reason)
    return outcome


def _steps(found: LicenceFile) -> list[_Step]:
    codes = [("AUTH", section, _install_authorization) for section in _authorizations(found)]
    rows: tuple[tuple[str, Section[Any] | None, _Install], ...] = (
        ("TRUST CODE", found.trust, _install_trust),
        ("ACCOUNT INFO", found.account, _install_account),
        ("POLICY", found.policy, _install_policy),
        *codes,
        ("RUM ACK", found.ack, _install_ack),
    )
    return [(name, section, install) for name, section, install in rows if section is not None]


# --- one function per section ---------------------------------------------------------------


def _install_trust(turn: Turn, section: Section[tuple[TrustData, ...]]) -> _Fault:
    own = {member.udi for member in turn.state.members}
    codes = [code for code in section.data if code.udi in own]
    if not codes:
        return MATCH_IDENTIFIER, "the trust code is for another device"
    last_fault: _Fault = None
    for code in codes:
        fault = _check_trust(turn, code, section) or trust.install(turn, code)
        if fault == trust.CLOCKS_DIFFER:
            return fault
        if fault is not None:
            udi, reason = str(code.udi), fault[1]
            turn.log("SMART_LIC.TRUST_CODE_INSTALL_FAILED", udi=udi, reason=reason)
            last_fault = fault
    return last_fault


def _log_unreadable(turn: Turn, name: str) -> None:
    """The message of a section that is there and makes no sense."""
    udi = str(turn.state.udi)
    match name:
        case "smartLicensePolicy":
            turn.log("SMART_LIC.POLICY_INSTALL_FAILED", reason=CANNOT_BE_READ)
        case "smartLicenseTrust":
            turn.log("SMART_LIC.TRUST_CODE_INSTALL_FAILED", udi=udi, reason=CANNOT_BE_READ)
        case "AUTH":
            turn.log("SMART_LIC.AUTHORIZATION_INSTALL_FAILED", udi=udi, reason=CANNOT_BE_READ)


def _check_trust(turn: Turn, code: TrustData, section: Section[Any]) -> _Fault:
    chain = code.signing_chain
    fault = signing.check_chain((code.id_cert, *chain), turn.state.anchors, turn.own_time)
    if fault is not None:
        turn.log("SMART_LIC.CERTIFICATE_VALIDATION", reason=fault.reason)
        if fault is signing.ChainFault.UNTRUSTED:
            return _other_root(turn)
        return fault.code, fault.reason
    if not chain or not signing.verify_digest(chain[0], section.digest, section.signature):
        return BAD_SIGNATURE, "the signature does not verify"
    if chain[0] not in turn.state.signers:
        signer = sys.intern(chain[0])  # the same for all devices
        turn.state.signers = (signer, *turn.state.signers)[:_KNOWN_SIGNERS]
    return None


def _other_root(turn: Turn) -> tuple[int, str]:
    """The certificates come from another root than the one installed. # source: return-codes

    # assumed: which of the two messages it is depends on the root this device has
    """
    if turn.state.development:
        turn.log("SMART_LIC.ROOT_CERT_MISMATCH_DEV")
    else:
        turn.log("SMART_LIC.ROOT_CERT_MISMATCH_PROD")
    return CERTIFICATE_MISMATCH, "the chain does not end in the root that is installed"


def _install_account(turn: Turn, section: Section[Any]) -> _Fault:
    if fault := _check_signature(turn, section):
        return fault
    data = section.data
    names = sys.intern(data.smart_account), sys.intern(data.virtual_account)  # of many devices
    turn.state.account = Account(*names, turn.now)
    return None


def _install_policy(turn: Turn, section: Section[Any]) -> _Fault:
    fault = _check_signature(turn, section)
    current, data = turn.state.policy, section.data
    if fault is None and current.installed is not None:
        if policy.says_the_same(data, current):
            return None
        if not policy.supersedes(data, current):
            fault = VERSION_MISMATCH, "a newer policy is installed"
    if fault is not None:
        turn.log("SMART_LIC.POLICY_INSTALL_FAILED", reason=fault[1])
        return fault
    rum.close_all(turn, rum.POLICY_INTERVAL)
    turn.state.policy = policy.merged(data, turn.now)
    turn.log("SMART_LIC.POLICY_INSTALL_SUCCESS")
    turn.note("SAEVT_POLICY_INSTALL", name=data.name, success="True")
    reporting.policy_installed(turn)
    return None


def _authorizations(found: LicenceFile) -> list[Section[AuthorizationData]]:
    """The authorization codes that can be read."""
    sections = []
    for raw in found.authorizations:
        with suppress(MessageError):
            sections.append(read_authorization(raw))
    return sections


def _install_authorization(turn: Turn, section: Section[AuthorizationData]) -> _Fault:
    if section.data.udi not in {member.udi for member in turn.state.members}:
        return None  # another device's in a file for several
    fault = _check_signature(turn, section) or authorization.install(turn, section.data)
    if fault is not None:
        udi, reason = str(section.data.udi), fault[1]
        turn.log("SMART_LIC.AUTHORIZATION_INSTALL_FAILED", udi=udi, reason=reason)
    return fault


def _install_ack(turn: Turn, section: Section[tuple[AckData, ...]]) -> _Fault:
    if fault := _check_signature(turn, section):
        return fault
    units = {member.udi for member in turn.state.members}  # any of them may have been the active
    own = [ack for ack in section.data if ack.udi in units]
    if not own:
        return MATCH_IDENTIFIER, "the acknowledgement is for another device"
    last_fault: _Fault = None
    newly = 0
    for entry in (entry for ack in own for entry in ack.reports):
        report = turn.state.reports.get(entry.report_id)
        if report is not None and report.state is ACK:
            continue
        fault = _check_report(report, entry)
        if fault is None and report is not None and _take_status(turn, report, entry):
            newly += 1
        last_fault = fault or last_fault
    if newly:
        rum.forget_old_rows(turn)
        turn.state.reports.give_back_room()
        turn.note("SAEVT_RUM_ACK", count=str(newly))
        reporting.acknowledged(turn)
    return last_fault


def _check_report(report: RumReport | None, entry: AckedReport) -> _Fault:
    if report is None or report.signed is None:
        return TAMPERED, f"report {entry.report_id} is not waiting for an acknowledgement"
    if hashlib.sha256(report.signed.payload.encode()).hexdigest() != entry.payload_sha256:
        return TAMPERED, f"report {entry.report_id} has another content"
    return None


def _take_status(turn: Turn, report: RumReport, entry: AckedReport) -> bool:
    """Is the report acknowledged now? One the server refuses is kept and not sent again."""
    if entry.status in _ACCEPTED:
        rum.acknowledge(turn, report)
        return True
    rum.reject(turn, report)
    turn.note("SAEVT_RUM_REJECT", reportId=str(entry.report_id), reason=entry.reason or "")
    return False


def check_signer(turn: Turn, digest: str, signature: str) -> _Fault:
    """Was this signed by a known signer that chains to an anchor, or by an anchor itself?

    `digest` is the SHA-256 of the signed text, in hex.
    """
    state = turn.state
    expired: _Fault = None
    for certificate in (*state.signers, *state.anchors):
        if not signing.verify_digest(certificate, digest, signature):
            continue
        fault = signing.check_chain((certificate,), state.anchors, turn.own_time)
        if fault is None:
            return None
        expired = fault.code, fault.reason
    if expired is not None:
        return expired
    if not state.signers:
        return UNKNOWN_SIGNER, "the signer is not known: no trust code was received"
    return BAD_SIGNATURE, "the signature does not verify"


def _check_signature(turn: Turn, section: Section[Any]) -> _Fault:
    return check_signer(turn, section.digest, section.signature)
