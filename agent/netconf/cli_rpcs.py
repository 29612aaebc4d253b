"""The operations of Cisco-IOS-XE-cli-rpc: configuration lines as they are typed.

`config-ios-cli-rpc` takes lines up to the first that the parser refuses, and says which that is.
`config-ios-cli-trans` is an edit like others: all or nothing, into the candidate where there is
one. Both are bound by locks. Sources: docs/sources.md, entry cli-rpcs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.core.secrets import new_salt
from agent.device.config import grammar_of
from agent.device.config_text import ReadConfig, read_config
from agent.netconf.call import Call
from agent.netconf.editing import put
from agent.netconf.refusal import INVALID
from agent.netconf.rpc_errors import refused
from agent.netconf.server import CANDIDATE, RUNNING
from yang.edit_attributes import BASE
from yang.tree import EMPTY, Tree, Value

NAMESPACE = "http://cisco.com/ns/yang/Cisco-IOS-XE-cli-rpc"
PREFIX = "cli-ios-xe-rpc"
DONE = "RPC request successful"  # assumed
REFUSED = "RPC request failed"  # assumed
ERROR_CODE = 1  # assumed
Output = Mapping[str, Value]


def config_lines(call: Call, given: Tree) -> Output:
    """`config-ios-cli-rpc`: what stands before a line that is refused is configured."""
    text = str(given["config-clis"])
    read = _read(call, text, RUNNING)
    if not read.refused:
        _put(call, RUNNING, read.root)
        return {"result": DONE}
    first = read.refused[0]
    before = "\n".join(text.splitlines()[: first.number - 1])
    _put(call, RUNNING, _read(call, before, RUNNING).root)
    said = {
        "result": REFUSED,
        "lineno": first.number,
        "error-code": ERROR_CODE,
        "error-string": INVALID,
    }
    # assumed: a pattern is a part of what the parser says, not an expression
    for tag, row in given.get("error-patterns", EMPTY).items():
        if row.get("error-pattern") and str(row["error-pattern"]) in INVALID:
            return {**said, "error-tag": tag}
    return said


def edit_by_lines(call: Call, given: Tree) -> Output:
    """`config-ios-cli-trans`: an edit of the candidate where there is one, else of running."""
    server = call.server
    target = CANDIDATE if server.has_candidate else RUNNING
    read = _read(call, str(given["clis"]), target)
    if read.refused:
        line = read.refused[0].line.strip()
        raise refused(line, INVALID, f"/nc:rpc/{PREFIX}:{call.name}", _SPACES)
    _put(call, target, read.root)
    if target == CANDIDATE and given["do-commit"]:
        _put(call, RUNNING, server.root(CANDIDATE))
        server.candidate = None
    return {"result": DONE}


def _read(call: Call, text: str, datastore: str) -> ReadConfig:
    device = call.server.device
    salts, grammar = device.salts(), grammar_of(device.profile, device.release, device.model)
    return read_config(text, grammar, call.server.root(datastore), lambda: new_salt(salts))


def _put(call: Call, target: str, new: Tree) -> None:
    call.server.must_be_free(target, call.session.number, call.now)
    put(call, target, new)


_SPACES = {"nc": BASE, PREFIX: NAMESPACE}
RPCS: Mapping[str, Callable[[Call, Tree], Output]] = {
    "config-ios-cli-rpc": config_lines,
    "config-ios-cli-trans": edit_by_lines,
}
