"""Grammar files: what is wrong in one is said with its file and line."""

from __future__ import annotations

import pytest

from agent.core.release import Release
from cli_grammar import GrammarError, Matched, check_handlers, grammar_for, load, match
from cli_grammar.build import Choice
from yang.tree import Edit

EVERYTHING = Choice(lambda span: True, frozenset({"switch", "wlc", "router", "c9300"}))
EXEC = 'mode exec "Exec commands:"\n'


def loaded(*texts: str, choice: Choice = EVERYTHING):
    return load([(f"file{n}.cli", text) for n, text in enumerate(texts, 1)], choice)


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ('show "Show" -> a\nmode exec "E"\n', "file1.cli:1", "before the first"),
        (EXEC + "\tshow\n", "file1.cli:2", "a tab"),
        (EXEC + "show\n", "file1.cli:2", "no help and is not there"),
        (EXEC + "show -> a\n", "file1.cli:2", "has options but no help"),
        (EXEC + 'show "S" -> a\nshow "S" -> b\n', "file1.cli:3", "is there already (file1.cli:2)"),
        (EXEC + 'show "S"\n', "file1.cli:2", "leads nowhere"),
        (EXEC + 'show "S" -> a\n  more "M" -> b\n', "file1.cli:2", "no <cr>"),
        (EXEC + '<days:9-1> "D" -> a\n', "file1.cli:2", "upside down"),
        (EXEC + '<days:9-1x> "D" -> a\n', "file1.cli:2", "unknown kind '9-1x'"),
        (EXEC + '<days> "D" -> a\n', "file1.cli:2", "not a placeholder"),
        (EXEC + 'go "G" -> a enter nowhere\n', "file1.cli:2", "unknown mode 'nowhere'"),
        (EXEC + 'go "G" => a/<b>\n', "file1.cli:2", "unknown placeholder <b>"),
        (EXEC + 'go "G" => a = <b>\n', "file1.cli:2", "unknown placeholder <b>"),
        (EXEC + '<b:word> "G"\n  <b:word> "G" -> a\n', "file1.cli:3", "on this line already"),
        (EXEC + 'go "G" => a[<b\n', "file1.cli:2", "is not a path"),
        (EXEC + 'go "G" adds a\n', "file1.cli:2", "needs a value"),
        (EXEC + 'go "G" frob a\n', "file1.cli:2", "unknown option 'frob'"),
        (EXEC + 'go "G" frob\n', "file1.cli:2", "unknown option"),
        (EXEC + 'go "G" privilege 16 -> a\n', "file1.cli:2", "not a privilege level"),
        (EXEC + 'go "G" -> a no maybe\n', "file1.cli:2", "unknown form after no"),
        (EXEC + "use nothing\n", "file1.cli:2", "unknown block 'nothing'"),
        ("block a\nblock a\n", "file1.cli:2", "block 'a' is there already"),
        ('mode exec\nshow "S" -> a\n', "file1.cli:1", "no title"),
        ('mode exec "E" parent x\nshow "S" -> a\n', "file1.cli:1", "unknown mode 'x'"),
        ('mode exec "E" colour red\n', "file1.cli:1", "unknown option of a mode"),
    ],
)
def test_a_mistake_is_named_with_its_line(text, where, what):
    with pytest.raises(GrammarError) as caught:
        loaded(text)
    assert caught.value.where == where
    assert what in caught.value.what
    assert str(caught.value) == f"{where}: {caught.value.what}"


def test_a_handler_nobody_has_is_named():
    grammar = loaded(EXEC + 'show "S"\n  clock "C" -> show.clock\n')
    with pytest.raises(GrammarError, match=r"file1\.cli:3: unknown handler 'show\.clock'"):
        check_handlers(grammar, frozenset({"show.version"}))
    check_handlers(grammar, frozenset({"show.clock"}))


def test_every_handler_of_our_files_exists():
    from agent.cli.handlers import HANDLERS

    for kind, family in (("switch", "c9300"), ("wlc", "c9800"), ("router", "c8000v")):
        grammar = grammar_for(Release.parse("17.12.4"), kind, family)
        check_handlers(grammar, frozenset(HANDLERS))


def test_a_later_file_opens_a_token_again():
    grammar = loaded(
        EXEC + 'show "Show"\n  clock "C" -> a\n', 'mode exec\nshow\n  license "L" -> b\n'
    )
    assert [child.token for child in grammar.modes["exec"].root.children] == ["show"]
    assert isinstance(match(grammar, "exec", "show license"), Matched)


def test_same_token_may_differ_between_releases():
    text = EXEC + 'go "old" until 17.6 -> old\ngo "new" since 17.9.1 -> new\n'
    for release, handler in (("17.3.6", "old"), ("17.12.1", "new")):
        choice = Choice(Release.parse(release).within, frozenset())
        found = match(loaded(text, choice=choice), "exec", "go")
        assert isinstance(found, Matched)
        assert found.target.handler == handler
    with pytest.raises(GrammarError, match="is there already"):
        loaded(text)


def test_gates_of_release_platform_and_strictness():
    text = EXEC + (
        'rum "R" since 17.7.1 -> a\nap "A" platforms wlc -> b\nemulator "E" emulator -> c\n'
        'narrow "N" in 17.3.6..17.3,17.6.4..17.6 -> d\n'
    )

    def words(release: str, platform: str, strict: bool = False):
        choice = Choice(Release.parse(release).within, frozenset({platform}), strict)
        return {child.token for child in loaded(text, choice=choice).modes["exec"].root.children}

    assert words("17.6.1", "switch") == {"emulator"}
    assert words("17.7.1", "switch") == {"emulator", "rum"}
    assert words("17.6.4", "wlc") == {"emulator", "ap", "narrow"}
    assert words("17.12.1", "wlc", strict=True) == {"rum", "ap"}


def test_an_empty_branch_vanishes_with_its_gate():
    text = EXEC + 'license "L"\n  rum "R" since 17.7.1 -> a\ngo "G" -> b\n'
    choice = Choice(Release.parse("17.6.1").within, frozenset())
    root = loaded(text, choice=choice).modes["exec"].root
    assert [child.token for child in root.children] == ["go"]


def test_a_key_of_two_values_and_a_constant_of_each_kind():
    text = (
        'mode config "C"\n<a:word> "A"\n  <b:1-9> "B" => l[<a>,<b>]/on = true => x/n = 5 '
        '=> x/t = "two words" => x/v = <b>\n'
    )
    found = match(loaded(text), "config", "q 7")
    assert isinstance(found, Matched)
    assert found.edits() == (
        Edit("set", (("l", "q,7"), "on"), True),
        Edit("set", ("x", "n"), 5),
        Edit("set", ("x", "t"), "two words"),
        Edit("set", ("x", "v"), 7),
    )


def test_devices_of_one_kind_share_one_grammar():
    release = Release.parse("17.12.4")
    assert grammar_for(release, "switch", "c9300") is grammar_for(
        Release.parse("17.12.4"), "switch", "c9300"
    )
    assert grammar_for(release, "switch", "c9300", strict=True) is not grammar_for(
        release, "switch", "c9300"
    )
