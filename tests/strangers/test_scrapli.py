"""scrapli's `IOSXEDriver` logs in, climbs privileges, looks, configures and answers questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from scrapli.driver.core import IOSXEDriver

BOTH = pytest.mark.parametrize("switch", ["system", "paramiko"], indirect=True)


def options(switch: Any, transport: str, **more: Any) -> dict[str, Any]:
    return {
        "host": switch.host,
        "port": switch.port,
        "auth_username": switch.username,
        "auth_password": switch.password,
        "auth_strict_key": False,
        "ssh_config_file": False,
        "transport": transport,
        **more,
    }


@pytest.fixture
def switch(sw1: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    with IOSXEDriver(**options(sw1, getattr(request, "param", "paramiko"))) as connection:
        yield connection


@BOTH
def test_open_lands_in_privileged_exec(switch: Any) -> None:
    assert switch.get_prompt() == "SW1#"


@BOTH
def test_show_version_through_textfsm(switch: Any, sw1: Any) -> None:
    response = switch.send_command("show version")
    assert not response.failed
    (version,) = response.textfsm_parse_output()
    assert version["hardware"] == [sw1.platform]
    assert version["serial"] == [sw1.serial]


def test_show_license_all_is_not_cut_by_the_terminal(switch: Any) -> None:
    response = switch.send_command("show license all")
    assert not response.failed
    assert response.result.startswith("Smart Licensing Status")
    assert "Trust Code Installed:" in response.result


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("show license foo", "% Invalid input detected at '^' marker."),
        ("show license", "% Incomplete command."),
        ("show l", "% Ambiguous command:"),
    ],
)
def test_wrong_lines_are_seen_as_failed(switch: Any, line: str, sentence: str) -> None:
    response = switch.send_command(line)
    assert response.failed
    assert sentence in response.result


def test_configs_are_sent_and_undone(switch: Any) -> None:
    try:
        response = switch.send_configs(
            ["license smart usage interval 8", "ip domain name emulated.example"]
        )
        assert not response.failed
        shown = switch.send_command("show running-config | include interval 8|domain name")
        assert "license smart usage interval 8" in shown.result
        assert "ip domain name emulated.example" in shown.result
    finally:
        switch.send_configs(["no license smart usage interval", "no ip domain name"])


def test_wrong_config_is_seen_as_failed(switch: Any) -> None:
    response = switch.send_configs(
        ["license smart nonsense", "license smart usage interval 9"], stop_on_failed=True
    )
    assert response.failed
    shown = switch.send_command("show running-config | include usage interval")
    assert shown.result.strip() == ""


def test_privileges_are_climbed_with_the_secret(sw1: Any) -> None:
    looker = options(
        sw1,
        "paramiko",
        auth_username="looker",
        auth_password="look",
        auth_secondary="enable-me",
        default_desired_privilege_level="exec",
    )
    with IOSXEDriver(**looker) as connection:
        assert connection.get_prompt() == "SW1>"
        for level, prompt in [
            ("privilege_exec", "SW1#"),
            ("configuration", "SW1(config)#"),
            ("privilege_exec", "SW1#"),
            ("exec", "SW1>"),
        ]:
            connection.acquire_priv(level)
            assert connection.get_prompt() == prompt


def test_copy_dialogue_is_answered(sw2: Any) -> None:
    with IOSXEDriver(**options(sw2, "paramiko")) as connection:
        response = connection.send_interactive(
            [
                ("copy running-config startup-config", "[startup-config]?", False),
                ("", "[OK]", False),
            ]
        )
        assert not response.failed
        assert "Building configuration..." in response.result


def test_commands_of_a_recording_stand_beside_live_licensing(sw3: Any) -> None:
    with IOSXEDriver(**options(sw3, "paramiko")) as connection:
        status = connection.send_command("show interfaces status")
        assert status.result.splitlines()[0] == "Port         Name   Status       Vlan"
        assert connection.send_command("sh spanning sum | include Root").result.startswith("Root")
        live = connection.send_command("show license status | include Type")
        assert live.result.strip() == "Type: cslu"
        assert connection.send_command("show etherchannel summary").failed
