"""CSSM for products of the model before SLP: identities, authorizations, reservations.

A product registers with an ID token and gets an identity for a year; it says what it uses and hears
whether the account's purchases cover it, together with all other products of the account. What is
kept is one setting for each product and one for each purchased licence.
Sources: docs/sources.md, entries legacy-timers, legacy-dates, tokens, slr-file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.core.clock import DAY, MINUTE, Instant
from agent.core.identity import Udi
from agent.protocol.codec_reservation import write_reservation
from agent.protocol.messages import Reply, StatusCode
from agent.protocol.smart_licensing import (
    Compliance,
    Entitled,
    ReservationCode,
    SmartLicensingRequest,
    SmartLicensingResult,
    Step,
)
from counterparts.tokens import refusal

if TYPE_CHECKING:
    from counterparts.cssm import Cssm

# source: legacy-dates (what it issues is valid from five minutes ago)
BACKDATED = 5 * MINUTE
IDENTITY = 365 * DAY
AUTHORIZATION = 90 * DAY
NOT_REGISTERED = "The product instance is not registered"  # assumed: the sentence
UNLIMITED = -1


def take(cssm: Cssm, asked: SmartLicensingRequest, now: Instant) -> Reply:
    """Answer one step; inside a transaction."""
    outcome = _STEPS[asked.step](cssm, asked, now)
    if isinstance(outcome, str):
        return Reply(asked.nonce, StatusCode.FAILED, outcome, server_time=now)
    return Reply(asked.nonce, StatusCode.OK, server_time=now, smart_licensing=outcome)


# --- steps ------------------------------------------------------------------------------------


def _register(cssm: Cssm, asked: SmartLicensingRequest, now: Instant) -> SmartLicensingResult | str:
    token = cssm.records.token(asked.idtoken)
    refused = refusal(asked.idtoken, token, 1, now)
    if token is None or refused:
        return refused
    cssm.records.save_token(replace(token, used=token.used + 1))
    udi = asked.sender.udi
    number = cssm.records.take_number("registration", 1)
    identifier = f"{cssm.seed}-{number}"
    _keep(cssm, udi, {"identifier": identifier, "uses": {}, "registered": now})
    account = cssm.settings.account
    return SmartLicensingResult(
        until=now - BACKDATED + IDENTITY,
        product_instance_identifier=identifier,
        smart_account=account.smart_account,
        virtual_account=account.virtual_account,
        export_allowed=export_allowed(cssm, asked.idtoken),
    )


def _renew(cssm: Cssm, asked: SmartLicensingRequest, now: Instant) -> SmartLicensingResult | str:
    known = _known(cssm, asked)
    if known is None:
        return NOT_REGISTERED
    return SmartLicensingResult(until=now - BACKDATED + IDENTITY)


def _authorize(
    cssm: Cssm, asked: SmartLicensingRequest, now: Instant
) -> SmartLicensingResult | str:
    known = _known(cssm, asked)
    if known is None:
        return NOT_REGISTERED
    known["uses"] = {tag: count for tag, count in asked.licences if count > 0}
    _keep(cssm, asked.sender.udi, known)
    used = _used(cssm)
    entitled = tuple(
        Entitled(tag, _compliance(cssm, tag, count, used)) for tag, count in asked.licences
    )
    return SmartLicensingResult(until=now - BACKDATED + AUTHORIZATION, entitled=entitled)


def _deregister(
    cssm: Cssm, asked: SmartLicensingRequest, now: Instant
) -> SmartLicensingResult | str:
    cssm.records.set_setting(_name(asked.sender.udi), "")
    return SmartLicensingResult(until=now)


_STEPS: Mapping[Step, Callable[[Cssm, SmartLicensingRequest, Instant], SmartLicensingResult | str]]
_STEPS = {
    Step.REGISTER: _register,
    Step.RENEW: _renew,
    Step.AUTHORIZE: _authorize,
    Step.DEREGISTER: _deregister,
}


# --- what an operator does ----------------------------------------------------------------------


def purchase(cssm: Cssm, tag: str, count: int) -> None:
    """The account owns so many of a licence; without this it owns as many as are used."""
    with cssm.records.transaction():
        cssm.records.set_setting(f"purchased {tag}", str(count))


def in_use(cssm: Cssm) -> dict[str, tuple[int | None, int]]:
    """What registered products use, by tag: how many the account owns (None: as many), how many
    are in use."""
    found: dict[str, tuple[int | None, int]] = {}
    for tag, count in _used(cssm).items():
        owned = cssm.records.setting(f"purchased {tag}")
        found[tag] = (int(owned) if owned else None, count)
    return found


def forbid_export(cssm: Cssm, token: str) -> None:
    """Products registered with this token may not use export-controlled functionality."""
    with cssm.records.transaction():
        cssm.records.set_setting(f"no export {token}", "yes")


def export_allowed(cssm: Cssm, token: str) -> bool:
    return not cssm.records.setting(f"no export {token}")


def reserve(
    cssm: Cssm,
    udi: Udi,
    request_code: str,
    licences: tuple[tuple[str, int], ...],
    now: Instant,
    *,
    universal: bool = False,
) -> str:
    """The authorization file for a request code: these licences, as (tag, count), or all."""
    code = ReservationCode(udi, request_code, False, licences, universal)
    with cssm.records.transaction():
        cssm.records.set_setting(_reserved(udi), request_code)
    return write_reservation(code, now, cssm.authority.sign)


# --- records ------------------------------------------------------------------------------------


def reserved(cssm: Cssm, udi: Udi) -> str:
    """The request code of the reservation a product holds; empty without one."""
    return cssm.records.setting(_reserved(udi)) or ""


def forget(cssm: Cssm, udi: Udi) -> None:
    """The product is removed: its registration and its reservation end."""
    cssm.records.set_setting(_reserved(udi), "")
    cssm.records.set_setting(_name(udi), "")


def is_registered(cssm: Cssm, udi: Udi) -> bool:
    """Is a product of this UDI registered? Upgraded to SLP it asks for trust without a token."""
    return _row(cssm, _name(udi)) is not None


def _reserved(udi: Udi) -> str:
    return f"reserved {udi.short}"


def _name(udi: Udi) -> str:
    return f"registration {udi.short}"


def _keep(cssm: Cssm, udi: Udi, row: Mapping[str, Any]) -> None:
    cssm.records.set_setting(_name(udi), json.dumps(row))
    names = set(json.loads(cssm.records.setting("registrations") or "[]"))
    cssm.records.set_setting("registrations", json.dumps(sorted(names | {_name(udi)})))


def _known(cssm: Cssm, asked: SmartLicensingRequest) -> dict[str, Any] | None:
    """The product's row, if it is registered under the identity it names."""
    udi, identifier = asked.sender.udi, asked.sender.product_instance_identifier
    row = _row(cssm, _name(udi))
    if row is not None and row["identifier"] == identifier:
        return row
    instance = cssm.records.instance(udi)
    if not identifier or instance is None or instance.product_instance_identifier != identifier:
        return None
    # source: downgrade (what had trust directly is registered again)
    row = {"identifier": identifier, "uses": {}, "registered": instance.first_contact}
    _keep(cssm, udi, row)
    return row


def _row(cssm: Cssm, name: str) -> dict[str, Any] | None:
    text = cssm.records.setting(name)
    row: dict[str, Any] | None = json.loads(text) if text else None
    return row


def _used(cssm: Cssm) -> dict[str, int]:
    """What all products of the account use."""
    used: dict[str, int] = {}
    for name in json.loads(cssm.records.setting("registrations") or "[]"):
        for tag, count in ((_row(cssm, name) or {}).get("uses") or {}).items():
            used[tag] = used.get(tag, 0) + count
    return used


def _compliance(cssm: Cssm, tag: str, count: int, used: Mapping[str, int]) -> Compliance:
    if count <= 0:
        return Compliance.INIT
    owned = int(cssm.records.setting(f"purchased {tag}") or UNLIMITED)
    covered = owned == UNLIMITED or used.get(tag, 0) <= owned
    return Compliance.IN_COMPLIANCE if covered else Compliance.OUT_OF_COMPLIANCE
