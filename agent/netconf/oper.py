"""The operational models a client may read: top nodes by name, computed from the device.

A provider gives the tree of a top node. `tops` are those that change with the device's inputs
alone, `timed` those that also tell the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.core.clock import Instant
from agent.device.device import Device
from agent.netconf.oper_hardware import components, device_hardware
from agent.netconf.oper_interfaces import interfaces
from agent.netconf.oper_software import install
from agent.netconf.server import NetconfServer
from yang.tree import Tree
from yang.xml import Element, top_element

PROVIDERS: Mapping[str, Callable[[Device], Tree]] = {
    "components": components,
    "install-oper-data": install,
    "interfaces": interfaces,
}
HARDWARE = "device-hardware-data"


def tops(server: NetconfServer) -> list[Element]:
    """The elements of all providers."""
    found = [
        top_element(server.announced.schema.top[name], make(server.device))
        for name, make in PROVIDERS.items()
    ]
    return [element for element in found if element is not None]


def hardware(server: NetconfServer, now: Instant) -> Element:
    """`device-hardware-data` at this moment."""
    element = top_element(
        server.announced.schema.top[HARDWARE], device_hardware(server.device, now)
    )
    assert element is not None
    return element
