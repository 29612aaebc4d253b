"""Checks R (the rpc layer) and X (odd clients)."""

from __future__ import annotations

from tests.netconf.checks_transport import GET, RPC
from tests.netconf.conformance import (
    NATIVE,
    NC,
    World,
    check,
    edit,
    error_of,
    get_config,
    name,
)


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
