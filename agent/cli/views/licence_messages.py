"""`show license history message` and `show license data conversion`.

Facts: docs/sources.md, entries history-form, conversion-facts.
"""

from __future__ import annotations

from agent.cli.views.layout import Layout
from agent.cli.views.licence_all import conversion_with_status
from agent.cli.views.licence_status import Lines
from agent.cli.views.licensing import Calendar, LicensingView
from agent.engine.records import Exchange, ImportKind, PastImport, PastMessage

_RULE = "=" * 52
_EXCHANGES = (
    Exchange.TRUST_ESTABLISHMENT,
    Exchange.USAGE_REPORTING,
    Exchange.RESULT_POLLING,
    Exchange.AUTHORIZATION_REQUEST,
    Exchange.AUTHORIZATION_RETURN,
    Exchange.TRUST_SYNC,
)


def history(view: LicensingView, layout: Layout) -> str:
    """The text of `show license history message`; it begins with an empty line."""
    past, calendar = view.history, view.calendar
    lines: Lines = ["", "Message History (oldest to newest):", _RULE]
    for exchange in _EXCHANGES:
        rows = enumerate(past.messages.get(exchange.value, ()), 1)
        lines.append(f"{exchange.value}:")
        lines += [line for n, row in rows for line in _message(n, row, calendar)] or _NO_MESSAGE
    lines += ["", "Import Message History (oldest to newest):", _RULE]
    for kind in ImportKind:
        imports = enumerate(past.imports.get(kind.value, ()), 1)
        lines.append(f"Import {kind.value}:")
        lines += [line for n, row in imports for line in _import(n, row, calendar)] or _NO_IMPORT
        lines.append("")
    return "\n".join(lines)


_NO_MESSAGE = ["  No past history"]
_NO_IMPORT = ["  No past Import history"]


def _message(number: int, row: PastMessage, calendar: Calendar) -> Lines:
    """# assumed: how an entry looks is not known; Genie wants a line of plain words"""
    return [
        f"  {number} {row.response}",
        f"    Request: {calendar.date(row.sent)}",
        f"    Nonce: {row.nonce}",
        f"    Response: {calendar.date(row.answered)}",
        f"    Failure Reason: {row.reason}",
    ]


def _import(number: int, row: PastImport, calendar: Calendar) -> Lines:
    """# assumed: as above"""
    lines = [
        f"  {number} {'Failed' if row.code else 'Imported'}",
        f"    Time: {calendar.date(row.imported)}",
    ]
    return [*lines, f"    Failure Reason: {row.reason} ({row.code})"] if row.code else lines


def conversion(view: LicensingView, layout: Layout) -> str:
    """The text of `show license data conversion`.

    # assumed: no output is known; it shows the block that `show license all` has from 17.13 on
    """
    lines = conversion_with_status(view, layout) or [
        "License Conversion:",
        f"  Automatic Conversion Enabled: {view.automatic_conversion}",
    ]
    return "\n".join([*lines, ""])
