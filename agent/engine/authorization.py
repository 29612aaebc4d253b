"""Authorization codes: asked for, saved to a file, installed, given back.

A code belongs to one unit and stands for all its enforced and export-controlled licences; a newer
one takes the place of an older one, which CSSM is told by a confirmation code. A code is not given
back while one of its licences is in use; it is removed first and the return code printed then.
Sources: docs/sources.md, entries authorization-codes, authorization-file, return-code.
"""

from __future__ import annotations

from agent.core.identity import Udi
from agent.engine import reporting, transport
from agent.engine.actions import Answer, WriteFile
from agent.engine.authorizing import requests_of
from agent.engine.events import (
    AuthorizationAsked,
    AuthorizationRequestSaved,
    AuthorizationReturned,
    LicenceRequest,
    Scope,
    UsageChanged,
)
from agent.engine.records import PLR, AuthorizationCode
from agent.engine.routes import talks
from agent.engine.saving import NOT_FOUND
from agent.engine.turn import Turn
from agent.profiles.profile import EnforcedLicence
from agent.protocol.codec import UsageFile, write_usage_file
from agent.protocol.codec_authorization import AUTHORIZED, confirmation_code, return_code
from agent.protocol.messages import AuthorizationData, AuthorizationRequest, HaMember

NO_CODE = "No reservation authorization code installed in device"
ENTER = "Enter this return code in Cisco Smart Software Manager portal:"
# assumed: the sentences of the two refusals; a capture would show them
NOT_CONNECTED = "The transport type needed is not configured"
IN_USE = "The authorization code cannot be returned: {feature} is in use"
INVALID, OLDER = 73, 122
_REMEMBERED = 16


def enforced_licence(turn: Turn, feature: str) -> EnforcedLicence | None:
    """The enforced licence of this platform and release that has this name."""
    known = turn.profile.enforced_on(turn.release, turn.state.udi.pid)
    return next((e for e in known if e.feature == feature), None)


def lacks_code(turn: Turn, tag: str) -> bool:
    """Is this an enforced licence for which the active unit has no code?"""
    if all(enforced.tag != tag for enforced in turn.profile.enforced):
        return False
    code = turn.state.authorizations.get(turn.state.udi.short)
    if code is not None and code.kind == PLR:
        return False
    return code is None or all(licence.tag != tag for licence in code.data.licences)


def export_allowed(turn: Turn) -> bool:
    """Has the active unit a code for an export-controlled licence?"""
    return any(not lacks_code(turn, row.tag) for row in turn.profile.enforced)


def usable(turn: Turn, licences: tuple[LicenceRequest, ...]) -> tuple[LicenceRequest, ...]:
    """Those of the licences that may be used; the others wait for their code."""
    allowed = []
    for licence in licences:
        if lacks_code(turn, licence.entitlement_tag):
            turn.note("SAEVT_NOT_AUTHORIZED", entitlementTag=licence.entitlement_tag)
            turn.state.authorizing.wait(licence)
        else:
            allowed.append(licence)
    return tuple(allowed)


def use_what_waited(turn: Turn) -> None:
    """A code was installed: licences that waited for it are used from now on."""
    for tag, licence in turn.state.authorizing.waiting.items():
        if not lacks_code(turn, tag):
            turn.state.authorizing.wait_no_more(tag)
            reporting.usage_changed(turn, UsageChanged(licence))


def asked(turn: Turn, event: AuthorizationAsked) -> None:
    """Note what each unit wants: with what it has, or instead of it. With a server at hand it is
    asked at once; otherwise the request waits to be saved to a file."""
    licence = enforced_licence(turn, event.feature)
    if licence is None:
        turn.actions.append(Answer(NOT_FOUND))
        return
    for udi in _units(turn, event.scope):
        code = turn.state.authorizations.get(udi.short) if event.add else None
        keys = {held.tag: held.count for held in code.data.licences} if code else {}
        if event.add:
            keys.update(turn.state.authorization_requests.get(udi.short, ()))
        keys[licence.tag] = 1
        asked = {udi.short: tuple(keys.items())}
        turn.state.authorization_requests = {**turn.state.authorization_requests, **asked}
    if talks(turn.state):
        turn.state.authorizing.asked = _units(turn, event.scope)
        turn.state.authorizing.request_wanted = True
        transport.proceed(turn)


def save_request(turn: Turn, event: AuthorizationRequestSaved) -> None:
    """Write the request file of all units that want something."""
    requests = requests_of(_units(turn, Scope.ALL), turn.state.authorization_requests)
    if requests:
        _write(turn, event.path, requests)
    else:
        turn.actions.append(Answer(NOT_FOUND))


