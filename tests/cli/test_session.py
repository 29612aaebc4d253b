"""Sessions on a real device, as a user types on them. Transcripts are our own."""

import re

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli.handlers import HANDLERS
from agent.cli.session import CliSession, Line
from agent.core.release import Release
from agent.device.device import new_device
from cli_grammar import check_handlers, grammar_for

BOOT = 1_700_000_000_000
NOW = BOOT + 3_600_000
RELEASE = Release.parse("17.12.4")


def device(hostname=""):
    made = new_device("sw1", "C9300-24T", RELEASE, "FOC0000EMU1")
    made.boot(BOOT)
    return made


def session(line=None, *, on=None, length=0, width=0, privilege=15, strict=False):
    """A started session; log lines reach it as they reach an adapter's."""
    line = line or Line("console", privilege=privilege)
    made = CliSession(on or device(), line, strict=strict, width=width, length=length)
    made.logged = []
    made.device.log.listeners.append(lambda log: made.logged.append(made.log_line(log.text, NOW)))
    made.start(NOW)
    return made


def ask(text, **kind):
    """What a new session answers to these keys, behind their echo."""
    return session(**kind).feed(text, NOW)


def lines(text):
    return text.split("\r\n")


CARET = "% Invalid input detected at '^' marker."

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


# --- modes and errors -----------------------------------------------------------------------


def test_every_handler_of_the_grammar_is_there():
    for strict in (False, True):
        check_handlers(grammar_for(RELEASE, "switch", "c9300", strict=strict), frozenset(HANDLERS))


def test_the_host_name_is_cut_in_configuration_prompts():
    opened = session()
    answer = opened.feed("conf t\rhostname very-very-long-hostname-of-mine\r", NOW)
    assert answer.endswith("\r\nvery-very-long-hostn(config)#")
    assert lines(opened.feed("\x03", NOW))[:2] == ["^C", "very-very-long-hostname-of-mine#"]


@pytest.mark.parametrize(
    ("typed", "prompt"),
    [
        ("exit\r", "Switch(config)#"),
        ("end\r", "Switch#"),
        ("\x1a", "Switch#"),
        ("\x03", "Switch#"),
        ("exit\rexit\r", "Switch#"),
        ("hostname X\r", "X(config)#"),
        ("line vty 0 4\r", "Switch(config-line)#"),
    ],
)
def test_leaving_modes(typed, prompt):
    opened = session()
    opened.feed("conf t\rinterface gi1/0/1\r", NOW)
    shown = opened.feed(typed, NOW)
    assert prompt in shown.split("\r\n*")[0].split("\r\n")[-1]


def test_ctrl_z_carries_out_what_is_typed_first():
    opened = session()
    opened.feed("conf t\r", NOW)
    answer = opened.feed("hostname Core\x1a", NOW)
    assert answer.startswith("hostname Core^Z\r\nCore#")


def test_the_caret_stands_where_matching_failed():
    column = len("Switch(config)#license smart tr") - 0
    answer = lines(ask("conf t\rlicense smart trXnsport off\r"))
    assert answer[-4] == " " * column + "^"
    answer = lines(ask("  show verXion\r"))
    assert answer[1] == " " * len("Switch#  show ver") + "^"


@pytest.mark.parametrize("bar", ["show version | frob x", "show version | include"])
def test_a_wrong_pipe_is_an_error_of_the_line(bar):
    answer = lines(ask(f"{bar}\r"))
    if "frob" in bar:
        assert answer[1:3] == [" " * len("Switch#show version | ") + "^", CARET]
    else:
        assert answer[1] == "% Incomplete command."
    assert lines(ask("show version | include (\r"))[1].startswith("% ")


def test_a_single_unknown_word_is_taken_for_a_host():
    unknown = (
        "% Bad IP address or host name"
        "% Unknown command or computer name, or unable to find computer address"
    )
    assert lines(ask("foo\r")) == [
        "foo", 'Translating "foo"...domain server (255.255.255.255)', unknown, "Switch#",
    ]  # fmt: skip
    opened = session()
    opened.feed("conf t\rip name-server 10.0.0.1 10.0.0.2\rend\r", NOW)
    assert '"...domain server (10.0.0.1) (10.0.0.2)' in opened.feed("foo\r", NOW)
    opened.feed("conf t\rno ip domain lookup\rend\r", NOW)
    assert lines(opened.feed("foo\r", NOW))[-3:] == ["foo", unknown, "Switch#"]


