"""What each input does to a device: one function per DeviceInput, found by the table at the foot.

These functions are reached through `Device._apply` alone, after the journal has the input. They
return the text for the command that caused it, mostly empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.device import (
    config,
    install,
    planned_reload,
    redundancy,
    revert_timer,
    standing,
    throughput,
    timekeeping,
)
from agent.device.away import UNIT_RETURNS, changes, returning, units_of, with_returns
from agent.device.boot import air_licences, boot_jobs, licences_in_use, tag_of
from agent.device.datastore import Stamp
from agent.device.inputs import (
    AccessPointsChanged,
    AgentEvent,
    ClockSet,
    ConfigCommitted,
    DebuggingSet,
    FileDeleted,
    FileWritten,
    LogCleared,
    MembersChanged,
    MessageLogged,
    ReleaseInstalled,
    Reloaded,
    ReloadPlanned,
    Reverting,
    RevertTimed,
    Settled,
    Started,
    StartupErased,
    StartupReplaced,
    StartupSaved,
    SwitchoverForced,
    TimeHeard,
    UsageSet,
)
from agent.engine import sealing
from agent.engine.ack_rule import access_point_limit
from agent.engine.events import (
    POWER_ON,
    Booted,
    ConfigChanged,
    LicenceRequest,
    SwitchedOver,
    TimeReached,
    UnitsChanged,
    UsageChanged,
)
from agent.engine.machine import SmartAgent
from agent.engine.places import arranged, gone, handed_over
from agent.engine.turn import Turn
from yang.tree import apply

if TYPE_CHECKING:
    from agent.device.device import Device


def _started(device: Device, given: Started, now: Instant) -> str:
    return _start(device, now, 0)


def _event(device: Device, given: AgentEvent, now: Instant) -> str:
    if not isinstance(given.event, TimeReached):
        return device.tell(given.event, now)
    if device.planned is not None and planned_reload.due(device, device.planned, now):
        said = _reloaded(device, Reloaded(planned_reload.reason(device)), now)
        device.restarted(device)
        return said
    if device.reverting is not None and (back := revert_timer.due(device, now)) is not None:
        _committed(device, back, now)
    while device.jobs and device.jobs[0].due <= now:
        job, device.jobs = device.jobs[0], device.jobs[1:]
        if job.mnemonic == UNIT_RETURNS:
            _members_changed(device, MembersChanged((*units_of(device), returning(job))), now)
        elif job.mnemonic == timekeeping.SYNCHRONISES:
            timekeeping.synchronised(device, job.fields["peer"], now)
        else:
            device.write_log(job.mnemonic, job.fields, now)
    deadline = device.agent.next_deadline()
    said = device.tell(given.event, now) if deadline is not None and deadline <= now else ""
    if device.access_points:
        _drop_surplus(device, now)
    return said


def _committed(device: Device, given: ConfigCommitted, now: Instant) -> str:
    before = device.datastore.running
    root = apply(before, given.edits)
    meaning = device.project(root)
    device.datastore.running = root
    device.datastore.changed = Stamp(now, given.by)
    device.log.configure(meaning.log)
    device.zone = meaning.zone
    throughput.follow(device, before, now)
    timekeeping.follow(device, now)
    revert_timer.moved(device, now)
    if meaning.licensing == device.agent.state.config:
        return ""
    return device.tell(ConfigChanged(meaning.licensing), now)


def _saved(device: Device, given: StartupSaved, now: Instant) -> str:
    device.datastore.startup = device.datastore.running
    device.datastore.saved = Stamp(now, given.by)
    return ""


def _erased(device: Device, given: StartupErased, now: Instant) -> str:
    device.datastore.startup = None
    device.datastore.saved = None
    return ""


def _replaced(device: Device, given: StartupReplaced, now: Instant) -> str:
    device.datastore.startup = apply(device.stored_root(), given.edits)
    device.datastore.saved = Stamp(now, given.by)
    return ""


def _reload_planned(device: Device, given: ReloadPlanned, now: Instant) -> str:
    planned_reload.plan(device, given, now)
    return ""


def _reverting(device: Device, given: Reverting, now: Instant) -> str:
    back = revert_timer.ended(device, given, now)
    return "" if back is None else _committed(device, back, now)


def _reloaded(device: Device, given: Reloaded, now: Instant) -> str:
    if given.reason != POWER_ON:
        device.write_log("SYS.RELOAD", {"by": "Exec", "reason": given.reason}, now)
    device.reload_reason = given.reason
    device.clock_authoritative = False
    device.timekeeping = replace(device.timekeeping, peer="")
    return _start(device, now, now)


def _start(device: Device, now: Instant, earliest: Instant) -> str:
    """What power-on and reload share: only stored things are there at first.

    No message is stamped before `earliest`. # assumed: a reload takes no time
    """
    root = device.stored_root()
    meaning = device.project(root)
    configured = device.datastore.startup is not None
    device.datastore.running = root
    device.datastore.changed = Stamp(now) if configured else None
    device.booted = now
    device.planned = None
    device.reverting = None
    device.debugging = frozenset()
    device.redundancy = redundancy.NO_HISTORY
    device.zone = meaning.zone
    device.log.restart(meaning.log)
    device.agent = SmartAgent(device.profile, device.release, device.agent.state)
    # source: boot-level (what was saved comes into force at the start; a day-0 file at once)
    device.level, device.air_level = config.levels(root, device.profile)
    device.throughput = throughput.configured(root, device)
    away = tuple(returning(job) for job in device.jobs if job.mnemonic == UNIT_RETURNS)
    before, device.jobs = boot_jobs(
        now, _boot_conditions(device, configured), config.boot_facts(root, device)
    )
    for job in before:
        device.write_log(job.mnemonic, job.fields, max(job.due, earliest))
    if away:  # all units start together
        units = (*units_of(device), *away)
        device.tell(UnitsChanged(units, _licences_of(device, units)), now)
    timekeeping.follow(device, now)
    return device.tell(
        Booted(meaning.licensing, _licences_of_units(device), device.reload_reason), now
    )


def _boot_conditions(device: Device, configured: bool) -> frozenset[str]:
    known = device.profile.throughput
    conditions = {
        "configured": configured,
        "unsynchronised": not device.clock_authoritative,
        "throughput": known is not None and known.announced,
        "crypto_throughput": known is not None and known.command == "crypto",
    }
    return frozenset(name for name, holds in conditions.items() if holds)


def _licences_of_units(device: Device) -> tuple[LicenceRequest, ...]:
    return _licences_of(device, tuple(member.udi for member in device.agent.state.members))


def _licences_of(device: Device, units: tuple[Udi, ...]) -> tuple[LicenceRequest, ...]:
    return (
        *licences_in_use(
            device.profile,
            units,
            device.level,
            device.air_level,
            len(device.access_points),
            device.throughput,
        ),
        *throughput.hsec_request(device, device.datastore.running),
    )


def _file_written(device: Device, given: FileWritten, now: Instant) -> str:
    device.files.put(given.path, given.data, device.local_time(now))
    return ""


def _file_deleted(device: Device, given: FileDeleted, now: Instant) -> str:
    device.files.remove(given.path)
    return ""


def _clock_set(device: Device, given: ClockSet, now: Instant) -> str:
    timekeeping.set_calendar(device, given.offset_ms, f"console by {given.by}", now)
    timekeeping.authoritative(device, now)
    return ""


def _usage_set(device: Device, given: UsageSet, now: Instant) -> str:
    tag = tag_of(device.profile, device.release, device.model, given.feature)
    if tag is None:
        return ""
    request = LicenceRequest(given.feature, tag, given.count)
    return device.tell(UsageChanged(request), now)


def _access_points_changed(device: Device, given: AccessPointsChanged, now: Instant) -> str:
    left = tuple(ap for ap in given.left if ap in device.access_points)
    for ap in left:
        del device.access_points[ap]
    new = tuple(ap for ap in given.joined if ap not in device.access_points)
    limit = _access_point_limit(device, now)
    joined = new if limit is None else new[: max(0, limit - len(device.access_points))]
    device.access_points.update(dict.fromkeys(joined))
    if not joined and not left:
        return ""
    count = len(device.access_points)
    for entitlement in air_licences(device.profile, device.model, device.air_level):
        request = LicenceRequest(entitlement.feature, entitlement.tag, count)
        device.tell(UsageChanged(request, joined, left), now)
    return ""


def _drop_surplus(device: Device, now: Instant) -> None:
    """Past the deadline without an ACK, the access points above the limit go, the last first."""
    limit = _access_point_limit(device, now)
    if limit is not None and len(device.access_points) > limit:
        surplus = tuple(device.access_points)[limit:]
        _access_points_changed(device, AccessPointsChanged(left=surplus), now)


def _access_point_limit(device: Device, now: Instant) -> int | None:
    return access_point_limit(device.agent.state, device.profile, device.release, now)


def _members_changed(device: Device, given: MembersChanged, now: Instant) -> str:
    state = device.agent.state
    before = state.members
    after = arranged(given.units, before, state.absent_numbers)
    for mnemonic, fields in changes(device, before, after):
        device.write_log(mnemonic, fields, now)
    if given.back is not None:
        left = tuple(member.udi for member in gone(before, after))
        device.jobs = with_returns(device.jobs, left, given.back)
    failed = given.back is not None
    device.redundancy = redundancy.after_change(device.redundancy, before, after, failed, now)
    return device.tell(UnitsChanged(given.units, _licences_of(device, given.units)), now)


def _settled(device: Device, given: Settled, now: Instant) -> str:
    state = device.agent.state
    standing.put(state, given.standing, now)
    sealing.seal(Turn(device.profile, device.release, state, now))
    return ""


def _switchover_forced(device: Device, given: SwitchoverForced, now: Instant) -> str:
    before = device.agent.state.members
    if len(before) > 1:
        after = handed_over(before)
        device.redundancy = redundancy.after_switchover(
            device.redundancy, before, after, given.reason, now
        )
    return device.tell(SwitchedOver(_licences_of_units(device)), now)


def _message_logged(device: Device, given: MessageLogged, now: Instant) -> str:
    device.write_log(given.mnemonic, given.fields, now)
    return ""


def _debugging_set(device: Device, given: DebuggingSet, now: Instant) -> str:
    device.debugging = frozenset(given.flags)
    return ""


def _log_cleared(device: Device, given: LogCleared, now: Instant) -> str:
    device.log.clear()
    return ""


CARRY_OUT: Mapping[type[Any], Callable[[Device, Any, Instant], str]] = {
    Started: _started,
    AgentEvent: _event,
    ConfigCommitted: _committed,
    StartupSaved: _saved,
    StartupErased: _erased,
    StartupReplaced: _replaced,
    ReloadPlanned: _reload_planned,
    RevertTimed: revert_timer.timed,
    Reverting: _reverting,
    Reloaded: _reloaded,
    ReleaseInstalled: install.installed,
    FileWritten: _file_written,
    FileDeleted: _file_deleted,
    ClockSet: _clock_set,
    TimeHeard: timekeeping.time_heard,
    UsageSet: _usage_set,
    AccessPointsChanged: _access_points_changed,
    MembersChanged: _members_changed,
    SwitchoverForced: _switchover_forced,
    Settled: _settled,
    MessageLogged: _message_logged,
    DebuggingSet: _debugging_set,
    LogCleared: _log_cleared,
}
