"""The operations of Cisco-IOS-XE-cli-rpc: configuration lines as they are typed.

`config-ios-cli-rpc` takes lines up to the first that the parser refuses, and says which that is.
`config-ios-cli-trans` is an edit like others: all or nothing, into the candidate where there is
one. Both are bound by locks. `get-modelled-config-clis` gives a datastore as lines.
Sources: docs/sources.md, entry cli-rpcs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.cli.running_config import configuration, facts_of
from agent.core.secrets import new_salt
from agent.device.config import grammar_of
from agent.device.config_text import ReadConfig, read_config
from agent.netconf.call import Call
from agent.netconf.editing import put
from agent.netconf.refusal import INVALID
from agent.netconf.rpc_errors import refused
from agent.netconf.server import CANDIDATE, RUNNING
from cli_grammar import Matched, match
from yang.edit_attributes import BASE
from yang.tree import EMPTY, Edit, Tree, Value, apply

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
    clis = str(given["clis"])
    read = _read(call, clis, target, _replaced(call, clis, target, given.get("operation")))
    if read.refused:
        line = read.refused[0].line.strip()
        raise refused(line, INVALID, f"/nc:rpc/{PREFIX}:{call.name}", _SPACES)
    _put(call, target, read.root)
    if target == CANDIDATE and given["do-commit"]:
        _put(call, RUNNING, server.root(CANDIDATE))
        server.candidate = None
    return {"result": DONE}


def configuration_lines(call: Call, given: Tree) -> Output:
    """`get-modelled-config-clis`: running, or the candidate where there is one."""
    server, wanted = call.server, str(given["datastore"])
    if wanted == CANDIDATE and not server.has_candidate:
        return {"error-message": "candidate datastore is not enabled"}  # assumed
    device = server.device
    grammar = grammar_of(device.profile, device.release, device.model)
    text = configuration(server.root(wanted), grammar, facts_of(device))
    return {"result": text.strip("\n")}


def _replaced(call: Call, text: str, target: str, operation: Value | None) -> Tree:
    """What the lines of a transaction join."""
    device, root = call.server.device, call.server.root(target)
    if operation == "full-replace":
        return device.factory_root()
    if operation != "selective-replace":
        return root
    grammar = grammar_of(device.profile, device.release, device.model)
    edits = []
    for line in text.splitlines():
        read = match(grammar, "config", line.strip()) if line[:1].strip() else None
        if isinstance(read, Matched) and read.target.enter:
            base = read.entered_base(())
            # a port stays, for no line can make one
            edits += [Edit("delete", base), Edit("set", base)]
    return apply(root, tuple(edits))


def _read(call: Call, text: str, datastore: str, onto: Tree | None = None) -> ReadConfig:
    device = call.server.device
    salts, grammar = device.salts(), grammar_of(device.profile, device.release, device.model)
    root = call.server.root(datastore) if onto is None else onto
    return read_config(text, grammar, root, lambda: new_salt(salts))


def _put(call: Call, target: str, new: Tree) -> None:
    call.server.must_be_free(target, call.session.number, call.now)
    put(call, target, new)


_SPACES = {"nc": BASE, PREFIX: NAMESPACE}
RPCS: Mapping[str, Callable[[Call, Tree], Output]] = {
    "config-ios-cli-rpc": config_lines,
    "config-ios-cli-trans": edit_by_lines,
    "get-modelled-config-clis": configuration_lines,
}
