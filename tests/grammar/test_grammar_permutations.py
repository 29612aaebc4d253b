"""Every line of the grammar matches, in full and in its shortest form."""

from __future__ import annotations

import pytest

from agent.core.release import Release
from cli_grammar import Grammar, Matched, grammar_for, match
from cli_grammar.permutations import permutations

KINDS = (
    ("17.12.4", "switch", "c9300"),
    ("17.6.1", "switch", "c9300"),
    ("17.15.6", "wlc", "c9800"),
    ("17.12.4", "router", "c8000v"),
)


def lines(grammar: Grammar):
    for mode in grammar.modes:
        for permutation in permutations(grammar, mode):
            yield permutation, permutation.line
            yield permutation, permutation.shortest(grammar)


@pytest.mark.parametrize(("release", "kind", "family"), KINDS)
def test_every_line_reaches_its_own_target(release, kind, family):
    grammar = grammar_for(Release.parse(release), kind, family)
    count = 0
    for permutation, line in lines(grammar):
        found = match(grammar, permutation.mode, line)
        assert isinstance(found, Matched), (permutation.mode, line, found)
        node = permutation.branch[-1]
        wanted = node.negation if permutation.negated else node.target
        assert found.target is wanted, (permutation.mode, line)
        found.edits(("base",))
        count += 1
    assert count > 900


def test_a_shortest_form_is_shorter():
    grammar = grammar_for(Release.parse("17.12.4"), "switch", "c9300")
    forms = {p.line: p.shortest(grammar) for p in permutations(grammar, "exec")}
    assert forms["show license status"] == "sh li st"
    assert forms["configure terminal"] == "con t"
