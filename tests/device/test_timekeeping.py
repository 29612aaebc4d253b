"""NTP: which servers answer, what a device does then, and what its commands print of it."""

from __future__ import annotations

import re

import pytest

from agent.adapters.plan import NetworkPlan
from agent.cli.line import Line
from agent.cli.session import CliSession
from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.device.snapshot import MemoryJournal, take
from agent.device.timekeeping import Timekeeping
from tests.device.devices import NOON, booted, play

KNOWN = NetworkPlan(hosts={"ntp.lab": "10.9.9.9", "time.lab": "10.9.9.8:10123"}).known
LATER = NOON + 10 * MINUTE


def device_of():
    device = booted()
    device.timekeeping = Timekeeping(KNOWN)
    play(device, LATER)
    return device


def typed(device, *lines, now=LATER):
    session = CliSession(device, Line(privilege=15))
    session.start(now)
    return "".join(session.feed(f"{line}\r", now) for line in ("terminal length 0", *lines))


def configured(device, *lines, now=LATER):
    return typed(device, "configure terminal", *lines, "end", now=now)


def log_of(device):
    return "\n".join(line.text for line in device.log.lines)


@pytest.mark.parametrize("server", ["ntp.lab", "10.9.9.9", "10.9.9.8", "127.0.0.1"])
def test_a_server_that_the_lab_knows_makes_the_clock_authoritative(server):
    device = device_of()
    assert typed(device, "show clock").count("*12:10:00.000 UTC") == 1
    configured(device, f"ntp server {server}", "ntp logging")
    play(device, LATER + 64 * SECOND)
    assert device.clock_authoritative
    assert f"%NTP-5-PEERSYNC: NTP synced to peer {server}" in log_of(device)
    assert "%PKI-6-AUTHORITATIVE_CLOCK: The system clock has been set." in log_of(device)
    assert "CLOCKUPDATE" not in log_of(device)  # it was right
    now = LATER + HOUR
    play(device, now)
    shown = typed(device, "show ntp status", "show ntp associations", "show clock detail", now=now)
    assert f"Clock is synchronized, stratum 2, reference is {server}\r\n" in shown
    assert re.search(rf"^\*~{re.escape(server)} +\.LOCL\. +1 +\d+ +64 +377 ", shown, re.M)
    assert "Time source is NTP\r\n" in shown
    assert "reference time is EE6F" in shown  # seconds since 1900


def test_one_it_does_not_know_leaves_it_as_it_was():
    device = device_of()
    configured(device, "ntp server 192.0.2.1", "ntp server elsewhere.example")
    play(device, LATER + HOUR)
    assert not device.clock_authoritative
    shown = typed(device, "show ntp status", "show ntp associations", now=LATER + HOUR)
    assert "Clock is unsynchronized, stratum 16, no reference clock" in shown
    assert shown.count(".INIT.") == 2


def test_a_wrong_calendar_is_set_right_and_the_agent_hears_of_it():
    device = device_of()
    device.set_clock(LATER + 2 * HOUR, LATER)
    assert device.agent.state.clock_offset == 2 * HOUR
    configured(device, "ntp server 192.0.2.1", "ntp server 10.9.9.9 iburst prefer")
    play(device, LATER + 8 * SECOND)
    assert (device.clock_offset_ms, device.agent.state.clock_offset) == (0, 0)
    assert log_of(device).count("%SMART_LIC-5-SYSTEM_CLOCK_CHANGED") == 2
    assert "UTC Tue Oct 6 2026, configured from NTP." in log_of(device)


def test_a_reload_looks_for_its_server_again_and_a_removed_one_is_left():
    device = device_of()
    configured(device, "ntp server 10.9.9.9")
    device.save(LATER)
    play(device, LATER + 2 * MINUTE)
    device.reload(LATER + HOUR)
    assert not device.clock_authoritative
    copy = MemoryJournal(device).restored()
    play(device, LATER + HOUR + 2 * MINUTE)
    assert device.timekeeping.peer == "10.9.9.9"
    play(copy, LATER + HOUR + 2 * MINUTE)
    assert copy.timekeeping == device.timekeeping
    now = LATER + 2 * HOUR
    configured(device, "no ntp server 10.9.9.9", "ntp master 5", now=now)
    assert device.timekeeping.peer == ""
    play(device, now + 2 * MINUTE)
    shown = typed(device, "show ntp status", "show ntp associations", now=now + 2 * MINUTE)
    assert "stratum 5, reference is 127.127.1.1" in shown
    assert "*~127.127.1.1" in shown
    assert take(MemoryJournal(device).restored()) == take(device)


def test_dates_of_configuration_changes_stay_when_the_clock_is_set():
    device = device_of()
    configured(device, "hostname Core")
    typed(device, "copy running-config startup-config", "")
    before = typed(device, "show running-config | include updated|Last")
    assert re.search("Last configuration change at 12:10:00 UTC Tue Oct 6 2026", before)
    assert re.search("NVRAM config last updated at 12:10:00 UTC Tue Oct 6 2026", before)
    device.set_clock(LATER + 400 * DAY, LATER)
    assert typed(device, "show running-config | include updated|Last") == before
