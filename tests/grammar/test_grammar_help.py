"""`?` and Tab."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.release import Release
from cli_grammar import complete, grammar_for, help_for

GRAMMAR = grammar_for(Release.parse("17.12.4"), "switch", "c9300")


def rows(mode, line, privilege=15):
    return [row.split()[0] for row in help_for(GRAMMAR, mode, line, privilege).splitlines()]


def test_next_words_are_listed_with_their_help():
    assert help_for(GRAMMAR, "exec", "license smart clear ") == (
        "  eventlog  Clear the smart licensing event log"
    )
    text = help_for(GRAMMAR, "exec", "emulator clock ")
    assert text.splitlines()[0].startswith("  advance  Move the clock")


def test_the_column_of_help_is_the_widest_word_plus_two():
    lines = help_for(GRAMMAR, "exec", "license smart ").splitlines()
    words = [line.split()[0] for line in lines]
    assert words == sorted(words)
    width = max(map(len, words))
    assert all(
        line[2 : 2 + width].strip() and line[2 + width : 4 + width] == "  " for line in lines
    )


def test_a_line_that_may_end_says_so_last():
    assert rows("exec", "show license status ") == ["|", "<cr>"]
    assert help_for(GRAMMAR, "exec", "license smart sync ").splitlines()[-1] == "  <cr>   <cr>"
    assert rows("exec", "license smart sync ") == ["all", "local", "<cr>"]


def test_what_is_hidden_is_not_known():
    assert help_for(GRAMMAR, "exec", "test license smart ") == "% Unrecognized command"


def test_values_show_their_symbol():
    assert rows("config", "license smart usage interval ") == ["<1-3650>"]
    assert rows("config", "hostname ") == ["WORD"]
    assert rows("config", "ip name-server ") == ["A.B.C.D", "vrf"]
    assert "GigabitEthernet" in rows("config", "interface ")
    assert "debugging" in rows("config", "logging console ")


def test_an_empty_line_lists_the_mode_under_its_title():
    assert help_for(GRAMMAR, "exec", "", 1).splitlines()[0] == "Exec commands:"
    assert help_for(GRAMMAR, "config", "").splitlines()[0] == "Configure commands:"
    assert "configure" not in rows("exec", "", 1)
    assert "configure" in rows("exec", "")
    assert "quit" not in rows("exec", "")


def test_a_glued_mark_lists_fitting_words_in_one_line():
    assert help_for(GRAMMAR, "exec", "s") == "show  systat"
    assert help_for(GRAMMAR, "exec", "show license u") == "udi  usage"
    assert help_for(GRAMMAR, "config", "interface lo") == "Loopback"


@pytest.mark.parametrize(("mode", "line"), [("exec", "x"), ("exec", "show x "), ("exec", "s ")])
def test_unknown_words_are_not_recognized(mode, line):
    assert help_for(GRAMMAR, mode, line) == "% Unrecognized command"


def test_no_lists_only_what_can_be_undone():
    words = rows("config", "no ")
    assert "hostname" in words
    assert not {"exit", "end", "no", "do", "default"} & set(words)


def test_help_behind_do_and_behind_a_pipe():
    assert "status" in rows("config", "do show license ")
    assert "include" in rows("exec", "show license all | ")
    assert help_for(GRAMMAR, "exec", "show license all | in") == "include"


def test_a_sub_mode_lists_its_own_words_and_finds_global_ones():
    assert "shutdown" in rows("interface", "")
    assert "hostname" not in rows("interface", "")
    assert rows("interface", "hostname ") == ["WORD"]


@pytest.mark.parametrize(
    ("mode", "line", "completed"),
    [
        ("exec", "sho", "show "),
        ("exec", "show lic", "show license "),
        ("exec", "SH", "show "),
        ("exec", "show", "show "),
        ("exec", "s", None),
        ("exec", "xyz", None),
        ("exec", "show ", None),
        ("exec", "", None),
        ("config", "do sh", "do show "),
        ("config", "no host", "no hostname "),
        ("config", "int gig", "int GigabitEthernet "),
        ("interface", "hostn", "hostname "),
        ("exec", "license smart import fl", None),
    ],
)
def test_tab(mode, line, completed):
    assert complete(GRAMMAR, mode, line) == completed


@given(st.sampled_from(sorted(GRAMMAR.modes)), st.text(max_size=30), st.integers(0, 15))
def test_no_line_raises(mode, line, privilege):
    assert help_for(GRAMMAR, mode, line, privilege)
    completed = complete(GRAMMAR, mode, line, privilege)
    assert completed is None or completed.endswith(" ")


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("interface GigabitEthernet ", "  <0-9>  GigabitEthernet interface number"),
        ("interface vlan ", "  <1-4094>  Vlan interface number"),
        ("ip http client source-interface lo ", "  <0-2147483647>  Loopback interface number"),
    ],
)
def test_the_name_of_an_interface_type_wants_a_number(line, row):
    assert help_for(GRAMMAR, "config", line) == row
