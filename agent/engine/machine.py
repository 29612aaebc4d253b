"""The Smart Agent as one state machine: `handle(event, now)` -> actions, `next_deadline()`.

An event goes to the one function the table `_HANDLERS` names for its type; a timer that is due
to the one in `_DUE`. Everything known is in `state`; the same events at the same instants give
the same state and the same actions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.core.chance import Chance
from agent.core.clock import Instant
from agent.core.release import Release
from agent.engine import (
    ack_rule,
    acks,
    answers,
    applications,
    authorization,
    boot_events,
    clock_step,
    conversion,
    endpoints,
    establish,
    faults,
    history,
    policy,
    reporting,
    reservation_import,
    rtu,
    rum,
    saving,
    telemetry,
    transport,
    trust_life,
    units,
)
from agent.engine.actions import Action, Answer
from agent.engine.config import Transport
from agent.engine.events import (
    POWER_ON,
    ApplicationRoleChanged,
    AuthorizationAsked,
    AuthorizationRequestSaved,
    AuthorizationReturned,
    Booted,
    ClockChanged,
    ConfigChanged,
    DevelopmentCertificates,
    Event,
    EventlogCleared,
    FactoryResetAsked,
    FileImported,
    PlatformFault,
    ReplyReceived,
    ReportsClosed,
    SendFailed,
    SwitchedOver,
    SyncAsked,
    TimeReached,
    TokenEntered,
    TrustRequestSaved,
    UnitsChanged,
    UsageChanged,
    UsageRead,
    UsageSaved,
)
from agent.engine.legacy import machine as legacy
from agent.engine.places import arranged
from agent.engine.records import Member, RumState, TimerName
from agent.engine.routes import address_of, talks
from agent.engine.state import AgentState
from agent.engine.timers import next_deadline, set_timer, take_due
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn
from agent.profiles.profile import Profile

IMPORTED = "Import Data Successful"
# assumed: the sentence of a failed import; a capture would show it
IMPORT_FAILED = "Import Data Failed: {reason}"


def new_state(
    profile: Profile,
    release: Release,
    members: tuple[Member, ...],
    seed: str,
    anchors: tuple[str, ...],
) -> AgentState:
    """An agent with an empty store. `members[0]` is the active unit; `seed` gives all chance."""
    return AgentState(
        members=arranged((member.udi for member in members), members),
        software_tag=profile.software_tag,
        chance=Chance(seed),
        policy=policy.default_policy(),
        anchors=anchors,
    )


class SmartAgent:
    """One product instance's agent. Driven by commands, replies and the deadline it names.

    There is one engine for each licensing model; platform and release decide which one it is.
    """

    __slots__ = ("_other", "_stops_cube", "is_legacy", "licensing", "profile", "release", "state")

    def __init__(self, profile: Profile, release: Release, state: AgentState) -> None:
        self.profile, self.release, self.state = profile, release, state
        self.licensing = profile.licensing_on(release)
        self.is_legacy = self.licensing == "legacy"
        self._other = _OTHER_MODELS.get(self.licensing)
        self._stops_cube = applications.rule_in_force(profile, release)

    def handle(self, event: Event, now: Instant) -> tuple[Action, ...]:
        """Take in one event; the actions are to be carried out in order."""
        turn = Turn(self.profile, self.release, self.state, now)
        if (other := self._other) is not None:
            other[0](turn, event)
        else:
            _HANDLERS.get(type(event), _of_the_other_model)(turn, event)
            if self._stops_cube:
                applications.follow(turn)
        self.state = turn.state
        return tuple(turn.actions)

    def next_deadline(self) -> Instant | None:
        """When TimeReached is wanted next; None when nothing is planned."""
        return next_deadline(self.state) if self._other is None else self._other[1](self.state)


# the engines of the models before SLP: what takes an event, and what names the next deadline
_OTHER_MODELS = {
    "legacy": (legacy.take, legacy.next_deadline),
    "rtu": (rtu.take, rtu.next_deadline),
}


def _of_the_other_model(turn: Turn, event: Event) -> None:
    """A command that this agent does not have. # source: return-codes (the sentence)"""
    turn.actions.append(Answer(legacy.NOT_SUPPORTED))


# --- boot -----------------------------------------------------------------------------------


