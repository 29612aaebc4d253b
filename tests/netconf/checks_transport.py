"""Checks T (framing and sessions, RFC 6242) and A (access)."""

from __future__ import annotations

import asyncio

import asyncssh
import pytest
from lxml import etree

from tests.netconf.conformance import (
    BASES,
    CAP,
    END,
    NATIVE,
    NC,
    Session,
    World,
    check,
    chunked,
    error_of,
    get_config,
    hello,
    name,
)

RPC = f'<rpc xmlns="{NC}" message-id="1">'
CLOSE = f"{RPC}<close-session/></rpc>"
GET = f"{RPC}{get_config('<native><hostname/></native>')}</rpc>"


@check("T01 the server says hello first, with an end-of-message mark")
async def _(w: World) -> None:
    s = await w.raw()
    root = etree.fromstring(await s.marked())
    assert root.tag == f"{{{NC}}}hello" and "message-id" not in root.attrib


@check("T02 base 1.0 and 1.1 come first, no capability twice")
async def _(w: World) -> None:
    s = await w.session()
    assert tuple(s.capabilities[:2]) == BASES
    assert len(s.capabilities) == len(set(s.capabilities))


@check("T03 session ids are positive and never the same")
async def _(w: World) -> None:
    ids = [(await w.session()).session_id for _ in range(3)]
    assert ids == sorted(set(ids)) and ids[0] > 0


@check("T04 a client of 1.0 keeps the end-of-message mark")
async def _(w: World) -> None:
    s = await w.session(bases=BASES[:1])
    assert await s.hostname() == "Switch"


@check("T05 both speak 1.1: chunks from then on")
async def _(w: World) -> None:
    s = await w.session()
    s.send(GET)
    await s.more()
    assert s.buffer.startswith(b"\n#")


@check("T06 a client of 1.1 alone is taken")
async def _(w: World) -> None:
    s = await w.session(bases=BASES[1:])
    assert await s.hostname() == "Switch"


@check("T07 a message in chunks of one byte")
async def _(w: World) -> None:
    s = await w.session()
    s.raw(b"".join(b"\n#1\n" + bytes([byte]) for byte in GET.encode()) + b"\n##\n")
    assert (await s.reply()).find(f".//{{{NATIVE}}}hostname") is not None


@check("T08 bytes that come one by one")
async def _(w: World) -> None:
    s = await w.session()
    for byte in chunked(GET.encode()):
        s.raw(bytes([byte]))
        await asyncio.sleep(0)
    assert (await s.reply()).find(f".//{{{NATIVE}}}hostname") is not None


@check("T09 many messages at once are answered in their order")
async def _(w: World) -> None:
    s = await w.session()
    s.raw(b"".join(chunked(GET.replace('"1"', f'"{n}"').encode()) for n in range(20)))
    assert [(await s.reply()).get("message-id") for _ in range(20)] == [str(n) for n in range(20)]


@check("T10 the mark of 1.0 is content in 1.1")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(name("a").replace(">a<", "><![CDATA[a]]><"))
    reply = await s.ask(f"{RPC}<get><filter><!--]]>]]&gt;--></filter></get></rpc>")
    assert reply.tag == f"{{{NC}}}rpc-reply"


def _bad_frame(number: str, data: bytes) -> None:
    @check(f"{number} a frame {data[:14]!r} ends the session, without harm to others")
    async def _(w: World) -> None:
        good, bad = await w.session(), await w.session()
        bad.raw(data)
        await bad.gone()
        assert await good.hostname() == "Switch"


for _number, _data in enumerate(
    (
        b"\n#0\n",
        b"\n#01\na\n##\n",
        b"\n#4294967296\n",
        b"\n#abc\n",
        b"\n#-1\n",
        b"\n# 1\na",
        b"#1\na\n##\n",
        b"\n##\n",
        b"\n#1a\n",
        b"\n#99999999999999\n",
        b"\n#4294967295\n",
        GET.encode() + END,
    ),
    11,
):
    _bad_frame(f"T{_number}", _data)


def _bad_hello(number: str, what: str, data: bytes) -> None:
    @check(f"{number} {what} ends the session")
    async def _(w: World) -> None:
        s = await w.raw()
        await s.marked()
        s.raw(data + END)
        await s.gone()


