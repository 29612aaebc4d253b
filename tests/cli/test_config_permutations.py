"""Every configuration line of every mode: typed, printed, pasted into a fresh device, the same.

All lines of a platform at once in the default suite; each line by itself, and each `no` behind its
line, under the marker `long`.
"""

from __future__ import annotations

from functools import cache

import pytest

from agent.cli.running_config import Facts, configuration, unplaced
from agent.core.release import Release
from agent.device.config import bare_root, factory_root, grammar_of
from agent.device.config_edits import EDITORS
from agent.device.config_text import read_config
from agent.profiles.profile import load
from cli_grammar import Grammar, Matched, match, printed_lines
from cli_grammar.permutations import Permutation, permutations

PLATFORMS = (("c9300", "17.12.4"), ("c9800cl", "17.15.6"), ("c8000v", "17.12.4"))
# what a line may name has to be there before it
BEFORE = ("vrf definition WORD-x1",)


@cache
def platform(family: str, release: str):
    """(grammar, a device without configuration, the factory's, facts) of a platform."""
    profile, at = load(family), Release.parse(release)
    model = next(iter(profile.models))
    return grammar_of(profile, at), bare_root(profile, model), factory_root(profile, at), Facts(at)


def typed(text, root, grammar):
    return read_config(text, grammar, root, lambda: "2MJBozw/9R3UsU")


@cache
def entering(grammar: Grammar, mode: str) -> tuple[str, ...]:
    """Lines that lead from `config` into a mode."""
    if mode == "config":
        return ()
    parent = grammar.modes[mode].parent
    for permutation in permutations(grammar, parent):
        found = match(grammar, parent, permutation.line)
        if isinstance(found, Matched) and found.target.enter == mode and not permutation.negated:
            return (*entering(grammar, parent), permutation.line)
    raise AssertionError(f"no line enters {mode}")


def changes(grammar: Grammar, permutation: Permutation) -> bool:
    """Does the line change a configuration without a question or a session of its own?"""
    node = permutation.branch[-1]
    target = node.negation if permutation.negated else node.target
    if target is None or not (target.settings or target.handler):
        return False
    return not target.handler or target.handler in EDITORS


def config_modes(grammar: Grammar) -> list[str]:
    return [name for name in grammar.modes if name != "exec"]


def lines_of(grammar: Grammar, mode: str) -> list[str]:
    return [p.line for p in permutations(grammar, mode) if not p.negated and changes(grammar, p)]


def survives(text, grammar, bare, facts) -> str:
    """Type, print, paste, print: the same twice; returns what was printed."""
    first = typed(text, bare, grammar)
    assert not first.refused, first.refused[:3]
    assert not unplaced(printed_lines(grammar, first.root))
    printed = configuration(first.root, grammar, facts)
    second = typed(printed, bare, grammar)
    assert not second.refused, second.refused[:3]
    assert configuration(second.root, grammar, facts) == printed
    return printed


@pytest.mark.parametrize(("family", "release"), PLATFORMS)
def test_all_lines_at_once_survive_printing(family, release):
    grammar, bare, _, facts = platform(family, release)
    text = [*BEFORE]
    for mode in config_modes(grammar):
        for line in lines_of(grammar, mode):
            # each line anew from the top, since a line may enter a mode of its own
            text += ["exit"] * 4 + [*entering(grammar, mode), line] if mode != "config" else [line]
    printed = survives("\n".join(text), grammar, bare, facts)
    assert len(printed.splitlines()) > 150


@pytest.mark.parametrize(("family", "release"), PLATFORMS)
def test_the_factory_configuration_comes_back(family, release):
    grammar, bare, factory, facts = platform(family, release)
    printed = configuration(factory, grammar, facts)
    assert survives(printed, grammar, bare, facts) == printed


@pytest.mark.long
@pytest.mark.parametrize(("family", "release"), PLATFORMS)
def test_each_line_alone_survives_printing(family, release):
    grammar, bare, _, facts = platform(family, release)
    for mode in config_modes(grammar):
        for line in lines_of(grammar, mode):
            survives("\n".join([*BEFORE, *entering(grammar, mode), line]), grammar, bare, facts)


@pytest.mark.long
@pytest.mark.parametrize(("family", "release"), PLATFORMS)
def test_each_no_is_taken_behind_its_line(family, release):
    grammar, bare, _, facts = platform(family, release)
    count = 0
    for mode in config_modes(grammar):
        for permutation in permutations(grammar, mode):
            if not permutation.negated or not changes(grammar, permutation):
                continue
            way = entering(grammar, mode)
            line = permutation.line.removeprefix("no ")
            text = "\n".join([*BEFORE, *way, line, *("exit",) * 4, *way, permutation.line])
            read = typed(text, bare, grammar)
            assert permutation.line not in [refused.line for refused in read.refused]
            printed = configuration(read.root, grammar, facts)
            again = typed(printed, bare, grammar)
            assert configuration(again.root, grammar, facts) == printed, permutation.line
            count += 1
    assert count > 400
