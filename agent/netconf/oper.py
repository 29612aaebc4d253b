"""The operational models a client may read: top nodes by key, computed from the device.

A provider gives the tree of a top node. Those of `PROVIDERS` change with the device's inputs alone,
`hardware` also tells the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from agent.core.clock import Instant
from agent.device.device import Device
from agent.netconf.kept import Maker
from agent.netconf.oper_hardware import components, device_hardware
from agent.netconf.oper_interfaces import interfaces, interfaces_state
from agent.netconf.oper_software import install
from agent.netconf.rum_reports import MODULE, TOP, listed, rum_reports
from agent.netconf.server import NetconfServer
from yang.tree import Tree
from yang.xml import Element, rooted, top_element

PROVIDERS: Mapping[str, Callable[[NetconfServer], Tree]] = {
    "Cisco-IOS-XE-platform-oper:components": lambda server: components(server.device),
    "Cisco-IOS-XE-install-oper:install-oper-data": lambda server: install(server.device),
    "Cisco-IOS-XE-interfaces-oper:interfaces": interfaces,
    "ietf-interfaces:interfaces-state": interfaces_state,
    f"{MODULE}:{TOP}": lambda server: rum_reports(server.device),
}
HARDWARE = "Cisco-IOS-XE-device-hardware-oper:device-hardware-data"


def makers(server: NetconfServer) -> Mapping[str, Maker]:
    """What makes the elements of the providers whose module the release serves."""
    nodes = server.announced.schema.top

    def made(key: str) -> Element | None:
        found = top_element(nodes[key], PROVIDERS[key](server))
        return None if found is None else rooted(found)

    return {key: partial(made, key) for key in PROVIDERS if key in nodes}


def made_from(device: Device) -> tuple[object, object]:
    """What these are computed from: a key, and what must live as long as the key is kept.

    These are the running configuration, the units, the release, the reports, the last start and the
    device's calendar. A provider that reads more names it here.
    """
    root = device.datastore.running
    units = (device.udi, tuple(member.udi for member in device.agent.state.members))
    times = (device.booted, device.clock_offset_ms)
    return (id(root), units, device.release, listed(device), times), root


def hardware(server: NetconfServer, now: Instant) -> Element:
    """`device-hardware-data` at this moment."""
    element = top_element(
        server.announced.schema.top[HARDWARE], device_hardware(server.device, now)
    )
    assert element is not None
    return element
