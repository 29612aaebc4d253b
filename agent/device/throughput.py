"""The throughput level of a router, and the export-controlled licence of routers and of switches
that encrypt: what is in force, what it may be without an authorization code, who uses hseck9.

A virtual router takes a level when it is typed, a physical one at its next start; the licences are
named after the level in force. Sources: docs/sources.md, entries throughput-levels, export-limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.device.boot import licences_in_use, tag_of
from agent.engine.events import LicenceRequest, UsageChanged
from agent.profiles.throughput import HSEC, Level, Throughput
from yang.tree import Path, Tree, get

if TYPE_CHECKING:
    from agent.device.device import Device

LEVEL: Path = ("emulator", "platform", "throughput", "level")
FEATURE: Path = ("native", "license", "feature", "name")
RELEASED: Path = ("emulator", "platform", "hsec-license-release")


def configured(root: Tree, device: Device) -> str:
    """The name of the level a configuration asks for; empty on a platform without levels."""
    known = device.profile.throughput
    if known is None:
        return ""
    name = str(get(root, LEVEL, ""))
    own = {level.name for level in known.levels_of(device.model, device.release)}
    return name if name in own else known.default_of(device.model)


def authorized(device: Device) -> bool:
    """Has the active unit a code for hseck9, and is its use not released?"""
    state = device.agent.state
    code = state.authorizations.get(state.udi.short)
    tag = tag_of(device.profile, device.release, device.model, HSEC)
    held = code is not None and any(licence.tag == tag for licence in code.data.licences)
    return held and not get(device.datastore.running, RELEASED, False)


def enforced(device: Device, known: Throughput) -> Level:
    """What is enforced of the level in force."""
    return known.allowed(device.throughput, device.model, authorized=authorized(device))


def hsec_request(device: Device, root: Tree) -> tuple[LicenceRequest, ...]:
    """The request for hseck9, where the feature is configured or the level needs it.

    # assumed: a default level above the limit does not ask for the licence by itself
    """
    tag = tag_of(device.profile, device.release, device.model, HSEC)
    known = device.profile.throughput
    if tag is None or get(root, RELEASED, False):
        return ()
    level = known.levels[device.throughput] if known and get(root, LEVEL) is not None else None
    wanted = get(root, FEATURE) == HSEC or (level is not None and level.export_controlled)
    return (LicenceRequest(HSEC, tag, 1),) if wanted else ()


def requests(device: Device) -> tuple[LicenceRequest, ...]:
    """All licences that follow from the configuration in force."""
    units = tuple(member.udi for member in device.agent.state.members)
    found = licences_in_use(
        device.profile,
        units,
        device.level,
        device.air_level,
        len(device.access_points),
        device.throughput,
    )
    return (*found, *hsec_request(device, device.datastore.running))


def follow(device: Device, before: Tree, now: Instant) -> None:
    """The configuration was `before`: take a level that counts at once, ask for other licences."""
    after, known = device.datastore.running, device.profile.throughput
    same = all(get(before, path) == get(after, path) for path in (LEVEL, FEATURE, RELEASED))
    if device.booted is None or same:
        return
    old = {r.entitlement_tag: r for r in hsec_request(device, before)}
    new = {r.entitlement_tag: r for r in hsec_request(device, after)}
    if known is not None:  # the licences of a router follow the level
        old = {r.entitlement_tag: r for r in requests(device)} | old
        if known.at_once:
            device.throughput = configured(after, device)
        new = {r.entitlement_tag: r for r in requests(device)}
    for tag, request in old.items():
        if tag not in new:
            released = LicenceRequest(request.feature, tag, 0)
            device.tell(UsageChanged(released), now)
    for tag, request in new.items():
        use = device.agent.state.usage.get(tag)
        if use is None or use.count != request.count:
            device.tell(UsageChanged(request), now)
