"""Random edits, judged by yangson, which knows nothing of our code.

Input: sequences of merges, replacements and deletions of generated data of our modules, some of
it with bad values. Output: after each step yangson, doing the same on its own tree, holds the
same data, finds it valid, and refuses the values that we refuse.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yangson
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from agent.netconf.modules import FEATURES
from tests.yang.edits import BASE, LICENSING_TOP, NATIVE_TOP, SCHEMA
from yang.difference import edits_between
from yang.edit import edited
from yang.edit_attributes import Operation
from yang.errors import Rule, YangError
from yang.schema import Node
from yang.schema_compile import iana_folder, ietf_folder
from yang.tree import EMPTY, Rows, Tree, apply
from yang.xml import identity_element

MODULES = Path(__file__).resolve().parents[2] / "yang" / "modules"
MODULES_BY_NAMESPACE = {m.namespace: m.name for m in SCHEMA.modules}
# what edits are made of: parts of both modules with every kind of node, choices and a condition
PARTS = {
    LICENSING_TOP: {"config": ("privacy", "usage", "custom-id", "utility")},
    NATIVE_TOP: {
        "ip": ("name-server", "domain", "host", "routing", "http", "route"),
        "username": (),
        "license": ("smart",),
        "vrf": (),
        "interface": ("Loopback", "GigabitEthernet"),
        "hostname": (),
        "aaa": (),
        "call-home": ("contact-email-addr", "http-proxy", "tac-profile", "user-profile"),
        "crypto": (),
        "diagnostic": (),
        "line": ("console",),
        "logging": (),
        "ntp": (),
        "snmp-server": (),
        "spanning-tree": (),
        "vtp": (),
    },
    "ietf-interfaces:interfaces": {"interface": ()},
}
IANA = ("iana-if-type", "ianaift", "urn:ietf:params:xml:ns:yang:iana-if-type")


@cache
def oracle() -> Any:
    imported = [
        (name, "2013-07-15", f"urn:ietf:params:xml:ns:yang:{name}", "import", ())
        for name in ("ietf-inet-types", "ietf-yang-types")
    ]
    imported.append((IANA[0], "2019-02-08", IANA[2], "implement", ()))
    ours = [(m.name, m.revision, m.namespace, "implement", m.submodules) for m in SCHEMA.modules]
    modules = [*imported, *ours]
    library = {
        "ietf-yang-library:modules-state": {
            "module-set-id": "1",
            "module": [
                {
                    "name": name,
                    "revision": revision,
                    "namespace": namespace,
                    "conformance-type": conformance,
                    "feature": FEATURES.get(name, ()),
                    "submodule": [{"name": n, "revision": r} for n, r in submodules],
                }
                for name, revision, namespace, conformance, submodules in modules
            ],
        }
    }
    folders = (str(MODULES), ietf_folder(), iana_folder())
    return yangson.DataModel(json.dumps(library), folders)


# --- data as a strategy -------------------------------------------------------------------------


def leaf_texts(node: Node) -> st.SearchStrategy[str]:
    kind = node.leaf_type
    if kind.base == "enumeration":
        return st.sampled_from(kind.names)
    if kind.base == "boolean":
        return st.sampled_from(("true", "false"))
    if kind.base == "empty":
        return st.just("")
    if kind.base.startswith(("int", "uint")):
        low, high = kind.ranges[0][0] if kind.ranges else (0, 100)
        return st.integers(low, high).map(str)
    if kind.base == "identityref":
        return st.sampled_from(("softwareLoopback", "tunnel")).map(f"{IANA[0]}:{{}}".format)
    if kind.base == "union":
        return st.sampled_from(("192.0.2.1", "a.example", "b.example"))
    if kind.lengths:
        low = kind.lengths[0][0][0]
        return st.sampled_from(("a" * low, "b" * (low + 1)))
    if kind.patterns and "0-9]+(/" in kind.patterns[0]:
        return st.sampled_from(("1", "1/0/1", "0/0"))
    if kind.patterns and kind.patterns[0] == "[0-9]+":
        return st.sampled_from(("1", "2"))
    if kind.patterns and "a-f" in kind.patterns[0]:
        return st.sampled_from(("2001:db8::1", "fe80::2"))
    if kind.patterns:
        return st.sampled_from(("10.0.0.1", "192.0.2.7", "255.255.255.0"))
    return st.sampled_from(("a", "b", "some text"))


BAD = {"boolean": "yes", "enumeration": "bogus", "empty": "x", "identityref": f"{IANA[0]}:bogus"}


def bad_text(node: Node) -> str | None:
    kind = node.leaf_type
    if kind.base.startswith(("int", "uint")):
        return "99999999999999999999"
    if kind.patterns:
        return "no such"
    return BAD.get(kind.base)


@st.composite
def elements(draw: Any, node: Node, chosen: tuple[str, ...] | None, bad: bool) -> etree._Element:
    element = etree.Element(node.tag)
    if node.is_leaf:
        text = bad_text(node) if bad and draw(st.integers(0, 9)) == 0 else None
        if node.leaf_type.modules:
            return identity_element(node, text or draw(leaf_texts(node)))
        element.text = text or draw(leaf_texts(node))
        return element
    children = [
        c for n, c in node.children.items() if n not in node.keys and (not chosen or n in chosen)
    ]
    for key in node.keys:
        element.append(draw(elements(node.children[key], (), False)))
    if not children:
        return element
    taken: dict[str, str] = {}
    needed = [node.children[draw(st.sampled_from(names))] for names in node.needs]
    more = draw(st.lists(st.sampled_from(children), max_size=4, unique=True))
    for child in [*needed, *(child for child in more if child not in needed)]:
        if any(taken.setdefault(choice, case) != case for choice, case in child.cases):
            continue  # one payload holds one case
        if not child.config or child.when:
            continue
        element.append(draw(elements(child, (), bad)))
    return element


@st.composite
def payloads(draw: Any) -> etree._Element:
    top = draw(st.sampled_from(sorted(PARTS)))
    node = SCHEMA.top[top]
    outer = etree.Element(node.tag)
    name = draw(st.sampled_from(sorted(PARTS[top])))
    outer.append(draw(elements(node.children[name], PARTS[top][name], draw(st.booleans()))))
    return outer


STEPS = st.lists(
    st.tuples(payloads(), st.sampled_from(("merge", "replace", "delete"))), min_size=1, max_size=6
)


# --- both sides ---------------------------------------------------------------------------------


def raw(node: Node, value: Any) -> Any:
    """Our tree as the JSON that yangson reads."""
    if node.kind == "list":
        rows = []
        for key, row in value.items():
            keys = dict(zip(node.keys, key.split(","), strict=True))
            fixed = {n: _number(node.children[n], v) for n, v in keys.items()}
            rows.append({**fixed, **raw_container(node, row)})
        return rows
    if node.kind == "leaf-list":
        return list(value)
    if node.kind == "leaf":
        if node.leaf_type.base == "empty":
            return [None]
        return str(value) if node.leaf_type.base == "enumeration" else value
    return raw_container(node, value)


def _number(node: Node, text: str) -> Any:
    return int(text) if "int" in node.leaf_type.base else text


def raw_container(node: Node, value: Tree) -> dict[str, Any]:
    return {
        member(node, n): raw(node.children[n], v) for n, v in value.items() if n in node.children
    }


def member(parent: Node, name: str) -> str:
    """How JSON names a child: with its module where that is not its parent's."""
    child = parent.children[name]
    if child.namespace == parent.namespace:
        return name
    return f"{MODULES_BY_NAMESPACE[child.namespace]}:{name}"


