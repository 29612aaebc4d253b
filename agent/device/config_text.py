"""A whole configuration as text, read line by line into the datastore's shape.

The lines go through the same grammar as typed ones, so a printed running-config, a factory
configuration and a day-0 file all mean what they would mean at the console.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.device.addressless import with_consequences
from agent.device.certificates import keep, read_text
from agent.device.config_edits import BASE, EDITORS, Salt, Told, inconsistent
from cli_grammar import Grammar, Matched, match
from yang.slices import Slices, whole
from yang.tree import Entry, Path, Tree, apply

CONFIG = "config"
_LINES = 4  # that are read in one slice
CERTIFICATE = "pki.certificate"  # its lines are no commands
_BANNER = re.compile(r"banner \w+ (\^C|\S)", re.IGNORECASE)
_HEAD = ("Building configuration...", "Current configuration")


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is no configuration command here; `number` counts from 1."""

    number: int
    line: str


@dataclass(frozen=True, slots=True)
class ReadConfig:
    """The root with all understood lines applied, and the lines that were not understood."""

    root: Tree
    refused: tuple[Refused, ...]


def read_config(text: str, grammar: Grammar, root: Tree, salt: Salt) -> ReadConfig:
    """Apply a configuration's lines to `root`, in order. `salt` gives a salt for each secret."""
    return whole(reading_config(text, grammar, root, salt))


def reading_config(text: str, grammar: Grammar, root: Tree, salt: Salt) -> Slices[ReadConfig]:
    """`read_config` in slices."""
    mode = CONFIG
    bases: dict[str, Path] = {CONFIG: ()}
    refused: list[Refused] = []
    lines = _whole_lines(text)
    for read, (number, line) in enumerate(lines, 1):
        if not read % _LINES:
            yield
        if not line.strip() or line.lstrip().startswith("!") or line.startswith(_HEAD):
            continue
        if line.strip() == "end":
            break
        found = match(grammar, mode, line, 15)
        if not isinstance(found, Matched) or found.do:
            refused.append(Refused(number, line))
            continue
        mode = found.mode
        base = bases[mode]
        if found.target.handler == "terminal.exit":
            mode = grammar.modes[mode].parent or CONFIG
            continue
        if found.target.handler == CERTIFICATE:
            der = read_text(_until_quit(lines))
            if der is None:
                refused.append(Refused(number, line))
            else:
                step, args = base[-1], found.args
                chain = step.key if isinstance(step, Entry) else step
                root = apply(root, keep(chain, args["kind"], args["serial"], der))
            continue
        editor = EDITORS.get(found.target.handler)
        changes = editor(root, {**found.args, BASE: base}, salt) if editor else found.edits(base)
        if isinstance(changes, Told):
            changes = changes.edits
        if not isinstance(changes, tuple) or inconsistent(found.args):
            refused.append(Refused(number, line))
            continue
        root = apply(root, with_consequences(root, changes, grammar))
        if found.target.enter:
            mode = found.target.enter
            bases[mode] = found.entered_base(base)
    return ReadConfig(root, tuple(refused))


def _until_quit(lines: Iterator[tuple[int, str]]) -> Iterator[str]:
    """The lines of a certificate; its `quit` is taken too."""
    for _, line in lines:
        if line.strip().lower() == "quit":
            return
        yield line


def _whole_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; a banner is one line up to its closing mark."""
    lines = enumerate(text.splitlines(), 1)
    for number, line in lines:
        begun = _BANNER.match(line)
        if begun:
            while begun[1] not in line[begun.end() :]:
                _, more = next(lines, (0, begun[1]))
                line += f"\n{more}"
        yield number, line
