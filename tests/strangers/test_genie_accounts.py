"""Genie parses licensing where an operator at CSSM had a part: tokens, codes, reservations.

One lab for the module: products of before the policy that are registered, reserved, out of
compliance and expired; some of them upgraded; and products of the policy with direct trust, with a
trust request that failed and with a code that was returned. Nothing of ours is imported.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from genie.conf.base import Device
from netmiko import ConnectHandler

SMART = "license smart transport smart"
OLD, NEW = "16.12.4", "17.12.4"
# name: release, configuration besides the address of CSSM
DEVICES = {
    "registered": (OLD, (SMART,)),
    "short": (OLD, (SMART,)),
    "expired": (OLD, (SMART,)),
    "reserved": (OLD, ("license smart reservation",)),
    "upgraded": (OLD, (SMART,)),
    "carried": (OLD, ("license smart reservation",)),
    "trusted": (NEW, (SMART,)),
    "untrusted": (NEW, (SMART,)),
}
NETWORK = "regid.2017-03.com.cisco.advantagek9,1.0_bd1da96e-ec1d-412b-a50e-53846b347d53"
BEFORE_THE_POLICY = ("show license status", "show license all", "show license summary")
POLICY = (
    "show license tech support",
    "show license status",
    "show license all",
    "show license summary",
    "show license usage",
    "show license history message",
)
# Genie's schemas have no place for what is reserved in these two; they are parsed in other states
NOT_RESERVED = {"reserved": "show license all", "carried": "show license tech support"}


class Laboratory:
    """The lab's process, its operator's commands and a session on each device."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rows = [
            f"  - {{name: {name}, platform: C9300-24T, release: {release},"
            f" serial: FOC0000EMU{number}, ssh: 0}}"
            for number, (name, (release, _)) in enumerate(DEVICES.items())
        ]
        (folder / "lab.yaml").write_text(
            "clock: {start: 2026-10-06T12:00:00Z, rate: 0}\n"
            "counterparts:\n  - {name: cssm, kind: cssm, listen: 0}\n"
            "devices:\n" + "\n".join(rows) + "\n"
        )
        ready = folder / "ready.json"
        command = ("up", "lab.yaml", "--quiet", "--state", "state", "--ready-file", "ready.json")
        self.process = subprocess.Popen([os.environ["SLP"], *command], cwd=folder)
        deadline = time.monotonic() + 60
        while not ready.exists():
            assert self.process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        told = json.loads(ready.read_text())
        self.ports = {row["name"]: row["ssh"]["port"] for row in told["devices"]}
        self.cssm = told["counterparts"][0]["url"]

    def slp(self, *words: str) -> str:
        run = subprocess.run(
            [os.environ["SLP"], *words, "--state", "state"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return run.stdout

    def advance(self, span: str) -> None:
        self.slp("clock", "advance", span)

    def session(self, name: str) -> Any:
        return ConnectHandler(
            device_type="cisco_xe",
            host="127.0.0.1",
            port=self.ports[name],
            username="admin",
            password="admin",
        )

    def type(self, name: str, *lines: str) -> list[str]:
        with self.session(name) as session:
            return [session.send_command(line, read_timeout=60) for line in lines]

    def configure(self, name: str, *lines: str) -> None:
        with self.session(name) as session:
            session.send_config_set(lines)
            session.save_config()

    def install(self, name: str, release: str) -> None:
        """The session ends with the reload."""
        session = self.session(name)
        session.write_channel(f"emulator install release {release}\n")
        time.sleep(1)
        session.disconnect()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    lab = Laboratory(tmp_path_factory.mktemp("accounts"))
    try:
        prepare(lab)
        yield lab
    finally:
        lab.stop()


def prepare(lab: Laboratory) -> None:
    """Bring each device where its name says."""
    for name, (release, lines) in DEVICES.items():
        word = "url" if release == OLD else "url smart"
        address = f"license smart {word} {lab.cssm}/licservice/license"
        lab.configure(name, *lines, *([address] if SMART in lines else ()))
    lab.advance("10m")
    token = lab.slp("cssm", "token", "new").split()[0]
    for name in ("registered", "short", "expired", "upgraded"):
        lab.type(name, f"license smart register idtoken {token}")
    for name in ("reserved", "carried"):
        (said,) = lab.type(name, "license smart reservation request local")
        code = next(word for word in said.split() if word.startswith("CB-"))
        licences = ("network-advantage=1", "dna-advantage=1")
        lab.slp("cssm", "reserve", code, *licences, "-o", f"{name}:flash:code.txt")
        lab.type(name, "license smart reservation install file flash:code.txt")
    lab.type("trusted", f"license smart trust idtoken {token} local")
    lab.type("untrusted", "license smart trust idtoken nonsense local")
    lab.advance("10m")
    for name in ("upgraded", "carried"):
        lab.install(name, NEW)
    lab.advance("2h")
    lab.slp("cssm", "licenses", "set", NETWORK, "0")
    lab.type("short", "license smart renew auth")
    lab.type("trusted", "license smart authorization request add hseck9 local")
    lab.advance("10m")
    lab.type("trusted", "license smart authorization return local online")
    lab.advance("10m")


def parsed(command: str, text: str) -> Any:
    device = Device("node", os="iosxe")
    device.custom = {"abstraction": {"order": ["os"]}}
    return device.parse(command, output=text)


def shown(lab: Laboratory, name: str, commands: tuple[str, ...]) -> dict[str, str]:
    commands = tuple(command for command in commands if command != NOT_RESERVED.get(name))
    texts = lab.type(name, *commands)
    for command, text in zip(commands, texts, strict=True):
        assert parsed(command, text), command
    return dict(zip(commands, texts, strict=True))


@pytest.mark.parametrize(
    ("name", "registration", "authorization"),
    [
        ("registered", "REGISTERED", "AUTHORIZED on"),
        ("short", "REGISTERED", "OUT OF COMPLIANCE on"),
        ("reserved", "REGISTERED - SPECIFIC LICENSE RESERVATION", "AUTHORIZED - RESERVED"),
    ],
)
def test_products_of_before_the_policy(
    lab: Laboratory, name: str, registration: str, authorization: str
) -> None:
    texts = shown(lab, name, BEFORE_THE_POLICY)
    words = re.findall(r"^  Status: (.*)", texts["show license status"], re.MULTILINE)
    assert words[1] == registration
    assert words[2].startswith(authorization)


@pytest.mark.parametrize("name", ["upgraded", "carried", "trusted", "untrusted"])
def test_products_of_the_policy(lab: Laboratory, name: str) -> None:
    texts = shown(lab, name, POLICY)
    trusted = "Trust Code Installed: <none>" not in texts["show license status"]
    assert trusted == (name in ("upgraded", "trusted"))


def test_what_became_of_codes(lab: Laboratory) -> None:
    (carried,) = lab.type("carried", "show license authorization")
    assert "Status: SPECIFIC INSTALLED on" in carried
    (returned,) = lab.type("trusted", "show license authorization")
    assert "Status: NOT INSTALLED" in returned
    assert "Last return code: C" in returned
    history = parsed(*_asked(lab, "trusted", "show license history message"))
    assert "OK" in history["message_history"]["authorization_return"]
    history = parsed(*_asked(lab, "untrusted", "show license history message"))
    assert "INVALID STATUS CODE" in history["message_history"]["trust_establishment"]


def test_a_product_that_hears_nothing_for_months(lab: Laboratory) -> None:
    """The last one: it moves the clock."""
    lab.configure("expired", "license smart url http://127.0.0.1:9/licservice/license")
    lab.advance("95d")
    texts = shown(lab, "expired", BEFORE_THE_POLICY)
    assert "Status: AUTHORIZATION EXPIRED on" in texts["show license status"]
    shown(lab, "trusted", POLICY)
    shown(lab, "untrusted", POLICY)


def _asked(lab: Laboratory, name: str, command: str) -> tuple[str, str]:
    return command, lab.type(name, command)[0]
