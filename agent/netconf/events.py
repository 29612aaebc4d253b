"""What a device tells its NETCONF clients: the events of RFC 6470 and of the licence module, and
the bounded log that subscriptions and replays read.

A log belongs to a device and outlives sessions; its oldest events go when it is full. Each event is
kept as text, so a subscription costs a number: where it stands in the log.
Sources: docs/sources.md, entries netconf-notifications, licence-notifications.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from agent.core.clock import Instant
from agent.netconf.capabilities import Announced
from agent.netconf.rpc_errors import path_text
from yang.difference import edits_between
from yang.errors import Location
from yang.schema import Node, Schema
from yang.tree import Edit, Entry, Path, Tree, get
from yang.xml import Element, key_values, own, printable

if TYPE_CHECKING:
    from agent.netconf.session import NetconfSession

NCN = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"
LICENCE = "http://cisco.com/ns/yang/cisco-smart-license"
LIBRARY = "urn:ietf:params:xml:ns:yang:ietf-yang-library"
MAX_EVENTS, MAX_BYTES = 500, 256 * 1024  # of a device's log
MAX_EDITS = 100  # told one by one; more are told by their top nodes
GENERAL = "general-failure"
# A licence notification for each system message. The model defines notifications of registration
# only. # assumed: those of trust and authorization take their place, as the return codes do
_TOLD: Mapping[str, tuple[tuple[str, bool], ...]] = {  # (name, does it carry reason and message)
    "SMART_LIC.AGENT_ENABLED": (("ready", False), ("enabled", False)),
    "SMART_LIC.COMM_FAILED": (("communications-fail", True),),
    "SMART_LIC.COMM_RESTORED": (("communications-restored", False),),
    "SMART_LIC.TRUST_CODE_INSTALL_SUCCESS": (("registration-success", False),),
    "SMART_LIC.TRUST_CODE_INSTALL_FAILED": (("registration-fail", True),),
    "SMART_LIC.AUTHORIZATION_INSTALL_SUCCESS": (("authorization-renew-success", False),),
    "SMART_LIC.AUTHORIZATION_INSTALL_FAILED": (("authorization-renew-fail", True),),
    "SMART_LIC.USAGE_NO_ACK": (("utility-RUM-fail", True),),
}
LONGEST_MESSAGE = 255  # fail-message-type


class Event(NamedTuple):
    """One event: when, and the element that says what."""

    at: Instant
    content: bytes


class EventLog:
    """The last events of one stream, numbered from 0 in the order they happened."""

    __slots__ = ("_bytes", "_events", "aged", "created", "first")

    def __init__(self, created: Instant) -> None:
        self.created = created
        self.first = 0  # number of the oldest event still there
        self.aged: Instant | None = None  # when the last event that is gone happened
        self._events: deque[Event] | None = None  # an empty one weighs 600 bytes
        self._bytes = 0

    @property
    def next(self) -> int:
        """The number the next event will have."""
        return self.first + len(self._events or ())

    def add(self, event: Event) -> None:
        """Keep an event; the oldest go where it is too much."""
        if self._events is None:
            self._events = deque()
        self._events.append(event)
        self._bytes += len(event.content)
        while len(self._events) > MAX_EVENTS or (self._bytes > MAX_BYTES and self._events):
            gone = self._events.popleft()
            self._bytes -= len(gone.content)
            self.first += 1
            self.aged = gone.at

    def event(self, number: int) -> Event:
        """The event of this number, which is still there."""
        assert self._events is not None
        return self._events[number - self.first]

    def since(self, instant: Instant) -> int:
        """The number of the first event at or after an instant."""
        found = (n for n, event in enumerate(self._events or (), self.first) if event.at >= instant)
        return next(found, self.next)


# --- what the events say ------------------------------------------------------------------------


def licence_events(mnemonic: str, text: str) -> Iterator[bytes]:
    """The notifications of the licence module that go with a system message."""
    said = text.partition(": ")[2]  # behind %SMART_LIC-3-COMM_FAILED
    for name, failed in _TOLD.get(mnemonic, ()):
        element = etree.Element(f"{{{LICENCE}}}{name}", nsmap=own(LICENCE))
        if failed:
            etree.SubElement(element, f"{{{LICENCE}}}reason").text = GENERAL
            message = etree.SubElement(element, f"{{{LICENCE}}}message")
            message.text = printable(said[:LONGEST_MESSAGE])
        yield etree.tostring(element)


def session_started(session: NetconfSession) -> bytes:
    """`netconf-session-start`."""
    return _text(_common(_element("netconf-session-start"), session))


def session_ended(session: NetconfSession, reason: str, killed_by: int) -> bytes:
    """`netconf-session-end`; `reason` is one of closed, killed, dropped, timeout, bad-hello."""
    element = _common(_element("netconf-session-end"), session)
    if killed_by:
        _leaf(element, "killed-by", str(killed_by))
    _leaf(element, "termination-reason", reason)
    return _text(element)


def confirmed_commit(session: NetconfSession | None, what: str, timeout: int | None) -> bytes:
    """`netconf-confirmed-commit`: start, cancel, timeout, extend or complete; seconds left."""
    element = _element("netconf-confirmed-commit")
    if session is not None and what != "timeout":
        _common(element, session)
    _leaf(element, "confirm-event", what)
    if timeout is not None:
        _leaf(element, "timeout", str(timeout))
    return _text(element)


def capability_change(before: tuple[str, ...], after: tuple[str, ...]) -> bytes:
    """`netconf-capability-change`."""
    element = _element("netconf-capability-change")
    _leaf(_leaf(element, "changed-by"), "server")
    for name, having, lacking in (
        ("added-capability", after, before),
        ("deleted-capability", before, after),
    ):
        known = frozenset(lacking)
        for capability in having:
            if capability not in known:
                _leaf(element, name, capability)
    return _text(element)


def library_update(now: Announced) -> bytes:
    """`yang-library-update` of RFC 8525, or `yang-library-change` of RFC 7895."""
    newer = now.has_yang_library
    name = "yang-library-update" if newer else "yang-library-change"
    element = etree.Element(f"{{{LIBRARY}}}{name}", nsmap=own(LIBRARY))
    leaf = "content-id" if newer else "module-set-id"
    etree.SubElement(element, f"{{{LIBRARY}}}{leaf}").text = now.library_id
    return etree.tostring(element)


def config_change(old: Tree, new: Tree, schema: Schema, by: NetconfSession | None) -> bytes:
    """`netconf-config-change` of running, whose views were `old` and are `new`."""
    element = _element("netconf-config-change")
    changed_by = _leaf(element, "changed-by")
    if by is None:
        _leaf(changed_by, "server")
    else:
        _common(changed_by, by)
    _leaf(element, "datastore", "running")
    for target, operation in _edits(old, new, schema):
        text = path_text(target, schema)
        edit = _leaf(element, "edit")
        used = {p: n for n, p in schema.prefixes.items() if f"/{p}:" in text}
        nsmap = {**own(NCN), **used}
        etree.SubElement(edit, f"{{{NCN}}}target", nsmap=nsmap).text = printable(text)
        _leaf(edit, "operation", operation)
    return _text(element)


def _edits(old: Tree, new: Tree, schema: Schema) -> list[tuple[tuple[Location, ...], str]]:
    edits = list(edits_between(old, new))
    if len(edits) > MAX_EDITS:
        tops = dict.fromkeys(edit.path[:2] for edit in edits)
        edits = [Edit("merge", top) for top in tops]
    told = []
    for edit in edits:
        target = _locations(edit.path, schema.top)
        if target is not None:
            told.append((target, _operation(edit, old)))
    return told


def _operation(edit: Edit, old: Tree) -> str:
    if edit.operation in ("delete", "discard"):
        return "delete"
    if edit.operation in ("add", "merge"):
        return {"add": "create"}.get(edit.operation, "merge")
    return "create" if get(old, edit.path) is None else "replace"


def _locations(path: Path, nodes: Mapping[str, Node]) -> tuple[Location, ...] | None:
    """A path as the schema names it; None for what no module knows."""
    found = []
    for step in path:
        node = nodes.get(step.name if isinstance(step, Entry) else step)
        if node is None:
            return None
        keys: tuple[tuple[str, str], ...] = ()
        if isinstance(step, Entry):
            values = key_values(node, step.key) if node.keys else []
            keys = tuple(zip(node.keys, values, strict=False))
        found.append(Location(node.namespace, node.name, keys))
        nodes = node.children
    return tuple(found)


def _common(element: Element, session: NetconfSession) -> Element:
    """Who: the leaves all notifications about a session share."""
    _leaf(element, "username", session.user)
    _leaf(element, "session-id", str(session.number))
    _leaf(element, "source-host", session.source)
    return element


def _element(name: str) -> Element:
    return etree.Element(f"{{{NCN}}}{name}", nsmap=own(NCN))


def _leaf(parent: Element, name: str, text: str | None = None) -> Element:
    child = etree.SubElement(parent, f"{{{NCN}}}{name}")
    child.text = printable(text)
    return child


def _text(element: Element) -> bytes:
    return etree.tostring(element)