def _booted(turn: Turn, event: Booted) -> None:
    """Start, with an empty store or with what was kept: policy, trust, reports, deadline."""
    state = turn.state
    transport.drop_pending(turn)
    state.timers.clear()
    trust_life.due(turn)
    state.hello_wanted = state.poll_wanted = state.connected = False
    state.comm_failed = state.reached = False
    if state.trust_wanted is not None and state.trust_wanted.token:
        state.trust_wanted = None  # a registration from before SLP asks without a token
    state.trust_sync_wanted = False
    state.pushes_wanted = state.hello_failures = 0
    unsaved = state.booted is not None and address_of(state.config) != address_of(event.config)
    if event.reason == POWER_ON and state.booted is not None:
        rum.lose_unsaved(turn, state.booted)
    state.config, state.booted = event.config, turn.now
    state.process_anchor = None
    turn.log("SMART_LIC.AGENT_ENABLED")
    _check_units(turn)
    if unsaved:  # assumed: said at the start that lost it; a device may say it before
        turn.log("SMART_LIC.CONFIG_NOT_SAVED")
    _warn_of_hostname(turn)
    if turn.profile.kind == "router":  # source: agent-enabled (switches do not print it)
        allowed = "allowed" if authorization.export_allowed(turn) else "not allowed"
        turn.log("SMART_LIC.EXPORT_CONTROLLED", allowed=allowed)
    boot_events.note(turn, boot_events.START)
    for report in tuple(state.reports.kept.values()):
        if report.state is RumState.OPEN:
            rum.close(turn, report, rum.PRODUCT_RELOAD)
    endpoints.forget_at_boot(turn)
    reporting.usage_at_boot(turn, authorization.usable(turn, event.licences))
    endpoints.ask_at_boot(turn)
    for use in state.usage.values():
        if use.count:
            rum.start(turn, use)
    telemetry.at_boot(turn)
    conversion.begin(turn)
    _plan_boot(turn)


def _check_units(turn: Turn) -> None:
    """A unit without a serial number. # source: sysmsg-faults"""
    if any(not member.udi.sn for member in turn.state.members):
        turn.log("SMART_LIC.PLATFORM_ERROR", reason=faults.NO_SERIAL)


def _warn_of_hostname(turn: Turn) -> None:
    """A host name that is a field of a UDI. # source: sysmsg-faults"""
    name = turn.state.config.hostname.lower()
    if any(name in (m.udi.pid.lower(), m.udi.sn.lower()) for m in turn.state.members):
        turn.log("SMART_LIC.HOSTNAME_MATCH_UDI")


def _plan_boot(turn: Turn) -> None:
    state, boot = turn.state, TIMINGS.boot
    set_timer(state, TimerName.START_UTILITY_MEASUREMENTS, turn.now + boot.short_report)
    set_timer(state, TimerName.PROCESS_UTILITY_RUM_REPORTS, turn.now + boot.base)
    if any(use.endpoint for use in state.usage.values()):
        set_timer(state, TimerName.ENDPOINT_ANNOUNCEMENT, turn.now + TIMINGS.jobs.endpoint)
    if state.base is None:
        return
    reporting.arm_warnings(turn)
    transport.resume_timers(turn)
    alone = len(state.members) == 1
    push = reporting.schedule_push if alone else reporting.push_of_the_set
    push(turn, turn.now + TIMINGS.push.first)
    establish.plan_after_boot(turn)


def _short_reports_end(turn: Turn) -> None:
    """The first report of each chain after a boot is a short one."""
    boot_events.note(turn, boot_events.READ)
    rum.close_all(turn, rum.SYSTEM_RESTART)


def _process(turn: Turn) -> None:
    """The first run of Process Utility RUM reports: the base, the first message, the Hello."""
    state = turn.state
    state.process_anchor = turn.now
    if state.base is None and policy.licences_in_use(state):
        reporting.first_use(turn)
    boot_events.note(turn, boot_events.READY)
    acked = policy.ack_state(state, turn.now)
    turn.note("SAEVT_ACK_STATE", state=acked.value, number=str(acked.number))
    turn.log("CALL_HOME.CALL_HOME_ENABLED")
    reporting.announce_deadline(turn)
    ack_rule.notice(turn)
    transport.greet(turn)


# --- commands -------------------------------------------------------------------------------


def _config_changed(turn: Turn, event: ConfigChanged) -> None:
    """Another transport or address restarts communication; another interval moves the push."""
    old, turn.state.config = turn.state.config, event.config
    if turn.state.booted is None:
        return
    if old.hostname != event.config.hostname:
        _warn_of_hostname(turn)
    if address_of(old) != address_of(event.config):
        transport.restart(turn)
    if old.zone_minutes != event.config.zone_minutes:
        telemetry.clock_moved(turn)
    if old.utility != event.config.utility:
        _utility_changed(turn)
    if old.usage_interval_days != event.config.usage_interval_days:
        reporting.interval_changed(turn)


def _utility_changed(turn: Turn) -> None:
    """`license smart utility`: it wants a transport that reports."""
    if not turn.state.config.utility:
        turn.log("SMART_LIC.UTILITY_STOPPED")
        return
    turn.log("SMART_LIC.UTILITY_STARTED")
    if turn.state.config.transport is Transport.OFF:
        turn.log("SMART_LIC.UTILITY_TRANSPORT_NOT_CONFIGURED")


def _usage_changed(turn: Turn, event: UsageChanged) -> None:
    """An enforced licence is not used without an authorization code."""
    if event.licence.count == 0:
        turn.state.authorizing.wait_no_more(event.licence.entitlement_tag)
    applications.announce(turn, event.licence)
    if event.licence.count == 0 or authorization.usable(turn, (event.licence,)):
        reporting.usage_changed(turn, event)


