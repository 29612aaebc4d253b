"""Checks E of edit-config: what is refused, and with which error."""

from __future__ import annotations

from tests.netconf.checks_edit import HOSTS, usage
from tests.netconf.conformance import (
    NC,
    World,
    check,
    edit,
    error_of,
    get_config,
    interval,
    name,
)


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
