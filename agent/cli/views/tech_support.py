"""`show license tech support`: every block of it, in order.

Most blocks are those of `show license all`, some of them with more detail. A block is a list of
lines; blocks are joined by an empty line. Facts: docs/sources.md, entry tech-support.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.cli.views import licence_all as whole
from agent.cli.views import licence_status as part
from agent.cli.views.layout import Layout
from agent.cli.views.licence_status import Lines
from agent.cli.views.licensing import LicensingView
from agent.cli.views.tech_info import mapping_table, other_info
from agent.cli.views.tech_jobs import communication, jobs
from agent.cli.views.tech_view import Handle, TechView
from agent.engine.config import LicenseConfig, Transport

TechBlock = Callable[[TechView, Layout], Lines]


def tech_support(view: TechView, layout: Layout) -> str:
    """The text of `show license tech support`."""
    lines: Lines = ["Smart Licensing Tech Support info", ""]
    for block in _BLOCKS:
        printed = block(view, layout)
        if printed:
            lines += [*printed, ""]
    return "\n".join(lines)


def _shared(block: Callable[[LicensingView, Layout], Lines]) -> TechBlock:
    """A block printed here as `show license all` prints it."""
    return lambda view, layout: block(view.licensing, layout)


def _utility(view: TechView, layout: Layout) -> Lines:
    """# assumed: its status alone; Genie takes no other line here"""
    return part.utility(view.licensing, layout)[:2]


def _transport(view: TechView, layout: Layout) -> Lines:
    """All of the transport, whether configured or not.

    # assumed: transports without a server of their own print the same fields
    """
    config = view.licensing.config
    lines = ["Transport:", f"  Type: {part.TRANSPORT_WORDS[config.transport]}"]
    if config.transport is Transport.CSLU:
        lines.append(f"  Cslu address: {config.url_cslu or '<empty>'}")
    elif config.transport is Transport.SMART:
        lines.append(f"  URL: {config.url_smart or part.SMART_URL}")
    lines += [*_proxy(config), f"  Server Identity Check: {config.server_identity_check}"]
    if layout.has("tech_vrf"):
        lines.append(f"  VRF: {config.vrf or '<empty>'}")
    if layout.has("ip_mode"):
        lines += ["  IP Mode: IPv4 ONLY", "  Trust Point: SLA-TrustPoint"]
    return lines


def _proxy(config: LicenseConfig) -> Lines:
    if config.proxy_address is None:
        return [
            "  Proxy:",
            *(f"    {name}: <empty>" for name in ("Address", "Port", "Username", "Password")),
        ]
    return part.proxy(config)


def _usage_reporting(view: TechView, layout: Layout) -> Lines:
    seen = view.licensing.reporting
    detail = f" State({seen.state}) InPolicy({seen.in_policy_days})"
    lines = part.usage_reporting(view.licensing, layout)
    return [f"{row}{detail}" if "push interval:" in row else row for row in lines]


def _trust(view: TechView, layout: Layout) -> Lines:
    return part.trust(view.licensing, layout) if layout.has("tech_trust") else []


def _late_trust(view: TechView, layout: Layout) -> Lines:
    return part.trust(view.licensing, layout) if layout.has("tech_trust_late") else []


def _usage(view: TechView, layout: Layout) -> Lines:
    lines = ["License Usage", "============="]
    for handle in view.handles:
        lines += [*_handle(view, handle, layout), ""]
    return lines[:-1] if view.handles else [*lines, "No licenses in use"]


def _handle(view: TechView, handle: Handle, layout: Layout) -> Lines:
    use, date = handle.use, view.licensing.calendar.date
    requested = "None" if use.request_time is None else date(use.request_time)
    # source: tech-support (agent 5.1 has a licence of access points in use even at 0)
    in_use = use.count > 0 or (use.endpoint and layout.has("endpoints_in_use"))
    lines = [
        f"Handle: {use.handle}",
        f"  License: {use.feature}",
        f"  Entitlement Tag: {use.entitlement_tag}",
        f"  Description: {handle.description}",
        f"  Count: {use.count}",
        "  Version: 1.0",
        f"  Status: {'IN USE(15)' if in_use else 'NOT IN USE(1)'}",
    ]
    if in_use and layout.has("compliance_counts"):
        lines += _COMPLIANCE
    lines += [
        f"  Status time: {date(use.status_time)}",
        f"  Request Time: {requested}",
        f"  Export status: {handle.export}",
        f"  Feature Name: {use.feature}",
        f"  Feature Description: {handle.description}",
        f"  Enforcement type: {handle.enforcement}",
    ]
    if layout.has("day_0_verification"):
        lines.append("  Day-0 Verification: NO")
    lines += [
        f"  License type: {handle.license_type}",
        "  Measurements:",
        "    ENTITLEMENT:",
        "      Interval: 00:15:00",
        f"      Current Value: {use.count}",
    ]
    if layout.has("handle_reports"):
        current, previous = handle.current_report, handle.previous_report
        lines.append(f"      Current Report: {current}       Previous: {previous}")
    return [*lines, "  Soft Enforced: True"]


