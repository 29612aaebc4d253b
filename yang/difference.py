"""How one root differs from another, as the edits a device commits.

Applying `edits_between(old, new)` to the old root gives the new one: what goes comes first, then
what is set, each only where something differs.
"""

from __future__ import annotations

from collections.abc import Iterator

from yang.tree import EMPTY, Edit, Entry, Path, Rows, Tree, Value


def edits_between(old: Tree, new: Tree, prefix: Path = ()) -> Iterator[Edit]:
    """The edits that make `new` of `old`: what goes first, then what comes."""
    for name in old:
        if name not in new:
            yield Edit("delete", (*prefix, name))
    for name, value in new.items():
        before = old.get(name)
        if type(before) is type(value) and before == value:
            continue
        path = (*prefix, name)
        if isinstance(value, Rows):
            yield from _rows_between(before if isinstance(before, Rows) else Rows(), value, path)
        elif isinstance(value, Tree):
            yield from edits_between(before if isinstance(before, Tree) else EMPTY, value, path)
            if not value:
                yield Edit("set", path)
        elif isinstance(value, tuple):
            yield from _values_between(before if isinstance(before, tuple) else (), value, path)
        else:
            yield Edit("set", path, value)


def _rows_between(old: Rows, new: Rows, path: Path) -> Iterator[Edit]:
    head, name = path[:-1], str(path[-1])
    for key in old:
        if key not in new:
            yield Edit("delete", (*head, Entry(name, key)))
    for key, row in new.items():
        entry = (*head, Entry(name, key))
        if key not in old:
            yield Edit("set", entry)
        yield from edits_between(old.get(key, EMPTY), row, entry)


def _values_between(old: tuple[Value, ...], new: tuple[Value, ...], path: Path) -> Iterator[Edit]:
    kept = tuple(item for item in old if item in new)
    if kept == new[: len(kept)]:
        yield from (Edit("discard", path, item) for item in old if item not in new)
        yield from (Edit("add", path, item) for item in new[len(kept) :])
    else:
        yield Edit("delete", path)
        yield from (Edit("add", path, item) for item in new)
