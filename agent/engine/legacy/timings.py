"""The timings of the model before SLP, read from `timings.toml`; all in milliseconds."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from agent.core.clock import DAY, SECOND, Instant
from agent.engine.events import Failure


@dataclass(frozen=True, slots=True)
class EvaluationTimings:
    period: Instant
    warning: tuple[Instant, ...]
    hourly: Instant


@dataclass(frozen=True, slots=True)
class IdentityTimings:
    renewal: Instant
    retry: Instant
    register_retry: Instant
    warning: tuple[Instant, ...]


@dataclass(frozen=True, slots=True)
class AuthorizationTimings:
    renewal: Instant
    first: Instant
    first_cucm: Instant
    out_of_compliance: Instant
    retry: Instant
    overage: Instant


@dataclass(frozen=True, slots=True)
class LegacyTimings:
    evaluation: EvaluationTimings
    identity: IdentityTimings
    authorization: AuthorizationTimings
    clock_grace: Instant
    give_up: Mapping[Failure, Instant]


def parse(text: str) -> LegacyTimings:
    """Read the file's text. Raises TypeError for a key too many or too few."""
    raw = tomllib.loads(text)
    return LegacyTimings(
        evaluation=EvaluationTimings(**_scaled(raw["evaluation"])),
        identity=IdentityTimings(**_scaled(raw["identity"])),
        authorization=AuthorizationTimings(**_scaled(raw["authorization"])),
        clock_grace=raw["clock"]["grace_s"] * SECOND,
        give_up=MappingProxyType({Failure[k]: v * SECOND for k, v in raw["give_up"].items()}),
    )


def _scaled(table: Mapping[str, Any]) -> dict[str, Any]:
    scaled: dict[str, Any] = {}
    for key, value in table.items():
        name, _, unit = key.rpartition("_")
        scale = {"s": SECOND, "days": DAY}[unit]
        many = isinstance(value, list)
        scaled[name] = tuple(each * scale for each in value) if many else value * scale
    return scaled


LEGACY = parse(files("agent.engine.legacy").joinpath("timings.toml").read_text("utf-8"))
