"""The policies a CSSM can hand out, read from policies.toml, and the one in force.

A device takes a policy whose version rose or whose datestamp is newer, so putting another policy
in force gives it the next version and the day of the change.
Sources: docs/sources.md, entries server-policies and policy-groups.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.protocol.messages import LicenseClass, PolicyData, RuleCells

DEFAULT_POLICY = "Lab Policy"


MOST_DAYS = 3650


def policy_named(name: str, own: Mapping[str, PolicyData] | None = None) -> PolicyData:
    """A policy of policies.toml or of the account's own. Raises InputError for another name."""
    known = {**known_policies(), **(own or {})}
    if name not in known:
        raise InputError(f"policy {name!r} is not known", allowed=", ".join(known))
    return known[name]


def custom(name: str, cells: Mapping[str, str], *, ack_required: bool) -> PolicyData:
    """A policy of the account's own. `cells` are three numbers of days by class, `30/60/60` for
    first report, frequency and on change; `-` leaves one to the device. Raises InputError."""
    if not name.strip() or name in known_policies():
        raise InputError(f"a policy cannot be named {name!r}", allowed="a name of its own")
    classes = {group.value: group for group in LicenseClass}
    rows = {}
    for word, text in cells.items():
        days = [None if part == "-" else int(part) for part in text.split("/") if _is_days(part)]
        if word not in classes or len(days) != 3 or text.count("/") != 2:
            allowed = (
                f"{', '.join(classes)}, each =FIRST/FREQUENCY/CHANGE in days up to {MOST_DAYS}"
            )
            raise InputError(f"{word}={text} says no policy", allowed=allowed)
        rows[classes[word]] = RuleCells(*days)
    return PolicyData(name, 1, "2021-01-01T00:00:00", ack_required, MappingProxyType(rows))


def _is_days(part: str) -> bool:
    return part == "-" or (part.isascii() and part.isdecimal() and int(part) <= MOST_DAYS)


def put_in_force(policy: PolicyData, previous: PolicyData, now: Instant) -> PolicyData:
    """`policy` as the successor of `previous`, so that devices accept the change."""
    stamp = datetime.fromtimestamp(now // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return replace(policy, version=previous.version + 1, datestamp=stamp)


@cache
def known_policies() -> Mapping[str, PolicyData]:
    """All policies by name, in the order of the file."""
    text = files("counterparts").joinpath("policies.toml").read_text("utf-8")
    return MappingProxyType({row["name"]: _policy(row) for row in tomllib.loads(text)["policy"]})


def _policy(row: dict[str, Any]) -> PolicyData:
    return PolicyData(
        name=row["name"],
        version=row["version"],
        datestamp=row["datestamp"],
        ack_required=row["ack_required"],
        classes=MappingProxyType(
            {group: RuleCells(**row[group.value]) for group in LicenseClass if group.value in row}
        ),
    )
