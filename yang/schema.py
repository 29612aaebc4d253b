"""Schemas: the compiled modules as frozen values, shared by every device that announces them.

The modules in `modules/` are compiled by `schema_compile` into `modules/compiled.json`; a test
holds the two together. A start reads that one file, so no YANG text is parsed at run time.
`schema_of` joins the modules a device announces into one tree of data nodes and one table of RPCs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from yang.types import LeafType

COMPILED = "compiled.json"


@dataclass(frozen=True, slots=True)
class When:
    """A `when` of the one form our modules use: a sibling leaf equals a value, or does not."""

    leaf: str
    equal: bool
    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A data node. `cases` are the (choice, case) pairs around it, outermost first.

    `key` is what trees and mappings of nodes call it: `module:name` at the top, the name below.
    `type` is there for leaf and leaf-list; `keys` for a list with keys; `user_ordered` for a
    leaf-list whose order is the user's. `needs` are names of children, of each tuple one must be
    there where the node is; `demanding` says that it or a node below it has some.
    """

    name: str
    namespace: str
    kind: str  # container | list | leaf | leaf-list
    config: bool = True
    keys: tuple[str, ...] = ()
    presence: bool = False
    user_ordered: bool = False
    mandatory: bool = False
    default: str | None = None
    type: LeafType | None = None
    when: When | None = None
    cases: tuple[tuple[str, str], ...] = ()
    children: Mapping[str, Node] = field(default_factory=dict)
    needs: tuple[tuple[str, ...], ...] = ()
    key: str = ""
    demanding: bool = False

    def __post_init__(self) -> None:
        if not self.key:
            object.__setattr__(self, "key", self.name)
        if self.needs or any(child.demanding for child in self.children.values()):
            object.__setattr__(self, "demanding", True)

    @property
    def is_leaf(self) -> bool:
        """Is this a leaf or leaf-list?"""
        return self.type is not None

    @property
    def leaf_type(self) -> LeafType:
        """The type of a leaf. A node without one is a bug of the caller."""
        assert self.type is not None
        return self.type

    @property
    def tag(self) -> str:
        """The name as lxml writes it."""
        return f"{{{self.namespace}}}{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Rpc:
    """An operation: what goes in and what comes out, each as a container."""

    name: str
    namespace: str
    input: Node
    output: Node


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """One module or submodule. `file` is the text in `modules/`."""

    name: str
    revision: str
    namespace: str
    prefix: str
    file: str
    yang_version: str
    submodules: tuple[tuple[str, str], ...]
    data: Mapping[str, Node]
    rpcs: Mapping[str, Rpc]
    augments: tuple[Augment, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Augment:
    """What a module adds to a node of another one; `at` are the keys from the top down to it."""

    at: tuple[str, ...]
    children: Mapping[str, Node]


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """The modules of a device. Names at the top stand with their module, as JSON writes them.

    Below one node names are unique, so that a tree needs no namespaces. A node that an augment
    added has its own module's namespace.
    """

    modules: tuple[Module, ...]
    top: Mapping[str, Node]  # by key
    rpcs: Mapping[tuple[str, str], Rpc]  # by namespace and name
    prefixes: Mapping[str, str]  # namespace -> prefix

    def prefix(self, namespace: str) -> str:
        """The prefix of a module's namespace; `nc` for the base namespace and unknown ones."""
        return self.prefixes.get(namespace, "nc")


@cache
def schema_of(names: tuple[str, ...]) -> Schema:
    """The schema of these modules, each `name@revision`. KeyError for one that is not ours."""
    known = _modules()
    modules = tuple(known[name] for name in names)
    top = {node.key: node for module in modules for node in module.data.values()}
    for augment in (augment for module in modules for augment in module.augments):
        first, *rest = augment.at
        if first in top:
            top[first] = augmented(top[first], tuple(rest), augment.children)
    return Schema(
        modules=modules,
        top=top,
        rpcs={
            (module.namespace, name): rpc for module in modules for name, rpc in module.rpcs.items()
        },
        prefixes={module.namespace: module.prefix for module in modules},
    )


def augmented(node: Node, path: tuple[str, ...], more: Mapping[str, Node]) -> Node:
    """A node with further children at a path below it. ValueError for a name that is there."""
    if not path:
        if twice := node.children.keys() & more.keys():
            raise ValueError(f"two modules name a node below {node.name} {min(twice)}")
        return replace(node, children={**node.children, **more})
    below = augmented(node.children[path[0]], path[1:], more)
    return replace(node, children={**node.children, path[0]: below})


def named(nodes: Mapping[str, Node], name: str, namespace: str = "") -> Node | None:
    """The node of a local name, in any namespace where none is said; None where there is none.

    Of several at the top it is the one that is configuration.
    """
    node = nodes.get(name)
    if node is not None:
        return node if namespace in ("", node.namespace) else None
    found = [n for n in nodes.values() if n.name == name and namespace in ("", n.namespace)]
    if len(found) > 1:
        found = [n for n in found if n.config]
    return found[0] if len(found) == 1 else None


def local(key: str) -> str:
    """The name in a node's key."""
    return key.rpartition(":")[2]


def module_text(file: str) -> str:
    """The YANG text of a file in `modules/`."""
    return files("yang.modules").joinpath(file).read_text("utf-8")


def descend(nodes: Mapping[str, Node]) -> Iterator[Node]:
    """Every node of a forest, parents first."""
    for node in nodes.values():
        yield node
        yield from descend(node.children)


@cache
def _modules() -> Mapping[str, Module]:
    rows = json.loads(files("yang.modules").joinpath(COMPILED).read_text("utf-8"))
    return {f"{row['name']}@{row['revision']}": _module(row) for row in rows}


def _module(row: dict[str, Any]) -> Module:
    namespace = row["namespace"]
    types = [_type(entry, row["types"]) for entry in row["types"]]
    rpcs = {
        name: Rpc(
            name,
            namespace,
            Node("input", namespace, "container", children=_nodes(ends[0], namespace, types, True)),
            Node(
                "output", namespace, "container", children=_nodes(ends[1], namespace, types, True)
            ),
        )
        for name, ends in row["rpcs"].items()
    }
    return Module(
        name=row["name"],
        revision=row["revision"],
        namespace=namespace,
        prefix=row["prefix"],
        file=row["file"],
        yang_version=row["version"],
        submodules=tuple((name, revision) for name, revision in row["submodules"]),
        data={
            name: replace(node, key=f"{row['name']}:{name}")
            for name, node in _nodes(row["data"], namespace, types, True).items()
        },
        rpcs=rpcs,
        augments=tuple(
            Augment(tuple(added["at"]), _nodes(added["c"], namespace, types, True))
            for added in row["augments"]
        ),
    )


def _nodes(
    rows: list[dict[str, Any]], namespace: str, types: list[LeafType], config: bool
) -> dict[str, Node]:
    return {row["n"]: _node(row, namespace, types, config) for row in rows}


def _node(row: dict[str, Any], namespace: str, types: list[LeafType], config: bool) -> Node:
    config = config and not row.get("ro", False)
    when = row.get("when")
    return Node(
        name=row["n"],
        namespace=namespace,
        kind=row["k"],
        config=config,
        keys=tuple(row.get("keys", ())),
        presence=row.get("presence", False),
        user_ordered=row.get("ordered", False),
        mandatory=row.get("mandatory", False),
        default=row.get("default"),
        type=types[row["t"]] if "t" in row else None,
        when=When(*when) if when else None,
        cases=tuple((choice, case) for choice, case in row.get("cases", ())),
        children=_nodes(row.get("c", []), namespace, types, config),
        needs=tuple(map(tuple, row.get("needs", ()))),
    )


def _type(row: dict[str, Any], table: list[dict[str, Any]]) -> LeafType:
    def spans(key: str) -> tuple[tuple[tuple[int, int], ...], ...]:
        return tuple(tuple((low, high) for low, high in chain) for chain in row.get(key, ()))

    return LeafType(
        base=row["base"],
        names=tuple(row.get("names", ())),
        ranges=spans("ranges"),
        lengths=spans("lengths"),
        patterns=tuple(row.get("patterns", ())),
        members=tuple(_type(table[number], table) for number in row.get("members", ())),
        modules=tuple((name, prefix, uri) for name, prefix, uri in row.get("modules", ())),
    )