def give_back(turn: Turn, event: AuthorizationReturned) -> None:
    """Remove the codes, print their return codes and write them to a file."""
    codes = [
        turn.state.authorizations[udi.short]
        for udi in _units(turn, event.scope)
        if udi.short in turn.state.authorizations
    ]
    tags = {licence.tag for code in codes for licence in code.data.licences}
    in_use = (use for use in turn.state.usage.values() if use.count and use.entitlement_tag in tags)
    used = next(in_use, None)
    if not codes or used is not None:
        text = IN_USE.format(feature=used.feature) if used is not None else NO_CODE
        turn.actions.append(Answer(text))
        return
    if event.online and not talks(turn.state):
        turn.actions.append(Answer(NOT_CONNECTED))
        return
    returns = tuple(_remove(turn, code) for code in codes)
    lines = [ENTER]
    for given in returns:
        lines += [f"UDI: {given.udi}", f"    Return code: {given.remove_code}"]
    turn.actions.append(Answer("\n".join(lines)))
    if event.path:
        _write(turn, event.path, returns)
    if event.online:
        turn.state.authorizing.returns += returns
        transport.proceed(turn)


def install(turn: Turn, data: AuthorizationData) -> tuple[int, str] | None:
    """Install a verified code of an own unit; a fault is (return code, reason)."""
    state, short = turn.state, data.udi.short
    before = state.authorizations.get(short)
    if before is not None and before.data == data:
        return None
    if data.correlation_id in state.returned:
        return INVALID, "the authorization code was returned"
    if before is not None and data.date_stamp <= before.data.date_stamp:
        return OLDER, "a newer authorization code is installed"
    if data.flag != AUTHORIZED:
        if before is not None:
            _forget(turn, before)
        return None
    code, online = "", data.udi in state.authorizing.asked
    if before is not None or online:
        replaced = before.data.correlation_id if before is not None else ""
        code = confirmation_code(replaced, data.correlation_id, data.udi)
    installed = AuthorizationCode(data, turn.now, code)
    state.authorizations = {**state.authorizations, short: installed}
    state.authorization_requests = {
        unit: asked for unit, asked in state.authorization_requests.items() if unit != short
    }
    turn.log("SMART_LIC.AUTHORIZATION_INSTALL_SUCCESS", udi=str(data.udi))
    turn.note("SAEVT_AUTH_INSTALL", udi=str(data.udi), success="True")
    use_what_waited(turn)
    return None


def confirmations(turn: Turn) -> tuple[str, ...]:
    """What the user has to tell CSSM of codes that took another one's place just now."""
    fresh = (c for c in turn.state.authorizations.values() if c.installed == turn.now)
    return tuple(
        f"Last Confirmation code UDI: {c.data.udi}    Confirmation code: {c.confirmation_code}"
        for c in fresh
        if c.confirmation_code
    )


def _remove(turn: Turn, code: AuthorizationCode) -> AuthorizationRequest:
    chance = turn.state.chance.digest("return code")[:8]
    stamp = code.data.correlation_id if code.is_reservation else code.data.date_stamp
    text = return_code(code.data.udi, stamp, chance)
    _forget(turn, code)
    state = turn.state
    state.last_return_codes = {**state.last_return_codes, code.data.udi.short: text}
    return AuthorizationRequest(code.data.udi, (), remove_code=text)


def _forget(turn: Turn, code: AuthorizationCode) -> None:
    state = turn.state
    gone = code.data.udi.short
    state.authorizations = {
        short: code for short, code in state.authorizations.items() if short != gone
    }
    state.returned = (*state.returned, code.data.correlation_id)[-_REMEMBERED:]
    turn.log("SMART_LIC.AUTHORIZATION_REMOVED", udi=str(code.data.udi))


def _units(turn: Turn, scope: Scope) -> tuple[Udi, ...]:
    members = turn.state.members if scope is Scope.ALL else turn.state.members[:1]
    return tuple(dict.fromkeys(member.udi for member in members))


def _write(turn: Turn, path: str, requests: tuple[AuthorizationRequest, ...]) -> None:
    usage = UsageFile(
        reports=(),
        sender=transport.sender(turn),
        timestamp=transport.own_time(turn),
        nonce=turn.state.chance.nonce(),
        devices=tuple(HaMember(m.role, m.udi) for m in turn.state.members),
        authorization_requests=requests,
    )
    turn.actions.append(WriteFile(path, write_usage_file(usage)))
