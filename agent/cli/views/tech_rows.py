"""The rows of tech_support.toml that a release prints: jobs, Other Info, licences found.

Read once a release and shared by all devices on it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from agent.core.release import Release


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job's name, and what must be so for it to be listed; empty: always."""

    name: str
    when: str
    always: str = ""  # printed in place of any time


@cache
def job_rows(release: Release) -> tuple[JobRow, ...]:
    """The jobs a release knows, in the order printed."""
    rows = _table()["jobs"]["rows"]
    return tuple(
        JobRow(name, when, *always)
        for span, name, when, *always in rows
        if _in_force(release, span)
    )


@cache
def info_rows(release: Release) -> tuple[str, ...]:
    """The lines of `Other Info`, fields still in braces."""
    rows = _table()["other_info"]["rows"]
    return tuple(text for span, text in rows if _in_force(release, span))


@cache
def licences_found(release: Release, family: str) -> int:
    """How many licences the mapping table of a release holds on a platform family."""
    rows = _table()["licences_found"]["rows"]
    return next(
        int(count)
        for span, count, *only in rows
        if _in_force(release, span) and (not only or family in only)
    )


def _in_force(release: Release, span: str) -> bool:
    return not span or release.within(span)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("agent.cli").joinpath("tech_support.toml").read_text("utf-8"))
