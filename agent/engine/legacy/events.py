"""What happens to a product of the model before SLP, beside the events that both models have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegistrationAsked:
    """`license smart register idtoken T [force]`."""

    token: str
    force: bool = False


@dataclass(frozen=True, slots=True)
class DeregistrationAsked:
    """`license smart deregister`."""


@dataclass(frozen=True, slots=True)
class RenewalAsked:
    """`license smart renew auth`, or `id` with `identity`."""

    identity: bool = False


@dataclass(frozen=True, slots=True)
class ReservationAsked:
    """`license smart reservation request local`, or `universal`."""

    universal: bool = False


@dataclass(frozen=True, slots=True)
class ReservationCancelled:
    """`license smart reservation cancel local`."""


@dataclass(frozen=True, slots=True)
class ReservationInstalled:
    """`license smart reservation install file`: the file's text."""

    text: str


@dataclass(frozen=True, slots=True)
class ReservationReturned:
    """`license smart reservation return local`, after its question."""


LegacyEvent = (
    RegistrationAsked
    | DeregistrationAsked
    | RenewalAsked
    | ReservationAsked
    | ReservationCancelled
    | ReservationInstalled
    | ReservationReturned
)