def test_a_word_of_a_higher_privilege_is_unknown():
    answer = lines(ask("reload\r", privilege=1))
    assert answer[2] == CARET
    assert answer[-1] == "Switch>"


def test_a_strict_session_does_not_know_the_emulator():
    opened = session(strict=True)
    assert "emulator" not in opened.feed("?", NOW)
    opened = session(strict=True)
    assert CARET in opened.feed("emulator clock show\r", NOW)


def test_comments_and_empty_lines_do_nothing():
    assert ask("\r\n!hello\r   \r") == "\r\nSwitch#!hello\r\nSwitch#   \r\nSwitch#"


def test_pasted_lines_run_in_order_whatever_the_newlines():
    for newline in ("\r", "\n", "\r\n"):
        text = newline.join(["conf t", "interface gi1/0/1", "shutdown", "exit", "hostname A", ""])
        answer = ask(text)
        prompts = [row.split("#")[0] for row in lines(answer) if "#" in row]
        assert prompts == [
            "Switch(config)", "Switch(config-if)", "Switch(config-if)", "Switch(config)",
            "A(config)",
        ]  # fmt: skip


def test_a_banner_may_have_many_lines_and_greets():
    opened = session()
    asked = opened.feed("conf t\rbanner motd #\r", NOW)
    assert asked.endswith("\r\nEnter TEXT message.  End with the character '#'.\r\n")
    assert opened.feed("Welcome | home\r", NOW) == "Welcome | home\r\n"
    assert opened.feed("  be kind#\r", NOW).endswith("\r\nSwitch(config)#")
    opened.feed("banner exec ^short^\rend\r", NOW)
    greeting = CliSession(opened.device, Line("vty", privilege=15)).start(NOW)
    assert greeting == "\r\nWelcome | home\r\n  be kind\r\nshort\r\nSwitch#"
    assert lines(ask("conf t\rbanner motd\r"))[-3] == "% Incomplete command."


# --- log lines -------------------------------------------------------------------------------


def test_leaving_configuration_is_logged_after_the_prompt():
    opened = session()
    opened.feed("conf t\r", NOW)
    shown = lines(opened.feed("end\r", NOW))
    assert shown[:2] == ["end", "Switch#"]
    assert shown[2].endswith("%SYS-5-CONFIG_I: Configured from console by console")
    assert shown[3:] == [""]


def test_a_vty_shows_log_lines_after_terminal_monitor():
    opened = session(Line("vty", 0, "admin", "10.0.0.1", privilege=15))
    assert opened.feed("conf t\rend\r", NOW).endswith("\r\nSwitch#")
    assert opened.feed("terminal monitor\rconf t\rend\r", NOW).endswith(
        "%SYS-5-CONFIG_I: Configured from console by admin on vty0 (10.0.0.1)\r\n"
    )
    opened.feed("terminal no monitor\r", NOW)
    assert opened.log_line("%SYS-5-CONFIG_I: x", NOW) == ""


def test_a_login_on_a_vty_is_logged():
    opened = session(Line("vty", 1, "admin", "10.0.0.1", privilege=15))
    assert "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: admin] [Source: 10.0.0.1]" in (
        opened.device.log.text()
    )


def test_a_log_line_breaks_into_typing():
    opened = session()
    opened.feed("show priv", NOW)
    assert opened.log_line("*Oct  6: %SYS-5-X: y", NOW) == "\r\n*Oct  6: %SYS-5-X: y\r\n"
    assert opened.log_line("*Oct  6: %SYS-5-X: z", NOW) == "*Oct  6: %SYS-5-X: z\r\n"
    assert opened.feed("ilege\r", NOW).startswith("ilege\r\nCurrent privilege")


