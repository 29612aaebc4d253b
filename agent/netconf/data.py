"""The data a client reads: top elements by key, built once per state and kept until it changes.

Configuration is built from a datastore's root, which never changes in place, and kept as long as
that root is current. State is computed from the device; it is kept by the count of the device's
inputs, because a device changes by its inputs alone. Each top element hangs below a `<data>` of
its own, so that XPath has a root to start from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from lxml import etree

from agent.core.clock import Instant
from agent.netconf import library, licensing, monitoring, oper
from agent.netconf.call import Call
from agent.netconf.capabilities import devices_modules
from agent.netconf.kept import Tops
from agent.netconf.native import LICENSING, visible
from agent.netconf.rpc_errors import RpcError
from agent.netconf.server import RUNNING, NetconfServer
from agent.netconf.state_lists import STATE_LISTS
from yang.edit_attributes import BASE
from yang.schema import Node, Schema, local
from yang.select import (
    FilterError,
    NotNodes,
    Selection,
    XPath,
    by_subtree,
    by_xpath,
    chosen,
    read_xpath,
    same_name,
)
from yang.xml import Element, children, name_of, rooted, top_element

FILTER_TYPES = ("subtree", "xpath")
MAX_FILTER = 10_000  # elements
MANY_PREFIXES = 100
# built anew for each request, because it counts sessions and events
COUNTED: Mapping[str, Callable[[NetconfServer, Instant], Element]] = {
    monitoring.STATE: monitoring.state,
    monitoring.STREAMS: monitoring.streams,
    oper.HARDWARE: oper.hardware,
}
STATE = "state"  # the shelf of what get reads


def config_reply(call: Call, datastore: str, wanted: Element | None) -> bytes:
    """`<data>` of get-config."""
    tops = _config(call.server, datastore)
    return _reply(call, datastore, tops, wanted)


def state_reply(call: Call, wanted: Element | None) -> bytes:
    """`<data>` of get: running and state; what counts sessions is built anew where wanted."""
    return _reply(call, STATE, state_tops(call.server), wanted, counted=True)


def data_of(call: Call) -> Tops:
    """The configuration in running, each top element below a `<data>`."""
    return _config(call.server, RUNNING)


def read_state(server: NetconfServer, expression: XPath, now: Instant) -> bytes:
    """What an expression selects of running and state, as text. Raises FilterError."""
    schema = server.announced.schema
    parts = []
    for key, root in _with_counted(server, state_tops(server), now, expression.reaches):
        selection = by_xpath(expression, root)
        part = chosen(selection, root[0], _node(schema, key))
        if part is not None:
            parts.append(etree.tostring(part))
    return b"".join(parts)


def running_tops(server: NetconfServer) -> Tops:
    """The configuration in force. Not to be changed."""
    return _config(server, RUNNING)


def _config(server: NetconfServer, datastore: str) -> Tops:
    root, announced, shown = server.root(datastore), server.announced, server.shown

    def element(node: Node) -> Element | None:
        value = visible(root, shown).get(node.key)
        found = None if value is None else top_element(node, value)
        return None if found is None else rooted(found)

    def make() -> Tops:
        return Tops({key: partial(element, node) for key, node in announced.schema.top.items()})

    return server.kept.tops(datastore, (id(root), announced.library_id), root, make)


def state_tops(server: NetconfServer) -> Tops:
    """Configuration in force and state, without what counts sessions. Not to be changed."""
    device = server.device

    def make() -> Tops:
        announced, config, models = server.announced, _config(server, RUNNING), _oper(server)
        nodes, listed = announced.schema.top, library.tops(announced, server.web_root)

        def licences() -> Element:
            return licensing.with_state(config.get(LICENSING), nodes[LICENSING], device)

        made = {key: partial(config.get, key) for key in nodes}
        made |= {key: partial(models.get, key) for key in oper.PROVIDERS}
        return Tops(
            {**made, **{key: partial(listed.get, key) for key in listed}, LICENSING: licences}
        )

    return server.kept.tops(STATE, (device.inputs, server.has_candidate), None, make)


def _oper(server: NetconfServer) -> Tops:
    """The operational models; far more inputs come than change them."""
    key, held = oper.made_from(server.device)
    return server.kept.tops("oper", key, held, lambda: Tops(oper.makers(server)))


def _streams_text(server: NetconfServer, now: Instant) -> bytes:
    times = tuple((log.created, log.aged) for log in server.logs.values())
    key = (times, server.device.zone, server.device.clock_offset_ms)
    return server.kept.text_of(
        "netconf", key, lambda: etree.tostring(monitoring.streams(server, now))
    )


def _hardware_text(server: NetconfServer, now: Instant) -> bytes:
    """It tells the time in seconds: kept for as long."""
    device = server.device
    key = (device.inputs, (now + device.clock_offset_ms) // 1000, device.clock_offset_ms)
    return server.kept.text_of(
        oper.HARDWARE, key, lambda: etree.tostring(oper.hardware(server, now))
    )


_COUNTED_TEXTS = (monitoring.state_text, _streams_text, _hardware_text)


def _reply(
    call: Call, shelf: str, tops: Tops, wanted: Element | None, *, counted: bool = False
) -> bytes:
    server, kept = call.server, call.server.kept
    if wanted is None:
        parts = [kept.text(shelf, key) for key in tops]
        if counted:
            parts += [text(server, call.now) for text in _COUNTED_TEXTS]
        return _data(parts)
    found = selector(wanted, call)
    if counted and any(found.reaches(local(key)) for key in COUNTED):
        reached = _with_counted(server, tops, call.now, found.reaches)
        return _selected(reached, found, call)
    if len(wanted.nsmap) > MANY_PREFIXES:  # lxml writes them in the square of their time
        return _selected(tops.reached(found.reaches), found, call)
    request = etree.tostring(wanted)
    return kept.reply(shelf, request, lambda: _selected(tops.reached(found.reaches), found, call))


def _with_counted(
    server: NetconfServer, tops: Tops, now: Instant, reaches: Callable[[str], bool]
) -> Iterator[tuple[str, Element]]:
    yield from tops.reached(reaches)
    for key, make in COUNTED.items():
        if reaches(local(key)):
            yield key, rooted(make(server, now))


@dataclass(frozen=True, slots=True)
class Selector:
    """A filter made ready: may it reach a top element of this name, and what does it select?"""

    reaches: Callable[[str], bool]
    select: Callable[[Element], Selection]


def selector(wanted: Element, call: Call) -> Selector:
    """A filter made ready. Raises RpcError."""
    kind = wanted.get("type") or wanted.get(f"{{{BASE}}}type") or "subtree"
    if kind not in FILTER_TYPES:
        raise RpcError(
            "protocol",
            "bad-attribute",
            path=f"/nc:rpc/nc:{call.name}/nc:filter",
            info=(("bad-attribute", "type"), ("bad-element", "filter")),
        )
    return _xpath(wanted, call) if kind == "xpath" else _subtree(wanted, call)


def _selected(reached: Iterable[tuple[str, Element]], found: Selector, call: Call) -> bytes:
    parts = []
    for key, root in reached:
        part = chosen(found.select(root), root[0], _node(call.schema, key))
        if part is not None:
            parts.append(etree.tostring(part))
    return _data(parts)


def _node(schema: Schema, key: str) -> Node | None:
    """What is known of a top element; the lists of the IETF are known by their keys."""
    return schema.top.get(key) or STATE_LISTS.get(key)


def _data(parts: list[bytes]) -> bytes:
    return b"<data>%b</data>" % b"".join(parts)


def _subtree(wanted: Element, call: Call) -> Selector:
    where = f"/nc:rpc/nc:{call.name}/nc:filter"
    if sum(1 for _ in wanted.iter()) > MAX_FILTER:
        raise RpcError("protocol", "too-big", path=where)
    filters = list(children(wanted))

    def select(root: Element) -> Selection:
        try:
            return by_subtree([f for f in filters if same_name(f, root[0])], root[0])
        except FilterError as fault:
            raise RpcError("protocol", "too-big", str(fault), where) from None

    names = {name_of(f)[1] for f in filters}
    return Selector(names.__contains__, select)


def _xpath(wanted: Element, call: Call) -> Selector:
    text = wanted.get("select") or wanted.get(f"{{{BASE}}}select")
    where = f"/nc:rpc/nc:{call.name}/nc:filter"
    if text is None:
        info = (("bad-attribute", "select"), ("bad-element", "filter"))
        raise RpcError("protocol", "missing-attribute", path=where, info=info)
    try:
        expression = xpath(text, wanted, call)
    except FilterError as fault:
        raise _bad_filter(where, fault) from None

    def select(root: Element) -> Selection:
        try:
            return by_xpath(expression, root)
        except FilterError as fault:
            raise _bad_filter(where, fault) from None

    return Selector(expression.reaches, select)


def xpath(text: str, holder: Element, call: Call) -> XPath:
    """An expression, its prefixes declared on `holder` or known. Raises FilterError."""
    declared = {prefix: uri for prefix, uri in holder.nsmap.items() if prefix}
    known = {m.name: m.namespace for m in call.schema.modules}
    known |= {prefix: namespace for namespace, prefix in call.schema.prefixes.items()}
    expression = read_xpath(text, declared, {**devices_modules(), **KNOWN, **known})
    by_xpath(expression, etree.Element("data"))  # is it an expression of nodes at all?
    return expression


def _bad_filter(where: str, why: FilterError) -> RpcError:
    """RFC 6241 section 8.9.1: what is no set of nodes is an invalid value."""
    info = (("bad-attribute", "select"), ("bad-element", "filter"))
    tag = "invalid-value" if isinstance(why, NotNodes) else "bad-attribute"
    return RpcError("protocol", tag, str(why), where, info=info)


KNOWN: Mapping[str, str] = {
    "ncm": monitoring.NAMESPACE,
    "ietf-netconf-monitoring": monitoring.NAMESPACE,
    "yanglib": library.NAMESPACE,
    "ietf-yang-library": library.NAMESPACE,
}
