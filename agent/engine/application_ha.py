"""What the agent keeps of applications: who is active in their high availability, what is stopped.

A part of AgentState with a file of its own. Source: docs/sources.md, entry application-ha.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core.identity import Udi
from agent.engine.tables import no_rows


@dataclass(frozen=True, slots=True)
class ApplicationPeer:
    """The other member, as it introduced itself."""

    role: str
    hostname: str
    udi: Udi
    product_instance_identifier: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationHa:
    """An application's high availability: its name and number, the role here, the peer."""

    role: str  # Active | Standby
    name: str = "CUBE"
    number: int = 1
    peer: ApplicationPeer | None = None


@dataclass(slots=True)
class Applications:
    """`stopped` are trunk licences CUBE may not use now, as counts by entitlement tag."""

    high_availability: ApplicationHa | None = None
    stopped: Mapping[str, int] = field(default_factory=no_rows)
