"""Checks G (retrieval) and D (with-defaults)."""

from __future__ import annotations

from tests.netconf.conformance import (
    CAP,
    CSL,
    NATIVE,
    World,
    check,
    get,
    get_config,
    interval,
    xpath,
)

N, L = f"{{{NATIVE}}}", f"{{{CSL}}}"
HOSTS = "<native><ip><host>{}</host></ip></native>"


async def _with_hosts(w: World):
    s = await w.session()
    rows = "".join(
        f"<host-list><name>{n}</name><ip-list>10.0.0.{i}</ip-list></host-list>"
        for i, n in enumerate("abc", 1)
    )
    await s.edit(HOSTS.format(rows))
    return s


def tags(element) -> list[str]:
    return [child.tag.rpartition("}")[2] for child in element]


@check("G01 get-config of all")
async def _(w: World) -> None:
    s = await w.session()
    assert f"{N}native" in [e.tag for e in await s.data(get_config())]


@check("G02 an empty filter selects nothing")
async def _(w: World) -> None:
    s = await w.session()
    assert len(await s.data(get_config(""))) == 0 and len(await s.data(get(""))) == 0


@check("G03 get has state, get-config has none")
async def _(w: World) -> None:
    s = await w.session()
    assert (await s.data(get("<licensing/>"))).find(f".//{L}state") is not None
    assert (await s.data(get_config("<licensing/>"))).find(f".//{L}state") is None


@check("G04 a selection node brings all below it")
async def _(w: World) -> None:
    s = await _with_hosts(w)
    found = await s.data(get_config("<native><ip><host/></ip></native>"))
    assert len(list(found.iter(f"{N}host-list"))) == 3


@check("G05 containment narrows down")
async def _(w: World) -> None:
    s = await w.session()
    found = await s.data(get_config("<native><hostname/></native>"))
    assert [e.tag for e in found.iter()][1:] == [f"{N}native", f"{N}hostname"]


@check("G06 a content match node picks a row and brings all of it")
async def _(w: World) -> None:
    s = await _with_hosts(w)
    found = await s.data(get_config(HOSTS.format("<host-list><name>b</name></host-list>")))
    assert [e.text for e in found.iter(f"{N}ip-list")] == ["10.0.0.2"]


@check("G07 a content match with a selection beside it brings the key and that")
async def _(w: World) -> None:
    s = await _with_hosts(w)
    wanted = HOSTS.format("<host-list><name>b</name><ip-list/></host-list>")
    (row,) = (await s.data(get_config(wanted))).iter(f"{N}host-list")
    assert tags(row) == ["name", "ip-list"]


@check("G08 a content match that fits nothing brings nothing")
async def _(w: World) -> None:
    s = await _with_hosts(w)
    wanted = HOSTS.format("<host-list><name>z</name></host-list>")
    assert len(await s.data(get_config(wanted))) == 0


@check("G09 two content matches in one filter are a union of rows")
async def _(w: World) -> None:
    s = await _with_hosts(w)
    wanted = "".join(f"<host-list><name>{n}</name></host-list>" for n in "ac")
    found = await s.data(get_config(HOSTS.format(wanted)))
    assert [e.text for e in found.iter(f"{N}name")] == ["a", "c"]


@check("G10 several top elements in a filter")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30))
    found = await s.data(get_config("<native><hostname/></native><licensing/>"))
    assert sorted(tags(found)) == ["licensing", "native"]


@check("G11 an unknown namespace or name selects nothing")
async def _(w: World) -> None:
    s = await w.session()
    assert len(await s.data(get_config('<native xmlns="urn:x"/>'))) == 0
    assert len(await s.data(get_config("<native><bogus/></native>"))) == 0


@check("G12 no namespace stands for any")
async def _(w: World) -> None:
    s = await w.session()
    found = await s.data(
        '<get-config><source><running/></source><filter><native xmlns=""><hostname/></native>'
        "</filter></get-config>"
    )
    assert found.findtext(f".//{N}hostname") == "Switch"


@check("G13 an attribute that the data does not have selects nothing")
async def _(w: World) -> None:
    s = await w.session()
    found = await s.data(get_config('<native><hostname x="y"/></native>'))
    assert len(found) == 0


@check("G14 blanks around a content match do not count")
async def _(w: World) -> None:
    s = await _with_hosts(w)
    wanted = HOSTS.format("<host-list>\n <name> b </name>\n</host-list>")
    assert len(list((await s.data(get_config(wanted))).iter(f"{N}host-list"))) == 1


