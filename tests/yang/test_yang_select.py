"""Subtree filters by RFC 6241 section 6, XPath filters, and what is too costly to evaluate."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.yang.edits import CSL, NATIVE, NATIVE_TOP, SCHEMA, built
from yang.select import FilterError, by_subtree, by_xpath, chosen, read_xpath
from yang.xml import children, top_element

ROOT = built(
    "<native><hostname>sw</hostname>"
    "<username><name>a</name><privilege>15</privilege></username>"
    "<username><name>b</name><privilege>1</privilege></username>"
    "<interface><Loopback><name>1</name><description>one</description><shutdown/></Loopback>"
    "<Loopback><name>2</name><description>two</description></Loopback>"
    "<Vlan><name>1</name></Vlan></interface></native>"
)
TOP = etree.Element("data")
TOP.append(top_element(SCHEMA.top[NATIVE_TOP], ROOT[NATIVE_TOP]))


def _text(part) -> str:
    return "" if part is None else etree.tostring(part).decode().replace(f' xmlns="{NATIVE}"', "")


def subtree(body: str) -> str:
    wanted = etree.fromstring(f'<filter xmlns:n="{NATIVE}">{body}</filter>')
    selection = by_subtree(children(wanted), TOP[0])
    return _text(chosen(selection, TOP[0], SCHEMA.top[NATIVE_TOP]))


def xpath(expression: str, **prefixes: str) -> str:
    known = {"ios": NATIVE, "Cisco-IOS-XE-native": NATIVE}
    selection = by_xpath(read_xpath(expression, prefixes, known), TOP)
    return _text(chosen(selection, TOP[0], SCHEMA.top[NATIVE_TOP]))


A = "<username><name>a</name><privilege>15</privilege></username>"
B = "<username><name>b</name><privilege>1</privilege></username>"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("", ""),
        ("<n:native/>", etree.tostring(TOP[0]).decode().replace(f' xmlns="{NATIVE}"', "")),
        ("<n:native><n:hostname/></n:native>", "<native><hostname>sw</hostname></native>"),
        ("<native><hostname/></native>", "<native><hostname>sw</hostname></native>"),
        (f'<x xmlns="{CSL}"/>', ""),
        (f'<native xmlns="{CSL}"><hostname/></native>', ""),
        ("<n:native><n:bogus/></n:native>", ""),
        ("<n:native><n:username/></n:native>", f"<native>{A}{B}</native>"),
        (
            "<n:native><n:username><n:name>b</n:name></n:username></n:native>",
            f"<native>{B}</native>",
        ),
        (
            "<n:native><n:username><n:name> b </n:name></n:username></n:native>",
            f"<native>{B}</native>",
        ),
        ("<n:native><n:username><n:name>c</n:name></n:username></n:native>", ""),
        (
            "<n:native><n:username><n:name>c</n:name></n:username><n:hostname/></n:native>",
            "<native><hostname>sw</hostname></native>",
        ),
        (
            "<n:native><n:username><n:privilege/></n:username></n:native>",
            f"<native>{A}{B}</native>",  # the key comes along
        ),
        (
            "<n:native><n:interface><n:Loopback><n:description/></n:Loopback></n:interface></n:native>",
            "<native><interface><Loopback><name>1</name><description>one</description></Loopback>"
            "<Loopback><name>2</name><description>two</description></Loopback></interface></native>",
        ),
        (
            "<n:native><n:interface><n:Loopback><n:name>1</n:name><n:shutdown/></n:Loopback>"
            "<n:Loopback><n:name>2</n:name><n:description/></n:Loopback></n:interface></n:native>",
            "<native><interface><Loopback><name>1</name><shutdown/></Loopback>"
            "<Loopback><name>2</name><description>two</description></Loopback></interface></native>",
        ),
        (
            "<n:native><n:username><n:name>a</n:name><n:privilege>1</n:privilege></n:username></n:native>",
            "",
        ),
        ('<n:native><n:hostname x="1"/></n:native>', ""),
    ],
)
def test_subtree(body, found):
    assert subtree(body) == found


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("/ios:native/ios:hostname", "<native><hostname>sw</hostname></native>"),
        ("/native/hostname", "<native><hostname>sw</hostname></native>"),
        ("native/hostname", "<native><hostname>sw</hostname></native>"),
        ("/Cisco-IOS-XE-native:native/hostname", "<native><hostname>sw</hostname></native>"),
        ("//ios:name[.='b']/../privilege", f"<native>{B}</native>"),
        ("/native/username[name='b']", f"<native>{B}</native>"),
        ("/native/username[privilege > 1 and name='a']", f"<native>{A}</native>"),
        ("/native/username[1] | /native/username[2]", f"<native>{A}{B}</native>"),
        (
            "/native/interface/*[name='1']/shutdown",
            "<native><interface><Loopback><name>1</name><shutdown/></Loopback></interface></native>",
        ),
        ("/native/bogus", ""),
        ("/native/username[contains(name, 'x')]", ""),
    ],
)
def test_xpath(expression, found):
    assert xpath(expression) == found


def test_xpath_takes_the_prefixes_of_the_filter_first():
    assert xpath("/x:native/x:hostname", x=NATIVE) == "<native><hostname>sw</hostname></native>"
    assert xpath("/ios:native/ios:hostname", ios=CSL) == ""


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "/native[",
        "/native/hostname/text()",
        "count(/native)",
        "'x'",
        "/zz:native",
        "/native/§",
        "//*[//*[//*]]",
        "/*[/*/*[/*/*]]",
        "/native[*[*[*]]]",
        "/*[../../../../*]",
        "/native" + "/x" * 3000,
    ],
)
def test_xpath_that_is_refused(expression):
    with pytest.raises(FilterError):
        xpath(expression)


def test_xpath_names_what_it_reaches():
    expression = read_xpath("/native/hostname", {}, {})
    assert expression.reaches("native") and not expression.reaches("netconf-state")
    assert read_xpath("//hostname", {}, {}).reaches("netconf-state")
