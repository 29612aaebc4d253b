"""Trees as XML: what a client reads, and the parameters of an operation.

An element is written with its module's namespace as the default one. Keys of a list come first;
what the schema does not know stays unseen; containers without presence show only what they hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from yang.errors import Location, Rule, YangError
from yang.schema import Node, named
from yang.tree import Rows, Tree, Value
from yang.types import BadValue, LeafType, from_text, to_text

Element = etree._Element
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KEY_SEPARATOR = ","  # between the keys of a row in a tree


def printable(text: str | None) -> str | None:
    """Text without the characters XML cannot hold."""
    return None if text is None else _UNPRINTABLE.sub("", text)


def own(namespace: str) -> Any:
    """The namespace as an element's default one, as lxml takes it."""
    return {None: namespace}


def top_element(node: Node, value: Tree) -> Element | None:
    """A node at the top with all it holds; None where that is nothing."""
    element = etree.Element(node.tag, nsmap=own(node.namespace))
    _fill(element, node, value)
    return element if len(element) else None


def rooted(element: Element) -> Element:
    """The element below a `<data>` of its own, so that XPath has a root to start from."""
    root = etree.Element("data")
    root.append(element)
    return root


def append(parent: Element, node: Node, value: Value) -> None:
    """Append a node's instances, with all they hold, to their parent."""
    if node.kind == "list":
        for key, row in value.items():
            _row(_below(parent, node), node, key, row)
    elif node.kind == "leaf-list":
        for item in value:
            _below(parent, node).text = printable(to_text(node.leaf_type, item))
    elif node.kind == "leaf":
        if node.leaf_type.base == "identityref":
            parent.append(identity_element(node, str(value)))
        elif node.leaf_type.base != "empty":
            _below(parent, node).text = printable(to_text(node.leaf_type, value))
        elif value:
            _below(parent, node)
    elif value or node.presence:
        element = _below(parent, node)
        _fill(element, node, value)
        if not len(element) and not node.presence:
            parent.remove(element)


def _below(parent: Element, node: Node) -> Element:
    """A new child; where the namespace changes, the child declares its own as the default one."""
    if parent.tag.startswith(f"{{{node.namespace}}}"):
        return etree.SubElement(parent, node.tag)
    return etree.SubElement(parent, node.tag, nsmap=own(node.namespace))


def identity_element(node: Node, value: str) -> Element:
    """A leaf with an identity as `module:name`, in XML with a prefix that it declares."""
    module, _, name = value.rpartition(":")
    for known, prefix, namespace in node.leaf_type.modules:
        if known == module:
            element = etree.Element(node.tag, nsmap={**own(node.namespace), prefix: namespace})
            element.text = f"{prefix}:{name}"
            return element
    element = etree.Element(node.tag, nsmap=own(node.namespace))
    element.text = printable(value)
    return element


def identity_of(kind: LeafType, element: Element) -> str:
    """The identity an element names, as `module:name` where its prefix is that of a module."""
    text = (element.text or "").strip()
    prefix, _, name = text.rpartition(":")
    spaces: Mapping[str | None, str] = element.nsmap
    namespace = spaces.get(prefix or None)
    module = next((known for known, _, uri in kind.modules if uri == namespace), None)
    return f"{module}:{name}" if module else text


def children(element: Element) -> Iterator[Element]:
    """The child elements, without comments and processing instructions."""
    return (child for child in element if isinstance(child.tag, str))


def name_of(element: Element) -> tuple[str, str]:
    """(namespace, name) of an element; an empty namespace where it has none."""
    tag = element.tag
    if tag[0] != "{":
        return "", tag
    namespace, _, name = tag[1:].rpartition("}")
    return namespace, name


def child_node(
    nodes: Mapping[str, Node], element: Element, path: tuple[Location, ...], parent: str = ""
) -> Node:
    """The node an element is an instance of. Raises YangError where there is none.

    `parent` is the namespace of what it stands in, where `path` does not tell.
    """
    namespace, name = name_of(element)
    node = named(nodes, name, namespace)
    if node is None:
        around = {n.namespace for n in nodes.values()} | {step.namespace for step in path}
        known = not namespace or namespace == parent or namespace in around
        rule = Rule.UNKNOWN_ELEMENT if known else Rule.UNKNOWN_NAMESPACE
        raise YangError(rule, path, element=name, namespace=namespace)
    return node


def leaf_value(node: Node, element: Element, path: tuple[Location, ...]) -> Value:
    """The value of a leaf's element. Raises YangError."""
    inner = next(children(element), None)
    if inner is not None:
        namespace, name = name_of(inner)
        raise YangError(Rule.UNKNOWN_ELEMENT, path, element=name, namespace=namespace)
    kind = node.leaf_type
    try:
        return from_text(kind, identity_of(kind, element) if kind.modules else element.text)
    except BadValue as bad:
        raise YangError(Rule.INVALID_VALUE, path, str(bad), node.name) from None


def parameters(node: Node, element: Element, path: tuple[Location, ...]) -> Tree:
    """The parameters of an operation, defaults filled in. Raises YangError.

    Containers in them are read as they stand.
    """
    found = Tree()
    for child in children(element):
        inner = child_node(node.children, child, path, node.namespace)
        below = (*path, Location(inner.namespace, inner.name))
        if inner.kind == "list":
            row = parameters(inner, child, below)
            rows = found.setdefault(inner.name, Rows())
            key = row_key(tuple(str(row.get(name, "")) for name in inner.keys))
            missing = next((name for name in inner.keys if name not in row), None)
            if missing is not None:
                raise YangError(Rule.MISSING_ELEMENT, below, element=missing)
            if key in rows:
                raise YangError(Rule.BAD_ELEMENT, below, element=inner.name)
            rows[key] = row
            continue
        if inner.name in found:
            raise YangError(Rule.BAD_ELEMENT, below, element=inner.name)
        if inner.is_leaf:
            found[inner.name] = leaf_value(inner, child, below)
        else:
            found[inner.name] = parameters(inner, child, below)
    for inner in node.children.values():
        if inner.name in found:
            continue
        if inner.mandatory:
            raise YangError(Rule.MISSING_ELEMENT, path, element=inner.name)
        if inner.default is not None:
            found[inner.name] = from_text(inner.leaf_type, inner.default)
    return found


def row_key(values: tuple[str, ...]) -> str:
    """The key of a row in a tree, from the values of its keys."""
    return KEY_SEPARATOR.join(values)


def key_values(node: Node, key: str) -> list[str]:
    """The inverse of `row_key`: the values of a list's keys."""
    return key.split(KEY_SEPARATOR, len(node.keys) - 1)


def _row(element: Element, node: Node, key: str, row: Tree) -> None:
    for name, value in zip(node.keys, key_values(node, key), strict=False):
        etree.SubElement(element, node.children[name].tag).text = printable(value)
    _fill(element, node, row)


def _fill(element: Element, node: Node, value: Tree | Rows) -> None:
    for name, child in node.children.items():
        if name in value and name not in node.keys:
            append(element, child, value[name])
