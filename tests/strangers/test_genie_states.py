"""Genie parses what licensing prints in every state a persona can be brought into.

One console per persona and state: the state is reached by the commands a user would type and by the
clock of the emulator; nothing of ours is imported.
"""

from __future__ import annotations

import re

import pytest
from sitting import parsed, transcript

OFF = ("configure terminal", "license smart transport off", "end")
DAY = "emulator clock advance 1d"
HOUR = "emulator clock advance 1h"
STATES: dict[str, tuple[str, ...]] = {
    "fresh": (),
    "acknowledged": (HOUR,),
    "overdue": (*OFF, "emulator clock advance 100d"),
    "saved to a file": (*OFF, HOUR, "license smart save usage all file flash:usage.txt"),
    "reset": (DAY, "license smart factory reset"),
    "synchronised": (HOUR, "license smart sync all", HOUR),
    "another policy in force for months": ("emulator clock advance 70d",),
    "a code asked for and not there": ("license smart authorization request add hseck9 local",),
    "no trust on a direct transport": (
        *("configure terminal", "license smart transport smart", "license smart url default"),
        *("end", "license smart trust idtoken nonsense local", HOUR),
    ),
    "the servers unreachable": (
        *("configure terminal", "license smart url cslu http://127.0.0.1:9/cslu/v1/pi", "end"),
        DAY,
    ),
    "trust from the factory": ("emulator trust factory", HOUR),
    "a calendar that is ahead": ("clock set 12:00:00 1 jan 2030", DAY),
    "a proxy": (
        *("configure terminal", "license smart proxy address 10.0.0.1", "end"),
        *("configure terminal", "license smart proxy port 8080", "end"),
        HOUR,
    ),
    "utility": (
        *("configure terminal", "license smart utility", "end"),
        *("configure terminal", "license smart utility customer_info id 4711", "end", HOUR),
    ),
    "three units": (
        *("emulator member add C9300-24T FOC00000002", "emulator member add C9300-48T FOC00000003"),
        *("emulator clock advance 3d", "emulator member fail 2"),
    ),
}
PERSONAS = (
    ("C9300L-48PF-4X", "17.6.4"),
    ("C9300-24T", "17.12.4"),
    ("C9407R", "17.13.1"),
    ("C9800-CL-K9", "17.9.5"),
    ("C8000V", "17.15.1"),
    ("C9500-32QC", "17.18.2"),
)
THOROUGH = ("C9300-24T", "C8000V", "C9407R")
COMMANDS = (
    "show license tech support",
    "show license status",
    "show license all",
    "show license history message",
)
# Genie has no parser for this one: its lines are looked at
AUTHORIZATION = "show license authorization"


# all states for three personas, the two most common ones for the others
CASES = [
    (platform, release, state)
    for platform, release in PERSONAS
    for state in STATES
    if platform in THOROUGH or state in ("fresh", "acknowledged")
    if state != "three units" or platform == "C9300-24T"
]


@pytest.mark.parametrize(("platform", "release", "state"), CASES)
def test_genie_parses_a_state(platform: str, release: str, state: str) -> None:
    texts = transcript(platform, release, (*COMMANDS, AUTHORIZATION), STATES[state])
    assert set(texts) == {*COMMANDS, AUTHORIZATION}
    for command in COMMANDS:
        assert parsed(command, texts[command]), command
    shown = texts[AUTHORIZATION]
    assert "Status: NOT INSTALLED" in shown or "Authorizations:" in shown


LEGACY = {
    "unregistered": (),
    "evaluation over": ("emulator clock advance 91d",),
    "registration under way": ("license smart register idtoken none",),
    "refused": ("license smart register idtoken none", DAY),
}
BEFORE_THE_POLICY = [("CSR1000V", "16.12.4"), ("C9300-24T", "17.2.1")]


@pytest.mark.parametrize("state", LEGACY)
@pytest.mark.parametrize(("platform", "release"), BEFORE_THE_POLICY)
def test_genie_parses_a_product_before_the_policy(platform: str, release: str, state: str) -> None:
    commands = ("show license status", "show license all")
    texts = transcript(platform, release, commands, LEGACY[state])
    for command in commands:
        assert parsed(command, texts[command]), command
        status = re.search(r"Registration:\n  Status: (\w+)", texts[command])
        assert status and status[1] in ("UNREGISTERED", "REGISTERING")
