"""Checks N (notifications: RFC 5277, RFC 6470)."""

from __future__ import annotations

from tests.netconf.checks_read import wrong
from tests.netconf.conformance import (
    NOTIFICATION,
    World,
    check,
    get,
    name,
)

NETMOD = "urn:ietf:params:xml:ns:netmod:notification"
NCN = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"


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


wrong(
    "N08", "an unknown stream", subscribe("<stream>none</stream>"), "invalid-value", "bad-element"
)
wrong(
    "N09",
    "stopTime without startTime",
    subscribe("<stopTime>2030-01-01T00:00:00Z</stopTime>"),
    "missing-element",
)
wrong(
    "N10",
    "a startTime to come",
    subscribe("<startTime>2099-01-01T00:00:00Z</startTime>"),
    "bad-element",
)
wrong(
    "N11",
    "a stopTime before startTime",
    subscribe(
        "<startTime>2026-10-06T12:00:00Z</startTime><stopTime>2026-10-05T12:00:00Z</stopTime>"
    ),
    "bad-element",
)
wrong(
    "N12",
    "a time that is none",
    subscribe("<startTime>noon</startTime>"),
    "invalid-value",
    "bad-element",
)
wrong(
    "N13",
    "a filter with wrong syntax",
    subscribe('<filter type="xpath" select="a["/>'),
    "bad-attribute",
    "invalid-value",
    "operation-failed",
)
