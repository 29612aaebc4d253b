"""The conformance script: numbered checks of RFC 6241, 6242, 6022, 5277, 6243 and 8525 over SSH.

A check is a coroutine that gets a World: a lab with three switches, of which `plain` has running
alone, `stages` the candidate too, `late` a newer release. It knows nothing but bytes and the RFCs.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncssh
from lxml import etree

from agent.adapters.lab import Lab
from agent.adapters.plan import DevicePlan
from tests.wire.laboratory import ANY, knock

NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
CAP = "urn:ietf:params:netconf:capability"
NATIVE = "http://cisco.com/ns/yang/Cisco-IOS-XE-native"
CSL = "http://cisco.com/ns/yang/cisco-smart-license"
NCM = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
LIB = "urn:ietf:params:xml:ns:yang:ietf-yang-library"
NOTIFICATION = "urn:ietf:params:xml:ns:netconf:notification:1.0"
BASES = ("urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1")
END = b"]]>]]>"
PATIENCE = 10.0

Check = Callable[["World"], Awaitable[None]]
CHECKS: dict[str, Check] = {}


def check(number: str) -> Callable[[Check], Check]:
    """Put a check into the table."""

    def enter(function: Check) -> Check:
        assert number not in CHECKS, number
        CHECKS[number] = function
        return function

    return enter


def plans() -> tuple[DevicePlan, ...]:
    """The three switches."""
    candidate = ("netconf-yang feature candidate-datastore",)
    looker = ("username looker privilege 1 secret look",)
    return tuple(
        DevicePlan(name, "C9300-24T", release, f"FOC0000EMU{n}", netconf=ANY, config=config)
        for n, (name, release, config) in enumerate(
            (
                ("plain", "17.12.4", looker),
                ("stages", "17.12.4", candidate),
                ("late", "17.18.1", ()),
            ),
            1,
        )
    )


def hello(*capabilities: str, more: str = "") -> bytes:
    listed = "".join(f"<capability>{c}</capability>" for c in capabilities)
    return f'<hello xmlns="{NC}"><capabilities>{listed}</capabilities>{more}</hello>'.encode()


def chunked(message: bytes) -> bytes:
    return b"\n#%d\n%b\n##\n" % (len(message), message)


@dataclass
class Session:
    """One NETCONF session, down to its bytes."""

    process: asyncssh.SSHClientProcess
    buffer: bytes = b""
    chunked: bool = False
    greeting: etree._Element = None
    number: int = 0
    told: list[etree._Element] = field(default_factory=list)

    async def start(self, *bases: str) -> Session:
        self.greeting = etree.fromstring(await self.marked())
        self.raw(hello(*bases) + END)
        self.chunked = BASES[1] in bases
        return self

    @property
    def capabilities(self) -> list[str]:
        return [c.text.strip() for c in self.greeting.iter(f"{{{NC}}}capability")]

    @property
    def session_id(self) -> int:
        return int(self.greeting.findtext(f"{{{NC}}}session-id"))

    def raw(self, data: bytes) -> None:
        self.process.stdin.write(data)

    async def more(self) -> None:
        async with asyncio.timeout(PATIENCE):
            data = await self.process.stdout.read(1 << 16)
        if not data:
            raise EOFError
        self.buffer += data

    async def marked(self) -> bytes:
        """A message up to the end-of-message mark."""
        while END not in self.buffer:
            await self.more()
        message, _, self.buffer = self.buffer.partition(END)
        return message

    async def message(self) -> bytes:
        """The next message, framed as was agreed."""
        if not self.chunked:
            return await self.marked()
        parts = []
        while True:
            while not (head := re.match(rb"\n#(\d+|#)\n", self.buffer)):
                assert len(self.buffer) < 14 or self.buffer.startswith(b"\n#"), self.buffer[:40]
                await self.more()
            self.buffer = self.buffer[head.end() :]
            if head[1] == b"#":
                return b"".join(parts)
            size = int(head[1])
            while len(self.buffer) < size:
                await self.more()
            parts.append(self.buffer[:size])
            self.buffer = self.buffer[size:]

    async def reply(self) -> etree._Element:
        """The next reply; notifications on the way are kept."""
        while True:
            root = etree.fromstring(await self.message())
            if root.tag != f"{{{NOTIFICATION}}}notification":
                return root
            self.told.append(root)

    async def notification(self) -> etree._Element:
        """The next notification: what it says."""
        if not self.told:
            root = etree.fromstring(await self.message())
            assert root.tag == f"{{{NOTIFICATION}}}notification", root.tag
            self.told.append(root)
        return self.told.pop(0)

    def send(self, message: str | bytes) -> None:
        data = message.encode() if isinstance(message, str) else message
        self.raw(chunked(data) if self.chunked else data + END)

    async def ask(self, message: str | bytes) -> etree._Element:
        self.send(message)
        return await self.reply()

    async def rpc(self, body: str) -> etree._Element:
        self.number += 1
        reply = await self.ask(f'<rpc xmlns="{NC}" message-id="{self.number}">{body}</rpc>')
        assert reply.tag == f"{{{NC}}}rpc-reply" and reply.get("message-id") == str(self.number)
        return reply

    async def ok(self, body: str) -> None:
        reply = await self.rpc(body)
        assert [c.tag for c in reply] == [f"{{{NC}}}ok"], etree.tostring(reply)

    async def data(self, body: str) -> etree._Element:
        reply = await self.rpc(body)
        assert [c.tag for c in reply] == [f"{{{NC}}}data"], etree.tostring(reply)
        return reply[0]

    async def error(self, body: str, *tags: str, bad: str | None = None) -> dict[str, str]:
        """One rpc-error with one of these tags."""
        return error_of(await self.rpc(body), *tags, bad=bad)

    async def edit(self, body: str, target: str = "running", **options: str) -> None:
        await self.ok(edit(body, target, **options))

    async def hostname(self, source: str = "running") -> str | None:
        found = await self.data(get_config("<native><hostname/></native>", source))
        return found.findtext(f".//{{{NATIVE}}}hostname")

    async def gone(self) -> bytes:
        """Wait until the server has ended the session; what it said last."""
        try:
            while True:
                await self.more()
        except EOFError:
            return self.buffer


@dataclass
class World:
    """The lab, with an open connection to each switch."""

    lab: Lab
    connections: dict[str, asyncssh.SSHClientConnection] = field(default_factory=dict)

    def at(self, name: str) -> tuple[str, int]:
        found = self.lab.netconf_endpoints[name]
        return found.address, found.port

    async def connect(self, name: str, user: str = "admin", password: str = "admin"):
        host, port = self.at(name)
        return await knock(host, port, username=user, password=password)

    async def raw(self, name: str = "plain") -> Session:
        """A session that has sent nothing yet."""
        if name not in self.connections:
            self.connections[name] = await self.connect(name)
        process = await self.connections[name].create_process(subsystem="netconf", encoding=None)
        return Session(process)

    async def session(self, name: str = "plain", bases: tuple[str, ...] = BASES) -> Session:
        return await (await self.raw(name)).start(*bases)

    async def clean(self) -> None:
        """Each switch as it was: no sessions, its first configuration."""
        assert self.lab.netconf is not None
        for name, root in self.first.items():
            device = self.lab.devices[name]
            server = self.lab.netconf.server(device)
            for session in tuple(server.sessions.values()):
                session.killed(self.lab.timeline.now())
            server.candidate = server.confirming = None
            if device.datastore.running is not root:
                from yang.difference import edits_between

                device.commit(
                    tuple(edits_between(device.datastore.running, root)), self.lab.timeline.now()
                )

    def __post_init__(self) -> None:
        self.first = {name: d.datastore.running for name, d in self.lab.devices.items()}


def spaces(body: str) -> str:
    """`native` and `licensing` get their namespaces."""
    for name, namespace in (("native", NATIVE), ("licensing", CSL)):
        body = re.sub(rf"<{name}(?=[ />])(?! xmlns=)", f'<{name} xmlns="{namespace}"', body)
    return body


def get_config(wanted: str | None = None, source: str = "running") -> str:
    inner = "" if wanted is None else f"<filter>{spaces(wanted)}</filter>"
    return f"<get-config><source><{source}/></source>{inner}</get-config>"


def get(wanted: str) -> str:
    return f"<get><filter>{spaces(wanted)}</filter></get>"


def xpath(select: str, prefixes: str = "") -> str:
    return (
        f"<get-config><source><running/></source>"
        f'<filter type="xpath" select="{select}" {prefixes}/></get-config>'
    )


def edit(body: str, target: str = "running", **options: str) -> str:
    extra = "".join(
        f"<{n.replace('_', '-')}>{v}</{n.replace('_', '-')}>" for n, v in options.items()
    )
    config = f'<config xmlns:nc="{NC}">{spaces(body)}</config>'
    return f"<edit-config><target><{target}/></target>{extra}{config}</edit-config>"


def name(word: str, operation: str = "") -> str:
    attribute = f' nc:operation="{operation}"' if operation else ""
    return f"<native><hostname{attribute}>{word}</hostname></native>"


def interval(value: object, operation: str = "") -> str:
    attribute = f' nc:operation="{operation}"' if operation else ""
    return (
        f"<licensing><config><usage><interval{attribute}>{value}</interval></usage></config>"
        "</licensing>"
    )


def error_of(reply: etree._Element, *tags: str, bad: str | None = None) -> dict[str, str]:
    """The one rpc-error of a reply, with one of these tags."""
    assert [c.tag for c in reply] == [f"{{{NC}}}rpc-error"], etree.tostring(reply)
    found = {e.tag.rpartition("}")[2]: (e.text or "").strip() for e in reply[0].iter()}
    assert found["error-tag"] in tags, found
    assert found["error-severity"] == "error"
    assert found["error-type"] in ("transport", "rpc", "protocol", "application")
    if bad is not None:
        assert found.get("bad-element") == bad, found
    return found
