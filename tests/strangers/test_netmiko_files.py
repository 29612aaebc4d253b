"""netmiko goes through the dialogues of files: copy, dir, more, verify, delete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from netmiko import ConnectHandler


@pytest.fixture(scope="module")
def switch(sw1: Any) -> Iterator[Any]:
    options = {
        "device_type": "cisco_xe",
        "host": sw1.host,
        "port": sw1.port,
        "username": sw1.username,
        "password": sw1.password,
    }
    with ConnectHandler(**options) as connection:
        connection.send_command("delete /force flash:kept.cfg")
        yield connection


def answered(switch: Any, text: str, expect: str = r"SW1#") -> str:
    """Give one answer of a dialogue; returns what comes up to `expect`."""
    said: str = switch.send_command(text, expect_string=expect, cmd_verify=False)
    return said


def test_copy_with_its_questions(switch: Any) -> None:
    asked = switch.send_command("copy running-config flash:", expect_string=r"\]\? ?$")
    assert "Destination filename [running-config]?" in asked
    assert "bytes copied in" in answered(switch, "kept.cfg")
    switch.send_command("copy running-config flash:kept.cfg", expect_string=r"\]\? ?$")
    asked = answered(switch, "\n", r"\[confirm\]")
    assert "%Warning:There is a file already existing with this name" in asked
    assert "bytes copied in" in answered(switch, "\n")


def test_what_was_copied_is_there(switch: Any) -> None:
    rows = switch.send_command("dir flash:", use_textfsm=False)
    assert "kept.cfg" in rows
    assert "bytes free)" in rows
    assert "hostname SW1" in switch.send_command("more flash:kept.cfg | include ^hostname")
    assert "verify /md5 (flash:kept.cfg) = " in switch.send_command("verify /md5 flash:kept.cfg")
    assert "No such file" in switch.send_command("more flash:../../etc/passwd")


def test_a_server_that_is_not_there(switch: Any) -> None:
    asked = switch.send_command("copy tftp://127.0.0.1/x flash:", expect_string=r"\]\? ?$")
    assert "Address or name of remote host [127.0.0.1]?" in asked
    assert "Source filename [x]?" in answered(switch, "\n", r"\]\? ?$")
    assert "Destination filename [x]?" in answered(switch, "\n", r"\]\? ?$")
    said = switch.send_command("\n", expect_string=r"SW1#", cmd_verify=False, read_timeout=30)
    assert "%Error opening tftp://127.0.0.1/x (" in said


def test_delete_with_its_questions(switch: Any) -> None:
    asked = switch.send_command("delete flash:kept.cfg", expect_string=r"\]\? ?$")
    assert "Delete filename [kept.cfg]?" in asked
    assert "Delete flash:/kept.cfg? [confirm]" in answered(switch, "\n", r"\[confirm\]")
    answered(switch, "\n")
    assert "kept.cfg" not in switch.send_command("dir flash:")
