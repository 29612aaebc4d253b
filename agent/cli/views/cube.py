"""`show cube status`. Facts: docs/sources.md, entry cube-status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.cli.views.layout import layout_for
from agent.engine.applications import trunk_tags

if TYPE_CHECKING:
    from agent.device.device import Device

# Seen at 17.6, 17.15 and 17.18. assumed: those between.
_VERSIONS = (
    ("17.18..", "15"),
    ("17.15..", "14.10"),
    ("17.13..", "14.9"),
    ("17.12..", "14.8"),
    ("17.10..", "14.7"),
    ("17.8..", "14.6"),
    ("17.7..", "14.5"),
    ("17.6..", "14.4"),
    ("17.5..", "14.3"),
    ("17.4..", "14.2"),
    ("..", "14.1"),
)


def status(device: Device) -> str:
    """Three or four lines."""
    release, state = device.release, device.agent.state
    version = next(name for span, name in _VERSIONS if release.within(span))
    kind = "none"
    if len(state.members) > 1:
        kind = "hot-standby-card-to-card"
    elif state.applications.high_availability is not None:
        kind = "hot-standby-chassis-to-chassis"  # assumed: the word of two routers
    lines = [
        f"CUBE-Version : {version}",
        f"SW-Version : {release}, Platform {device.model}",
        f"HA-Type : {kind}",
    ]
    if layout_for(release, device.profile.kind).has("cube_count"):
        tags = trunk_tags(device.profile)
        used = sum(use.count for tag, use in state.usage.items() if tag in tags)
        lines.append(f"Dynamic License Usage Count : {used}")
    return "\n".join(lines)
