"""What a lab tells of itself: as JSON carries it, and as it looks on a console of a device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.adapters.lab import Lab
    from agent.device.device import Device


def clock_text(found: Mapping[str, Any]) -> str:
    """The clock, as `slp clock` prints it."""
    return f"{found['date']}, rate {found['rate']:g}"


def lab_status(lab: Lab) -> dict[str, Any]:
    """The lab's clock and nodes. Instants are milliseconds; `fault` is empty but for a bug."""
    return {
        "lab": lab.plan.name,
        **lab.clock(),
        "in_flight": lab.timeline.in_flight,
        "devices": [_device_status(lab, device) for device in lab.devices.values()],
        "counterparts": [
            {
                "name": name,
                "kind": server.kind,
                "url": server.url,
                "tls_url": server.tls_url,
                "fault": lab.faults.get(id(server.node), ""),
            }
            for name, server in lab.servers.items()
        ],
    }


def _device_status(lab: Lab, device: Device) -> dict[str, Any]:
    at = lab.endpoints.get(device.name)
    usage = device.agent.state.usage_reporting
    return {
        "name": device.name,
        "platform": device.model,
        "release": str(device.release),
        "udi": str(device.udi),
        "ssh": f"{at.address}:{at.port}" if at else "",
        "sessions": len(lab.terminals(device)),
        "trust": bool(device.agent.state.trust),
        "last_ack": usage.last_ack_received,
        "next_report": usage.next_report_push,
        "next_deadline": device.next_deadline(),
        "fault": lab.faults.get(id(device), ""),
    }


def status_text(found: Mapping[str, Any]) -> str:
    """The lab and its nodes, a line each."""
    lines = [f"Lab {found['lab']}: {clock_text(found)}, {found['in_flight']} in flight"]
    for node in found["devices"]:
        trust = "trust installed" if node["trust"] else "no trust"
        if node["fault"]:
            trust = f"stopped by a bug: {node['fault']}"
        lines.append(f"{node['name']:<16} {node['platform']:<14} {node['release']:<9} {trust}")
    lines += [
        f"{node['name']:<16} {node['kind']:<14} {node['url']}" for node in found["counterparts"]
    ]
    return "\n".join(lines)