def top_of(payload: etree._Element) -> Node:
    return next(node for node in SCHEMA.top.values() if node.tag == payload.tag)


def bare_name(name: str) -> str:
    return name.rpartition(":")[2]


def raw_root(root: Tree) -> dict[str, Any]:
    return {key: raw(SCHEMA.top[key], value) for key, value in root.items()}


def pruned(value: Any) -> Any:
    """Without empty containers that are not there for RFC 7950; rows of lists in order of key."""
    if isinstance(value, dict):
        kept = {n: pruned(v) for n, v in value.items()}
        return {n: v for n, v in kept.items() if v != {} and v != []}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return sorted(map(pruned, value), key=lambda row: json.dumps(row, sort_keys=True))
    return value


def apply_ours(root: Tree, payload: etree._Element, operation: str) -> Tree | YangError:
    config = etree.Element("config")
    config.append(etree.fromstring(etree.tostring(payload)))
    config[0][0].set(f"{{{BASE}}}operation", operation)
    try:
        return edited(SCHEMA.top, root, config, Operation.MERGE)
    except YangError as error:
        return error


def bare(payload: etree._Element) -> Tree:
    """The payload's data on its own, by our reading of it."""
    config = etree.Element("config")
    config.append(etree.fromstring(etree.tostring(payload)))
    return edited(SCHEMA.top, EMPTY, config, Operation.MERGE)


