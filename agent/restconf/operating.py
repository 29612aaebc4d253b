"""POST of an operation: the RPCs of the device's modules, by the same functions as over NETCONF."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from agent.netconf.operations import operation_for
from agent.netconf.rpc_errors import RpcError, of_yang
from agent.restconf.forms import json_elements, json_members, read_json, read_xml_body, written
from agent.restconf.messages import (
    JSON,
    NAMESPACE,
    XML,
    Response,
    refusal_of,
    refused,
)
from agent.restconf.writing import Work
from yang.errors import YangError
from yang.schema import Rpc, Schema
from yang.xml import Element, name_of, own


def rpc_named(text: str, schema: Schema) -> Rpc | None:
    """The RPC `module:name`; without a module where only one has the name."""
    module, colon, name = text.rpartition(":")
    names = {m.namespace: m.name for m in schema.modules}
    found = [
        rpc
        for (namespace, own_name), rpc in schema.rpcs.items()
        if own_name == name and (not colon or names[namespace] == module)
    ]
    return found[0] if len(found) == 1 else None


def listing(schema: Schema, names: Mapping[str, str], json_wanted: bool) -> Response:
    """GET of `operations`: what there is."""
    wanted = [(names[namespace], namespace, name) for namespace, name in schema.rpcs]
    if json_wanted:
        listed = {f"{module}:{name}": [None] for module, _, name in wanted}
        body = written({"ietf-restconf:operations": listed})
        return Response(200, {"Content-Type": JSON}, body)
    top = etree.Element(f"{{{NAMESPACE}}}operations", nsmap=own(NAMESPACE))
    for _, namespace, name in wanted:
        etree.SubElement(top, f"{{{namespace}}}{name}", nsmap=own(namespace))
    return Response(200, {"Content-Type": XML}, etree.tostring(top, pretty_print=True))


def operate(work: Work, rpc: Rpc, body: bytes, is_json: bool, json_wanted: bool) -> Response:
    """Carry out an RPC. Raises Refused."""
    schema = work.server.announced.schema
    operation = etree.Element(f"{{{rpc.namespace}}}{rpc.name}", nsmap=own(rpc.namespace))
    operation.extend(_input(work, rpc, body, is_json))
    call = work.call(operation)
    try:
        output = operation_for(call)(call)
    except YangError as error:
        raise refusal_of(of_yang(error, schema, ""), schema) from None
    except RpcError as error:
        raise refusal_of(error, schema) from None
    return _output(work, rpc, output, json_wanted)


def _input(work: Work, rpc: Rpc, body: bytes, is_json: bool) -> list[Element]:
    if not body.strip():
        return []
    if not is_json:
        element = read_xml_body(body)
        if name_of(element) not in ((rpc.namespace, "input"), ("", "input")):
            raise _no_input()
        return list(element)
    members = read_json(body)
    if not members:
        return []
    if len(members) != 1 or next(iter(members)).rpartition(":")[2] != "input":
        raise _no_input()
    given = next(iter(members.values()))
    if given is None:
        return []
    if not isinstance(given, dict):
        raise _no_input()
    # parameters may be qualified or not: both are of the module of the operation
    return json_elements(given, rpc.input.children, work.names)


def _no_input() -> Exception:
    return refused("malformed-message", "the body is to be the container input", kind="protocol")


def _output(work: Work, rpc: Rpc, output: bytes, json_wanted: bool) -> Response:
    holder = etree.Element(f"{{{rpc.namespace}}}output", nsmap=own(rpc.namespace))
    holder.extend(list(etree.fromstring(b"<o>" + output + b"</o>")))
    results = [element for element in holder if name_of(element)[1] != "ok"]
    if not results:
        return Response(204)
    if not json_wanted:
        etree.cleanup_namespaces(holder)
        return Response(200, {"Content-Type": XML}, etree.tostring(holder, pretty_print=True))
    members = json_members(results, rpc.output.children, work.names, rpc.namespace)
    body = written({f"{work.names[rpc.namespace]}:output": members})
    return Response(200, {"Content-Type": JSON}, body)
