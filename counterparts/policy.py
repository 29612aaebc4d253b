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


def policy_named(name: str) -> PolicyData:
    """A policy of policies.toml. Raises InputError for another name."""
    try:
        return known_policies()[name]
    except KeyError:
        raise InputError(
            f"policy {name!r} is not known", allowed=", ".join(known_policies())
        ) from None


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
