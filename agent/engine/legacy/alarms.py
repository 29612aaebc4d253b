"""The alarms of a CUCM: one for each thing that is wrong with its licences, raised when it begins.

The table says when each holds. An alarm is a system message of its own; it is raised again only
after it did not hold for a while. Source: docs/sources.md, entry cucm-alarms (names of 12.5(1)SU4).
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from agent.core.clock import DAY
from agent.engine.legacy.state import (
    AUTHORIZATION_EXPIRED,
    EVAL_EXPIRED,
    EVAL_MODE,
    NOT_AUTHORIZED,
    OUT_OF_COMPLIANCE,
    REGISTERED,
    REGISTRATION_EXPIRED,
    RESERVED,
    LegacyState,
)
from agent.engine.turn import Turn

KIND = "cucm"
_SOON = 30 * DAY  # assumed: how long before its end something ends soon


def raise_new(turn: Turn) -> None:
    """Log what has begun to be wrong, and remember what is."""
    legacy = turn.state.legacy
    holding = tuple(name for name, holds in ALARMS.items() if holds(legacy, turn.now))
    for name in holding:
        if name not in legacy.alarms:
            turn.log(f"UC_SLM.{name}")
    legacy.alarms = holding


def _in(word: str, *, provisions: bool) -> Callable[[LegacyState, int], bool]:
    """Is the authorization this, and may something still be provisioned?"""
    return lambda legacy, now: (
        legacy.authorization == word
        and legacy.may_provision is provisions
        and legacy.registration != RESERVED
    )


def _ends_soon(name: str) -> Callable[[LegacyState, int], bool]:
    def soon(legacy: LegacyState, now: int) -> bool:
        end: int | None = getattr(legacy, name)
        return legacy.registration == REGISTERED and end is not None and 0 < end - now <= _SOON

    return soon


def _failed(name: str) -> Callable[[LegacyState, int], bool]:
    def failed(legacy: LegacyState, now: int) -> bool:
        attempt = getattr(legacy, name)
        return legacy.registration == REGISTERED and attempt is not None and not attempt.succeeded

    return failed


def _reserved(word: str, *, provisions: bool) -> Callable[[LegacyState, int], bool]:
    """Is there a reservation, does it say this, and may something still be provisioned?"""
    return lambda legacy, now: (
        legacy.registration == RESERVED
        and legacy.authorization == word
        and legacy.may_provision is provisions
    )


def _awaits_reservation(word: str) -> Callable[[LegacyState, int], bool]:
    """Was a reservation asked for and not installed, while the evaluation goes on or is over?"""
    return lambda legacy, now: (
        bool(legacy.reservation.request_code) and legacy.authorization == word
    )


ALARMS: MappingProxyType[str, Callable[[LegacyState, int], bool]] = MappingProxyType(
    {
        "SmartLicenseInEval": lambda legacy, now: legacy.authorization == EVAL_MODE,
        "SmartLicenseNoProvision_EvalExpired": lambda legacy, now: (
            legacy.authorization == EVAL_EXPIRED
        ),
        "SmartLicenseInOverage_OutOfCompliance": _in(OUT_OF_COMPLIANCE, provisions=True),
        "SmartLicenseNoProvision_OutOfCompliance": _in(OUT_OF_COMPLIANCE, provisions=False),
        "SmartLicenseInOverage_AuthorizationExpired": _in(AUTHORIZATION_EXPIRED, provisions=True),
        "SmartLicenseNoProvision_AuthorizationExpired": _in(
            AUTHORIZATION_EXPIRED, provisions=False
        ),
        "SmartLicenseRegistrationExpired": lambda legacy, now: (
            legacy.registration == REGISTRATION_EXPIRED
        ),
        "SmartLicenseRegistrationExpiringSoon": _ends_soon("registration_expires"),
        "SmartLicenseAuthorizationExpiringSoon": _ends_soon("communication_deadline"),
        "SmartLicenseRenewAuthFailed": _failed("last_communication"),
        "SmartLicenseRenewRegistrationFailed": _failed("last_renewal"),
        "SmartLicenseCommunicationError": lambda legacy, now: legacy.unreached,
        "SmartLicenseExportControlNotAllowed": lambda legacy, now: (
            legacy.registration == REGISTERED and not legacy.export_allowed
        ),
        "SmartLicense_SLR_InEval": _awaits_reservation(EVAL_MODE),
        "SmartLicense_SLR_NoProvision_EvalExpired": _awaits_reservation(EVAL_EXPIRED),
        "SmartLicense_SLR_InOverage_NotAuthorized": _reserved(NOT_AUTHORIZED, provisions=True),
        "SmartLicense_SLR_NoProvision_NotAuthorized": _reserved(NOT_AUTHORIZED, provisions=False),
        "SmartLicense_SLR_ExportControlNotAllowed": lambda legacy, now: (
            legacy.registration == RESERVED and not legacy.export_allowed
        ),
    }
)
