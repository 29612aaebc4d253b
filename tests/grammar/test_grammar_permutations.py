"""Every line of the grammar matches, in full and shortest; `?` lists exactly what comes next.

Each family at its newest release; every other release under the marker `long`. What a session
makes of the lines is in tests/cli/test_every_line.py.
"""

from __future__ import annotations

import re

import pytest

from agent.core.release import Release
from cli_grammar import Grammar, Invalid, Matched, Node, grammar_for, help_for, match
from cli_grammar.permutations import Permutation, permutations
from cli_grammar.tree import Branch, branches
from tests.grammar import families
from tests.grammar.families import NEWEST

EACH_FAMILY = pytest.mark.parametrize("kind", NEWEST, ids="-".join)


def lines(grammar: Grammar):
    for mode in grammar.modes:
        for permutation in permutations(grammar, mode):
            yield permutation, permutation.line
            yield permutation, permutation.shortest(grammar)


@EACH_FAMILY
def test_every_line_reaches_its_own_target(kind):
    assert reaching(families.grammar(kind)) > 500


def reaching(grammar: Grammar) -> int:
    """How many lines there are, full and shortest; each was found to mean what it should."""
    count = 0
    for permutation, line in lines(grammar):
        found = match(grammar, permutation.mode, line)
        assert isinstance(found, Matched), (permutation.mode, line, found)
        node = permutation.branch[-1]
        wanted = node.negation if permutation.negated else node.target
        assert found.target is wanted, (permutation.mode, line)
        found.edits(("base",))
        count += 1
    return count


def test_a_shortest_form_is_shorter():
    grammar = grammar_for(Release.parse("17.12.4"), "switch", "c9300")
    forms = {p.line: p.shortest(grammar) for p in permutations(grammar, "exec")}
    assert forms["show license status"] == "sh lic st"  # `show line` is there too
    assert forms["configure terminal"] == "con t"


def _expected(node: Node, privilege: int = 15) -> tuple[dict[str, str], bool]:
    """What `?` owes behind a token: each next word with its help, and whether the line may end."""
    rows: dict[str, str] = {}
    for child in node.children:
        if child.hidden or child.privilege > privilege:
            continue
        choices = child.placeholder.choices if child.placeholder else {}
        rows.update(choices or {child.symbol: child.help})
    return rows, node.target is not None


def _listed(text: str) -> tuple[dict[str, str], bool]:
    """The rows of a help text; the last answer is whether `<cr>` is among them."""
    rows: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("  "):
            word, _, said = line.strip().partition("  ")
            rows[word] = said.strip()
    ends = rows.pop("<cr>", None) is not None
    rows.pop("|", None)
    return rows, ends


@EACH_FAMILY
def test_help_lists_exactly_the_next_words(kind):
    assert listing(families.grammar(kind)) > 200


def listing(grammar: Grammar) -> int:
    """How many tokens there are; behind each of them `?` was found to list what is owed."""
    asked = 0
    for name, mode in grammar.modes.items():
        for branch in branches(mode.root):
            node = branch[-1]
            if node.prefix or any(step.hidden for step in branch):
                continue
            line = Permutation(name, branch).line
            shown, ends = _listed(help_for(grammar, name, f"{line} "))
            wanted, may_end = _expected(node)
            if node.placeholder and node.placeholder.several:
                names = node.placeholder.choices
                wanted |= {n: said for n, said in names.items() if n not in line.split()}
            if _certain(branch, mode.root):
                assert (shown, ends) == (wanted, may_end), (name, line)
            else:
                # a value's example may fit its neighbours too: theirs are listed beside
                assert wanted.items() <= shown.items(), (name, line)
            assert all(wanted.values()), (name, line)
            asked += 1
    return asked


def _certain(branch: Branch, root: Node) -> bool:
    """Does the line lead to this token only? Values with neighbours may be read as these."""
    above = root
    for node in branch:
        if node.placeholder and len(above.values) > 1:
            return False
        above = node
    return True


@EACH_FAMILY
def test_a_part_of_a_word_lists_the_words_it_may_be(kind):
    grammar = families.grammar(kind)
    for name, mode in grammar.modes.items():
        words = [child.token for child in mode.root.children if not child.hidden]
        for word in words:
            fitting = {w for w in words if w.lower().startswith(word[:2].lower())}
            shown = help_for(grammar, name, word[:2]).split("  ")
            assert set(shown) >= {w for w in fitting if not w.startswith("<")}, (name, word)


@EACH_FAMILY
def test_what_is_listed_behind_no_leads_to_a_line_with_no(kind):
    """Behind `no` and each word that leads to a negation, `?` lists nothing that cannot go on."""
    grammar = families.grammar(kind)
    for name in grammar.modes:
        befores = {
            " ".join(permutation.line.split()[:-1]): None
            for permutation in permutations(grammar, name)
            if permutation.negated and not permutation.branch[-1].placeholder
        }
        for before in befores:
            for row in help_for(grammar, name, f"{before} ").splitlines():
                word = row.strip().partition(" ")[0]
                if row.startswith("  ") and re.fullmatch(r"[a-z][\w.-]*", word):
                    found = match(grammar, name, f"{before} {word}")
                    assert not isinstance(found, Invalid), (name, before, word)


@pytest.mark.long
def test_every_release_of_every_family():
    """The above, on each grammar there is; which are alike is found by their lines."""
    kinds = list(families.distinct(families.FAMILIES))
    assert len(kinds) > 20
    for kind in kinds:
        grammar = families.grammar(kind)
        assert reaching(grammar) > 500, kind
        assert listing(grammar) > 200, kind
