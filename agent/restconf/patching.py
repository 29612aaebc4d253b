"""YANG Patch (RFC 8072): several edits in one request, put in force whole or not at all.

Each edit names a target below the resource of the request and becomes one edit of the datastore;
the answer says of the first that failed why. `insert` and `move` are for values of a leaf-list in
the user's order. Sources: docs/sources.md, entry yang-patch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

from agent.netconf import editing
from agent.netconf.rpc_errors import RpcError
from agent.restconf.forms import json_elements, read_json, read_xml_body, written
from agent.restconf.messages import (
    Refused,
    Response,
    json_error,
    refusal_of,
    refused,
    xml_errors,
)
from agent.restconf.placing import placing
from agent.restconf.target import Target, branch, found_in, read_target
from agent.restconf.writing import Work, checked_body
from yang.edit_attributes import BASE, OPERATION
from yang.xml import Element, children, name_of, own

NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-yang-patch"
JSON, XML = "application/yang-patch+json", "application/yang-patch+xml"
CAPABILITY = "urn:ietf:params:restconf:capability:yang-patch:1.0"
SINCE = "17.1.."  # source: yang-patch
_WITH_VALUE = ("create", "merge", "replace")
_WITHOUT = ("delete", "remove")
_PLACED = {"insert": "create", "move": "merge"}  # what they do to the value


@dataclass(frozen=True, slots=True)
class _Edit:
    """One edit. `value` are the elements given for it."""

    number: str
    operation: str
    path: str
    value: Any  # members of JSON, or elements
    where: str = "last"  # the default of RFC 8072
    point: str = ""


def patch(
    work: Work, target: Target, path: str, body: bytes, *, is_json: bool, json_wanted: bool
) -> Response:
    """Carry out a patch. Raises Refused for a body that is none; a failed edit is an answer."""
    patch_id, edits = _json(body) if is_json else _xml(body)
    if len({edit.number for edit in edits}) < len(edits):
        raise refused("invalid-value", "an edit-id stands twice", kind="protocol")
    if target.steps:
        target.must_be_one()
    made: list[Element] = []
    edit_id = ""
    try:
        for edit in edits:
            edit_id = edit.number
            made.append(_config(work, path, edit))
    except Refused as refusal:
        return _status(patch_id, edit_id, refusal, json_wanted)
    failed = _carry_out(work, made)
    if failed is not None:
        number, why = failed
        return _status(patch_id, edits[number].number, why, json_wanted)
    return _status(patch_id, "", None, json_wanted)


def _config(work: Work, path: str, edit: _Edit) -> Element:
    """The `<config>` of an edit."""
    if edit.operation not in (*_WITH_VALUE, *_WITHOUT, *_PLACED):
        raise refused("invalid-value", f'"{edit.operation}" is no operation of an edit')
    target = read_target(f"{path}/{edit.path}", work.nodes, work.names)
    if not target.steps:
        raise refused("invalid-value", "the datastore itself is no target of an edit")
    target.must_be_one()
    if edit.operation in _PLACED and not target.node.user_ordered:
        raise refused("operation-not-supported", f"{target.node.name} has no order to place it in")
    if edit.operation in _WITHOUT:
        config, inner = branch(target.steps)
        inner.set(OPERATION, edit.operation)
        return config
    parent = Target(target.steps[:-1])
    if edit.operation == "move":
        return _moved(work, target, path, edit)
    nodes = parent.nodes(work.nodes)
    given = edit.value
    elements = json_elements(given, nodes, work.names) if isinstance(given, dict) else given
    if not elements or len(elements) != 1:
        raise refused("invalid-value", "an edit has one value")
    element = checked_body(work, target, elements[0])
    if edit.operation in _PLACED:
        _place(work, target, path, edit, element)
    element.set(OPERATION, _PLACED.get(edit.operation, edit.operation))
    config, inner = branch(parent.steps)
    inner.append(element)
    return config


def _moved(work: Work, target: Target, path: str, edit: _Edit) -> Element:
    """The `<config>` of a move: the value is there, and goes to another place."""
    if not found_in(work.tops, target):
        raise refused("data-missing", "what is to be moved is not there")
    config, inner = branch(target.steps)
    inner.set(OPERATION, _PLACED[edit.operation])
    _place(work, target, path, edit, inner)
    return config


def _place(work: Work, target: Target, path: str, edit: _Edit, element: Element) -> None:
    point = f"{path}/{edit.point}" if edit.point else ""
    placing(edit.where, point).on(element, target.node, work.nodes, work.names)


def _carry_out(work: Work, configs: list[Element]) -> tuple[int, Refused] | None:
    """Put the edits in force; the number (from 0) of the one that failed, and why. Raises Refused
    for what is wrong with all of them."""
    call = work.call(etree.Element(f"{{{BASE}}}edit-config"))
    for config in configs:
        config.tag = f"{{{BASE}}}config"
    try:
        editing.edit_in_steps(call, configs)
    except editing.StepFailed as failed:
        return failed.number, refusal_of(failed.error, call.schema)
    except RpcError as error:
        raise refusal_of(error, call.schema) from None
    return None


# --- bodies -----------------------------------------------------------------------------------


def _json(body: bytes) -> tuple[str, list[_Edit]]:
    top = read_json(body).get("ietf-yang-patch:yang-patch")
    rows = top.get("edit") if isinstance(top, dict) else None
    if not isinstance(top, dict) or not isinstance(rows, list):
        raise refused("malformed-message", "the body is no yang-patch", kind="protocol")
    edits = []
    for row in rows:
        names = ("edit-id", "operation", "target")
        if not isinstance(row, dict) or not all(isinstance(row.get(n), str) for n in names):
            raise refused("malformed-message", "an edit lacks a member", kind="protocol")
        placed = {n: str(row[n]) for n in ("where", "point") if n in row}
        number, operation, path = (row[n] for n in names)
        edits.append(_Edit(number, operation, path, row.get("value"), **placed))
    if not isinstance(top.get("patch-id"), str):
        raise _no_patch_id()
    return top["patch-id"], edits


def _xml(body: bytes) -> tuple[str, list[_Edit]]:
    top = read_xml_body(body)
    if name_of(top) != (NAMESPACE, "yang-patch"):
        raise refused("malformed-message", "the body is no yang-patch", kind="protocol")
    edits = []
    for row in top.findall(f"{{{NAMESPACE}}}edit"):
        found = {name_of(child)[1]: child for child in children(row)}
        if not {"edit-id", "operation", "target"} <= found.keys():
            raise refused("malformed-message", "an edit lacks an element", kind="protocol")
        value = list(children(found["value"])) if "value" in found else []
        number, operation, target = (
            (found[name].text or "").strip() for name in ("edit-id", "operation", "target")
        )
        placed = {n: (found[n].text or "").strip() for n in ("where", "point") if n in found}
        edits.append(_Edit(number, operation, target, value, **placed))
    patch_id = top.findtext(f"{{{NAMESPACE}}}patch-id")
    if patch_id is None:
        raise _no_patch_id()
    return patch_id.strip(), edits


def _no_patch_id() -> Refused:
    return refused("missing-element", "the patch has no patch-id", kind="protocol")


def _status(patch_id: str, edit_id: str, refusal: Refused | None, json_wanted: bool) -> Response:
    """`yang-patch-status`: what came of it."""
    status = 200 if refusal is None else refusal.status
    if json_wanted:
        found: dict[str, Any] = {"patch-id": patch_id}
        if refusal is None:
            found["ok"] = [None]
        else:
            errors = {"error": [json_error(refusal.error)]}
            found["edit-status"] = {"edit": [{"edit-id": edit_id, "errors": errors}]}
        body = written({"ietf-yang-patch:yang-patch-status": found})
        return Response(status, {"Content-Type": "application/yang-data+json"}, body)
    top = etree.Element(f"{{{NAMESPACE}}}yang-patch-status", nsmap=own(NAMESPACE))
    etree.SubElement(top, f"{{{NAMESPACE}}}patch-id").text = patch_id
    if refusal is None:
        etree.SubElement(top, f"{{{NAMESPACE}}}ok")
    else:
        rows = etree.SubElement(top, f"{{{NAMESPACE}}}edit-status")
        row = etree.SubElement(rows, f"{{{NAMESPACE}}}edit")
        etree.SubElement(row, f"{{{NAMESPACE}}}edit-id").text = edit_id
        row.append(xml_errors(refusal.error, NAMESPACE))
    text = etree.tostring(top, pretty_print=True)
    return Response(status, {"Content-Type": "application/yang-data+xml"}, text)
