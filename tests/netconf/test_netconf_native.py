"""One datastore: what the command line can store, the native model shows, and the other way round.

Input: every setting of the grammar alone, and random configurations typed into a device. Output:
a node of the schema with a value of its type for each, or a reason in the table; and a fresh device
that gets by NETCONF what was read of another one prints the same configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from agent.cli.running_config import Facts, configuration
from agent.core.release import Release
from agent.device.config import grammar_of
from agent.device.config_text import read_config
from agent.netconf.modules import texts_of
from agent.netconf.native_shape import shown_shape
from agent.netconf.server import NetconfServer
from agent.profiles.profile import load
from cli_grammar import Grammar, Matched, match
from cli_grammar.permutations import permutations
from tests.netconf.client import BASE, NATIVE, NOW, Client, device
from yang.difference import edits_between
from yang.schema import Node, named, schema_of
from yang.tree import EMPTY, Edit, Entry, Path, Tree, apply, path_text, walk
from yang.types import BadValue, from_text, to_text

RELEASE = Release.parse("17.18.1")
SCHEMA = schema_of(texts_of(RELEASE))
SWITCH = "http://cisco.com/ns/yang/Cisco-IOS-XE-switch"
PORT = Entry("GigabitEthernet", "1/0/1")
NOWHERE = "no published model has it"  # source: native-without
ALERTS = "native/call-home/user-profile/profile[Name-x1]/subscribe-to-alert-group"
# What the device stores and no served model shows: the beginning of its path, and why. A new
# command needs a node in yang/modules (and an Item in native_shape.py where the shape differs) or
# a line here.
UNPUBLISHED = {
    "emulator/": NOWHERE,
    "native/call-home/source-ip-address": NOWHERE,
    "native/call-home/vrf": NOWHERE,
    "native/call-home/user-profile/profile[Name-x1]/destination/message-size-limit": NOWHERE,
    "native/call-home/user-profile/profile[Name-x1]/destination/preferred-msg-format": NOWHERE,
    "native/crypto/pki/certificate": "certificates go in as text; the model tells their kind alone",
    "native/alias/interface": NOWHERE,
    "native/alias/line": NOWHERE,
    "native/alias/vrf": NOWHERE,
    "native/file": NOWHERE,
    "native/interface/GigabitEthernet[1/0/1]/tunnel": "only interfaces of type Tunnel have it",
    "native/ip/domain/retry": NOWHERE,
    "native/license/boot/level/network-premier": NOWHERE,
    "native/logging/trap/on": "the model has no word for `no`",
    "native/netconf-yang": NOWHERE,  # replies of devices that have it configured do not show it
    "native/restconf": NOWHERE,
    "native/snmp-server/enable/enable-choice/traps/kind": "a node for each kind, hundreds of them",
    "native/call-home/aaa-authorization": NOWHERE,
    "native/call-home/aaa-username": NOWHERE,
    "native/call-home/alert-group/all": NOWHERE,
    "native/call-home/alert-group-config": NOWHERE,
    "native/call-home/sender": NOWHERE,
    "native/call-home/syslog-throttling": NOWHERE,
    f"{ALERTS}/all": NOWHERE,
    f"{ALERTS}/crash": NOWHERE,
    f"{ALERTS}/snapshot": NOWHERE,
    "native/line/console[0]/login-off": "the model has no word for `no`",
    "native/line/console[0]/logging/synchronous-": NOWHERE,
}
# lines the model has no word for beside their opposites
ONE_SIDED = (
    "no reporting smart-licensing-data",
    "no logging buginf",
    "no exec-banner",
    "no motd-banner",
    "mail-server host.example priority 1 secure starttls",
)


def grammar(family: str) -> Grammar:
    return grammar_of(load(family), RELEASE)


@cache
def lines_by_mode(family: str) -> tuple[tuple[str, tuple[str, ...], tuple[Edit, ...]], ...]:
    """Every configuration line as (mode, the lines that lead to it and it, its edits)."""
    found, waiting = [], [("config", (), ())]
    seen = set()
    while waiting:
        mode, way, base = waiting.pop(0)
        if mode in seen:
            continue
        seen.add(mode)
        for permutation in permutations(grammar(family), mode):
            line = permutation.line
            read = match(grammar(family), mode, line, 15)
            if not isinstance(read, Matched) or read.do or read.mode != mode:
                continue
            edits = read.edits(base)
            found.append((mode, (*way, line), edits))
            entered = read.target.enter
            if entered == "interface":
                waiting.append((entered, ("interface GigabitEthernet1/0/1",), _port()))
            elif entered and edits:
                waiting.append((entered, (*way, line), read.entered_base(base)))
    return tuple(found)


def _port() -> Path:
    return ("native", "interface", PORT)


def _shown(edit: Edit) -> Iterator[tuple[Path, object]]:
    """The leaves that one edit makes, as the model shows them."""
    yield from walk(shown_shape(apply(EMPTY, (edit,))))


def _reason(path: Path) -> str | None:
    text = path_text(path)
    return next((start for start in UNPUBLISHED if text.startswith(start)), None)


def _node(path: Path) -> Node | None:
    nodes, node = SCHEMA.top, None
    for step in path:
        node = named(nodes, step.name if isinstance(step, Entry) else step)
        if node is None:
            return None
        nodes = node.children
    return node


def _fits(node: Node, value: object) -> bool:
    if not node.is_leaf:
        return True
    for item in value if isinstance(value, tuple) else (value,):
        try:
            if from_text(node.leaf_type, to_text(node.leaf_type, item)) != item:
                return False
        except BadValue:
            return False
    return True


def test_every_setting_has_a_node_of_its_type_or_a_reason():
    missing, needed = set(), set()
    for family in ("c9300", "c8000v", "c9800"):
        for _, (*_, line), edits in lines_by_mode(family):
            for edit in edits:
                if edit.operation not in ("set", "add"):
                    continue
                for path, value in _shown(edit):
                    reason, node = _reason(path), _node(path)
                    needed.add(reason)
                    if not reason and (node is None or not _fits(node, value)):
                        missing.add(f"{path_text(path)} = {value!r} ({line})")
    assert sorted(missing) == []
    assert sorted(set(UNPUBLISHED) - needed) == []  # a reason nothing needs


# --- from one device to another one -----------------------------------------------------------


def _published(edits: tuple[Edit, ...]) -> bool:
    return bool(edits) and all(
        _reason(path) is None and path[0] == "native"
        for edit in edits
        for path in [edit.path, *(path for path, _ in _shown(edit))]
    )


@cache
def typable() -> tuple[tuple[str, ...], ...]:
    """Lines with all they set in the published model, each with the way to its mode."""
    return tuple(
        way
        for _, way, edits in lines_by_mode("c9300")
        if _published(edits) and "^C" not in way[-1] and way[-1] not in ONE_SIDED
    )


def printed(root: Tree) -> str:
    return configuration(root, grammar("c9300"), Facts(RELEASE))


def copied(source: Client, target: Client) -> None:
    """The native configuration of one device, by edit-config into another one."""
    body = source.rpc(
        f'<get-config><source><running/></source><filter><native xmlns="{NATIVE}"/></filter>'
        "</get-config>"
    )[0][0]
    body.set(f"{{{BASE}}}operation", "replace")
    text = etree.tostring(body).decode()
    # the tests' client takes every <native> for the one at the top
    text = re.sub(
        r"<native>(<vlan>.*?)</native>", rf'<n:native xmlns:n="{SWITCH}">\1</n:native>', text
    )
    target.ok(f"<edit-config><target><running/></target><config>{text}</config></edit-config>")


def _client(*lines: str) -> Client:
    made = device("netconf-yang", release="17.18.1")
    for text in lines:
        root = made.datastore.running
        read = read_config(text, grammar("c9300"), root, lambda: "2MJBozw/9R3UsU")
        if not read.refused:  # some lines need another one first
            made.commit(tuple(edits_between(root, read.root)), NOW)
    return Client(NetconfServer(made, NOW))


def _copies(*blocks: str) -> None:
    first, second = _client(*blocks), _client()
    copied(first, second)
    one, two = (client.server.device.datastore.running for client in (first, second))
    assert printed(two) == printed(one)
    copied(first, first)
    assert first.server.device.datastore.running == one


@settings(max_examples=15, deadline=None)
@given(st.lists(st.deferred(lambda: st.sampled_from(typable())), max_size=8))
def test_a_fresh_device_that_gets_what_was_read_prints_the_same(ways):
    _copies(*("\n".join(way) for way in ways))


@pytest.mark.long
@pytest.mark.timeout(600)  # a minute where nobody else works
@settings(max_examples=400, deadline=None)
@given(st.lists(st.deferred(lambda: st.sampled_from(typable())), max_size=20))
def test_many_configurations_go_over_whole(ways):
    _copies(*("\n".join(way) for way in ways))


@pytest.mark.long
@pytest.mark.parametrize("way", typable(), ids=lambda way: way[-1])
def test_each_line_alone_goes_over(way):
    _copies("\n".join(way))


@pytest.mark.parametrize("end", ["192.0.2.7", "far.example"])
def test_tunnels_go_over(end):
    lines = ("tunnel source Loopback0", f"tunnel destination {end}", "tunnel key 7")
    _copies("\n ".join(("interface Tunnel9", *lines)))


def test_what_netconf_wrote_is_saved_and_printed():
    client = _client()
    client.edit(
        '<native><vtp><mode xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-vtp"><off/></mode></vtp>'
        "<logging><host><ipv4-host-list><ipv4-host>192.0.2.9</ipv4-host></ipv4-host-list></host>"
        "</logging></native>"
    )
    made = client.server.device
    text = printed(made.datastore.running)
    assert "\nvtp mode off\n" in text and "\nlogging host 192.0.2.9\n" in text
    client.rpc('<save-config xmlns="http://cisco.com/yang/cisco-ia"/>')
    assert made.datastore.startup == made.datastore.running


def test_a_word_deleted_by_netconf_is_the_line_with_no():
    client = _client("aaa new-model")
    client.edit(
        '<native><aaa><new-model xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-aaa"'
        ' nc:operation="delete"/></aaa></native>'
    )
    assert "\nno aaa new-model\n" in printed(client.server.device.datastore.running)


def test_a_route_goes_with_its_last_hop():
    client = _client("ip route 192.0.2.0 255.255.255.0 10.0.0.1 name one")
    route = "<prefix>192.0.2.0</prefix><mask>255.255.255.0</mask>"
    client.edit(
        f"<native><ip><route><ip-route-interface-forwarding-list>{route}<fwd-list"
        ' nc:operation="delete"><fwd>10.0.0.1</fwd></fwd-list>'
        "</ip-route-interface-forwarding-list></route></ip></native>"
    )
    assert client.server.device.datastore.running == _client().server.device.datastore.running
