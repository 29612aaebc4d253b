"""The log of a start beside the one a switch printed on its console."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from agent.core.clock import SECOND
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
