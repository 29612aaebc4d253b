"""What the licensing model before SLP says: one request with four steps, and what comes of it.

A product registers with an ID token and gets an identity for a year, reports what it uses and is
told whether that is covered, renews both, and deregisters. Nothing public shows these messages:
their members are ours (`slp-emu/1`); the lengths of time are the server's.
Sources: docs/sources.md, entries legacy-timers, legacy-dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.protocol.sender import Sender


class Step(Enum):
    """What is asked for; the value is the word of the message."""

    REGISTER = "REGISTRATION"
    RENEW = "ID_CERT_RENEWAL"
    AUTHORIZE = "AUTHORIZATION"
    DEREGISTER = "DEREGISTRATION"


class Compliance(Enum):
    """What the server says of one licence; the value is the word a CUCM prints."""

    INIT = "Init"
    IN_COMPLIANCE = "InCompliance"
    OUT_OF_COMPLIANCE = "OutOfCompliance"


@dataclass(frozen=True, slots=True)
class SmartLicensingRequest:
    """One step. The token comes with REGISTER, the licences as (tag, count) with AUTHORIZE."""

    sender: Sender
    timestamp: Instant
    nonce: str
    step: Step
    idtoken: str = ""
    force: bool = False
    licences: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Entitled:
    """What the server says of one licence."""

    tag: str
    compliance: Compliance


@dataclass(frozen=True, slots=True)
class SmartLicensingResult:
    """What a step gave. `until` is the end of the identity or the communication deadline."""

    until: Instant
    product_instance_identifier: str = ""
    smart_account: str = ""
    virtual_account: str = ""
    export_allowed: bool = False
    entitled: tuple[Entitled, ...] = ()


@dataclass(frozen=True, slots=True)
class ReservationCode:
    """A licence reservation: what a product may use for ever without any contact."""

    udi: Udi
    request_code: str
    export_allowed: bool
    licences: tuple[tuple[str, int], ...]
    universal: bool = False  # it names no licences and covers all of them
