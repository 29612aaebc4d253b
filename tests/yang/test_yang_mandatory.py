"""What is mandatory must be there: ours and yangson's judgement of the same data agree."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yangson
from lxml import etree

from tests.yang.edits import SCHEMA
from tests.yang.test_yang_oracle import oracle, raw_root
from yang.edit import edited
from yang.edit_attributes import Operation
from yang.errors import Rule, YangError
from yang.schema import Node
from yang.tree import EMPTY, Tree

MISSING = [  # rows without something mandatory, and the same with it
    ("<name>a</name>", "<type>softwareLoopback</type>"),
    (
        "<name>a</name><type>tunnel</type><ipv4 xmlns='{ip}'><address><ip>10.0.0.1</ip>{more}"
        "</address></ipv4>",
        "<netmask>255.0.0.0</netmask>",
    ),
    (
        "<name>a</name><type>tunnel</type><ipv6 xmlns='{ip}'><address><ip>::1</ip>{more}"
        "</address></ipv6>",
        "<prefix-length>64</prefix-length>",
    ),
]


@pytest.mark.parametrize(("row", "more"), MISSING)
def test_what_is_mandatory_is_so_for_yangson_too(row, more):
    whole = row if "{more}" in row else f"{row}{{more}}"

    def tree(text: str, checked: bool) -> Tree:
        body = whole.format(ip="urn:ietf:params:xml:ns:yang:ietf-ip", more=text)
        space = "urn:ietf:params:xml:ns:yang:ietf-interfaces"
        top = f'<interfaces xmlns="{space}"><interface>{body}</interface></interfaces>'
        config = etree.fromstring(f"<config>{top}</config>")
        nodes = SCHEMA.top if checked else {n.key: undemanding(n) for n in SCHEMA.top.values()}
        return edited(nodes, EMPTY, config, Operation.MERGE)

    with pytest.raises(YangError) as caught:
        tree("", True)
    assert caught.value.rule is Rule.DATA_MISSING
    model = oracle()
    everything = yangson.enumerations.ValidationScope.all
    # yangson 1.7 fails as it puts a name to a missing choice
    with pytest.raises((yangson.exceptions.SchemaError, TypeError)):
        model.from_raw(raw_root(tree("", False))).validate(everything)
    model.from_raw(raw_root(tree(more, True))).validate(everything)


def undemanding(node: Node) -> Node:
    """A node that asks for nothing mandatory."""
    children = {key: undemanding(child) for key, child in node.children.items()}
    return replace(node, needs=(), demanding=False, children=children)