def test_logging_synchronous_shows_the_line_again():
    opened = session()
    opened.feed("conf t\rline console 0\rlogging synchronous\rend\r", NOW)
    opened.feed("show", NOW)
    assert opened.log_line("%SYS-5-X: y", NOW) == "\r\n%SYS-5-X: y\r\nSwitch#show"


def test_thresholds_hold_back_log_lines():
    opened = session()
    opened.feed("conf t\rlogging console 4\rend\r", NOW)
    assert opened.log_line("%SYS-5-X: y", NOW) == ""
    assert opened.log_line("%SYS-4-X: y", NOW) != ""


def test_log_lines_wait_for_the_pager():
    opened = session(length=10)
    opened.feed("show running-config\r", NOW)
    assert opened.log_line("%SYS-5-X: y", NOW) == ""
    assert opened.feed("q", NOW).endswith("Switch#\r\n%SYS-5-X: y\r\n")


# --- the lab ----------------------------------------------------------------------------------


def test_the_lab_is_asked_and_typing_waits_for_its_answer():
    opened = session()
    assert opened.feed("emulator clock advance 10 minutes\rshow priv", NOW).endswith("\r\n")
    assert (opened.call.request, opened.call.arguments) == ("clock.advance", {"ms": 600_000})
    assert opened.feed("ilege\r", NOW) == ""
    assert opened.log_line("%SYS-5-X: y", NOW) == "%SYS-5-X: y\r\n"
    assert lines(opened.resume("done", NOW)) == [
        "done", "Switch#show privilege", "Current privilege level is 15", "Switch#",
    ]  # fmt: skip


# --- anything at all ---------------------------------------------------------------------------

WORDS = st.sampled_from(
    "show version clock license all conf t end exit interface gi1/0/1 no default do hostname "
    "enable disable terminal length 24 0 | include count ( * ? \t \x03 \x1a \x1b[A q y yes n "
    "reload copy write erase running-config startup-config ip domain lookup line vty monitor "
    "emulator usage network-advantage 5 description logging synchronous username secret x".split(
        " "
    )
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(WORDS, st.just("\r"), st.text(max_size=8)), max_size=40),
    st.integers(0, 30),
    st.sampled_from([1, 15]),
)
def test_no_input_raises_and_the_session_comes_back(keys, length, privilege):
    opened = session(privilege=privilege, length=length, width=80, on=SHARED)
    for key in keys:
        if opened.closed or opened.reboot:
            break
        opened.feed(key + (" " if key.isalnum() else ""), NOW)
        if opened.call:
            opened.resume("", NOW)
    SHARED.log.listeners.clear()
    if not (opened.closed or opened.reboot):
        opened.feed("q\x03\x03\rq\x03\r", NOW)
        assert opened.closed or opened.reboot or opened.mode == "exec"


KEYS = st.one_of(
    st.sampled_from(
        ["\r", "?", "\t", "\x1b[A", "\x1b[D", "\x1bb", "\x01", "\x0b", "\x17", "\x12", "\x03"]
    ),
    st.sampled_from(["show priv", "ilege", "conf t", "hostname Core-A", "foo ", "a" * 50, "do "]),
    st.just(None),  # the device logs something
)


@settings(max_examples=150, deadline=None)
@given(st.lists(KEYS, max_size=25), st.booleans())
def test_the_terminal_shows_prompt_and_line_at_all_times(keys, synchronous):
    opened = session(width=60)
    screen = pyte.Screen(60, 30)
    stream = pyte.Stream(screen)
    opened.device.log.listeners.clear()
    if synchronous:
        opened.feed("conf t\rline console 0\rlogging synchronous\rend\r", NOW)
    stream.feed(opened.feed("\r", NOW))
    for key in keys:
        text = opened.log_line("%SYS-5-X: y", NOW) if key is None else opened.feed(key, NOW)
        stream.feed(text)
        if opened._question:  # its text stands where the prompt would
            continue
        editor = opened._editor
        head = "" if editor._bare else opened.prompt
        view, column = editor.window()
        assert screen.display[screen.cursor.y].rstrip() == (head + view).rstrip()
        assert screen.cursor.x == len(head) + column


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


SHARED = device()
