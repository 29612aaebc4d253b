"""`show platform hardware throughput level` and `crypto`, and the line of show version.

Facts: docs/sources.md, entry throughput-outputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.device import throughput

if TYPE_CHECKING:
    from agent.device.device import Device


@dataclass(frozen=True, slots=True)
class ThroughputView:
    """The level configured and the one enforced; `kbps` 0 is no limit."""

    configured: str
    kbps: int
    enforced: str
    throttled: bool
    default: str
    boot_level: str
    saved: bool
    in_force: bool


def collect(device: Device) -> ThroughputView:
    """The view of a router that has throughput levels."""
    known = device.profile.throughput
    if known is None:
        raise LookupError(f"{device.model} has no throughput levels")
    running = throughput.configured(device.datastore.running, device)
    stored = throughput.configured(device.stored_root(), device)
    enforced = throughput.enforced(device, known)
    return ThroughputView(
        configured=known.levels[running].name,
        kbps=enforced.kbps,
        enforced=enforced.shown,
        throttled=enforced.kbps > 0,
        default=known.levels[known.default_of(device.model)].tier,
        boot_level=device.level.partition(" ")[0],
        saved=running == stored,
        in_force=running == device.throughput,
    )


def level(view: ThroughputView) -> str:
    """One line. # assumed: all releases here print kb/s (older ones kbps, as show version does)"""
    if not view.kbps:
        return "The current throughput level is unthrottled"
    return f"The current throughput level is {view.kbps} kb/s"


def crypto(view: ThroughputView) -> str:
    """Six lines, five without a boot level.

    # assumed: what is said of a level that is not saved, or waits for a start
    """
    saved = "Level is saved" if view.saved else "Level is not saved"
    reboot = "reboot is not required" if view.in_force else "reboot is required"
    held = f"throttled at {view.enforced}" if view.throttled else "not throttled"
    return "\n".join(
        [
            f"Current configured crypto throughput level: {view.configured}",
            f"{saved}, {reboot}",
            f"Current enforced crypto throughput level: {view.enforced}",
            f"Crypto Throughput is {held}",
            f"Default Crypto throughput level: {view.default}",
            *([f"Current boot level is {view.boot_level}"] if view.boot_level else []),
        ]
    )
