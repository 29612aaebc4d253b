"""The agent's timings, read from `timings.toml`: every delay and limit has its name there.

`TIMINGS.boot.base` and the like are milliseconds (a key ending in `_s` loses that ending),
days and counts keep their numbers. A missing or unknown key stops the program at import.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

from agent.core.clock import SECOND, Instant
from agent.core.errors import InputError
from agent.engine.events import Failure


@dataclass(frozen=True, slots=True)
class Boot:
    short_report: Instant
    base: Instant
    daily: Instant
    measurements: Instant
    save: Instant


@dataclass(frozen=True, slots=True)
class Push:
    first: Instant
    change: Instant
    retry: Instant
    limit: Instant
    default_interval_days: int
    process_after: Instant
    factory_reset_wait: Instant


@dataclass(frozen=True, slots=True)
class HelloTimings:
    first_gaps: tuple[Instant, ...]
    gaps: tuple[Instant, ...]
    hourly: Instant
    restart: Instant


@dataclass(frozen=True, slots=True)
class PollTimings:
    default: Instant
    retry: Instant


@dataclass(frozen=True, slots=True)
class TrustTimings:
    push: Instant
    send: Instant
    sync: Instant
    authorization: Instant
    retry: Instant
    boot_sync: Instant
    change_sync: Instant
    sync_retry: Instant
    renewal: Instant


@dataclass(frozen=True, slots=True)
class DeadlineTimings:
    reminder_days: tuple[int, ...]
    overdue: Instant


@dataclass(frozen=True, slots=True)
class Jobs:
    measurement: Instant
    save: Instant
    day: Instant
    endpoint: Instant
    operational_model: Instant


@dataclass(frozen=True, slots=True)
class Limits:
    stored_reports: int
    unhealthy_reports: int
    index_rows: int
    report_lines: int
    eventlog: int
    history: int


@dataclass(frozen=True, slots=True)
class Timings:
    boot: Boot
    push: Push
    hello: HelloTimings
    poll: PollTimings
    trust: TrustTimings
    deadline: DeadlineTimings
    jobs: Jobs
    limits: Limits
    give_up: Mapping[Failure, Instant]


T = TypeVar("T")


def parse(text: str) -> Timings:
    """Read the file's text. Raises InputError naming the table and key that is wrong."""
    raw: dict[str, Any] = tomllib.loads(text)
    return Timings(
        boot=_table(Boot, raw, "boot"),
        push=_table(Push, raw, "push"),
        hello=_table(HelloTimings, raw, "hello"),
        poll=_table(PollTimings, raw, "poll"),
        trust=_table(TrustTimings, raw, "trust"),
        deadline=_table(DeadlineTimings, raw, "deadline"),
        jobs=_table(Jobs, raw, "jobs"),
        limits=_table(Limits, raw, "limits"),
        give_up=_give_up(raw.get("give_up", {})),
    )


def _table(kind: type[T], raw: dict[str, Any], name: str) -> T:
    wanted = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    found = {key.removesuffix("_s"): _value(key, value) for key, value in raw[name].items()}
    if wrong := wanted ^ set(found):
        raise InputError(
            f"[{name}] lacks or does not know {', '.join(sorted(wrong))}",
            where="timings.toml",
            allowed=", ".join(sorted(wanted)),
        )
    return kind(**found)


def _value(key: str, value: int | list[int]) -> int | tuple[int, ...]:
    scale = SECOND if key.endswith("_s") else 1
    if isinstance(value, list):
        return tuple(item * scale for item in value)
    return value * scale


def _give_up(raw: dict[str, int]) -> Mapping[Failure, Instant]:
    try:
        return MappingProxyType({Failure[name]: s * SECOND for name, s in raw.items()})
    except KeyError as unknown:
        raise InputError(
            f"[give_up] does not know {unknown}",
            where="timings.toml",
            allowed=", ".join(failure.name for failure in Failure),
        ) from None


TIMINGS = parse(files("agent.engine").joinpath("timings.toml").read_text("utf-8"))
