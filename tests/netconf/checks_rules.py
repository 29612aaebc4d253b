"""Conformance checks of finer rules: order in a leaf-list, defaults marked, parameters, filters."""

from __future__ import annotations

import asyncio

from tests.netconf.conformance import CSL, NATIVE, NC, NCM, World, check

YANG_1 = 'xmlns:yang="urn:ietf:params:xml:ns:yang:1"'
WD = 'xmlns:wd="urn:ietf:params:xml:ns:netconf:default:1.0"'
MARKED = (
    f'<licensing xmlns="{CSL}"><config><usage>'
    f'<interval {WD} wd:default="%s">30</interval></usage></config></licensing>'
)
EDIT = "<edit-config><target><running/></target><config>%s</config></edit-config>"


def servers(body: str) -> str:
    return EDIT % (
        f'<native xmlns="{NATIVE}"><ip><name-server xmlns:nc="{NC}" {YANG_1}>{body}'
        "</name-server></ip></native>"
    )


async def order(session) -> list[str]:
    wanted = f'<native xmlns="{NATIVE}"><ip><name-server/></ip></native>'
    reply = await session.rpc(
        f"<get-config><source><running/></source><filter>{wanted}</filter></get-config>"
    )
    return [leaf.text[-1] for leaf in reply.iter(f"{{{NATIVE}}}no-vrf-ordered")]


@check("E60 insert puts a value of a leaf-list first, last, before and after")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok(
        servers(
            "<no-vrf-ordered>10.0.0.1</no-vrf-ordered><no-vrf-ordered>10.0.0.2</no-vrf-ordered>"
        )
    )
    for attributes, value, wanted in (
        ('yang:insert="first"', 3, "312"),
        ('yang:insert="last"', 4, "3124"),
        ('yang:insert="before" yang:value="10.0.0.2"', 5, "31524"),
        ('nc:operation="create" yang:insert="after" yang:value="10.0.0.3"', 6, "361524"),
        ('yang:insert="first"', 4, "436152"),
    ):
        await s.ok(servers(f"<no-vrf-ordered {attributes}>10.0.0.{value}</no-vrf-ordered>"))
        assert await order(s) == list(wanted)


@check("E61 insert beside what is not there, without a value, at no place, where order is not mine")
async def _(w: World) -> None:
    s = await w.session()
    leaf = "<no-vrf-ordered {}>10.0.0.7</no-vrf-ordered>"
    beside = servers(leaf.format('yang:insert="after" yang:value="10.9.9.9"'))
    error = await s.error(beside, "bad-attribute")
    assert error["error-app-tag"] == "missing-instance"
    await s.error(servers(leaf.format('yang:insert="after"')), "missing-attribute")
    await s.error(servers(leaf.format('yang:insert="under"')), "bad-attribute")
    host = f'<native xmlns="{NATIVE}"><hostname {YANG_1} yang:insert="first">x</hostname></native>'
    await s.error(EDIT % host, "unknown-attribute")


@check("E62 an empty operation is a bad attribute; a key that is there twice is a bad element")
async def _(w: World) -> None:
    s = await w.session()
    empty = f'<hostname xmlns:nc="{NC}" nc:operation="">x</hostname>'
    await s.error(EDIT % f'<native xmlns="{NATIVE}">{empty}</native>', "bad-attribute")
    row = "<Loopback><name>7</name><name>8</name></Loopback>"
    twice = f'<native xmlns="{NATIVE}"><interface>{row}</interface></native>'
    await s.error(EDIT % twice, "bad-element", bad="name")


@check("D05 a value marked as default that is none; marks that are no boolean")
async def _(w: World) -> None:
    s = await w.session()
    await s.error(EDIT % (MARKED % "true"), "invalid-value")
    await s.error(EDIT % (MARKED % "maybe"), "bad-attribute")
    await s.ok(EDIT % (MARKED % "false"))


@check("D06 copy-config takes with-defaults, and only its modes")
async def _(w: World) -> None:
    s = await w.session("stages")
    copy = (
        "<copy-config><target><candidate/></target><source><running/></source><with-defaults "
        'xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults">{}</with-defaults>'
        "</copy-config>"
    )
    await s.ok(copy.format("explicit"))
    await s.error(copy.format("trim"), "invalid-value")


@check("R20 a parameter that is there twice")
async def _(w: World) -> None:
    s = await w.session()
    source = "<source><running/></source>"
    await s.error(f"<get-config>{source}{source}</get-config>", "bad-element", bad="source")


@check("R22 two datastores where one is wanted; a datastore of another namespace")
async def _(w: World) -> None:
    s = await w.session()
    lock = "<lock><target>{}</target></lock>"
    await s.error(lock.format("<running/><candidate/>"), "bad-element", bad="candidate")
    await s.error(lock.format('<running xmlns="urn:x"/>'), "unknown-element", bad="running")
    await s.ok(lock.format("<running/>"))


@check("R21 a client of 1.0 alone is never told malformed-message")
async def _(w: World) -> None:
    s = await w.session(bases=("urn:ietf:params:netconf:base:1.0",))
    s.send(b"<rpc><get></rpc>")
    assert await s.gone() == b""


@check("G20 keys of the lists of the IETF come along")
async def _(w: World) -> None:
    s = await w.session()
    wanted = f'<netconf-state xmlns="{NCM}"><schemas><schema><location/></schema></schemas>'
    reply = await s.rpc(f"<get><filter>{wanted}</netconf-state></filter></get>")
    row = next(reply.iter(f"{{{NCM}}}schema"))
    assert [leaf.tag.rpartition("}")[2] for leaf in row] == [
        "identifier",
        "version",
        "format",
        "location",
    ]


@check("G21 the XPath / is all; a path with nothing between two slashes is none")
async def _(w: World) -> None:
    s = await w.session()
    ask = '<get-config><source><running/></source><filter type="xpath" select="{}"/></get-config>'
    reply = await s.rpc(ask.format("/"))
    assert reply.find(f"{{{NC}}}data/{{{NATIVE}}}native/{{{NATIVE}}}hostname") is not None
    await s.error(ask.format("///"), "bad-attribute", "invalid-value")
    await s.error(ask.format("1 + 1"), "invalid-value")


@check("T40 algorithms are those of the device")
async def _(w: World) -> None:
    reader, writer = await asyncio.open_connection(*w.at("plain"))
    await reader.readline()
    writer.write(b"SSH-2.0-check\r\n")
    packet = await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big"))
    writer.close()
    lists, rest = [], packet[18:]
    for _ in range(5):
        size = int.from_bytes(rest[:4], "big")
        lists.append(rest[4 : 4 + size].decode())
        rest = rest[4 + size :]
    assert lists[1] == "rsa-sha2-256,rsa-sha2-512,ssh-rsa"
    assert lists[2] == "aes128-ctr,aes192-ctr,aes256-ctr,aes128-cbc,aes256-cbc"
