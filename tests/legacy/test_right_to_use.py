"""Right-To-Use on a switch of before Smart Licensing, and what becomes of it by an upgrade."""

from __future__ import annotations

import pytest

from agent.cli.line import Line
from agent.cli.session import CliSession
from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device.device import new_device
from agent.device.snapshot import MemoryJournal, take
from agent.device.units import join
from agent.engine.config import Transport
from tests.device.devices import NOON, HeldLink, edit, play

RTU, OLD, NEW = (Release.parse(text) for text in ("16.8.1a", "16.12.4", "17.12.4"))


def switch(*edits):
    device = new_device("sw", "C9300-24T", RTU, "FOC0000EMU1")
    device.link = HeldLink()
    device.boot(NOON)
    if edits:
        device.commit(edits, NOON)
    return device


def typed(device, *lines, now=NOON + HOUR):
    session = CliSession(device, Line(privilege=15))
    session.start(now)
    return "".join(session.feed(f"{line}\r", now) for line in ("terminal length 0", *lines))


def test_no_agent_runs_and_nothing_is_ever_sent():
    device = switch()
    play(device, NOON + 400 * DAY)
    log = "\n".join(line.text for line in device.log.lines)
    assert "SMART_LIC" not in log
    assert device.link.sent == []
    said = typed(device, "show license status", "license smart sync all", "show license summary")
    assert said.count("% Invalid input") == 3


def test_an_add_on_is_an_evaluation_until_somebody_says_otherwise():
    device = switch()
    shown = typed(device, "show license right-to-use summary", now=NOON + 10 * DAY)
    assert "  network-advantage             Permanent       Lifetime\r\n" in shown
    assert "  dna-advantage                 Evaluation      80 days\r\n" in shown
    assert "License Level In Use: network-advantage+dna-advantage Evaluation\r\n" in shown
    line = "license right-to-use activate addon dna-advantage subscription all acceptEULA"
    assert "%" not in typed(device, line)
    shown = typed(device, "show license right-to-use summary", now=NOON + 100 * DAY)
    assert "  dna-advantage                 Subscription    CSSM Managed\r\n" in shown
    other = "license right-to-use activate addon dna-essentials evaluation all acceptEULA"
    assert "% dna-essentials is not part of the license level in use" in typed(device, other)
    shown = typed(device, "show version | include dna-|network-|Smart")
    assert "Permanent" in shown and "Subscription" in shown
    assert "Smart " not in shown


def test_every_unit_of_a_stack_is_listed():
    device = switch()
    assert join(device, Udi("C9300-48T", "FOC0000EMU2"), NOON + MINUTE)
    rows = typed(device, "show license right-to-use usage", now=NOON + 400 * DAY)
    assert "\r\n1      network-advantage   Permanent    1 :1 :5 " in rows
    assert rows.count("\r\n2      ") == 2


@pytest.mark.parametrize("edits", [(), (edit("native/license/smart/transport-type", "smart"),)])
def test_an_upgrade_makes_it_policy_over_cslu_and_all_in_use(edits):
    """source: migration-transport, migration-licences"""
    device = switch(*edits)
    device.journal = journal = MemoryJournal(device)
    device.install(NEW, NOON + HOUR)
    device.reload(NOON + HOUR)
    assert device.agent.licensing == "policy"
    assert device.agent.state.config.transport is Transport.CSLU
    play(device, NOON + HOUR + 2 * MINUTE)
    shown = typed(device, "show license summary", now=NOON + 2 * HOUR)
    assert shown.count("1 IN USE") == 2
    deadline = device.agent.state.usage_reporting.next_ack_deadline
    assert deadline == NOON + HOUR + 49_000 + 90 * DAY  # the default policy, of a subscription
    assert take(journal.restored()) == take(device)


def test_to_smart_licensing_it_is_an_evaluation_and_back_again_as_it_was():
    device = switch()
    line = "license right-to-use activate addon dna-advantage subscription all acceptEULA"
    typed(device, line)
    device.install(OLD, NOON + HOUR)
    device.reload(NOON + HOUR)
    assert device.agent.state.legacy.authorization == "EVAL MODE"
    device.install(RTU, NOON + 2 * HOUR)
    device.reload(NOON + 2 * HOUR)
    shown = typed(device, "show license right-to-use summary", now=NOON + 3 * HOUR)
    assert "CSSM Managed" in shown
    assert take(MemoryJournal(device).restored()) == take(device)
