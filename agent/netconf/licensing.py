"""`licensing/state` of cisco-smart-license, computed from the Smart Agent.

The values are a tree in the module's shape; nothing is kept. What a policy-based device has no use
for (registration, evaluation, utility reports) shows as a real one shows it: the node is there with
the value of "nothing".
Sources: docs/sources.md, entries licensing-state (a capture of 17.15.6), state-dates.
"""

from __future__ import annotations

import copy
from functools import partial

from lxml import etree

from agent.core.clock import Instant
from agent.core.dates import UTC_ZONE
from agent.core.identity import Udi
from agent.device.device import Device
from agent.engine.config import Transport
from agent.engine.legacy import state as words
from agent.engine.records import (
    LicenceUse,
    Policy,
    ReportingRule,
    RumReport,
    RumState,
    StorageState,
)
from agent.engine.state import AgentState
from agent.netconf import licensing_legacy
from agent.netconf.native import LICENSING, Shown, visible
from agent.netconf.rum_reports import report_key
from agent.netconf.server import yang_time
from agent.protocol.messages import LicenseClass
from agent.protocol.smart_licensing import Compliance
from yang.schema import Node
from yang.tree import EMPTY, Rows, Tree, get
from yang.xml import Element, append, own

_REPORT_STATES = {
    RumState.CLOSED: "closed",
    RumState.PENDING: "pending",
    RumState.UNACK: "unacknowledged",
    RumState.ACK: "acknowledged",
}
# assumed: a report whose text went with its ACK is still listed, with its state
_GONE = (StorageState.PURGED, StorageState.MISSING)
_CLASSES = {
    "policy-enforced": LicenseClass.ENFORCED,
    "policy-export": LicenseClass.EXPORT,
    "policy-subscription": LicenseClass.SUBSCRIPTION,
    "policy-perpetual": LicenseClass.PERPETUAL,
}
_COMPLIANCE = {
    Compliance.IN_COMPLIANCE.value: "enforcement-in-compliance",
    Compliance.OUT_OF_COMPLIANCE.value: "enforcement-out-of-compliance",
}
_LEGACY_MODES = {
    words.EVAL_MODE: "enforcement-evaluation",
    words.EVAL_EXPIRED: "enforcement-evaluation-expired",
    words.AUTHORIZATION_EXPIRED: "enforcement-authorization-expired",
    words.AUTHORIZED_RESERVED: "enforcement-reservation-in-compliance",
}
_CUSTOMER = ("id", "name", "street", "city", "state", "country", "postal-code")


def with_state(config: Element | None, node: Node, device: Device) -> Element:
    """A `<data>` with `licensing`, configuration and state together."""
    if config is None:
        root = etree.Element("data")
        etree.SubElement(root, node.tag, nsmap=own(node.namespace))
    else:
        root = copy.deepcopy(config)
    append(root[0], node.children["state"], state_tree(device))
    return root


def state_tree(device: Device) -> Tree:
    """The content of `licensing/state`."""
    return Tree(
        {
            "always-enabled": True,
            "smart-enabled": True,
            "version": device.release.agent_version,
            "state-info": _state_info(device),
        }
    )


def _state_info(device: Device) -> Tree:
    state = device.agent.state
    offset = device.clock_offset_ms
    units = [member.udi for member in state.members]
    return Tree(
        {
            **_registered(device),
            "utility": _utility(device),
            "custom-id": state.config.custom_id or "",
            "transport": _transport(device),
            "privacy": Tree(
                hostname=state.config.hostname_privacy, version=state.config.version_privacy
            ),
            "evaluation": _evaluation(device),
            "udi": _udi(state.udi),
            "usage": Rows(
                {use.entitlement_tag: _usage(use, device) for use in _in_use(state)},
            ),
            "policy": _policy(state.policy, offset),
            "trust-code": Rows(
                {
                    str(code.udi): Tree(
                        {
                            "is-installed": True,
                            "time-installed": _date(code.installed, offset),
                            "udi": _udi(code.udi),
                        }
                    )
                    for code in state.trust.values()
                }
            ),
            "rum-reports-closed-keys": Rows(
                {
                    report_key(state.udi, report.report_id): _report(report, state.udi, offset)
                    for report in state.reports.values()
                    if report.state in _REPORT_STATES and report.storage not in _GONE
                }
            ),
            "rum-ack": Tree(
                {
                    "last-received-time": _date(state.usage_reporting.last_ack_received, offset),
                    "next-report-deadline": _date(state.usage_reporting.next_ack_deadline, offset),
                }
            ),
            "factory-purchase": Rows({str(udi): Tree(udi=_udi(udi)) for udi in units}),
            "imported-authorizations": Tree(
                {
                    "overall-status": Rows(
                        {str(udi): _authorization(udi, state, offset) for udi in units}
                    ),
                    "authorization-list": _authorized(device),
                }
            ),
        }
    )


def _registered(device: Device) -> dict[str, Tree]:
    """A policy-based device is never registered. # source: licensing-state"""
    agent = device.agent
    if not agent.is_legacy:
        shown = {"registration-state": "reg-state-not-registered", "export-control-allowed": False}
        none = Tree({"authorization-state": "auth-state-none"})
        return {"registration": Tree(shown), "authorization": none}
    date = partial(_date, offset=device.clock_offset_ms)
    return {
        "registration": licensing_legacy.registration(agent.state, date),
        "authorization": licensing_legacy.authorization(agent.state.legacy, device.latest, date),
    }


