"""Would the device's parser take a configuration? Edits become command lines, as in the device.

A new root is printed as lines and the lines are read again. What is refused, or reads as something
else, is no configuration of this device: a level a platform does not have, a name with a blank in
it, a text that would be two lines.
Sources: docs/sources.md, entry device-refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from agent.device.config import bare_root, grammar_of
from agent.device.config_text import read_config
from agent.device.device import Device
from agent.device.unsaid import unsaid
from agent.netconf.native import changes, new_ports
from cli_grammar import Grammar, printed_lines
from cli_grammar.tree import nodes
from yang.tree import Edit, Tree, apply, get

INVALID = "% Invalid input detected at '^' marker."


@dataclass(frozen=True, slots=True)
class Refusal:
    """The command the device did not take and what it said."""

    command: str
    response: str


def refusal(device: Device, old: Tree, new: Tree) -> Refusal | None:
    """Why the device does not take `new` in place of `old`; None when it does."""
    edits = changes(old, new)
    if not edits:
        return None
    for port in new_ports(old, new):
        return Refusal(f"interface {port}", "% Invalid interface")
    for edit in edits:
        if isinstance(edit.value, str) and any(c < " " for c in edit.value) and not _text(edit):
            return Refusal(_said(edit), INVALID)
    new = apply(new, tuple(unsaid(old, edits)))
    grammar = grammar_of(device.profile, device.release, device.model)
    text = "\n".join(printed for line in printed_lines(grammar, new) for printed in line.printed())
    read = read_config(text, grammar, bare_root(device.profile, device.model), lambda: "")
    for refused in read.refused:
        return Refusal(refused.line.strip(), INVALID)
    return next(_lost(edits, new, read.root, _unprinted(grammar)), None)


@cache
def _unprinted(grammar: Grammar) -> frozenset[tuple[tuple[object, ...], object]]:
    """What lines set that no configuration prints, the defaults: names of the path, and value."""
    return frozenset(
        (tuple(step.name for step in setting.path.steps), setting.value)
        for mode in grammar.modes.values()
        for node in nodes(mode.root)
        if node.quiet and node.target
        for setting in node.target.settings
        if setting.operation == "set" and setting.placeholder is None
    )


def _is_default(edit: Edit, unprinted: frozenset[tuple[tuple[object, ...], object]]) -> bool:
    names = tuple(step if isinstance(step, str) else step.name for step in edit.path)
    return any((names[at:], edit.value) in unprinted for at in range(len(names)))


def _lost(
    edits: tuple[Edit, ...],
    new: Tree,
    read: Tree,
    unprinted: frozenset[tuple[tuple[object, ...], object]],
) -> Iterator[Refusal]:
    """What was set and is not what the lines say."""
    for edit in edits:
        if edit.operation not in ("set", "add") or _is_default(edit, unprinted):
            continue
        wanted, found = get(new, edit.path), get(read, edit.path)
        if edit.value is None:
            lost = wanted is not None and found is None
        elif edit.operation == "add":
            lost = edit.value not in (found or ())
        else:
            lost = wanted is not None and found != wanted
        if lost:
            yield Refusal(_said(edit), INVALID)


def _text(edit: Edit) -> bool:
    """A banner is a text of many lines."""
    return edit.path[:2] == ("native", "banner") and "\n" in str(edit.value)


def _said(edit: Edit) -> str:
    """A command for people to recognise: the steps of the path and the value."""
    steps = [s if isinstance(s, str) else f"{s.name} {s.key}" for s in edit.path[1:]]
    value = "" if edit.value in (None, True) else f" {edit.value}"
    return " ".join(steps) + value
