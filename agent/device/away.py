"""Units that are away for a while: the job that brings them back, and what the log says of them.

A unit that fails or is reloaded by itself starts again while the others go on; its return is one
of the device's own jobs. Sources: docs/sources.md, entries ha-rules, stack-messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.device.inputs import Job
from agent.engine.places import gone
from agent.engine.records import Member

if TYPE_CHECKING:
    from agent.device.device import Device

UNIT_RETURNS = "unit returns"  # the name of such a job; all others are messages


def units_of(device: Device) -> tuple[Udi, ...]:
    """All units, the active first."""
    return tuple(member.udi for member in device.agent.state.members)


def with_returns(jobs: tuple[Job, ...], gone: tuple[Udi, ...], back: Instant) -> tuple[Job, ...]:
    """The jobs with the return of these units among them, in order of time."""
    added = (Job(back, UNIT_RETURNS, {"pid": udi.pid, "sn": udi.sn}) for udi in gone)
    return tuple(sorted((*jobs, *added), key=lambda job: job.due))


def returning(job: Job) -> Udi:
    """The unit such a job brings back."""
    return Udi(job.fields["pid"], job.fields["sn"])


def changes(
    device: Device, before: tuple[Member, ...], after: tuple[Member, ...]
) -> Iterator[tuple[str, dict[str, str]]]:
    """What a stack's log says of units that came and went: the message and its fields.

    # assumed: of the second processor of a chassis, and of a pair, the log says nothing here
    """
    udis = {member.udi for member in (*before, *after)}
    if device.profile.kind != "switch" or len(udis) < 2:
        return
    place = f"Switch {after[0].number} R0/0"
    for member in gone(before, after):
        yield "STACKMGR.SWITCH_REMOVED", {"place": place, "number": str(member.number)}
    for member in gone(after, before):
        yield "STACKMGR.SWITCH_ADDED", {"place": place, "number": str(member.number)}
