"""`show license all` and the commands that print parts of it: udi, authorization, reservation.

Facts: docs/sources.md, entry show-layouts. Titles with `=` below follow the sample outputs.
"""

from __future__ import annotations

from agent.cli.views import licence_status as part
from agent.cli.views.layout import Layout
from agent.cli.views.licence_status import Block, Lines
from agent.cli.views.licence_usage import blocks
from agent.cli.views.licensing import AuthorizedRow, Calendar, LicensingView, Node
from agent.engine.records import AuthorizationCode


def all_of_it(view: LicensingView, layout: Layout) -> str:
    """The text of `show license all`."""
    lines: Lines = []
    for block in _ALL:
        printed = block(view, layout)
        if printed:
            lines += [*printed, ""]
    return "\n".join(lines[:-1] + _tail(view, layout))


def udi(view: LicensingView, layout: Layout) -> str:
    """The text of `show license udi`; behind a list of units follows an empty line."""
    return "\n".join([*_udi_lines(view), *([""] if len(view.nodes) > 1 else [])])


def authorization(view: LicensingView, layout: Layout) -> str:
    """The text of `show license authorization`; an empty line ends it."""
    head = [*_FILES, ""] if layout.has("authorization_files") else []
    rows = [
        "Authorizations:",
        *(line for row in view.authorized for line in _authorized(row, view)),
    ]
    body = [*rows, ""] if view.authorized else []
    tail = derived(view, layout)
    rest = [*purchased(view, layout), "", *([*tail, ""] if tail else [])]
    return "\n".join([*head, *_overall(view, layout), "", *body, *rest])


def reservation(view: LicensingView, layout: Layout) -> str:
    """The text of `show license reservation`."""
    indent = node_indent(layout)
    lines = [*reservation_mode(view, layout), "", "Overall status:"]
    for node in view.nodes:
        lines.append(f"  {node.role}: {node.udi}")
        code = node.authorization
        lines.append(f"{indent}Reservation status: {reservation_status(node, view)}")
        if code is not None and code.is_reservation and code.confirmation_code:
            lines.append(f"{indent}Last Confirmation code: {code.confirmation_code}")
    return "\n".join([*lines, "", *specified(view), ""])


def reservation_status(node: Node, view: LicensingView) -> str:
    """Is a reservation from before SLP installed on this unit, and since when?"""
    return _term(node, view) if _is_reserved(node) else "NOT INSTALLED"


def specified(view: LicensingView) -> Lines:
    """What a reservation from before SLP holds. # source: reservation-form (indents recalled)"""
    lines = ["Specified license reservations:"]
    for row in view.authorized:
        terms = [(n, kind, count) for n, kind, count in row.terms if _is_reserved(n)]
        if not terms:
            continue
        lines += [
            f"  {row.name} ({row.display}):",
            f"    Description: {row.description}",
            f"    Total reserved count: {sum(count for _, _, count in terms)}",
            f"    Enforcement type: {row.enforcement}",
            "    Term information:",
        ]
        for node, kind, count in terms:
            lines += [
                f"      {node.role}: {node.udi}",
                f"        Authorization type: {_term(node, view)}",
                f"        License type: {kind}",
                f"          Term Count: {count}",
            ]
    return lines


_FILES = ("Last Data Push: <none>", "Last File Export: <none>")


def reservation_mode(view: LicensingView, layout: Layout) -> Lines:
    """The first lines of what is said about reservations."""
    mode = "ENABLED" if view.config.reservation else "DISABLED"
    files = _FILES if layout.has("authorization_files") else ()
    return [f"License reservation: {mode}", *files]


def head(view: LicensingView, layout: Layout) -> Lines:
    return [
        "Smart Licensing Status",
        "======================",
        "",
        "Smart Licensing is ENABLED",
    ]


def conversion(view: LicensingView, layout: Layout) -> Lines:
    if not layout.has("license_conversion"):
        return []
    lines = ["License Conversion:", f"  Automatic Conversion Enabled: {view.automatic_conversion}"]
    if layout.has("conversion_files"):
        date, done = view.calendar.date, view.conversion
        lines += [
            f"  Last Data Push: {date(done.pushed)}",
            f"  Last File Export: {date(done.exported)}",
        ]
    return lines


def conversion_with_status(view: LicensingView, layout: Layout) -> Lines:
    """The block as `show license all` has it; tech support leaves its status out."""
    lines = conversion(view, layout)
    if layout.has("conversion_status"):
        lines.insert(2, f"  Status: {view.conversion.status.word}")
    return lines


def export_key(view: LicensingView, layout: Layout) -> Lines:
    return ["Export Authorization Key:", "  Features Authorized:", "    <none>"]


def using_policy(view: LicensingView, layout: Layout) -> Lines:
    mode = ["  Reporting Mode: STANDARD"] if layout.has("reporting_mode") else []
    return part.using_policy(view, layout) + mode


