"""The operational models a client may read: top nodes by name, computed from the device.

A provider gives the tree of a top node. `tops` are those that change with the device's inputs
alone, `hardware` also tells the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.core.clock import Instant
from agent.device.device import Device
from agent.netconf.oper_hardware import components, device_hardware
from agent.netconf.oper_interfaces import interfaces
from agent.netconf.oper_software import install
from agent.netconf.rum_reports import TOP, listed, rum_reports
from agent.netconf.server import NetconfServer
from yang.tree import Tree
from yang.xml import Element, top_element

PROVIDERS: Mapping[str, Callable[[Device], Tree]] = {
    "components": components,
    "install-oper-data": install,
    "interfaces": interfaces,
    TOP: rum_reports,
}
HARDWARE = "device-hardware-data"


def tops(server: NetconfServer) -> list[Element]:
    """The elements of all providers whose module the release serves."""
    nodes = server.announced.schema.top
    found = [
        top_element(nodes[name], make(server.device))
        for name, make in PROVIDERS.items()
        if name in nodes
    ]
    return [element for element in found if element is not None]


def made_from(device: Device) -> tuple[object, object]:
    """What `tops` are computed from: a key, and what must live as long as the key is kept.

    These are the running configuration, the units, the release and the reports. A provider that
    reads more names it here.
    """
    root = device.datastore.running
    units = (device.udi, tuple(member.udi for member in device.agent.state.members))
    return (id(root), units, device.release, listed(device)), root


def hardware(server: NetconfServer, now: Instant) -> Element:
    """`device-hardware-data` at this moment."""
    element = top_element(
        server.announced.schema.top[HARDWARE], device_hardware(server.device, now)
    )
    assert element is not None
    return element