for _number, (_what, _data) in enumerate(
    {
        "a hello without a base capability": hello(f"{CAP}:candidate:1.0"),
        "a hello without capabilities": hello(),
        "a hello with a session-id": hello(*BASES, more="<session-id>4</session-id>"),
        "a hello in no namespace": hello(*BASES).replace(f' xmlns="{NC}"'.encode(), b""),
        "a first message that is an rpc": GET.encode(),
        "a hello that is not well-formed": b"<hello",
        "an empty hello": b"",
    }.items(),
    23,
):
    _bad_hello(f"T{_number}", _what, _data)


@check("T30 unknown capabilities, prefixes and an XML declaration in a hello are fine")
async def _(w: World) -> None:
    s = await w.raw()
    await s.marked()
    listed = "".join(f"<nc:capability>\n {c} \n</nc:capability>" for c in (*BASES, "urn:x"))
    s.raw(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<nc:hello xmlns:nc="{NC}"><nc:capabilities>'
        f"{listed}</nc:capabilities></nc:hello>".encode()
        + END
    )
    s.chunked = True
    assert await s.hostname() == "Switch"


@check("T31 a second hello is no rpc, and the session goes on or ends cleanly")
async def _(w: World) -> None:
    s = await w.session()
    reply = await s.ask(hello(*BASES))
    error_of(reply, "unknown-element", "operation-not-supported", "malformed-message")
    assert await s.hostname() == "Switch"


@check("T32 close-session is answered, then the channel ends")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok("<close-session/>")
    await s.gone()


@check("T33 what comes behind close-session is not answered")
async def _(w: World) -> None:
    s = await w.session()
    s.raw(chunked(CLOSE.encode()) + chunked(GET.encode()))
    assert (await s.reply())[0].tag == f"{{{NC}}}ok"
    assert await s.gone() == b""


@check("T34 twenty sessions at once")
async def _(w: World) -> None:
    sessions = [await w.session() for _ in range(20)]
    assert len({s.session_id for s in sessions}) == 20
    for s in sessions:
        assert await s.hostname() == "Switch"


@check("T35 a client that closes its side half-way leaves nothing")
async def _(w: World) -> None:
    s = await w.session()
    s.raw(b"\n#100\n<rpc")
    s.process.stdin.write_eof()
    await s.gone()
    assert await (await w.session()).hostname() == "Switch"


@check("T36 requests are answered although the client has closed its side")
async def _(w: World) -> None:
    s = await w.session()
    s.send(GET)
    s.process.stdin.write_eof()
    assert (await s.reply()).find(f".//{{{NATIVE}}}hostname") is not None


def _refused(number: str, what: str, **request: object) -> None:
    @check(f"{number} {what} is refused")
    async def _(w: World) -> None:
        connection = await w.connect("plain")
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process(encoding=None, **request)
        connection.close()
        await connection.wait_closed()


_refused("T37", "a shell")
_refused("T38", "a command", command="show version")
_refused("T39", "the subsystem sftp", subsystem="sftp")
_refused("T40", "the subsystem xnm", subsystem="xnm")


@check("A01 a user below privilege 15 is denied everything and learns nothing")
async def _(w: World) -> None:
    connection = await w.connect("plain", "looker", "look")
    process = await connection.create_process(subsystem="netconf", encoding=None)
    s = await Session(process).start(*BASES)
    assert s.capabilities == list(BASES)
    for operation in (
        "<get/>",
        "<get-config><source><running/></source></get-config>",
        "<edit-config><target><running/></target><config/></edit-config>",
        "<kill-session><session-id>1</session-id></kill-session>",
        '<get-schema xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring">'
        "<identifier>ietf-yang-types</identifier></get-schema>",
        '<no-such xmlns="urn:none"/>',
    ):
        found = error_of(await s.rpc(operation), "access-denied")
        assert found["error-type"] == "application"
    assert (await s.rpc("<close-session/>"))[0].tag == f"{{{NC}}}ok"
    connection.close()


@check("A02 a wrong password is refused")
async def _(w: World) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        await w.connect("plain", password="wrong")
