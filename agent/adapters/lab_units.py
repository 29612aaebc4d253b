"""The further units of a device in a lab file: which they are, and whether they fit in one set.

A unit without a serial number gets one after the device's own; the second supervisor or route
processor of a chassis has the chassis' number. Source: docs/sources.md, entry unit-numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.identity import Udi
from agent.device.redundancy import has_room
from agent.profiles.profile import profile_for

Given = tuple[str | None, str | None]  # platform and serial number, where the file names them


def further_units(active: Udi, given: Sequence[Given], copy: int = 0) -> tuple[Udi, ...]:
    """The units beside the active one; `copy` counts the devices of one entry, from 0."""
    return tuple(_unit(active, place, *one, copy) for place, one in enumerate(given))


def misfit(active: Udi, units: Sequence[Udi]) -> int | None:
    """The place of the first unit that finds no room beside those before it."""
    profile = profile_for(active.pid)
    for place, unit in enumerate(units):
        if not has_room(profile, (active, *units[:place]), unit):
            return place
    return None


def _unit(active: Udi, place: int, pid: str | None, serial: str | None, copy: int) -> Udi:
    platform = pid or active.pid
    if serial is not None:
        return Udi(platform, f"{serial}-{copy + 1}" if copy else serial)
    if platform == active.pid and profile_for(platform).processors > 1:
        return active
    unnumbered = active.sn.removeprefix("FOC0000")
    numbered = f"FOC{place + 1:04d}{unnumbered}"
    return Udi(platform, numbered if unnumbered != active.sn else f"{active.sn}-{place + 2}")
