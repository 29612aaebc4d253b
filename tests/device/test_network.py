"""Devices and their servers on in-memory links: long lives, loss, outages, garbage."""

from __future__ import annotations

import pytest

from agent.commands.world import CSLU_NAME, make_world
from agent.core.clock import DAY, HOUR, MINUTE
from agent.device.network import Conditions, Outage
from agent.device.snapshot import MemoryJournal, take
from agent.engine.events import Failure, SyncAsked
from tests.device.devices import NOON


@pytest.fixture
def world_of():
    made = []

    def make(*args, **options):
        made.append(make_world(NOON, *args, **options))
        return made[-1]

    yield make
    for world in made:
        world.close()


def said(device, mnemonic):
    return sum(mnemonic in line.text for line in device.log.lines)


def test_first_report_brings_trust_and_an_ack(world_of):
    world = world_of()
    world.fleet.run_until(NOON + HOUR)
    state = world.devices[0].agent.state
    assert list(state.trust) == [state.udi.short]
    assert NOON < state.usage_reporting.last_ack_received < NOON + HOUR
    assert state.pending == {}


def test_half_a_year_is_played_the_same_way_twice(world_of):
    first, second = world_of(2), world_of(2)
    for world in (first, second):
        world.fleet.run_until(NOON + 182 * DAY)
    assert [take(d) for d in first.devices] == [take(d) for d in second.devices]
    assert all(d.agent.state.counters.acknowledged > 5 for d in first.devices)


def test_a_year_replays_from_the_journal(world_of):
    world = world_of()
    device = world.devices[0]
    journal = device.journal = MemoryJournal(device, 100_000)
    for month in range(1, 13):
        world.fleet.run_until(NOON + month * 30 * DAY)
        device.use("network-advantage", 1 + month % 2, NOON + month * 30 * DAY)
        if month % 4 == 0:
            device.reload(NOON + month * 30 * DAY)
    assert len(journal.lines) > 90
    assert take(journal.restored()) == take(device)


def test_lossy_links_delay_acks_and_lose_no_report(world_of):
    world = world_of(conditions=Conditions(loss_per_mille=250))
    device = world.devices[0]
    seen = set()
    while world.fleet.step(NOON + 200 * DAY) is not None:
        seen.update(device.agent.state.reports)
    world.network.conditions = Conditions()
    device.handle(SyncAsked(), NOON + 200 * DAY)
    world.fleet.run_until(NOON + 202 * DAY)
    state = device.agent.state
    acknowledged = {usage.report_id for usage in _usage(world)}
    waiting = {number for number in seen if number in state.reports}
    assert seen - waiting <= acknowledged  # what the device let go, CSSM has
    assert said(device, "COMM_FAILED") > 0


def _usage(world):
    return world.cssm.records.all_usage()


def test_outage_is_logged_and_its_end_too(world_of):
    world = world_of(conditions=Conditions(outages=(Outage(NOON, NOON + 6 * HOUR),)))
    device = world.devices[0]
    world.fleet.run_until(NOON + 5 * HOUR)
    assert said(device, "COMM_FAILED") >= 5
    assert device.agent.state.usage_reporting.last_ack_received is None
    world.fleet.run_until(NOON + 2 * DAY)
    assert said(device, "COMM_RESTORED") == 1
    assert device.agent.state.usage_reporting.last_ack_received is not None


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (b"", Failure.EMPTY_REPLY),
        (b"<html>502</html>", Failure.BAD_REPLY),
        (b"\xff\x00", Failure.BAD_REPLY),
        (Failure.HTTP_STATUS, Failure.HTTP_STATUS),
    ],
)
def test_useless_answers_become_the_devices_own_message(world_of, outcome, reason):
    world = world_of()
    world.network.serve(CSLU_NAME, lambda body, now: outcome)
    world.fleet.run_until(NOON + 30 * MINUTE)
    failed = [line.text for line in world.devices[0].log.lines if "COMM_FAILED" in line.text]
    assert failed
    assert all(reason.value in text for text in failed)


def test_unknown_name_cannot_be_resolved(world_of):
    world = world_of()
    world.network._servers.clear()
    world.fleet.run_until(NOON + 30 * MINUTE)
    failed = [line.text for line in world.devices[0].log.lines if "COMM_FAILED" in line.text]
    assert failed
    assert all("Unable to resolve server hostname/domain name" in text for text in failed)


def test_reply_to_a_device_that_has_reloaded_is_harmless(world_of):
    world = world_of()
    device = world.devices[0]
    while not device.agent.state.pending:
        instant, _ = world.fleet.step()
    device.reload(instant)
    world.fleet.run_until(NOON + DAY)
    assert device.agent.state.usage_reporting.last_ack_received is not None
