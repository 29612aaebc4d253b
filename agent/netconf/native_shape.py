"""Where the published native model has another shape than the device's store: one table.

A device stores what its commands say; the model often says the same with other nodes. An Item
stands for one such difference at a place of the tree: what is stored at one path shows at another
one. `shown_shape` gives the published tree of a stored one, `stored_shape` brings an edited one
back; what an edit left alone stays stored as it was, even where the model cannot say all of it.
Sources: docs/sources.md, entries native-shape, call-home-model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from agent.netconf.native_items import Item, Pattern, each, shown_by, shown_here, stored_by
from cli_grammar import VIRTUAL_TYPES
from yang.tree import EMPTY, Path, Rows, Tree, Value

TAC = "CiscoTAC-1"
_INTERFACE = re.compile(r"([A-Za-z-]+)(\d[\d/.]*)")


def shown_shape(root: Tree) -> Tree:
    """The published shape of a stored root."""
    for pattern, items in PLACES.items():
        root = each(root, pattern, shown_here, items, EMPTY, EMPTY)
    return root


def stored_shape(shown: Tree, old: Tree) -> Tree:
    """The stored root of an edited published one; `old` is what was stored before the edit."""
    was = shown_shape(old)
    for pattern, items in PLACES.items():
        shown = each(shown, pattern, stored_by, items, old, was)
    return shown


# --- how values differ --------------------------------------------------------------------------


def _flag(*path: str) -> Item:
    """A word that `no` turns into its opposite in the store; the model has it or has it not."""
    return Item(path, path, lambda value: value or None, bool)


def _moved(stored: str, shown: str) -> Item:
    return Item(tuple(stored.split("/")), tuple(shown.split("/")))


def _present(stored: str, shown: str) -> Item:
    """An empty leaf here, a container with presence there."""
    there, here = tuple(shown.split("/")), tuple(stored.split("/"))
    return Item(here, there, _shown_mark, _truth)


def _shown_mark(value: Value) -> Tree | None:
    return EMPTY if value else None


def _truth(now: Value | None) -> bool | None:
    return None if now is None else True


def _marked(*path: str) -> Item:
    """A word that `no` turns into its opposite in the store; the model has a presence container."""
    return Item(path, path, _shown_mark, lambda now: now is not None)


def _of_interface(stored: str, shown: str) -> Item:
    """An interface's name here, a leaf of its type there."""
    return Item(tuple(stored.split("/")), tuple(shown.split("/")), _typed, _kept_typed)


def _typed(value: Value) -> Value | None:
    found = _INTERFACE.fullmatch(str(value))
    if found is None:
        return None
    kind, number = found.groups()
    return Tree({kind: int(number) if kind in VIRTUAL_TYPES else number})


def _kept_typed(now: Value | None) -> str | None:
    return next((f"{kind}{number}" for kind, number in now.items()), None) if now else None


def _version(wanted: bool) -> Item:
    """The SSH version: 2 has a leaf of its own."""

    def mine(value: Value) -> Value:
        return value if (value == 2) is wanted else None

    return Item(("version",), ("ssh-version" if wanted else "version",), mine=mine)


def _only(now: Value | None) -> str | None:
    return next(iter(now), None) if now else None


def _words(leaf: str, value: Value) -> Tree:
    """`transport input|output`: all, none or protocols."""
    words = str(value).split()
    return Tree({words[0]: True}) if words[0] in ("all", "none") else Tree({leaf: tuple(words)})


def _sentence(now: Value | None) -> str | None:
    if not now:
        return None
    listed = now.get("input") or now.get("output")
    return " ".join(sorted(listed, reverse=True)) if listed else _only(now)


def _word(value: Value) -> Tree:
    return Tree({value: True})


def _address(value: Value) -> Tree:
    return Tree({"none": True} if value == "none" else {"address-line": value})


def _kept_address(now: Value | None) -> Value | None:
    return now.get("address-line", "none" if "none" in now else None) if now else None


def _kept_number(now: Value | None) -> bool | None:
    """`serial-number`; with `none` in it another line is meant."""
    return None if now is None or "none" in now else True


