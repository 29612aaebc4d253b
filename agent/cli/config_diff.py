"""Compares two configurations as text: what a device's archive commands print of them.

A configuration is read into sections by the indentation of its lines; remarks and the head that
`show running-config` prints do not count. Sources: docs/sources.md, entry config-replace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from yang.slices import Slices, whole

HEAD = "!Contextual Config Diffs:"
LIST = "!List of Commands:"
NOTHING = "!No changes were found"
_LINES = 1_000  # that are read in one slice
_IGNORED = ("Building configuration", "Current configuration", "Using ", "end", "version ")


@dataclass(slots=True)
class Section:
    """The lines below a line, in their order."""

    lines: dict[str, Section] = field(default_factory=dict)


def read(text: str) -> Section:
    """The sections of a configuration."""
    return whole(_reading(text))


def _reading(text: str) -> Slices[Section]:
    root = Section()
    open_sections: list[tuple[int, Section]] = [(-1, root)]
    for number, raw in enumerate(text.splitlines()):
        if not number % _LINES:
            yield
        line = raw.strip()
        if not line or line.startswith("!"):
            continue
        indent = len(raw) - len(raw.lstrip(" "))
        if indent == 0 and line.startswith(_IGNORED):
            continue
        while open_sections[-1][0] >= indent:
            open_sections.pop()
        below = open_sections[-1][1].lines.setdefault(line, Section())
        open_sections.append((indent, below))
    return root


def differences(first: str, second: str) -> str:
    """`show archive config differences`: what the second has more, then what it has less."""
    return whole(comparing(first, second))


def comparing(first: str, second: str) -> Slices[str]:
    """`differences` in slices."""
    one = yield from _reading(first)
    two = yield from _reading(second)
    yield
    more = list(_only("+", two, one, 0))
    yield
    found = [*more, *_only("-", one, two, 0)]
    return "\n".join([HEAD, *(found or [NOTHING])])


def incremental(running: str, given: str, ignore_case: bool = False) -> str:
    """`show archive config incremental-diffs`: the lines of a file that would change anything."""
    return whole(lacking(running, given, ignore_case))


def lacking(running: str, given: str, ignore_case: bool = False) -> Slices[str]:
    """`incremental` in slices."""
    has = yield from _reading(running)
    wants = yield from _reading(given)
    yield
    if ignore_case:
        has = _lower(has)
    found = list(_commands(wants, has, 0, ignore_case))
    return "\n".join([LIST, *found, "end"] if found else [LIST, "end", NOTHING])


def _only(mark: str, here: Section, there: Section, depth: int) -> Iterator[str]:
    """Lines of one that the other lacks, below the unmarked lines they stand under."""
    for line, below in here.lines.items():
        other = there.lines.get(line)
        if other is None:
            yield f"{' ' * depth}{mark}{line}"
            yield from _all(mark, below, depth + 1)
        elif inner := list(_only(mark, below, other, depth + 1)):
            yield f"{' ' * depth}{line}"
            yield from inner


def _all(mark: str, section: Section, depth: int) -> Iterator[str]:
    for line, below in section.lines.items():
        yield f"{' ' * depth}{mark}{line}"
        yield from _all(mark, below, depth + 1)


def _commands(wants: Section, has: Section, depth: int, fold: bool) -> Iterator[str]:
    for line, below in wants.lines.items():
        known = line.lower() if fold else line
        if known[:3].lower() == "no ":
            if _has_line(has.lines, known[3:].strip()):
                yield f"{' ' * depth}{line}"
            continue
        there = has.lines.get(known)
        inner = list(_commands(below, there or Section(), depth + 1, fold))
        if there is None or inner:
            yield f"{' ' * depth}{line}"
            yield from inner


def _has_line(lines: Mapping[str, Section], begun: str) -> bool:
    """Is there a line that `no` with these words would take away?"""
    return any(line == begun or line.startswith(f"{begun} ") for line in lines)


def _lower(section: Section) -> Section:
    return Section({line.lower(): _lower(below) for line, below in section.lines.items()})
