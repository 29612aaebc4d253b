"""Partial locks of running (RFC 5717): nodes that only one session may change.

A lock names instance nodes found by XPath when it was taken; it protects them and all below. It is
refused where another session has locked any of that. An edit of another session that would change
it is `in-use`.
Sources: docs/sources.md, entry partial-lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from agent.core.clock import Instant
from agent.netconf.rpc_errors import RpcError, path_text
from yang.difference import edits_between
from yang.errors import Location
from yang.schema import Schema, named
from yang.select import FilterError, NotNodes, by_xpath
from yang.tree import Entry, Path, Tree
from yang.xml import Element, children, name_of, own, row_key

if TYPE_CHECKING:
    from agent.netconf.call import Call
    from agent.netconf.server import NetconfServer

NAMESPACE = "urn:ietf:params:xml:ns:netconf:partial-lock:1.0"
MAX_NODES = 1000  # of one lock
MAX_LOCKS = 100  # of a device


@dataclass(frozen=True, slots=True)
class PartialLock:
    """Who holds it, since when, what was asked for, and which nodes that was then."""

    session_id: int
    since: Instant
    selects: tuple[str, ...]
    nodes: tuple[tuple[Location, ...], ...]
    paths: tuple[Path, ...]  # the same nodes, as the views name them


def partial_lock(call: Call) -> bytes:
    """`partial-lock`: the reply names the lock and its nodes."""
    from agent.netconf.data import data_of, xpath

    server, session = call.server, call.session
    call.only("select", namespace=NAMESPACE)
    selects = [c for c in children(call.operation) if name_of(c)[1] == "select"]
    if not selects:
        info = (("bad-element", "select"),)
        raise RpcError("protocol", "missing-element", path=_PATH, info=info, namespaces=_NAMES)
    held = server.locks.get("running")
    if held is not None and held.session_id != session.number:
        raise _denied(server.lock_message(held), held.session_id)
    if len(server.partial_locks) >= MAX_LOCKS:
        raise RpcError(
            "application", "resource-denied", "too many partial locks", _PATH, namespaces=_NAMES
        )
    found: dict[Path, tuple[Location, ...]] = {}
    texts = []
    for select in selects:
        text = (select.text or "").strip()
        texts.append(text)
        try:
            expression = xpath(text, select, call)
        except FilterError as fault:
            raise _bad_select(fault) from None
        for _, root in data_of(call).reached(expression.reaches):
            for element in by_xpath(expression, root).whole:
                path, where = _place(element, call.schema)
                found[path] = where
    if len(found) > MAX_NODES:
        raise RpcError("application", "too-big", path=_PATH, namespaces=_NAMES)
    # RFC 5717 section 2.4.1: nothing found is an error of its own
    if not found:
        raise RpcError(
            "application",
            "operation-failed",
            path=_PATH,
            app_tag="no-matches",
            namespaces=_NAMES,
        )
    _must_be_free(server, tuple(found), session.number)
    server.last_lock += 1
    server.partial_locks[server.last_lock] = PartialLock(
        session.number, call.now, tuple(texts), tuple(found.values()), tuple(found)
    )
    reply = f'<lock-id xmlns="{NAMESPACE}">{server.last_lock}</lock-id>'.encode()
    return reply + b"".join(_locked(where, call.schema) for where in found.values())


def _bad_select(why: FilterError) -> RpcError:
    """RFC 5717 section 2.4.1."""
    app_tag = "not-a-node-set" if isinstance(why, NotNodes) else ""
    info = (("bad-element", "select"),)
    path = f"{_PATH}/pl:select"
    return RpcError(
        "application", "invalid-value", str(why), path, app_tag, info, namespaces=_NAMES
    )


def partial_unlock(call: Call) -> bytes:
    """`partial-unlock`: by the session that holds it alone."""
    call.only("lock-id", namespace=NAMESPACE)
    given = call.text("lock-id") or ""
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 11 else 0
    lock = call.server.partial_locks.get(number)
    if lock is None or lock.session_id != call.session.number:
        info = (("bad-element", "lock-id"),)
        path = "/nc:rpc/pl:partial-unlock/pl:lock-id"
        raise RpcError("protocol", "invalid-value", path=path, info=info, namespaces=_NAMES)
    del call.server.partial_locks[number]
    return b"<ok/>"


def must_be_unlocked(server: NetconfServer, old: Tree, new: Tree, session_id: int) -> None:
    """Raises `in-use` where an edit of the views touches what another session has locked."""
    others = [p for p in server.partial_locks.values() if p.session_id != session_id]
    if not others:
        return
    touched = tuple(edit.path for edit in edits_between(old, new))
    for lock in others:
        if any(_overlap(path, node) for path in touched for node in lock.paths):
            info = (("session-id", str(lock.session_id)),)
            raise RpcError("application", "in-use", server.lock_message(lock), info=info)


def _must_be_free(server: NetconfServer, paths: tuple[Path, ...], session_id: int) -> None:
    for lock in server.partial_locks.values():
        if lock.session_id == session_id:
            continue
        if any(_overlap(path, node) for path in paths for node in lock.paths):
            raise _denied(server.lock_message(lock), lock.session_id)


def _overlap(one: Path, other: Path) -> bool:
    """Is one the other, or above it?"""
    shorter = min(len(one), len(other))
    return all(_same(a, b) for a, b in zip(one[:shorter], other[:shorter], strict=True))


def _same(one: str | Entry, other: str | Entry) -> bool:
    """A name alone stands for the whole list."""
    if isinstance(one, Entry) and isinstance(other, Entry):
        return one == other
    return _name(one) == _name(other)


def _name(step: str | Entry) -> str:
    return step.name if isinstance(step, Entry) else step


def _place(element: Element, schema: Schema) -> tuple[Path, tuple[Location, ...]]:
    """Where an element of the data stands, as a path of the views and as locations."""
    line = [element, *element.iterancestors()][::-1][1:]  # without the root
    path: list[str | Entry] = []
    where = []
    nodes = schema.top
    for step in line:
        namespace, name = name_of(step)
        node = named(nodes, name, namespace)
        keys: tuple[tuple[str, str], ...] = ()
        if node is not None and node.keys:
            values = tuple(step.findtext(node.children[key].tag) or "" for key in node.keys)
            keys = tuple(zip(node.keys, values, strict=True))
            path.append(Entry(node.key, row_key(values)))
        else:
            path.append(node.key if node else name)
        where.append(Location(namespace, name, keys))
        nodes = node.children if node else {}
    return tuple(path), tuple(where)


def _locked(where: tuple[Location, ...], schema: Schema) -> bytes:
    return etree.tostring(node_element(NAMESPACE, "locked-node", where, schema))


def node_element(namespace: str, name: str, where: tuple[Location, ...], schema: Schema) -> Element:
    """An element with an instance path, its prefixes declared."""
    text = path_text(where, schema)
    used = {prefix: ns for ns, prefix in schema.prefixes.items() if f"/{prefix}:" in text}
    element = etree.Element(f"{{{namespace}}}{name}", nsmap={**own(namespace), **used})
    element.text = text
    return element


def _denied(message: str, session_id: int) -> RpcError:
    info = (("session-id", str(session_id)),)
    return RpcError("protocol", "lock-denied", message, info=info)


_PATH = "/nc:rpc/pl:partial-lock"
_NAMES = {"nc": "urn:ietf:params:xml:ns:netconf:base:1.0", "pl": NAMESPACE}
