"""Output pipes: what stands behind `|` on a command line, and what it does to the text printed.

`split` cuts a typed line at the first bar that stands alone; `read` turns what follows into a Pipe
or says what is wrong with it, with the column for the caret. A Pipe is applied to any Reply.
A second bar belongs to the pattern, as on the device. Sources: pipes, pipe-count.

A filter gives a line or None for each line it reads, so that a long text can be read in slices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from agent.cli.regexp import Fault, Pattern, compile_pattern
from yang.slices import Slices, whole

LINES = 256  # that are read in one slice


@dataclass(frozen=True, slots=True)
class Pipe:
    """What to do with the output: `kind` is a word of FILTERS or of WRITERS."""

    kind: str
    pattern: Pattern | None = None
    exclude: bool = False
    url: str = ""
    append: bool = False

    def apply(self, text: str) -> str:
        """The filtered text; a writer's text is unchanged (the session writes it)."""
        return whole(self.applying(text))

    def applying(self, text: str) -> Slices[str]:
        """`apply` in slices."""
        chosen = FILTERS.get(self.kind)
        if chosen is None or self.pattern is None:
            return text
        ends_empty = text.endswith("\n")
        lines = text[:-1].split("\n") if ends_empty else text.split("\n")
        kept = []
        for number, line in enumerate(chosen(self, lines), 1):
            if line is not None:
                kept.append(line)
            if not number % LINES:
                yield
        return "\n".join(kept)


@dataclass(frozen=True, slots=True)
class PipeIncomplete:
    """Words are missing behind the bar."""


@dataclass(frozen=True, slots=True)
class PipeInvalid:
    """The word at `column` of the text behind the bar is none of ours."""

    column: int


@dataclass(frozen=True, slots=True)
class PipeFault:
    """The pattern cannot be compiled."""

    sentence: str


PipeResult = Pipe | PipeIncomplete | PipeInvalid | PipeFault

WORDS = ("append", "begin", "count", "exclude", "include", "redirect", "section", "tee")
WRITERS = ("append", "redirect", "tee")

Filtered = Iterator[str | None]

_BAR = re.compile(r"(?<=\s)\|")


def split(line: str) -> tuple[str, str | None, int]:
    """Command, text behind the bar (None without a bar), and the column where that text starts."""
    if "|" not in line:
        return line, None, len(line)
    found = _BAR.search(line)
    if not found:
        return line, None, len(line)
    return line[: found.start()], line[found.end() :], found.end()


def read(text: str) -> PipeResult:
    """Understand the text behind the bar."""
    words = text.lstrip()
    column = len(text) - len(words)
    word, blank, rest = words.partition(" ")
    if not word:
        return PipeIncomplete()
    kind = _unique(word, WORDS)
    if kind is None:
        return PipeInvalid(column)
    if kind in WRITERS:
        return _writer(kind, rest.split(), column + len(word) + len(blank))
    exclude = False
    if kind == "section":
        inner, more, tail = rest.partition(" ")
        choice = _unique(inner, ("include", "exclude")) if inner and more and tail else None
        if choice:
            exclude, rest = choice == "exclude", tail
    if not rest:
        return PipeIncomplete()
    pattern = compile_pattern(rest)
    if isinstance(pattern, Fault):
        # assumed: the sentence; the reasons are those of the classic regexp library.
        return PipeFault(f"% Failed to compile regular expression: {pattern.reason}")
    return Pipe(kind, pattern, exclude)


def complete(text: str) -> str | None:
    """The text behind the bar with its one word completed; None where there is no such word."""
    word = text.strip()
    kind = _unique(word, WORDS) if word and text[-1] != " " and " " not in word else None
    return None if kind is None else text[: len(text) - len(word)] + kind + " "


def _unique(word: str, names: Iterable[str]) -> str | None:
    found = [name for name in names if name.startswith(word.lower())]
    return found[0] if len(found) == 1 else None


def _writer(kind: str, words: list[str], column: int) -> PipeResult:
    append = kind == "append"
    if kind == "tee" and words[:1] == ["/append"]:
        append, words = True, words[1:]
    if not words:
        return PipeIncomplete()
    if len(words) > 1:
        return PipeInvalid(column + len(words[0]) + 1)
    return Pipe(kind, url=words[0], append=append)


def _matches(pipe: Pipe, line: str) -> bool:
    return pipe.pattern is not None and pipe.pattern.search(line)


def _include(pipe: Pipe, lines: Iterable[str]) -> Filtered:
    return (line if _matches(pipe, line) else None for line in lines)


def _exclude(pipe: Pipe, lines: Iterable[str]) -> Filtered:
    return (None if _matches(pipe, line) else line for line in lines)


def _begin(pipe: Pipe, lines: Iterable[str]) -> Filtered:
    begun = False
    for line in lines:
        begun = begun or _matches(pipe, line)
        yield line if begun else None


def _count(pipe: Pipe, lines: Iterable[str]) -> Filtered:
    found = 0
    for line in lines:
        found += _matches(pipe, line)
        yield None
    yield f"Number of lines which match regexp = {found}"


def _section(pipe: Pipe, lines: Iterable[str]) -> Filtered:
    """A matching line opens a section; more indented lines below belong to it."""
    indent: int | None = None
    for line in lines:
        depth = len(line) - len(line.lstrip(" "))
        if indent is None or depth <= indent or not line:
            indent = depth if _matches(pipe, line) else None
        yield line if (indent is None) == pipe.exclude else None


FILTERS: dict[str, Callable[[Pipe, Iterable[str]], Filtered]] = {
    "begin": _begin,
    "count": _count,
    "exclude": _exclude,
    "include": _include,
    "section": _section,
}
