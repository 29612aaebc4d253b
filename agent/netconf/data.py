"""The data a client reads: top elements by name, built once per state and kept until it changes.

Configuration is built from a datastore's root, which never changes in place, and kept as long as
that root is current. State is computed from the device; it is kept by the count of the device's
inputs, because a device changes by its inputs alone. Each top element hangs below a `<data>` of
its own, so that XPath has a root to start from.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from lxml import etree

from agent.core.clock import Instant
from agent.device.device import Device
from agent.netconf import library, licensing, monitoring
from agent.netconf.call import Call
from agent.netconf.rpc_errors import RpcError
from agent.netconf.server import RUNNING, NetconfServer
from yang.edit import BASE
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
MAX_FILTER = 10_000  # elements
COUNTED = "netconf-state"


class Reading:
    """The top elements of one device, kept between reads."""

    def __init__(self) -> None:
        self._root: object = None
        self._config: tuple[object, dict[str, Element]] = (None, {})
        self._state: tuple[object, dict[str, Element]] = (None, {})

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

    def all(self, server: NetconfServer, now: Instant, *, counted: bool) -> Mapping[str, Element]:
        """Configuration of running and state; what counts sessions is built anew where wanted."""
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
        if not counted:
            return self._state[1]
        return {**self._state[1], COUNTED: _rooted(monitoring.state(server, now))}


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
    select = None if wanted is None else _selector(wanted, call)
    return _selected(kept.config(call.server, datastore), select, call)


def state_reply(call: Call, wanted: Element | None) -> bytes:
    """`<data>` of get."""
    kept = reading(call.server.device)
    select = None if wanted is None else _selector(wanted, call)
    counted = select is None or select.reaches(COUNTED)
    return _selected(kept.all(call.server, call.now, counted=counted), select, call)


@dataclass(frozen=True, slots=True)
class Selector:
    """A filter made ready: may it reach a top element, and what does it select of one?"""

    reaches: Callable[[str], bool]
    select: Callable[[Element], Selection]


def _selector(wanted: Element, call: Call) -> Selector:
    kind = wanted.get("type") or wanted.get(f"{{{BASE}}}type") or "subtree"
    if kind not in FILTER_TYPES:
        raise RpcError(
            "protocol",
            "bad-attribute",
            path=f"/nc:rpc/nc:{call.name}/nc:filter",
            info=(("bad-attribute", "type"), ("bad-element", "filter")),
        )
    return _xpath(wanted, call) if kind == "xpath" else _subtree(wanted, call)


def _selected(tops: Mapping[str, Element], select: Selector | None, call: Call) -> bytes:
    parts = []
    for name, root in tops.items():
        part: Element | None = root[0]
        if select is not None:
            if not select.reaches(name):
                continue
            part = chosen(select.select(root), root[0], call.schema.top.get(name))
        if part is not None:
            parts.append(etree.tostring(part))
    return b"<data>%b</data>" % b"".join(parts)


def _subtree(wanted: Element, call: Call) -> Selector:
    if sum(1 for _ in wanted.iter()) > MAX_FILTER:
        raise RpcError("protocol", "too-big", path=f"/nc:rpc/nc:{call.name}/nc:filter")
    filters = list(children(wanted))

    def select(root: Element) -> Selection:
        return by_subtree([f for f in filters if same_name(f, root[0])], root[0])

    names = {name_of(f)[1] for f in filters}
    return Selector(names.__contains__, select)


def _xpath(wanted: Element, call: Call) -> Selector:
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

    def select(root: Element) -> Selection:
        try:
            return by_xpath(expression, root)
        except FilterError as fault:
            raise _bad_filter(where, str(fault)) from None

    return Selector(expression.reaches, select)


def _bad_filter(where: str, why: str) -> RpcError:
    info = (("bad-attribute", "select"), ("bad-element", "filter"))
    return RpcError("protocol", "bad-attribute", why, where, info=info)


KNOWN: Mapping[str, str] = {
    "ncm": monitoring.NAMESPACE,
    "ietf-netconf-monitoring": monitoring.NAMESPACE,
    "yanglib": library.NAMESPACE,
    "ietf-yang-library": library.NAMESPACE,
}


def _rooted(element: Element) -> Element:
    root = etree.Element("data")
    root.append(element)
    return root
