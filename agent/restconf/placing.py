"""Where a new value goes in a leaf-list of the user's order: `insert` and `point`.

POST, PUT and YANG Patch say it in their own ways (RFC 8040 sections 4.8.5 and 4.8.6, RFC 8072); the
datastore takes it as the attributes of RFC 7950. Lists of ours have no order of the user's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.restconf.forms import Names
from agent.restconf.messages import Refused, refused
from agent.restconf.target import read_target
from yang.edit_attributes import place
from yang.schema import Node
from yang.xml import Element

_PLACES = ("first", "last", "before", "after")
_BESIDE = ("before", "after")


@dataclass(frozen=True, slots=True)
class Placing:
    """A place in a leaf-list; `point` is the path of the value it is before or after."""

    where: str
    point: str = ""

    def on(self, element: Element, node: Node, tops: Mapping[str, Node], names: Names) -> None:
        """Say it on the element of a value. Raises Refused where there is no such order."""
        if not node.user_ordered:
            raise refused("invalid-value", f"{node.name} has no order to insert into")
        if self.where not in _BESIDE:
            place(element, self.where)
            return
        beside = read_target(self.point, tops, names)
        if not beside.steps or beside.node is not node or not beside.steps[-1].keys:
            raise refused("invalid-value", f"the point is no value of {node.name}")
        place(element, self.where, beside.steps[-1].keys[0])


def placing(where: str, point: str) -> Placing:
    """A place as a client said it. Raises Refused."""
    if where not in _PLACES:
        raise _bad("insert", where)
    if (where in _BESIDE) is not bool(point):
        raise _bad("point", point)
    return Placing(where, point)


def read_placing(pairs: tuple[tuple[str, str], ...]) -> Placing | None:
    """The query of a POST or PUT; None where it is empty. Raises Refused for other parameters."""
    given = dict(pairs)
    unknown = given.keys() - {"insert", "point"}
    if unknown or len(given) < len(pairs):
        name = min(unknown or given)
        raise refused(
            "invalid-value", f"the query parameter {name} is not known here", kind="protocol"
        )
    return placing(given.get("insert", ""), given.get("point", "")) if given else None


def _bad(name: str, value: str) -> Refused:
    return refused("invalid-value", f'"{value}" is not a valid value of {name}.', kind="protocol")
