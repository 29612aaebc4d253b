"""From rows to a grammar: choose what a release and a platform have, and check all of it.

`check` looks at every row whatever its gates; `build` makes the frozen tree for one choice.
What a row's `no` does follows here from the row, so that matching has nothing left to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from cli_grammar.errors import GrammarError
from cli_grammar.notation import ModeRows, Row, Rows, each_word, references
from cli_grammar.tree import Grammar, Mode, Node, Setting, Target, nodes

Words = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # (list, ((word, help), ...))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows are wanted: releases by a question on a span, platforms by their names.

    `words` are the lists that the platform brings: by name, the words with their help.
    """

    within: Callable[[str], bool]
    platforms: frozenset[str]
    strict: bool = False
    words: Words = ()

    def has(self, row: Row) -> bool:
        if self.strict and "emulator" in row.flags:
            return False
        if row.platforms and not row.platforms & self.platforms:
            return False
        return not row.spans or any(self.within(span) for span in row.spans)

    def rows(self, rows: list[Row]) -> Iterator[Row]:
        """The rows that are wanted; of one that stands for a list, one for each of its words."""
        for row in rows:
            if not self.has(row):
                continue
            if row.words_of:
                yield from each_word(row, dict(self.words).get(row.words_of, ()))
            else:
                yield row


@dataclass(frozen=True, slots=True)
class _Inherited:
    """What a row takes over from the rows above it."""

    privilege: int
    piped: bool = False
    hidden: bool = False
    never: bool = False
    negation: Target | None = None
    settings: tuple[Setting, ...] = ()


def check(rows: Rows) -> None:
    """Every row has somewhere to go, every name means something. Raises GrammarError."""
    for mode in rows.modes.values():
        if not mode.title:
            raise GrammarError(mode.where, f"mode {mode.name!r} has no title")
        if mode.parent and mode.parent not in rows.modes:
            raise GrammarError(mode.where, f"unknown mode {mode.parent!r}")
        for row in mode.top:
            _check(row, frozenset(), rows.modes, False)


def build(rows: Rows, choice: Choice) -> Grammar:
    """The grammar of one release and platform. Raises GrammarError on a token there twice."""
    return Grammar(
        MappingProxyType({name: _mode(mode, choice) for name, mode in rows.modes.items()})
    )


def check_handlers(grammar: Grammar, known: frozenset[str]) -> None:
    """Every handler the grammar asks for is in `known`. Raises GrammarError naming the row."""
    for mode in grammar.modes.values():
        for node in nodes(mode.root):
            for target in (node.target, node.negation):
                if target and target.handler and target.handler not in known:
                    raise GrammarError(node.where, f"unknown handler {target.handler!r}")


def _check(row: Row, scope: frozenset[str], modes: Mapping[str, ModeRows], carried: bool) -> None:
    if row.placeholder:
        if row.placeholder.name in scope:
            raise GrammarError(row.where, f"<{row.placeholder.name}> is on this line already")
        scope |= {row.placeholder.name}
    if row.enter and row.enter not in modes:
        raise GrammarError(row.where, f"unknown mode {row.enter!r}")
    for target in (Target(settings=tuple(row.settings)), row.no_form or Target()):
        for name in references(target):
            if name not in scope:
                raise GrammarError(row.where, f"unknown placeholder <{name}> in a path or value")
    carried = carried or bool(row.settings)
    goal = carried or bool(row.handler) or not row.flags.isdisjoint({"accepts", "prefix"})
    if not goal and (not row.children or "<cr>" in row.flags):
        raise GrammarError(row.where, f"{row.token!r} leads nowhere: no handler and no setting")
    if row.handler and row.children and "<cr>" not in row.flags:
        raise GrammarError(row.where, f"{row.token!r} has a handler and more below, but no <cr>")
    for child in row.children:
        _check(child, scope, modes, carried)


