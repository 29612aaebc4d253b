"""The operations of Cisco-IOS-XE-rpc: exec commands as XML, here `license`.

The names of the elements are the words of the command, so the command is what they spell. It runs
as one typed by the session's user; what it prints is the result.
Sources: docs/sources.md, entry exec-rpcs.
"""

from __future__ import annotations

import re

from lxml import etree

from agent.cli.commands import execute
from agent.cli.reply import Reply
from agent.cli.session import CliSession, Line
from agent.netconf.call import Call
from agent.netconf.rpc_errors import RpcError
from cli_grammar import Matched, match
from yang.edit_attributes import BASE
from yang.xml import Element, children, name_of, own

NAMESPACE = "http://cisco.com/ns/yang/Cisco-IOS-XE-rpc"
PREFIX = "ios-xe-rpc"
PRIVILEGE = 15  # source: netconf-privilege
MAX_WORDS = 32
# what a command line wants first; XML has no order
_ORDER = "idtoken add replace days report all local online offline file force".split()
_WORD = re.compile(r"[\x21-\x7e]{1,255}")
# where neither is said. # assumed: the product instance itself
_NEEDS_SCOPE = ("trust", "request")


def license_command(call: Call) -> bytes:
    """`license`: runs the command, returns what it printed."""
    words = _words(call.operation, call)
    line = " ".join(words)
    device = call.server.device
    user = Line("vty", user=call.session.user, address=call.session.source, privilege=PRIVILEGE)
    session = CliSession(device, user)
    if not isinstance(match(session.grammar, session.mode, line, PRIVILEGE), Matched):
        raise _error(call, "invalid-value", f"% Invalid input detected: {line}")
    result = execute(session, line, call.now)
    if not isinstance(result, Reply):
        raise _error(call, "operation-failed", "the command asks a question")
    element = etree.Element(f"{{{NAMESPACE}}}result", nsmap=own(NAMESPACE))
    element.text = result.text
    return etree.tostring(element)


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
        "protocol" if tag == "unknown-element" else "application",
        tag,
        message,
        f"/nc:rpc/{PREFIX}:{call.name}",
        info=(("bad-element", bad),) if bad else (),
        namespaces={"nc": BASE, PREFIX: NAMESPACE},
    )
