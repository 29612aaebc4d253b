"""Sessions: lines of the log between what is typed and printed."""

from agent.cli.session import Line
from tests.cli.sessions import NOW, lines, session


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