@check("G15 the key comes with what is selected in a row")
async def _(w: World) -> None:
    s = await _with_hosts(w)
    wanted = HOSTS.format("<host-list><ip-list/></host-list>")
    found = await s.data(get_config(wanted))
    assert [e.text for e in found.iter(f"{N}name")] == ["a", "b", "c"]


def _xpath(number: str, what: str, select: str, prefixes: str, wanted: list[str]) -> None:
    @check(f"{number} XPath: {what}")
    async def _(w: World) -> None:
        s = await _with_hosts(w)
        found = await s.data(xpath(select, prefixes))
        assert [e.text for e in found.iter() if len(e) == 0 and e is not found] == wanted


_P = f'xmlns:p="{NATIVE}"'
_xpath("G16", "declared prefixes", "/p:native/p:hostname", _P, ["Switch"])
_xpath("G17", "the module's own prefix", "/ios:native/ios:hostname", "", ["Switch"])
_xpath("G18", "no prefix", "/native/hostname", "", ["Switch"])
_xpath("G19", "a key", "/p:native/p:ip/p:host/p:host-list[p:name='b']", _P, ["b", "10.0.0.2"])
_xpath("G20", "what is not there", "/p:native/p:nothing", _P, [])
_xpath(
    "G21",
    "a union",
    "/native/hostname | /native/ip/host/host-list[name='a']",
    "",
    ["Switch", "a", "10.0.0.1"],
)


def wrong(number: str, what: str, body: str, *tags: str) -> None:
    @check(f"{number} {what}: {' or '.join(tags)}")
    async def _(w: World) -> None:
        s = await w.session()
        await s.error(body, *tags)
        assert await s.hostname() == "Switch"


wrong(
    "G22",
    "an XPath that is none",
    xpath("/native["),
    "bad-attribute",
    "invalid-value",
    "operation-failed",
)
wrong(
    "G23",
    "an XPath that gives a number",
    xpath("count(/native)"),
    "bad-attribute",
    "invalid-value",
    "operation-failed",
)
wrong(
    "G24",
    "an unknown prefix",
    xpath("/zz:native"),
    "bad-attribute",
    "invalid-value",
    "unknown-namespace",
    "operation-failed",
)
wrong(
    "G25",
    "a filter of XPath without select",
    get_config().replace("</get-config>", '<filter type="xpath"/></get-config>'),
    "missing-attribute",
)
wrong(
    "G26",
    "an unknown type of filter",
    get_config().replace("</get-config>", '<filter type="regex"/></get-config>'),
    "bad-attribute",
)
wrong("G27", "get-config without a source", "<get-config/>", "missing-element")
wrong(
    "G28",
    "get-config of startup",
    get_config(source="startup"),
    "operation-not-supported",
    "invalid-value",
)
wrong(
    "G29",
    "get-config of an unknown datastore",
    get_config(source="moon"),
    "unknown-element",
    "bad-element",
    "invalid-value",
)
wrong(
    "G30",
    "a filter bomb",
    f"<get><filter>{'<a/>' * 20_000}</filter></get>",
    "too-big",
    "resource-denied",
    "operation-failed",
)
wrong(
    "G31",
    "a costly XPath",
    xpath("//*[//*[//*[//*]]]"),
    "bad-attribute",
    "too-big",
    "resource-denied",
)
wrong(
    "D01",
    "an unknown mode of with-defaults",
    get_config().replace(
        "</get-config>",
        '<with-defaults xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults'
        '">bogus</with-defaults></get-config>',
    ),
    "invalid-value",
)
wrong(
    "D02",
    "a mode that is not offered",
    get_config().replace(
        "</get-config>",
        '<with-defaults xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults'
        '">trim</with-defaults></get-config>',
    ),
    "invalid-value",
)
wrong(
    "D03",
    "with-defaults in the base namespace",
    get_config().replace("</get-config>", "<with-defaults>explicit</with-defaults></get-config>"),
    "unknown-element",
)


@check("D04 with-defaults: every announced mode is taken, and none other is announced")
async def _(w: World) -> None:
    s = await w.session()
    (uri,) = [c for c in s.capabilities if c.startswith(f"{CAP}:with-defaults:1.0?")]
    assert "basic-mode=explicit" in uri
    for mode in ("explicit", "report-all", "report-all-tagged"):
        assert mode in uri
        body = get_config("<native><hostname/></native>").replace(
            "</get-config>",
            f'<with-defaults xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults">{mode}'
            "</with-defaults></get-config>",
        )
        assert (await s.data(body)).findtext(f".//{N}hostname") == "Switch"
