"""Edits of a tree as RFC 6241 section 7.2 means them: each gives a new root or a YangError.

`edited` applies the XML of an edit to a root; the old root stays what it was, so whoever refuses
the new one later has lost nothing. What the schema does not know is left as it is by every
operation. How one root differs from another is the matter of `difference`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yang.edit_attributes import (
    TAKES_AWAY,
    Operation,
    Steps,
    insert_of,
    inserted,
    is_default,
    operation_of,
)
from yang.errors import Location, Rule, YangError
from yang.mandatory import must_be_whole
from yang.schema import Node
from yang.tree import EMPTY, Entry, Path, Rows, Tree, Value, get
from yang.types import to_text
from yang.xml import Element, child_node, children, leaf_value, row_key


@dataclass(frozen=True, slots=True)
class _Condition:
    """A node with a `when` was set: it must hold in the end."""

    node: Node
    parent: Path
    path: Steps


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an element stands: its path for errors and its parent's path in the tree."""

    steps: Steps
    parent: Path


def edited(nodes: Mapping[str, Node], root: Tree, config: Element, default: Operation) -> Tree:
    """The root after the edit that the children of `config` ask for. Raises YangError."""
    conditions: list[_Condition] = []
    new = _children(nodes, children(config), root, default, _Place((), ()), conditions)
    for condition in conditions:
        if not _holds(condition.node, get(new, condition.parent, EMPTY)):
            raise YangError(Rule.UNKNOWN_ELEMENT, condition.path, element=condition.node.name)
    new = without_false_conditions(nodes, new)
    must_be_whole(nodes, new)
    return new


def without_false_conditions(nodes: Mapping[str, Node], tree: Tree) -> Tree:
    """The tree without nodes whose `when` is false (RFC 7950 section 8.2: they go by themselves).

    Only containers are walked: no list of ours has a node with a `when`.
    """
    new = tree
    for name, value in tree.items():
        node = nodes.get(name)
        if node is None:
            continue
        if not _holds(node, tree):
            new = _without(new, name)
        elif isinstance(value, Tree):
            below = without_false_conditions(node.children, value)
            if below is not value:
                new = Tree({**new, name: below}) if below else _without(new, name)
    return new


def unmodelled(node: Node, value: Value) -> Tree:
    """What a container holds that the schema does not know."""
    left = Tree()
    if not isinstance(value, Tree):
        return left
    for name, below in value.items():
        child = node.children.get(name)
        if child is None:
            left[name] = below
        elif child.kind == "container":
            kept = unmodelled(child, below)
            if kept:
                left[name] = kept
    return left


def restored(node: Node, old: Tree, new: Tree) -> Tree:
    """`new` with what the schema does not know of the rows that are in both.

    A replacement names every row anew; a row that is still there keeps what it cannot name.
    """
    found = Tree(new)
    for name, value in new.items():
        child, before = node.children.get(name), old.get(name)
        if child is None or before is None:
            continue
        if isinstance(value, Rows):
            found[name] = Rows(
                {
                    key: restored(child, before[key], _joined(row, unmodelled(child, before[key])))
                    if key in before
                    else row
                    for key, row in value.items()
                }
            )
        elif isinstance(value, Tree):
            found[name] = restored(child, before, value)
    return found


def _joined(row: Tree, extra: Tree) -> Tree:
    """A row with further values where it has none."""
    found = Tree({**extra, **row})
    for name in extra.keys() & row.keys():
        if isinstance(row[name], Tree):
            found[name] = _joined(row[name], extra[name])
    return found


def modelled(nodes: Mapping[str, Node], tree: Tree) -> bool:
    """Does the tree hold anything the schema knows?"""
    for name, value in tree.items():
        node = nodes.get(name)
        if node is None:
            continue
        if node.kind != "container" or node.presence or modelled(node.children, value):
            return True
    return False


# --- one element ----------------------------------------------------------------------------


