"""The limits of the NETCONF server, read from `limits.toml`: each has its name there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Limits:
    """Counts, and seconds of real time; 0 seconds is no limit."""

    sessions: int
    login_tries: int
    login_seconds: float
    hello_seconds: float
    idle_seconds: float
    confirmed_commit: bool


@cache
def read_limits() -> Limits:
    """What limits.toml says. An unknown or missing name is a bug of that file."""
    text = files("agent.netconf").joinpath("limits.toml").read_text("utf-8")
    return Limits(**tomllib.loads(text))


LIMITS = read_limits()
