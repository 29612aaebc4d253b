"""`netconf-state` and `get-schema` of RFC 6022."""

from __future__ import annotations

import copy
from functools import lru_cache
from xml.sax.saxutils import escape

from lxml import etree

from agent.core.clock import Instant
from agent.netconf.call import Call
from agent.netconf.capabilities import Announced
from agent.netconf.library import Text, served
from agent.netconf.own_texts import OwnTexts
from agent.netconf.partial import node_element
from agent.netconf.rpc_errors import RpcError
from agent.netconf.server import (
    CANDIDATE,
    NETCONF,
    RUNNING,
    SNMP,
    NetconfServer,
    Statistics,
    yang_time,
)
from agent.netconf.subscriptions import NETMOD
from yang.xml import Element, own

NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
STATE, STREAMS = "ietf-netconf-monitoring:netconf-state", "nc-notifications:netconf"
DESCRIPTIONS = {
    NETCONF: "default NETCONF event stream",
    SNMP: "notifications of the SNMP agent",
}


def state(server: NetconfServer, now: Instant) -> Element:
    """`<netconf-state>` at this moment."""
    top = _counted(server)
    capabilities, schemas = _announced(server.announced, server.own_texts)
    top.insert(0, copy.copy(capabilities))
    top.insert(2, copy.copy(schemas))
    return top


def state_text(server: NetconfServer, now: Instant) -> bytes:
    """The same as text; most of it is the same every time."""
    capabilities, schemas = _announced_text(server.announced, server.own_texts)
    text = etree.tostring(_counted(server))
    at = text.index(b"<datastores>")
    behind = text.index(b"</datastores>") + len(b"</datastores>")
    return b"".join((text[:at], capabilities, text[at:behind], schemas, text[behind:]))


def _counted(server: NetconfServer) -> Element:
    """What is of this device and this moment: datastores, sessions, statistics."""
    top = etree.Element(f"{{{NAMESPACE}}}netconf-state", nsmap=own(NAMESPACE))
    datastores = _child(top, "datastores")
    for name in (RUNNING, *([CANDIDATE] * server.has_candidate)):
        _datastore(datastores, name, server)
    _sessions(_child(top, "sessions"), server)
    statistics = _child(top, "statistics")
    _child(statistics, "netconf-start-time", _time(server, server.started))
    counted = server.statistics
    _child(statistics, "in-bad-hellos", str(counted.in_bad_hellos))
    _child(statistics, "in-sessions", str(counted.in_sessions))
    _child(statistics, "dropped-sessions", str(counted.dropped_sessions))
    _counters(statistics, counted)
    return top


def streams(server: NetconfServer, now: Instant) -> Element:
    """`<netconf>` of RFC 5277: the streams of events. # source: netconf-notifications"""
    top = etree.Element(f"{{{NETMOD}}}netconf", nsmap=own(NETMOD))
    listed = etree.SubElement(top, f"{{{NETMOD}}}streams")
    for name, log in server.logs.items():
        row = etree.SubElement(listed, f"{{{NETMOD}}}stream")
        leaves = {"name": name, "description": DESCRIPTIONS[name], "replaySupport": "false"}
        if name == NETCONF:
            leaves["replaySupport"] = "true"
            leaves["replayLogCreationTime"] = _time(server, log.created)
            if log.aged is not None:
                leaves["replayLogAgedTime"] = _time(server, log.aged)
        for leaf, text in leaves.items():
            etree.SubElement(row, f"{{{NETMOD}}}{leaf}").text = text
    return top


