"""One NETCONF session: bytes in, bytes out.

What drives it: bytes of the client (`feed`), and the end of the connection (`end`). The order of a
session: our hello goes out at once, the client's comes in, then each rpc is answered in turn.
Whatever is wrong with one message is an rpc-error; what makes the stream unusable ends the session.
Sources: docs/sources.md, entries hello-order, missing-base-capability, confd-errors.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from lxml import etree

from agent.core.clock import Instant
from agent.netconf.call import Call
from agent.netconf.framing import Framer, FramingError, framed
from agent.netconf.operations import operation_for
from agent.netconf.rpc_errors import RpcError, RpcErrors, of_yang, text_of, unknown
from agent.netconf.server import NetconfServer, Statistics
from yang.edit import BASE
from yang.errors import YangError
from yang.xml import Element, children, name_of, own

MAX_MESSAGE = 16 * 1024 * 1024
MAX_DEPTH = 200  # deeper than any data, and safe for what walks it
BASE_1_0, BASE_1_1 = "urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1"
MISSING_BASE = b"<!-- Error: missing base capability in hello (closing session) -->"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_RPC, _HELLO = f"{{{BASE}}}rpc", f"{{{BASE}}}hello"


class Malformed(Exception):
    """A message that is no XML a session can read."""


class NetconfSession:
    """A session of `user` from address `source`. `closed` once nothing more is to be read."""

    def __init__(self, server: NetconfServer, user: str, source: str, now: Instant) -> None:
        self.server, self.user, self.source = server, user, source
        self.login = now
        self.statistics = Statistics()
        self.closed = False
        self.greeted = False
        self.hang_up: Callable[[], None] = lambda: None  # ends the connection from our side
        self._framer = Framer(MAX_MESSAGE)
        self.number = server.join(self)
        self.capabilities = server.announced.capabilities

    def start(self) -> bytes:
        """The hello."""
        return framed(_hello(self.capabilities, self.number), False)

    def feed(self, data: bytes, now: Instant) -> bytes:
        """Take bytes; returns what goes out. Nothing is taken once closed."""
        out = []
        self._framer.feed(data)
        try:
            while not self.closed and (message := self._framer.next_message()) is not None:
                out.append(self._message(message, now) if self.greeted else self._greet(message))
        except FramingError:
            self._drop()
        return b"".join(out)

    def end(self) -> None:
        """The connection is gone, or the session was killed."""
        if self.number in self.server.sessions:
            if not self.closed:
                self.server.statistics.dropped_sessions += 1
            self.server.leave(self.number)
        self.closed = True

    def close(self) -> None:
        """`close-session`: a clean end."""
        self.closed = True
        self.server.leave(self.number)

    def killed(self) -> None:
        """`kill-session` of another one."""
        self.end()
        self.hang_up()

    # --- messages -------------------------------------------------------------------------------

    def _greet(self, message: bytes) -> bytes:
        try:
            hello = read_xml(message)
        except Malformed:
            return self._bad_hello()
        bases = {
            (capability.text or "").strip()
            for capabilities in children(hello)
            for capability in children(capabilities)
        }
        names = [name_of(child)[1] for child in children(hello)]
        if hello.tag != _HELLO or names != ["capabilities"]:
            return self._bad_hello()
        if not bases & {BASE_1_0, BASE_1_1}:
            return self._bad_hello(MISSING_BASE)
        self.greeted = True
        self._framer.chunked = BASE_1_1 in bases
        return b""

    def _bad_hello(self, words: bytes = b"") -> bytes:
        self.server.statistics.in_bad_hellos += 1
        self._drop()
        return words

    def _drop(self) -> None:
        """What follows cannot be trusted: end here."""
        self.server.statistics.dropped_sessions += 1
        self.closed = True
        self.server.leave(self.number)

    def _message(self, message: bytes, now: Instant) -> bytes:
        chunked = self._framer.chunked
        try:
            rpc = read_xml(message)
        except Malformed as fault:
            self._count("in_bad_rpcs")
            error = RpcError("rpc", "malformed-message", str(fault))
            reply = _HEAD + b'<rpc-reply xmlns="%b">' % BASE.encode() + self._errors((error,))
            self._drop()
            return framed(reply + b"</rpc-reply>", chunked)
        opening, closing = _reply_around(rpc)
        return framed(opening + self._answer(rpc, now) + closing, chunked)

    def _answer(self, rpc: Element, now: Instant) -> bytes:
        """What stands in the reply."""
        try:
            operation = _checked(rpc)
        except RpcError as error:
            self._count("in_bad_rpcs")
            return self._errors((error,))
        self._count("in_rpcs")
        call = Call(self, self.server, operation, now)
        try:
            return operation_for(call)(call)
        except RpcErrors as several:
            return self._errors(several.errors)
        except RpcError as error:
            return self._errors((error,))
        except YangError as error:
            _, name = name_of(operation)
            prefix = call.schema.prefix(name_of(operation)[0])
            return self._errors((of_yang(error, call.schema, f"/nc:rpc/{prefix}:{name}"),))

    def _errors(self, errors: tuple[RpcError, ...]) -> bytes:
        for _ in errors:
            self._count("out_rpc_errors")
        return b"".join(text_of(error) for error in errors)

    def _count(self, name: str) -> None:
        for counters in (self.statistics, self.server.statistics):
            setattr(counters, name, getattr(counters, name) + 1)


def read_xml(message: bytes) -> Element:
    """The root element of a message. Raises Malformed; entities and document types are refused."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(message.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Malformed(str(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("a document type is not allowed")
    if _TOO_DEEP(root):
        raise Malformed("nested too deeply")
    return root


def _checked(rpc: Element) -> Element:
    """The operation of an rpc. Raises RpcError."""
    if rpc.tag != _RPC:
        raise unknown("", name_of(rpc)[1])
    if "message-id" not in rpc.attrib:
        info = (("bad-attribute", "message-id"), ("bad-element", "rpc"))
        raise RpcError("rpc", "missing-attribute", info=info)
    operations = list(children(rpc))
    if not operations:
        raise RpcError("protocol", "missing-element", path="/nc:rpc")
    if len(operations) > 1:
        raise unknown("/nc:rpc", name_of(operations[1])[1])
    return operations[0]


def _reply_around(rpc: Element) -> tuple[bytes, bytes]:
    """The start and end tag of a reply, with all attributes of the rpc."""
    prefixes = {prefix: uri for prefix, uri in rpc.nsmap.items() if prefix and uri != BASE}
    reply = etree.Element(f"{{{BASE}}}rpc-reply", nsmap={**own(BASE), **prefixes})
    for name, value in rpc.attrib.items():
        reply.set(name, value)
    reply.text = ""
    opening, _, _ = etree.tostring(reply).rpartition(b"</")
    return _HEAD + opening, b"</rpc-reply>"


@lru_cache(maxsize=64)
def _capabilities_text(capabilities: tuple[str, ...]) -> bytes:
    hello = etree.Element(_HELLO, nsmap=own(BASE))
    listed = etree.SubElement(hello, f"{{{BASE}}}capabilities")
    for capability in capabilities:
        etree.SubElement(listed, f"{{{BASE}}}capability").text = capability
    return etree.tostring(hello).removesuffix(b"</hello>")


def _hello(capabilities: tuple[str, ...], number: int) -> bytes:
    text = _capabilities_text(capabilities)
    return _HEAD + text + b"<session-id>%d</session-id></hello>" % number
