"""Releases as comparable values, and the differences between them as rows.

`releases.toml` lists the releases a device can run, with their agent versions, and the rules:
each rule is a list of spans such as `17.6.4..17.6` (from 17.6.4, within train 17.6) or
`17.9.1..` (from there on). A question such as "is the one-report-a-day rule in force?" is
`release.has("daily_report_limit")` and nothing else.
"""

from __future__ import annotations

import re
import tomllib
from collections import ChainMap
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from agent.core.errors import InputError

_FORM = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?([a-z]?)")


class Release(msgspec.Struct, frozen=True, order=True, cache_hash=True, gc=False):
    """An IOS XE release, such as 17.3.2a."""

    major: int
    minor: int
    rebuild: int
    letter: str = ""

    @classmethod
    def parse(cls, text: str) -> Release:
        """Read `17.12.4`, `17.12.04` or `17.3.2a`. Raises InputError on anything else."""
        found = _FORM.fullmatch(text.strip())
        if not found:
            raise InputError(f"{text!r} is not a release", allowed="a form such as 17.12.4")
        major, minor, rebuild, letter = found.groups()
        return cls(int(major), int(minor), int(rebuild or 0), letter)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.rebuild}{self.letter}"

    @property
    def train(self) -> str:
        """`17.12`, the head of `version 17.12` in a configuration."""
        return f"{self.major}.{self.minor}"

    @property
    def padded(self) -> str:
        """`17.12.04`, as `show version` and RUM reports print it."""
        return _padded(self)

    def within(self, span: str) -> bool:
        """Is this release in a span `from..to`? Either end may be empty; `to` may be a train."""
        low, dots, high = span.partition("..")
        if not dots:
            raise InputError(f"{span!r} is not a span of releases", allowed="from..to")
        if low and self < Release.parse(low):
            return False
        if not high:
            return True
        end = Release.parse(high)
        if high.count(".") == 1:
            return (self.major, self.minor) <= (end.major, end.minor)
        return self <= end

    def has(self, rule: str) -> bool:
        """Is a rule of releases.toml in force on this release? KeyError on an unknown rule."""
        return _has(self, rule)

    def number(self, name: str) -> int:
        """A number of releases.toml on this release. KeyError on an unknown name."""
        return _number(self, name)

    @property
    def agent_version(self) -> str:
        """`5.8.8_rel/14`: the Smart Agent this release carries."""
        return _agent_version(self)

    @property
    def is_legacy(self) -> bool:
        """Is this a release before Smart Licensing Using Policy?"""
        return str(self) in _table()["legacy"]

    @property
    def row(self) -> dict[str, Any]:
        """This release's row of releases.toml. Raises InputError for a release not listed there."""
        try:
            rows = ChainMap(*(_table()[kind] for kind in ("release", "legacy", "development")))
            row: dict[str, Any] = rows[str(self)]
        except KeyError:
            raise InputError(
                f"release {self} is not known", allowed=", ".join(known_releases())
            ) from None
        return row


@cache
def _padded(release: Release) -> str:
    return f"{release.major}.{release.minor:02d}.{release.rebuild:02d}{release.letter}"


@cache
def _agent_version(release: Release) -> str:
    return str(release.row["agent"])


@cache
def _has(release: Release, rule: str) -> bool:
    return any(release.within(span) for span in _table()["rules"][rule]["spans"])


@cache
def _number(release: Release, name: str) -> int:
    rows = _table()["numbers"][name]["rows"]
    return next(int(number) for span, number in rows if release.within(span))


def known_releases() -> tuple[str, ...]:
    """The releases of releases.toml with SLP, oldest first."""
    return _sorted("release")


def legacy_releases() -> tuple[str, ...]:
    """The releases of releases.toml before SLP, oldest first."""
    return _sorted("legacy")


def released_with(agent: str) -> Release | None:
    """The release that carries a Smart Agent (`5.8.3_rel/7`), development images included.

    Of agents that no row has it is the one that carries the next older of its line (5.8), else the
    next newer, else the last of an older line; None where the agent is of no known generation.
    """
    wanted = _numbers(agent)
    if not wanted:
        return None
    rows = {**_table()["release"], **_table()["development"]}
    carried = sorted((_numbers(row["agent"]), Release.parse(name)) for name, row in rows.items())
    line = [(numbers, release) for numbers, release in carried if numbers[:2] == wanted[:2]]
    older = [numbers for numbers, _ in line if numbers <= wanted]
    if older:
        return next(release for numbers, release in line if numbers == max(older))
    if line:
        return line[0][1]
    before = [release for numbers, release in carried if numbers < wanted]
    known = {numbers[0] for numbers, _ in carried}
    return before[-1] if before and wanted[0] in known else None


def _numbers(agent: str) -> tuple[int, ...]:
    """`5.8.3_rel/7` as (5, 8, 3)."""
    found = re.match(r"\d+(?:\.\d+)*", agent)
    return tuple(map(int, found[0].split("."))) if found else ()


def _sorted(table: str) -> tuple[str, ...]:
    return tuple(sorted(_table()[table], key=Release.parse))


@cache
def _table() -> dict[str, Any]:
    text = files("agent.core").joinpath("releases.toml").read_text("utf-8")
    return tomllib.loads(text)
