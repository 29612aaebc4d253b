"""What a lab's answers look like on a console of one of its devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def clock_text(found: Mapping[str, Any]) -> str:
    """The clock, as `slp clock` prints it."""
    return f"{found['date']}, rate {found['rate']:g}"


def status_text(found: Mapping[str, Any]) -> str:
    """The lab and its nodes, a line each."""
    lines = [f"Lab {found['lab']}: {clock_text(found)}, {found['in_flight']} in flight"]
    for node in found["devices"]:
        trust = "trust installed" if node["trust"] else "no trust"
        lines.append(f"{node['name']:<16} {node['platform']:<14} {node['release']:<9} {trust}")
    lines += [
        f"{node['name']:<16} {node['kind']:<14} {node['url']}" for node in found["counterparts"]
    ]
    return "\n".join(lines)