def _usage(view: LicensingView, layout: Layout) -> Lines:
    return ["License Usage", "=============", "", *blocks(view)[:-1]]


def product(view: LicensingView, layout: Layout) -> Lines:
    return ["Product Information", "===================", *_udi_lines(view)]


def _udi_lines(view: LicensingView) -> Lines:
    lines = [f"UDI: {view.nodes[0].udi}"]
    if len(view.nodes) > 1:
        lines += ["", "HA UDI List:", *(f"    {n.role}:{n.udi}" for n in view.nodes)]
    return lines


def agent_version(view: LicensingView, layout: Layout) -> Lines:
    return ["Agent Version", "=============", f"Smart Agent for Licensing: {view.agent_version}"]


def _authorizations(view: LicensingView, layout: Layout) -> Lines:
    lines = ["License Authorizations", "======================"]
    if layout.has("authorization_files"):
        lines += [*_FILES, ""]
    return lines + _overall(view, layout)


def _overall(view: LicensingView, layout: Layout) -> Lines:
    lines, indent = ["Overall status:"], node_indent(layout)
    for node in view.nodes:
        lines.append(f"  {node.role}: {node.udi}")
        lines += [f"{indent}{row}" for row in _codes(node, view.calendar)]
    return lines


def _codes(node: Node, calendar: Calendar) -> Lines:
    """A unit's authorization: its status, and the last codes that went to and fro."""
    code = node.authorization
    lines = ["Status: NOT INSTALLED"]
    if code is not None:
        lines = [f"Status: {_kind(code)} on {calendar.date(code.installed)}"]
        if code.confirmation_code:
            lines.append(f"Last Confirmation code: {code.confirmation_code}")
    if node.last_return_code:
        lines.append(f"Last return code: {node.last_return_code}")
    return lines


def _kind(code: AuthorizationCode) -> str:
    return f"{code.kind} INSTALLED"


def _date(view: LicensingView, code: AuthorizationCode) -> str:
    return view.calendar.date(code.installed)


def _is_reserved(node: Node) -> bool:
    return node.authorization is not None and node.authorization.is_reservation


def _term(node: Node, view: LicensingView) -> str:
    """A reservation's term has its date, that of a smart authorization has none."""
    code = node.authorization
    if code is None:
        return "NOT INSTALLED"
    return f"{_kind(code)} on {_date(view, code)}" if code.is_reservation else _kind(code)


def _authorized(row: AuthorizedRow, view: LicensingView) -> Lines:
    """One licence of `Authorizations:`. # source: authorization-form (labels; indents recalled)"""
    lines = [
        f"  {row.name} ({row.display}):",
        f"    Description: {row.description}",
        f"    Total available count: {row.count}",
        f"    Enforcement type: {row.enforcement}",
        "    Term information:",
    ]
    for node, kind, count in row.terms:
        lines += [
            f"      {node.role}: {node.udi}",
            f"        Authorization type: {_term(node, view)}",
            f"        License type: {kind}",
            f"          Term Count: {count}",
        ]
    return lines


def node_indent(layout: Layout) -> str:
    return " " * (4 if layout.has("authorization_indent_4") else 6)


def purchased(view: LicensingView, layout: Layout) -> Lines:
    return ["Purchased Licenses:", "  No Purchase Information Available"]


def derived(view: LicensingView, layout: Layout) -> Lines:
    """# source: derived-licences"""
    rows = [f"  Entitlement Tag: {tag}" for tag in view.derived]
    return ["Derived Licenses:", *rows] if rows else []


def _report_summary(view: LicensingView, layout: Layout) -> Lines:
    n = view.reports
    return [
        "Usage Report Summary:",
        "=====================",
        f"Total: {n.total},  Purged: {n.purged}",
        f"Total Acknowledged Received: {n.acknowledged},  Waiting for Ack: {n.waiting}",
        f"Available to Report: {n.available}  Collecting Data: {n.collecting}  ",
    ]


def _tail(view: LicensingView, layout: Layout) -> Lines:
    """What follows the report summary.

    A line of one blank leads to the telemetry block, two empty lines to the enforcement state.
    # source: show-layouts
    """
    block = part.telemetry(view, layout)
    if layout.has("enforcement_state"):
        return [" ", "", "Device Enforcement State:", "NOT APPLICABLE", "", *block]
    return [" ", *block] if block else [""]


_ALL: tuple[Block, ...] = (
    head,
    conversion_with_status,
    export_key,
    part.utility,
    using_policy,
    part.account,
    part.privacy,
    part.transport,
    part.miscellaneous,
    part.policy,
    part.usage_reporting,
    part.trust,
    _usage,
    product,
    agent_version,
    _authorizations,
    purchased,
    derived,
    _report_summary,
)