def _mode(mode: ModeRows, choice: Choice) -> Mode:
    children = _children(mode.top, choice, _Inherited(mode.privilege))
    root = _node(Row("", mode.title, mode.where), _Inherited(mode.privilege), children)
    return Mode(
        name=mode.name,
        root=root,
        title=mode.title,
        prompt=mode.prompt,
        parent=mode.parent,
        foot=mode.foot,
        head=mode.head,
        note=mode.note,
    )


def _children(rows: list[Row], choice: Choice, above: _Inherited) -> tuple[Node, ...]:
    made: dict[str, Node] = {}
    for row in choice.rows(rows):
        if row.token.lower() in made:
            first = made[row.token.lower()].where
            raise GrammarError(row.where, f"{row.token!r} is there already ({first})")
        node = _below(row, choice, above, len(made))
        if node.children or node.target or node.prefix:
            made[row.token.lower()] = node
    return tuple(made.values())


def _below(row: Row, choice: Choice, above: _Inherited, place: int) -> Node:
    inherited = _Inherited(
        privilege=above.privilege if row.privilege is None else row.privilege,
        piped=above.piped or "piped" in row.flags,
        hidden=above.hidden or "hidden" in row.flags,
        never=(above.never or row.no_never) and row.no_form is None,
        negation=row.no_form or above.negation,
        settings=_together(above.settings, row.settings),
    )
    passed_on = replace(inherited, settings=above.settings) if "alone" in row.flags else inherited
    return _node(row, inherited, _children(row.children, choice, passed_on), place)


def _node(row: Row, inherited: _Inherited, children: tuple[Node, ...], place: int = 0) -> Node:
    target = _target(row, inherited)
    return Node(
        token=row.token,
        help=row.help,
        where=row.where,
        placeholder=row.placeholder,
        place=place,
        privilege=inherited.privilege,
        hidden=inherited.hidden,
        piped=inherited.piped,
        quiet=not row.flags.isdisjoint({"quiet", "usual"}),
        usual="usual" in row.flags,
        printed_as=row.printed_as,
        prefix="prefix" in row.flags,
        lacking=row.lacking,
        target=target,
        negation=None if inherited.never else _negation(row, inherited, target, children),
        children=children,
        keywords=MappingProxyType({c.token.lower(): c for c in children if not c.placeholder}),
        values=tuple(c for c in children if c.placeholder),
    )


def _target(row: Row, inherited: _Inherited) -> Target | None:
    """What a line that ends at this row does; None where it cannot end."""
    if row.children and "<cr>" not in row.flags:
        return None
    if row.handler:
        stored = inherited.settings if row.settings else ()
        return Target(row.handler, row.constants, stored, row.enter, row.says)
    if "prefix" in row.flags or not row.token:
        return None
    return Target("", {}, inherited.settings, row.enter, row.says)


def _negation(
    row: Row, inherited: _Inherited, target: Target | None, children: tuple[Node, ...]
) -> Target | None:
    """What `no` does with a line that ends here: stated, or the opposite of what the line does."""
    if inherited.negation:
        return inherited.negation
    if target and not target.handler:
        own = row.settings or target.settings
        undone = [s for s in target.settings if s in own or s.operation == "add"]
        return Target(settings=tuple(_undo(s) for s in undone if s.operation != "delete"))
    for child in children:
        if child.placeholder and child.target and not child.target.handler:
            written = child.target.settings[-1] if child.target.settings else None
            if written and written.placeholder == (child.placeholder.name, ""):
                return Target(settings=(Setting("delete", written.path),))
    return None


def _undo(setting: Setting) -> Setting:
    if setting.operation == "add":
        return Setting("discard", setting.path, setting.value, setting.placeholder)
    return Setting("delete", setting.path)


def _together(above: tuple[Setting, ...], own: list[Setting]) -> tuple[Setting, ...]:
    """What is set on the way and here; what this row writes or clears no longer counts above."""
    rewritten = [s.path for s in own if s.operation == "set"]
    cleared = [s.path for s in own if s.operation == "delete"]
    kept = (
        s
        for s in above
        if (s.operation != "set" or s.path not in rewritten)
        and not any(s.path.within(path) for path in cleared)
    )
    return (*kept, *own)