def _children(
    nodes: Mapping[str, Node],
    elements: Iterable[Element],
    tree: Tree,
    operation: Operation,
    place: _Place,
    conditions: list[_Condition],
) -> Tree:
    """The tree after all these elements."""
    set_here: set[tuple[str, str]] = set()
    cases_here: dict[str, str] = {}
    for child in elements:
        node = child_node(nodes, child, place.steps)
        if not node.config:
            raise YangError(Rule.UNKNOWN_ELEMENT, place.steps, element=node.name)
        here = Location(node.namespace, node.name)
        wanted = operation_of(child, operation, (*place.steps, here))
        key = _key(node, child, place)
        steps = (*place.steps, here._replace(keys=key))
        if child.attrib and node.kind != "leaf-list":
            insert_of(child, node, steps)  # there is no place to choose
        if wanted not in TAKES_AWAY:
            instance = (node.key, _instance(node, child, key))
            if instance in set_here:
                raise YangError(Rule.BAD_ELEMENT, steps, element=node.name)
            set_here.add(instance)
            # RFC 7950 section 8.3.1: data of one case alone
            if any(cases_here.setdefault(choice, case) != case for choice, case in node.cases):
                raise YangError(Rule.BAD_ELEMENT, steps, element=node.name)
            tree = _without_other_cases(nodes, tree, node)
            if node.when and wanted is not Operation.NONE:
                conditions.append(_Condition(node, place.parent, steps))
        below = _Place(steps, place.parent)
        match node.kind:
            case "leaf":
                tree = _leaf(node, child, tree, wanted, below)
            case "leaf-list":
                tree = _leaf_list(node, child, tree, wanted, below)
            case "list":
                tree = _row(node, child, tree, wanted, below, conditions)
            case _:
                tree = _container(node, child, tree, wanted, below, conditions)
    return tree


def _leaf(node: Node, element: Element, tree: Tree, operation: Operation, place: _Place) -> Tree:
    there = node.key in tree
    if operation in TAKES_AWAY:
        _must_be(there or operation is Operation.REMOVE, Rule.DATA_MISSING, node, place)
        return _without(tree, node.key)
    value = leaf_value(node, element, place.steps)
    if operation is Operation.NONE:
        return tree
    _must_be(not there or operation is not Operation.CREATE, Rule.DATA_EXISTS, node, place)
    if is_default(element, node, value, place.steps):
        return _without(tree, node.key)
    return Tree({**tree, node.key: value})


def _leaf_list(
    node: Node, element: Element, tree: Tree, operation: Operation, place: _Place
) -> Tree:
    value = leaf_value(node, element, place.steps)
    values: tuple[Value, ...] = tree.get(node.key, ())
    there = value in values
    if operation in TAKES_AWAY:
        _must_be(there or operation is Operation.REMOVE, Rule.DATA_MISSING, node, place)
        left = tuple(item for item in values if item != value)
        return Tree({**tree, node.key: left}) if left else _without(tree, node.key)
    if operation is Operation.NONE:
        return tree
    _must_be(not there or operation is not Operation.CREATE, Rule.DATA_EXISTS, node, place)
    where = insert_of(element, node, place.steps)
    return Tree({**tree, node.key: inserted(values, value, where, place.steps)})


def _container(
    node: Node,
    element: Element,
    tree: Tree,
    operation: Operation,
    place: _Place,
    conditions: list[_Condition],
) -> Tree:
    old = tree.get(node.key)
    held: Tree = old if isinstance(old, Tree) else EMPTY
    there = isinstance(old, Tree) and (node.presence or modelled(node.children, held))
    if operation in TAKES_AWAY:
        _must_be(there or operation is Operation.REMOVE, Rule.DATA_MISSING, node, place)
        return _with(tree, node, unmodelled(node, held), False)
    _must_be(not there or operation is not Operation.CREATE, Rule.DATA_EXISTS, node, place)
    _must_be(not (element.text or "").strip(), Rule.INVALID_VALUE, node, place)
    if operation is Operation.REPLACE:
        held = unmodelled(node, held)
    inside = _Place(place.steps, (*place.parent, node.key))
    new = _children(node.children, children(element), held, operation, inside, conditions)
    if operation is Operation.REPLACE and isinstance(old, Tree):
        new = restored(node, old, new)
    stays = node.presence and (there or operation is not Operation.NONE)
    return _with(tree, node, new, stays)


