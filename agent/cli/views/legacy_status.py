"""`show license ...` of IOS XE before SLP: status, summary, usage, all, udi, tech support.

Facts: docs/sources.md, entry legacy-layouts; lines that no capture has are recalled.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.cli.views.legacy_view import LegacyRow, LegacyView
from agent.core.dates import remaining
from agent.engine.legacy.clock import span
from agent.engine.legacy.state import (
    AUTHORIZED,
    AUTHORIZED_RESERVED,
    EVAL_EXPIRED,
    EVAL_MODE,
    NOTHING_IN_USE,
    OUT_OF_COMPLIANCE,
    REGISTERED,
    REGISTERING,
    RESERVED,
    Attempt,
)
from agent.protocol.smart_licensing import Compliance

Lines = list[str]
Block = Callable[[LegacyView], Lines]
ENABLED = "Smart Licensing is ENABLED"
# source: legacy-layouts (a blank stands behind the colon, also in captures)
_AUTHORIZATION = "License Authorization: "


def status(view: LegacyView) -> str:
    """The text of `show license status`."""
    blocks = ([ENABLED], _utility, _privacy, _transport, _registration, _authorization, _export_key)
    lines: Lines = []
    for block in blocks:
        lines += [*(block(view) if callable(block) else block), ""]
    if view.tells_custom_id:
        lines += ["Miscellaneous:", f"  Custom Id: {view.config.custom_id or '<empty>'}", ""]
    return "\n".join(lines)


def summary(view: LegacyView) -> str:
    """The text of `show license summary`."""
    head = [ENABLED, "", *_registration_short(view), "", *_authorization_short(view), ""]
    rows = [_summary_row(view, row) for row in view.rows] or ["  No licenses in use"]
    return "\n".join([*head, *_TABLE, *rows, ""])


def usage(view: LegacyView) -> str:
    """The text of `show license usage`."""
    return "\n".join([_AUTHORIZATION, _since(view), "", *_blocks(view)])


def all_of_it(view: LegacyView) -> str:
    """The text of `show license all`: other blocks, in another order, under titles."""
    lines = [*_title("Smart Licensing Status", 22), "", ENABLED, ""]
    blocks = (_registration, _authorization, _export_key, _utility, _privacy, _transport)
    for block in blocks:
        lines += [*block(view), ""]
    lines += [*_title("License Usage", 14), "", *_blocks(view)]
    lines += [*_title("Product Information", 19), *_udi(view), ""]
    lines += [*_title("Agent Version", 13), f"Smart Agent for Licensing: {view.agent_version}", ""]
    return "\n".join([*lines, "Reservation Info", "================ ", *_reservation(view), ""])


def udi(view: LegacyView) -> str:
    """The text of `show license udi`."""
    return "\n".join([*_udi(view), *([""] if len(view.units) > 1 else [])])


def reservation(view: LegacyView) -> str:
    """The text of `show license reservation`."""
    return "\n".join([*_reservation(view), ""])


def tech_support(view: LegacyView) -> str:
    """The text of `show license tech support`. # assumed: the shape of a job's line, as later"""
    legacy, date = view.state, view.calendar.date
    jobs = [
        f"  {name}: {date(when)} ({remaining(when - view.now)})"
        for name, when in sorted(legacy.timers.items(), key=lambda item: item[1])
    ]
    lines = [
        "Smart Licensing Tech Support info",
        "",
        all_of_it(view),
        "Upcoming Scheduled Jobs",
        "=======================",
        f"Current time: {date(view.now)}",
        *(jobs or ["  <none>"]),
        "",
        "License Certificates",
        "====================",
        "Production Cert: False",
        f"PIID: {'<none>' if legacy.registration != REGISTERED else 'installed'}",
        "",
        f"Evaluation Period Remaining: {span(view.evaluation_left)}",
    ]
    return "\n".join([*lines, ""])


def _udi(view: LegacyView) -> Lines:
    lines = [f"UDI: {view.udi}"]
    if len(view.units) > 1:
        lines += ["", "HA UDI List:", *(f"    {role}:{unit}" for role, unit in view.units)]
    return lines


# --- blocks -----------------------------------------------------------------------------------


