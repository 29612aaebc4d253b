"""Licences counted from endpoints: announced anew every 8 hours, on switches also at count 0.

Switches of some releases know the licences of access points and announce that none uses them; that
is a usage event like any other. Sources: docs/sources.md, entries licence-handles,
endpoint-announcements.
"""

from __future__ import annotations

from agent.engine import reporting
from agent.engine.events import LicenceRequest
from agent.engine.turn import Turn

ANNOUNCED = ("air-network-advantage", "air-dna-advantage")


def forget_at_boot(turn: Turn) -> None:
    """Whoever was joined has to join again. # assumed: the message belongs to this"""
    if any(use.endpoint and use.count for use in turn.state.usage.values()):
        turn.log("SMART_LIC.END_POINT_RESET")


def ask_at_boot(turn: Turn) -> None:
    """A switch that has embedded wireless takes handles for its licences, unused."""
    if turn.profile.kind != "switch" or not turn.release.has("air_announcements"):
        return
    for entitlement in turn.profile.entitlements.get("air", ()):
        if entitlement.feature in ANNOUNCED and entitlement.tag not in turn.state.usage:
            request = LicenceRequest(entitlement.feature, entitlement.tag, 0)
            reporting.record_use(turn, request, endpoint=True)


def announce(turn: Turn) -> None:
    """The platform asks all endpoints again, and tells the agent what it counted."""
    names = [use.feature for use in turn.state.usage.values() if use.endpoint]
    if names:
        what = f"ERM-Reset: Client 0, AP-GROUP group, {len(names)} features {','.join(names)}"
        name = "INFRA_SL_EVLOG_ERM_RESET"
        turn.note("SAEVT_PLATFORM", eventSource="INFRA_SL", eventName=name, MSG=what)
    reporting.announce_endpoints(turn)