def _row(
    node: Node,
    element: Element,
    tree: Tree,
    operation: Operation,
    place: _Place,
    conditions: list[_Condition],
) -> Tree:
    rows: Rows = tree.get(node.key, Rows())
    key = row_key(tuple(value for _, value in place.steps[-1].keys))
    there = key in rows
    if operation in TAKES_AWAY:
        _must_be(there or operation is Operation.REMOVE, Rule.DATA_MISSING, node, place)
        left = Rows({name: row for name, row in rows.items() if name != key})
        return Tree({**tree, node.key: left}) if left else _without(tree, node.key)
    # RFC 6241 section 7.2: with `none` every level must be there already
    _must_be(there or operation is not Operation.NONE, Rule.DATA_MISSING, node, place)
    _must_be(not there or operation is not Operation.CREATE, Rule.DATA_EXISTS, node, place)
    held = EMPTY if operation is Operation.REPLACE else rows.get(key, EMPTY)
    if there and operation is Operation.REPLACE:
        held = unmodelled(node, rows[key])
    inside = _Place(place.steps, (*place.parent, Entry(node.key, key)))
    others = {name: child for name, child in node.children.items() if name not in node.keys}
    body = [child for child in children(element) if not _is_key(node, child)]
    new = _children(others, body, held, operation, inside, conditions)
    return Tree({**tree, node.key: Rows({**rows, key: new})})


# --- keys, operations, cases ----------------------------------------------------------------


def _key(node: Node, element: Element, place: _Place) -> tuple[tuple[str, str], ...]:
    """The keys of a row as (name, text); nothing for other nodes. Raises YangError."""
    if node.kind != "list":
        return ()
    found: dict[str, str] = {}
    steps = (*place.steps, Location(node.namespace, node.name))
    for child in children(element):
        if _is_key(node, child):
            leaf = child_node(node.children, child, steps)
            below = (*steps, Location(leaf.namespace, leaf.name))
            value = leaf_value(leaf, child, below)
            if operation_of(child, Operation.MERGE, below) in TAKES_AWAY:
                why = "a key goes with its row alone"
                raise YangError(Rule.BAD_ATTRIBUTE, below, why, leaf.name, attribute="operation")
            if leaf.name in found:
                raise YangError(Rule.BAD_ELEMENT, below, element=leaf.name)
            found[leaf.name] = str(to_text(leaf.leaf_type, value))
    for name in node.keys:
        if name not in found:
            raise YangError(Rule.MISSING_ELEMENT, steps, element=name)
    return tuple((name, found[name]) for name in node.keys)


def _is_key(node: Node, element: Element) -> bool:
    return element.tag.rpartition("}")[2] in node.keys


def _instance(node: Node, element: Element, key: tuple[tuple[str, str], ...]) -> str:
    """What tells two instances of a node apart."""
    if node.kind == "leaf-list":
        return element.text or ""
    return row_key(tuple(value for _, value in key))


def _without_other_cases(nodes: Mapping[str, Node], tree: Tree, node: Node) -> Tree:
    """Setting a node of one case removes the nodes of the others (RFC 7950 section 7.9)."""
    if not node.cases:
        return tree
    mine = dict(node.cases)
    for name in tuple(tree):
        other = nodes.get(name)
        if other and any(mine.get(choice, case) != case for choice, case in other.cases):
            tree = _without(tree, name)
    return tree


def _holds(node: Node, siblings: Tree) -> bool:
    when = node.when
    if when is None:
        return True
    value = siblings.get(when.leaf)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return (text == when.value) is when.equal


def _must_be(holds: bool, rule: Rule, node: Node, place: _Place) -> None:
    if not holds:
        raise YangError(rule, place.steps, element=node.name)


def _with(tree: Tree, node: Node, value: Tree, stays: bool) -> Tree:
    """The tree with a container; an empty one only where it `stays`."""
    if value or stays:
        return Tree({**tree, node.key: value})
    return _without(tree, node.key)


def _without(tree: Tree, name: str) -> Tree:
    return Tree({key: value for key, value in tree.items() if key != name})
