"""What a product of the model before SLP knows; one field of AgentState.

Field names are the words `show license status` prints. The words of the states are those of
states.toml, which `after` reads.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from agent.core.clock import Instant
from agent.engine.tables import no_rows

UNREGISTERED = "UNREGISTERED"
REGISTERING = "REGISTERING - REGISTRATION IN PROGRESS"
REGISTRATION_FAILED = "UNREGISTERED - REGISTRATION FAILED"
REGISTERED = "REGISTERED"
RESERVED = "REGISTERED - SPECIFIC LICENSE RESERVATION"
REGISTRATION_EXPIRED = "REGISTRATION EXPIRED"

NOTHING_IN_USE = "No Licenses in Use"
EVAL_MODE = "EVAL MODE"
EVAL_EXPIRED = "EVAL EXPIRED"
AUTHORIZED = "AUTHORIZED"
AUTHORIZED_RESERVED = "AUTHORIZED - RESERVED"
OUT_OF_COMPLIANCE = "OUT OF COMPLIANCE"
AUTHORIZATION_EXPIRED = "AUTHORIZATION EXPIRED"
NOT_AUTHORIZED = "NOT AUTHORIZED"


class LegacyTimer(Enum):
    """The jobs of this model."""

    REGISTER = "Register"  # a registration that found no server is tried again
    IDENTITY_RENEWAL = "ID certificate renewal"
    IDENTITY_WARNING = "ID certificate warning"
    IDENTITY_END = "ID certificate end"
    AUTHORIZATION_RENEWAL = "Authorization renewal"
    AUTHORIZATION_DEADLINE = "Communication deadline"
    EVALUATION_WARNING = "Evaluation warning"
    EVALUATION_END = "Evaluation end"
    OVERAGE_END = "Overage end"
    CLOCK_GRACE = "Clock outside of the ID certificate"
    GIVE_UP = "Give up attempt"


@dataclass(frozen=True, slots=True)
class Attempt:
    """`SUCCEEDED on <time>`, or `FAILED on <time>` with its reason."""

    time: Instant
    failure: str = ""

    @property
    def succeeded(self) -> bool:
        return not self.failure


@dataclass(slots=True)
class Evaluation:
    """How much of the evaluation is used up; it runs from `since` on, where that is set."""

    used: Instant = 0
    since: Instant | None = None
    ended: Instant | None = None


@dataclass(slots=True)
class Reservation:
    """A licence reservation: the codes shown, and what is reserved as (tag, count)."""

    request_code: str = ""
    confirmation_code: str = ""
    return_code: str = ""
    authorization_code: str = ""
    installed: Instant | None = None
    licences: tuple[tuple[str, int], ...] = ()
    universal: bool = False  # PLR: it covers whatever is used

    def covers(self, tag: str, count: int) -> bool:
        """Is so many of a licence reserved?"""
        if self.universal:
            return self.installed is not None
        return dict(self.licences).get(tag, 0) >= count

    @property
    def kind(self) -> str:
        """As `show license reservation` calls it."""
        return "UNIVERSAL" if self.universal else "SPECIFIC"


@dataclass(slots=True)
class LegacyState:
    """All of it."""

    registration: str = UNREGISTERED
    authorization: str = NOTHING_IN_USE
    export_allowed: bool = False
    initial_registration: Attempt | None = None
    last_renewal: Attempt | None = None
    next_renewal: Instant | None = None
    registration_expires: Instant | None = None
    authorized_on: Instant | None = None  # since when the authorization is what it is
    last_communication: Attempt | None = None
    next_communication: Instant | None = None
    communication_deadline: Instant | None = None
    entitled: Mapping[str, str] = field(default_factory=no_rows)  # Compliance.value by tag
    overage_since: Instant | None = None
    evaluation: Evaluation = field(default_factory=Evaluation)
    reservation: Reservation = field(default_factory=Reservation)
    idtoken: str = ""  # while a registration is under way
    forced: bool = False
    wanted: tuple[str, ...] = ()  # Step.value of what is still to be asked for, in order
    timers: dict[str, Instant] = field(default_factory=dict)  # by LegacyTimer.value
    alarms: tuple[str, ...] = ()  # of a CUCM: what is wrong now
    unreached: bool = False  # the last attempt found no server

    @property
    def registered(self) -> bool:
        return self.registration in (REGISTERED, RESERVED)

    @property
    def may_provision(self) -> bool:
        """May users and devices be added? # source: cucm-overage"""
        running = LegacyTimer.OVERAGE_END.value in self.timers
        return self.authorization != EVAL_EXPIRED and (running or self.overage_since is None)


def after(machine: str, state: str, event: str) -> str:
    """The state an event leads to, by states.toml; the same one where no row fits."""
    rows = transitions()[machine]
    return rows.get((state, event)) or rows.get(("*", event)) or state


@cache
def transitions() -> Mapping[str, Mapping[tuple[str, str], str]]:
    """The tables of states.toml, by machine: (state, event) to the next state."""
    raw = tomllib.loads(files("agent.engine.legacy").joinpath("states.toml").read_text("utf-8"))
    return MappingProxyType(
        {name: {(old, event): new for old, event, new in rows} for name, rows in raw.items()}
    )