_COMPLIANCE = [
    f"    {name}: 0"
    for name in ("Authorized Count", "Out-Of-Compliance Count", "Insufficient Count", "No license")
]


def _certificates(view: TechView, layout: Layout) -> Lines:
    return [
        "License Certificates",
        "====================",
        f"Production Cert: {view.production}",
        "Not registered. No certificates installed",
    ]


def _ha_info(view: TechView, layout: Layout) -> Lines:
    """`HA Info`, underlined three too far; a lone unit's messages flow freely.

    # assumed: every platform prints it; all captures are of switches
    """
    return [
        "HA Info",
        "==========",
        "RP Role: Active",
        "Chassis Role: Active",
        "Behavior Role: Active",
        "RMF: True",
        "CF: True",
        "CF State: Stateless",
        f"Message Flow Allowed: {len(view.licensing.nodes) == 1}",
    ]


def _reservation(view: TechView, layout: Layout) -> Lines:
    mode = whole.reservation_mode(view.licensing, layout)
    return ["Reservation Info", "================ ", *mode]


def _overall(view: TechView, layout: Layout) -> Lines:
    indent = whole.node_indent(layout)
    lines = ["Overall status:"]
    for node in view.licensing.nodes:
        code = node.authorization
        confirmation = code.confirmation_code if code else ""
        lines += [
            f"  {node.role}: {node.udi}",
            f"{indent}Reservation status: {whole.reservation_status(node, view.licensing)}",
            f"{indent}Request code: <none>",
            f"{indent}Last return code: {node.last_return_code or '<none>'}",
            f"{indent}Last Confirmation code: {confirmation or '<none>'}",
            f"{indent}Reservation authorization code: <none>",
        ]
    return lines


def _specified(view: TechView, layout: Layout) -> Lines:
    return whole.specified(view.licensing)


def _purchased(view: TechView, layout: Layout) -> Lines:
    """`Purchased Licenses:`; one more empty line where something stands before the counts."""
    lines = whole.purchased(view.licensing, layout)
    if layout.has("enforcement_state"):
        return [*lines, "", "", "Device Enforcement State:", "NOT APPLICABLE"]
    if layout.has("last_reporting") and view.not_required:
        tags = (f"  Entitlement Tag: {tag}" for tag in view.not_required)
        return [*lines, "", "", "Last Reporting Not Required:", *tags, *_counts(view)]
    return lines if layout.has("tech_report_summary") else [*lines, ""]


def _report_summary(view: TechView, layout: Layout) -> Lines:
    if not layout.has("tech_report_summary"):
        return []
    listed = layout.has("last_reporting") and view.not_required
    lines = [] if listed else _counts(view)
    block = part.telemetry(view.licensing, layout)
    # source: tech-support (a line of one blank leads to the telemetry block)
    return [*lines, " ", *block] if block else lines


def _counts(view: TechView) -> Lines:
    n = view.licensing.reports
    return [
        "Usage Report Summary:",
        "=====================",
        f"Total: {n.total},  Purged: {n.purged}({n.purged})",
        f"Total Acknowledged Received: {n.acknowledged},  "
        f"Waiting for Ack: {n.waiting}({n.waiting_all})",
        f"Available to Report: {n.available}  Collecting Data: {n.collecting}  ",
        f"Maximum Display: {n.maximum_display}  In Storage: {n.in_storage},  "
        f"MIA: {n.missing}({n.missing})",
        "Report Module Status: Ready",
    ]


_BLOCKS: tuple[TechBlock, ...] = (
    _shared(whole.head),
    _shared(whole.conversion),
    _shared(whole.export_key),
    _utility,
    _shared(whole.using_policy),
    _shared(part.account),
    _shared(part.privacy),
    _transport,
    _shared(part.miscellaneous),
    _shared(part.policy),
    _usage_reporting,
    _trust,
    _usage,
    _shared(whole.product),
    _shared(whole.agent_version),
    jobs,
    communication,
    _certificates,
    _ha_info,
    _reservation,
    _overall,
    _specified,
    _purchased,
    _report_summary,
    _late_trust,
    other_info,
    mapping_table,
)
