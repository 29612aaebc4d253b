"""When a report is due: the deadline, its warnings, the push times, what a usage change does.

The deadline moves on ACKs, policies and usage changes, never by sending. `next_report_push` is
the field shown; the timer `Send Utility RUM reports` is the real next attempt: the daily limit
and failures move the timer and leave the field in the past.
Sources: docs/sources.md, entries deadline, push-times, daily-limit, reminders.
"""

from __future__ import annotations

from agent.core.clock import DAY, Instant
from agent.core.identity import Udi
from agent.engine import conversion, policy, rum
from agent.engine.events import LicenceRequest, UsageChanged
from agent.engine.records import LicenceUse, TimerName, changed
from agent.engine.routes import is_direct, talks
from agent.engine.state import AgentState
from agent.engine.timers import set_timer, timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn
from agent.protocol.messages import LicenseClass

# --- push times -----------------------------------------------------------------------------


def schedule_push(turn: Turn, when: Instant) -> None:
    """`Next report push` is now this, and the job with it, unless the interval is 0."""
    if turn.state.usage_reporting.reporting_push_interval_days:
        turn.state.usage_reporting.next_report_push = when
        arm_push(turn)


def push_of_the_set(turn: Turn, when: Instant) -> None:
    """Units came or went, or a set started: that is reported also where nothing else has to be,
    and then `Next report push` stays as it is. # source: ha-rules"""
    if turn.state.usage_reporting.reporting_push_interval_days:
        schedule_push(turn, when)
    elif talks(turn.state):
        soonest = max(when, limit_ends(turn))
        set_timer(turn.state, TimerName.SEND_UTILITY_RUM_REPORTS, soonest)


def arm_push(turn: Turn) -> None:
    """Set the job from the field: not before the daily limit allows it, not in the past."""
    when = turn.state.usage_reporting.next_report_push
    if when is None or not talks(turn.state):
        set_timer(turn.state, TimerName.SEND_UTILITY_RUM_REPORTS, None)
        return
    soonest = max(limit_ends(turn), turn.now + TIMINGS.hello.restart)
    set_timer(turn.state, TimerName.SEND_UTILITY_RUM_REPORTS, max(when, soonest))


def limit_ends(turn: Turn) -> Instant:
    """The end of the daily limit's rolling window or of a factory reset's hour; 0 without one."""
    last = turn.state.pushed
    if last is None or not turn.release.has("daily_report_limit"):
        return reset_hour_ends(turn)
    return max(last + TIMINGS.push.limit, reset_hour_ends(turn))


def reset_hour_ends(turn: Turn) -> Instant:
    """No report can be produced before. # source: factory-reset"""
    reset = turn.state.factory_reset
    return 0 if reset is None else reset + TIMINGS.push.factory_reset_wait


def push_is_owed(turn: Turn) -> bool:
    """Has the push time passed, so that a restored connection sends at once?"""
    when = turn.state.usage_reporting.next_report_push
    return when is not None and when <= turn.now and limit_ends(turn) <= turn.now


def interval_is_over(turn: Turn) -> bool:
    """Has the reporting interval run out since the last push? # source: rum-lines"""
    last, days = turn.state.pushed, turn.state.usage_reporting.reporting_push_interval_days
    return last is not None and days > 0 and turn.now >= last + days * DAY


def push_failed(turn: Turn) -> None:
    """Try again next day; the field stays. A push that was only asked for is not repeated."""
    when = turn.state.usage_reporting.next_report_push
    if when is not None and when <= turn.now:
        set_timer(turn.state, TimerName.SEND_UTILITY_RUM_REPORTS, turn.now + TIMINGS.push.retry)