def get_schema(call: Call) -> bytes:
    """`get-schema`: the text of a module."""
    wanted, version = call.text("identifier"), call.text("version")
    if wanted is None:
        raise call.bad("missing-element", "identifier")
    call.only("identifier", "version", "format", namespace=NAMESPACE)
    kind = (call.text("format") or "yang").rpartition(":")[2]
    found = [
        text
        for text in served(call.server.announced, call.server.own_texts)
        if text.name == wanted and version in (None, "", text.revision) and kind == "yang"
    ]
    if not found:
        raise RpcError(
            "application",
            "invalid-value",
            path="/nc:rpc/ncm:get-schema",
            namespaces={"nc": "urn:ietf:params:xml:ns:netconf:base:1.0", "ncm": NAMESPACE},
        )
    if len(found) > 1:  # RFC 6022 section 3.1
        raise RpcError(
            "application",
            "operation-failed",
            path="/nc:rpc/ncm:get-schema",
            app_tag="data-not-unique",
            namespaces={"nc": "urn:ietf:params:xml:ns:netconf:base:1.0", "ncm": NAMESPACE},
        )
    return _schema_data(found[0])


def _schema_data(text: Text) -> bytes:
    return f'<data xmlns="{NAMESPACE}">{escape(text.read())}</data>'.encode()


@lru_cache(maxsize=64)
def _announced(announced: Announced, theirs: OwnTexts) -> tuple[Element, Element]:
    """`capabilities` and `schemas`: the same for every device of a release. Copy them."""
    top = etree.Element(f"{{{NAMESPACE}}}netconf-state", nsmap=own(NAMESPACE))
    listed = _child(top, "capabilities")
    for capability in announced.capabilities:
        _child(listed, "capability", capability)
    schemas = _child(top, "schemas")
    for text in served(announced, theirs):
        schema = _child(schemas, "schema")
        _child(schema, "identifier", text.name)
        _child(schema, "version", text.revision)
        _child(schema, "format", "yang")
        _child(schema, "namespace", text.namespace)
        _child(schema, "location", "NETCONF")
    return listed, schemas


@lru_cache(maxsize=64)
def _announced_text(announced: Announced, theirs: OwnTexts) -> tuple[bytes, bytes]:
    declared = f' xmlns="{NAMESPACE}"'.encode()
    first, second = (etree.tostring(part) for part in _announced(announced, theirs))
    return first.replace(declared, b"", 1), second.replace(declared, b"", 1)


def _datastore(parent: Element, name: str, server: NetconfServer) -> None:
    datastore = _child(parent, "datastore")
    _child(datastore, "name", name)
    lock = server.locks.get(name)
    if lock is not None:
        held = _child(_child(datastore, "locks"), "global-lock")
        _child(held, "locked-by-session", str(lock.session_id))
        _child(held, "locked-time", _time(server, lock.since))
    elif name == RUNNING and server.partial_locks:
        locks = _child(datastore, "locks")
        for number, partial in server.partial_locks.items():
            held = _child(locks, "partial-lock")
            _child(held, "lock-id", str(number))
            _child(held, "locked-by-session", str(partial.session_id))
            _child(held, "locked-time", _time(server, partial.since))
            for select in partial.selects:
                _child(held, "select", select)
            for where in partial.nodes:
                schema = server.announced.schema
                held.append(node_element(NAMESPACE, "locked-node", where, schema))


def _sessions(parent: Element, server: NetconfServer) -> None:
    for number, session in server.sessions.items():
        row = _child(parent, "session")
        _child(row, "session-id", str(number))
        _child(row, "transport", "netconf-ssh")
        _child(row, "username", session.user)
        _child(row, "source-host", session.source)
        _child(row, "login-time", _time(server, session.login))
        _counters(row, session.statistics)


def _counters(parent: Element, counted: Statistics) -> None:
    _child(parent, "in-rpcs", str(counted.in_rpcs))
    _child(parent, "in-bad-rpcs", str(counted.in_bad_rpcs))
    _child(parent, "out-rpc-errors", str(counted.out_rpc_errors))
    _child(parent, "out-notifications", str(counted.out_notifications))


def _time(server: NetconfServer, instant: Instant) -> str:
    return yang_time(instant, server.device.zone, server.device.clock_offset_ms)


def _child(parent: Element, name: str, text: str | None = None) -> Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child
