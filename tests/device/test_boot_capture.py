"""The log of a start beside the one a switch printed on its console."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from agent.core.clock import SECOND
from agent.core.release import Release
from agent.device.device import new_device
from tests.device.devices import NOON, booted, play, unbooted

LINE = re.compile(r"\*(\w{3} +\d+ [\d:.]+): %(\w+-\d-\w+): (.*)")
# what one device and one release print, not all of them
OWN = re.compile(r"TP-self-signed-\d+|in \d+ days")


def messages(text):
    """(milliseconds since AGENT_ENABLED, mnemonic, first line of the text) of each message."""
    found = [
        (datetime.strptime(f"2026 {stamp}", "%Y %b %d %H:%M:%S.%f"), name, OWN.sub("#", body))
        for stamp, name, body in LINE.findall(text)
    ]
    start = next(at for at, name, _ in found if name == "SMART_LIC-6-AGENT_ENABLED")
    return [((at - start).total_seconds() * 1000, name, body.strip()) for at, name, body in found]


@pytest.mark.golden
def test_start_is_logged_as_on_a_configured_switch(golden):
    capture = (golden / "boot-console__c9200l-17.9.5__licence-messages.txt").read_text()
    plain = unbooted()
    device = booted(startup=plain.datastore.running)
    play(device, NOON + 60 * SECOND)
    ours, theirs = messages(device.log.text()), messages(capture)
    assert [row[1:] for row in ours] == [row[1:] for row in theirs]
    for (our_ms, name, _), (their_ms, _, _) in zip(ours, theirs, strict=True):
        assert abs(our_ms - their_ms) < 100, name


def test_first_lines_of_the_banner_follow_the_restart_message():
    device = booted()
    play(device, NOON + 20 * SECOND)
    text = device.log.text()
    assert "%SYS-5-RESTART: System restarted --\nCisco IOS Software [" in text
    assert "\nCompiled " in text


@pytest.mark.parametrize(
    ("pid", "wanted"),
    [
        ("ISR4451-X/K9", ["CMLIB-6-THROUGHPUT_VALUE", "ISR_THROUGHPUT-6-LEVEL"]),
        ("C8300-1N1S-6T", ["ISR_THROUGHPUT-6-CRYPTO"]),
        ("C8000V", []),
        ("C9300-24T", []),
    ],
)
def test_a_router_tells_its_throughput_before_the_smart_agent_starts(pid, wanted):
    device = new_device("r", pid, Release.parse("17.12.4"), "FOC0000EMU1")
    device.boot(NOON)
    found = LINE.findall(device.log.text())
    names = [name for _, name, _ in found if "THROUGHPUT" in name]
    assert names == wanted
    for _, name, text in found:
        if name in wanted:
            assert re.search(r" set to \d+ kbps$", text)