def _evaluation(device: Device) -> Tree:
    if device.agent.is_legacy:
        date = partial(_date, offset=device.clock_offset_ms)
        return licensing_legacy.evaluation(device.agent.state.legacy, device.latest, date)
    unused = Tree({"time-left": 0})
    return Tree({"eval-in-use": False, "eval-expired": False, "eval-period-left": unused})


def _utility(device: Device) -> Tree:
    views = visible(device.datastore.running, Shown(device.release.train, device.udi))
    customer: Tree = get(views, (LICENSING, "config", "utility", "customer-info"), EMPTY)
    return Tree(
        {
            "enabled": bool(get(views, (LICENSING, "config", "utility", "utility-enable"))),
            "reporting": "utility-reporting-type-none",
            "reporting-times": Tree(
                {
                    "last-report-time": _date(None),
                    "last-report-success": False,
                    "fail-message": "",
                    "next-report-time": _date(None),
                }
            ),
            "customer-info": Tree({name: customer.get(name, "") for name in _CUSTOMER}),
        }
    )


def _transport(device: Device) -> Tree:
    config = device.agent.state.config
    shown = Tree({"transport-type": f"transport-type-{config.transport.value}"})
    if config.transport is Transport.SMART:
        utility = get(
            device.datastore.running, ("native", "license", "smart", "url", "utility"), ""
        )
        shown["url-settings"] = Tree(
            {"url-registration": config.url_smart or "", "url-utility": utility}
        )
    return shown


def _in_use(state: AgentState) -> list[LicenceUse]:
    return [use for use in state.usage.values() if use.count]


def _usage(use: LicenceUse, device: Device) -> Tree:
    entitlement = device.profile.entitlement(use.entitlement_tag)
    display = entitlement.display if entitlement else use.feature
    return Tree(
        {
            "short-name": display,
            "license-name": use.feature,
            "description": entitlement.description if entitlement else use.feature,
            "count": use.count,
            # source: licensing-state (the word a device without authorization shows)
            "enforcement-mode": _enforcement(device, use),
            "post-paid": True,
            "subscription-id": "",
        }
    )


def _enforcement(device: Device, use: LicenceUse) -> str:
    """What is said of one licence; a device with policies says one word of all.

    # source: licensing-state (the word a device without authorization shows)
    """
    if not device.agent.is_legacy:
        return "enforcement-invalid-tag"
    legacy = device.agent.state.legacy
    found = legacy.entitled.get(use.entitlement_tag)
    return _LEGACY_MODES.get(legacy.authorization) or _COMPLIANCE.get(
        str(found), "enforcement-waiting"
    )


def _policy(policy: Policy, offset: Instant) -> Tree:
    received = policy.installed is not None
    shown = Tree(
        {
            "policy-type": "policy-type-custom" if received else "policy-type-merged",
            "policy-name": policy.name,
            "ack-required": policy.ack_required,
        }
    )
    if received:
        shown["install-time"] = _date(policy.installed, offset)
    for name, group in _CLASSES.items():
        shown[name] = _rule(policy.classes[group])
    return shown


def _rule(rule: ReportingRule) -> Tree:
    return Tree(
        {
            "reporting-first-time": rule.first_report.days,
            "reporting-ongoing": rule.frequency.days,
            "reporting-macd": rule.on_change.days,
        }
    )


def _authorization(udi: Udi, state: AgentState, offset: Instant) -> Tree:
    """A unit, and the kind of code installed on it."""
    code = state.authorizations.get(udi.short)
    row = Tree(udi=_udi(udi))
    if code is not None:
        installed = Tree({"install-time": _date(code.installed, offset)})
        row["installed-list"] = Rows({"authorization-type-auth-code": installed})
    return row


def _authorized(device: Device) -> Rows:
    """The licences all installed codes stand for, counted over the units."""
    rows = Rows()
    enforced = {licence.tag: licence for licence in device.profile.enforced}
    for code in device.agent.state.authorizations.values():
        for licence in code.data.licences:
            known = enforced.get(licence.tag)
            before = rows.get(licence.tag, Tree()).get("total-count", 0)
            rows[licence.tag] = Tree(
                {
                    "short-name": known.display if known else licence.display_name,
                    "license-name": known.feature if known else licence.display_name,
                    "description": known.description if known else licence.description,
                    "total-count": before + licence.count,
                    "license-enforcement-type": "license-enforcement-type-export",
                }
            )
    return rows


def _report(report: RumReport, udi: Udi, offset: Instant) -> Tree:
    return Tree(
        {
            "report-id": report.report_id,
            "udi": _udi(udi),
            "report-start-time": _date(report.opened, offset),
            "report-end-time": _date(report.closed, offset),
            "report-state": f"rum-report-state-{_REPORT_STATES[report.state]}",
        }
    )


def _udi(udi: Udi) -> Tree:
    """What a switch fills in; the other leaves are there and empty. # source: licensing-state"""
    return Tree(
        {
            "pid": udi.pid,
            "sn": udi.sn,
            "vid": "",
            "uuid": "",
            "suvi": "",
            "host-identifier": "",
            "mac-address": "00:00:00:00:00:00",
        }
    )


def _date(instant: Instant | None, offset: Instant = 0) -> str:
    return yang_time(instant, UTC_ZONE, offset)
