"""POST, PUT, PATCH and DELETE of data: each becomes one edit-config, the door of NETCONF.

A method says what a target must be beforehand (there or not) and which `operation` its element
gets; what stands above it is neither made nor changed. Whole or not at all, as `rollback-on-error`.
Sources: docs/sources.md, entries restconf-methods, netconf-operations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from lxml import etree

from agent.core.clock import Instant
from agent.netconf import editing
from agent.netconf.call import Call
from agent.netconf.rpc_errors import RpcError, of_yang
from agent.netconf.server import NetconfServer
from agent.restconf.forms import element_of, elements_of
from agent.restconf.known import known_tops, module_names
from agent.restconf.messages import (
    NAMESPACE,
    Refused,
    Response,
    no_target,
    not_found,
    refusal_of,
    refused,
)
from agent.restconf.placing import Placing
from agent.restconf.target import Step, Target, branch, found_in, keys_of, path_of
from yang.edit_attributes import BASE, OPERATION
from yang.errors import YangError
from yang.schema import Node, named
from yang.xml import Element, children, name_of

if TYPE_CHECKING:
    from agent.netconf.session import NetconfSession


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, where an operation looks for its session: RESTCONF has none, so number 0."""

    user: str
    source: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """One request on the data of a device. `tops` is the configuration as it is, by name."""

    server: NetconfServer
    user: str
    now: Instant
    tops: Mapping[str, Element]
    source: str = ""  # the address it came from

    def call(self, operation: Element) -> Call:
        """An operation of NETCONF in the name of this client."""
        # operations of data and licensing ask a session who it is, and nothing else
        caller = cast("NetconfSession", Caller(self.user, self.source))
        return Call(caller, self.server, operation, self.now)

    @property
    def nodes(self) -> Mapping[str, Node]:
        return known_tops(self.server.announced)

    @property
    def names(self) -> Mapping[str, str]:
        return module_names(self.server.announced)

    def there(self, target: Target) -> bool:
        """Is there an instance? A container without presence always is, where its parent is."""
        if not target.steps or found_in(self.tops, target):
            return True
        node = target.node
        plain = node.kind == "container" and not node.presence
        return plain and self.there(Target(target.steps[:-1]))


def create(
    work: Work, target: Target, body: bytes, is_json: bool, at: Placing | None = None
) -> tuple[Response, str]:
    """POST: a new child of the target, `at` a place; returns the path of it too."""
    target.must_be_one()
    if not work.there(target):
        raise not_found()
    element = element_of(body, is_json, target.nodes(work.nodes), work.names)
    node = _configured(element, target.nodes(work.nodes), target)
    child = Step(node, _keys(element, node))
    if at is not None:
        at.on(element, node, work.nodes, work.names)
    _edit(work, target.steps, element, operation="create")
    return Response(201), path_of((*target.steps, child), work.names)


def put(
    work: Work, target: Target, body: bytes, is_json: bool, at: Placing | None = None
) -> Response:
    """PUT: the target is what the body says, `at` a place, made where it was not there."""
    if not target.steps:
        if at is not None:
            raise refused("invalid-value", "the datastore has no order to insert into")
        _replace_all(work, _whole(work, body, is_json))
        return Response(204)
    target.must_be_one()
    parent = Target(target.steps[:-1])
    if not work.there(parent):
        raise not_found()
    element = _same(work, target, body, is_json)
    _must_not_be_key(target)
    if at is not None:
        at.on(element, target.node, work.nodes, work.names)
    was_there = bool(found_in(work.tops, target))
    _edit(work, parent.steps, element, operation="replace")
    return Response(204 if was_there else 201)


def patch(work: Work, target: Target, body: bytes, is_json: bool) -> Response:
    """PATCH: merge the body into the target, which must be there.

    A list without its key takes rows, new ones too. # source: restconf-clients
    """
    if not target.steps:
        config = _whole(work, body, is_json)
        _carry_out(work, config, "merge")
        return Response(204)
    parent = Target(target.steps[:-1])
    if target.node.kind == "list" and not target.steps[-1].keys:
        if not work.there(parent):
            raise no_target()
        elements = elements_of(body, is_json, parent.nodes(work.nodes), work.names)
        for element in elements:
            if _configured(element, parent.nodes(work.nodes), target) is not target.node:
                raise _another_resource()
        _edit(work, parent.steps, *elements, operation="merge")
        return Response(204)
    if not work.there(target):
        raise no_target()
    element = _same(work, target, body, is_json)
    _must_not_be_key(target)
    _edit(work, parent.steps, element, operation="merge")
    return Response(204)