def _title(text: str, width: int) -> Lines:
    return [text, "=" * width]


def _utility(view: LegacyView) -> Lines:
    return ["Utility:", "  Status: DISABLED"]


def _privacy(view: LegacyView) -> Lines:
    def word(on: bool) -> str:
        return "ENABLED" if on else "DISABLED"

    hidden = view.config.hostname_privacy
    return [
        "Data Privacy:",
        f"  Sending Hostname: {'no' if hidden else 'yes'}",
        "    Callhome hostname privacy: DISABLED",
        f"    Smart Licensing hostname privacy: {word(hidden)}",
        f"  Version privacy: {word(view.config.version_privacy)}",
    ]


def _transport(view: LegacyView) -> Lines:
    lines = ["Transport:", f"  Type: {view.transport}"]
    if view.transport == "Smart":
        lines.append(f"  URL: {view.config.url_smart or 'Not Set'}")  # assumed: recalled
    return lines


def _owner(view: LegacyView) -> Lines:
    if view.state.registration != REGISTERED:
        return []
    return [
        f"  Smart Account: {view.smart_account}",
        f"  Virtual Account: {view.virtual_account}",
    ]


def _export(view: LegacyView) -> str:
    allowed = "ALLOWED" if view.state.export_allowed else "NOT ALLOWED"
    return f"  Export-Controlled Functionality: {allowed}"


def _registration(view: LegacyView) -> Lines:
    legacy, date = view.state, view.calendar.date
    lines = ["Registration:", f"  Status: {_registered(view)}", *_owner(view), _export(view)]
    if legacy.registration == RESERVED:
        return [
            *lines,
            f"  Initial Registration: SUCCEEDED on {date(legacy.reservation.installed)}",
        ]
    lines += _attempt(view, "Initial Registration", legacy.initial_registration)
    if legacy.registration == REGISTERED:
        lines += _attempt(view, "Last Renewal Attempt", legacy.last_renewal) or [
            "  Last Renewal Attempt: None"
        ]
        lines.append(f"  Next Renewal Attempt: {date(legacy.next_renewal)}")
        lines.append(f"  Registration Expires: {date(legacy.registration_expires)}")
    elif legacy.registration == REGISTERING and "Register" in legacy.timers:
        lines.append(f"  Next Registration Attempt: {date(legacy.timers['Register'])}")
    return lines


def _attempt(view: LegacyView, label: str, attempt: Attempt | None) -> Lines:
    if attempt is None:
        return []
    when = view.calendar.date(attempt.time)
    if attempt.succeeded:
        return [f"  {label}: SUCCEEDED on {when}"]
    return [f"  {label}: FAILED on {when}", f"    Failure reason: {attempt.failure}"]


def _since(view: LegacyView) -> str:
    legacy = view.state
    word = legacy.authorization
    if word in (EVAL_MODE, NOTHING_IN_USE, EVAL_EXPIRED) or legacy.authorized_on is None:
        return f"  Status: {word}"
    return f"  Status: {word} on {view.calendar.date(_shown(view))}"


def _shown(view: LegacyView) -> int | None:
    """An authorization is as old as the last contact that confirmed it."""
    last = view.state.last_communication
    return last.time if last and last.succeeded else view.state.authorized_on


def _authorization(view: LegacyView) -> Lines:
    legacy, date = view.state, view.calendar.date
    lines = [_AUTHORIZATION, _since(view)]
    if legacy.authorization == EVAL_MODE:
        return [*lines, f"  Evaluation Period Remaining: {span(view.evaluation_left)}"]
    if legacy.authorization == EVAL_EXPIRED:
        return [*lines, f"  EVALUATION PERIOD EXPIRED on {date(legacy.evaluation.ended)}"]
    if legacy.last_communication is None:
        return lines
    return [
        *lines,
        *_attempt(view, "Last Communication Attempt", legacy.last_communication),
        f"  Next Communication Attempt: {date(legacy.next_communication)}",
        f"  Communication Deadline: {date(legacy.communication_deadline)}",
    ]


def _export_key(view: LegacyView) -> Lines:
    return ["Export Authorization Key:", "  Features Authorized:", "    <none>"]


