"""An agent's state as a snapshot carries it: what stands at its default is left out.

Reports are much of a state, so each is a row of values without names, and its licence is the
number of its handle. Reading takes such rows and the ones with names that older snapshots have.
"""

from __future__ import annotations

import base64
import dataclasses
import zlib
from functools import cache
from typing import Any

import msgspec

from agent.engine.config import LicenseConfig
from agent.engine.eventlog import Eventlog
from agent.engine.packed import Chained, Packed
from agent.engine.past_messages import PastMessages
from agent.engine.records import (
    ExchangeStatistics,
    LicenceUse,
    LoggedEvent,
    PastMessage,
    RumReport,
    TrustCode,
)
from agent.engine.reports import Reports
from agent.engine.state import AgentState, Counters, History, UsageReporting

_LARGEST = 1 << 20  # bytes that packed rows may have
_KEPT = frozenset({"pending"})  # a snapshot says of each of them which request it is
# parts and tables of a state whose records are written without their defaults
_PARTS = {"config": LicenseConfig, "usage_reporting": UsageReporting, "counters": Counters}
_TABLES = {"usage": LicenceUse, "trust": TrustCode, "statistics": ExchangeStatistics}
_FIELDS = RumReport.__struct_fields__
_TAG, _FEATURE = _FIELDS.index("entitlement_tag"), _FIELDS.index("feature")


def lean(state: AgentState) -> dict[str, Any]:
    """The state as plain values, ready to be written as JSON."""
    whole: dict[str, Any] = msgspec.to_builtins(state)
    handles = {use["entitlement_tag"]: use for use in whole["usage"].values()}
    reports = _pressed(state.reports.done, "done", whole["reports"])
    reports = _without(reports, _defaults(Reports))
    if "kept" in reports:
        reports["kept"] = [_row(report, handles) for report in reports["kept"].values()]
    if "licences" in reports:
        reports["licences"] = [_licence(tag, name, handles) for tag, name in reports["licences"]]
    whole["reports"] = reports
    events = _pressed(state.eventlog.rows, "rows", whole["eventlog"])
    whole["eventlog"] = _without(events, _defaults(Eventlog))
    for name, kind in _PARTS.items():
        whole[name] = _without(whole[name], _defaults(kind))
    for name, kind in _TABLES.items():
        rows = whole[name].items()
        whole[name] = {key: _without(row, _defaults(kind)) for key, row in rows}
    whole["history"]["messages"] = {
        kind: [_without(msgspec.to_builtins(row), _defaults(PastMessage)) for row in rows]
        for kind, rows in state.history.messages.items()
    }
    known = _defaults(AgentState)
    return {n: v for n, v in whole.items() if n in _KEPT or n not in known or known[n] != v}


def reports_of(raw: list[list[Any]] | dict[str, Any], usage: dict[str, Any]) -> Reports:
    """The reports in this form or in one of the older ones: all as rows, or by id with names."""
    known = _defaults(Reports)
    is_new = isinstance(raw, dict) and raw.keys() <= known.keys()
    kept = raw.get("kept", ()) if is_new else raw  # type: ignore[union-attr]
    tags = {use["handle"]: use for use in usage.values()}
    named = list(kept.values()) if isinstance(kept, dict) else [_named(row, tags) for row in kept]
    found = msgspec.convert(named, list[RumReport])
    if not is_new:
        return Reports.of(found)
    rest = _read(raw, "done")  # type: ignore[arg-type]
    done = msgspec.convert(rest.get("done", {}), Packed)
    rest = {name: value for name, value in rest.items() if name not in ("kept", "done")}
    rest["licences"] = [
        (tags[one]["entitlement_tag"], tags[one]["feature"]) if isinstance(one, int) else one
        for one in rest.get("licences", ())
    ]
    reports = msgspec.convert(rest, Reports)
    reports.done.refill(done)
    reports.kept = {report.report_id: report for report in found}
    return reports


def history_of(raw: dict[str, Any]) -> History:
    """The history, whose messages are written one by one."""
    messages = msgspec.convert(raw.get("messages", {}), dict[str, list[PastMessage]])
    found = msgspec.convert({**raw, "messages": {}}, History)
    found.messages = {kind: PastMessages.of(rows) for kind, rows in messages.items()}
    return found


def eventlog_of(raw: list[Any] | dict[str, Any]) -> Eventlog:
    """The event log in this form, or event by event as in an older snapshot."""
    if isinstance(raw, dict):
        whole = {**_read(raw, "rows")}
        rows = msgspec.convert(whole.pop("rows", {}), Packed)
        log = msgspec.convert(whole, Eventlog)
        log.rows.refill(rows)
        return log
    log = Eventlog()
    for event in msgspec.convert(raw, list[LoggedEvent]):
        log.add(event.time, event.name, event.fields, len(raw))
    return log


def _pressed(rows: Chained, name: str, whole: dict[str, Any]) -> dict[str, Any]:
    """Rows as compressed text: one is much like the one before. Whole ones come out smaller."""
    if not rows.count:
        return {key: value for key, value in whole.items() if key != name}
    packed = Packed()
    packed.refill(rows)
    text = base64.b64encode(zlib.compress(packed.data, 9)).decode()
    return {**whole, name: {"zlib": text, "count": rows.count}}


def _read(raw: dict[str, Any], name: str) -> dict[str, Any]:
    """Undo `_pressed`; rows that are not compressed stay as they are."""
    rows = raw.get(name)
    if not rows:
        return {key: value for key, value in raw.items() if key != name}
    if "zlib" not in rows:
        return raw
    try:
        press = zlib.decompressobj()
        data = press.decompress(base64.b64decode(rows["zlib"], validate=True), _LARGEST)
    except (ValueError, zlib.error) as error:
        raise ValueError(f"{name}: {error}") from None
    return {**raw, name: {"data": base64.b64encode(data).decode(), "count": rows["count"]}}


def _licence(tag: str, feature: str, uses: dict[str, Any]) -> int | list[str]:
    """The number of a licence's handle, where the handle still says the same of it."""
    use = uses.get(tag, {})
    known: bool = use.get("feature") == feature
    return use["handle"] if known else [tag, feature]


def _row(report: dict[str, Any], uses: dict[str, Any]) -> list[Any]:
    """The values in the order of their fields, without those at the end that are defaults."""
    defaults = _defaults(RumReport)
    row = [report[name] for name in _FIELDS]
    licence = _licence(report["entitlement_tag"], report["feature"], uses)
    if isinstance(licence, int):
        row[_TAG], row[_FEATURE] = licence, 0
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
    if issubclass(kind, msgspec.Struct):
        last = kind.__struct_fields__[-len(kind.__struct_defaults__) :]
        return dict(zip(last, map(msgspec.to_builtins, kind.__struct_defaults__), strict=True))
    found: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        if field.default is not dataclasses.MISSING:
            found[field.name] = msgspec.to_builtins(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            found[field.name] = msgspec.to_builtins(field.default_factory())
    return found
