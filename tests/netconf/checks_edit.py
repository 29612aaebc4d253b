"""Checks E (edit-config), L (locks), C (the candidate) and V (validate) of RFC 6241."""

from __future__ import annotations

from tests.netconf.conformance import (
    CSL,
    NATIVE,
    NC,
    World,
    check,
    edit,
    error_of,
    get_config,
    interval,
    name,
    spaces,
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


def _wrong(number: str, what: str, body: str, *tags: str, bad: str | None = None, **more) -> None:
    @check(f"{number} {what}: {' or '.join(tags)}, and nothing is changed")
    async def _(w: World) -> None:
        s = await w.session()
        before = await s.data(get_config())
        await s.error(body if body.startswith("<edit") else edit(body, **more), *tags, bad=bad)
        after = await s.data(get_config())
        assert len(before) == len(after) and await usage(s) is None
        assert await s.hostname() == "Switch"


def _licence(body: str) -> str:
    return f"<licensing><config>{body}</config></licensing>"


_wrong("E15", "an unknown leaf", _licence("<bogus/>"), "unknown-element", bad="bogus")
_wrong(
    "E16",
    "an unknown module",
    '<x xmlns="urn:x"/>',
    "unknown-namespace",
    "unknown-element",
    bad="x",
)
_wrong("E17", "a value below its range", interval(0), "invalid-value", bad="interval")
_wrong("E18", "a value above its range", interval(366), "invalid-value")
_wrong("E19", "a word for a number", interval("many"), "invalid-value")
_wrong("E20", "an empty number", interval(""), "invalid-value")
_wrong(
    "E21",
    "an unknown enumeration",
    _licence("<transport><transport-type>pigeon</transport-type></transport>"),
    "invalid-value",
)
_wrong(
    "E22",
    "a boolean that is none",
    _licence("<privacy><hostname>maybe</hostname></privacy>"),
    "invalid-value",
)
_wrong(
    "E23",
    "a text that is too long",
    _licence(f"<usage><customer-tags><tag1>{'x' * 128}</tag1></customer-tags></usage>"),
    "invalid-value",
)
_wrong(
    "E24",
    "a value in a container",
    _licence("<usage>7</usage>"),
    "invalid-value",
    "unknown-element",
    "bad-element",
)
_wrong(
    "E25",
    "an element in a leaf",
    _licence("<custom-id><a/></custom-id>"),
    "unknown-element",
    "invalid-value",
)
_wrong(
    "E26",
    "state in an edit",
    "<licensing><state><version>1</version></state></licensing>",
    "invalid-value",
    "unknown-element",
    "operation-not-supported",
    "access-denied",
)
_wrong("E27", "an unknown operation", interval(30, "swap"), "bad-attribute")
_wrong(
    "E29",
    "a row without its key",
    HOSTS.format("<host-list><ip-list>10.0.0.1</ip-list></host-list>"),
    "missing-element",
    bad="name",
)
_wrong(
    "E30",
    "a leaf twice",
    _licence("<usage><interval>3</interval><interval>4</interval></usage>"),
    "bad-element",
    "invalid-value",
    "unknown-element",
    "data-exists",
)
_wrong(
    "E31",
    "a row twice",
    HOSTS.format("<host-list><name>a</name><ip-list>10.0.0.1</ip-list></host-list>" * 2),
    "bad-element",
    "invalid-value",
    "data-exists",
    "operation-failed",
)
_wrong("E32", "no target", "<edit-config><config/></edit-config>", "missing-element", bad="target")
_wrong("E33", "an empty target", "<edit-config><target/><config/></edit-config>", "missing-element")
_wrong(
    "E34",
    "no config",
    "<edit-config><target><running/></target></edit-config>",
    "missing-element",
    bad="config",
)
_wrong("E35", "startup", edit(name("x"), "startup"), "operation-not-supported", "invalid-value")
_wrong(
    "E36",
    "the candidate, not announced",
    edit(name("x"), "candidate"),
    "operation-not-supported",
    "invalid-value",
)
_wrong("E37", "an unknown datastore", edit(name("x"), "moon"), "unknown-element", "bad-element")
_wrong(
    "E38",
    "a URL",
    "<edit-config><target><running/></target><url>file:///x</url></edit-config>",
    "operation-not-supported",
    "unknown-element",
)
_wrong(
    "E39",
    "a wrong default-operation",
    edit(name("x"), default_operation="delete"),
    "invalid-value",
    bad="default-operation",
)
_wrong(
    "E40",
    "a wrong test-option",
    edit(name("x"), test_option="maybe"),
    "invalid-value",
    bad="test-option",
)
_wrong(
    "E41",
    "a wrong error-option",
    edit(name("x"), error_option="shrug"),
    "invalid-value",
    bad="error-option",
)
_wrong(
    "E42",
    "an error behind a good part, rollback-on-error",
    name("x") + interval(0),
    "invalid-value",
    error_option="rollback-on-error",
)
_wrong(
    "E43",
    "an error behind a good part, stop-on-error",
    name("x") + interval(0),
    "invalid-value",
    error_option="stop-on-error",
)
_wrong("E44", "what the device's parser refuses", name("a b"), "invalid-value", "operation-failed")
_wrong("E45", "a line within a value", name("a&#10;reload"), "invalid-value", "operation-failed")
_wrong(
    "E46",
    "a false `when`",
    _licence(
        "<transport><transport-type>transport-type-cslu"
        "</transport-type><transport-smart><url-default>true</url-default></transport-smart>"
        "</transport>"
    ),
    "unknown-element",
    "operation-failed",
    "invalid-value",
)
_wrong(
    "E47",
    "both cases of a choice",
    _licence(
        "<transport><transport-type>transport-type-smart"
        "</transport-type><transport-smart><url-default>true</url-default><urls>"
        "<url-registration>https://a.example/</url-registration></urls></transport-smart>"
        "</transport>"
    ),
    "bad-element",
    "invalid-value",
    "unknown-element",
    "operation-failed",
)
_wrong(
    "E48",
    "create twice of one leaf's parent",
    HOSTS.format('<host-list nc:operation="create"><name>a</name><bogus/></host-list>'),
    "unknown-element",
)


@check("E28 an operation without its prefix is not taken for something else")
async def _(w: World) -> None:
    s = await w.session()
    await s.edit(interval(30))
    body = interval(40).replace("<interval>", '<interval operation="delete">')
    reply = await s.rpc(edit(body))
    if reply[0].tag == f"{{{NC}}}ok":
        assert await usage(s) is None
    else:
        error_of(reply, "unknown-attribute")
        assert await usage(s) == "30"


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


# --- locks --------------------------------------------------------------------------------------

LOCK, UNLOCK = (f"<{n}><target><running/></target></{n}>" for n in ("lock", "unlock"))


@check("L01 lock and unlock")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok(LOCK)
    await s.edit(name("mine"))
    await s.ok(UNLOCK)


@check("L02 the lock of another is lock-denied with its session id")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(LOCK)
    found = await other.error(LOCK, "lock-denied")
    assert found["session-id"] == str(s.session_id)


@check("L03 one's own lock is denied as well")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok(LOCK)
    await s.error(LOCK, "lock-denied")


@check("L04 an edit of what another has locked is in-use")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(LOCK)
    await other.error(edit(name("x")), "in-use", "lock-denied")
    assert await other.hostname() == "Switch"


@check("L05 unlock of what is not locked")
async def _(w: World) -> None:
    s = await w.session()
    await s.error(UNLOCK, "operation-failed")


@check("L06 unlock of another's lock")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(LOCK)
    await other.error(UNLOCK, "operation-failed")
    await s.ok(UNLOCK)


@check("L07 close-session gives the lock back")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(LOCK)
    await s.ok("<close-session/>")
    await other.ok(LOCK)


@check("L08 kill-session ends the other one and gives its lock back")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(LOCK)
    await other.ok(f"<kill-session><session-id>{s.session_id}</session-id></kill-session>")
    await s.gone()
    await other.ok(LOCK)


@check("L09 two lockers that die")
async def _(w: World) -> None:
    for _ in range(2):
        connection = await w.connect("plain")
        w.connections["dying"] = connection
        s = await w.session("dying")
        await s.ok(LOCK)
        connection.abort()
        await connection.wait_closed()
        del w.connections["dying"]
    s = await w.session()
    for _ in range(100):
        reply = await s.rpc(LOCK)
        if reply[0].tag == f"{{{NC}}}ok":
            break
    await s.ok(UNLOCK)


def _kill(number: str, what: str, given: str, *tags: str) -> None:
    @check(f"{number} kill-session of {what}")
    async def _(w: World) -> None:
        s = await w.session()
        await s.error(given.format(s.session_id), *tags)
        assert await s.hostname() == "Switch"


_ID = "<kill-session><session-id>{}</session-id></kill-session>"
_kill("L10", "oneself", _ID, "invalid-value")
_kill("L11", "nobody", _ID.replace("{}", "999999"), "invalid-value")
_kill("L12", "zero", _ID.replace("{}", "0"), "invalid-value")
_kill("L13", "a word", _ID.replace("{}", "x"), "invalid-value")
_kill("L14", "no one named", "<kill-session/>", "missing-element")


@check("L15 lock without a target, of a datastore that is not there")
async def _(w: World) -> None:
    s = await w.session()
    await s.error("<lock/>", "missing-element", bad="target")
    await s.error(
        "<lock><target><candidate/></target></lock>", "operation-not-supported", "invalid-value"
    )


# --- the candidate ------------------------------------------------------------------------------


@check("C01 the candidate is announced where it is configured")
async def _(w: World) -> None:
    plain, stages = await w.session(), await w.session("stages")
    wanted = "urn:ietf:params:netconf:capability:candidate:1.0"
    assert wanted in stages.capabilities and wanted not in plain.capabilities


@check("C02 commit makes it running")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.edit(name("next"), "candidate")
    assert (await s.hostname(), await s.hostname("candidate")) == ("Switch", "next")
    await s.ok("<commit/>")
    assert await s.hostname() == "next"


@check("C03 discard-changes")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.edit(name("next"), "candidate")
    await s.ok("<discard-changes/>")
    assert await s.hostname("candidate") == "Switch"


@check("C04 a changed candidate cannot be locked")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.edit(name("next"), "candidate")
    await s.error("<lock><target><candidate/></target></lock>", "lock-denied")


@check("C05 the end of the locker discards the candidate")
async def _(w: World) -> None:
    s, other = await w.session("stages"), await w.session("stages")
    await s.ok("<lock><target><candidate/></target></lock>")
    await s.edit(name("next"), "candidate")
    await s.ok("<close-session/>")
    assert await other.hostname("candidate") == "Switch"


@check("C06 commit while another has locked running is in-use")
async def _(w: World) -> None:
    s, other = await w.session("stages"), await w.session("stages")
    await other.ok(LOCK)
    await s.edit(name("next"), "candidate")
    await s.error("<commit/>", "in-use", "lock-denied")
    assert await s.hostname() == "Switch"


@check("C07 copy of running to the candidate and back")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.edit(name("next"), "candidate")
    copy = "<copy-config><target><{}/></target><source><{}/></source></copy-config>"
    await s.ok(copy.format("candidate", "running"))
    assert await s.hostname("candidate") == "Switch"
    await s.edit(name("last"), "candidate")
    await s.ok(copy.format("running", "candidate"))
    assert await s.hostname() == "last"


@check("C08 commit without a candidate is operation-not-supported")
async def _(w: World) -> None:
    s = await w.session()
    for body in ("<commit/>", "<discard-changes/>", "<cancel-commit/>"):
        await s.error(body, "operation-not-supported")


@check("C09 a confirmed commit of a session that ends goes back")
async def _(w: World) -> None:
    s, other = await w.session("stages"), await w.session("stages")
    await s.edit(name("next"), "candidate")
    await s.ok("<commit><confirmed/></commit>")
    assert await other.hostname() == "next"
    await s.ok("<close-session/>")
    assert await other.hostname() == "Switch"


@check("C10 a confirmed commit with persist is confirmed by another session")
async def _(w: World) -> None:
    s, other = await w.session("stages"), await w.session("stages")
    await s.edit(name("next"), "candidate")
    await s.ok("<commit><confirmed/><persist>p</persist></commit>")
    await s.ok("<close-session/>")
    await other.error("<commit><persist-id>q</persist-id></commit>", "invalid-value")
    await other.ok("<commit><persist-id>p</persist-id></commit>")
    assert await other.hostname() == "next"


@check("C11 cancel-commit")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.error("<cancel-commit/>", "operation-failed")
    await s.edit(name("next"), "candidate")
    await s.ok("<commit><confirmed/><confirm-timeout>30</confirm-timeout></commit>")
    await s.ok("<cancel-commit/>")
    assert await s.hostname() == "Switch"


@check("C12 a confirmed commit goes back when its time on the lab's clock is over")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.edit(name("next"), "candidate")
    await s.ok("<commit><confirmed/><confirm-timeout>60</confirm-timeout></commit>")
    await w.lab.timeline.advance(61_000)
    assert await s.hostname() == "Switch"


# --- validate -----------------------------------------------------------------------------------

VALIDATE = "<validate><source>{}</source></validate>"


@check("V01 validate of running")
async def _(w: World) -> None:
    await (await w.session()).ok(VALIDATE.format("<running/>"))


@check("V02 validate of the candidate")
async def _(w: World) -> None:
    await (await w.session("stages")).ok(VALIDATE.format("<candidate/>"))


@check("V03 validate of a configuration in the request")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok(VALIDATE.format(f"<config>{spaces(interval(30))}</config>"))
    await s.error(VALIDATE.format(f"<config>{spaces(interval(0))}</config>"), "invalid-value")
    assert await usage(s) is None


@check("V04 validate without a source, of a datastore that is not there")
async def _(w: World) -> None:
    s = await w.session()
    await s.error("<validate/>", "missing-element", bad="source")
    await s.error(VALIDATE.format("<startup/>"), "operation-not-supported", "invalid-value")
    await s.error(VALIDATE.format("<moon/>"), "unknown-element", "bad-element", "invalid-value")
