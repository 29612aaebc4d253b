"""`show license status`: the blocks on policy, transport, reporting and trust.

`show license all` prints the same blocks in another order. A block is a list of lines; blocks are
joined by an empty line. Facts: docs/sources.md, entry show-layouts.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.cli.views.layout import Layout
from agent.cli.views.licensing import Calendar, LicensingView, Node
from agent.core.dates import UTC_ZONE, licence_date
from agent.engine.config import LicenseConfig, Transport
from agent.engine.records import Cell, ReportingRule
from agent.protocol.messages import LicenseClass

Lines = list[str]
Block = Callable[[LicensingView, Layout], Lines]

SMART_URL = "https://smartreceiver.cisco.com/licservice/license"

TRANSPORT_WORDS = {
    Transport.CSLU: "cslu",
    Transport.SMART: "Smart",
    Transport.CALLHOME: "Callhome",
    Transport.AUTOMATIC: "Automatic",  # assumed: no output of this transport is known
    Transport.OFF: "Transport Off",
}
_CLASS_LABELS = {
    LicenseClass.PERPETUAL: "Unenforced/Non-Export Perpetual Attributes:",
    LicenseClass.SUBSCRIPTION: "Unenforced/Non-Export Subscription Attributes:",
    LicenseClass.ENFORCED: "Enforced (Perpetual/Subscription) License Attributes:",
    LicenseClass.EXPORT: "Export (Perpetual/Subscription) License Attributes:",
}


def status(view: LicensingView, layout: Layout) -> str:
    """The text of `show license status`."""
    lines: Lines = []
    for block in _STATUS:
        printed = block(view, layout)
        if printed:
            lines += [*printed, ""]
    tail = telemetry(view, layout)
    # source: show-layouts (a line of one blank leads to the telemetry block and ends it)
    lines[-1:] = [" ", *tail, " "] if tail else ["", ""]
    return "\n".join(lines)


def utility(view: LicensingView, layout: Layout) -> Lines:
    """# source: utility-form (what stands below an enabled status is recalled)"""
    if not view.config.utility:
        return ["Utility:", "  Status: DISABLED"]
    info = dict(view.config.customer_info)
    return [
        "Utility:",
        "  Status: ENABLED",
        "  Utility report:",
        f"    Last success: {view.calendar.date(view.reporting.last_ack_received)}",
        f"    Last attempt: {view.calendar.date(view.reporting.last_report_push)}",
        f"    Next attempt: {view.calendar.date(view.reporting.next_report_push)}",
        "  Customer Information:",
        *(f"    {label}: {info.get(name, '<empty>')}" for name, label in _CUSTOMER),
    ]


def using_policy(view: LicensingView, layout: Layout) -> Lines:
    return ["Smart Licensing Using Policy:", "  Status: ENABLED"]


def account(view: LicensingView, layout: Layout) -> Lines:
    if not layout.has("account_information"):
        return []
    smart, virtual = "<none>", "<none>"
    if view.account is not None:
        smart = f"{view.account.smart_account} As of {view.calendar.date(view.account.as_of)}"
        virtual = view.account.virtual_account
    return ["Account Information:", f"  Smart Account: {smart}", f"  Virtual Account: {virtual}"]


def privacy(view: LicensingView, layout: Layout) -> Lines:
    config = view.config
    return [
        "Data Privacy:",
        f"  Sending Hostname: {'no' if config.hostname_privacy else 'yes'}",
        "    Callhome hostname privacy: DISABLED",
        f"    Smart Licensing hostname privacy: {_enabled(config.hostname_privacy)}",
        f"  Version privacy: {_enabled(config.version_privacy)}",
    ]


def transport(view: LicensingView, layout: Layout) -> Lines:
    config = view.config
    lines = ["Transport:", f"  Type: {TRANSPORT_WORDS[config.transport]}"]
    match config.transport:
        case Transport.CSLU:
            lines.append(f"  Cslu address: {config.url_cslu or '<empty>'}")
        case Transport.SMART:
            lines.append(f"  URL: {config.url_smart or SMART_URL}")
        case _:
            return lines
    return lines + proxy(config) + _vrf(config, layout)


def miscellaneous(view: LicensingView, layout: Layout) -> Lines:
    return ["Miscellaneous:", f"  Custom Id: {view.config.custom_id or '<empty>'}"]


def policy(view: LicensingView, layout: Layout) -> Lines:
    rules = view.policy
    if rules.installed is None:
        lines = ["Policy:", "  Policy in use: Merged from multiple sources."]
    else:
        lines = [
            "Policy:",
            f"  Policy in use: Installed On {view.calendar.date(rules.installed)}",
            f"  Policy name: {rules.name}",
        ]
    wanted = "yes" if rules.ack_required else "no"
    lines.append(f"  Reporting ACK required: {wanted} ({rules.ack_source.value})")
    for group, label in _CLASS_LABELS.items():
        lines += [f"  {label}", *_rule(rules.classes[group])]
    return lines


