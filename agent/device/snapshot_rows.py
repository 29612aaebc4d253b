"""An agent's state as a snapshot carries it: what stands at its default is left out.

Reports are most of a state, so each is a row of values without names, and its licence is the
number of its handle. Reading takes such rows and the ones with names that older snapshots have.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import msgspec

from agent.engine.records import ExchangeStatistics, RumReport
from agent.engine.state import AgentState

_KEPT = frozenset({"pending"})  # a snapshot says of each of them which request it is
_FIELDS = tuple(f.name for f in dataclasses.fields(RumReport))
_TAG, _FEATURE = _FIELDS.index("entitlement_tag"), _FIELDS.index("feature")


def lean(state: AgentState) -> dict[str, Any]:
    """The state as plain values, ready to be written as JSON."""
    whole: dict[str, Any] = msgspec.to_builtins(state)
    handles = {use["entitlement_tag"]: use for use in whole["usage"].values()}
    whole["reports"] = [_row(report, handles) for report in whole["reports"].values()]
    whole["statistics"] = {
        name: _without(row, _defaults(ExchangeStatistics))
        for name, row in whole["statistics"].items()
    }
    known = _defaults(AgentState)
    return {n: v for n, v in whole.items() if n in _KEPT or n not in known or known[n] != v}


def reports_of(raw: list[list[Any]] | dict[str, Any], usage: dict[str, Any]) -> dict[str, Any]:
    """Reports by id, with names, from rows or from what an older snapshot holds."""
    if isinstance(raw, dict):
        return raw
    tags = {use["handle"]: use for use in usage.values()}
    found = (_named(row, tags) for row in raw)
    return {str(report["report_id"]): report for report in found}


def _row(report: dict[str, Any], uses: dict[str, Any]) -> list[Any]:
    """The values in the order of their fields, without those at the end that are defaults."""
    defaults = _defaults(RumReport)
    row = [report[name] for name in _FIELDS]
    use = uses.get(report["entitlement_tag"])
    if use is not None and use["feature"] == report["feature"]:
        row[_TAG], row[_FEATURE] = use["handle"], 0
    while row and row[-1] == defaults.get(_FIELDS[len(row) - 1], row):
        row.pop()
    return row


def _named(row: list[Any], uses: dict[int, Any]) -> dict[str, Any]:
    report = dict(zip(_FIELDS, row, strict=False))
    if isinstance(report["entitlement_tag"], int):
        use = uses[report["entitlement_tag"]]
        report["entitlement_tag"], report["feature"] = use["entitlement_tag"], use["feature"]
    return report


def _without(row: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if defaults.get(name, row) != value}


@cache
def _defaults(kind: type[Any]) -> dict[str, Any]:
    """The plain values of a record's fields that have a default."""
    found: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        if field.default is not dataclasses.MISSING:
            found[field.name] = msgspec.to_builtins(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            found[field.name] = msgspec.to_builtins(field.default_factory())
    return found