def delete(work: Work, target: Target) -> Response:
    """DELETE: the target goes."""
    if not target.steps:
        raise refused("operation-not-supported", "the datastore cannot be deleted")
    target.must_be_one()
    _must_be_config(target)
    _must_not_be_key(target)
    if not found_in(work.tops, target):
        raise not_found()
    config, inner = branch(target.steps)
    inner.set(OPERATION, "delete")
    _carry_out(work, config, "none")
    return Response(204)


# --- parts of them ------------------------------------------------------------------------------


def _configured(element: Element, nodes: Mapping[str, Node], parent: Target) -> Node:
    """The node of a child that can be written. Raises Refused."""
    _must_be_config(parent)
    namespace, name = name_of(element)
    node = named(nodes, name, namespace)
    if node is None:
        error = RpcError("application", "unknown-element", info=(("bad-element", name),))
        raise Refused(400, error)
    if not node.config:
        raise refused("invalid-value", f"{name} is no configuration")
    return node


def _must_be_config(target: Target) -> None:
    if target.steps and not target.node.config:
        raise refused("operation-not-supported", f"{target.node.name} is no configuration")


def _must_not_be_key(target: Target) -> None:
    """A key names its row; it goes and comes with it. Raises Refused."""
    parents = target.steps[-2:-1]
    if parents and target.node.name in parents[0].node.keys:
        raise refused("invalid-value", f"{target.node.name} is the key of its row")


def _keys(element: Element, node: Node) -> tuple[str, ...]:
    if node.kind == "leaf-list":
        return (element.text or "",)
    return keys_of(element, node) if node.kind == "list" else ()


def _same(work: Work, target: Target, body: bytes, is_json: bool) -> Element:
    """The body's element, which must be the target itself. Raises Refused."""
    nodes = Target(target.steps[:-1]).nodes(work.nodes)
    return checked_body(work, target, element_of(body, is_json, nodes, work.names))


def checked_body(work: Work, target: Target, element: Element) -> Element:
    """An element, which must be the target itself. Raises Refused."""
    parent = Target(target.steps[:-1])
    node = _configured(element, parent.nodes(work.nodes), target)
    if node is not target.node or _keys(element, node) != target.steps[-1].keys:
        raise _another_resource()
    return element


def _another_resource() -> Refused:
    return refused("invalid-value", "the body is not the resource of the path", kind="protocol")


def _whole(work: Work, body: bytes, is_json: bool) -> Element:
    """The children of a body that is the datastore, below a `<config>`. Raises Refused."""
    data = Node("data", NAMESPACE, "container", children=work.nodes)
    names = {**work.names, data.namespace: "ietf-restconf"}
    element = element_of(body, is_json, {"data": data}, names)
    if name_of(element) != (data.namespace, "data"):
        raise refused("invalid-value", "the body is not the datastore", kind="protocol")
    config = etree.Element("config")
    for child in list(children(element)):
        _configured(child, work.nodes, Target())
        config.append(child)
    return config


def _edit(work: Work, above: tuple[Step, ...], *elements: Element, operation: str) -> None:
    config, inner = branch(above)
    for element in elements:
        element.set(OPERATION, operation)
        inner.append(element)
    _carry_out(work, config, "none")


def _carry_out(work: Work, config: Element, default: str) -> None:
    operation = etree.Element(f"{{{BASE}}}edit-config")
    etree.SubElement(etree.SubElement(operation, f"{{{BASE}}}target"), f"{{{BASE}}}running")
    etree.SubElement(operation, f"{{{BASE}}}default-operation").text = default
    etree.SubElement(operation, f"{{{BASE}}}error-option").text = "rollback-on-error"
    config.tag = f"{{{BASE}}}config"
    operation.append(config)
    _done(work.call(operation), editing.edit_config)


def _replace_all(work: Work, config: Element) -> None:
    operation = etree.Element(f"{{{BASE}}}copy-config")
    etree.SubElement(etree.SubElement(operation, f"{{{BASE}}}target"), f"{{{BASE}}}running")
    config.tag = f"{{{BASE}}}config"
    etree.SubElement(operation, f"{{{BASE}}}source").append(config)
    _done(work.call(operation), editing.copy_config)


def _done(call: Call, operation: Callable[[Call], bytes]) -> None:
    schema = call.schema
    try:
        operation(call)
    except YangError as error:
        raise refusal_of(of_yang(error, schema, ""), schema) from None
    except RpcError as error:
        raise refusal_of(error, schema) from None
