"""A configuration as lines: the grammar's rows walked backwards over the datastore.

Each row that sets something is held against the tree; where all it sets is there, it can print
its line with the values found. Rows that say more go first, and a row whose whole content has been
said is left out, so that `username a privilege 15 secret 9 ...` is one line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cli_grammar.placeholders import INTERFACE_TYPES, InterfaceName
from cli_grammar.tree import Branch, Grammar, Mode, Node, Part, PathStep, Setting, branches
from yang.slices import Slices, whole
from yang.tree import EMPTY, Entry, Path, Rows, Tree, get

Name = tuple[str, str]  # a placeholder and the attribute of it
Claim = tuple[Any, ...]  # what a line says: a path, and for a leaf-list the value too
_TYPES = tuple(INTERFACE_TYPES)
_FIRST = (0,)  # one value for all: a long configuration has many
_PLACES = 64  # of the tree that are looked at in one slice


@dataclass(frozen=True, slots=True)
class Printable:
    """A row that can print a line; `negated` ones print `no ...`."""

    branch: Branch
    settings: tuple[Setting, ...]
    keywords: tuple[str, ...]  # up to the first value: what a layout chooses by
    enter: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a configuration, with the lines of the mode it enters."""

    text: str
    keywords: tuple[str, ...]
    body: tuple[str, ...] = ()
    head: str = ""
    foot: str = ""

    def printed(self) -> tuple[str, ...]:
        """All its lines."""
        body = tuple(f" {line}" for line in self.body)
        head, foot = (self.head,) * bool(self.head), (self.foot,) * bool(self.foot)
        return (*head, self.text, *body, *foot)


@dataclass(frozen=True, slots=True)
class _Found:
    """Values for a row's placeholders, what is said with them, where each stands in order."""

    values: Mapping[Name, Any]
    claims: tuple[Claim, ...] = ()
    order: Mapping[Name, Any] = field(default_factory=dict)


def printables(mode: Mode) -> tuple[Printable, ...]:
    """The rows of a mode that can print a line, those that say most first."""
    found = []
    for branch in branches(mode.root):
        node = branch[-1]
        if node.hidden:
            continue
        shown = _shown(node)
        if shown and node.target and not node.quiet:
            found.append(Printable(branch, shown, _keywords(branch), node.target.enter))
        above = branch[-2] if len(branch) > 1 else mode.root
        if node.negation and node.negation is not above.negation:
            written = tuple(s for s in node.negation.settings if s.operation == "set")
            if written:
                found.append(Printable(branch, written, _keywords(branch), negated=True))
    longer = [row for row in found if not any(_says_more(other, row) for other in found)]
    return tuple(sorted(longer, key=lambda row: (-len(row.settings), -len(row.branch))))


def _says_more(other: Printable, row: Printable) -> bool:
    """Do both write the same with `no`, and the other's line goes on where this one ends?"""
    if not (row.negated and other.negated and other.settings == row.settings):
        return False
    length = len(row.branch)
    return len(other.branch) > length and other.branch[:length] == row.branch


def _keywords(branch: Branch) -> tuple[str, ...]:
    words = []
    for node in branch:
        if node.placeholder:
            break
        words.append(node.token)
    return tuple(words)


def printed_lines(
    grammar: Grammar, root: Tree, mode: str = "config", base: Path = (), everything: bool = False
) -> list[Line]:
    """The lines of a mode's configuration, in the order of the grammar's rows and the tree's.

    With `everything` the defaults in force are among them.
    """
    return whole(printing(grammar, root, mode, base, everything))


def printing(
    grammar: Grammar, root: Tree, mode: str = "config", base: Path = (), everything: bool = False
) -> Slices[list[Line]]:
    """`printed_lines` in slices: a long configuration lets others have their turn."""
    looked = 0
    here: Tree = get(root, base, EMPTY)
    said: set[Claim] = set()
    chosen: list[Line] = []
    places: list[tuple[Any, ...]] = []  # where each stands among them
    for row in _printables_of(grammar.modes[mode]):
        if _absent(row.settings[0], root, here):
            continue
        for found in _unified(row.settings, root, base, _Found({}), said):
            looked += 1
            if not looked % _PLACES:
                yield
            if found is None or said.issuperset(found.claims):
                continue
            said.update(found.claims)
            line = yield from _line(grammar, root, base, row, found, everything)
            chosen.append(line)
            places.append(_order(row.branch, found))
    for branch in _defaults_of(grammar.modes[mode]) if everything else ():
        if _in_force(branch[-1], root, base):
            words = tuple(node.printed_as or node.token for node in branch)
            chosen.append(Line(" ".join(words), words))
            places.append(_order(branch, _Found({})))
    yield
    return [chosen[at] for at in sorted(range(len(chosen)), key=places.__getitem__)]


