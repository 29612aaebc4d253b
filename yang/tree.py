"""The instance tree: an immutable value; every edit returns a new root and shares the rest.

A tree is a mapping from names to values. A value is a leaf (str, int, bool), a leaf-list (tuple),
a container (Tree) or a list (Rows, keyed by the key leaf's text). A path is a tuple of steps;
a step is a name, or `Entry(name, key)` for one row of a list. Trees are never written in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One row of a list: `interface[GigabitEthernet1/0/1]`."""

    name: str
    key: str


Step = str | Entry
Path = tuple[Step, ...]
Leaf = str | int | bool
Value = Any  # Leaf | tuple[Leaf, ...] | Tree | Rows


class Tree(dict[str, Value]):
    """A container. Treat it as frozen."""

    __slots__ = ()


class Rows(dict[str, Tree]):
    """A list, by key, in the order of entry. Treat it as frozen."""

    __slots__ = ()


EMPTY = Tree()


@dataclass(frozen=True, slots=True)
class Edit:
    """One change. `set` writes a leaf, or without a value makes a container or row present and
    keeps what it holds; `delete` removes a node and all below it, `prune` a row that holds nothing,
    `add` and `discard` change one value of a leaf-list."""

    operation: str
    path: Path
    value: Leaf | None = None


def get(tree: Tree, path: Path, default: Value = None) -> Value:
    """The value at `path`, or `default` where nothing is."""
    node: Value = tree
    for step in path:
        if isinstance(step, Entry):
            node = node.get(step.name, EMPTY).get(step.key) if isinstance(node, Tree) else None
        else:
            node = node.get(step) if isinstance(node, Tree) else None
        if node is None:
            return default
    return node


def apply(tree: Tree, edits: Iterable[Edit]) -> Tree:
    """The tree after all edits, in order. A delete of what is not there changes nothing.

    Each node on the way is copied once, however many edits go through it.
    """
    own: _Own = {}
    for edit in edits:
        tree = _apply(tree, edit.path, edit, own)
    return tree


def walk(tree: Tree, prefix: Path = ()) -> Iterator[tuple[Path, Value]]:
    """Every leaf, leaf-list and empty container or row, with its path, in order of entry."""
    if not tree and prefix:
        yield prefix, True
    for name, value in tree.items():
        if isinstance(value, Rows):
            for key, row in value.items():
                yield from walk(row, (*prefix, Entry(name, key)))
        elif isinstance(value, Tree):
            yield from walk(value, (*prefix, name))
        else:
            yield (*prefix, name), value


def to_plain(tree: Mapping[str, Value]) -> dict[str, Any]:
    """The tree as JSON can carry it: rows as `{"rows": {...}}`, leaf-lists as lists."""
    plain: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, Rows):
            plain[name] = {"rows": {key: to_plain(row) for key, row in value.items()}}
        elif isinstance(value, Tree):
            plain[name] = {"tree": to_plain(value)}
        else:
            plain[name] = list(value) if isinstance(value, tuple) else value
    return plain


def from_plain(plain: Mapping[str, Any]) -> Tree:
    """The inverse of `to_plain`."""
    tree = Tree()
    for name, value in plain.items():
        if isinstance(value, dict) and "rows" in value:
            tree[name] = Rows({key: from_plain(row) for key, row in value["rows"].items()})
        elif isinstance(value, dict):
            tree[name] = from_plain(value["tree"])
        else:
            tree[name] = tuple(value) if isinstance(value, list) else value
    return tree


def parse_path(text: str) -> Path:
    """Read `native/interface[GigabitEthernet1/0/1]/shutdown`; a key may hold slashes."""
    steps: list[Step] = []
    rest = text
    while rest:
        cut = next((i for i, c in enumerate(rest) if c in "/["), len(rest))
        name, rest = rest[:cut], rest[cut:]
        if rest.startswith("["):
            end = rest.index("]")
            steps.append(Entry(name, rest[1:end]))
            rest = rest[end + 1 :]
        else:
            steps.append(name)
        rest = rest.removeprefix("/")
    return tuple(steps)


def path_text(path: Path) -> str:
    """The inverse of `parse_path`."""
    return "/".join(s if isinstance(s, str) else f"{s.name}[{s.key}]" for s in path)


_TAKING = ("delete", "prune", "discard")
_Own = dict[int, dict[str, Value]]  # the nodes made by one `apply`, which alone may be written


def _owned(node: Tree, own: _Own) -> Tree:
    if id(node) in own:
        return node
    new = Tree(node)
    own[id(new)] = new
    return new


def _owned_rows(node: Rows, own: _Own) -> Rows:
    if id(node) in own:
        return node
    new = Rows(node)
    own[id(new)] = new
    return new


def _apply(tree: Tree, path: Path, edit: Edit, own: _Own) -> Tree:
    step, rest = path[0], path[1:]
    if isinstance(step, Entry):
        return _apply_row(tree, step, rest, edit, own)
    if rest:
        below = tree.get(step)
        if edit.operation in _TAKING and not isinstance(below, Tree):
            return tree
        child = _apply(below if isinstance(below, Tree) else EMPTY, rest, edit, own)
        new = _owned(tree, own)
        new[step] = child
        if not child and edit.operation in _TAKING:
            del new[step]
        return new
    new = _owned(tree, own)
    match edit.operation:
        case "set":
            if edit.value is not None:
                new[step] = edit.value
            elif not isinstance(new.get(step), Tree):
                new[step] = EMPTY
        case "delete":
            new.pop(step, None)
        case "add":
            values = new.get(step, ())
            if edit.value not in values:
                new[step] = (*values, edit.value)
        case "discard":
            left = tuple(v for v in new.get(step, ()) if v != edit.value)
            new[step] = left
            if not left:
                del new[step]
        case _:
            raise ValueError(f"unknown operation {edit.operation!r}")
    return new


def _apply_row(tree: Tree, step: Entry, rest: Path, edit: Edit, own: _Own) -> Tree:
    rows = tree.get(step.name, Rows())
    if rest and edit.operation in _TAKING and step.key not in rows:
        return tree
    row = _apply(rows.get(step.key, EMPTY), rest, edit, own) if rest else None
    new, rows = _owned(tree, own), _owned_rows(rows, own)
    if row is not None:
        rows[step.key] = row
    elif edit.operation == "set":
        rows.setdefault(step.key, EMPTY)
    elif edit.operation != "prune" or not rows.get(step.key):
        rows.pop(step.key, None)
    new[step.name] = rows
    if not rows:
        new.pop(step.name, None)
    return new
