"""Matching: four outcomes, columns of the caret, `no`, `default`, `do` and falling back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.release import Release
from cli_grammar import Ambiguous, Incomplete, InterfaceName, Invalid, Matched, grammar_for, match
from yang.tree import Edit, Entry, parse_path

GRAMMAR = grammar_for(Release.parse("17.12.4"), "switch", "c9300")
OLD = grammar_for(Release.parse("17.6.1"), "switch", "c9300")
WLC = grammar_for(Release.parse("17.12.4"), "wlc", "c9800")
STRICT = grammar_for(Release.parse("17.12.4"), "switch", "c9300", strict=True)


def matched(mode, line, grammar=GRAMMAR, privilege=15):
    found = match(grammar, mode, line, privilege)
    assert isinstance(found, Matched), (line, found)
    return found


def edit(operation, path, value=None):
    return Edit(operation, parse_path(path), value)


@pytest.mark.parametrize(
    ("line", "handler"),
    [
        ("show license status", "show.license.status"),
        ("sh lic stat", "show.license.status"),
        ("SHOW Version", "show.version"),
        ("sh ver", "show.version"),
        ("conf t", "terminal.configure"),
        ("wr", "saving.write"),
        ("term len 0", "terminal.length"),
        ("copy run start", "files.copy"),
        ("license smart sync", "license.sync"),
        ("license smart trust idtoken ABC local", "license.trust"),
    ],
)
def test_exec_lines_reach_their_handler(line, handler):
    assert matched("exec", line).target.handler == handler


def test_arguments_are_values_and_constants():
    found = matched("exec", "license smart save usage days 7 file flash:Usage.TXT")
    assert found.args == {"which": "days", "days": 7, "file": "flash:Usage.TXT"}
    assert matched("exec", "term wid 511").args == {"columns": 511}


@pytest.mark.parametrize(
    ("mode", "line", "column"),
    [
        # source: caret-column; the first two are from captures
        ("config", "ipv6 nd raquard policy HOST_POLICY", 10),
        ("config", "logging 0255.255.1", 8),
        ("exec", "frobnicate now", 0),
        ("exec", "show xfrobnicate", 5),
        ("exec", "show version now", 13),
        ("exec", "   show version now", 16),
        ("config", "license smart usage interval 3651", 29),
        ("config", "license smart usage interval 0", 29),
        ("config", "hostname one two", 13),
        ("interface", "ip addres 1.2.3", 10),
        ("config", "do show xfrobnicate", 8),
        ("config", "no xfrobnicate", 3),
        ("config", "no end", 3),
        ("config", "interface foo1", 12),
        ("exec", "license smart register idtoken X", 14),
        ("exec", "configure terminal now", 19),
    ],
)
def test_invalid_names_the_column(mode, line, column):
    assert match(GRAMMAR, mode, line) == Invalid(column)


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("exec", "show license"),
        ("exec", "terminal length"),
        ("config", "logging"),
        ("config", "do"),
        ("config", "no"),
        ("config", "interface gi"),
        ("config", "banner motd ^Copen"),
        ("interface", "ip address 10.0.0.1"),
        ("exec", ""),
    ],
)
def test_incomplete(mode, line):
    assert match(GRAMMAR, mode, line) == Incomplete()


def test_incomplete_with_a_sentence_of_its_own():
    assert match(GRAMMAR, "exec", "show").says.startswith('% Type "show ?"')


def test_ambiguous_names_the_candidates():
    assert match(GRAMMAR, "exec", "s") == Ambiguous(0, ("show", "systat"))
    found = match(GRAMMAR, "config", "a")
    assert isinstance(found, Ambiguous)
    assert found.candidates == ("aaa", "alias", "archive")
    assert match(GRAMMAR, "exec", "show license u") == Ambiguous(13, ("udi", "usage"))
    assert match(GRAMMAR, "config", "interface t1/1/1") == Ambiguous(10, ())
    # outputs cut the names so: `Tw` is one type, `Twe` the other
    for cut, name in (("Tw", "TwoGigabitEthernet"), ("Twe", "TwentyFiveGigE")):
        found = match(GRAMMAR, "config", f"interface {cut}1/1/1")
        assert isinstance(found, Matched)
        assert found.args["if"] == InterfaceName(name, "1/1/1")


def test_an_exact_word_wins_over_longer_ones():
    assert matched("config", "ip domain name emu.example").edits() == (
        edit("set", "native/ip/domain/name", "emu.example"),
    )
    assert matched("config", "ip domain-lookup").edits() == (
        edit("set", "native/ip/domain/lookup", True),
    )


def test_hidden_words_do_not_make_others_ambiguous():
    assert matched("config", "ip dom name emu.example").args == {"name": "emu.example"}


def test_words_of_users_keep_their_case():
    assert matched("config", "HOSTNAME Core-SW1").args == {"name": "Core-SW1"}
    assert matched("interface", "DESC  To  Core ").edits(("i",)) == (
        Edit("set", ("i", "description"), "To  Core"),
    )


def test_a_privilege_too_low_makes_a_word_unknown():
    assert match(GRAMMAR, "exec", "show running-config", 1) == Invalid(6)
    assert match(GRAMMAR, "exec", "configure terminal", 1) == Invalid(0)
    assert matched("exec", "show version", privilege=1).target.handler == "show.version"
    assert matched("exec", "en", privilege=1).target.handler == "terminal.enable"


def test_releases_and_platforms_make_a_word_unknown():
    assert match(OLD, "exec", "show license rum id all") == Invalid(14)
    assert matched("exec", "show license rum id all detail").args["detail"] == "yes"
    assert match(GRAMMAR, "config", "license feature hseck9") == Invalid(8)
    assert matched("config", "license air level air-network-advantage", WLC)
    assert match(STRICT, "exec", "emulator clock show") == Invalid(1)
    assert matched("exec", "emulator clock show").target.handler == "emulator.clock"


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("emulator clock advance 10m", {"span": "10m"}),
        ("emulator clock advance 1d", {"span": "1d"}),
        ("emulator clock advance 10 minutes", {"count": 10, "unit": "minutes"}),
        ("emu cl adv 2 w", {"count": 2, "unit": "weeks"}),
    ],
)
def test_the_clock_moves_by_glued_and_by_spoken_spans(line, args):
    assert matched("exec", line).args == args


@pytest.mark.parametrize(
    "typed",
    ["gi1/0/1", "gi 1/0/1", "GigabitEthernet1/0/1", "gigabitethernet 1/0/1", "G1/0/1"],
)
def test_interface_names_in_all_their_spellings(typed):
    assert matched("config", f"interface {typed}").args["if"] == InterfaceName(
        "GigabitEthernet", "1/0/1"
    )


def test_other_interface_types():
    for typed, name in (
        ("vl10", "Vlan10"),
        ("te1/1/1", "TenGigabitEthernet1/1/1"),
        ("lo0", "Loopback0"),
        ("po 1", "Port-channel1"),
    ):
        assert str(matched("config", f"int {typed}").args["if"]) == name


def test_no_deletes_and_its_value_is_optional():
    transport = edit("delete", "native/license/smart/transport-type")
    assert matched("config", "no license smart transport").edits() == (transport,)
    assert match(GRAMMAR, "config", "no license smart transport off") == Invalid(27)
    interval = edit("delete", "native/license/smart/usage/interval")
    for line in ("no license smart usage interval", "no license smart usage interval 7"):
        assert matched("config", line).edits() == (interval,)
    assert matched("config", "no hostname").edits() == (edit("delete", "native/hostname"),)
    url = edit("delete", "native/license/smart/url/cslu")
    for line in ("no license smart url cslu", "no license smart url cslu http://x/y"):
        assert matched("config", line).edits() == (url,)
    assert matched("config", "no license boot level").edits() == (
        edit("delete", "native/license/boot/level"),
    )
    assert matched("config", "no username admin").edits() == (
        edit("delete", "native/username[admin]"),
    )
    assert matched("config", "no ip name-server 1.1.1.1").edits() == (
        edit("discard", "native/ip/name-server/no-vrf", "1.1.1.1"),
    )


def test_no_of_what_is_on_by_default_writes_false_and_default_returns():
    lookup = "native/ip/domain/lookup"
    assert matched("config", "no ip domain lookup").edits() == (edit("set", lookup, False),)
    found = matched("config", "default ip domain lookup")
    assert found.defaulted
    assert found.edits() == (edit("delete", lookup),)
    assert matched("interface", "no ip address").edits(("i",)) == (
        Edit("delete", ("i", "ip", "address")),
        Edit("set", ("i", "ip", "no-address", "address"), False),
    )


def test_several_name_servers_are_added_one_by_one():
    assert matched("config", "ip name-server 1.1.1.1 2.2.2.2").edits() == (
        edit("add", "native/ip/name-server/no-vrf", "1.1.1.1"),
        edit("add", "native/ip/name-server/no-vrf", "2.2.2.2"),
    )


def test_licence_settings_stand_at_the_published_paths():
    for line, path, value in (
        ("license smart transport off", "transport-type", "Off"),
        ("license smart transport smart", "transport-type", "smart"),
        ("license smart url cslu http://h:8182/cslu/v1/pi", "url/cslu", "http://h:8182/cslu/v1/pi"),
        ("license smart usage interval 3650", "usage/interval", 3650),
        ("license smart usage customer-tags tag2 blue sky", "usage/customer-tags/tag2", "blue sky"),
    ):
        assert matched("config", line).edits() == (
            edit("set", f"native/license/smart/{path}", value),
        )
    level = "native/license/boot/level"
    found = matched("config", "license boot level network-advantage addon dna-advantage")
    assert found.edits() == (
        edit("delete", level),
        edit("set", f"{level}/network-advantage"),
        edit("set", f"{level}/network-advantage/addon", "dna-advantage"),
    )
    assert found.target.says == (
        "% use 'write' command to make license boot config take effect on next boot\n"
    )


def test_a_sub_mode_falls_back_to_global_configuration():
    assert matched("interface", "hostname X").mode == "config"
    assert matched("interface", "shutdown").mode == "interface"
    assert matched("interface", "interface gi1/0/2").mode == "config"
    assert matched("vrf-af", "rd 1:1").mode == "vrf"
    assert matched("vrf-af", "hostname X").mode == "config"
    assert matched("interface", "no ip http server").mode == "config"
    assert matched("interface", "exit").mode == "interface"


def test_do_answers_in_exec():
    found = matched("interface", "do sh ver")
    assert (found.do, found.mode, found.target.handler) == (True, "exec", "show.version")
    assert match(GRAMMAR, "exec", "do show clock") == Invalid(1)


def test_entering_a_mode_gives_its_base():
    found = matched("config", "interface vlan 10")
    assert found.target.enter == "interface"
    base = found.entered_base()
    assert base == ("native", "interface", Entry("Vlan", "10"))
    assert matched("interface", "shutdown").edits(base) == (Edit("set", (*base, "shutdown"), True),)
    profile = matched("call-home", 'profile "CiscoTAC-1"')
    assert profile.entered_base(("native", "call-home")) == (
        "native",
        "call-home",
        Entry("profile", "CiscoTAC-1"),
    )


WORDS = sorted(
    {
        "show",
        "license",
        "no",
        "do",
        "default",
        "smart",
        "interface",
        "gi1/0/1",
        "ip",
        "?",
        "|",
        "address",
        "1.2.3.4",
        "255.0.0.0",
        "url",
        "banner",
        "motd",
        "^C",
        '"',
        "x",
        "username",
        "secret",
        "9",
        "-5",
        "clock",
        "timezone",
        "line",
        "vty",
        "0",
        "4",
        "sh",
        "s",
        "\t",
        "é",
        "²",
    }
)


@given(
    mode=st.sampled_from(sorted(GRAMMAR.modes)),
    line=st.one_of(
        st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)
    ),
    privilege=st.integers(0, 15),
)
def test_no_line_raises(mode, line, privilege):
    found = match(GRAMMAR, mode, line, privilege)
    if isinstance(found, Matched):
        found.edits(("base",))
    elif isinstance(found, Invalid | Ambiguous):
        assert 0 <= found.column <= len(line)
