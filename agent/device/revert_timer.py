"""A change that waits for its confirmation: without it the device goes back to what ran before.

`configure terminal revert timer`, `configure replace ... timer` and cisco-ia's rollback with a
`revert-timer` begin one; the file with what ran before is in the archive. It belongs to the device,
not to the session that began it, and ends with a reload. Everything here is part of carrying out an
input. Sources: docs/sources.md, entry revert-timer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.core.clock import MINUTE, Instant
from agent.core.secrets import new_salt
from agent.device import config
from agent.device.addressless import with_consequences
from agent.device.config_text import read_config
from agent.device.files import FileFault
from agent.device.inputs import ConfigCommitted, Reverting, RevertPlan, RevertTimed
from yang.difference import edits_between

if TYPE_CHECKING:
    from agent.device.device import Device

LONGEST_MINUTES = 120  # source: revert-timer
WARNING_MS = MINUTE


def deadline(plan: RevertPlan) -> Instant:
    """When the warning is due, or the way back itself."""
    return plan.due if plan.warned else plan.due - WARNING_MS


def timed(device: Device, given: RevertTimed, now: Instant) -> str:
    """Begin to wait, or wait anew: so many minutes from now."""
    due = now + given.minutes * MINUTE
    warned = given.minutes * MINUTE <= WARNING_MS
    device.reverting = RevertPlan(
        given.file, due, given.minutes, given.by, now, idle=given.idle, warned=warned
    )
    kind = "IDLETIMER" if given.idle else "ABSTIMER"
    fields = {"by": given.by, "file": given.file, "minutes": str(given.minutes)}
    device.write_log(f"ARCHIVE_DIFF.ROLLBK_CNFMD_CHG_START_{kind}", fields, now)
    return ""


def ended(device: Device, given: Reverting, now: Instant) -> ConfigCommitted | None:
    """It was confirmed, or is to go back at once: then what undoes the change."""
    plan = device.reverting
    if plan is None:
        return None
    if given.confirmed:
        device.reverting = None
        device.write_log("ARCHIVE_DIFF.ROLLBK_CNFMD_CHG_CONFIRM", {"by": given.by}, now)
        return None
    return _way_back(device, plan, now)


def due(device: Device, now: Instant) -> ConfigCommitted | None:
    """Give the warning that is due; is it time, what undoes the change."""
    plan = device.reverting
    if plan is None or deadline(plan) > now:
        return None
    if plan.due <= now:
        return _way_back(device, plan, now)
    device.reverting = replace(plan, warned=True)
    kind = "IDLETIMER" if plan.idle else "ABSTIMER"
    fields = {"file": plan.file}
    device.write_log(f"ARCHIVE_DIFF.ROLLBK_CNFMD_CHG_WARNING_{kind}", fields, now)
    return None


def moved(device: Device, now: Instant) -> None:
    """Somebody configures: an idle timer begins anew. # assumed: keys alone do not count"""
    plan = device.reverting
    if plan is not None and plan.idle:
        due = now + plan.minutes * MINUTE
        device.reverting = replace(plan, due=due, warned=plan.minutes * MINUTE <= WARNING_MS)


def _way_back(device: Device, plan: RevertPlan, now: Instant) -> ConfigCommitted | None:
    device.reverting = None
    device.write_log("ARCHIVE_DIFF.ROLLBK_CNFMD_CHG_ROLLBACK_START", {"file": plan.file}, now)
    text = device.files.read(plan.file)
    if isinstance(text, FileFault):  # somebody has deleted it: what runs stays
        return None
    salts, grammar = device.salts(), config.grammar_of(device.profile, device.release, device.model)
    read = read_config(text, grammar, device.factory_root(), lambda: new_salt(salts))
    edits = tuple(edits_between(device.datastore.running, read.root))
    return ConfigCommitted(with_consequences(device.datastore.running, edits, grammar), plan.by)
