"""C9800-CL: from 17.7.1 the first ACK is mandatory.

Until it is there a message comes every day; after the deadline no further access points are
served. Any RUM ACK, received or imported, satisfies the rule for good. All numbers stand in the
platform profile: they are recalled, not documented.
Source: docs/sources.md, entry ack-rule.
"""

from __future__ import annotations

from agent.core.clock import DAY, Instant
from agent.core.release import Release
from agent.engine.records import TimerName
from agent.engine.state import AgentState
from agent.engine.timers import set_timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn
from agent.profiles.profile import AckRule, Profile


def rule_in_force(profile: Profile, release: Release) -> AckRule | None:
    """The rule, where the platform and the release have it."""
    rule = profile.ack_rule
    return rule if rule is not None and release.within(rule.since) else None


def access_point_limit(
    state: AgentState, profile: Profile, release: Release, now: Instant
) -> int | None:
    """How many access points may join; None without a limit."""
    rule = rule_in_force(profile, release)
    if rule is None or state.counters.acknowledged or state.base is None:
        return None
    return rule.access_point_limit if now >= state.base + rule.days * DAY else None


def notice(turn: Turn) -> None:
    """Remind of the missing ACK, now and every day until it is there."""
    rule, state = rule_in_force(turn.profile, turn.release), turn.state
    if rule is None or state.counters.acknowledged or state.base is None:
        return
    left = max(0, state.base + rule.days * DAY - turn.now)
    turn.log(
        "IOSXE_RP_EWLC_NOT.MSGDEVICENOTREG",
        days=str(left // DAY),
        limit=str(rule.access_point_limit),
    )
    set_timer(state, TimerName.ACK_RULE_NOTICE, turn.now + TIMINGS.jobs.day)
