"""CUBE as licensing sees it: its trunk licences, its high availability, and the rule that stops it.

On a few releases CUBE takes no calls once the deadline has passed without an acknowledgement; an
acknowledgement brings it back. The two members of an application's high availability know each
other. Sources: docs/sources.md, entries cube-shut-down, application-ha, cube-messages.
"""

from __future__ import annotations

from agent.core.clock import Instant
from agent.core.release import Release
from agent.engine import reporting
from agent.engine.events import ApplicationRoleChanged, LicenceRequest, UsageChanged
from agent.engine.state import AgentState
from agent.engine.turn import Turn
from agent.profiles.profile import Profile

CUBE = "CUBE"
_KINDS = {"STD": "Standard", "ENH": "Enhanced", "RED": "Redundancy"}  # assumed: the last


def trunk_tags(profile: Profile) -> frozenset[str]:
    """The entitlement tags of CUBE's trunk licences; not those of voice gateways."""
    rows = (row for group in profile.entitlements.values() for row in group)
    return frozenset(row.tag for row in rows if row.application == CUBE)


def is_late(state: AgentState, now: Instant) -> bool:
    """Has the deadline passed without an acknowledgement?"""
    deadline = state.usage_reporting.next_ack_deadline
    return deadline is not None and deadline <= now


def rule_in_force(profile: Profile, release: Release) -> bool:
    return profile.kind == "router" and release.has("cube_shut_down")


def follow(turn: Turn) -> None:
    """After each event where the rule is in force: stop CUBE, or start it again."""
    state = turn.state
    if not is_late(state, turn.now):
        _start_again(turn)
        return
    tags = trunk_tags(turn.profile)
    for tag, use in list(state.usage.items()):
        if tag in tags and use.count:
            state.applications.stopped = {**state.applications.stopped, tag: use.count}
            turn.note("SAEVT_PLATFORM", eventSource=CUBE, eventName="CUBE_SHUTDOWN")
            reporting.usage_changed(turn, UsageChanged(LicenceRequest(use.feature, tag, 0)))


def announce(turn: Turn, request: LicenceRequest) -> None:
    """CUBE says how many trunk licences it asks for."""
    kind = _KINDS.get(request.feature.rpartition("_")[2])
    if request.count and kind and request.entitlement_tag in trunk_tags(turn.profile):
        turn.log("CUBE.LICENSE_INFO", count=str(request.count), kind=kind)


def role_changed(turn: Turn, event: ApplicationRoleChanged) -> None:
    """The application has another role, or none any more, or another peer."""
    before, now = turn.state.applications.high_availability, event.now
    if before and now and now.peer and before.peer and before.role == now.role:
        if now.peer.udi == before.peer.udi:  # assumed: who registers twice is a duplicate
            turn.log("SMART_LIC.APPHA_DUPLICATE_PEER", peer=str(now.peer.udi))
            return
    turn.state.applications.high_availability = now


def _start_again(turn: Turn) -> None:
    stopped = turn.state.applications.stopped
    for tag, count in list(stopped.items()):
        turn.state.applications.stopped = {t: n for t, n in stopped.items() if t != tag}
        use = turn.state.usage[tag]
        reporting.usage_changed(turn, UsageChanged(LicenceRequest(use.feature, tag, count)))
