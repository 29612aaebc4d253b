"""The three kinds of error, kept apart.

The peer misbehaved: a value, which becomes a log line or an rpc-error. The user erred: a value,
which becomes the device's own sentence. We have a bug: an exception, which stops and shows.
The exceptions here are for a fourth place, the edge: what a person gave us to load is wrong.
"""

from __future__ import annotations


class AgentError(Exception):
    """Base of the errors this package raises on purpose."""


class InputError(AgentError):
    """Something handed to us from outside cannot be used: says what, where and what is allowed."""

    def __init__(self, what: str, where: str = "", allowed: str = "") -> None:
        self.what, self.where, self.allowed = what, where, allowed
        super().__init__(what, where, allowed)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}; allowed: {self.allowed}" if self.allowed else head
