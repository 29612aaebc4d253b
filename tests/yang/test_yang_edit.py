"""Edits by RFC 6241 section 7.2 and RFC 7950: operations, choices, conditions, errors."""

from __future__ import annotations

import pytest

from tests.yang.edits import NATIVE_TOP, built, edit, shown
from yang.edit_attributes import Operation
from yang.errors import Rule, YangError
from yang.tree import EMPTY, Rows, Tree, get

USER = "<native><username><name>a</name>{}</username></native>"
LOOPBACK = "<native><interface><Loopback {}><name>1</name>{}</Loopback></interface></native>"


def broken(root, body, default=Operation.MERGE) -> YangError:
    with pytest.raises(YangError) as caught:
        edit(root, body, default)
    return caught.value


def test_merge_keeps_what_is_there():
    root = built(USER.format("<privilege>15</privilege>"))
    root = edit(root, USER.format("<password><password>x</password></password>"))
    assert shown(root) == (
        "<native><username><name>a</name><privilege>15</privilege>"
        "<password><password>x</password></password></username></native>"
    )


def test_old_root_stays_what_it_was():
    root = built("<native><hostname>one</hostname></native>")
    edit(root, "<native><hostname>two</hostname></native>")
    assert get(root, (NATIVE_TOP, "hostname")) == "one"


def test_replace_of_a_row_drops_the_rest_of_it():
    root = built(LOOPBACK.format("", "<description>d</description><shutdown/>"))
    root = edit(root, LOOPBACK.format('nc:operation="replace"', "<description>e</description>"))
    assert shown(root) == (
        "<native><interface><Loopback><name>1</name><description>e</description>"
        "</Loopback></interface></native>"
    )


def test_create_of_what_is_there_fails_with_its_path():
    root = built(LOOPBACK.format("", ""))
    error = broken(root, LOOPBACK.format('nc:operation="create"', ""))
    assert error.rule is Rule.DATA_EXISTS
    assert str(error).startswith("data-exists at /native/interface/Loopback[name='1']")


@pytest.mark.parametrize(
    "body",
    [
        LOOPBACK.format('nc:operation="delete"', ""),
        '<native><hostname nc:operation="delete"/></native>',
        '<native><enable nc:operation="delete"/></native>',
        '<native><ip><name-server><no-vrf-ordered nc:operation="delete">10.0.0.1</no-vrf-ordered>'
        "</name-server></ip></native>",
    ],
)
def test_delete_of_what_is_not_there_fails_and_remove_does_not(body):
    assert broken(EMPTY, body).rule is Rule.DATA_MISSING
    assert edit(EMPTY, body.replace("delete", "remove")) == EMPTY


def test_delete_takes_the_last_thing_and_its_empty_parents():
    root = built("<native><enable><secret><type>9</type></secret></enable></native>")
    assert edit(root, '<native><enable nc:operation="delete"/></native>') == EMPTY


def test_leaf_list_values_are_added_and_taken_one_by_one():
    servers = "<native><ip><name-server>{}</name-server></ip></native>"
    root = built(
        servers.format(
            "<no-vrf-ordered>10.0.0.1</no-vrf-ordered><no-vrf-ordered>10.0.0.2</no-vrf-ordered>"
        )
    )
    root = edit(
        root, servers.format('<no-vrf-ordered nc:operation="delete">10.0.0.1</no-vrf-ordered>')
    )
    root = edit(
        root,
        servers.format(
            "<no-vrf-ordered>10.0.0.2</no-vrf-ordered><no-vrf-ordered>10.0.0.3</no-vrf-ordered>"
        ),
    )
    assert get(root, (NATIVE_TOP, "ip", "name-server", "no-vrf-ordered")) == (
        "10.0.0.2",
        "10.0.0.3",
    )


def test_setting_one_case_removes_the_others():
    level = "<native><license><boot><level>{}</level></boot></license></native>"
    root = built(
        level.format("<network-advantage><addon>dna-advantage</addon></network-advantage>")
    )
    root = edit(root, level.format("<network-essentials/>"))
    assert shown(root) == level.format("<network-essentials/>")


def test_default_operation_none_changes_only_what_says_so():
    root = built("<native><hostname>a</hostname></native>")
    body = '<native><hostname>b</hostname><version nc:operation="merge">17.12</version></native>'
    root = edit(root, body, Operation.NONE)
    assert shown(root) == "<native><version>17.12</version><hostname>a</hostname></native>"


@pytest.mark.parametrize("below", ["", '<description nc:operation="merge">d</description>'])
def test_default_operation_none_does_not_make_rows(below):
    error = broken(EMPTY, LOOPBACK.format("", below), Operation.NONE)
    assert error.rule is Rule.DATA_MISSING


@pytest.mark.parametrize("operation", ["delete", "remove"])
def test_a_key_goes_with_its_row_alone(operation):
    root = built(LOOPBACK.format("", ""))
    row = LOOPBACK.replace("<name>", f'<name nc:operation="{operation}">').format("", "")
    error = broken(root, row)
    assert (error.rule, error.element, error.attribute) == (
        Rule.BAD_ATTRIBUTE,
        "name",
        "operation",
    )


def test_unknown_data_of_the_device_survives_every_operation():
    line = Tree(other=Rows(x=EMPTY))
    native = Tree(beyond=Tree({"leaf": False}), hostname="a", line=line)
    root = Tree({NATIVE_TOP: native})
    for operation in ("replace", "delete", "remove"):
        new = edit(root, f'<native nc:operation="{operation}"/>')
        assert new == Tree({NATIVE_TOP: Tree(beyond=Tree({"leaf": False}), line=line)})


def test_condition_that_is_false_forbids_what_depends_on_it():
    body = (
        "<licensing><config><transport><transport-type>{}</transport-type><transport-smart>"
        "<url-default>true</url-default></transport-smart></transport></config></licensing>"
    )
    smart = built(body.format("transport-type-smart"))
    assert "url-default" in shown(smart)
    error = broken(EMPTY, body.format("transport-type-cslu"))
    assert (error.rule, error.element) == (Rule.UNKNOWN_ELEMENT, "transport-smart")
    other = (
        "<licensing><config><transport><transport-type>transport-type-off</transport-type>"
        "</transport></config></licensing>"
    )
    assert shown(edit(smart, other)) == other


@pytest.mark.parametrize(
    ("body", "rule", "element"),
    [
        ("<native><bogus/></native>", Rule.UNKNOWN_ELEMENT, "bogus"),
        ('<x xmlns="urn:x"/>', Rule.UNKNOWN_NAMESPACE, "x"),
        ("<native><hostname><x/></hostname></native>", Rule.UNKNOWN_ELEMENT, "x"),
        ("<licensing><state/></licensing>", Rule.UNKNOWN_ELEMENT, "state"),
        (USER.format("<privilege>16</privilege>"), Rule.INVALID_VALUE, "privilege"),
        ("<native><username/></native>", Rule.MISSING_ELEMENT, "name"),
        (
            "<native><username><name>a</name></username><username><name>a</name></username></native>",
            Rule.BAD_ELEMENT,
            "username",
        ),
        ('<native nc:operation="sweep"/>', Rule.BAD_ATTRIBUTE, "native"),
        ('<native nc:bogus="1"/>', Rule.UNKNOWN_ATTRIBUTE, "native"),
    ],
)
def test_what_no_edit_may_hold(body, rule, element):
    error = broken(EMPTY, body)
    assert (error.rule, error.element) == (rule, element)
