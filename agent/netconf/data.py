"""The data a client reads: top elements by name, built once per state and kept until it changes.

Configuration is built from a datastore's root, which never changes in place, and kept as long as
that root is current. State is computed from the device; it is kept by the count of the device's
inputs, because a device changes by its inputs alone. Each top element hangs below a `<data>` of
its own, so that XPath has a root to start from.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from weakref import WeakKeyDictionary

from lxml import etree

from agent.core.clock import Instant
from agent.device.device import Device
from agent.netconf import library, licensing, monitoring
from agent.netconf.call import Call
from agent.netconf.rpc_errors import RpcError
from agent.netconf.server import RUNNING, NetconfServer
from yang.edit import BASE
from yang.schema import Node
from yang.select import (
    FilterError,
    Selection,
    by_subtree,
    by_xpath,
    chosen,
    read_xpath,
    same_name,
)
from yang.xml import Element, children, name_of, top_element

FILTER_TYPES = ("subtree", "xpath")


class Reading:
    """The top elements of one device, kept between reads."""

    def __init__(self) -> None:
        self._root: object = None
        self._config: tuple[object, dict[str, Element]] = (None, {})
        self._state: tuple[object, dict[str, Element]] = (None, {})
        self._texts: tuple[object, bytes] = (None, b"")

    def config(self, server: NetconfServer, datastore: str) -> Mapping[str, Element]:
        """Configuration only, each below its own `<data>`."""
        root, announced = server.root(datastore), server.announced
        key = (id(root), announced.library_id)
        if self._config[0] != key or self._root is not root:
            self._root = root  # kept alive, so that its id stays its own
            tops = {}
            for name, node in announced.schema.top.items():
                value = server.views(datastore).get(name)
                element = None if value is None else top_element(node, value)
                if element is not None:
                    tops[name] = _rooted(element)
            self._config = (key, tops)
        return self._config[1]

    def all(self, server: NetconfServer, now: Instant) -> Mapping[str, Element]:
        """Configuration of running and state; what counts sessions is always built anew."""
        device = server.device
        key = (device.inputs, server.has_candidate)
        if self._state[0] != key:
            tops = {name: copy.deepcopy(e) for name, e in self.config(server, RUNNING).items()}
            node = server.announced.schema.top["licensing"]
            tops["licensing"] = licensing.with_state(tops.get("licensing"), node, device)
            tops.update(
                {e[0].tag.rpartition("}")[2]: e for e in map(_rooted, library.tops(server))}
            )
            self._state = (key, tops)
        return {**self._state[1], "netconf-state": _rooted(monitoring.state(server, now))}

    def all_text(self, tops: Mapping[str, Element], key: object) -> bytes:
        """All of it as text, kept for those who read everything again and again."""
        if self._texts[0] != key:
            self._texts = (key, b"".join(etree.tostring(e[0]) for e in tops.values()))
        return self._texts[1]


_READINGS: WeakKeyDictionary[Device, Reading] = WeakKeyDictionary()


def reading(device: Device) -> Reading:
    """The kept elements of a device."""
    found = _READINGS.get(device)
    if found is None:
        found = _READINGS[device] = Reading()
    return found


def config_reply(call: Call, datastore: str, wanted: Element | None) -> bytes:
    """`<data>` of get-config."""
    kept = reading(call.server.device)
    return _reply(kept.config(call.server, datastore), wanted, call)


def state_reply(call: Call, wanted: Element | None) -> bytes:
    """`<data>` of get."""
    return _reply(reading(call.server.device).all(call.server, call.now), wanted, call)


def _reply(tops: Mapping[str, Element], wanted: Element | None, call: Call) -> bytes:
    if wanted is None:
        return b"<data>%b</data>" % b"".join(etree.tostring(e[0]) for e in tops.values())
    kind = wanted.get("type") or wanted.get(f"{{{BASE}}}type") or "subtree"
    if kind not in FILTER_TYPES:
        raise RpcError(
            "protocol",
            "bad-attribute",
            path=f"/nc:rpc/nc:{call.name}/nc:filter",
            info=(("bad-attribute", "type"), ("bad-element", "filter")),
        )
    select = _xpath(wanted, call) if kind == "xpath" else _subtree(wanted)
    parts = []
    for name, root in tops.items():
        selection = select(name, root)
        part = None if selection is None else chosen(selection, root[0], _node(name, call))
        if part is not None:
            parts.append(etree.tostring(part))
    return b"<data>%b</data>" % b"".join(parts)


Select = Callable[[str, Element], Selection | None]


def _subtree(wanted: Element) -> Select:
    filters = list(children(wanted))

    def select(name: str, root: Element) -> Selection | None:
        fitting = [f for f in filters if same_name(f, root[0])]
        return by_subtree(fitting, root[0]) if fitting else None

    return select


def _xpath(wanted: Element, call: Call) -> Select:
    text = wanted.get("select") or wanted.get(f"{{{BASE}}}select")
    where = f"/nc:rpc/nc:{call.name}/nc:filter"
    if text is None:
        info = (("bad-attribute", "select"), ("bad-element", "filter"))
        raise RpcError("protocol", "missing-attribute", path=where, info=info)
    declared = {prefix: uri for prefix, uri in wanted.nsmap.items() if prefix}
    known = {m.name: m.namespace for m in call.schema.modules}
    known |= {prefix: namespace for namespace, prefix in call.schema.prefixes.items()}
    try:
        expression = read_xpath(text, declared, {**KNOWN, **known})
    except FilterError as fault:
        raise _bad_filter(where, str(fault)) from None

    def select(name: str, root: Element) -> Selection | None:
        try:
            return by_xpath(expression, root)
        except FilterError as fault:
            raise _bad_filter(where, str(fault)) from None

    return select


def _bad_filter(where: str, why: str) -> RpcError:
    info = (("bad-attribute", "select"), ("bad-element", "filter"))
    return RpcError("protocol", "bad-attribute", why, where, info=info)


KNOWN: Mapping[str, str] = {
    "ncm": monitoring.NAMESPACE,
    "ietf-netconf-monitoring": monitoring.NAMESPACE,
    "yanglib": library.NAMESPACE,
    "ietf-yang-library": library.NAMESPACE,
}


def _node(name: str, call: Call) -> Node | None:
    return call.schema.top.get(name)


def _rooted(element: Element) -> Element:
    root = etree.Element("data")
    root.append(element)
    return root


def names_of(elements: Iterable[Element]) -> list[str]:
    """The local names of elements."""
    return [name_of(element)[1] for element in elements]
