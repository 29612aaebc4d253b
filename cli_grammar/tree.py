"""The grammar as a value: modes, each a tree of tokens; what a line that ends at a token does.

Everything here is frozen and shared by all devices of one release and platform.
A path template is the text of a datastore path with placeholders in angle brackets,
`native/username[<name>]/privilege`; one that starts with `./` continues from the base path of the
mode it stands in, which is the path of the line that entered the mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli_grammar.placeholders import Placeholder
from yang.tree import Edit, Entry, Path

Part = str | tuple[str, str]  # a constant, or a placeholder's name and the attribute wanted of it


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of a path template: a name, and the key where it is a row of a list."""

    name: Part
    key: tuple[Part, ...] = ()  # several parts make one key, joined by commas


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A path whose steps may hold placeholders. `relative` ones continue from the mode's base."""

    steps: tuple[PathStep, ...]
    relative: bool = False

    def within(self, other: PathTemplate) -> bool:
        """Is this path the other one, or below it?"""
        return self.relative == other.relative and self.steps[: len(other.steps)] == other.steps

    def fill(self, args: Mapping[str, Any], base: Path) -> Path:
        """The path with the values of `args` in it."""
        filled: list[str | Entry] = list(base) if self.relative else []
        for step in self.steps:
            name = _text(step.name, args)
            key = ",".join(_text(part, args) for part in step.key)
            filled.append(Entry(name, key) if step.key else name)
        return tuple(filled)


@dataclass(frozen=True, slots=True)
class Setting:
    """One change a configuration line makes: an operation of `yang.tree.Edit` on a path.

    `value` is a constant, or the name of the placeholder whose value is written.
    """

    operation: str  # set | delete | add | discard
    path: PathTemplate
    value: str | int | bool | None = None
    placeholder: Part | None = None
    printed: bool = True  # is it part of how a configuration prints the line?

    def edit(self, args: Mapping[str, Any], base: Path) -> Edit:
        """The change with the values of `args` in it."""
        if isinstance(self.placeholder, tuple):
            name, attribute = self.placeholder
            value = getattr(args[name], attribute) if attribute else args[name]
            leaf = value if isinstance(value, str | int) else str(value)
            return Edit(self.operation, self.path.fill(args, base), leaf)
        return Edit(self.operation, self.path.fill(args, base), self.value)


@dataclass(frozen=True, slots=True)
class Target:
    """What a line does: ask a handler, or change the configuration; then perhaps enter a mode.

    With a handler, the handler decides; the settings then only say how the line is stored.
    """

    handler: str = ""
    constants: Mapping[str, Any] = field(default_factory=dict)
    settings: tuple[Setting, ...] = ()
    enter: str = ""
    says: str = ""  # printed after the change


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One token of a mode's tree. `target` and `negation` are set where a line may end here.

    A `prefix` token (`no`, `default`, `do`) stands before another line.
    """

    token: str
    help: str
    where: str
    placeholder: Placeholder | None = None
    place: int = 0  # its place among its neighbours, in the order of the files
    privilege: int = 1
    hidden: bool = False
    piped: bool = False
    quiet: bool = False
    usual: bool = False  # a default; such a token is quiet too
    printed_as: str = ""  # how a configuration prints the token, where that differs
    prefix: bool = False
    lacking: str = ""  # said where a line ends here and may not
    target: Target | None = None
    negation: Target | None = None
    children: tuple[Node, ...] = ()
    keywords: Mapping[str, Node] = field(default_factory=dict)
    values: tuple[Node, ...] = ()

    @property
    def symbol(self) -> str:
        """How help shows this token."""
        return self.placeholder.symbol if self.placeholder else self.token


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """A mode of the CLI: its prompt's text in brackets, its title in help, the mode around it."""

    name: str
    root: Node
    title: str
    prompt: str = ""
    parent: str = ""
    foot: str = ""  # the line after this mode's block in a printed configuration
    head: str = ""  # the line before it
    note: str = ""  # lines printed at the top of it


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """All modes for one release and platform."""

    modes: Mapping[str, Mode]

    def handlers(self) -> frozenset[str]:
        """The names of all handlers the grammar asks for."""
        return frozenset(
            target.handler
            for mode in self.modes.values()
            for node in nodes(mode.root)
            for target in (node.target, node.negation)
            if target and target.handler
        )


def nodes(root: Node) -> Iterator[Node]:
    """The tokens below `root`, in the order of the file."""
    for child in root.children:
        yield child
        yield from nodes(child)


Branch = tuple[Node, ...]


def branches(root: Node) -> Iterator[Branch]:
    """Every way from below `root` to a token, as the tuple of tokens passed."""
    for child in root.children:
        yield (child,)
        for branch in branches(child):
            yield (child, *branch)


def _text(part: Part, args: Mapping[str, Any]) -> str:
    if isinstance(part, str):
        return part
    name, attribute = part
    return str(getattr(args[name], attribute) if attribute else args[name])
