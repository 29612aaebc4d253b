"""Is all there that must be: mandatory leaves and choices (RFC 7950 sections 7.6.5 and 7.9.4).

Only the branches of a tree whose schema demands something are walked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yang.errors import Location, Rule, YangError
from yang.schema import Node
from yang.tree import Rows, Tree
from yang.xml import key_values

Steps = tuple[Location, ...]


def must_be_whole(nodes: Mapping[str, Node], tree: Tree, above: Steps = ()) -> None:
    """Raises YangError, `data-missing`, for the first mandatory node that is not there."""
    for key, value in tree.items():
        node = nodes.get(key)
        if node is None or not (node.demanding and node.config):
            continue
        for held, steps in _instances(node, value, above):
            for names in node.needs:
                if not any(name in held for name in names):
                    raise _missing(node, names, steps)
            must_be_whole(node.children, held, steps)


def _instances(node: Node, value: Tree | Rows, above: Steps) -> Iterator[tuple[Tree, Steps]]:
    """A container, or each row of a list, with its path."""
    here = Location(node.namespace, node.name)
    if isinstance(value, Rows):
        for key, row in value.items():
            named = tuple(zip(node.keys, key_values(node, key), strict=True))
            yield row, (*above, here._replace(keys=named))
    else:
        yield value, (*above, here)


def _missing(node: Node, names: tuple[str, ...], steps: Steps) -> YangError:
    if len(names) > 1:  # RFC 7950 section 15.6
        return YangError(Rule.DATA_MISSING, steps, app_tag="missing-choice")
    leaf = node.children[names[0]]
    # assumed: the sentence
    path = (*steps, Location(leaf.namespace, leaf.name))
    return YangError(Rule.DATA_MISSING, path, f"{leaf.name} is not configured", leaf.name)
