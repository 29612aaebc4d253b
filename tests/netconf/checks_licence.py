"""Checks P (operations of licensing, get-data, the size of an edit)."""

from __future__ import annotations

from tests.netconf.checks_read import HOSTS, L, N, wrong
from tests.netconf.conformance import (
    CSL,
    World,
    check,
    edit,
    get,
    name,
    spaces,
)


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


wrong("P04", "a missing parameter", licence("import-file"), "missing-element")
wrong(
    "P05",
    "an unknown parameter",
    licence("import-file", "<file-path>flash:a</file-path><bogus/>"),
    "unknown-element",
)
wrong(
    "P06",
    "a path that is too long",
    licence("import-file", f"<file-path>flash:{'a' * 130}</file-path>"),
    "invalid-value",
)
wrong(
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