def _end(value: Value) -> Tree:
    numeric = str(value).replace(".", "").isdigit()
    return Tree({"ipv4" if numeric else "host": value})


def _kept_end(now: Value | None) -> Value | None:
    return next(iter(now.values()), None) if now else None


def _speed(value: Value) -> Tree:
    return Tree({"auto" if value == "auto" else f"value-{value}": True})


def _kept_speed(now: Value | None) -> Value | None:
    word = _only(now)
    return int(word.removeprefix("value-")) if word and word != "auto" else word


def _modes(value: Value) -> Tree:
    return Tree(dict.fromkeys(value, EMPTY))


def _kept_modes(now: Value | None) -> Tree | None:
    return Tree(dict.fromkeys(now, True)) if now else None


def _proxy(value: Value) -> Value | None:
    if "server" not in value:
        return None
    row = Tree({name: port for name, port in value.items() if name == "port"})
    return Rows({str(value["server"]): row})


def _kept_proxy(now: Value | None) -> Tree | None:
    return next((Tree(server=server, **row) for server, row in now.items()), None) if now else None


# --- profiles of Call Home ----------------------------------------------------------------------


def _first(value: Value) -> Value | None:
    return (value[0] if value else None) if isinstance(value, tuple) else value


def _listed(now: Value | None) -> Value | None:
    return None if now is None else (now,)


def _way(value: Value) -> str | None:
    return next((way for way in ("http", "email") if value.get(way)), None)


def _kept_way(now: Value | None) -> Tree | None:
    return None if now is None else Tree({str(now): True})


def _addresses(value: Value) -> Rows:
    return Rows(dict.fromkeys(value, EMPTY))


def _kept_addresses(now: Value | None) -> tuple[str, ...] | None:
    return tuple(now) if now else None


_METHOD: Path = ("destination", "transport-method")
_HTTP: Path = ("destination", "address", "http")
_MAIL: Path = ("destination", "address", "email")
_TAC_ITEMS = (
    Item(_METHOD, _METHOD, _way, _kept_way),
    Item(_HTTP, (*_HTTP, "http-address"), _first, _listed),
)
_USER_ITEMS = (
    _flag("reporting", "smart-licensing-data"),
    Item(_HTTP, _HTTP, _first, _listed),
    Item(_MAIL, (*_MAIL, "email-address"), _addresses, _kept_addresses),
)


def _tac(value: Value) -> Tree | None:
    return shown_by(value[TAC], _TAC_ITEMS) if TAC in value else None


def _kept_tac(now: Value | None) -> Rows | None:
    return None if now is None else Rows({TAC: stored_by(now, EMPTY, EMPTY, _TAC_ITEMS)})


def _users(value: Value) -> Rows | None:
    return Rows({name: shown_by(row, _USER_ITEMS) for name, row in value.items()}) or None


def _kept_users(now: Value | None) -> Rows | None:
    rows = {name: stored_by(row, EMPTY, EMPTY, _USER_ITEMS) for name, row in (now or {}).items()}
    return Rows(rows) or None


def _of_tac(value: Value) -> Rows:
    return Rows({name: row for name, row in value.items() if name == TAC})


def _of_users(value: Value) -> Rows:
    return Rows({name: row for name, row in value.items() if name != TAC})


# --- the table ----------------------------------------------------------------------------------

