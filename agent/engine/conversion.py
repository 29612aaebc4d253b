"""Device-led conversion: a router that comes from a release before SLP has its licences converted.

Platforms with automatic conversion ask for it at the first start after the upgrade; what they had
goes to the server with the first report, and the first acknowledgement or trust code ends it well.
A server that refuses the registration it had ends it badly. Everything else never starts one.
Sources: docs/sources.md, entry conversion-facts. # assumed: what starts and ends it; the words.
"""

from __future__ import annotations

from dataclasses import replace

from agent.engine.records import ConversionStatus
from agent.engine.turn import Turn


def begin(turn: Turn) -> None:
    """The start after the upgrade."""
    if turn.state.conversion.status is ConversionStatus.WANTED:
        _become(turn, ConversionStatus.STARTED)
        turn.log("SMART_LIC.CONVERT_START")


def pushed(turn: Turn) -> None:
    """The server has taken what is to be converted."""
    if _under_way(turn):
        turn.state.conversion = replace(turn.state.conversion, pushed=turn.now)


def exported(turn: Turn) -> None:
    """It was written to a file."""
    if _under_way(turn):
        turn.state.conversion = replace(turn.state.conversion, exported=turn.now)


def succeeded(turn: Turn) -> None:
    """The server acknowledged, or knows the device by its trust code now."""
    if _under_way(turn):
        _become(turn, ConversionStatus.SUCCESS)
        turn.log("SMART_LIC.CONVERT_SUCCESS")


def failed(turn: Turn, reason: str) -> None:
    """The server refused the registration."""
    if _under_way(turn):
        _become(turn, ConversionStatus.FAILED)
        turn.log("SMART_LIC.CONVERT_FAIL", reason=reason)


def _under_way(turn: Turn) -> bool:
    return turn.state.conversion.status is ConversionStatus.STARTED


def _become(turn: Turn, status: ConversionStatus) -> None:
    turn.state.conversion = replace(turn.state.conversion, status=status)
