"""Sessions on a real device, as a user types on them. Transcripts are our own."""

import re

import pytest

from tests.cli.sessions import CARET, NOW, ask, lines, session

# --- the habits of IOS users ----------------------------------------------------------------


def test_unknown_words_get_a_caret_under_the_wrong_one():
    assert lines(ask("frobnicate now\r")) == [
        "frobnicate now", "       ^", CARET, "", "Switch#",
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["sh ver", "show ver", "SHOW VERSION"])
def test_abbreviations_work(typed):
    answer = lines(ask(f"{typed}\r"))
    assert answer[0] == typed
    assert answer[1].startswith("Cisco IOS")
    assert answer[-1] == "Switch#"


def test_ambiguous_word():
    assert lines(ask("c\r")) == ["c", '% Ambiguous command:  "c"', "Switch#"]


def test_incomplete_command():
    said = lines(ask("show license\r"))
    assert said == ["show license", "% Incomplete command.", "", "Switch#"]


def test_show_alone_has_a_sentence_of_its_own_without_an_empty_line():
    sentence = '% Type "show ?" for a list of subcommands'
    assert lines(ask("show\r")) == ["show", sentence, "Switch#"]
    assert lines(ask("s\r"))[1:] == [sentence, "Switch#"]  # the alias


def test_help_comes_at_once_and_the_line_again():
    answer = lines(ask("?"))
    assert answer[:2] == ["?", "Exec commands:"]
    assert any(re.fullmatch(r"  show +Show running system information", row) for row in answer)
    assert answer[-1] == "Switch#"


def test_help_on_the_next_words():
    answer = lines(ask("show ?"))
    assert answer[0] == "show ?"
    assert any(row.startswith("  clock") for row in answer)
    assert answer[-1] == "Switch#show "


def test_help_on_a_part_of_a_word():
    assert lines(ask("sh?")) == ["sh?", "show", "", "Switch#sh"]
    assert lines(ask("frob?"))[1:] == ["% Unrecognized command", "Switch#frob"]


def test_tab_completes_on_a_new_line():
    assert ask("sho\t") == "sho\r\nSwitch#show "
    assert ask("s\t") == "s\a\r\nSwitch#s"
    assert ask("show version | inc\t").endswith("\r\nSwitch#show version | include ")
    assert ask("show frob | inc\t").endswith("\r\nSwitch#show frob | inc")


def test_ctrl_u_clears_the_line():
    opened = session()
    opened.feed("show version", NOW)
    assert opened.feed("\x15\r", NOW).endswith("\r\nSwitch#")
    assert opened.histories["exec"].lines == []


def test_output_pipes():
    assert all("Version" in row for row in lines(ask("show version | include Version\r"))[1:-1])
    section = lines(ask("show running-config | section GigabitEthernet1/0/1$\r"))
    assert section[1] == "interface GigabitEthernet1/0/1"
    count = lines(ask("show version | count Version\r"))
    assert re.fullmatch(r"Number of lines which match regexp = \d+", count[1])


def test_configure_terminal():
    assert lines(ask("configure terminal\r")) == [
        "configure terminal",
        "Enter configuration commands, one per line.  End with CNTL/Z.",
        "Switch(config)#",
    ]


def test_hostname_changes_the_next_prompt_and_the_configuration():
    opened = session()
    answer = opened.feed("conf t\rhostname PROBE1\r", NOW)
    assert answer.endswith("\r\nPROBE1(config)#")
    shown = opened.feed("do show running-config | include ^hostname\r", NOW)
    assert lines(shown)[1] == "hostname PROBE1"
    assert opened.feed("no hostname\r", NOW).endswith("\r\nSwitch(config)#")


def test_interface_and_description():
    opened = session()
    answer = opened.feed("conf t\rinterface gi1/0/1\rdescription to | core\r", NOW)
    assert answer.endswith("\r\nSwitch(config-if)#")
    shown = opened.feed("do show running-config | section ^interface GigabitEthernet1/0/1$\r", NOW)
    assert " description to | core" in lines(shown)


