"""The path of a data resource (RFC 8040 section 3.5.3), read against the schema.

`native/interface/GigabitEthernet=1%2F0%2F1` becomes steps, each a node with the values of its keys.
A name without its module is taken where only one fits, as the device's own server does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from lxml import etree

from agent.restconf.forms import Names, node_of
from agent.restconf.messages import Refused, not_found, refused
from yang.schema import Node
from yang.xml import Element, children, identity_of, name_of, own

MAX_STEPS = 100


@dataclass(frozen=True, slots=True)
class Step:
    """A node, and of a list or leaf-list which one: empty where no key is given."""

    node: Node
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A resource: no steps is the datastore itself."""

    steps: tuple[Step, ...] = ()

    @property
    def node(self) -> Node:
        """The node of the last step."""
        return self.steps[-1].node

    def nodes(self, tops: Mapping[str, Node]) -> Mapping[str, Node]:
        """The nodes of its children."""
        return self.node.children if self.steps else tops

    def must_be_one(self) -> None:
        """Raises Refused where a list is named without its keys."""
        for step in self.steps:
            if step.node.kind in ("list", "leaf-list") and not step.keys:
                raise _no_keys(step.node)


def read_target(path: str, tops: Mapping[str, Node], names: Names) -> Target:
    """Read an api-path, still percent-encoded. Raises Refused."""
    steps: list[Step] = []
    nodes = tops
    segments = [part for part in path.split("/") if part]
    if len(segments) > MAX_STEPS:
        raise not_found()
    for number, segment in enumerate(segments):
        text, equals, values = segment.partition("=")
        node = node_of(_decoded(text), nodes, names)
        if node is None:
            raise not_found()
        keys = tuple(map(_decoded, values.split(","))) if equals else ()
        last = number == len(segments) - 1
        steps.append(Step(node, _checked(node, keys, bool(equals), last)))
        nodes = node.children
    return Target(tuple(steps))


def _checked(node: Node, keys: tuple[str, ...], given: bool, last: bool) -> tuple[str, ...]:
    wanted = {"list": len(node.keys), "leaf-list": 1}.get(node.kind, 0)
    if given and len(keys) != wanted:
        message = f"{node.name} has {wanted} keys, {len(keys)} are given"
        raise refused("invalid-value", message, kind="protocol")
    if not given and wanted and not last:
        raise _no_keys(node)
    return keys


def _no_keys(node: Node) -> Refused:
    what = ", ".join(node.keys) or "value"
    return refused("missing-element", f"the key of {node.name} is missing: {what}", kind="protocol")


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise refused("invalid-value", "the path is not UTF-8", kind="protocol") from None


# --- where it leads ---------------------------------------------------------------------------


def found_in(tops: Mapping[str, Element], target: Target) -> list[Element]:
    """The instances of a target; `tops` are the top elements, each below a `<data>`."""
    first = target.steps[0]
    root = tops.get(first.node.key)
    found = [root[0]] if root is not None else []
    for step in target.steps[1:]:
        found = [
            child
            for parent in found
            for child in children(parent)
            if name_of(child)[1] == step.node.name and _fits(child, step)
        ]
    return found


def _fits(element: Element, step: Step) -> bool:
    if not step.keys:
        return True
    if step.node.kind == "leaf-list":
        return (element.text or "") == step.keys[0]
    return keys_of(element, step.node) == step.keys


def keys_of(element: Element, node: Node) -> tuple[str, ...]:
    """The values of a row's keys."""
    found = {name_of(child)[1]: child for child in children(element)}
    return tuple(_key(found.get(name), node.children.get(name)) for name in node.keys)


def _key(element: Element | None, leaf: Node | None) -> str:
    if element is None:
        return ""
    if leaf is not None and leaf.type is not None and leaf.type.modules:
        return identity_of(leaf.type, element)
    return (element.text or "").strip()


def branch(steps: tuple[Step, ...]) -> tuple[Element, Element]:
    """A `<config>` with the elements of these steps in it, keys and all, and the innermost one."""
    config = inner = etree.Element("config")
    for step in steps:
        inner = etree.SubElement(inner, step.node.tag, nsmap=own(step.node.namespace))
        if step.node.kind == "leaf-list":
            inner.text = step.keys[0]
            continue
        for name, value in zip(step.node.keys, step.keys, strict=True):
            etree.SubElement(inner, step.node.children[name].tag).text = value
    return config, inner


def path_of(steps: tuple[Step, ...], names: Names) -> str:
    """The inverse of `read_target`, with the names of modules."""
    parts, before = [], ""
    for step in steps:
        namespace = step.node.namespace
        shown = step.node.name
        if namespace != before:
            shown = f"{names[namespace]}:{shown}"
        before = namespace
        keys = ",".join(quote(key, safe="") for key in step.keys)
        parts.append(f"{shown}={keys}" if step.keys else shown)
    return "/".join(parts)
