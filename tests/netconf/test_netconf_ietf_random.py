"""Random edits of ietf-interfaces: a device that takes one holds what it says, and nothing else.

Input: sequences of merges, replacements and deletions of interfaces, over the wire of a session.
Output: after each, the view of the device is the one a plain model of RFC 6241 and of the device's
own rules expects; a refusal changes nothing; what the running configuration prints makes the same
view in a fresh device.
"""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from agent.cli.running_config import running_config
from agent.netconf.server import NetconfServer
from tests.netconf.client import BASE, NOW, Client, device, edit_config, typed

IF, IP = "urn:ietf:params:xml:ns:yang:ietf-interfaces", "urn:ietf:params:xml:ns:yang:ietf-ip"
PORTS = ("GigabitEthernet1", "GigabitEthernet2", "GigabitEthernet3")
TYPES = {"Loopback1": "softwareLoopback", "Loopback2": "softwareLoopback", "Tunnel5": "tunnel"}
Row = dict[str, Any]


def kind(name: str) -> str:
    return TYPES.get(name, "ethernetCsmacd")


@st.composite
def rows(draw: Any) -> Row:
    """A row of an edit: `4` and `6` are addresses with their lengths; a key may be missing."""
    name = draw(st.sampled_from((*PORTS[:2], *TYPES)))
    found: Row = {"name": name, "type": kind(name)}
    for key, values in (
        ("description", st.sampled_from(("a", "two words"))),
        ("enabled", st.booleans()),
        ("4", st.dictionaries(st.integers(1, 5), st.sampled_from((24, 30)), max_size=2)),
        ("6", st.dictionaries(st.integers(1, 3), st.sampled_from((64, 128)), max_size=2)),
    ):
        if draw(st.booleans()):
            found[key] = draw(values)
    return found


# each interface has networks of its own, so that none overlap
def v4(name: str, number: int) -> str:
    return f"10.{(*PORTS, *TYPES).index(name)}.{number}.1"


def v6(name: str, number: int) -> str:
    return f"2001:db8:{(*PORTS, *TYPES).index(name)}:{number}::1"


def element(row: Row, operation: str) -> str:
    name = row["name"]
    inside = f"<type>{row['type']}</type>"
    if "description" in row:
        inside += f"<description>{row['description']}</description>"
    if "enabled" in row:
        inside += f"<enabled>{str(row['enabled']).lower()}</enabled>"
    for version, spelled in (("4", v4), ("6", v6)):
        if version in row:
            held = "".join(
                f"<address><ip>{spelled(name, n)}</ip><prefix-length>{length}</prefix-length>"
                "</address>"
                for n, length in row[version].items()
            )
            inside += f'<ipv{version} xmlns="{IP}">{held}</ipv{version}>'
    opening = f'<interface nc:operation="{operation}"><name>{name}</name>'
    return f'<interfaces xmlns="{IF}">{opening}{inside}</interface></interfaces>'


def expected(model: dict[str, Row], row: Row, operation: str) -> dict[str, Row] | None:
    """The rows after an edit; None where it is refused."""
    name, new = row["name"], copy.deepcopy(model)
    bare = {"enabled": True, "description": None, "4": {}, "6": {}}
    if operation in ("delete", "remove"):
        if name not in model:
            return None if operation == "delete" else new
        if name in PORTS:
            new[name] = bare
        else:
            del new[name]
        return new
    if operation == "create" and name in model:
        return None
    before = {} if operation == "replace" else model.get(name, {})
    held = {**bare, **before}
    for key in ("description", "enabled"):
        held[key] = row.get(key, held[key])
    for version in ("4", "6"):
        held[version] = {**held[version], **row.get(version, {})}
    new[name] = held
    return new


def view(client: Client) -> dict[str, Row]:
    """What the device shows, with lengths in place of masks; addresses in no order."""
    reply = client.rpc(
        "<get-config><source><running/></source><filter>"
        f'<interfaces xmlns="{IF}"/></filter></get-config>'
    )
    found: dict[str, Row] = {}
    for one in reply.iter(f"{{{IF}}}interface"):
        name = one.findtext(f"{{{IF}}}name")
        assert one.findtext(f"{{{IF}}}type") == f"ianaift:{kind(name)}"
        row: Row = {
            "description": one.findtext(f"{{{IF}}}description"),
            "enabled": one.findtext(f"{{{IF}}}enabled") == "true",
        }
        for version, size in (("4", "netmask"), ("6", "prefix-length")):
            row[version] = {
                address.findtext(f"{{{IP}}}ip"): length_of(address.findtext(f"{{{IP}}}{size}"))
                for address in one.iterfind(f"{{{IP}}}ipv{version}/{{{IP}}}address")
            }
        found[name] = row
    return found


def length_of(size: str) -> int:
    if "." not in size:
        return int(size)
    return sum(bin(int(part)).count("1") for part in size.split("."))


def spelled(model: dict[str, Row]) -> dict[str, Row]:
    return {
        name: {
            **row,
            "4": {v4(name, n): length for n, length in row["4"].items()},
            "6": {v6(name, n): length for n, length in row["6"].items()},
        }
        for name, row in model.items()
    }


OPERATIONS = st.sampled_from(("merge", "merge", "replace", "create", "delete", "remove"))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(rows(), OPERATIONS), min_size=1, max_size=6))
def test_the_view_is_what_the_edits_say(steps):
    client = Client(NetconfServer(device("netconf-yang", model="C8000V"), NOW))
    model: dict[str, Row] = {
        name: {"enabled": True, "description": None, "4": {}, "6": {}} for name in PORTS
    }
    for row, operation in steps:
        after = expected(model, row, operation)
        reply = client.rpc(edit_config(element(row, operation)))
        if after is None:
            assert reply[0].tag == f"{{{BASE}}}rpc-error"
        else:
            assert reply[0].tag == f"{{{BASE}}}ok", etree.tostring(reply)
            model = after
        assert view(client) == spelled(model)
    lines = running_config(client.server.device).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("interface "))
    other = device("netconf-yang", model="C8000V")
    typed(other, *(line for line in lines[start : lines.index("ip http server")] if line != "!"))
    assert view(Client(NetconfServer(other, NOW))) == spelled(model)
