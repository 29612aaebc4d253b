"""A fuzz target for the framing and the rpc layer: requests made of what the server knows, cut,
repeated, spoiled, from several sessions of one device with a candidate.

Nothing may be raised. What goes out is framed and well-formed; a session that is not closed answers
every whole message; the others live on; what the device stores, it can print and read again.
`SLP_FUZZ_SECONDS` says how long; 30 by default.
"""

from __future__ import annotations

import os
import random
import time

import pytest
from lxml import etree

from agent.device.config import bare_root, grammar_of
from agent.device.config_text import read_config
from agent.netconf.framing import Framer, framed
from agent.netconf.server import NetconfServer
from agent.netconf.session import NetconfSession
from agent.netconf.subscriptions import NOTIFICATION, PUSH, SUBSCRIBED
from cli_grammar import printed_lines
from tests.netconf.client import BASE, BOTH, CSL, NATIVE, NOW, ONE, device, hello

SECONDS = float(os.environ.get("SLP_FUZZ_SECONDS", "30"))
NAMESPACES = (
    BASE,
    NATIVE,
    CSL,
    NOTIFICATION,
    SUBSCRIBED,
    PUSH,
    "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring",
    "urn:ietf:params:xml:ns:yang:ietf-event-notifications",
    "urn:ietf:params:xml:ns:netconf:partial-lock:1.0",
    "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda",
    "http://cisco.com/ns/yang/Cisco-IOS-XE-rpc",
    "http://cisco.com/yang/cisco-ia",
    "urn:x",
    "",
)
VALUES = (
    *("", " ", "0", "1", "-1", "30", "366", "4294967296", "9" * 30, "true", "none", "ä€\U0001f600"),
    *("flash:a.txt", "a b", "x" * 300, "delete", "replace", "create", "running", "ds:operational"),
    *(
        "/native",
        "//*",
        "/native/hostname[",
        "count(/native)",
        "/ios:native/ios:ip",
        "yp:yang-push",
    ),
    *(
        "2026-10-06T12:00:00Z",
        "2099-01-01T00:00:00Z",
        "NETCONF",
        "snmpevents",
        "transport-type-off",
    ),
    *("\n", "&amp;", "&lt;", "<![CDATA[]]>", "]]&gt;", "10.0.0.1", "http://a.example/"),
)
ATTRIBUTES = (
    *('nc:operation="delete"', 'nc:operation="replace"', 'nc:operation="create"', 'type="xpath"'),
    *('nc:operation="remove"', 'nc:operation="bogus"', 'operation="merge"', 'nc:x="y"'),
    *('select="/native"', 'select="//*[1]"', 'select="["', 'xml:lang="en"', 'message-id="9"'),
)
SEEDS = (
    "<get/>",
    "<get><filter><native xmlns='{n}'><hostname/></native></filter></get>",
    "<get-config><source><running/></source><filter type='xpath' select='/native'/></get-config>",
    "<lock><target><running/></target></lock>",
    "<unlock><target><candidate/></target></unlock>",
    "<edit-config><target><candidate/></target><config><native xmlns='{n}'><hostname>b</hostname>"
    "<ip><host><host-list><name>a</name><ip-list>10.0.0.1</ip-list></host-list></host></ip>"
    "</native></config></edit-config>",
    "<edit-config><target><running/></target><default-operation>none</default-operation><config>"
    "<licensing xmlns='{c}'><config><usage><interval nc:operation='merge'>30</interval></usage>"
    "<transport><transport-type>transport-type-smart</transport-type></transport></config>"
    "</licensing></config></edit-config>",
    "<copy-config><target><candidate/></target><source><running/></source></copy-config>",
    "<validate><source><candidate/></source></validate>",
    "<commit><confirmed/><confirm-timeout>30</confirm-timeout><persist>p</persist></commit>",
    "<commit><persist-id>p</persist-id></commit>",
    "<commit/>",
    "<cancel-commit/>",
    "<discard-changes/>",
    "<kill-session><session-id>2</session-id></kill-session>",
    "<close-session/>",
    "<create-subscription xmlns='{s}'><startTime>2026-10-06T12:00:00Z</startTime>"
    "</create-subscription>",
    "<get-schema xmlns='urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring'><identifier>cisco-ia"
    "</identifier></get-schema>",
    "<partial-lock xmlns='urn:ietf:params:xml:ns:netconf:partial-lock:1.0'><select>/native/hostname"
    "</select></partial-lock>",
    "<partial-unlock xmlns='urn:ietf:params:xml:ns:netconf:partial-lock:1.0'><lock-id>1</lock-id>"
    "</partial-unlock>",
    "<establish-subscription xmlns='urn:ietf:params:xml:ns:yang:ietf-event-notifications'>"
    "<stream>yang-push</stream><xpath-filter>/native/hostname</xpath-filter><period>100</period>"
    "</establish-subscription>",
    "<establish-subscription xmlns='urn:ietf:params:xml:ns:yang:ietf-subscribed-notifications'>"
    "<stream>NETCONF</stream></establish-subscription>",
    "<get-data xmlns='urn:ietf:params:xml:ns:yang:ietf-netconf-nmda'><datastore>operational"
    "</datastore><max-depth>2</max-depth></get-data>",
    "<rum-save-usage-all xmlns='{c}'><file-path>flash:a.txt</file-path></rum-save-usage-all>",
    "<import-file xmlns='{c}'><file-path>flash:a.txt</file-path></import-file>",
    "<license xmlns='http://cisco.com/ns/yang/Cisco-IOS-XE-rpc'><smart><save><usage><all><file>"
    "flash:b.txt</file></all></usage></save></smart></license>",
)


