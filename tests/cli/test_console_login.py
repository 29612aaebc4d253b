"""The console asks who is there where its line says so; no key leads round the question."""

import pytest

from agent.cli.session import CliSession, Line
from tests.cli.test_handlers_system import NOW, lines, session

USERS = "username bob privilege 7 password cisco\r"


def console(*typed):
    """A new session on the console of a device that has these lines."""
    device = session().device
    first = CliSession(device, Line(privilege=15))
    first.start(NOW)
    first.feed("\r".join(["configure terminal", *typed, "end", ""]), NOW)
    return CliSession(device, Line())


def test_without_a_login_the_prompt_is_there_at_once():
    assert console("hostname SW").start(NOW) == "SW>"


def test_a_user_of_the_device_logs_in_with_his_privilege():
    opened = console(USERS, "line con 0", "login local")
    assert lines(opened.start(NOW)) == ["", "User Access Verification", "", "Username: "]
    assert "% Login invalid" in opened.feed("bob\rwrong\r", NOW)
    assert opened.feed("bob\rcisco\r", NOW).endswith("Switch#")
    assert (opened.privilege, opened.line.user) == (7, "bob")


@pytest.mark.parametrize(
    "keys", ["\x03", "\x1a", "\x03\x03\x1a", "bob\r\x03", "bob\r\x1a", "a\rb\r" * 7]
)
def test_no_key_leads_round_the_question(keys):
    opened = console(USERS, "line con 0", "login local")
    opened.start(NOW)
    assert opened.feed(keys, NOW).split("\r\n")[-1] in ("Username: ", "Password: ")
    assert "% " not in lines(opened.feed("\r" * 2, NOW))[0]
    assert opened.privilege == 1


def test_aaa_decides_where_it_rules():
    opened = console(USERS, "aaa new-model", "aaa authentication login default local")
    assert opened.start(NOW).endswith("Username: ")


def test_a_line_password_and_a_line_that_has_none():
    opened = console("line con 0", "password secret1", "login")
    assert opened.start(NOW).endswith("Verification\r\n\r\nPassword: ")
    assert opened.feed("secret1\r", NOW).endswith("Switch>")
    assert console("line con 0", "no password", "login").start(NOW) == "Switch>"
