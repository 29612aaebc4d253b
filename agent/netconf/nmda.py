"""`get-data` and `edit-data` of RFC 8526, for releases that have them.

They are the older operations with the datastore named by an identity. The feature `origin` is not
there, so its parameters are unknown.
Sources: docs/sources.md, entry nmda.
"""

from __future__ import annotations

import copy
from typing import Any

from lxml import etree

from agent.netconf.call import Call
from agent.netconf.data import config_reply, state_reply
from agent.netconf.editing import edit_data
from agent.netconf.rpc_errors import RpcError
from agent.netconf.server import CANDIDATE, RUNNING
from yang.edit_attributes import BASE
from yang.schema import Node, named
from yang.xml import Element, name_of

NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda"
DATASTORES = "urn:ietf:params:xml:ns:yang:ietf-datastores"
OPERATIONAL = "operational"
DEEPEST = 65_535


def get_data(call: Call) -> bytes:
    """`get-data` of running, the candidate or operational."""
    names = ("datastore", "subtree-filter", "xpath-filter", "config-filter", "max-depth")
    call.only(*names, "with-defaults", namespace=NAMESPACE)
    call.check_defaults()
    datastore = _datastore(call, (RUNNING, CANDIDATE, OPERATIONAL))
    wanted = _filter(call)
    if datastore == OPERATIONAL:
        reply = state_reply(call, wanted)
    else:
        reply = config_reply(call, datastore, wanted)
    config, depth = _flag(call, "config-filter"), _depth(call)
    if config is not None or depth is not None:
        reply = _pruned(reply, call, config, depth)
    inner = reply.removeprefix(b"<data>").removesuffix(b"</data>").replace(b"<data/>", b"")
    return b'<data xmlns="%b">%b</data>' % (NAMESPACE.encode(), inner)


def edit_data_of(call: Call) -> bytes:
    """`edit-data` of running or the candidate."""
    call.only("datastore", "default-operation", "config", "url", namespace=NAMESPACE)
    return edit_data(call, _datastore(call, (RUNNING, CANDIDATE)))


def _datastore(call: Call, known: tuple[str, ...]) -> str:
    element = call.parameter("datastore")
    if element is None:
        raise _error(call, "missing-element", "datastore")
    prefix, _, name = (element.text or "").strip().rpartition(":")
    if prefix and element.nsmap.get(prefix) != DATASTORES:
        raise _error(call, "invalid-value", "datastore")
    if name not in known or (name == CANDIDATE and not call.server.has_candidate):
        raise _error(call, "invalid-value", "datastore")
    return name


def _filter(call: Call) -> Element | None:
    """The filter in the form of RFC 6241."""
    subtree, path = call.parameter("subtree-filter"), call.parameter("xpath-filter")
    if subtree is not None and path is not None:
        raise _error(call, "bad-element", "xpath-filter")
    if subtree is not None:
        wanted = etree.Element(f"{{{BASE}}}filter", nsmap=_prefixes(subtree))
        wanted.extend(copy.deepcopy(child) for child in subtree)
        return wanted
    if path is not None:
        wanted = etree.Element(f"{{{BASE}}}filter", nsmap=_prefixes(path))
        wanted.set("type", "xpath")
        wanted.set("select", (path.text or "").strip())
        return wanted
    return None


def _prefixes(element: Element) -> Any:
    return element.nsmap


def _flag(call: Call, name: str) -> bool | None:
    text = call.text(name)
    if text is None:
        return None
    if text not in ("true", "false"):
        raise _error(call, "invalid-value", name)
    return text == "true"


def _depth(call: Call) -> int | None:
    text = call.text("max-depth")
    if text is None or text == "unbounded":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= DEEPEST):
        raise _error(call, "invalid-value", "max-depth")
    return int(text)


def _pruned(reply: bytes, call: Call, config: bool | None, depth: int | None) -> bytes:
    root = etree.fromstring(reply)
    for top in list(root):
        namespace, name = name_of(top)
        node = named(call.schema.top, name, namespace)
        if config is not None and not _keep(top, node, config, ()):
            root.remove(top)
    if depth is not None:
        _cut(root, depth)
    return etree.tostring(root)


def _keep(element: Element, node: Node | None, config: bool, keys: tuple[str, ...]) -> bool:
    """Take out what is configuration, or what is not; is anything left? Keys stay."""
    name = name_of(element)[1]
    if node is None:  # what no module of ours models is state
        return not config
    if not len(element):
        return name in keys or node.config is config
    if not node.config:
        return not config
    left = False
    for child in list(element):
        inner = node.children.get(name_of(child)[1])
        if _keep(child, inner, config, node.keys):
            left = left or name_of(child)[1] not in node.keys or config
        else:
            element.remove(child)
    return left


def _cut(element: Element, depth: int) -> None:
    for child in list(element):
        if depth == 0:
            element.remove(child)
        else:
            _cut(child, depth - 1)


def _error(call: Call, tag: str, name: str) -> RpcError:
    names = {"nc": BASE, "ncds": NAMESPACE}
    info = (("bad-element", name),)
    kind = "application" if tag == "invalid-value" else "protocol"
    return RpcError(kind, tag, path=f"/nc:rpc/ncds:{call.name}", info=info, namespaces=names)
