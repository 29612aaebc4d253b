"""A request and a response of HTTP as values, and the errors of RESTCONF (RFC 8040 section 7).

An error is the RpcError of NETCONF with a status; one place writes it in both forms.
Sources: docs/sources.md, entries restconf-errors, confd-errors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from agent.netconf.rpc_errors import RpcError
from yang.schema import Schema
from yang.xml import Element, own, printable

NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-restconf"
JSON, XML = "application/yang-data+json", "application/yang-data+xml"
FOXY = "foxy-api-version"  # the header of an older public client, which reads `errors` unqualified

# RFC 8040 section 7, table 1; a tag with two statuses has the one for a body that is at fault
STATUS: Mapping[str, int] = {
    "in-use": 409,
    "invalid-value": 400,
    "too-big": 413,
    "missing-attribute": 400,
    "bad-attribute": 400,
    "unknown-attribute": 400,
    "bad-element": 400,
    "missing-element": 400,
    "unknown-element": 400,
    "unknown-namespace": 400,
    "access-denied": 403,
    "lock-denied": 409,
    "resource-denied": 409,
    "rollback-failed": 500,
    "data-exists": 409,
    "data-missing": 409,
    "operation-not-supported": 405,
    "operation-failed": 500,
    "partial-operation": 500,
    "malformed-message": 400,
}
_WORDS = {"data-exists": "object already exists", "data-missing": "object does not exist"}
_STEP = re.compile(r"/([\w.-]+):([\w.-]+)((?:\[[^\]]*\])*)")
_SHORT_STEP = re.compile(r"/(?:([\w.-]+):)?([\w.-]+)((?:\[[^\]]*\])*)")
_ENVELOPE = re.compile(r"^/nc:rpc/[\w.-]+:[\w.-]+(/nc:config)?")


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent. `path` is as it came, still percent-encoded; header names are lower."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """A header's value, "" where it is missing."""
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back. A body always comes with its Content-Type."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(eq=False)
class Refused(Exception):
    """A request that is not carried out, and the status that says so."""

    status: int
    error: RpcError
    headers: Mapping[str, str] = field(default_factory=dict)


def refused(tag: str, message: str, *, status: int = 0, kind: str = "application") -> Refused:
    """A refusal by its error-tag."""
    return Refused(status or STATUS[tag], RpcError(kind, tag, message))


def not_found() -> Refused:
    """There is no such resource. # source: restconf-errors (the words)"""
    return refused("invalid-value", "uri keypath not found", status=404)


def no_target() -> Refused:
    """What PATCH is to change is not there; clients read these words. # source: restconf-clients"""
    return refused("invalid-value", "patch to a nonexistent resource", status=404)


def refusal_of(error: RpcError, schema: Schema) -> Refused:
    """The refusal an error of the datastore or an operation comes to; its path as RESTCONF has it.

    A lock shows as lock-denied, whoever holds it. # source: restconf-errors (409)
    """
    names = {module.prefix: module.name for module in schema.modules}
    tag = "lock-denied" if error.tag == "in-use" else error.tag
    shown = json_path(_ENVELOPE.sub("", error.path), names)
    used = {m.name: m.namespace for m in schema.modules if f"/{m.name}:" in shown}
    return Refused(STATUS.get(tag, 500), replace(error, tag=tag, path=shown, namespaces=used))


def json_path(path: str, modules: Mapping[str, str]) -> str:
    """An instance identifier of XML as JSON has it; `modules` are the names of its prefixes."""
    before, steps = "", []
    for prefix, name, keys in _STEP.findall(path):
        module = modules.get(prefix, prefix)
        bare = re.sub(r"\[([\w.-]+):", "[", keys)
        steps.append(f"/{name}{bare}" if module == before else f"/{module}:{name}{bare}")
        before = module
    return "".join(steps)


def error_response(refusal: Refused, request: Request, json_wanted: bool) -> Response:
    """The body with the container `errors`."""
    if json_wanted:
        name = "errors" if request.header(FOXY) else "ietf-restconf:errors"
        text = json.dumps({name: {"error": [json_error(refusal.error)]}}, indent=2) + "\n"
        body, kind = text.encode(), JSON
    else:
        body, kind = etree.tostring(xml_errors(refusal.error), pretty_print=True), XML
    return Response(refusal.status, {"Content-Type": kind, **refusal.headers}, body)


def words_of(error: RpcError) -> str:
    """What is told a person; clients read it of every error. # assumed: where NETCONF says none"""
    return error.message or _WORDS.get(error.tag, error.tag.replace("-", " "))


def json_error(error: RpcError) -> dict[str, Any]:
    """One `error` as JSON has it."""
    found: dict[str, Any] = {"error-type": error.type, "error-tag": error.tag}
    found |= {"error-app-tag": error.app_tag} if error.app_tag else {}
    found |= {"error-path": error.path} if error.path else {}
    found["error-message"] = printable(words_of(error))
    info: dict[str, Any] = {name: printable(text) for name, text in error.info}
    for element in error.detail:
        info[etree.QName(element).localname] = _plain(element)
    return found | ({"error-info": info} if info else {})


def _plain(element: Element) -> Any:
    if not len(element):
        return element.text or ""
    return {etree.QName(child).localname: _plain(child) for child in element}


def _qualified(path: str) -> str:
    """A path as XML has it: every step and key with its prefix, which is the module's name."""
    module, steps = "", []
    for prefix, name, keys in _SHORT_STEP.findall(path):
        module = prefix or module
        steps.append(f"/{module}:{name}" + keys.replace("[", f"[{module}:"))
    return "".join(steps)


def xml_errors(error: RpcError, namespace: str = NAMESPACE) -> Element:
    """`errors` with this one in it."""
    top = etree.Element(f"{{{namespace}}}errors", nsmap=own(namespace))
    row = etree.SubElement(top, f"{{{namespace}}}error")
    for name, text in (
        ("error-type", error.type),
        ("error-tag", error.tag),
        ("error-app-tag", error.app_tag),
        ("error-path", _qualified(error.path)),
        ("error-message", words_of(error)),
    ):
        if text:
            used: Any = dict(error.namespaces) if name == "error-path" else None
            etree.SubElement(row, f"{{{namespace}}}{name}", nsmap=used).text = printable(text)
    if error.info or error.detail:
        info = etree.SubElement(row, f"{{{namespace}}}error-info")
        for name, text in error.info:
            etree.SubElement(info, f"{{{namespace}}}{name}").text = printable(text)
        info.extend(error.detail)
    return top
