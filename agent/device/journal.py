"""The journal: every input of a device as one JSON line, written before it is carried out.

A line is `{"n": 7, "now": 1791285820000, "kind": "AgentEvent", "event": "TimeReached", "data":
{...}}`. `n` counts a device's inputs from 1, so a snapshot (which holds the count it includes)
and the lines around it can never be applied twice or with a gap.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, get_args

import msgspec

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.device import inputs
from agent.device.inputs import AgentEvent, DeviceInput
from agent.engine.events import Event

if TYPE_CHECKING:
    from agent.device.device import Device

INPUTS: dict[str, Any] = {kind.__name__: kind for kind in get_args(inputs.DeviceInput)}
EVENTS: dict[str, Any] = {kind.__name__: kind for kind in get_args(Event)}


class Journal(Protocol):
    """Where a device's inputs go.

    `append` returns once the line cannot be lost any more, and raises with nothing kept when it
    cannot be written. `applied` comes after the input was carried out: the time for a snapshot.
    """

    def append(self, line: bytes) -> None: ...

    def applied(self, device: Device) -> None: ...


class Unrecorded:
    """Keeps nothing: the journal of devices in a lab without a state folder."""

    def append(self, line: bytes) -> None:
        return None

    def applied(self, device: Device) -> None:
        return None


UNRECORDED = Unrecorded()


class _Line(msgspec.Struct):
    n: int
    now: int
    kind: str
    data: msgspec.Raw
    event: str = ""


_encoder = msgspec.json.Encoder()
_line_decoder = msgspec.json.Decoder(_Line)


def encode_line(n: int, given: DeviceInput, now: Instant) -> bytes:
    """The journal line of input number `n`, without its line feed."""
    line: dict[str, Any] = {"n": n, "now": now, "kind": type(given).__name__}
    if isinstance(given, AgentEvent):
        line["event"] = type(given.event).__name__
        line["data"] = given.event
    else:
        line["data"] = given
    return _encoder.encode(line)


def decode_line(line: bytes) -> tuple[int, DeviceInput, Instant]:
    """(n, input, now) of a journal line. Raises InputError for anything but one of our lines."""
    try:
        head = _line_decoder.decode(line)
        if head.kind == AgentEvent.__name__:
            event: Event = _decoder(EVENTS[head.event]).decode(head.data)
            return head.n, AgentEvent(event), head.now
        given: DeviceInput = _decoder(INPUTS[head.kind]).decode(head.data)
    except (msgspec.DecodeError, KeyError, UnicodeDecodeError) as error:
        raise InputError(f"not a journal line ({error})") from None
    return head.n, given, head.now


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
