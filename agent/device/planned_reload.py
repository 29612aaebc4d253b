"""`reload in` and `reload at`: what a device tells its terminals until it reloads by itself.

A plan is kept on the device; its next deadline is the next notice or the reload. Everything here
is part of carrying out an input. Sources: docs/sources.md, entry reload-planned.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.core.clock import MINUTE, Instant
from agent.core.dates import config_date
from agent.device.inputs import ReloadPlan, ReloadPlanned

if TYPE_CHECKING:
    from agent.device.device import Device

# source: reload-planned (5 and 1 minutes are seen) # assumed: 60 and 30
NOTICES_MS = tuple(minutes * MINUTE for minutes in (60, 30, 5, 1))
NOTICE = "\n\n***\n*** --- SHUTDOWN {} ---\n***\n"


def deadline(plan: ReloadPlan) -> Instant:
    """When the next notice is due, or the reload itself."""
    left = next((ms for ms in NOTICES_MS if ms < plan.told_ms), 0)
    return plan.due - left


def plan(device: Device, given: ReloadPlanned, now: Instant) -> None:
    """Plan a reload in place of the one before, or cancel it."""
    at = _date(device, now)
    if given.due is None:
        if device.planned is not None:
            device.planned = None
            device.announce(device, NOTICE.format("ABORTED"))
            device.write_log("SYS.SCHEDULED_RELOAD_CANCELLED", {"at": at}, now)
        return
    device.planned = ReloadPlan(given.due, given.by, given.reason, given.due - now + 1)
    _tell(device, now)
    due = _date(device, given.due)
    fields = {"due": due, "at": at, "by": given.by, "reason": given.reason}
    device.write_log("SYS.SCHEDULED_RELOAD", fields, now)


def due(device: Device, planned: ReloadPlan, now: Instant) -> bool:
    """Give the notice that is due; is it time for the reload?"""
    if planned.due <= now:
        device.announce(device, NOTICE.format("NOW"))
        return True
    _tell(device, now)
    return False


def reason(device: Device) -> str:
    """Why the device reloads, as planned."""
    assert device.planned is not None
    return device.planned.reason


def _tell(device: Device, now: Instant) -> None:
    plan = device.planned
    if plan is None or deadline(plan) > now:
        return
    left = plan.due - now
    device.planned = replace(plan, told_ms=left)
    seconds = left // 1000
    clock = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    device.announce(device, NOTICE.format(f"in {clock}"))


def _date(device: Device, at: Instant) -> str:
    return config_date(device.local_time(at), device.zone)