@cache
def _printables_of(mode: Mode) -> tuple[Printable, ...]:
    return printables(mode)


@cache
def _defaults_of(mode: Mode) -> tuple[Branch, ...]:
    """The rows that say what is so anyhow: never printed, and without a value to choose."""
    return tuple(
        branch
        for branch in branches(mode.root)
        if branch[-1].usual
        and branch[-1].target
        and not branch[-1].hidden
        and not branch[-1].target.enter
        and not any(node.placeholder for node in branch)
    )


def _in_force(node: Node, root: Tree, base: Path) -> bool:
    """Does nothing in the tree say otherwise? What the row clears must not be there either."""
    for setting in node.target.settings if node.target else ():
        found = get(root, setting.path.fill({}, base))
        if found is not None and (setting.operation == "delete" or found != setting.value):
            return False
    return True


def _absent(setting: Setting, root: Tree, here: Tree) -> bool:
    """Is there plainly nothing at the setting's path? Asked first: most rows print nothing."""
    node: Any = here if setting.path.relative else root
    for step in setting.path.steps:
        if not isinstance(step.name, str) or not isinstance(node, Tree):
            return False
        node = node.get(step.name)
        if node is None:
            return True
        if step.key:
            return False
    return False


def _shown(node: Node) -> tuple[Setting, ...]:
    settings = node.target.settings if node.target else ()
    return tuple(s for s in settings if s.printed and s.operation != "delete")


def _line(
    grammar: Grammar, root: Tree, base: Path, row: Printable, found: _Found, everything: bool
) -> Slices[Line]:
    words = ["no"] if row.negated else []
    words += [_word(node, found.values) for node in row.branch]
    if not row.enter:
        return Line(" ".join(words), row.keywords)
    mode = grammar.modes[row.enter]
    inside = row.settings[0].path.fill(_arguments(found.values), base)
    body = mode.note.splitlines()
    for line in (yield from printing(grammar, root, row.enter, inside, everything)):
        body += line.printed()
    return Line(" ".join(words), row.keywords, tuple(body), mode.head, mode.foot)


def _word(node: Node, values: Mapping[Name, Any]) -> str:
    """A token as a configuration prints it."""
    if node.placeholder is None:
        return node.printed_as or node.token
    name = node.placeholder.name
    if (name, "") in values:
        text = str(values[name, ""])
    else:
        text = f"{values[name, 'type']}{values[name, 'number']}"
    return _QUOTES.get(node.placeholder.kind, "{}").format(text)


_QUOTES: Mapping[str, str] = {"name": '"{}"', "delimited": "^C{}^C"}


def _arguments(values: Mapping[Name, Any]) -> dict[str, Any]:
    """The values as a matched line would have them."""
    arguments = {name: value for (name, attribute), value in values.items() if not attribute}
    for (name, attribute), value in values.items():
        if attribute == "type":
            arguments[name] = InterfaceName(value, values[name, "number"])
    return arguments


def _unified(
    settings: tuple[Setting, ...], root: Tree, base: Path, found: _Found, said: set[Claim]
) -> Iterator[_Found | None]:
    """Every way to find all of `settings` in the tree; None for each row looked at on the way."""
    if not settings:
        yield found
        return
    setting, rest = settings[0], settings[1:]
    start = get(root, base) if setting.path.relative else root
    prefix = base if setting.path.relative else ()
    for reached in _reached(setting.path.steps, start, prefix, found):
        if reached is None:
            yield None
            continue
        path, value, here = reached
        for more in _valued(setting, path, value, here, said):
            yield from _unified(rest, root, base, more, said)


