"""What holds of any line: abbreviations, cases, blanks, slips, whole texts of garbage."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli.running_config import Facts, configuration
from agent.core.release import Release
from agent.device.config import bare_root, grammar_of
from agent.device.config_text import read_config
from agent.profiles.profile import load
from cli_grammar import Ambiguous, Incomplete, Invalid, Matched, complete, help_for, match
from cli_grammar.match import keywords_fitting
from cli_grammar.permutations import example, permutations

PROFILE, RELEASE = load("c9300"), Release.parse("17.12.4")
GRAMMAR = grammar_of(PROFILE, RELEASE)
BARE = bare_root(PROFILE, "C9300-24T")
EVERY = [p for mode in GRAMMAR.modes for p in permutations(GRAMMAR, mode)]
LINES = [p.line for p in EVERY if p.mode != "exec"]
PERMUTATIONS = st.sampled_from(EVERY)


def node_of(permutation):
    node = permutation.branch[-1]
    return node.negation if permutation.negated else node.target


@settings(max_examples=120)
@given(PERMUTATIONS, st.data())
def test_any_abbreviation_between_shortest_and_full_means_the_same(permutation, data):
    words = ["no"] if permutation.negated else []
    above = GRAMMAR.modes[permutation.mode].root
    for node in permutation.branch:
        if node.placeholder:
            words.append(example(node.placeholder))
        else:
            length = data.draw(st.integers(1, len(node.token)))
            while keywords_fitting(above, node.token[:length], 15, permutation.negated) != [node]:
                length += 1
            word = node.token[:length]
            words.append(word.upper() if data.draw(st.booleans()) else word)
        above = node
    line = (" " * data.draw(st.integers(1, 3))).join(words)
    found = match(GRAMMAR, permutation.mode, line)
    assert isinstance(found, Matched), line
    assert found.target is node_of(permutation), line


@settings(max_examples=120)
@given(PERMUTATIONS, st.data())
def test_a_slip_of_the_finger_is_answered_within_the_line(permutation, data):
    line = permutation.line
    at = data.draw(st.integers(0, len(line)))
    cut = data.draw(st.integers(0, 3))
    line = line[:at] + data.draw(st.text(max_size=3)) + line[at + cut :]
    found = match(GRAMMAR, permutation.mode, line)
    if isinstance(found, Invalid | Ambiguous):
        assert 0 <= found.column <= len(line)
    else:
        assert isinstance(found, Matched | Incomplete)
    assert isinstance(help_for(GRAMMAR, permutation.mode, line), str)
    completed = complete(GRAMMAR, permutation.mode, line)
    assert completed is None or completed.startswith(line[: len(line) - len(line.split()[-1])])


@settings(max_examples=100)
@given(PERMUTATIONS, st.integers(0, 60))
def test_what_help_lists_can_be_typed(permutation, at):
    """Behind any word of a line, each keyword listed leads on: it is never invalid there."""
    words = permutation.line.split()
    line = " ".join(words[: at % (len(words) + 1)])
    line += " " if line else ""
    for row in help_for(GRAMMAR, permutation.mode, line).splitlines():
        word = row.strip().partition(" ")[0]
        if row.startswith("  ") and word.islower() and word.isalpha():
            found = match(GRAMMAR, permutation.mode, line + word)
            assert not isinstance(found, Invalid), (line, word)


@settings(max_examples=25)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(LINES),
            st.sampled_from(["exit", "end ", "!", "banner motd ^C", "^C", "quit"]),
            st.just("crypto pki certificate chain X\n certificate ca 01\n  3082AB 00\n  quit"),
            st.text(max_size=20),
        ),
        max_size=25,
    )
)
def test_any_text_is_read_and_what_was_understood_comes_back(lines):
    read = read_config("\n".join(lines), GRAMMAR, BARE, lambda: "2MJBozw/9R3UsU")
    text = configuration(read.root, GRAMMAR, Facts(RELEASE))
    again = read_config(text, GRAMMAR, BARE, lambda: "")
    assert configuration(again.root, GRAMMAR, Facts(RELEASE)) == text
