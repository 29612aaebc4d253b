"""What the commands behind an edit do beyond setting their own leaf.

A NETCONF edit says what shall be there; the device carries it out by commands, and these clear what
excludes the new setting, hash a password, spell an address in the device's way, set a port back.
Sources: docs/sources.md, entries secret-type-9, ipv6-spelling, interface-removal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from agent.device.config_edits import license_url_default, user_secret
from cli_grammar import VIRTUAL_TYPES, ipv6_prefix
from yang.tree import EMPTY, Edit, Entry, Path, Rows, Tree, apply, get

Salt = Callable[[], str]
_SMART: Path = ("native", "license", "smart")
_OWN_URL: Path = ("emulator", "license", "smart", "url", "smart")
_FEATURE: Path = ("native", "license", "feature", "name")
_NO_FEATURE: Path = ("emulator", "license", "feature")  # the line with `no`


def as_commands_do(old: Tree, new: Tree, salt: Salt) -> Tree:
    """The new root with all that the commands would have done."""
    if get(new, (*_SMART, "url", "default")):
        new = apply(new, (Edit("delete", (*_SMART, "url", "default")),))
        new = apply(new, tuple(license_url_default(new, {}, salt)))  # type: ignore[arg-type]
    if get(old, (*_SMART, "url", "name")) != get(new, (*_SMART, "url", "name")) and (
        get(new, _OWN_URL) == get(old, _OWN_URL)
    ):
        new = apply(new, (Edit("delete", _OWN_URL),))
    if get(new, _FEATURE) is not None:
        new = apply(new, (Edit("delete", _NO_FEATURE),))
    for name, row in get(new, ("native", "username"), Rows()).items():
        plain = get(row, ("secret", "secret"))
        if plain is not None and get(row, ("secret", "encryption"), 0) == 0:
            edits = user_secret(new, {"name": name, "password": str(plain)}, salt)
            new = apply(new, tuple(edits))  # type: ignore[arg-type]
    return _spelled(_routed(old, _buffered(old, _with_ports(old, new))))


def _buffered(old: Tree, new: Tree) -> Tree:
    """A buffer that is off has no size and no severity; one that gets them is on."""
    at: Path = ("native", "logging", "buffered")
    if get(new, (*at, "on")) is not False or len(get(new, at)) == 1:
        return new
    if get(old, (*at, "on")) is False:
        return apply(new, (Edit("set", (*at, "on"), True),))
    return apply(new, (Edit("delete", (*at, "size")), Edit("delete", (*at, "severity"))))


def _interfaces(root: Tree) -> Iterator[tuple[Path, Tree]]:
    """Every interface with its path."""
    for kind, rows in get(root, ("native", "interface"), EMPTY).items():
        for number, row in rows.items():
            yield ("native", "interface", Entry(kind, number)), row


def _routed(old: Tree, new: Tree) -> Tree:
    """A port that becomes a routed one loses what it was as a switch port."""
    off: Path = ("switchport-conf", "switchport")
    edits = [
        Edit("delete", (*path, "switchport"))
        for path, row in _interfaces(new)
        if get(row, off) is False and "switchport" in row and get(old, (*path, *off)) is not False
    ]
    return apply(new, tuple(edits))


def _spelled(root: Tree) -> Tree:
    """IPv6 addresses as the device spells them, whatever an edit wrote."""
    edits: list[Edit] = []
    for path, row in _interfaces(root):
        for prefix in get(row, ("ipv6", "address", "prefix-list"), EMPTY):
            spelled = ipv6_prefix(prefix)
            if spelled not in (None, prefix):
                at = (*path, "ipv6", "address")
                edits.append(Edit("delete", (*at, Entry("prefix-list", prefix))))
                edits.append(Edit("set", (*at, Entry("prefix-list", str(spelled)))))
    return apply(root, tuple(edits))


def _with_ports(old: Tree, new: Tree) -> Tree:
    """A port cannot go: deleting one sets it back, as `default interface` does.

    # assumed: an edit that deletes a physical interface is carried out this way
    """
    ports: Mapping[str, Any] = get(old, ("native", "interface"), EMPTY)
    edits = [
        Edit("set", ("native", "interface", Entry(kind, number)))
        for kind, rows in ports.items()
        if kind not in VIRTUAL_TYPES
        for number in rows
        if number not in get(new, ("native", "interface", kind), Rows())
    ]
    return apply(new, tuple(edits))
