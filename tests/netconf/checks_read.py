"""Checks G (retrieval), D (with-defaults), M, S (monitoring and schemas), Y (library), N, P."""

from __future__ import annotations

from tests.netconf.conformance import (
    CAP,
    CSL,
    LIB,
    NATIVE,
    NC,
    NCM,
    NOTIFICATION,
    World,
    check,
    edit,
    get,
    get_config,
    interval,
    name,
    spaces,
    xpath,
)

NETMOD = "urn:ietf:params:xml:ns:netmod:notification"
NCN = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"
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


def _wrong(number: str, what: str, body: str, *tags: str) -> None:
    @check(f"{number} {what}: {' or '.join(tags)}")
    async def _(w: World) -> None:
        s = await w.session()
        await s.error(body, *tags)
        assert await s.hostname() == "Switch"


_wrong(
    "G22",
    "an XPath that is none",
    xpath("/native["),
    "bad-attribute",
    "invalid-value",
    "operation-failed",
)
_wrong(
    "G23",
    "an XPath that gives a number",
    xpath("count(/native)"),
    "bad-attribute",
    "invalid-value",
    "operation-failed",
)
_wrong(
    "G24",
    "an unknown prefix",
    xpath("/zz:native"),
    "bad-attribute",
    "invalid-value",
    "unknown-namespace",
    "operation-failed",
)
_wrong(
    "G25",
    "a filter of XPath without select",
    get_config().replace("</get-config>", '<filter type="xpath"/></get-config>'),
    "missing-attribute",
)
_wrong(
    "G26",
    "an unknown type of filter",
    get_config().replace("</get-config>", '<filter type="regex"/></get-config>'),
    "bad-attribute",
)
_wrong("G27", "get-config without a source", "<get-config/>", "missing-element")
_wrong(
    "G28",
    "get-config of startup",
    get_config(source="startup"),
    "operation-not-supported",
    "invalid-value",
)
_wrong(
    "G29",
    "get-config of an unknown datastore",
    get_config(source="moon"),
    "unknown-element",
    "bad-element",
    "invalid-value",
)
_wrong(
    "G30",
    "a filter bomb",
    f"<get><filter>{'<a/>' * 20_000}</filter></get>",
    "too-big",
    "resource-denied",
    "operation-failed",
)
_wrong(
    "G31",
    "a costly XPath",
    xpath("//*[//*[//*[//*]]]"),
    "bad-attribute",
    "too-big",
    "resource-denied",
)
_wrong(
    "D01",
    "an unknown mode of with-defaults",
    get_config().replace(
        "</get-config>",
        '<with-defaults xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults'
        '">bogus</with-defaults></get-config>',
    ),
    "invalid-value",
)
_wrong(
    "D02",
    "a mode that is not offered",
    get_config().replace(
        "</get-config>",
        '<with-defaults xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults'
        '">trim</with-defaults></get-config>',
    ),
    "invalid-value",
)
_wrong(
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


# --- monitoring ---------------------------------------------------------------------------------


def monitor(part: str) -> str:
    return get(f'<netconf-state xmlns="{NCM}">{part}</netconf-state>')


def m(word: str) -> str:
    return f"{{{NCM}}}{word}"


@check("M01 capabilities are those of the hello")
async def _(w: World) -> None:
    s = await w.session()
    found = await s.data(monitor("<capabilities/>"))
    assert [e.text for e in found.iter(m("capability"))] == s.capabilities


@check("M02 datastores")
async def _(w: World) -> None:
    for where, names in (("plain", ["running"]), ("stages", ["running", "candidate"])):
        found = await (await w.session(where)).data(monitor("<datastores/>"))
        assert [e.findtext(m("name")) for e in found.iter(m("datastore"))] == names


@check("M03 the session is listed with user, host, transport and login time")
async def _(w: World) -> None:
    s = await w.session()
    found = await s.data(monitor("<sessions/>"))
    rows = {e.findtext(m("session-id")): e for e in found.iter(m("session"))}
    row = rows[str(s.session_id)]
    assert row.findtext(m("username")) == "admin"
    assert row.findtext(m("source-host")) == "127.0.0.1"
    assert row.findtext(m("transport")) == "netconf-ssh"
    assert row.findtext(m("login-time")).startswith("2026-")


async def _count(s, leaf: str) -> int:
    found = await s.data(monitor("<sessions/>"))
    for row in found.iter(m("session")):
        if row.findtext(m("session-id")) == str(s.session_id):
            return int(row.findtext(m(leaf)))
    raise AssertionError


@check("M04 in-rpcs, in-bad-rpcs and out-rpc-errors count")
async def _(w: World) -> None:
    s = await w.session()
    assert await _count(s, "in-rpcs") == 1
    await s.error("<bogus/>", "unknown-element", "operation-not-supported")
    assert await _count(s, "out-rpc-errors") == 1
    await s.ask(f'<rpc xmlns="{NC}"><get/></rpc>')
    assert await _count(s, "in-bad-rpcs") == 1


@check("M05 the statistics of the server count hellos and drops")
async def _(w: World) -> None:
    s = await w.session()

    async def counted(leaf: str) -> int:
        found = await s.data(monitor("<statistics/>"))
        return int(found.findtext(f".//{m(leaf)}"))

    before = [await counted(n) for n in ("in-sessions", "in-bad-hellos", "dropped-sessions")]
    bad = await w.raw()
    await bad.marked()
    bad.raw(b"<x/>]]>]]>")
    await bad.gone()
    after = [await counted(n) for n in ("in-sessions", "in-bad-hellos", "dropped-sessions")]
    assert after == [before[0] + 1, before[1] + 1, before[2] + 1]


@check("M06 a lock is shown while it is held")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok("<lock><target><running/></target></lock>")
    found = await s.data(monitor("<datastores/>"))
    assert found.findtext(f".//{m('locked-by-session')}") == str(s.session_id)
    await s.ok("<unlock><target><running/></target></unlock>")
    found = await s.data(monitor("<datastores/>"))
    assert found.find(f".//{m('locks')}") is None


@check("M07 netconf-state is readable by XPath")
async def _(w: World) -> None:
    s = await w.session()
    reply = await s.data(
        f'<get><filter type="xpath" xmlns:m="{NCM}" '
        'select="/m:netconf-state/m:statistics/m:in-sessions"/></get>'
    )
    assert int(reply.findtext(f".//{m('in-sessions')}")) > 0


@check("S01 every schema in the list can be fetched and is what it says")
async def _(w: World) -> None:
    s = await w.session()
    found = await s.data(monitor("<schemas/>"))
    rows = list(found.iter(m("schema")))
    assert len(rows) > 10
    for row in rows:
        leaf = {e.tag.rpartition("}")[2]: e.text for e in row}
        assert leaf["location"] == "NETCONF" and leaf["format"].endswith("yang")
        text = await _schema(s, leaf["identifier"], leaf["version"])
        assert f"module {leaf['identifier']} " in text
        assert leaf["version"] in text


async def _schema(s, identifier: str, version: str = "", form: str = "") -> str:
    body = f"<identifier>{identifier}</identifier>"
    body += f"<version>{version}</version>" * bool(version)
    body += f"<format>{form}</format>" * bool(form)
    reply = await s.rpc(f'<get-schema xmlns="{NCM}">{body}</get-schema>')
    assert reply[0].tag == m("data"), reply[0].tag
    return reply[0].text


@check("S02 get-schema with format yang, with and without a prefix")
async def _(w: World) -> None:
    s = await w.session()
    assert "module cisco-ia" in await _schema(s, "cisco-ia", form="yang")
    assert "module cisco-ia" in await _schema(s, "cisco-ia", form="ncm:yang")


_GET_SCHEMA = f'<get-schema xmlns="{NCM}">{{}}</get-schema>'
_wrong(
    "S03", "an unknown schema", _GET_SCHEMA.format("<identifier>none</identifier>"), "invalid-value"
)
_wrong(
    "S04",
    "an unknown version",
    _GET_SCHEMA.format("<identifier>cisco-ia</identifier><version>1999-01-01</version>"),
    "invalid-value",
)
_wrong(
    "S05",
    "a format that is not there",
    _GET_SCHEMA.format("<identifier>cisco-ia</identifier><format>yin</format>"),
    "invalid-value",
)
_wrong("S06", "no identifier", _GET_SCHEMA.format(""), "missing-element")


# --- the library --------------------------------------------------------------------------------


def y(word: str) -> str:
    return f"{{{LIB}}}{word}"


@check("Y01 module-set-id is that of the hello")
async def _(w: World) -> None:
    s = await w.session()
    found = await s.data(get(f'<modules-state xmlns="{LIB}"/>'))
    number = found.findtext(f".//{y('module-set-id')}")
    assert any(c.startswith(f"{CAP}:yang-library:1.0?") and number in c for c in s.capabilities)


@check("Y02 content-id is that of the hello")
async def _(w: World) -> None:
    s = await w.session()
    found = await s.data(get(f'<yang-library xmlns="{LIB}"><content-id/></yang-library>'))
    number = found.findtext(f".//{y('content-id')}")
    assert any(c.startswith(f"{CAP}:yang-library:1.1?") and number in c for c in s.capabilities)


@check("Y03 every module has name, revision, namespace and conformance")
async def _(w: World) -> None:
    s = await w.session()
    found = await s.data(get(f'<modules-state xmlns="{LIB}"/>'))
    modules = list(found.iter(y("module")))
    assert len(modules) > 5
    for module in modules:
        for leaf in ("name", "revision", "namespace", "conformance-type"):
            assert module.findtext(y(leaf)), leaf


@check("Y04 the library of RFC 8525 names datastores, a schema and its module set")
async def _(w: World) -> None:
    s = await w.session()
    top = (await s.data(get(f'<yang-library xmlns="{LIB}"/>')))[0]
    sets = {e.text for e in top.findall(f"{y('module-set')}/{y('name')}")}
    assert {e.text for e in top.findall(f"{y('schema')}/{y('module-set')}")} <= sets
    stores = [e.text.rpartition(":")[2] for e in top.findall(f"{y('datastore')}/{y('name')}")]
    assert {"running", "operational"} <= set(stores)


@check("Y05 the set with the candidate has another id")
async def _(w: World) -> None:
    ids = set()
    for where in ("plain", "stages", "late"):
        found = await (await w.session(where)).data(get(f'<modules-state xmlns="{LIB}"/>'))
        ids.add(found.findtext(f".//{y('module-set-id')}"))
    assert len(ids) == 3


@check("Y06 modules of YANG 1.1 are in the library, not in the hello of 17.12")
async def _(w: World) -> None:
    s = await w.session()
    assert not any("module=Cisco-IOS-XE-native&" in c for c in s.capabilities)
    found = await s.data(get(f'<modules-state xmlns="{LIB}"/>'))
    assert "Cisco-IOS-XE-native" in [e.text for e in found.iter(y("name"))]


# --- notifications ------------------------------------------------------------------------------


def subscribe(body: str = "") -> str:
    return f'<create-subscription xmlns="{NOTIFICATION}">{body}</create-subscription>'


@check("N01 the streams are listed, NETCONF with replay")
async def _(w: World) -> None:
    s = await w.session()
    found = await s.data(get(f'<netconf xmlns="{NETMOD}"><streams/></netconf>'))
    rows = {e.findtext(f"{{{NETMOD}}}name"): e for e in found.iter(f"{{{NETMOD}}}stream")}
    assert rows["NETCONF"].findtext(f"{{{NETMOD}}}replaySupport") == "true"
    assert rows["NETCONF"].find(f"{{{NETMOD}}}replayLogCreationTime") is not None


@check("N02 a change is told with time, who, where and what")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(subscribe())
    await other.edit(name("told"))
    while (told := await s.notification())[1].tag != f"{{{NCN}}}netconf-config-change":
        pass
    assert told[0].tag == f"{{{NOTIFICATION}}}eventTime" and told[0].text.startswith("2026-")
    assert told[1].findtext(f".//{{{NCN}}}session-id") == str(other.session_id)
    assert told[1].findtext(f"{{{NCN}}}datastore") == "running"
    assert told[1].findtext(f".//{{{NCN}}}target") == "/ios:native/ios:hostname"


@check("N03 operations between notifications")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok(subscribe())
    await s.edit(name("between"))
    assert await s.hostname() == "between"


@check("N04 a second subscription is refused")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok(subscribe())
    await s.error(subscribe(), "operation-failed", "in-use", "resource-denied")


@check("N05 replay ends with replayComplete and notificationComplete")
async def _(w: World) -> None:
    s = await w.session()
    now = "2026-10-06T12:00:00Z"
    await s.edit(name("again"))
    await s.ok(subscribe(f"<startTime>{now}</startTime><stopTime>{now}</stopTime>"))
    seen = []
    while "notificationComplete" not in seen:
        seen.append((await s.notification())[1].tag.rpartition("}")[2])
    assert seen[-2:] == ["replayComplete", "notificationComplete"]
    await s.ok(subscribe())


@check("N06 a filter lets through what it names")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(subscribe(f'<filter type="subtree"><netconf-session-end xmlns="{NCN}"/></filter>'))
    await other.edit(name("hidden"))
    await other.ok("<close-session/>")
    assert (await s.notification())[1].tag == f"{{{NCN}}}netconf-session-end"


@check("N07 the start of a session is told")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok(subscribe())
    other = await w.session()
    told = (await s.notification())[1]
    assert told.findtext(f"{{{NCN}}}session-id") == str(other.session_id)


_wrong(
    "N08", "an unknown stream", subscribe("<stream>none</stream>"), "invalid-value", "bad-element"
)
_wrong(
    "N09",
    "stopTime without startTime",
    subscribe("<stopTime>2030-01-01T00:00:00Z</stopTime>"),
    "missing-element",
)
_wrong(
    "N10",
    "a startTime to come",
    subscribe("<startTime>2099-01-01T00:00:00Z</startTime>"),
    "bad-element",
)
_wrong(
    "N11",
    "a stopTime before startTime",
    subscribe(
        "<startTime>2026-10-06T12:00:00Z</startTime><stopTime>2026-10-05T12:00:00Z</stopTime>"
    ),
    "bad-element",
)
_wrong(
    "N12",
    "a time that is none",
    subscribe("<startTime>noon</startTime>"),
    "invalid-value",
    "bad-element",
)
_wrong(
    "N13",
    "a filter with wrong syntax",
    subscribe('<filter type="xpath" select="a["/>'),
    "bad-attribute",
    "invalid-value",
    "operation-failed",
)


# --- licence operations -------------------------------------------------------------------------


def licence(rpc: str, body: str = "") -> str:
    return f'<{rpc} xmlns="{CSL}">{body}</{rpc}>'


async def code(s, rpc: str, body: str = "") -> str:
    return (await s.rpc(licence(rpc, body))).findtext(f"{L}return-code")


@check("P01 saving usage gives success and a file that import refuses")
async def _(w: World) -> None:
    s = await w.session()
    path = "<file-path>flash:p01.txt</file-path>"
    for rpc in ("rum-save-usage-all", "trust-request-save"):
        assert await code(s, rpc, path) == "success"
    assert await code(s, "import-file", path) == "msgparse"


@check("P02 import of a file that is not there")
async def _(w: World) -> None:
    s = await w.session()
    assert await code(s, "import-file", "<file-path>flash:none</file-path>") == "notfound"


@check("P03 trust needs another transport than CSLU")
async def _(w: World) -> None:
    s = await w.session()
    assert await code(s, "id-token-trust", "<id-token>T</id-token>") == "transporttype"


_wrong("P04", "a missing parameter", licence("import-file"), "missing-element")
_wrong(
    "P05",
    "an unknown parameter",
    licence("import-file", "<file-path>flash:a</file-path><bogus/>"),
    "unknown-element",
)
_wrong(
    "P06",
    "a path that is too long",
    licence("import-file", f"<file-path>flash:{'a' * 130}</file-path>"),
    "invalid-value",
)
_wrong(
    "P07",
    "a number of days that is none",
    licence("rum-save-usage-days", "<file-path>flash:a</file-path><days>x</days>"),
    "invalid-value",
)


@check("P08 save-config makes running the startup configuration")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(name("kept"))
    reply = await s.rpc('<save-config xmlns="http://cisco.com/yang/cisco-ia"/>')
    assert reply[0].text == "Save running-config successful"


@check("P09 the licence state has every leaf a client asks for")
async def _(w: World) -> None:
    s = await w.session()
    found = await s.data(get("<licensing><state/></licensing>"))
    for leaf in ("version", "smart-enabled", "pid", "sn", "policy-type", "next-report-deadline"):
        assert found.findtext(f".//{L}{leaf}"), leaf


@check("P10 get-data of RFC 8526 where the release has it")
async def _(w: World) -> None:
    nmda = "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda"
    ds = "urn:ietf:params:xml:ns:yang:ietf-datastores"
    wanted = spaces("<native><hostname/></native>")
    body = (
        f'<get-data xmlns="{nmda}"><datastore xmlns:ds="{ds}">ds:running</datastore>'
        f"<subtree-filter>{wanted}</subtree-filter></get-data>"
    )
    reply = await (await w.session("late")).rpc(body)
    assert reply[0].tag == f"{{{nmda}}}data"
    assert reply.findtext(f".//{N}hostname") == "Switch"
    await (await w.session()).error(body, "unknown-element", "operation-not-supported")


@check("P11 an edit over 20,000 elements is too big, and nothing is changed")
async def _(w: World) -> None:
    s = await w.session()
    rows = "".join(
        f"<host-list><name>h{n}</name><ip-list>10.0.0.1</ip-list></host-list>"
        for n in range(10_000)
    )
    await s.error(edit(HOSTS.format(rows)), "too-big", "resource-denied")
    assert await s.hostname() == "Switch"