_LINE = (
    _moved("privilege/level", "privilege/level/number"),
    _present("logging/synchronous", "logging/synchronous"),
    Item(("transport", "input"), ("transport", "input"), partial(_words, "input"), _sentence),
    Item(("transport", "output"), ("transport", "output"), partial(_words, "output"), _sentence),
    _moved("transport/preferred", "transport/preferred/protocol"),
)
PLACES: Mapping[Pattern, tuple[Item, ...]] = {
    ("native", "aaa"): (_flag("new-model"),),
    ("native", "login"): (
        _marked("on-success", "log"),
        _present("on-failure/log", "on-failure/log"),
        _moved("block-for/seconds", "block-config/block-for"),
        _moved("block-for/attempts", "block-config/attempts"),
        _moved("block-for/within", "block-config/within"),
    ),
    ("native", "alias", "exec[]"): (_moved("command", "new-alias-name"),),
    ("native", "alias", "configure[]"): (_moved("command", "new-alias-name"),),
    ("native", "snmp-server"): (_of_interface("trap-source", "trap-source"),),
    ("native", "ip"): (
        _moved("routing", "routing-conf/routing"),
        _of_interface("ftp/source-interface", "ftp/source-interface"),
        _of_interface("tftp/source-interface", "tftp/source-interface"),
    ),
    ("native", "ip", "ssh"): (
        _of_interface("source-interface", "source-interface-config"),
        _version(True),
        _version(False),
    ),
    ("native", "ip", "domain"): (_moved("list", "list/domain-name"),),
    ("native", "ip", "host", "vrf[]"): (_moved("host-list", "host-name"),),
    ("native", "ip", "name-server"): (_moved("no-vrf", "no-vrf-ordered"),),
    ("native", "ip", "name-server", "vrf[]"): (_moved("server-ip-list", "server-ip-list-ordered"),),
    ("native", "vtp"): (Item(("mode",), ("mode",), lambda word: Tree({word: EMPTY}), _only),),
    ("native", "line", "console[]"): _LINE,
    ("native", "line", "vty[]"): _LINE,
    ("native", "interface", "*[]"): (
        Item(("speed",), ("speed",), _speed, _kept_speed),
        _moved("switchport/access/vlan", "switchport-config/switchport/access/vlan/vlan"),
        _moved("switchport/nonegotiate", "switchport-config/switchport/nonegotiate"),
        _moved("switchport/voice/vlan", "switchport-config/switchport/voice/vlan/vlan"),
        _moved(
            "switchport/trunk/allowed/vlan/vlans",
            "switchport-config/switchport/trunk/allowed/vlan/vlans",
        ),
        _moved(
            "switchport/trunk/native/vlan", "switchport-config/switchport/trunk/native/vlan/vlan-id"
        ),
        Item(
            ("switchport", "mode"), ("switchport-config", "switchport", "mode"), _modes, _kept_modes
        ),
    ),
    ("native", "interface", "Tunnel[]"): (
        Item(("tunnel", "destination"), ("tunnel", "destination-config"), _end, _kept_end),
    ),
    ("native", "crypto", "pki", "trustpoint[]"): (
        _moved("enrollment/pkcs12", "enrollment/enrollment-method/pkcs12"),
        _moved("enrollment/selfsigned", "enrollment/enrollment-method/selfsigned"),
        _moved("enrollment/url", "enrollment/enrollment-method/url"),
        _moved("enrollment/profile", "enrollment/enrollment-method/profile"),
        _moved("password", "password/clear-password"),
        _present("enrollment/terminal", "enrollment/terminal"),
        _moved("enrollment/pem", "enrollment/terminal/pem"),
        _moved("rsakeypair/key-size", "rsakeypair/gen-key"),
        _moved("auto-enroll/percentage", "auto-enroll/percent"),
        Item(("chain-validation",), ("chain-validation",), _word, _only),
        Item(("ip-address",), ("ip-address",), _address, _kept_address),
        Item(("serial-number",), ("serial-number",), _shown_mark, _kept_number),
        _moved("serial-number-none", "serial-number/none"),
    ),
    ("native", "logging"): (
        _flag("buginf"),
        _moved("origin-id/kind", "origin-id/type-value"),
        _moved("buffered/size", "buffered/size-value"),
        _moved("buffered/severity", "buffered/severity-level"),
        _moved("console/on", "console-config/console"),
        _moved("console/severity", "console-config/common-config/console/severity"),
        _moved("monitor/on", "monitor-config/monitor"),
        _moved("monitor/severity", "monitor-config/common-config/monitor/severity"),
        _moved("source-interface", "source-interface-conf/interface-name-non-vrf"),
    ),
    ("native", "call-home"): (
        Item(("http-proxy",), ("http-proxy", "proxy-servers"), _proxy, _kept_proxy),
        Item(("profile",), ("tac-profile", "profile", TAC), _tac, _kept_tac, _of_tac, hollow=True),
        Item(("profile",), ("user-profile", "profile"), _users, _kept_users, _of_users),
    ),
}
