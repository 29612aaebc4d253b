"""Devices and edits that the tests of this folder share."""

from __future__ import annotations

from agent.core.release import Release
from agent.device.device import Device, new_device
from yang.tree import Edit, parse_path

# 2026-10-06 12:00:00 UTC
NOON = 1_791_288_000_000
RELEASE = Release.parse("17.12.4")


class HeldLink:
    """A link that keeps what was sent."""

    def __init__(self):
        self.sent = []

    def send(self, device, send):
        self.sent.append(send)


def edit(path, value=None):
    return Edit("set", parse_path(path), value)


HOSTNAME = edit("native/hostname", "edge-1")
TRANSPORT_OFF = edit("native/license/smart/transport-type", "Off")
SMALL_LOG = edit("native/logging/buffered/size", 8192)
ESSENTIALS = (
    Edit("delete", parse_path("native/license/boot/level")),
    edit("native/license/boot/level/network-essentials"),
)


def unbooted(name="sw1", model="C9300-24T", **options) -> Device:
    device = new_device(name, model, RELEASE, "FOC0000EMU1", **options)
    device.link = HeldLink()
    return device


def booted(now=NOON, **options) -> Device:
    device = unbooted(**options)
    device.boot(now)
    return device


def play(device, until):
    """Wake the device at each of its deadlines up to `until`."""
    while (deadline := device.next_deadline()) is not None and deadline <= until:
        device.wake(deadline)
