"""What is under way for authorization codes: licences that wait for one, exchanges to be made.

A part of AgentState with a file of its own. Sources: docs/sources.md, entry authorization-codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent.core.identity import Udi
from agent.engine.events import LicenceRequest
from agent.engine.tables import no_rows
from agent.protocol.messages import AuthorizationRequest


@dataclass(slots=True)
class Authorizing:
    """`waiting` are licences the platform wants and may not use, by entitlement tag.

    `asked` are the units an online request is for, from the command to its end; the request goes
    out while `request_wanted`, its result is asked for by `poll_id` while `poll_wanted`.
    `returns` and `confirmations` are to be sent once each.
    """

    waiting: Mapping[str, LicenceRequest] = field(default_factory=no_rows)
    asked: tuple[Udi, ...] = ()
    request_wanted: bool = False
    poll_id: str = ""
    poll_wanted: bool = False
    returns: tuple[AuthorizationRequest, ...] = ()
    confirmations: tuple[AuthorizationRequest, ...] = ()

    def wait(self, licence: LicenceRequest) -> None:
        self.waiting = {**self.waiting, licence.entitlement_tag: licence}

    def wait_no_more(self, tag: str) -> None:
        if tag in self.waiting:
            self.waiting = {known: one for known, one in self.waiting.items() if known != tag}


def requests_of(
    units: Iterable[Udi], wanted: Mapping[str, tuple[tuple[str, int], ...]]
) -> tuple[AuthorizationRequest, ...]:
    """What is still to be asked for, unit by unit; `wanted` is by Udi.short."""
    asking = (udi for udi in dict.fromkeys(units) if udi.short in wanted)
    return tuple(AuthorizationRequest(udi, wanted[udi.short]) for udi in asking)
