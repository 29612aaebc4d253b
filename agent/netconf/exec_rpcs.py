"""The operations of Cisco-IOS-XE-rpc: exec commands as XML.

Of `license` the names of the elements are the words of the command, so the command is what they
spell. `copy`, `delete` and `default` are their lines with Enter to each question, `reload` is one
that asks nothing. A command runs as one typed by the session's user; what it prints is the result.
Sources: docs/sources.md, entry exec-rpcs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lxml import etree

from agent.cli.commands import execute
from agent.cli.handlers.files import RUNNING as RUNNING_CONFIG
from agent.cli.reply import Ask, Change, Later, Long, Reply
from agent.cli.session import CliSession, Line
from agent.core.secrets import new_salt
from agent.device.config import grammar_of
from agent.device.config_text import read_config
from agent.netconf.call import Call
from agent.netconf.editing import put
from agent.netconf.rpc_errors import RpcError
from agent.netconf.server import RUNNING
from cli_grammar import Matched, match
from yang.edit_attributes import BASE
from yang.slices import whole
from yang.tree import Tree, Value
from yang.xml import Element, children, name_of, own

NAMESPACE = "http://cisco.com/ns/yang/Cisco-IOS-XE-rpc"
PREFIX = "ios-xe-rpc"
PRIVILEGE = 15  # source: netconf-privilege
MAX_WORDS = 32
RELOAD_MS = 1000  # assumed: between the answer and the restart
Output = Mapping[str, Value]
# what a command line wants first; XML has no order
_ORDER = "idtoken add replace days report all local online offline file force".split()
_WORD = re.compile(r"[\x21-\x7e]{1,255}")
# where neither is said. # assumed: the product instance itself
_NEEDS_SCOPE = ("trust", "request")


def license_command(call: Call) -> bytes:
    """`license`: runs the command, returns what it printed."""
    words = _words(call.operation, call)
    line = " ".join(words)
    session = _session(call)
    if not isinstance(match(session.grammar, session.mode, line, PRIVILEGE), Matched):
        raise _error(call, "invalid-value", f"% Invalid input detected: {line}")
    result = execute(session, line, call.now)
    if not isinstance(result, Reply):
        raise _error(call, "operation-failed", "the command asks a question")
    element = etree.Element(f"{{{NAMESPACE}}}result", nsmap=own(NAMESPACE))
    element.text = result.text
    return etree.tostring(element)


def copy(call: Call, given: Tree) -> Output:
    """`copy`: between files and configurations of the device. # assumed: nothing over a network"""
    source, target = (str(given[f"{end}-drop-node-name"]) for end in ("source", "destination"))
    if target == RUNNING_CONFIG:
        call.server.must_be_free(RUNNING, call.session.number, call.now)
    return _typed(call, "copy", source, target)


def delete(call: Call, given: Tree) -> Output:
    return _typed(call, "delete", str(given["filename-drop-node-name"]))


def default(call: Call, given: Tree) -> Output:
    """`default interface`: as the configuration line."""
    server, name = call.server, str(given.get("interface", ""))
    if not name:
        raise _error(call, "missing-element", "", "interface")
    server.must_be_free(RUNNING, call.session.number, call.now)
    device = server.device
    salts, grammar = device.salts(), grammar_of(device.profile, device.release, device.model)
    line = f"default interface {name}"
    read = read_config(line, grammar, device.datastore.running, lambda: new_salt(salts))
    if read.refused or "|" in name:
        raise _error(call, "invalid-value", f'"{name}" is not a valid value.', "interface")
    put(call, RUNNING, read.root)
    return {"result": f"Interface {name} set to default configuration"}


def reload(call: Call, given: Tree) -> Output:
    """`reload`: unsaved configuration keeps it from happening, unless it is forced."""
    device = call.server.device
    if device.has_unsaved_changes() and given.get("force") is not True:
        # assumed: the tag and the words
        raise _error(call, "operation-failed", "System configuration has been modified")
    reason = str(given.get("reason", ""))
    device.plan_reload(call.now + RELOAD_MS, call.now, call.session.user, reason)
    return {"result": "Reload command accepted"}  # assumed


def _typed(call: Call, *words: str) -> Output:
    """Run a line; what it asks is answered with Enter. Raises RpcError."""
    for word in words:
        if not _WORD.fullmatch(word) or "|" in word:
            raise _error(call, "invalid-value", f'"{word}" is not a valid value.')
    session = _session(call)
    result = execute(session, " ".join(words), call.now)
    for _ in range(MAX_WORDS):
        if isinstance(result, Ask):
            result = result.then("\r" if result.one_key else "")
        elif isinstance(result, Long):
            result = whole(result.replying())
        elif isinstance(result, Later):
            result = result.then(whole(result.slices))
        elif isinstance(result, Change):
            call.server.device.commit(result.edits, call.now, session.line.who)
            result = Reply(result.text)
        elif isinstance(result, Reply):
            return {"result": result.text.strip("\n")}
        else:
            break
    raise _error(call, "operation-failed", "the command cannot be carried out here")


def _session(call: Call) -> CliSession:
    who = Line("vty", user=call.session.user, address=call.session.source, privilege=PRIVILEGE)
    return CliSession(call.server.device, who)


def _words(element: Element, call: Call) -> list[str]:
    """The words an element and all in it spell. Raises RpcError."""
    namespace, name = name_of(element)
    if namespace != NAMESPACE:
        raise _error(call, "unknown-element", "", name)
    inner = sorted(children(element), key=_place)
    found = [name]
    if not inner and (text := (element.text or "").strip()):
        if not _WORD.fullmatch(text) or "|" in text:
            raise _error(call, "invalid-value", f'"{text}" is not a valid value.', name)
        found.append(text)
    for child in inner:
        found += _words(child, call)
    if name in _NEEDS_SCOPE and not {"all", "local"} & {name_of(c)[1] for c in inner}:
        at = len(found) - (found[-1] == "force")
        found.insert(at, "local")
    if len(found) > MAX_WORDS:
        raise _error(call, "too-big", "")
    return found


def _place(element: Element) -> int:
    name = name_of(element)[1]
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _error(call: Call, tag: str, message: str, bad: str = "") -> RpcError:
    return RpcError(
        "protocol" if tag in ("unknown-element", "missing-element") else "application",
        tag,
        message,
        f"/nc:rpc/{PREFIX}:{call.name}",
        info=(("bad-element", bad),) if bad else (),
        namespaces={"nc": BASE, PREFIX: NAMESPACE},
    )


RPCS: Mapping[str, Callable[[Call, Tree], Output]] = {
    "copy": copy,
    "delete": delete,
    "reload": reload,
    "default": default,
}
