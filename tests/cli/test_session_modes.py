"""Sessions: modes and their prompts, errors of a line, words that are not there, pasted lines."""

import pytest

from agent.cli.handlers import HANDLERS
from agent.cli.session import CliSession, Line
from cli_grammar import check_handlers, grammar_for
from tests.cli.sessions import CARET, NOW, RELEASE, ask, lines, session


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


def test_the_lab_is_asked_and_typing_waits_for_its_answer():
    opened = session()
    assert opened.feed("emulator clock advance 10 minutes\rshow priv", NOW).endswith("\r\n")
    assert (opened.call.request, opened.call.arguments) == ("clock.advance", {"ms": 600_000})
    assert opened.feed("ilege\r", NOW) == ""
    assert opened.log_line("%SYS-5-X: y", NOW) == "%SYS-5-X: y\r\n"
    assert lines(opened.resume("done", NOW)) == [
        "done", "Switch#show privilege", "Current privilege level is 15", "Switch#",
    ]  # fmt: skip
