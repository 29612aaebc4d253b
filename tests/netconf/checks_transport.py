"""Checks T (framing and sessions, RFC 6242), R (the rpc layer), A (access) and X (odd clients)."""

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
    edit,
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


# --- the rpc layer ------------------------------------------------------------------------------


@check("R01 an rpc without message-id")
async def _(w: World) -> None:
    s = await w.session()
    found = error_of(await s.ask(f'<rpc xmlns="{NC}"><get/></rpc>'), "missing-attribute")
    assert (found["bad-attribute"], found["bad-element"]) == ("message-id", "rpc")
    assert found["error-type"] == "rpc"


@check("R02 all attributes of an rpc come back")
async def _(w: World) -> None:
    s = await w.session()
    reply = await s.ask(
        f'<rpc xmlns="{NC}" xmlns:ex="urn:ex" message-id="&lt;a&gt; &amp; &quot;ö" ex:u="v" w="1">'
        "<get><filter/></get></rpc>"
    )
    assert reply.attrib == {"message-id": '<a> & "ö', "{urn:ex}u": "v", "w": "1"}


@check("R03 attributes come back with an error, too")
async def _(w: World) -> None:
    s = await w.session()
    reply = await s.ask(f'<rpc xmlns="{NC}" message-id="x" user="fred"><none/></rpc>')
    assert reply.get("user") == "fred" and reply.get("message-id") == "x"


@check("R04 an unknown operation")
async def _(w: World) -> None:
    s = await w.session()
    await s.error("<bogus/>", "unknown-element", "operation-not-supported")


@check("R05 an operation of an unknown namespace")
async def _(w: World) -> None:
    s = await w.session()
    await s.error('<get xmlns="urn:x"/>', "unknown-element", "unknown-namespace")


@check("R06 what is not well-formed is malformed-message")
async def _(w: World) -> None:
    s = await w.session()
    error_of(await s.ask("<rpc>"), "malformed-message")


@check("R07 an rpc in no namespace")
async def _(w: World) -> None:
    s = await w.session()
    error_of(
        await s.ask('<rpc message-id="1"><get/></rpc>'), "unknown-element", "unknown-namespace"
    )


@check("R08 an rpc without an operation")
async def _(w: World) -> None:
    s = await w.session()
    await s.error("", "missing-element", "malformed-message", "operation-not-supported")


@check("R09 an rpc with two operations")
async def _(w: World) -> None:
    s = await w.session()
    await s.error("<get/><get/>", "unknown-element", "bad-element", "malformed-message")


@check("R10 an unknown parameter")
async def _(w: World) -> None:
    s = await w.session()
    await s.error("<get><bogus/></get>", "unknown-element", bad="bogus")


@check("R11 comments, CDATA and processing instructions are read over")
async def _(w: World) -> None:
    s = await w.session()
    body = get_config("<native><hostname/></native>")
    assert await s.data(f"<!-- a --><?pi?>{body}") is not None
    await s.edit(name("<![CDATA[cdata]]>"))
    assert await s.hostname() == "cdata"


def _refused_xml(number: str, what: str, prolog: str) -> None:
    @check(f"{number} {what} is refused")
    async def _(w: World) -> None:
        s = await w.session()
        error_of(await s.ask(f"{prolog}{RPC}<get>&a;</get></rpc>"), "malformed-message")
        assert await (await w.session()).hostname() == "Switch"


_refused_xml("R12", "an entity", '<!DOCTYPE rpc [<!ENTITY a "b">]>')
_refused_xml(
    "R13",
    "an entity bomb",
    '<!DOCTYPE rpc [<!ENTITY l "lol">'
    + "".join(f'<!ENTITY {"l" * (n + 1)} "{("&" + "l" * n + ";") * 10}">' for n in range(1, 10))
    + '<!ENTITY a "&llllllllll;">]>',
)
_refused_xml(
    "R14", "an external entity", '<!DOCTYPE rpc [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
)
_refused_xml("R15", "an external document type", '<!DOCTYPE rpc SYSTEM "http://x.example/a.dtd">')


@check("R16 ten thousand levels")
async def _(w: World) -> None:
    s = await w.session()
    deep = "<a>" * 10_000 + "</a>" * 10_000
    error_of(await s.ask(f"{RPC}<get><filter>{deep}</filter></get></rpc>"), "malformed-message")


@check("R17 bytes that are no UTF-8")
async def _(w: World) -> None:
    s = await w.session()
    error_of(
        await s.ask(GET.encode().replace(b"Config", b"\xff")[:-3] + b"\xff</x>"),
        "malformed-message",
    )


@check("R18 an error is alone in its reply and tells no ok")
async def _(w: World) -> None:
    s = await w.session()
    reply = await s.rpc("<bogus/>")
    assert reply.find(f"{{{NC}}}ok") is None and len(reply) == 1


@check("R19 an empty message-id is an attribute all the same")
async def _(w: World) -> None:
    s = await w.session()
    reply = await s.ask(f'<rpc xmlns="{NC}" message-id=""><get><filter/></get></rpc>')
    assert reply.get("message-id") == "" and reply[0].tag == f"{{{NC}}}data"


@check("X01 prefixed rpcs")
async def _(w: World) -> None:
    s = await w.session()
    reply = await s.ask(
        f'<nc:rpc xmlns:nc="{NC}" message-id="7"><nc:get-config><nc:source><nc:running/>'
        f'</nc:source><nc:filter nc:type="subtree"><n:native xmlns:n="{NATIVE}"><n:hostname/>'
        "</n:native></nc:filter></nc:get-config></nc:rpc>"
    )
    assert reply.findtext(f".//{{{NATIVE}}}hostname") == "Switch"


@check("X02 namespaces declared on the rpc")
async def _(w: World) -> None:
    s = await w.session()
    reply = await s.ask(
        f'<rpc xmlns="{NC}" xmlns:i="{NATIVE}" message-id="7"><get-config><source><running/>'
        "</source><filter><i:native><i:hostname/></i:native></filter></get-config></rpc>"
    )
    assert reply.findtext(f".//{{{NATIVE}}}hostname") == "Switch"


@check("X03 a config in no namespace is an unknown element of edit-config")
async def _(w: World) -> None:
    s = await w.session()
    body = edit(name("x")).replace("<config ", '<config xmlns="" ', 1)
    found = error_of(await s.rpc(body), "unknown-element", bad="config")
    assert found["error-type"] == "protocol"