def push_accepted(turn: Turn) -> None:
    """A server took the reports."""
    reporting = turn.state.usage_reporting
    reporting.last_report_push = turn.state.pushed = turn.now
    conversion.pushed(turn)
    turn.state.process_anchor = turn.now + TIMINGS.push.process_after
    if policy.frequency_days(turn.state) == 0:
        # source: push-interval (perpetual only: nothing is required once the report is out)
        reporting.state = policy.ONGOING
        set_deadline(turn, None, 0)
    refresh_interval(turn)
    schedule_push(turn, turn.now + reporting.reporting_push_interval_days * DAY)


def refresh_interval(turn: Turn) -> None:
    """Recompute the push interval; with 0 no push is planned."""
    reporting = turn.state.usage_reporting
    reporting.reporting_push_interval_days = policy.push_interval_days(turn.state)
    if not reporting.reporting_push_interval_days:
        reporting.next_report_push = None
        arm_push(turn)


def interval_changed(turn: Turn) -> None:
    """The configured interval or the policy changed: the next push follows the smaller."""
    reporting = turn.state.usage_reporting
    refresh_interval(turn)
    if not reporting.reporting_push_interval_days or turn.state.base is None:
        return
    soon = turn.now + TIMINGS.push.change
    if reporting.next_report_push is None:
        schedule_push(turn, soon)
    elif reporting.next_report_push > soon and turn.state.pushed is not None:
        planned = turn.state.pushed + reporting.reporting_push_interval_days * DAY
        schedule_push(turn, max(planned, soon))


# --- the deadline ---------------------------------------------------------------------------


def first_use(turn: Turn) -> None:
    """Licences are in use and nothing was ever due: this is the base of all that follows."""
    state = turn.state
    state.base = turn.now
    owed = state.usage_reporting.state == policy.FIRST_REPORT_OWED
    if owed and state.usage_reporting.next_ack_deadline is None:  # an ACK may have come before
        days = policy.first_report_days(state)
        set_deadline(turn, turn.now + days * DAY if days else None, days)
    refresh_interval(turn)
    if state.usage_reporting.next_report_push is None:
        soonest = turn.now + TIMINGS.push.first
        schedule_push(turn, max(soonest, reset_hour_ends(turn)))


def set_deadline(turn: Turn, when: Instant | None, in_policy_days: int) -> None:
    turn.state.usage_reporting.next_ack_deadline = when
    turn.state.usage_reporting.in_policy_days = in_policy_days
    arm_warnings(turn)


def acknowledged(turn: Turn) -> None:
    """At least one report got its first ACK."""
    reporting = turn.state.usage_reporting
    reporting.last_ack_received = turn.now
    conversion.succeeded(turn)
    reporting.state = policy.ONGOING
    days = policy.frequency_days(turn.state)
    set_deadline(turn, turn.now + days * DAY if days else None, days)
    interval_changed(turn)


def policy_installed(turn: Turn) -> None:
    """A new policy restarts the clock: first-report days while that is owed, else frequency."""
    if turn.state.base is not None:
        owed = turn.state.usage_reporting.state == policy.FIRST_REPORT_OWED
        days = (policy.first_report_days if owed else policy.frequency_days)(turn.state)
        set_deadline(turn, turn.now + days * DAY if days else None, days)
    interval_changed(turn)


def trust_established(turn: Turn) -> None:
    """A trust code came directly from CSSM: its clock starts where a licence is in use.

    The push is shown a little before the job really sends. # source: timeline-direct-trust
    """
    state = turn.state
    conversion.succeeded(turn)
    if not policy.licences_in_use(state) or state.base is None:
        return
    state.usage_reporting.last_ack_received = turn.now
    policy_installed(turn)
    if not state.usage_reporting.reporting_push_interval_days:
        return
    state.usage_reporting.next_report_push = turn.now + TIMINGS.trust.push
    when = max(turn.now + TIMINGS.trust.send, limit_ends(turn))
    set_timer(state, TimerName.SEND_UTILITY_RUM_REPORTS, when)


