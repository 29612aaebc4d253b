"""The throughput levels of a router family, and the licences that are named after them.

A row of `[throughput]` in a profile is a level as typed; what stands in braces in the names of
levels and entitlements becomes one licence for each. Above `EXPORT_KBPS` a level is export
controlled: it needs an authorization code for hseck9.
Facts: docs/sources.md, entries throughput-levels, export-limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from agent.core.chance import Chance
from agent.core.release import Release

EXPORT_KBPS = 250_000
HSEC = "hseck9"
_TIER = "{tier}"
_DISPLAY = "{display}"
_UUID = "{uuid}"


@dataclass(frozen=True, slots=True)
class Level:
    """One level: `name` as typed, `tier` as licences carry it, `shown` as it is enforced.

    `kbps` 0 is no limit. `models` are the product ids that have it, none named: all. It is there
    on releases of the span `since`; `help` is what `?` says of it.
    """

    name: str
    kbps: int
    tier: str
    shown: str
    models: tuple[str, ...] = ()
    since: str = ".."
    help: str = ""
    crypto: bool = True  # does it bound encrypted traffic?

    @property
    def export_controlled(self) -> bool:
        return self.crypto and (not self.kbps or self.kbps > EXPORT_KBPS)


@dataclass(frozen=True, slots=True)
class Throughput:
    """What `platform hardware throughput` does on a family.

    `command` is the word behind it, `at_once` says whether a level takes effect when it is typed,
    `says` is printed then, `refuses` where a level needs a code that is not there (empty: it is
    taken, and limited). It may be `announced` at each start; `in_version` has show version tell it.
    On releases of the span `both_ways` one figure tells of both directions: twice the level.
    """

    command: str
    levels: Mapping[str, Level]
    default: str
    defaults: Mapping[str, str]
    at_once: bool
    says: str
    refuses: str
    announced: bool
    in_version: bool
    both_ways: str

    def told(self, kbps: int, release: Release) -> int:
        """The figure that a release prints for a level, in kbit/s."""
        return 2 * kbps if self.both_ways and release.within(self.both_ways) else kbps

    def default_of(self, pid: str) -> str:
        """The level of a device on which none is configured."""
        return self.defaults.get(pid, self.default)

    def levels_of(self, pid: str, release: Release) -> tuple[Level, ...]:
        """The levels that a model takes on a release."""
        return tuple(
            level
            for level in self.levels.values()
            if (not level.models or pid in level.models) and release.within(level.since)
        )

    def allowed(self, name: str, pid: str, *, authorized: bool) -> Level:
        """What is enforced of a level: all of it, or the most of the model's that needs no code."""
        level = self.levels[name]
        if authorized or not level.export_controlled:
            return level
        own = (x for x in self.levels.values() if not x.models or pid in x.models)
        free = (x for x in own if not x.export_controlled)
        return max(free, key=lambda x: x.kbps, default=level)


def read_throughput(raw: Mapping[str, Any] | None) -> Throughput | None:
    """The table `[throughput]` of a profile; None where there is none."""
    if raw is None:
        return None
    levels = {
        row["name"]: Level(
            name=row["name"],
            kbps=row["kbps"],
            tier=row["tier"],
            shown=row.get("shown", row["tier"]),
            models=tuple(row.get("models", ())),
            since=row.get("since", ".."),
            help=row.get("help", raw.get("help", "")),
            crypto=raw.get("crypto", True),
        )
        for row in raw["level"]
    }
    return Throughput(
        command=raw["command"],
        levels=MappingProxyType(levels),
        default=raw["default"],
        defaults=MappingProxyType(raw.get("defaults", {})),
        at_once=raw.get("at_once", False),
        says=raw.get("says", ""),
        refuses=raw.get("refuses", ""),
        announced=raw.get("announced", False),
        in_version=raw.get("in_version", False),
        both_ways=raw.get("both_ways", ""),
    )


def for_each_tier(row: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """An entitlement row, or one for each tier of the profile where its name holds `{tier}`.

    `tier_display` is the name of tags of tiers in letters (T1). # assumed: tags that are not in
    `known_tags` end in a number of our own
    """
    if _TIER not in row["feature"]:
        yield dict(row)
        return
    known: Mapping[str, str] = raw.get("known_tags", {})
    for tier in dict.fromkeys(level["tier"] for level in raw["throughput"]["level"]):
        pattern = row.get("tier_display", row["display"]) if tier[0] == "T" else row["display"]
        display = pattern.replace(_TIER, tier)
        feature = row["feature"].replace(_TIER, tier)
        tag = row["tag"].replace(_DISPLAY, display)
        tag = tag.replace(_UUID, Chance(display).uuid())
        yield {
            **row,
            "feature": feature,
            "display": display,
            "description": feature,
            "tag": known.get(display, tag),
        }
