"""What a person at `slp console` sees, and what Genie makes of it: for tests of many platforms."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from typing import Any

from genie.conf.base import Device

DAY = ("--start", "2026-10-06T12:00:00Z")


def transcript(
    platform: str, release: str, commands: Sequence[str], before: Sequence[str] = ()
) -> dict[str, str]:
    """What one console prints for each command, after the lines of `before`."""
    # a log line may come between the last of these and its prompt: a line more takes it
    lines = ["enable", "terminal length 0", *before, "show clock", *commands]
    run = subprocess.run(
        # always the same day: a code of digits alone, which Genie takes for a number, stays away
        [os.environ["SLP"], "console", "--platform", platform, "--release", release, *DAY],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    printed: dict[str, list[str]] = {}
    current: list[str] = []
    for line in run.stdout.splitlines():
        command = line.partition("#")[2] or line  # a message may stand between prompt and command
        if command in commands:
            current = printed.setdefault(command, [])
        else:
            current.append(line)
    assert set(printed) == set(commands)
    return {command: "\n".join(rows) for command, rows in printed.items()}


def parsed(command: str, text: str) -> Any:
    """What Genie's parser for a command of IOS XE makes of its output."""
    device = Device("node", os="iosxe")
    device.custom = {"abstraction": {"order": ["os"]}}
    return device.parse(command, output=text)