def test_interface_that_the_model_does_not_have():
    here = session()
    ask_config = "configure terminal\r"
    here.feed(ask_config, 0)
    assert here.feed("interface GigabitEthernet1\r", 0).split("\r\n")[1:] == [
        "% Incomplete command.",
        "",
        "Switch(config)#",
    ]
    typed = "interface gi1/0/99"
    assert here.feed(f"{typed}\r", 0).split("\r\n")[1:] == [
        " " * (len("Switch(config)#") + len("interface gi1/0/")) + "^",
        "% Invalid input detected at '^' marker.",
        "",
        "Switch(config)#",
    ]


def test_do_in_configuration_modes():
    for modes in ("conf t\r", "conf t\rinterface gi1/0/1\r"):
        answer = lines(ask(f"{modes}do show privilege\r"))
        assert answer[-2] == "Current privilege level is 15"
    assert lines(ask("conf t\rdo\r"))[-3] == "% Incomplete command."
    assert lines(ask("do show clock\r"))[2] == CARET


def test_long_output_stops_at_more():
    opened = session(length=24)
    first = opened.feed("show running-config\r", NOW)
    assert first.endswith("\r\n --More-- ")
    assert first.count("\r\n") == 24  # the echo and 23 lines
    assert opened.feed(" ", NOW).startswith("\b" * 9 + " " * 8 + "\b" * 9)
    assert opened.feed("q", NOW) == "\b" * 9 + " " * 8 + "\b" * 9 + "Switch#"


def test_terminal_length_zero_never_stops():
    opened = session(length=24)
    assert opened.feed("terminal length 0\r", NOW) == "terminal length 0\r\nSwitch#"
    assert opened.feed("show running-config\r", NOW).endswith("\r\nSwitch#")
    opened.feed("terminal length 24\r", NOW)
    assert opened.feed("show running-config\r", NOW).endswith(" --More-- ")


@pytest.mark.parametrize("what", ["all", "summary", "status", "usage"])
def test_show_license(what):
    answer = lines(ask(f"show license {what}\r"))
    assert len(answer) > 5
    assert CARET not in answer


def test_trust_idtoken_is_a_command():
    assert CARET not in lines(ask("license smart trust idtoken ABC local\r"))


def test_up_arrow_brings_the_last_line():
    opened = session()
    opened.feed("show privilege\r", NOW)
    assert opened.feed("\x1b[A", NOW) == "show privilege"
    assert opened.feed("\r", NOW) == "\r\nCurrent privilege level is 15\r\nSwitch#"


def test_ctrl_c_abandons_the_line():
    opened = session()
    assert opened.feed("show\x03", NOW) == "show^C\r\nSwitch#"
    assert not opened.closed


def test_reload_asks_to_confirm():
    opened = session()
    assert opened.feed("reload\r", NOW) == "reload\r\nProceed with reload? [confirm]"
    assert opened.feed("n", NOW) == "n\r\nSwitch#"
    assert opened.reboot is None
    opened.feed("reload\r", NOW)
    assert opened.feed("\r", NOW) == "\r\n"
    assert opened.reboot.reason == "Reload Command"


# --- a real device's transcript -------------------------------------------------------------------


@pytest.mark.golden
def test_errors_as_a_real_device_prints_them(golden):
    wanted = golden.joinpath("cli-session__ios__invalid-incomplete-ambiguous.txt").read_text()
    opened = session()
    opened.feed("conf t\rhostname R1\rend\r", NOW)
    opened.device.log.listeners.clear()
    typed = re.findall(r"^R1(?:\(config\))?#(.+)$", wanted, re.MULTILINE)
    shown = "R1#" + "".join(opened.feed(f"{line}\r", NOW) for line in typed)
    assert shown.replace("\r\n", "\n").split("\n") == wanted.rstrip("\n").split("\n")