def usage_reporting(view: LicensingView, layout: Layout) -> Lines:
    seen, date = view.reporting, view.calendar.date
    days = seen.reporting_push_interval_days
    return [
        "Usage Reporting:",
        f"  Last ACK received: {date(seen.last_ack_received)}",
        f"  Next ACK deadline: {date(seen.next_ack_deadline)}",
        f"  Reporting push interval: {f'{days}  days' if days else '0 (no reporting)'}",
        f"  Next ACK push check: {date(seen.next_ack_push_check)}",
        f"  Next report push: {date(seen.next_report_push)}",
        f"  Last report push: {date(seen.last_report_push)}",
        f"  Last report file write: {date(seen.last_report_file_write)}",
    ]


def trust(view: LicensingView, layout: Layout) -> Lines:
    first = view.nodes[0].trust
    if not view.trusted:
        return ["Trust Code Installed: <none>"]
    if layout.has("trust_code_type"):
        return _typed_trust(view)
    if len(view.nodes) == 1 and first is not None:
        return [f"Trust Code Installed: {view.calendar.date(first.installed)}"]
    lines = ["Trust Code Installed:"]
    for node in view.nodes:
        lines += [f"  {node.role}: {node.udi}", f"    {_installed(node, view.calendar)}"]
    return lines


def telemetry(view: LicensingView, layout: Layout) -> Lines:
    """The block on telemetry or product analytics, whichever the release has."""
    available = "AVAILABLE" if view.data_channel else "NOT AVAILABLE"
    if layout.has("device_telemetry_block"):
        return [
            "Device Telemetry Report Summary:",
            "================================",
            f"Data Channel: {available}",
            f"Reports on disk: {view.telemetry_on_disk}",
        ]
    if layout.has("telemetry_reports_block"):
        return [
            "Telemetry Report Summary:",
            "=========================",
            f"Device Telemetry: {'AVAILABLE' if view.makes_telemetry else 'NOT AVAILABLE'}",
            f"Total current telemetry reports: {view.telemetry_on_disk}",
        ]
    if layout.has("product_analytics_block"):
        opened = layout.has("analytics_channel")
        return [
            "Product Analytics Report Summary:",
            "================================",  # one short of its title, as the device prints it
            f"Product Analytics: {'AVAILABLE' if opened else 'NOT AVAILABLE'}",
            f"Not Available Reason: {'<empty>' if opened else _NO_CHANNEL}",
            "Total current Product Analytics reports: 0",
        ]
    return []


_CUSTOMER = (
    ("id", "Id"),
    ("name", "Name"),
    ("street", "Street"),
    ("city", "City"),
    ("state", "State"),
    ("country", "Country"),
    ("postalcode", "Postal Code"),
)
_NO_CHANNEL = "Smart license channel not established"

_STATUS: tuple[Block, ...] = (
    utility,
    using_policy,
    account,
    privacy,
    transport,
    policy,
    miscellaneous,
    usage_reporting,
    trust,
)


def _enabled(on: bool) -> str:
    return "ENABLED" if on else "DISABLED"


def proxy(config: LicenseConfig) -> Lines:
    if config.proxy_address is None:
        return ["  Proxy:", "    Not Configured"]
    return [
        "  Proxy:",
        f"    Address: {config.proxy_address}",
        f"    Port: {config.proxy_port or 80}",  # assumed: 80 where only the address is configured
        "    Username: <empty>",
        "    Password: <empty>",
    ]


def _vrf(config: LicenseConfig, layout: Layout) -> Lines:
    if layout.has("vrf_block"):
        if config.vrf:
            return [f"  VRF: {config.vrf}"]  # assumed: no output with a VRF is known
        return ["  VRF:", "    Not Configured"]
    if layout.has("vrf_line"):
        return [f"  VRF: {config.vrf or '<empty>'}"]
    return []


def _rule(rule: ReportingRule) -> Lines:
    def cell(value: Cell) -> str:
        return f"{value.days} ({value.source.value})"

    return [
        f"    First report requirement (days): {cell(rule.first_report)}",
        f"    Reporting frequency (days): {cell(rule.frequency)}",
        f"    Report on change (days): {cell(rule.on_change)}",
    ]


def _installed(node: Node, calendar: Calendar) -> str:
    if node.trust is None:
        return "NOT INSTALLED"  # assumed: no output of a half-trusted stack is known
    return f"INSTALLED on {calendar.date(node.trust.installed)}"


def _typed_trust(view: LicensingView) -> Lines:
    """The form of agent 6.3; a date the server left out prints as the epoch.

    # assumed: a single unit prints the same list as a stack
    """
    kinds = [node.trust.trust_code_type for node in view.nodes if node.trust]
    lines = [
        f"Trust Code Installed:    Trust Code Type: {kinds[0]}",
        "    Attributes: <none>",
        "",
    ]
    for node in view.nodes:
        lines.append(f"  {node.role}: {node.udi}")
        code = node.trust
        if code is None:
            lines += ["    NOT INSTALLED", ""]
            continue
        date, signed = view.calendar.date, view.calendar.stated
        never = licence_date(0, UTC_ZONE)
        lines += [
            f"    INSTALLED on {date(code.installed)}    Valid on {signed(code.valid_from)}",
            f"    Expired on {signed(code.valid_to) if code.valid_to else never}",
            f"    Trust Code Type: {code.trust_code_type}",
            "    Attributes: <none>",
            "",
        ]
    return lines
