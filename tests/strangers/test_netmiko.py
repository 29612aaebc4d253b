"""netmiko's `cisco_xe` driver logs in, looks, configures, saves and reloads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from netmiko import ConnectHandler
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoBaseException
from netmiko.ssh_autodetect import SSHDetect

BACK_AGAIN_SECONDS = 60


def options(switch: Any, **more: Any) -> dict[str, Any]:
    return {
        "device_type": "cisco_xe",
        "host": switch.host,
        "port": switch.port,
        "username": switch.username,
        "password": switch.password,
        **more,
    }


@pytest.fixture(scope="module")
def switch(sw1: Any) -> Iterator[Any]:
    with ConnectHandler(**options(sw1)) as connection:
        yield connection


def test_login_lands_in_privileged_exec(switch: Any) -> None:
    assert switch.find_prompt() == "SW1#"
    assert switch.check_enable_mode()


def test_enable_asks_for_the_secret(sw1: Any) -> None:
    looker = options(sw1, username="looker", password="look", secret="enable-me")
    with ConnectHandler(**looker) as connection:
        assert connection.find_prompt() == "SW1>"
        connection.enable()
        assert connection.find_prompt() == "SW1#"
        connection.exit_enable_mode()
        assert connection.find_prompt() == "SW1>"


def test_wrong_secret_is_refused_after_three_tries(sw1: Any) -> None:
    with ConnectHandler(**options(sw1, username="looker", password="look")) as connection:
        text = connection.send_command("enable", expect_string=r"Password: $")
        for expected in (r"Password: $", r"Password: $", r"SW1>"):
            text += connection.send_command("guess", expect_string=expected, cmd_verify=False)
        assert "% Bad secrets" in text
        assert "guess" not in text
        assert connection.find_prompt() == "SW1>"


def test_wrong_password_is_refused(sw1: Any) -> None:
    with pytest.raises(NetmikoAuthenticationException):
        ConnectHandler(**options(sw1, password="guess"))


def test_platform_is_detected(sw1: Any) -> None:
    guess = SSHDetect(**options(sw1, device_type="autodetect"))
    assert guess.autodetect() in {"cisco_xe", "cisco_ios"}


def structured(switch: Any, command: str) -> list[dict[str, Any]]:
    """What netmiko makes of a command's output; it gives the bare text where it cannot."""
    rows = switch.send_command(command, use_textfsm=True)
    assert isinstance(rows, list), rows
    return rows


def test_show_version_through_textfsm(switch: Any, sw1: Any) -> None:
    (version,) = structured(switch, "show version")
    assert version["hostname"] == "SW1"
    assert version["hardware"] == [sw1.platform]
    assert version["serial"] == [sw1.serial]
    assert version["version"].startswith("17.12.4")


def test_show_license_status_through_textfsm(switch: Any) -> None:
    (status,) = structured(switch, "show license status")
    assert status["sl_enabled"] == "ENABLED"
    assert status["transport_type"] == "cslu"
    assert status["rpt_push_interval"].split()[0].isdigit()


def test_long_output_arrives_whole(switch: Any) -> None:
    text = switch.send_command("show license all")
    assert text.startswith("Smart Licensing Status")
    assert "--More--" not in text


def test_errors_are_the_devices(switch: Any) -> None:
    assert "% Invalid input detected at '^' marker." in switch.send_command("show license foo")
    assert "% Incomplete command." in switch.send_command("show license")
    assert "% Ambiguous command:" in switch.send_command("show l")


def test_config_set_and_its_removal(switch: Any) -> None:
    try:
        text = switch.send_config_set(
            ["license smart transport cslu", "license smart usage interval 7"], error_pattern="%"
        )
        assert "Enter configuration commands, one per line.  End with CNTL/Z." in text
        assert not switch.check_config_mode()
        shown = switch.send_command("show running-config | include usage interval")
        assert shown.strip() == "license smart usage interval 7"
    finally:
        switch.send_config_set(["no license smart usage interval"], error_pattern="%")
    assert switch.send_command("show running-config | include usage interval").strip() == ""


def test_wrong_config_line_raises(switch: Any) -> None:
    with pytest.raises(NetmikoBaseException, match="license smart nonsense"):
        switch.send_config_set(["license smart nonsense"], error_pattern="% Invalid")
    switch.exit_config_mode()


def test_save_config_both_ways(sw2: Any) -> None:
    with ConnectHandler(**options(sw2)) as connection:
        connection.send_config_set(["license smart usage interval 21"], error_pattern="%")
        assert "[OK]" in connection.save_config()
        text = connection.save_config("copy running-config startup-config", confirm=True)
        assert "Destination filename [startup-config]?" in text
        assert "[OK]" in text
        started = connection.send_command("show startup-config | include usage interval")
        assert started.strip() == "license smart usage interval 21"


def test_reload_asks_and_can_be_refused(sw2: Any) -> None:
    with ConnectHandler(**options(sw2)) as connection:
        connection.save_config()
        text = connection.send_command("reload", expect_string=r"\[confirm\]")
        assert "Proceed with reload? [confirm]" in text
        connection.write_channel("n")
        assert connection.find_prompt() == "SW2#"


def test_reload_drops_what_was_not_saved(sw2: Any) -> None:
    with ConnectHandler(**options(sw2)) as connection:
        connection.save_config()
        connection.send_config_set(["license smart usage interval 22"], error_pattern="%")
        text = connection.send_command("reload", expect_string=r"\[yes/no\]:")
        assert "System configuration has been modified. Save? [yes/no]:" in text
        connection.send_command("no", expect_string=r"\[confirm\]", cmd_verify=False)
        connection.write_channel("\n")
    again = _when_back(lambda: ConnectHandler(**options(sw2)))
    with again as connection:
        shown = connection.send_command("show running-config | include usage interval")
        assert "interval 22" not in shown
        assert "Reload" in connection.send_command("show version | include reload reason")


def _when_back(connect: Callable[[], Any]) -> Any:
    """The first connection that the device takes after a reload."""
    end = time.monotonic() + BACK_AGAIN_SECONDS
    while True:
        try:
            return connect()
        except (NetmikoBaseException, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
