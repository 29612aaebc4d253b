"""Checks E of edit-config: what an edit does (RFC 6241, sections 7.2 and 7.3)."""

from __future__ import annotations

from tests.netconf.conformance import (
    CSL,
    NATIVE,
    World,
    check,
    edit,
    error_of,
    get_config,
    interval,
    name,
)

HOSTS = "<native><ip><host>{}</host></ip></native>"
INTERVAL = "<licensing><config><usage/></config></licensing>"


def host(word: str, address: str = "10.0.0.1", operation: str = "") -> str:
    attribute = f' nc:operation="{operation}"' if operation else ""
    body = f"<name>{word}</name>" + (f"<ip-list>{address}</ip-list>" if address else "")
    return HOSTS.format(f"<host-list{attribute}>{body}</host-list>")


async def usage(s, source: str = "running") -> str | None:
    found = await s.data(get_config(INTERVAL, source))
    return found.findtext(f".//{{{CSL}}}interval")


async def names(s) -> list[str]:
    found = await s.data(get_config("<native><ip><host/></ip></native>"))
    return [e.text for e in found.iter(f"{{{NATIVE}}}name")]


@check("E01 merge makes and changes a leaf")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30))
    await s.edit(interval(40, "merge"))
    assert await usage(s) == "40"


@check("E02 merge leaves what it does not name")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(host("a"))
    await s.edit(host("b"))
    assert await names(s) == ["a", "b"] and await s.hostname() == "Switch"


@check("E03 replace takes the place of what was there")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(host("a"))
    row = "<host-list><name>b</name><ip-list>10.0.0.2</ip-list></host-list>"
    await s.edit(HOSTS.replace("<host>", '<host nc:operation="replace">').format(row))
    assert await names(s) == ["b"] and await s.hostname() == "Switch"


@check("E04 create of what is not there")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30, "create"))
    assert await usage(s) == "30"


@check("E05 create of what is there is data-exists")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30))
    found = await s.error(edit(interval(30, "create")), "data-exists")
    assert "interval" in found["error-path"]


@check("E06 delete of what is there")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30))
    await s.edit(interval("30", "delete"))
    assert await usage(s) is None


@check("E07 delete of what is not there is data-missing")
async def _(w: World) -> None:
    s = await w.session()
    await s.error(edit(interval(30, "delete")), "data-missing")


@check("E08 remove of what is not there is fine")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30, "remove"))
    await s.edit(interval(30))
    await s.edit(interval(30, "remove"))
    assert await usage(s) is None


@check("E09 delete of a leaf without a value")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30))
    await s.edit(interval("", "delete"))
    assert await usage(s) is None


@check("E10 create, delete and remove of a row by its key")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(host("a", operation="create"))
    await s.error(edit(host("a", operation="create")), "data-exists")
    await s.edit(host("a", "", "delete"))
    await s.error(edit(host("a", "", "delete")), "data-missing")
    await s.edit(host("a", "", "remove"))
    assert await names(s) == []


@check("E11 default-operation none changes nothing by itself")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30))
    await s.edit(interval(40), default_operation="none")
    assert await usage(s) == "30"


@check("E12 default-operation none with an operation below")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30))
    await s.edit(interval(50, "merge"), default_operation="none")
    assert await usage(s) == "50"


@check("E13 default-operation none into a parent that is not there is data-missing")
async def _(w: World) -> None:
    s = await w.session()
    row = "<host-list><name>a</name><ip-list>10.0.0.1</ip-list></host-list>"
    await s.error(edit(HOSTS.format(row), default_operation="none"), "data-missing")


@check("E14 default-operation replace")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit("<licensing><config><custom-id>x</custom-id></config></licensing>")
    await s.edit(interval(60), default_operation="replace")
    found = await s.data(get_config("<licensing/>"))
    assert await usage(s) == "60" and found.find(f".//{{{CSL}}}custom-id") is None


@check("E49 test-only changes nothing")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30), test_option="test-only")
    assert await usage(s) is None
    await s.error(edit(interval(0), test_option="test-only"), "invalid-value")


@check("E50 test-then-set and set")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30), test_option="test-then-set")
    await s.edit(name("b"), test_option="set")
    assert await usage(s) == "30" and await s.hostname() == "b"


@check("E51 continue-on-error does what can be done and tells every error")
async def _(w: World) -> None:
    s = await w.session()
    reply = await s.rpc(edit(interval(0) + name("b"), error_option="continue-on-error"))
    error_of(reply, "invalid-value")
    assert await s.hostname() == "b"


@check("E52 an empty config is fine")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit("")


@check("E53 one case of a choice takes the place of the other")
async def _(w: World) -> None:
    s = await w.session()
    level = "<native><license><boot><level><{}/></level></boot></license></native>"
    await s.edit(level.format("network-essentials"))
    await s.edit(level.format("network-advantage"))
    found = await s.data(get_config("<native><license><boot/></license></native>"))
    assert found.find(f".//{{{NATIVE}}}network-essentials") is None
    assert found.find(f".//{{{NATIVE}}}network-advantage") is not None


@check("E54 one state in both views")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(33))
    body = "<native><license><smart><usage/></smart></license></native>"
    found = await s.data(get_config(body))
    assert found.findtext(f".//{{{NATIVE}}}interval") == "33"


@check("E55 delete-config of running is refused")
async def _(w: World) -> None:
    s = await w.session()
    await s.error(
        "<delete-config><target><running/></target></delete-config>",
        "operation-not-supported",
        "invalid-value",
    )


@check("E56 copy-config of running to itself is invalid-value")
async def _(w: World) -> None:
    s = await w.session()
    await s.error(
        "<copy-config><target><running/></target><source><running/></source></copy-config>",
        "invalid-value",
    )