class Fuzzer:
    """One device, some sessions, and chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        made = device("netconf-yang", "netconf-yang feature candidate-datastore", release="17.18.1")
        self.server = NetconfServer(made, NOW)
        self.server.watch()
        self.now = NOW
        self.open: list[tuple[NetconfSession, Framer]] = []
        trees = [
            etree.fromstring(f"<x xmlns='{BASE}' xmlns:nc='{BASE}'>{_filled(s)}</x>") for s in SEEDS
        ]
        self.words = sorted({e.tag.rpartition("}")[2] for t in trees for e in t.iter()} - {"x"})

    def session(self) -> tuple[NetconfSession, Framer]:
        if len(self.open) < 3:
            session = NetconfSession(self.server, "admin", "192.0.2.1", self.now)
            framer = Framer(1 << 26)
            framer.feed(session.start())
            assert framer.next_message() is not None
            both = self.chance.random() < 0.8
            assert session.feed(framed(hello(*(BOTH if both else ONE)), False), self.now) == b""
            framer.chunked = both
            self.open.append((session, framer))
        return self.chance.choice(self.open)

    def body(self) -> str:
        text = _filled(self.chance.choice(SEEDS))
        for _ in range(self.chance.choice((0, 0, 0, 1, 1, 2, 4))):
            text = self.spoiled(text)
        return text

    def spoiled(self, text: str) -> str:
        chance = self.chance
        tags = [i for i, c in enumerate(text) if c == ">"] or [0]
        at = chance.choice(tags) + 1
        match chance.randrange(6):
            case 0:
                return text[:at] + chance.choice(VALUES) + text[at:]
            case 1:
                word = chance.choice(self.words)
                namespace = chance.choice(NAMESPACES)
                inner = chance.choice(VALUES)
                return f"{text[:at]}<{word} xmlns='{namespace}'>{inner}</{word}>{text[at:]}"
            case 2:
                end = at - (2 if text[at - 2 : at] == "/>" else 1)
                return f"{text[:end]} {chance.choice(ATTRIBUTES)}{text[end:]}"
            case 3:
                return text.replace(chance.choice(self.words), chance.choice(self.words))
            case 4:
                return text + _filled(chance.choice(SEEDS)) if chance.random() < 0.2 else text
            case _:
                return text[: chance.randrange(len(text) + 1)] if chance.random() < 0.2 else text

    def step(self) -> None:
        session, framer = self.session()
        message = f'<rpc xmlns="{BASE}" xmlns:nc="{BASE}" message-id="1">{self.body()}</rpc>'
        wire = self.on_the_wire(message.encode(), framer.chunked)
        whole = wire == framed(message.encode(), framer.chunked)
        self.now += self.chance.choice((0, 0, 1, 1000, 60_000))
        out = b""
        for piece in self.cut(wire):
            out += session.feed(piece, self.now)
            while session.more:
                out += session.feed(b"", self.now)
        out += session.take(self.now)
        framer.feed(out)
        replies = 0
        while (answer := framer.next_message()) is not None:
            replies += etree.fromstring(answer).tag == f"{{{BASE}}}rpc-reply"
        assert replies or not whole or session.closed
        for other, _ in self.open:
            if other is not session and not other.closed:
                other.has_news(self.now)
        deadline = self.server.next_deadline()
        if deadline is not None and deadline <= self.now:
            self.server.wake(self.now)
        self.settle(session, whole)

    def settle(self, session: NetconfSession, whole: bool) -> None:
        """What was cut leaves a session waiting: hang up."""
        if not whole and not session.closed:
            session.end(self.now)
        self.open = [(s, f) for s, f in self.open if not s.closed]
        assert {s.number for s, _ in self.open} == set(self.server.sessions)
        held = {lock.session_id for lock in self.server.locks.values()}
        held |= {lock.session_id for lock in self.server.partial_locks.values()}
        assert held <= set(self.server.sessions)

    def on_the_wire(self, message: bytes, chunked: bool) -> bytes:
        wire = framed(message, chunked)
        if self.chance.random() < 0.9:
            return wire
        at = self.chance.randrange(len(wire))
        junk = bytes(self.chance.randrange(256) for _ in range(self.chance.randrange(1, 4)))
        return wire[:at] + junk + wire[at + self.chance.randrange(2) :]

    def cut(self, wire: bytes) -> list[bytes]:
        if self.chance.random() < 0.8:
            return [wire]
        at = sorted(self.chance.randrange(len(wire) + 1) for _ in range(3))
        return [wire[: at[0]], wire[at[0] : at[1]], wire[at[1] : at[2]], wire[at[2] :]]

    def check_configuration(self) -> None:
        made = self.server.device
        grammar = grammar_of(made.profile, made.release, made.model)
        root = made.datastore.running
        text = "\n".join(p for line in printed_lines(grammar, root) for p in line.printed())
        read = read_config(text, grammar, bare_root(made.profile, made.model), lambda: "")
        assert not read.refused, read.refused


def _filled(seed: str) -> str:
    return seed.replace("{n}", NATIVE).replace("{c}", CSL).replace("{s}", NOTIFICATION)


def fuzz(seconds: float, seed: int) -> int:
    """Fuzz for so long; returns how many requests that were."""
    end = time.monotonic() + seconds
    steps = 0
    while time.monotonic() < end:
        fuzzer = Fuzzer(seed)
        for _ in range(100):
            fuzzer.step()
            steps += 1
        fuzzer.check_configuration()
        seed += 1
    return steps


def test_some_hundred_requests():
    assert fuzz(0.1, 1) >= 100


@pytest.mark.long
@pytest.mark.timeout(SECONDS + 60)
def test_for_half_a_minute():
    seed = int(time.time())
    print(f"seed {seed}")
    assert fuzz(SECONDS, seed) > 0
