"""`show license tech support`: Other Info, the trust of each unit, the mapping table.

Facts: docs/sources.md, entries tech-support, trust-lines, mapping-table.
"""

from __future__ import annotations

from agent.cli.views.layout import Layout
from agent.cli.views.licence_status import SMART_URL, TRANSPORT_WORDS, Lines
from agent.cli.views.licensing import Node
from agent.cli.views.tech_rows import info_rows
from agent.cli.views.tech_view import Enforced, TechView
from agent.engine.config import Transport


def other_info(view: TechView, layout: Layout) -> Lines:
    """The keys of the release, then the trust of each unit."""
    fields = _fields(view)
    lines = ["Other Info", "=========="]
    for row in info_rows(view.release):
        lines += row.format_map(fields).split("\n")
    return [*lines, *_trust(view, layout)]


def mapping_table(view: TechView, layout: Layout) -> Lines:
    """`Platform Provided Mapping Table`."""
    nodes = view.licensing.nodes
    lines = [
        "Platform Provided Mapping Table",
        "===============================",
        f"  {nodes[0].udi.pid}: Total licenses found: {view.licences_found}",
        "Enforced Licenses:",
    ]
    # source: mapping-table (agent 5.7 prints a second supervisor of a chassis without its tag)
    repeated = layout.has("enforced_without_tag") and len(view.enforced) < len(nodes)
    for unit in view.enforced:
        lines += [f"  {unit.unit}:", *_enforced(unit, repeated)]
    return lines


def _enforced(unit: Enforced, repeated: bool) -> Lines:
    if not unit.licences:
        return ["    No PD enforced licenses"]
    lines = [f"    {licence}" for licence in unit.licences]
    if repeated:
        lines += [f"    {name}:  {number}" for name, _, number in map(_parts, unit.licences)]
    return lines


def _parts(licence: str) -> tuple[str, str, str]:
    name, _, rest = licence.partition(": ")
    tag, _, number = rest.rpartition(" ")
    return name, tag, number


def _fields(view: TechView) -> dict[str, str]:
    config, peer = view.licensing.config, view.peer
    transport = TRANSPORT_WORDS[config.transport]
    if config.transport is Transport.SMART:
        transport += f"\n  Default URL: {config.url_smart or SMART_URL}"
    return {
        "software_id": view.software_id,
        "transport": transport,
        "sends_hostname": str(not config.hostname_privacy),
        "config_persist": str(view.config_persist),
        "event_log_size": view.event_log_size,
        "peer_name": peer.name if peer else "<empty>",
        "peer_version": peer.version if peer else "<empty>",
        "peer_additional": "" if peer else "<empty>",
        "peer_production": str(bool(peer and peer.production)),
        "peer_capabilities": ", ".join(peer.capabilities) if peer else "<empty>",
    }


def _trust(view: TechView, layout: Layout) -> Lines:
    nodes = view.licensing.nodes
    alone = len(nodes) == 1
    lines = [
        f"{'Local Device' if alone else node.udi.short}: {_trust_of(view, node, layout)}"
        for node in nodes
    ]
    overall = "INSTALLED (2)" if view.licensing.trusted else "No ID"
    return [
        *lines,
        f"Overall Trust: {overall}",
        f"Clock sync-ed with NTP: {view.clock_synced}",
    ]


def _trust_of(view: TechView, node: Node, layout: Layout) -> str:
    if node.trust is not None:
        number = f"  TrustId:{node.trust.trust_id}" if layout.has("trust_id") else ""
        return f"{node.udi.short}, state[2], Trust Data INSTALLED{number}"
    if node.udi.short in view.pending_trust:
        return f"{node.udi.short}, state[1], NOT INSTALLED"
    return "No Trust Data"
