"""Edits of the shared schema, for tests: trees, the XML of an edit, and both as strategies."""

from __future__ import annotations

from lxml import etree

from yang.edit import edited
from yang.edit_attributes import BASE, Operation
from yang.schema import schema_of
from yang.tree import EMPTY, Tree
from yang.xml import top_element

CSL = "http://cisco.com/ns/yang/cisco-smart-license"
NATIVE = "http://cisco.com/ns/yang/Cisco-IOS-XE-native"
LICENSING_TOP, NATIVE_TOP = "cisco-smart-license:licensing", "Cisco-IOS-XE-native:native"
# the modules configuration is made of
TEXTS = (
    "cisco-smart-license@2021-03-01",
    "Cisco-IOS-XE-native@2023-07-01",
    "Cisco-IOS-XE-aaa@2023-07-01",
    "Cisco-IOS-XE-call-home@2022-11-01",
    "Cisco-IOS-XE-crypto@2023-07-01",
    "Cisco-IOS-XE-diagnostics@2022-11-01",
    "Cisco-IOS-XE-ethernet@2023-07-01",
    "Cisco-IOS-XE-http@2022-11-01",
    "Cisco-IOS-XE-nd@2023-07-01",
    "Cisco-IOS-XE-ntp@2022-11-01",
    "Cisco-IOS-XE-platform@2022-11-01",
    "Cisco-IOS-XE-snmp@2022-11-01",
    "Cisco-IOS-XE-spanning-tree@2022-11-01",
    "Cisco-IOS-XE-switch@2023-07-01",
    "Cisco-IOS-XE-vtp@2022-11-01",
    "ietf-interfaces@2014-05-08",
    "ietf-ip@2014-06-16",
)
SCHEMA = schema_of(TEXTS)


def config(body: str) -> etree._Element:
    """`<config>` around top elements, which get their namespaces; `nc:` is the base one."""
    body = body.replace("<native", f'<native xmlns="{NATIVE}"')
    body = body.replace("<licensing", f'<licensing xmlns="{CSL}"')
    return etree.fromstring(f'<config xmlns="{BASE}" xmlns:nc="{BASE}">{body}</config>')


def edit(root: Tree, body: str, default: Operation = Operation.MERGE) -> Tree:
    """The root after an edit."""
    return edited(SCHEMA.top, root, config(body), default)


def built(body: str) -> Tree:
    """A root made by one edit of nothing."""
    return edit(EMPTY, body)


def shown(root: Tree) -> str:
    """The root as XML, without the namespaces."""
    elements = [top_element(SCHEMA.top[name], value) for name, value in root.items()]
    text = b"".join(etree.tostring(e) for e in elements if e is not None).decode()
    return text.replace(f' xmlns="{NATIVE}"', "").replace(f' xmlns="{CSL}"', "")
