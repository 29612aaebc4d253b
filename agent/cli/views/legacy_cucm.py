"""`show license ...` of a CUCM publisher, whose Smart Agent is 1.3.4.

Facts: docs/sources.md, entry cucm-outputs. The summary says None where `all` says SUCCEEDED: each
command has its own words. The published page has lost its line ends; ours follow IOS XE's.
"""

from __future__ import annotations

from agent.cli.views.legacy_view import LegacyRow, LegacyView
from agent.core.clock import Instant
from agent.engine.legacy.clock import span
from agent.engine.legacy.state import EVAL_MODE, REGISTERED, Attempt

Lines = list[str]
_RULE = "-" * 134


def summary(view: LegacyView, uuid: str) -> str:
    """The text of `show license summary`."""
    legacy = view.state
    lines = ["Smart Licensing is ENABLED.", "", "Registration:", f"  Status: {legacy.registration}"]
    if legacy.registration == REGISTERED:
        lines += [
            *_owner(view),
            f"  Last Renewal Attempt: {_word(legacy.last_renewal)}",
            f"  Next Renewal Attempt: {_date(view, legacy.next_renewal)}",
        ]
    lines += ["", "License Authorization:", f"  Status: {legacy.authorization}"]
    if legacy.last_communication is not None:
        lines += [
            f"  Last Communication Attempt: {_word(legacy.last_communication)}",
            f"  Next Communication Attempt: {_date(view, legacy.next_communication)}",
        ]
    elif legacy.authorization == EVAL_MODE:
        lines.append(f"  Evaluation Period Remaining: {span(view.evaluation_left)}")
    table = ["", "License Usage:", _row("License", "Entitlement Tag", "Count", "Status"), _RULE]
    rows = [_row(_name(row), row.tag, str(row.count), row.compliance) for row in view.known]
    return "\n".join([*lines, *table, *rows, ""])


def udi(view: LegacyView, uuid: str) -> str:
    """The text of `show license UDI`."""
    return f"UDI: {view.udi},UUID:{uuid}"


def status(view: LegacyView, uuid: str) -> str:
    """The text of `show license status`."""
    lines = ["Smart Licensing is ENABLED", "", *_registration(view), "", *_authorization(view)]
    return "\n".join([*lines, "", *_evaluation(view), ""])


def usage(view: LegacyView, uuid: str) -> str:
    """The text of `show license usage`."""
    return "\n".join(_usage(view))


def all_of_it(view: LegacyView, uuid: str) -> str:
    """The text of `show license all`."""
    lines = ["Smart Licensing Status", "=" * 23, "", status(view, uuid), "License Usage", "=" * 13]
    lines += ["", *_usage(view), "Product Information", "=" * 19, udi(view, uuid), ""]
    version = f"Smart Agent for Licensing: {view.agent_version}"
    return "\n".join([*lines, "Agent Version", "=" * 13, version, ""])


def _date(view: LegacyView, when: Instant | None) -> str:
    """`Nov 9 23:46:35 2017 IST`: a day below ten has one digit."""
    text = view.calendar.date(when)
    return text[:4] + text[4:].removeprefix("0")


def _owner(view: LegacyView) -> Lines:
    return [
        f"  Smart Account: {view.smart_account}",
        f"  Virtual Account: {view.virtual_account}",
    ]


def _registration(view: LegacyView) -> Lines:
    legacy = view.state
    lines = ["Registration:", f"  Status: {legacy.registration}"]
    allowed = "Allowed" if legacy.export_allowed else "Not Allowed"
    if legacy.registration != REGISTERED:
        lines.append(f"  Export-Controlled Functionality: {allowed}")
        return [*lines, *_attempt(view, "Initial Registration", legacy.initial_registration)]
    renewal = legacy.last_renewal or legacy.initial_registration
    return [
        *lines,
        *_owner(view),
        f"  Export-Controlled Functionality: {allowed}",
        *_attempt(view, "Initial Registration", legacy.initial_registration),
        *_attempt(view, "Last Renewal Attempt", renewal),
        f"  Next Renewal Attempt: {_date(view, legacy.next_renewal)}",
        f"  Registration Expires: {_date(view, legacy.registration_expires)}",
    ]


def _authorization(view: LegacyView) -> Lines:
    legacy = view.state
    lines = ["License Authorization:", f"  Status: {legacy.authorization}{_on(view, 'on')}"]
    if legacy.last_communication is None:
        return lines
    return [
        *lines,
        *_attempt(view, "Last Communication Attempt", legacy.last_communication),
        f"  Next Communication Attempt: {_date(view, legacy.next_communication)}",
        f"  Communication Deadline: {_date(view, legacy.communication_deadline)}",
    ]


def _on(view: LegacyView, word: str) -> str:
    last = view.state.last_communication
    return f" {word} {_date(view, last.time)}" if last and last.succeeded else ""


def _evaluation(view: LegacyView) -> Lines:
    evaluation = view.state.evaluation
    mode = "In Use" if evaluation.since is not None else "Not In Use"
    lines = ["Evaluation Period:", f"  Evaluation Mode: {mode}"]
    if evaluation.ended is not None:
        return [*lines, f"  EVALUATION PERIOD EXPIRED on {_date(view, evaluation.ended)}"]
    return [*lines, f"  Evaluation Period Remaining: {span(view.evaluation_left)}"]


def _usage(view: LegacyView) -> Lines:
    on = _on(view, "as of")
    lines = ["License Authorization Status:", f"  {view.state.authorization}{on}", ""]
    return [*lines, *(line for row in view.known for line in _block(row))]


def _block(row: LegacyRow) -> Lines:
    """A licence that was never used has neither name nor description."""
    used = row.count or row.compliance != "Init"
    return [
        f"{row.display} ({row.tag})" if used else f"({row.tag})",
        f"  Description: {row.description if used else 'null'}",
        f"  Count: {row.count}",
        "  Version: 12.0",
        f"  Status: {row.compliance}",
        "",
    ]


def _name(row: LegacyRow) -> str:
    """What stands before the tag: nothing, or the end of the tag once it is used."""
    return row.tag.rpartition("_")[2] if row.count else ""


def _row(*cells: str) -> str:
    name, tag, count, status = cells
    return f"{name:<36}{tag:<86} {count:<6}{status}"


def _attempt(view: LegacyView, label: str, attempt: Attempt | None) -> Lines:
    if attempt is None:
        return []
    when = _date(view, attempt.time)
    if attempt.succeeded:
        return [f"  {label}: SUCCEEDED on {when}"]
    return [f"  {label}: FAILED on {when}", f"    Failure Reason: {attempt.failure}"]


def _word(attempt: Attempt | None) -> str:
    if attempt is None:
        return "None"
    return "SUCCEEDED" if attempt.succeeded else "FAILED"