def apply_theirs(tree: dict[str, Any], payload: etree._Element, operation: str) -> dict[str, Any]:
    """The same on yangson's tree: its merge, its update of a member, its deletion."""
    data = {} if operation == "delete" else raw_root(bare(payload))
    model = oracle()
    if operation == "merge":
        merged = model.from_raw(tree).merge(model.from_raw(data).value) if tree else None
        return merged.raw_value() if merged is not None else data
    top = top_of(payload).key
    child = payload[0].tag.rpartition("}")[2]
    held = {**tree.get(top, {})}
    node = SCHEMA.top[top].children[child]
    child = member(SCHEMA.top[top], child)
    new = data.get(top, {}).get(child)
    if node.kind == "list":
        key = node.keys[0]
        text = payload[0][0].text
        rows = [row for row in held.get(child, []) if str(row[key]) != text]
        held[child] = rows + ([new[0]] if operation == "replace" and new else [])
    elif operation == "replace" and new is not None:
        held[child] = new
    else:
        held.pop(child, None)
    return {**tree, top: held}


@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_edits_agree_with_yangson(steps):
    _agree(steps)


@pytest.mark.long
@settings(max_examples=1500, deadline=None)
@given(STEPS)
def test_many_edits_agree_with_yangson(steps):
    _agree(steps)


def _agree(steps: Any) -> None:
    model = oracle()
    ours: Tree = EMPTY
    theirs: dict[str, Any] = {}
    for payload, operation in steps:
        result = apply_ours(ours, payload, operation)
        if isinstance(result, YangError):
            if result.rule is Rule.INVALID_VALUE:
                _yangson_refuses(payload)
            else:
                assert (result.rule, operation) == (Rule.DATA_MISSING, "delete")
            continue
        assert apply(ours, tuple(edits_between(ours, result))) == result
        if operation == "delete":
            payload = _without_values(payload)
        theirs = apply_theirs(theirs, payload, operation)
        theirs = _one_case(theirs, raw_root(result))
        ours = result
        assert pruned(raw_root(ours)) == pruned(theirs)
        if pruned(raw_root(ours)):
            instance = model.from_raw(pruned(raw_root(ours)))
            instance.validate(yangson.enumerations.ValidationScope.all)


def _without_values(payload: etree._Element) -> etree._Element:
    """What names the thing to delete: its keys."""
    node = top_of(payload).children[payload[0].tag.rpartition("}")[2]]
    slim = etree.Element(payload.tag)
    inner = etree.SubElement(slim, payload[0].tag)
    for child in payload[0]:
        if child.tag.rpartition("}")[2] in node.keys:
            inner.append(etree.fromstring(etree.tostring(child)))
    return slim


def _one_case(theirs: Any, ours: Any, node: Node | None = None) -> Any:
    """yangson's merge keeps the cases of a choice side by side; drop the older as RFC 7950 does."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        kept = {}
        for name, value in theirs.items():
            below = SCHEMA.top[name] if node is None else node.children[bare_name(name)]
            if name not in ours and _has_rival(below, node, ours):
                continue
            kept[name] = _one_case(value, ours.get(name, {}), below)
        return kept
    if isinstance(theirs, list) and node is not None and node.kind == "list":
        known = {str(row[node.keys[0]]): row for row in ours} if isinstance(ours, list) else {}
        return [_one_case(row, known.get(str(row[node.keys[0]]), {}), node) for row in theirs]
    return theirs


def _has_rival(node: Node, parent: Node | None, ours: dict[str, Any]) -> bool:
    if parent is None:
        return False
    mine = dict(node.cases)
    return any(
        mine.get(choice, case) != case
        for name in map(bare_name, ours)
        if name in parent.children
        for choice, case in parent.children[name].cases
    )


def _yangson_refuses(payload: etree._Element) -> None:
    """The same data with its bad values is refused by yangson too."""
    with pytest.raises((yangson.exceptions.YangsonException, ValueError)):
        model = oracle()
        instance = model.from_xml(_as_xml(payload))
        instance.validate(yangson.enumerations.ValidationScope.all)


def _as_xml(payload: etree._Element) -> Any:
    from xml.etree import ElementTree

    text = etree.tostring(payload)
    content = ElementTree.fromstring(
        b'<content-data xmlns="urn:ietf:params:xml:ns:yang:ietf-yang-instance-data">'
        + text
        + b"</content-data>"
    )
    for element in content.iter():
        if (element.text or "").startswith(f"{IANA[1]}:"):
            element.set(f"xmlns:{IANA[1]}", IANA[2])  # where yangson looks for it
    return content


def test_rows_are_compared_by_their_keys():
    rows = Tree({NATIVE_TOP: Tree(username=Rows(a=Tree(privilege=1)))})
    assert raw_root(rows) == {
        "Cisco-IOS-XE-native:native": {"username": [{"name": "a", "privilege": 1}]}
    }