def _clock_changed(turn: Turn, event: ClockChanged) -> None:
    """Messages carry the device's own time. # source: deadline (clock jumps)"""
    clock_step.stepped(turn, event.offset_ms)


def _sync_asked(turn: Turn, event: SyncAsked) -> None:
    transport.sync(turn, event.scope)


def _file_imported(turn: Turn, event: FileImported) -> None:
    silent = not talks(turn.state)
    of_slr = reservation_import.is_reservation(event.text)
    outcome = (reservation_import if of_slr else acks).install(turn, event.text)
    history.imported(turn, outcome)
    turn.state.history.last_code = outcome.faults[0].code if outcome.faults else 0
    if silent and talks(turn.state):  # the file brought the trust that was missing
        transport.resume_timers(turn)
    if outcome.faults:
        turn.actions.append(Answer(IMPORT_FAILED.format(reason=outcome.faults[0].reason)))
    else:
        text = "\n".join((IMPORTED, *authorization.confirmations(turn)))
        turn.actions.append(Answer(text))


def _development(turn: Turn, event: DevelopmentCertificates) -> None:
    turn.state.development = event.accepted


def _eventlog_cleared(turn: Turn, event: EventlogCleared) -> None:
    turn.state.eventlog.clear()


def _factory_reset(turn: Turn, event: FactoryResetAsked) -> None:
    """Wipe what licensing stores; configuration and licences in use stay. A reload follows."""
    old = turn.state
    if old.policy.installed is not None:
        turn.log("SMART_LIC.POLICY_REMOVED")
    for code in old.authorizations.values():
        turn.log("SMART_LIC.AUTHORIZATION_REMOVED", udi=str(code.data.udi))
    turn.state = AgentState(
        members=old.members,
        software_tag=old.software_tag,
        chance=old.chance,
        policy=policy.default_policy(),
        anchors=old.anchors,
        config=old.config,
        usage=old.usage,
        next_handle=old.next_handle,
        next_request_id=old.next_request_id,
        booted=old.booted,
        clock_offset=old.clock_offset,
        factory_reset=turn.now,
        first_release=old.first_release,
        applications=old.applications,
    )


# --- time -----------------------------------------------------------------------------------


def _time_reached(turn: Turn, event: TimeReached) -> None:
    while (name := take_due(turn.state, turn.now)) is not None:
        _DUE[name](turn)


_DUE: dict[str, Callable[[Turn], None]] = {
    TimerName.START_UTILITY_MEASUREMENTS: _short_reports_end,
    TimerName.PROCESS_UTILITY_RUM_REPORTS: _process,
    TimerName.SEND_UTILITY_RUM_REPORTS: transport.push_due,
    TimerName.RETRIEVE_DATA_PROCESSING_RESULT: transport.poll_due,
    TimerName.DATA_SYNCHRONIZATION: transport.greet,
    TimerName.HELLO_MESSAGE: transport.greet,
    TimerName.GIVE_UP: answers.give_up,
    TimerName.EXTERNAL_EVENT: reporting.warn,
    TimerName.UNREPORTED_WARNING: reporting.warn,
    TimerName.ENDPOINT_ANNOUNCEMENT: endpoints.announce,
    TimerName.ACK_RULE_NOTICE: ack_rule.notice,
    TimerName.TRUST_SYNC: transport.sync_trust,
    TimerName.TELEMETRY_REPORTING: transport.telemetry_due,
    TimerName.TRUST_RENEWAL: transport.renewal_due,
    TimerName.AUTHORIZATION_CODE_PROCESS: establish.authorization_due,
    TimerName.REGISTER_PERIOD_EXPIRATION_CHECK: transport.proceed,
}

_HANDLERS: dict[type[Any], Callable[[Turn, Any], None]] = {
    Booted: _booted,
    TimeReached: _time_reached,
    ConfigChanged: _config_changed,
    UsageChanged: _usage_changed,
    UnitsChanged: units.units_changed,
    SwitchedOver: units.switched_over,
    ApplicationRoleChanged: applications.role_changed,
    ClockChanged: _clock_changed,
    SyncAsked: _sync_asked,
    TokenEntered: establish.token_entered,
    ReplyReceived: answers.reply_received,
    SendFailed: answers.send_failed,
    FileImported: _file_imported,
    AuthorizationAsked: authorization.asked,
    AuthorizationRequestSaved: authorization.save_request,
    AuthorizationReturned: authorization.give_back,
    UsageSaved: saving.save_usage,
    ReportsClosed: saving.close_reports,
    UsageRead: saving.read_usage,
    TrustRequestSaved: saving.save_trust_request,
    DevelopmentCertificates: _development,
    EventlogCleared: _eventlog_cleared,
    PlatformFault: faults.injected,
    FactoryResetAsked: _factory_reset,
}
