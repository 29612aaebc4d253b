"""Where the published native model has another shape than the device's store: one table.

A device stores what its commands say; the model often says the same with other nodes. An Item
stands for one such difference at a place of the tree: what is stored at one path shows at another
one. `shown_shape` gives the published tree of a stored one, `stored_shape` brings an edited one
back; what an edit left alone stays stored as it was, even where the model cannot say all of it.
Sources: docs/sources.md, entries native-shape, call-home-model.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from agent.netconf import native_values as v
from agent.netconf.native_clock import SUMMER
from agent.netconf.native_items import Item, Pattern, each, shown_by, shown_here, stored_by
from yang.tree import EMPTY, Path, Rows, Tree, Value

TAC = "CiscoTAC-1"


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


# --- profiles of Call Home ----------------------------------------------------------------------


def _first(value: Value) -> Value | None:
    return (value[0] if value else None) if isinstance(value, tuple) else value


def _listed(now: Value | None) -> Value | None:
    return None if now is None else (now,)


def _lower(now: Value | None) -> str | None:
    return None if now is None else str(now).lower()


def _way(value: Value) -> str | None:
    return next((way for way in ("http", "email") if value.get(way)), None)


def _kept_way(now: Value | None) -> Tree | None:
    return None if now is None else Tree({str(now): True})


_METHOD: Path = ("destination", "transport-method")
_HTTP: Path = ("destination", "address", "http")
_MAIL: Path = ("destination", "address", "email")
_TAC_ITEMS = (
    Item(_METHOD, _METHOD, _way, _kept_way),
    Item(_HTTP, (*_HTTP, "http-address"), _first, _listed),
)
_SUBSCRIBED = tuple(
    ("subscribe-to-alert-group", f"{group}-periodically", group, "periodic", period)
    for group in ("configuration", "inventory")
    for period in ("daily", "monthly", "weekly")
)
_USER_ITEMS = (
    *(Item((*at, "begin-time"), (*at, "begin-time"), v.hour, v.kept_hour) for at in _SUBSCRIBED),
    *(Item((*at, "day"), (*at, "day"), str.title, _lower) for at in _SUBSCRIBED),
    v.flag("reporting", "smart-licensing-data"),
    Item(_HTTP, _HTTP, _first, _listed),
    Item(_MAIL, (*_MAIL, "email-address"), v.rows, v.kept_rows),
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


_ENABLE: Path = ("authentication", "enable")
_FTP_PASSWORD: Path = ("ftp", "password", "password-container")

# --- the table ----------------------------------------------------------------------------------

_LINE = (
    Item(("authorization", "commands"), ("authorization", "commands"), v.by_level, v.kept_by_level),
    v.flag("exec-banner"),
    v.flag("motd-banner"),
    v.moved("privilege/level", "privilege/level/number"),
    v.present("logging/synchronous", "logging/synchronous"),
    Item(("transport", "input"), ("transport", "input"), partial(v.words, "input"), v.sentence),
    Item(("transport", "output"), ("transport", "output"), partial(v.words, "output"), v.sentence),
    v.moved("transport/preferred", "transport/preferred/protocol"),
)
PLACES: Mapping[Pattern, tuple[Item, ...]] = {
    ("native", "aaa"): (
        v.flag("new-model"),
        Item(_ENABLE, (*_ENABLE, "default"), v.in_one, v.kept_in_turn),
    ),
    ("native", "service", "timestamps"): (
        v.moved("debug", "debug-config"),
        v.moved("log", "log-config"),
    ),
    ("native", "clock"): (SUMMER,),
    ("native", "login"): (
        v.marked("on-success", "log"),
        v.present("on-failure/log", "on-failure/log"),
        v.moved("block-for/seconds", "block-config/block-for"),
        v.moved("block-for/attempts", "block-config/attempts"),
        v.moved("block-for/within", "block-config/within"),
    ),
    ("native", "alias", "exec[]"): (v.moved("command", "new-alias-name"),),
    ("native", "alias", "configure[]"): (v.moved("command", "new-alias-name"),),
    ("native", "snmp-server"): (v.of_interface("trap-source", "trap-source"),),
    ("native", "ip"): (
        v.moved("routing", "routing-conf/routing"),
        v.of_interface("ftp/source-interface", "ftp/source-interface"),
        v.moved("ftp/passive", "ftp/passive-enable"),
        Item(("ftp", "password"), _FTP_PASSWORD, v.secret, v.kept_secret),
        v.of_interface("tftp/source-interface", "tftp/source-interface"),
    ),
    ("native", "ip", "http"): (
        Item(("secure-ciphersuite-names",), ("secure-ciphersuite",), v.marks, v.kept_marks),
    ),
    ("native", "ip", "http", "client"): (
        Item(("secure-ciphersuite-names",), ("secure-ciphersuite",), v.marks, v.kept_marks),
    ),
    ("native", "ip", "ssh", "server", "algorithm"): tuple(
        Item((kind,), (kind, f"{word}-options"), v.listed, v.kept_listed)
        for kind, word in (
            ("encryption", "encrypt"),
            ("mac", "mac"),
            ("kex", "kex"),
            ("hostkey", "hostkey"),
        )
    ),
    ("native", "ip", "ssh"): (
        v.of_interface("source-interface", "source-interface-config"),
        v.version(True),
        v.version(False),
    ),
    ("native", "ip", "domain"): (
        v.moved("list", "list/domain-name"),
        v.of_interface("lookup-source-interface", "lookup-settings/lookup/source-interface"),
    ),
    ("native", "ip", "host", "vrf[]"): (v.moved("host-list", "host-name"),),
    ("native", "ip", "name-server"): (v.moved("no-vrf", "no-vrf-ordered"),),
    ("native", "ip", "name-server", "vrf[]"): (
        v.moved("server-ip-list", "server-ip-list-ordered"),
    ),
    ("native", "vtp"): (Item(("mode",), ("mode",), lambda word: Tree({word: EMPTY}), v.only),),
    ("native", "line", "console[]"): _LINE,
    ("native", "line", "vty[]"): _LINE,
    ("native", "interface", "*[]"): (
        Item(("speed",), ("speed",), v.speed, v.kept_speed),
        v.moved("switchport/access/vlan", "switchport-config/switchport/access/vlan/vlan"),
        v.moved("switchport/nonegotiate", "switchport-config/switchport/nonegotiate"),
        v.moved("switchport/voice/vlan", "switchport-config/switchport/voice/vlan/vlan"),
        v.moved(
            "switchport/trunk/allowed/vlan/vlans",
            "switchport-config/switchport/trunk/allowed/vlan/vlans",
        ),
        v.moved(
            "switchport/trunk/native/vlan", "switchport-config/switchport/trunk/native/vlan/vlan-id"
        ),
        Item(
            ("switchport", "mode"),
            ("switchport-config", "switchport", "mode"),
            v.modes,
            v.kept_modes,
        ),
    ),
    ("native", "interface", "Tunnel[]"): (
        Item(("tunnel", "destination"), ("tunnel", "destination-config"), v.end, v.kept_end),
    ),
    ("native", "crypto", "pki", "trustpoint[]"): (
        v.moved("enrollment/pkcs12", "enrollment/enrollment-method/pkcs12"),
        v.moved("enrollment/selfsigned", "enrollment/enrollment-method/selfsigned"),
        v.moved("enrollment/url", "enrollment/enrollment-method/url"),
        v.moved("enrollment/profile", "enrollment/enrollment-method/profile"),
        v.moved("password", "password/clear-password"),
        v.present("enrollment/terminal", "enrollment/terminal"),
        v.moved("enrollment/pem", "enrollment/terminal/pem"),
        v.moved("rsakeypair/key-size", "rsakeypair/gen-key"),
        v.moved("auto-enroll/percentage", "auto-enroll/percent"),
        Item(("chain-validation",), ("chain-validation",), v.word, v.only),
        Item(("ip-address",), ("ip-address",), v.address, v.kept_address),
        Item(("serial-number",), ("serial-number",), v.shown_mark, v.kept_number),
        v.moved("serial-number-none", "serial-number/none"),
    ),
    ("native", "logging"): (
        v.flag("buginf"),
        v.moved("rate-limit", "rate-limit-config/common-config/rate-limit/common-options/range"),
        v.moved("origin-id/kind", "origin-id/type-value"),
        v.moved("buffered/on", "buffered-config/buffered"),
        v.moved("buffered/size", "buffered/size-value"),
        v.moved("buffered/severity", "buffered/severity-level"),
        v.logged("console"),
        v.logged("monitor"),
        v.moved("source-interface", "source-interface-conf/interface-name-non-vrf"),
    ),
    ("native", "logging", "host", "ipv4-host-transport-list[]"): tuple(
        Item(("transport", name, "port"), ("transport", name, "port-config"), v.row, v.kept_row)
        for name in ("udp", "tcp")
    ),
    ("native", "vrf", "definition[]"): tuple(
        Item((*family, "route-target", way), (*family, "route-target", *there), v.rows, v.kept_rows)
        for way in ("export", "import")
        for family, there in (
            ((), (way,)),
            (("address-family", "ipv4"), (f"{way}-route-target", "without-stitching")),
            (("address-family", "ipv6"), (f"{way}-route-target", "without-stitching")),
        )
    ),
    ("native", "call-home"): (
        v.of_interface("source-interface", "source-interface"),
        Item(("mail-server",), ("mail-server", "server"), v.servers),
        Item(("http", "resolve-hostname"), ("http", "resolve-hostname"), v.word, v.only),
        Item(("http-proxy",), ("http-proxy", "proxy-servers"), v.proxy, v.kept_proxy),
        Item(("profile",), ("tac-profile", "profile", TAC), _tac, _kept_tac, _of_tac, hollow=True),
        Item(("profile",), ("user-profile", "profile"), _users, _kept_users, _of_users),
    ),
}
