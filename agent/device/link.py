"""What a device is plugged into: the link that carries its requests, and the ears around it.

Until a lab plugs one in, and while a journal is replayed, nothing is carried and nobody hears.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from agent.core.clock import Instant
from agent.engine.actions import Notify, Send

if TYPE_CHECKING:
    from agent.device.device import Device


class Link(Protocol):
    """Carries a request out; the answer comes back through `Device.handle`, never inside `send`."""

    def send(self, device: Device, send: Send) -> None: ...


class Unplugged:
    """A link that carries nothing."""

    def send(self, device: Device, send: Send) -> None:
        return None


UNPLUGGED = Unplugged()


def unwatched(device: Device) -> None:
    """Nobody wants to know that something changed."""


def unheard(device: Device, said: Notify | str) -> None:
    """Nobody hears what the device says."""


def unread(device: Device, mnemonic: str, text: str, now: Instant) -> None:
    """Nobody reads the log as it is written."""
