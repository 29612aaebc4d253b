"""Authorization codes at CSSM: issued for a unit, replaced by a newer one, returned.

Every licence that is asked for is granted: an emulated account owns enough. A code that was
returned is not issued again; its return code proves that the device has removed it.
Sources: docs/sources.md, entries authorization-codes, authorization-file, return-code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from agent.core.chance import Chance
from agent.core.clock import SECOND, Instant
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.profiles.profile import profile_for
from agent.protocol.codec import MessageError, ReturnCode
from agent.protocol.codec_authorization import (
    AUTHORIZED,
    RETURNED,
    authorization_section,
    read_return_code,
)
from agent.protocol.messages import AuthorizationData, AuthorizationRequest, AuthorizedLicence
from counterparts.cssm import Cssm
from counterparts.repository import IssuedAuthorization

_STAMP = "%Y-%m-%dT%H:%M:%S"


def tags_of(udi: Udi, features: Sequence[str]) -> tuple[str, ...]:
    """The tags of enforced licences by name. Raises InputError with the names the unit has."""
    known = {row.feature: row.tag for row in profile_for(udi.pid).enforced}
    for feature in features:
        if feature not in known:
            allowed = ", ".join(known) or "none for this model"
            raise InputError(f"{feature!r} is no enforced licence of a {udi.pid}", allowed=allowed)
    return tuple(known[feature] for feature in features)


def sections_for(cssm: Cssm, asked: Iterable[AuthorizationRequest], now: Instant) -> list[str]:
    """A section for each unit in a request file. Raises MessageError for a bad return code.

    Called inside a transaction of the records, like all of it.
    """
    return [
        take_back(cssm, request, now)
        if request.remove_code
        else issue(cssm, request.udi, tuple(tag for tag, _ in request.keys), now)
        for request in asked
    ]


def issue(cssm: Cssm, udi: Udi, tags: tuple[str, ...], now: Instant) -> str:
    """A new code for a unit, in place of the one it may have."""
    licences = tuple(AuthorizedLicence(tag, 1, display_name=_name(udi, tag)) for tag in tags)
    return _section(cssm, udi, AUTHORIZED, licences, now)


def take_back(cssm: Cssm, request: AuthorizationRequest, now: Instant) -> str:
    """A returned code: nothing is authorized any more. Raises MessageError."""
    udi, stamp = read_return_code(request.remove_code)
    issued = cssm.records.authorization(udi)
    if udi != request.udi or issued is None or issued.date_stamp != stamp or issued.returned:
        reason = "the return code is not that of the code in force"
        raise MessageError(ReturnCode.BAD_INPUT, reason)
    cssm.records.save_authorization(replace(issued, returned=True))
    return _section(cssm, udi, RETURNED, (), now)


def _section(
    cssm: Cssm, udi: Udi, flag: str, licences: tuple[AuthorizedLicence, ...], now: Instant
) -> str:
    stamp = _stamp(now)
    before = cssm.records.authorization(udi)
    while before is not None and stamp <= before.date_stamp:  # two within a second
        now += SECOND
        stamp = _stamp(now)
    digest = Chance(f"{cssm.seed}|{udi}|{stamp}").digest("authorization").hex()
    account = cssm.settings.account
    data = AuthorizationData(
        udi=udi,
        flag=flag,
        product_instance_identifier=cssm.judge.identifier(udi),
        date_stamp=stamp,
        licences=licences,
        correlation_id=f"{digest[:32]}-{digest[32:48]}",
        smart_account=account.smart_account,
        virtual_account=account.virtual_account,
    )
    if licences:
        tags = "\n".join(licence.tag for licence in licences)
        row = IssuedAuthorization(udi, stamp, data.correlation_id, tags)
        cssm.records.save_authorization(row)
    return authorization_section(data, cssm.authority.sign)


def _stamp(now: Instant) -> str:
    return datetime.fromtimestamp(now // SECOND, UTC).strftime(_STAMP)


def _name(udi: Udi, tag: str) -> str:
    known = {row.tag: row.feature for row in profile_for(udi.pid).enforced}
    return known.get(tag, tag)
