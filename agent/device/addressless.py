"""An interface that routes and has no IPv4 address says so: the line `no ip address`.

Virtual interfaces route, and so do ports where nothing switches; on a switch a port and a
Port-channel do after `no switchport`. A part of a port (GigabitEthernet1.10) says nothing of
itself. Whoever makes, empties or turns an interface, the line follows here.
Sources: docs/sources.md, entry no-ip-address.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from agent.device.hollow import with_hollow_rows
from agent.device.unsaid import unsaid
from cli_grammar import Grammar
from yang.tree import Edit, Entry, Path, Tree, apply, get, walk

_INTERFACES: Path = ("native", "interface")
_ROUTED = frozenset({"Loopback", "Tunnel", "Vlan"})
_MANAGEMENT = ("GigabitEthernet", "0/0")
_SAID: Path = ("ip", "no-address")


def with_consequences(root: Tree, edits: tuple[Edit, ...], grammar: Grammar) -> tuple[Edit, ...]:
    """The edits of `root`, and those that follow from them on any device."""
    edits = with_hollow_rows(edits, grammar)
    edits = (*edits, *unsaid(root, edits))
    touched = dict.fromkeys(edit.path[:3] for edit in edits if edit.path[:2] == _INTERFACES)
    if not touched:
        return edits
    new = apply(root, edits)
    return (*edits, *(each for path in touched for each in _told(new, path, _switches(grammar))))


def all_told(root: Tree, switches: bool) -> Tree:
    """The root with the line in every interface that wants it; `switches`: is it a switch's?"""
    paths = dict.fromkeys(path[:3] for path, _ in walk(root) if path[:2] == _INTERFACES)
    return apply(root, tuple(each for path in paths for each in _told(root, path, switches)))


@cache
def _switches(grammar: Grammar) -> bool:
    return any(node.token == "switchport" for node in grammar.modes["interface"].root.children)


def _told(root: Tree, path: Path, switches: bool) -> Iterator[Edit]:
    """What brings the line of one interface into agreement with the rest of it."""
    name = path[-1]
    row: Tree | None = get(root, path)
    if row is None or not isinstance(name, Entry) or "." in name.key:
        return
    wanted = _routes(row, name, switches) and not get(row, ("ip", "address"))
    said = get(row, _SAID) is not None
    if wanted and not said:
        yield Edit("set", (*path, *_SAID, "address"), False)
    elif said and not wanted:
        yield Edit("delete", (*path, *_SAID))


def _routes(row: Tree, name: Entry, switches: bool) -> bool:
    if name.name in _ROUTED or (name.name, name.key) == _MANAGEMENT:
        return True
    return not switches or get(row, ("switchport-conf", "switchport")) is False
