"""A client in the same process: builds messages, reads replies, knows nothing of the server."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from agent.core.release import Release
from agent.core.secrets import new_salt
from agent.device.config import grammar_of
from agent.device.config_text import read_config
from agent.device.device import Device, new_device
from agent.netconf.framing import Framer, framed
from agent.netconf.server import NetconfServer
from agent.netconf.session import NetconfSession
from yang.difference import edits_between

NOW = 1_791_288_000_000  # 2026-10-06 12:00:00 UTC
BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
CSL = "http://cisco.com/ns/yang/cisco-smart-license"
NATIVE = "http://cisco.com/ns/yang/Cisco-IOS-XE-native"
BASES = (f"{BASE}".replace("xml:ns:", ""), "urn:ietf:params:netconf:base:1.1")
ONE, BOTH = BASES[:1], BASES


def hello(*bases: str) -> bytes:
    listed = "".join(f"<capability>{base}</capability>" for base in bases)
    return f'<hello xmlns="{BASE}"><capabilities>{listed}</capabilities></hello>'.encode()


def device(
    *lines: str,
    release: str = "17.12.4",
    model: str = "C9300-24T",
    anchors: tuple[str, ...] = (),
) -> Device:
    """A started device with these configuration lines."""
    made = new_device("sw", model, Release.parse(release), "FOC0000EMU1", anchors=anchors)
    made.boot(NOW)
    if lines:
        typed(made, *lines)
    return made


def typed(on: Device, *lines: str) -> None:
    """Lines typed in configuration mode."""
    root, salts = on.datastore.running, on.salts()
    read = read_config(
        "\n".join(lines),
        grammar_of(on.profile, on.release, on.model),
        root,
        lambda: new_salt(salts),
    )
    assert not read.refused, read.refused
    on.commit(tuple(edits_between(root, read.root)), NOW)


@dataclass
class Client:
    """One session. `rpc` sends an operation and returns the reply's element."""

    server: NetconfServer
    user: str = "admin"
    bases: tuple[str, ...] = BOTH
    number: int = 0
    now: int = NOW
    capabilities: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = NetconfSession(self.server, self.user, "192.0.2.35", self.now)
        self.framer = Framer(1 << 26)
        self.framer.feed(self.session.start())
        greeting = etree.fromstring(self.framer.next_message())
        self.capabilities = [c.text for c in greeting[0]]
        self.session_id = int(greeting[1].text)
        assert self.session.feed(framed(hello(*self.bases), False), self.now) == b""
        self.framer.chunked = len(self.bases) > 1

    def send(self, message: str | bytes) -> etree._Element:
        """Send a whole message; returns the one reply."""
        data = message.encode() if isinstance(message, str) else message
        self.framer.feed(self.session.feed(framed(data, self.framer.chunked), self.now))
        reply = self.framer.next_message()
        assert reply is not None and self.framer.next_message() is None
        return etree.fromstring(reply)

    def rpc(self, body: str) -> etree._Element:
        """Send an operation; `native` and `licensing` in it get their namespaces."""
        for name, namespace in (("native", NATIVE), ("licensing", CSL)):
            body = body.replace(f"<{name}>", f'<{name} xmlns="{namespace}">')
            body = body.replace(f"<{name}/>", f'<{name} xmlns="{namespace}"/>')
            body = body.replace(f"<{name} nc", f'<{name} xmlns="{namespace}" nc')
        self.number += 1
        head = f'<rpc xmlns="{BASE}" xmlns:nc="{BASE}" message-id="{self.number}">'
        return self.send(f"{head}{body}</rpc>")

    def ok(self, body: str) -> None:
        """An operation that is answered with ok."""
        reply = self.rpc(body)
        assert [c.tag for c in reply] == [f"{{{BASE}}}ok"], text(reply)

    def edit(self, body: str, target: str = "running", **options: str) -> None:
        self.ok(edit_config(body, target, **options))

    def data(self, body: str) -> str:
        """The data of a reply, without namespaces."""
        reply = self.rpc(body)
        assert reply[0].tag == f"{{{BASE}}}data", text(reply)
        return "".join(text(child) for child in reply[0])

    def config(self, wanted: str, source: str = "running") -> str:
        """get-config with a subtree filter."""
        return self.data(
            f"<get-config><source><{source}/></source><filter>{wanted}</filter></get-config>"
        )

    def error(self, body: str) -> dict[str, str]:
        """The one rpc-error an operation is answered with, by element names."""
        return error_of(self.rpc(body))


def edit_config(body: str, target: str = "running", **options: str) -> str:
    """An edit-config; options such as default_operation="none" come between."""
    extra = "".join(
        f"<{n.replace('_', '-')}>{v}</{n.replace('_', '-')}>" for n, v in options.items()
    )
    return f"<edit-config><target><{target}/></target>{extra}<config>{body}</config></edit-config>"


def error_of(reply: etree._Element) -> dict[str, str]:
    """The one rpc-error of a reply; parts of error-info stand beside the others."""
    assert [c.tag for c in reply] == [f"{{{BASE}}}rpc-error"], text(reply)
    found = {}
    for part in reply[0].iter():
        if len(part) == 0:
            found[part.tag.rpartition("}")[2]] = (part.text or "").strip()
    return {name.removeprefix("error-"): value for name, value in found.items()}


def text(element: etree._Element) -> str:
    """An element as text without namespaces."""
    return re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", etree.tostring(element).decode())