def _reached(
    steps: tuple[PathStep, ...], node: Any, path: Path, found: _Found
) -> Iterator[tuple[Path, Any, _Found] | None]:
    """The nodes of the tree a path template leads to, with the values found on the way.

    None for each row of a list.
    """
    plain = 0
    while plain < len(steps) and isinstance(name := steps[plain].name, str):
        if steps[plain].key:
            break
        node = node.get(name) if isinstance(node, Tree) else None
        if node is None:
            return
        path = (*path, name)
        plain += 1
    if plain == len(steps):
        yield path, node, found
        return
    if not isinstance(node, Tree):
        return
    step, rest = steps[plain], steps[plain + 1 :]
    for name, named in _named(step.name, node, found):
        below = node.get(name)
        if below is None:
            continue
        if not step.key:
            yield from _reached(rest, below, (*path, name), named)
        elif isinstance(below, Rows):
            for key, keyed in _keyed(step.key, below, named):
                yield None
                yield from _reached(rest, below[key], (*path, Entry(name, key)), keyed)


def _named(part: Part, node: Tree, found: _Found) -> Iterator[tuple[str, _Found]]:
    if isinstance(part, str):
        yield part, found
    elif part in found.values:
        yield str(found.values[part]), found
    else:
        for name in node:
            at = _TYPES.index(name) if name in _TYPES else len(_TYPES)
            yield name, _bound(found, part, name, at)


def _keyed(parts: tuple[Part, ...], rows: Rows, found: _Found) -> Iterator[tuple[str, _Found]]:
    """The rows whose key fits; numbers come in their order, other keys in that of entry."""
    if all(isinstance(part, str) or part in found.values for part in parts):
        key = ",".join(p if isinstance(p, str) else str(found.values[p]) for p in parts)
        if key in rows:
            yield key, found
        return
    for at, key in enumerate(rows):
        texts = key.split(",") if len(parts) > 1 else [key]
        here: _Found | None = found
        for part, text in zip(parts, texts, strict=True):
            here = here and _fits(part, text, _numbers(key) or at, here)
        if here:
            yield key, here


def _valued(
    setting: Setting, path: Path, value: Any, found: _Found, said: set[Claim]
) -> Iterator[_Found]:
    """Hold a setting's value against what the tree has at its path."""
    if setting.operation == "add":
        values = value if isinstance(value, tuple) else ()
        left = [
            (at, one)
            for at, one in enumerate(values)
            if (path, one) not in said and (path, one) not in found.claims
        ]
        # a row with several additions takes them in order, a row with one prints a line for each
        for at, one in left:
            here = _fits(setting.placeholder or setting.value, one, at, found)
            if here:
                yield _claimed(here, (path, one))
                if found.claims and found.claims[-1][0] == path:
                    return
        return
    if setting.value is None and setting.placeholder is None:
        if isinstance(value, Tree):
            yield _claimed(found, (path,))
        return
    if isinstance(value, Tree | Rows | tuple):
        return
    here = _fits(setting.placeholder or setting.value, value, 0, found)
    if here:
        yield _claimed(here, (path,))


def _fits(wanted: Any, value: Any, at: Any, found: _Found) -> _Found | None:
    """Is the value the constant wanted, or what the placeholder is bound to, or free to be?"""
    if not isinstance(wanted, tuple):
        return found if type(wanted) is type(value) and wanted == value else None
    if wanted in found.values:
        return found if str(found.values[wanted]) == str(value) else None
    return _bound(found, wanted, value, at)


def _bound(found: _Found, part: Name, value: Any, at: Any) -> _Found:
    return _Found({**found.values, part: value}, found.claims, {**found.order, part: at})


def _claimed(found: _Found, claim: Claim) -> _Found:
    return _Found(found.values, (*found.claims, claim), found.order)


def _order(branch: Branch, found: _Found) -> tuple[Any, ...]:
    """Where a line stands: by its tokens' places in the grammar, by its values' in the tree."""
    places: list[Any] = []
    for node in branch:
        places.append(node.place)
        if node.placeholder:
            for attribute in ("", "type", "number"):
                at = found.order.get((node.placeholder.name, attribute))
                places.append(at if isinstance(at, tuple) else (at,) if at else _FIRST)
    return tuple(places)


def _numbers(key: str) -> tuple[int, ...]:
    """The numbers of an interface; an address is none, and stays where it was entered."""
    if key.count(".") == 3:
        return ()
    parts = key.replace(".", "/").split("/")
    return tuple(int(p) for p in parts) if all(p.isdigit() for p in parts) else ()
