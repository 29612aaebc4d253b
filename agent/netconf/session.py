"""One NETCONF session: bytes in, bytes out.

What drives it: bytes of the client (`feed`), room for notifications (`take`), and the end of the
connection (`end`). The order of a session: our hello goes out at once, the client's comes in,
then each rpc is answered in turn; notifications go between replies.
Whatever is wrong with one message is an rpc-error; what makes the stream unusable ends the session.
Sources: docs/sources.md, entries hello-order, missing-base-capability, confd-errors.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import lru_cache
from xml.sax.saxutils import quoteattr

from lxml import etree

from agent.core.clock import Instant
from agent.netconf.call import Call
from agent.netconf.events import session_started
from agent.netconf.framing import Framer, FramingError, framed
from agent.netconf.operations import operation_for
from agent.netconf.rpc_errors import (
    XML,
    RpcError,
    RpcErrors,
    denied,
    of_yang,
    text_of,
    unknown,
)
from agent.netconf.server import NetconfServer, Statistics, nobody_reads, nothing_to_do, yang_time
from agent.netconf.subscriptions import Subscription, notification
from yang.edit_attributes import BASE
from yang.errors import YangError
from yang.xml import Element, children, name_of, own

MAX_MESSAGE = 16 * 1024 * 1024
ENOUGH = 1 << 18  # bytes that go out before the client must have room again
MAX_DEPTH = 200  # deeper than any data, and safe for what walks it
BASE_1_0, BASE_1_1 = "urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1"
MISSING_BASE = b"<!-- Error: missing base capability in hello (closing session) -->"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
MAX_ATTRIBUTES = 1000  # of one element: reading them costs their square
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_CROWDED = etree.XPath(f"boolean(//*[@*[{MAX_ATTRIBUTES + 1}]])")
_RPC, _HELLO = f"{{{BASE}}}rpc", f"{{{BASE}}}hello"
_CLOSE = f"{{{BASE}}}close-session"


class Malformed(Exception):
    """A message that is no XML a session can read."""


class NetconfSession:
    """A session of `user` from address `source`. `closed` once nothing more is to be read.

    Who is not `authorized` may close it, no more, and learns nothing of the device.
    """

    def __init__(
        self,
        server: NetconfServer,
        user: str,
        source: str,
        now: Instant,
        *,
        authorized: bool = True,
    ) -> None:
        self.server, self.user, self.source = server, user, source
        self._authorized = authorized
        self.login = now
        self.statistics = Statistics()
        self.closed = False
        self.greeted = False
        self.hang_up: Callable[[], None] = nothing_to_do  # ends the connection from our side
        self.awake: Callable[[Instant], None] = nobody_reads  # there is something to `take`
        self.subscriptions: dict[int, Subscription] = {}
        self._said: deque[bytes] = deque()  # notifications about subscriptions that are gone
        self._framer = Framer(MAX_MESSAGE)
        self.more = False
        self.number = server.join(self)
        # source: netconf-privilege # assumed: a device says all it can to anybody who is let in
        self.capabilities = server.announced.capabilities if authorized else (BASE_1_0, BASE_1_1)

    def start(self) -> bytes:
        """The hello."""
        return framed(_hello(self.capabilities, self.number), False)

    def feed(self, data: bytes, now: Instant) -> bytes:
        """Take bytes; returns what goes out. Nothing is taken once closed.

        Stops once much is to go out; `more` is set then, and an empty `feed` goes on.
        """
        out, size = [], 0
        self._framer.feed(data)
        self.more = False
        try:
            while not self.closed and (message := self._framer.next_message()) is not None:
                reply = self._message(message, now) if self.greeted else self._greet(message, now)
                out.append(reply)
                size += len(reply)
                if size > ENOUGH:
                    self.more = True
                    break
        except FramingError:
            self._drop(now)
        return b"".join(out)

    def take(self, now: Instant) -> bytes:
        """Notifications that are to go out, some at a time; empty once there are no more."""
        out, size = [], 0
        while self._said:
            out.append(self._notified(self._said.popleft()))
        for number, subscription in tuple(self.subscriptions.items()):
            while size < ENOUGH and (text := subscription.next_message(now)) is not None:
                out.append(self._notified(text))
                size += len(text)
            if subscription.done:
                self.unsubscribe(number)
        return b"".join(out)

    def has_news(self, now: Instant) -> bool:
        """Is there something to take, now that time or the device has moved on?"""
        # every one is asked: they note it
        found = [subscription.due(now) for subscription in self.subscriptions.values()]
        return any(found)

    def next_deadline(self) -> Instant | None:
        """When time alone makes something to take."""
        deadlines = [subscription.deadline() for subscription in self.subscriptions.values()]
        return min((at for at in deadlines if at is not None), default=None)

    def unsubscribe(self, number: int) -> None:
        """End a subscription."""
        self.subscriptions.pop(number, None)
        if not self.subscriptions:
            self.server.subscribers.pop(self.number, None)

    def notify(self, content: bytes, now: Instant) -> None:
        """Tell this client something about its own subscriptions."""
        device = self.server.device
        time = yang_time(now, device.zone, device.clock_offset_ms)
        self._said.append(notification(time, content))
        self.awake(now)

    def end(self, now: Instant, reason: str = "dropped", killed_by: int = 0) -> None:
        """The connection is gone, or the session was ended by others."""
        if self.number in self.server.sessions:
            if not self.closed:
                self.server.statistics.dropped_sessions += 1
            self.closed = True
            self.server.leave(self.number, now, reason, killed_by)
        self.closed = True

    def close(self, now: Instant) -> None:
        """`close-session`: a clean end."""
        self.closed = True
        self.server.leave(self.number, now, "closed")

    def killed(self, now: Instant, reason: str = "killed", killed_by: int = 0) -> None:
        """`kill-session` of another one, or the server ends it."""
        self.end(now, reason, killed_by)
        self.hang_up()

    # --- messages -------------------------------------------------------------------------------

    def _notified(self, text: bytes) -> bytes:
        self._count("out_notifications")
        return framed(text, self._framer.chunked)

    def _greet(self, message: bytes, now: Instant) -> bytes:
        try:
            hello = read_xml(message)
        except Malformed:
            return self._bad_hello(now)
        bases = {
            (capability.text or "").strip()
            for capabilities in children(hello)
            for capability in children(capabilities)
        }
        names = [name_of(child)[1] for child in children(hello)]
        if hello.tag != _HELLO or names != ["capabilities"]:
            return self._bad_hello(now)
        if not bases & {BASE_1_0, BASE_1_1}:
            return self._bad_hello(now, MISSING_BASE)
        self.greeted = True
        self._framer.chunked = BASE_1_1 in bases
        self.server.tell(session_started(self), now)
        return b""

    def _bad_hello(self, now: Instant, words: bytes = b"") -> bytes:
        self.server.statistics.in_bad_hellos += 1
        self._drop(now, "bad-hello")
        return words

    def _drop(self, now: Instant, reason: str = "dropped") -> None:
        """What follows cannot be trusted: end here."""
        self.end(now, reason)

    def _message(self, message: bytes, now: Instant) -> bytes:
        chunked = self._framer.chunked
        try:
            rpc = read_xml(message)
        except Malformed as fault:
            self._count("in_bad_rpcs")
            if not chunked:  # RFC 6241 appendix A: not for peers that speak 1.0 alone
                self._drop(now)
                return b""
            error = RpcError("rpc", "malformed-message", str(fault))
            reply = _HEAD + b'<rpc-reply xmlns="%b">' % BASE.encode() + self._errors((error,))
            self._drop(now)
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
        if not self._authorized and operation.tag != _CLOSE:
            return self._errors((denied(),))
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


_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


def read_xml(message: bytes) -> Element:
    """The root element of a message. Raises Malformed; entities and document types are refused."""
    try:
        root = etree.fromstring(message.lstrip(), _PARSER)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Malformed(str(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("a document type is not allowed")
    if message.count(b"<") > MAX_DEPTH and _TOO_DEEP(root):
        raise Malformed("nested too deeply")
    if message.count(b"=") > MAX_ATTRIBUTES and _CROWDED(root):
        raise Malformed("too many attributes")
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
    number = rpc.get("message-id", "")
    if len(rpc.attrib) == 1 and number.isascii() and number.isalnum() and rpc.nsmap == own(BASE):
        return b'%b<rpc-reply xmlns="%b" message-id="%b">' % (
            _HEAD,
            BASE.encode(),
            number.encode(),
        ), b"</rpc-reply>"
    # by hand: lxml looks through all attributes for each one it adds
    spaces = {prefix: uri for prefix, uri in rpc.nsmap.items() if prefix}
    prefixes = {"": "", XML: "xml:"} | {uri: f"{prefix}:" for prefix, uri in spaces.items()}
    words = [f'xmlns="{BASE}"']
    for name, value in rpc.attrib.items():
        uri, _, local = str(name).removeprefix("{").rpartition("}")
        words.append(f"{prefixes[uri]}{local}={_quoted(str(value))}")
    words += [f"xmlns:{prefix}={_quoted(uri)}" for prefix, uri in spaces.items()]
    return _HEAD + f"<rpc-reply {' '.join(words)}>".encode(), b"</rpc-reply>"


def _quoted(value: str) -> str:
    """A value of an attribute, with line ends and tabs that stay what they are."""
    return quoteattr(value, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


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
