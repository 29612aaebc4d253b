"""`action`: of Tail-f, as the hello announces it, and of YANG 1.1 (RFC 7950 section 7.15).

No module here defines an action, so what one names is always unknown.
"""

from __future__ import annotations

from agent.netconf.call import Call
from agent.netconf.rpc_errors import RpcError
from yang.edit_attributes import BASE
from yang.xml import Element, children, name_of

TAIL_F = "http://tail-f.com/ns/netconf/actions/1.0"
YANG = "urn:ietf:params:xml:ns:yang:1"


def tail_f_action(call: Call) -> bytes:
    """The action stands below `data`. Raises RpcError."""
    call.only("data", namespace=TAIL_F)
    data = call.parameter("data")
    if data is None:
        raise call.bad("missing-element", "data")
    raise _unknown(data, TAIL_F)


def action(call: Call) -> bytes:
    """The nodes that lead to the action stand right below. Raises RpcError."""
    raise _unknown(call.operation, YANG)


def _unknown(holder: Element, namespace: str) -> RpcError:
    """The error about the innermost node that is named; of nothing named, that it is missing."""
    named = holder
    while (inner := next(children(named), None)) is not None:
        named = inner
    tag = "missing-element" if named is holder else "unknown-element"
    name = "action" if named is holder else name_of(named)[1]
    spaces = {"nc": BASE, "act": namespace}
    info = (("bad-element", name),)
    return RpcError("application", tag, path="/nc:rpc/act:action", info=info, namespaces=spaces)
