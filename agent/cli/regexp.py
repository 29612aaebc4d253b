"""Regular expressions in the IOS flavour, matched in time linear in the line.

The flavour: `.` any character, `* + ?` repeat, `[a-z]` and `[^a-z]`, `( )`, `|`, `^` and `$` the
ends of the line, `_` a delimiter (an end of the line, a blank, or one of `,{}()`) or itself, so
that `include SMART_LIC` finds what it says, backslash makes the next character literal. There are
no back references and no counts in braces.

A pattern becomes an automaton of at most a few states per character; its sets of states are
remembered as they are met. No pattern can run away, as backtracking matchers do, and nobody's
pattern raises: what is wrong with it is a `Fault`, a value. Source: pipe-regex.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LENGTH_LIMIT = 512
_REMEMBERED = 512  # sets of states kept; then the memory starts anew
_BEGIN, _END = "\ue000", "\ue001"  # the ends of a line, as characters of their own
_DELIMITERS = frozenset((_BEGIN, _END, *" ,{}()_"))
_ENDS = frozenset((_BEGIN, _END))


@dataclass(frozen=True, slots=True)
class Fault:
    """The pattern cannot be compiled, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Chars:
    """A set of characters; negated it holds all others but the ends of the line."""

    chars: frozenset[str]
    negated: bool = False

    def holds(self, char: str) -> bool:
        if self.negated:
            return char not in self.chars and char not in _ENDS
        return char in self.chars


class _Wrong(Exception):
    """Leaves the parser; never leaves this module."""


@dataclass(slots=True)
class Pattern:
    """A compiled pattern. `search(line)` tells whether it matches anywhere in the line."""

    steps: list[tuple[_Chars, int] | None] = field(default_factory=list)
    free: list[list[int]] = field(default_factory=list)  # moves that take no character
    start: int = 0
    accept: int = 0
    literal: str | None = None
    _memory: dict[frozenset[int], dict[str, frozenset[int]]] = field(default_factory=dict)
    _first: frozenset[int] = frozenset()

    def search(self, line: str) -> bool:
        if self.literal is not None:
            return self.literal in line
        now = self._first
        if self.accept in now:
            return True
        for char in (_BEGIN, *line, _END):
            known = self._memory.get(now)
            then = known.get(char) if known is not None else None
            now = self._step(now, char) if then is None else then
            if self.accept in now:
                return True
        return False

    def _step(self, now: frozenset[int], char: str) -> frozenset[int]:
        reached = {step[1] for state in now if (step := self.steps[state]) and step[0].holds(char)}
        then = self._closure(reached) | self._first
        if len(self._memory) >= _REMEMBERED:
            self._memory.clear()
        self._memory.setdefault(now, {})[char] = then
        return then

    def _closure(self, states: set[int]) -> frozenset[int]:
        seen = set(states)
        waiting = list(states)
        while waiting:
            for target in self.free[waiting.pop()]:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return frozenset(seen)

    def add(self) -> int:
        self.steps.append(None)
        self.free.append([])
        return len(self.steps) - 1

    def ready(self, start: int, accept: int) -> Pattern:
        self.start, self.accept = start, accept
        self._first = self._closure({start})
        return self


def compile_pattern(text: str) -> Pattern | Fault:
    """Compile an IOS regular expression."""
    if len(text) > LENGTH_LIMIT:
        return Fault("regexp too big")
    if not any(c in r".*+?[]()|^$_\\" for c in text):
        return Pattern(literal=text)
    try:
        return _Parser(text).read()
    except _Wrong as wrong:
        return Fault(str(wrong))


class _Parser:
    """Reads a pattern into an automaton; each part returns its first and last state."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.pattern = Pattern()

    def read(self) -> Pattern:
        part = self._either(0)
        if self.at < len(self.text):
            raise _Wrong("unmatched ()")
        return self.pattern.ready(*part)

    def _either(self, depth: int) -> tuple[int, int]:
        if depth > 100:
            raise _Wrong("too many ()")
        first, last = self.pattern.add(), self.pattern.add()
        while True:
            begin, end = self._row(depth)
            self.pattern.free[first].append(begin)
            self.pattern.free[end].append(last)
            if self._peek() != "|":
                return first, last
            self.at += 1

    def _row(self, depth: int) -> tuple[int, int]:
        first = last = self.pattern.add()
        while (char := self._peek()) and char not in "|)":
            begin, end = self._repeated(depth)
            self.pattern.free[last].append(begin)
            last = end
        return first, last

    def _repeated(self, depth: int) -> tuple[int, int]:
        begin, end = self._atom(depth)
        mark = self._peek()
        if mark not in ("*", "+", "?"):
            return begin, end
        self.at += 1
        if self._peek() in ("*", "+", "?"):
            raise _Wrong("nested *?+")
        first, last = self.pattern.add(), self.pattern.add()
        self.pattern.free[first].append(begin)
        self.pattern.free[end].append(last)
        if mark in "*?":
            self.pattern.free[first].append(last)
        if mark in "*+":
            self.pattern.free[end].append(begin)
        return first, last

    def _atom(self, depth: int) -> tuple[int, int]:
        char = self.text[self.at]
        self.at += 1
        if char == "(":
            part = self._either(depth + 1)
            if self._peek() != ")":
                raise _Wrong("unmatched ()")
            self.at += 1
            return part
        if char in "*+?":
            raise _Wrong("?+* follows nothing")
        return self._one(self._class() if char == "[" else self._chars(char))

    def _chars(self, char: str) -> _Chars:
        match char:
            case ".":
                return _Chars(frozenset(), negated=True)
            case "^":
                return _Chars(frozenset(_BEGIN))
            case "$":
                return _Chars(frozenset(_END))
            case "_":
                return _Chars(_DELIMITERS)
            case "\\":
                if self.at >= len(self.text):
                    raise _Wrong("trailing \\")
                char = self.text[self.at]
                self.at += 1
        return _Chars(frozenset(char))

    def _class(self) -> _Chars:
        negated = self._peek() == "^"
        self.at += negated
        chars: set[str] = set()
        first = True
        while first or self._peek() != "]":
            if self.at >= len(self.text):
                raise _Wrong("unmatched []")
            low = high = self.text[self.at]
            self.at += 1
            if self.text[self.at : self.at + 1] == "-" and self.text[
                self.at + 1 : self.at + 2
            ] not in (
                "",
                "]",
            ):
                high = self.text[self.at + 1]
                self.at += 2
            if low > high:
                raise _Wrong("invalid [] range")
            chars.update(map(chr, range(ord(low), min(ord(high), 0xFFFF) + 1)))
            first = False
        self.at += 1
        return _Chars(frozenset(chars), negated)

    def _one(self, chars: _Chars) -> tuple[int, int]:
        begin, end = self.pattern.add(), self.pattern.add()
        self.pattern.steps[begin] = (chars, end)
        return begin, end

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]
