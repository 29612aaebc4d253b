"""Data as XML and as JSON (RFC 7951), by the schema.

Inside, data are XML elements everywhere. A JSON body becomes elements before anything looks at it,
and elements become JSON last of all, so both forms are one to whoever works on the data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lxml import etree

from agent.netconf.editing import MAX_ELEMENTS
from agent.netconf.rpc_errors import RpcError
from agent.netconf.session import Malformed, read_xml
from agent.restconf.messages import Refused, json_path, refused
from yang.schema import Node, named
from yang.types import WHOLE, BadValue, LeafType, from_text
from yang.xml import (
    Element,
    children,
    identity_element,
    identity_of,
    name_of,
    own,
    printable,
)

MAX_DEPTH = 200
_AS_TEXT = ("int64", "uint64", "decimal64")  # RFC 7951 section 6.1
Names = Mapping[str, str]  # module by namespace


# --- elements to JSON -------------------------------------------------------------------------


def json_members(
    elements: Iterable[Element], nodes: Mapping[str, Node], names: Names, parent: str = ""
) -> dict[str, Any]:
    """The members of an object for these siblings; a name is qualified where its module changes."""
    found: dict[str, Any] = {}
    for element in elements:
        namespace, name = name_of(element)
        node = named(nodes, name, namespace)
        module = names.get(namespace, "")
        shown = name if namespace == parent or not module else f"{module}:{name}"
        value = _json_value(element, node, names)
        if node is not None and node.kind in ("list", "leaf-list"):
            found.setdefault(shown, []).append(value)
        else:
            found[shown] = value
    return found


def _json_value(element: Element, node: Node | None, names: Names) -> Any:
    if node is not None and node.type is not None:
        if node.type.modules:
            return identity_of(node.type, element)
        if node.type.base == "instance-identifier":
            modules = {prefix or "": names.get(uri, "") for prefix, uri in element.nsmap.items()}
            return json_path(element.text or "", modules)
        return _json_leaf(node.type, element.text or "")
    below = node.children if node is not None else {}
    return json_members(children(element), below, names, name_of(element)[0])


def _json_leaf(kind: LeafType, text: str) -> Any:
    if kind.base == "empty":
        return [None]
    if kind.base == "boolean":
        return text.strip() == "true"
    if kind.base in WHOLE and kind.base not in _AS_TEXT:
        return int(text)
    if kind.base == "union":
        for member in kind.members:
            try:
                from_text(member, text)
            except BadValue:
                continue
            return _json_leaf(member, text)
    return text


def one_row(members: dict[str, Any]) -> dict[str, Any]:
    """The members of a resource that is one row of a list, without the array around it."""
    return {name: rows[0] for name, rows in members.items()}


def written(value: Any) -> bytes:
    """JSON as it goes out."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


# --- JSON to elements -------------------------------------------------------------------------


def read_json(body: bytes) -> dict[str, Any]:
    """The object of a body. Raises Refused; a name that stands twice is refused too."""
    try:
        found = json.loads(body, object_pairs_hook=_members(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise refused("malformed-message", f"not JSON: {error}", kind="protocol") from None
    if not isinstance(found, dict):
        raise refused("malformed-message", "not a JSON object", kind="protocol")
    return found


def _members() -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Makes objects of their members, as many as an edit may have."""
    count = 0

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal count
        lists = (value for _, value in pairs if isinstance(value, list))
        count += len(pairs) + sum(map(len, lists))
        if count > MAX_ELEMENTS:
            raise refused("too-big", f"more than {MAX_ELEMENTS} elements", kind="protocol")
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("a name stands twice")
        return found

    return once


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def json_elements(
    members: Mapping[str, Any], nodes: Mapping[str, Node], names: Names, depth: int = 0
) -> list[Element]:
    """The elements an object stands for. Raises Refused for what the schema does not know."""
    if depth > MAX_DEPTH:
        raise refused("too-big", "nested too deeply", status=400, kind="protocol")
    found: list[Element] = []
    for shown, value in members.items():
        node = _known_node(shown, nodes, names)
        # source: restconf-clients (one row without its array, as Terraform's provider writes it)
        many = node.kind in ("list", "leaf-list") and isinstance(value, list)
        found += [_element(node, item, names, depth) for item in (value if many else [value])]
    return found


def node_of(shown: str, nodes: Mapping[str, Node], names: Names) -> Node | None:
    """The node of a name, its module's name before it or not; None where there is none."""
    module, colon, name = shown.rpartition(":")
    if not colon:
        return named(nodes, name)
    namespace = next((n for n, m in names.items() if m == module), None)
    return named(nodes, name, namespace) if namespace else None


def _known_node(shown: str, nodes: Mapping[str, Node], names: Names) -> Node:
    module, colon, name = shown.rpartition(":")
    if shown.startswith("@"):
        info = (("bad-attribute", shown),)
        raise Refused(400, RpcError("protocol", "unknown-attribute", info=info))
    node = node_of(shown, nodes, names)
    if node is None:
        known = not colon or module in names.values()
        info = (("bad-element", name),) if known else (("bad-namespace", module),)
        tag = "unknown-element" if known else "unknown-namespace"
        raise Refused(400, RpcError("application", tag, info=info))
    return node


def _element(node: Node, value: Any, names: Names, depth: int) -> Element:
    if node.type is not None and node.type.modules:
        return identity_element(node, _text(node, node.type, value))
    element = etree.Element(node.tag, nsmap=own(node.namespace))
    if node.type is not None:
        element.text = _text(node, node.type, value)
        return element
    if not isinstance(value, dict):
        raise _bad_value(node, value)
    element.extend(json_elements(value, node.children, names, depth + 1))
    return element


def _text(node: Node, kind: LeafType, value: Any) -> str:
    """A leaf's text. Numbers and booleans are taken as texts too, and `{}` for a leaf of type
    empty, as the device takes them. # source: restconf-clients"""
    if kind.base == "empty":
        if value not in ([None], {}):
            raise _bad_value(node, value)
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str) and printable(value) == value:
        return value
    raise _bad_value(node, value)


def _bad_value(node: Node, value: Any) -> Refused:
    shown = json.dumps(value)[:80]
    info = (("bad-element", node.name),)
    message = f"{shown} is not a valid value."
    return Refused(400, RpcError("application", "invalid-value", message, info=info))


# --- bodies -----------------------------------------------------------------------------------


def read_xml_body(body: bytes) -> Element:
    """The one element of an XML body. Raises Refused."""
    try:
        return read_xml(body)
    except Malformed as fault:
        raise refused("malformed-message", str(fault), kind="protocol") from None


def elements_of(
    body: bytes, is_json: bool, nodes: Mapping[str, Node], names: Names
) -> list[Element]:
    """The elements a body holds, instances of `nodes`; XML holds one. Raises Refused."""
    if not body.strip():
        raise refused("malformed-message", "there is no body", kind="protocol")
    return json_elements(read_json(body), nodes, names) if is_json else [read_xml_body(body)]


def element_of(body: bytes, is_json: bool, nodes: Mapping[str, Node], names: Names) -> Element:
    """The one element a body holds, an instance of one of `nodes`. Raises Refused."""
    found = elements_of(body, is_json, nodes, names)
    if len(found) != 1:
        raise refused("malformed-message", "the body is to hold one resource", kind="protocol")
    return found[0]
