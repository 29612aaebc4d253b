"""Match a typed line against the grammar: exactly four outcomes, and nothing is printed here.

Keywords match by unique prefix whatever their case, an exact keyword wins, hidden ones come in
only where nothing else fits. A word of too high a privilege or of another release is unknown. In
configuration modes `no` and `default` stand before a line, `do` before an exec line, and what a
mode does not know is looked up in the mode around it, as IOS does.
Columns count from 0 at the line's first character. # source: caret-column
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli_grammar.placeholders import Miss, Word, misfit
from cli_grammar.tree import Grammar, Node, Target
from yang.tree import Edit, Path

EXEC = "exec"
_WORDS = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Matched:
    """The line is complete. `mode` is the mode it belongs to: one around the present mode when a
    global command was typed in a sub-mode, `exec` after `do`.

    `args` holds placeholder values by name and the constants of a handler; a handler that answers
    `default ...` finds `default` among them.
    """

    mode: str
    target: Target
    args: Mapping[str, Any]
    negated: bool = False
    defaulted: bool = False
    do: bool = False
    piped: bool = False

    def edits(self, base: Path = ()) -> tuple[Edit, ...]:
        """The changes to the configuration; `base` is what `entered_base` gave for this mode."""
        if self.defaulted:
            # `default X` returns to what the device does with X not configured.
            return tuple(
                Edit("delete", edit.path) if edit.operation == "set" else edit
                for edit in (setting.edit(self.args, base) for setting in self.target.settings)
            )
        return tuple(setting.edit(self.args, base) for setting in self.target.settings)

    def entered_base(self, base: Path = ()) -> Path:
        """The base path of the mode that this line enters."""
        settings = self.target.settings
        return settings[0].path.fill(self.args, base) if settings else base


@dataclass(frozen=True, slots=True)
class Incomplete:
    """More words are needed; `says` where the token has a sentence of its own for that."""

    says: str = ""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The word at `column` abbreviates several keywords."""

    column: int
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invalid:
    """Matching failed at the character in `column`, where the caret belongs."""

    column: int


Outcome = Matched | Incomplete | Ambiguous | Invalid


def words_of(line: str) -> list[Word]:
    """The words of a line with their columns."""
    return [Word(found.group(), found.start()) for found in _WORDS.finditer(line)]


def match(grammar: Grammar, mode: str, line: str, privilege: int = 15) -> Outcome:
    """Match one line, without pipe. An empty line is Incomplete: a session asks only with words."""
    words = words_of(line)
    best: Outcome | None = None
    at: str = mode
    while at:
        here = grammar.modes[at]
        outcome = _walk(_Line(grammar, at, line, words, privilege), here.root, 0, {})
        if isinstance(outcome, Matched):
            return outcome
        best = outcome if best is None else _further(best, outcome)
        at = here.parent
    return best or Incomplete()


def keywords_fitting(node: Node, word: str, privilege: int, negated: bool = False) -> list[Node]:
    """The keywords below `node` that `word` may stand for: one exact, or all it abbreviates."""
    lowered = word.lower()
    exact = node.keywords.get(lowered)
    if exact and exact.privilege <= privilege and not (negated and exact.prefix):
        return [exact]
    fitting = [
        child
        for keyword, child in node.keywords.items()
        if keyword.startswith(lowered)
        and child.privilege <= privilege
        and not (negated and child.prefix)
    ]
    shown = [child for child in fitting if not child.hidden]
    return shown or fitting


@dataclass(slots=True)
class _Line:
    """One line in work."""

    grammar: Grammar
    mode: str
    text: str
    words: Sequence[Word]
    privilege: int
    negated: bool = False
    defaulted: bool = False
    do: bool = False


def _walk(line: _Line, node: Node, at: int, args: dict[str, Any]) -> Outcome:
    """Follow the words from `at` on, below `node`."""
    words, privilege, negated = line.words, line.privilege, line.negated
    while at < len(words):
        word = words[at]
        child = node.keywords.get(word.text)  # most lines spell keywords out, in lower case
        if child is None or child.privilege > privilege or child.prefix:
            fitting = keywords_fitting(node, word.text, privilege, negated)
            if not fitting:
                return _values(line, node, at, args)
            if len(fitting) > 1:
                names = tuple(sorted(child.token for child in fitting))
                return Ambiguous(word.column, names)
            child = fitting[0]
        node = child
        at += 1
        if node.prefix:
            return _prefixed(line, node, at)
    return _ended(line, node, args)


def _prefixed(line: _Line, node: Node, at: int) -> Outcome:
    """Go on behind `no`, `default` or `do`."""
    if at == len(line.words):
        return Incomplete()
    if node.token == "do":
        line.do, line.mode = True, EXEC
    else:
        line.negated, line.defaulted = True, node.token == "default"
    return _walk(line, line.grammar.modes[line.mode].root, at, {})


def _values(line: _Line, node: Node, at: int, args: dict[str, Any]) -> Outcome:
    """No keyword fits the word at `at`: try the placeholders below `node`."""
    word = line.words[at]
    best: Outcome = Invalid(word.column + _common(node, word.text, line.privilege))
    for value in node.values:
        kind = value.placeholder
        if kind is None or value.privilege > line.privilege:
            continue
        found = kind.read(line.text, line.words, at)
        if found is Miss.SHORT:
            outcome: Outcome = Incomplete()
        elif found is Miss.AMBIGUOUS:
            outcome = Ambiguous(word.column, ())
        elif isinstance(found, Miss):
            inside = misfit(word.text) if kind.kind == "interface" else 0
            outcome = Invalid(word.column + inside)
        else:
            outcome = _walk(line, value, at + found[1], {**args, kind.name: found[0]})
            if isinstance(outcome, Matched):
                return outcome
        best = _further(best, outcome)
    return best


def _ended(line: _Line, node: Node, args: dict[str, Any]) -> Outcome:
    """The words are used up at `node`."""
    target = node.negation if line.negated else node.target
    if target is None:
        if line.negated and node.target and not node.children:
            return Invalid(line.words[-1].column)
        return Incomplete(node.lacking)
    if target.constants:
        args = {**target.constants, **args}
    if target.handler and line.defaulted:
        args = {**args, "default": "yes"}
    return Matched(line.mode, target, args, line.negated, line.defaulted, line.do, piped=node.piped)


def _common(node: Node, word: str, privilege: int) -> int:
    """How many leading characters of `word` fit some keyword below `node`."""
    lowered = word.lower()
    best = 0
    for keyword, child in node.keywords.items():
        if child.privilege > privilege or child.hidden:
            continue
        count = 0
        for typed, known in zip(lowered, keyword, strict=False):
            if typed != known:
                break
            count += 1
        best = max(best, count)
    return best


def _further(one: Outcome, other: Outcome) -> Outcome:
    """Of two failures the one that got further along the line; the first where they are equal."""
    return other if _reach(other) > _reach(one) else one


def _reach(outcome: Outcome) -> tuple[float, int]:
    if isinstance(outcome, Invalid):
        return outcome.column, 0
    if isinstance(outcome, Ambiguous):
        return outcome.column, 1
    return float("inf"), 0
