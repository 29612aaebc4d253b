"""`show license history message` and `show license data conversion`.

Facts: docs/sources.md, entries history-form, conversion-facts.
"""

from __future__ import annotations

from agent.cli.views.layout import Layout
from agent.cli.views.licence_all import conversion_with_status
from agent.cli.views.licence_status import Lines
from agent.cli.views.licensing import Calendar, LicensingView
from agent.engine.state import Exchange, ImportKind, PastImport, PastMessage

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
        lines.append(f"{exchange.value}:")
        rows = past.messages.get(exchange.value, ())
        lines += [line for row in rows for line in _message(row, calendar)] or ["  No past history"]
    lines += ["", "Import Message History (oldest to newest):", _RULE]
    for kind in ImportKind:
        imports = past.imports.get(kind.value, ())
        lines.append(f"Import {kind.value}:")
        lines += [_import(row, calendar) for row in imports] or ["  No past Import history"]
        lines.append("")
    return "\n".join(lines)


def _message(row: PastMessage, calendar: Calendar) -> Lines:
    """# assumed: how an entry looks is not known; these are the words of tech support"""
    return [
        f"  Request: {calendar.date(row.sent)}",
        f"    Nonce: {row.nonce}",
        f"  Response: {row.response} on {calendar.date(row.answered)}",
        f"    Failure Reason: {row.reason}",
    ]


def _import(row: PastImport, calendar: Calendar) -> str:
    """# assumed: as above"""
    if not row.code:
        return f"  Imported on {calendar.date(row.imported)}"
    return f"  Failed on {calendar.date(row.imported)}: {row.reason} ({row.code})"


def conversion(view: LicensingView, layout: Layout) -> str:
    """The text of `show license data conversion`.

    # assumed: no output is known; it shows the block that `show license all` has from 17.13 on
    """
    lines = conversion_with_status(view, layout) or [
        "License Conversion:",
        f"  Automatic Conversion Enabled: {view.automatic_conversion}",
    ]
    return "\n".join([*lines, ""])