def _deadline_on_change(turn: Turn, group: LicenseClass, *, announce: bool = True) -> None:
    """Report on change: the deadline is at most that many days away."""
    days = policy.on_change_days(turn.state, group)
    current = turn.state.usage_reporting.next_ack_deadline
    wanted = turn.now + days * DAY
    if days and (current is None or wanted < current):
        set_deadline(turn, wanted, policy.frequency_days(turn.state))
        if announce:
            announce_deadline(turn)


# --- warnings -------------------------------------------------------------------------------


def announce_deadline(turn: Turn) -> None:
    """REPORTING_REQUIRED with the whole days left, or USAGE_NO_ACK when there are none."""
    deadline = turn.state.usage_reporting.next_ack_deadline
    if deadline is None:
        return
    if deadline > turn.now:
        # a deadline set this instant is already less than its days away: 89, 364
        turn.log("SMART_LIC.REPORTING_REQUIRED", days=str((deadline - turn.now - 1) // DAY))
    elif turn.state.policy.ack_required:
        last = turn.state.usage_reporting.last_ack_received or turn.state.base or turn.now
        turn.log("SMART_LIC.USAGE_NO_ACK", days=str((turn.now - last) // DAY))


def arm_warnings(turn: Turn) -> None:
    """Set the next reminder; once the deadline is missed, the daily warning takes over."""
    plan_warnings(turn.state, turn.now)


def plan_warnings(state: AgentState, now: Instant) -> None:
    """The same of a state alone."""
    deadline = state.usage_reporting.next_ack_deadline
    reminder = overdue = None
    if deadline is not None and deadline > now:
        moments = (deadline - days * DAY for days in TIMINGS.deadline.reminder_days)
        reminder = min((when for when in moments if when > now), default=deadline)
    elif deadline is not None:
        overdue = now + TIMINGS.deadline.overdue
    set_timer(state, TimerName.EXTERNAL_EVENT, reminder)
    set_timer(state, TimerName.UNREPORTED_WARNING, overdue)


def warn(turn: Turn) -> None:
    """A reminder or the daily warning is due."""
    announce_deadline(turn)
    arm_warnings(turn)


# --- usage ----------------------------------------------------------------------------------


def usage_changed(turn: Turn, event: UsageChanged) -> None:
    """A licence's count changed, or an endpoint event announced it again.

    An event that names consumers is an endpoint event: only access points come and go by name.
    """
    endpoint = event.endpoint or bool(event.added or event.removed)
    before = turn.state.usage.get(event.licence.entitlement_tag)
    count_before = 0 if before is None else before.count
    if turn.profile.entitlement(event.licence.entitlement_tag) is None:
        _check_tag(turn, event.licence.entitlement_tag)
    use = record_use(turn, event.licence, endpoint=endpoint)
    _note_usage(turn, use, released=use.count == 0)
    if endpoint and timer(turn.state, TimerName.ENDPOINT_ANNOUNCEMENT) is None:
        _arm_announcement(turn)
    changed = use.count != count_before or bool(event.added or event.removed)
    if changed:
        _follow_count(turn, use, count_before, event.added, event.removed)
    if changed or endpoint:
        macd = (use.count == 0) != (count_before == 0)
        _plan_after_change(turn, use, due=changed and (macd or not endpoint))


def _check_tag(turn: Turn, tag: str) -> None:
    """A tag that is not in the platform's mapping is measured all the same."""
    known = {enforced.tag for enforced in turn.profile.enforced}
    if tag not in known:
        turn.log("SMART_LIC.INVALID_TAG", tag=tag)


def record_use(turn: Turn, licence: LicenceRequest, *, endpoint: bool = False) -> LicenceUse:
    """Write down what the platform counts now, under the licence's handle."""
    state, tag = turn.state, licence.entitlement_tag
    old = state.usage.get(tag)
    if old is None:
        entitlement = turn.profile.entitlement(tag)
        group = LicenseClass.PERPETUAL if entitlement is None else entitlement.licence_class
        old = LicenceUse(state.next_handle, licence.feature, tag, 0, turn.now, None, group)
        state.next_handle += 1
    # source: licence-handles (endpoint licences show no request time)
    requested = None if endpoint else turn.now
    use = changed(
        old,
        feature=licence.feature,
        count=licence.count,
        status_time=turn.now,
        request_time=requested if licence.count else old.request_time,
        endpoint=old.endpoint or endpoint,
    )
    state.usage[tag] = use
    return use


def usage_at_boot(turn: Turn, licences: tuple[LicenceRequest, ...]) -> None:
    """The platform asks for its licences. Endpoints have to join again; what is not asked for
    any more is released. A difference from the stored usage is a usage change.

    A licence given up stays listed until the next start (a C9400 lists one, a C9300 started again
    has it among those whose last report is not required). # source: licence-handles
    One given up before the base has left no trace. # assumed
    """
    for tag, use in list(turn.state.usage.items()):
        if not use.endpoint and (not use.count or turn.state.base is None):
            del turn.state.usage[tag]
    before = {tag: use.count for tag, use in turn.state.usage.items()}
    for licence in licences:
        record_use(turn, licence)
    asked = {licence.entitlement_tag for licence in licences}
    for tag, use in list(turn.state.usage.items()):
        if tag not in asked and use.count:
            turn.state.usage[tag] = changed(use, count=0, status_time=turn.now)
    for use in turn.state.usage.values():
        differs = use.count != before.get(use.entitlement_tag, 0)
        if differs and not use.endpoint and turn.state.base is not None:
            _deadline_on_change(turn, use.licence_class, announce=False)
        _note_usage(turn, use, released=use.count == 0)
    refresh_interval(turn)


def announce_endpoints(turn: Turn) -> None:
    """Every 8 hours endpoint usage is announced again, changed or not."""
    endpoints = [use for use in turn.state.usage.values() if use.endpoint]
    for use in endpoints:
        _note_usage(turn, use, released=False)
    if endpoints:
        _arm_announcement(turn)
        schedule_push(turn, turn.now + TIMINGS.push.change)


def _follow_count(
    turn: Turn, use: LicenceUse, before: int, added: tuple[Udi, ...], removed: tuple[Udi, ...]
) -> None:
    """Endpoints come and go on new lines of one report; any other change starts a new report."""
    report = rum.open_report(turn, use.entitlement_tag)
    if report is not None and use.endpoint and use.count and before:
        rum.new_line(turn, report, use.count, added, removed)
        return
    if report is not None:
        rum.close(turn, report, rum.USAGE_CHANGED if use.count else rum.LICENSE_RELEASED)
    if use.count:
        rum.start(turn, use, added)


def _plan_after_change(turn: Turn, use: LicenceUse, *, due: bool) -> None:
    state = turn.state
    if timer(state, TimerName.PROCESS_UTILITY_RUM_REPORTS) is not None:
        return  # the base is still to come and plans everything
    if state.base is None:
        if policy.licences_in_use(state):
            first_use(turn)
            announce_deadline(turn)
        return
    if due:
        _deadline_on_change(turn, use.licence_class)
    refresh_interval(turn)
    schedule_push(turn, turn.now + TIMINGS.push.change)
    if due and is_direct(state) and talks(state):
        set_timer(state, TimerName.TRUST_SYNC, turn.now + TIMINGS.trust.change_sync)


def _note_usage(turn: Turn, use: LicenceUse, *, released: bool) -> None:
    if use.endpoint:
        turn.note("SAEVT_ENDPOINT_USAGE", count=str(use.count), entitlementTag=use.entitlement_tag)
    else:
        turn.note(
            "SAEVT_LICENSE_USAGE",
            count=str(use.count),
            type="destroy" if released else "total",
            entitlementTag=use.entitlement_tag,
        )


def _arm_announcement(turn: Turn) -> None:
    when = turn.now + TIMINGS.jobs.endpoint
    set_timer(turn.state, TimerName.ENDPOINT_ANNOUNCEMENT, when)
