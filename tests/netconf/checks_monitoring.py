"""Checks M and S (RFC 6022: monitoring and schemas) and Y (RFC 8525: the library)."""

from __future__ import annotations

from tests.netconf.checks_read import wrong
from tests.netconf.conformance import (
    CAP,
    LIB,
    NC,
    NCM,
    World,
    check,
    get,
)


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
wrong(
    "S03", "an unknown schema", _GET_SCHEMA.format("<identifier>none</identifier>"), "invalid-value"
)
wrong(
    "S04",
    "an unknown version",
    _GET_SCHEMA.format("<identifier>cisco-ia</identifier><version>1999-01-01</version>"),
    "invalid-value",
)
wrong(
    "S05",
    "a format that is not there",
    _GET_SCHEMA.format("<identifier>cisco-ia</identifier><format>yin</format>"),
    "invalid-value",
)
wrong("S06", "no identifier", _GET_SCHEMA.format(""), "missing-element")


# --- the library ----------------------------------------------------------------------------------


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
