"""Authorization codes at CSSM: issued for a unit, replaced by a newer one, confirmed, returned.

The account owns a number of each export-controlled licence; a code for more is refused. A code
that was returned is not issued again; its return code proves that the device has removed it.
Sources: docs/sources.md, entries authorization-codes, authorization-file, return-code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

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
    confirmation_code,
    return_code_fits,
)
from agent.protocol.messages import AuthorizationData, AuthorizationRequest, AuthorizedLicence
from counterparts import smart_licensing
from counterparts.repository import IssuedAuthorization

if TYPE_CHECKING:
    from counterparts.cssm import Cssm

# assumed: the words of a refusal; an account without the licence would show them
REFUSED = ReturnCode.BAD_INPUT
INSUFFICIENT = "LS_INSUFFICIENT_LICENSES: {wanted} {feature} wanted, {left} of {owned} left"
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
    """A new code for a unit, in place of the one it may have.

    Raises MessageError where the account does not own enough.
    """
    _check_owned(cssm, udi, tags)
    licences = tuple(AuthorizedLicence(tag, 1, display_name=_name(udi, tag)) for tag in tags)
    return _section(cssm, udi, AUTHORIZED, licences, now)


def take_back(cssm: Cssm, request: AuthorizationRequest, now: Instant) -> str:
    """A returned code: nothing is authorized any more. Raises MessageError."""
    udi, issued = request.udi, cssm.records.authorization(request.udi)
    fits = issued and return_code_fits(request.remove_code, udi, issued.date_stamp)
    if not fits or issued is None or issued.returned:
        reason = "the return code is not that of the code in force"
        raise MessageError(ReturnCode.BAD_INPUT, reason)
    cssm.records.save_authorization(replace(issued, returned=True))
    return _section(cssm, udi, RETURNED, (), now)


def remove(cssm: Cssm, udi: Udi, code: str) -> None:
    """A product instance is removed; one that holds authorized licences needs its return code.

    Raises MessageError, with nothing changed.
    """
    reserved = smart_licensing.reserved(cssm, udi)
    issued = cssm.records.authorization(udi)
    held = issued if issued is not None and _held(cssm, udi) else None
    if cssm.records.instance(udi) is None and held is None and not reserved:
        raise MessageError(ReturnCode.BAD_INPUT, "no such product instance")
    stamps = [stamp for stamp in (held.date_stamp if held else "", reserved) if stamp]
    if stamps and not code:
        raise MessageError(ReturnCode.BAD_INPUT, "it holds licences: its return code is needed")
    if stamps and not any(return_code_fits(code, udi, stamp) for stamp in stamps):
        raise MessageError(ReturnCode.BAD_INPUT, "the return code is not that of the code in force")
    if held is not None:
        cssm.records.save_authorization(replace(held, returned=True))
    smart_licensing.forget(cssm, udi)
    cssm.records.delete_instance(udi)


def confirm(cssm: Cssm, request: AuthorizationRequest) -> bool:
    """Does a unit confirm the code in force, installed over the one before it or over none?"""
    issued = cssm.records.authorizations(request.udi)
    if not issued:
        return False
    now, before = issued[-1], (issued[-2].correlation_id if len(issued) > 1 else "")
    fits = (confirmation_code(older, now.correlation_id, request.udi) for older in ("", before))
    return request.confirm_code in fits


def owned(cssm: Cssm) -> dict[str, int]:
    """How many of each licence the account owns, by name."""
    known = dict(cssm.settings.account.licenses)
    return {
        name: int(cssm.records.setting(f"owned {name}") or count) for name, count in known.items()
    }


def granted(cssm: Cssm, feature: str) -> int:
    """How many of a licence are with devices."""
    return sum(
        _name(udi, tag) == feature for udi in cssm.records.authorized() for tag in _held(cssm, udi)
    )


def _held(cssm: Cssm, udi: Udi) -> tuple[str, ...]:
    issued = cssm.records.authorization(udi)
    return () if issued is None or issued.returned else tuple(issued.tags.split("\n"))


def _check_owned(cssm: Cssm, udi: Udi, tags: tuple[str, ...]) -> None:
    has, account = _held(cssm, udi), owned(cssm)
    for tag in tags:
        feature = _name(udi, tag)
        count = account.get(feature, 0)
        left = count - granted(cssm, feature)
        if tag not in has and left < 1:
            text = INSUFFICIENT.format(wanted=1, feature=feature, left=left, owned=count)
            raise MessageError(ReturnCode.BAD_INPUT, text)


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
