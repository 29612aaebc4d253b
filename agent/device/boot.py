"""A start: the messages of it as a table of offsets, and the licences the platform asks for.

The table is `boot.toml`. Messages before the Smart Agent's start are written at once with their
own stamps; later ones become jobs of the device. REPORTING_REQUIRED and CALL_HOME_ENABLED come
from the Smart Agent, not from here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device.inputs import Job
from agent.engine.events import LicenceRequest
from agent.profiles.profile import Entitlement, Profile


@dataclass(frozen=True, slots=True)
class BootMessage:
    """A row of boot.toml."""

    at_ms: int
    mnemonic: str
    fields: Mapping[str, str]
    when: str = ""


@cache
def boot_messages() -> tuple[BootMessage, ...]:
    """The rows of boot.toml in order of time."""
    raw = tomllib.loads(files("agent.device").joinpath("boot.toml").read_text("utf-8"))
    rows = (
        BootMessage(row["at_ms"], row["mnemonic"], row.get("fields", {}), row.get("when", ""))
        for row in raw["message"]
    )
    return tuple(sorted(rows, key=lambda row: row.at_ms))


def boot_jobs(
    now: Instant, conditions: frozenset[str], facts: Mapping[str, str]
) -> tuple[tuple[Job, ...], tuple[Job, ...]]:
    """The messages of a start at `now`: those before it, and those still to come."""
    jobs = [
        Job(now + row.at_ms, row.mnemonic, {k: v.format_map(facts) for k, v in row.fields.items()})
        for row in boot_messages()
        if not row.when or row.when in conditions
    ]
    return tuple(j for j in jobs if j.due < now), tuple(j for j in jobs if j.due >= now)


def licences_in_use(
    profile: Profile,
    members: Iterable[Udi],
    level: str,
    air_level: str,
    access_points: int,
    throughput: str = "",
) -> tuple[LicenceRequest, ...]:
    """What a start asks for: one per unit and licence of its level, one per joined access point.

    Units of one model share an entitlement tag and are counted together. Two supervisors of one
    chassis have one UDI; a licence of the chassis counts once for both. # source: chassis-licences
    `throughput` is the level in force that router licences are named after; empty: the default.
    """
    counts: dict[str, tuple[Entitlement, int]] = {}
    units = tuple(members)
    for place, unit in enumerate(units):
        for entitlement in profile.licences_of(unit.pid, level, throughput):
            if entitlement.per == "chassis" and unit in units[:place]:
                continue
            _, count = counts.get(entitlement.tag, (entitlement, 0))
            counts[entitlement.tag] = (entitlement, count + 1)
    if access_points:
        for entitlement in air_licences(profile, units[0].pid, air_level):
            counts[entitlement.tag] = (entitlement, access_points)
    return tuple(LicenceRequest(e.feature, e.tag, count) for e, count in counts.values())


def air_licences(profile: Profile, pid: str, air_level: str) -> tuple[Entitlement, ...]:
    """The licences each access point uses at this air level; none on a platform without."""
    wanted = profile.air_levels.get(air_level, ())
    group = profile.entitlements[profile.models[pid].licences]
    return tuple(e for feature in wanted for e in group if e.feature == feature)


def tag_of(profile: Profile, release: Release, pid: str, feature: str) -> str | None:
    """The entitlement tag behind a feature name on this model, enforced licences included."""
    found = entitlement_of(profile, pid, feature)
    if found is not None:
        return found.tag
    enforced = (e.tag for e in profile.enforced_on(release, pid) if e.feature == feature)
    return next(enforced, None)


def entitlement_of(profile: Profile, pid: str, feature: str) -> Entitlement | None:
    """The entitlement behind a feature name on this model."""
    group = profile.entitlements[profile.models[pid].licences]
    return next((e for e in group if e.feature == feature), None)
