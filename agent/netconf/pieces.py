"""An edit in pieces, for `continue-on-error`: what is wrong is left out, the rest is carried out.

A piece is the way from an element below `config` down to one element, which is taken whole. Where
it is refused, it is replaced by smaller ones: one for each thing in it. Only what is merged can be
taken apart; what is made, replaced or deleted is one thing.
Sources: docs/sources.md, entry netconf-operations.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

from yang.edit_attributes import OPERATION, Operation
from yang.schema import Node, named
from yang.xml import Element, children, name_of

Piece = tuple[Element, ...]  # an element below config, one in it, and so on
_APART = (Operation.MERGE.value, Operation.NONE.value)


def tops(config: Element) -> list[Piece]:
    """The elements an edit begins with."""
    return [(element,) for element in children(config)]


def alone(nodes: Mapping[str, Node], config: Element, piece: Piece) -> Element:
    """A `config` that holds this piece alone, with the keys of the rows on the way."""
    whole = below = _empty(config)
    for element, node in zip(piece[:-1], _nodes(nodes, piece), strict=False):
        around = _empty(element)
        keys = node.keys if node else ()
        around.extend(copy.deepcopy(e) for e in children(element) if name_of(e)[1] in keys)
        below.append(around)
        below = around
    below.append(copy.deepcopy(piece[-1]))
    return whole


def smaller(nodes: Mapping[str, Node], piece: Piece, default: Operation) -> list[Piece]:
    """The pieces in a piece; none where it is one thing."""
    if any(element.get(OPERATION, default.value) not in _APART for element in piece):
        return []
    node = _nodes(nodes, piece)[-1]
    if node is None or node.is_leaf:
        return []
    return [(*piece, e) for e in children(piece[-1]) if name_of(e)[1] not in node.keys]


def _nodes(nodes: Mapping[str, Node], piece: Piece) -> list[Node | None]:
    """The node of each element on the way; None for what the schema does not know."""
    found: list[Node | None] = []
    below: Mapping[str, Node] = nodes
    for element in piece:
        namespace, name = name_of(element)
        node = named(below, name, namespace)
        found.append(node)
        below = node.children if node else {}
    return found


def _empty(element: Element) -> Element:
    """An element with its attributes and nothing in it."""
    empty = copy.copy(element)
    empty.text = None
    for inner in list(empty):
        empty.remove(inner)
    return empty
