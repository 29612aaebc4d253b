"""`show license history message` and `show license data conversion`.

The agent keeps no messages it has exchanged, so the history is always the empty one; how an entry
looks is not known. Facts: docs/sources.md, entries history-form, conversion-facts.
"""

from __future__ import annotations

from agent.cli.views.layout import Layout
from agent.cli.views.licence_all import conversion as conversion_block
from agent.cli.views.licence_status import Lines
from agent.cli.views.licensing import LicensingView

_RULE = "=" * 52
_EXCHANGES = (
    "Trust Establishment",
    "Usage Reporting",
    "Result Polling",
    "Authorization Request",
    "Authorization Return",
    "Trust Sync",
)
_IMPORTS = ("POLICY", "AUTH", "TRUST CODE", "RUM ACK", "CONVERSION ACK", "ACCOUNT INFO")


def history(view: LicensingView, layout: Layout) -> str:
    """The text of `show license history message`; it begins with an empty line."""
    lines: Lines = ["", "Message History (oldest to newest):", _RULE]
    for name in _EXCHANGES:
        lines += [f"{name}:", "  No past history"]
    lines += ["", "Import Message History (oldest to newest):", _RULE]
    for name in _IMPORTS:
        lines += [f"Import {name}:", "  No past Import history", ""]
    return "\n".join(lines)


def conversion(view: LicensingView, layout: Layout) -> str:
    """The text of `show license data conversion`.

    # assumed: no output is known; it shows the block that `show license all` has from 17.13 on
    """
    lines = conversion_block(view, layout) or [
        "License Conversion:",
        f"  Automatic Conversion Enabled: {view.automatic_conversion}",
    ]
    return "\n".join([*lines, ""])