def _registration_short(view: LegacyView) -> Lines:
    legacy = view.state
    lines = ["Registration:", f"  Status: {_registered(view)}", *_owner(view), _export(view)]
    if legacy.registration == REGISTERED:
        lines += [
            f"  Last Renewal Attempt: {_word(legacy.last_renewal)}",
            f"  Next Renewal Attempt: {view.calendar.date(legacy.next_renewal)}",
        ]
    return lines


def _authorization_short(view: LegacyView) -> Lines:
    legacy = view.state
    lines = [_AUTHORIZATION, f"  Status: {legacy.authorization}"]
    if legacy.authorization == EVAL_MODE:
        lines.append(f"  Evaluation Period Remaining: {span(view.evaluation_left)}")
    elif legacy.last_communication is not None:
        lines += [
            f"  Last Communication Attempt: {_word(legacy.last_communication)}",
            f"  Next Communication Attempt: {view.calendar.date(legacy.next_communication)}",
        ]
    return lines


def _word(attempt: Attempt | None) -> str:
    if attempt is None:
        return "None"
    return "SUCCEEDED" if attempt.succeeded else "FAILED"


def _reservation(view: LegacyView) -> Lines:
    kept = view.state.reservation
    enabled = view.config.reservation or kept.installed is not None
    if not enabled:
        return ["License reservation: DISABLED"]
    return [
        "License reservation: ENABLED",
        "",
        "Overall status:",
        f"  Active: {view.udi}",
        f"      Reservation status: {_reserved(view)}",
        *([f"      Request code: {kept.request_code}"] if kept.request_code else []),
        *([f"      Last return code: {kept.return_code}"] if kept.return_code else []),
        *(
            [f"      Last Confirmation code: {kept.confirmation_code}"]
            if kept.confirmation_code
            else []
        ),
    ]


def _reserved(view: LegacyView) -> str:
    kept = view.state.reservation
    if kept.installed is not None:
        when = view.calendar.date(kept.installed)
        return f"{kept.kind} INSTALLED on {when}"
    return "RESERVATION IN PROGRESS" if kept.request_code else "NOT INSTALLED"


def _registered(view: LegacyView) -> str:
    """The state, or what kind of reservation stands for a registration."""
    word = view.state.registration
    kind = view.state.reservation.kind
    return word.replace("SPECIFIC", kind) if word == RESERVED else word


# --- licences ---------------------------------------------------------------------------------

_TABLE = [
    "License Usage:",
    "  License                 Entitlement tag               Count Status",
    "  " + "-" * 77,
]


def _licence_status(view: LegacyView, row: LegacyRow) -> str:
    """Without a server the evaluation's word holds for every licence."""
    if view.state.authorization in (EVAL_MODE, EVAL_EXPIRED):
        return view.state.authorization
    if view.state.registration == RESERVED:
        covered = row.compliance == Compliance.IN_COMPLIANCE.value
        return AUTHORIZED_RESERVED if covered else "NOT AUTHORIZED"
    if row.compliance == Compliance.OUT_OF_COMPLIANCE.value:
        return OUT_OF_COMPLIANCE
    if not row.count:
        return "NOT IN USE"
    # assumed: what is covered is called so beside what is not
    word = view.state.authorization
    return AUTHORIZED if word == OUT_OF_COMPLIANCE else word


def _summary_row(view: LegacyView, row: LegacyRow) -> str:
    name = f"{row.description[:20]}..." if len(row.description) > 23 else row.description
    tag = f"{row.display[:22]}..." if len(row.display) > 25 else row.display
    return f"  {name:<24}{f'({tag})':<30}{row.count:5d} {_licence_status(view, row)}"


def _blocks(view: LegacyView) -> Lines:
    if not view.rows:
        return ["No licenses in use", ""]
    return [line for row in view.rows for line in _block(view, row)]


def _block(view: LegacyView, row: LegacyRow) -> Lines:
    return [
        f"{row.description} ({row.display}):",
        f"  Description: {row.description}",
        f"  Count: {row.count}",
        "  Version: 1.0",
        f"  Status: {_licence_status(view, row)}",
        f"  Export status: {row.export}",
        "",
    ]
