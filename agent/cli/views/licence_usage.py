"""`show license usage` and `show license summary`: the licences in use, as blocks and as a table.

Facts: docs/sources.md, entry show-layouts.
"""

from __future__ import annotations

from agent.cli.views.layout import Layout
from agent.cli.views.licence_status import Lines, account
from agent.cli.views.licensing import LicenceRow, LicensingView
from agent.engine.application_ha import ApplicationHa

NONE_IN_USE = "  No licenses in use"
_HEAD = [
    "License Usage:",
    "  License                 Entitlement Tag               Count Status",
    "  " + "-" * 77,
]


def summary(view: LicensingView, layout: Layout) -> str:
    """The text of `show license summary`; an empty line ends it."""
    head = account(view, layout)
    rows = [_summary_row(row) for row in view.licences] or [NONE_IN_USE]
    return "\n".join([*head, *([""] if head else []), *_HEAD, *rows, ""])


def usage(view: LicensingView, layout: Layout) -> str:
    """The text of `show license usage`; an empty line ends each block."""
    lines: Lines = []
    if layout.has("usage_authorization") or layout.has("usage_authorization_wlc"):
        lines += ["License Authorization:", "  Status: Not Applicable", ""]
    return "\n".join(lines + blocks(view))


def blocks(view: LicensingView) -> Lines:
    """One block for each licence, each followed by an empty line."""
    if not view.licences:
        return ["No licenses in use", ""]  # assumed: as the table of the summary says it
    return [line for row in view.licences for line in _usage_block(row)]


def _summary_row(row: LicenceRow) -> str:
    # source: show-layouts (names cut at 23 to 20 + "...", tags at 25 to 22 + "...")
    name = f"{row.name[:20]}..." if len(row.name) > 23 else row.name
    tag = f"{row.display[:22]}..." if len(row.display) > 25 else row.display
    return f"  {name:<24}{f'({tag})':<30}{row.count:5d} {row.status}"


def _application(ha: ApplicationHa) -> Lines:
    """# source: application-ha"""
    lines = [
        "  Application HA Info:",
        f"    Application Name: {ha.name}",
        f"    Application Id: {ha.number}",
        f"    Application Role: {ha.role}",
    ]
    if ha.peer is None:
        return lines
    return [
        *lines,
        "    Peer Info:",
        f"      Application Name: {ha.name}",
        f"      Application Id: {ha.number}",
        f"      Application Role: {ha.peer.role}",
        f"      Hostname: {ha.peer.hostname}",
        f"      PIID: {ha.peer.product_instance_identifier}",
        f"      UDI: {ha.peer.udi.short}",
        "      Smart Account Name: 'nullPtr'",
        "      Virtual Account Name: 'nullPtr'",
    ]


def _usage_block(row: LicenceRow) -> Lines:
    """# source: held-codes (what nothing asks for has neither version nor feature)"""
    version, feature = ("1.0", row.name) if row.named else ("", "")
    return [
        f"{row.name} ({row.display}):",
        f"  Description: {row.description}",
        f"  Count: {row.count}",
        f"  Version: {version}",
        f"  Status: {row.status}",
        f"  Export status: {row.export}",
        f"  Feature Name: {feature}",
        f"  Feature Description: {row.description if row.named else ''}",
        f"  Enforcement type: {row.enforcement}",
        f"  License type: {row.license_type}",
        *(_application(row.application) if row.application else ()),
        "",
    ]
