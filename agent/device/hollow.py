"""Rows of a list that are nothing without what is in them: the last hop gone, the route is gone.

Which lists those are, the grammar says: no line makes such a row by itself. The last delete in one
takes it along, whoever deletes: a line with `no`, or a NETCONF edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from cli_grammar import Grammar
from cli_grammar.tree import Setting, nodes
from yang.tree import Edit, Entry, Path

Names = tuple[object, ...]
_TAKING = ("delete", "discard")


def with_hollow_rows(edits: tuple[Edit, ...], grammar: Grammar) -> tuple[Edit, ...]:
    """The edits, each delete followed by what removes the rows round it that it left empty."""
    if not any(edit.operation in _TAKING for edit in edits):
        return edits
    return tuple(each for edit in edits for each in (edit, *_prunes(edit, hollow_lists(grammar))))


@cache
def hollow_lists(grammar: Grammar) -> frozenset[Names]:
    """The lists, each by the names on its path, whose rows no line of the grammar makes alone."""
    inner: set[Names] = set()
    made: set[Names] = set()
    for setting in _settings(grammar):
        steps = setting.path.steps
        names = tuple(step.name for step in steps)
        inner.update(names[: at + 1] for at, step in enumerate(steps[:-1]) if step.key)
        if steps[-1].key and setting.operation == "set":
            made.add(names)
    return frozenset(inner - made)


def _settings(grammar: Grammar) -> Iterator[Setting]:
    """All absolute settings of all lines."""
    for mode in grammar.modes.values():
        for node in nodes(mode.root):
            for target in (node.target, node.negation):
                for setting in target.settings if target else ():
                    if not setting.path.relative:
                        yield setting


def _prunes(edit: Edit, hollow: frozenset[Names]) -> Iterator[Edit]:
    """From the inside out: a row may be the last one of another."""
    if edit.operation in _TAKING:
        for end in range(len(edit.path) - 1, 0, -1):
            path: Path = edit.path[:end]
            if isinstance(path[-1], Entry) and _names(path) in hollow:
                yield Edit("prune", path)


def _names(path: Path) -> Names:
    return tuple(step.name if isinstance(step, Entry) else step for step in path)
