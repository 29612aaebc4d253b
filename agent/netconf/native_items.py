"""One difference between the device's store and the published native model, and how it is walked.

An Item says what is stored at one path shows at another one. `shown_by` and `stored_by` apply items
to the tree they belong to; `each` finds these trees by a pattern. Which there are: `native_shape`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yang.tree import EMPTY, Edit, Path, Rows, Tree, Value, apply, get

Pattern = tuple[str, ...]  # names; `name[]` every row of a list, `*` every name


def _same(value: Value) -> Value:
    return value


@dataclass(frozen=True, slots=True)
class Item:
    """One difference. `show` and `keep` turn values into each other; None is "not there".

    `mine` picks from the stored value what this item is about; an item with `hollow` set shows an
    empty container as nothing.
    """

    stored: Path
    shown: Path
    show: Callable[[Value], Value | None] = _same
    keep: Callable[[Value | None], Value | None] = _same
    mine: Callable[[Value], Value] = _same
    hollow: bool = False


Change = Callable[[Tree, Tree, Tree, tuple[Item, ...]], Tree]


def each(
    tree: Tree, pattern: Pattern, change: Change, items: tuple[Item, ...], old: Tree, was: Tree
) -> Tree:
    """Change every tree the pattern names; `old` and `was` are walked along."""
    if not pattern:
        return change(tree, old, was, items)
    step, rest = pattern[0], pattern[1:]
    wanted = step.removesuffix("[]")
    names = [name for name in {**tree, **old} if wanted in ("*", name)]
    new = Tree(tree)
    for name in names:
        value, held, before = (t.get(name, EMPTY) for t in (tree, old, was))
        if step.endswith("[]"):
            rows = Rows()
            for key, row in value.items():
                there = (held.get(key, EMPTY), before.get(key, EMPTY))
                rows[key] = each(row, rest, change, items, *there)
            if rows:
                new[name] = rows
        elif isinstance(value, Tree):
            below = each(value, rest, change, items, held, before)
            if below or name in tree:
                new[name] = below
    return new


def shown_here(at: Tree, old: Tree, was: Tree, items: tuple[Item, ...]) -> Tree:
    """`shown_by` as a Change."""
    return shown_by(at, items)


def shown_by(at: Tree, items: tuple[Item, ...]) -> Tree:
    """A stored tree as the model has it."""
    found = [
        (item.shown, item.show(item.mine(value)))
        for item in items
        if (value := get(at, item.stored)) is not None
    ]
    for item in items:
        at = _without(at, item.stored)
    for path, value in found:
        if value is not None:
            at = _with(at, path, value)
    return at


def stored_by(at: Tree, old: Tree, was: Tree, items: tuple[Item, ...]) -> Tree:
    """A shown tree as it is stored; `old` and `was` are stored and shown tree before the edit."""
    values = []
    for item in items:
        now, before = get(at, item.shown), get(was, item.shown)
        held = get(old, item.stored)
        if (now or None) == (before or None) if item.hollow else now == before:
            value = None if held is None else item.mine(held)
        else:
            value = item.keep(now)
        values.append((item.stored, value))
    for item in items:
        at = _without(at, item.shown)
    for path, value in values:
        if value is not None:
            at = _with(at, path, value)
    return at


def _without(tree: Tree, path: Path) -> Tree:
    return apply(tree, (Edit("delete", path),)) if get(tree, path) is not None else tree


def _with(tree: Tree, path: Path, value: Value) -> Tree:
    """The tree with a value; rows join those that are there."""
    if isinstance(value, Rows):
        value = Rows({**get(tree, path, Rows()), **value})
    step, rest = str(path[0]), path[1:]
    below = tree.get(step, EMPTY)
    inner = below if isinstance(below, Tree) else EMPTY
    return Tree({**tree, step: _with(inner, rest, value) if rest else value})
