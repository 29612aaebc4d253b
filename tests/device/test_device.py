"""What survives what: configuration, log, licensing store, levels, files."""

from __future__ import annotations

import pytest

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.identity import Udi
from agent.device.device import new_device
from agent.device.files import FileFault
from agent.device.snapshot import take
from agent.engine.config import Transport
from agent.engine.events import SyncAsked
from agent.engine.records import Member, Role
from tests.device.devices import (
    ESSENTIALS,
    HOSTNAME,
    NOON,
    RELEASE,
    SMALL_LOG,
    TRANSPORT_OFF,
    booted,
    edit,
    play,
    unbooted,
)
from yang.tree import get

HOSTNAME_PATH = ("native", "hostname")


def features(device):
    return {use.feature: use.count for use in device.agent.state.usage.values() if use.count}


def mnemonics(device):
    return [line.text.split("%", 1)[1].split(":", 1)[0] for line in device.log.lines]


# --- boot -----------------------------------------------------------------------------------


def test_boot_asks_for_the_licences_of_the_level():
    assert features(booted()) == {"network-advantage": 1, "dna-advantage": 1}


def test_units_of_one_model_are_counted_together_and_others_apart():
    others = (
        Member(Udi("C9300-24T", "FOC0000EMU2"), Role.STANDBY),
        Member(Udi("C9300-48U", "FOC0000EMU3"), Role.MEMBER),
    )
    device = booted(others=others)
    counts = [(use.feature, use.count) for use in device.agent.state.usage.values()]
    assert sorted(counts) == [
        ("dna-advantage", 1),
        ("dna-advantage", 2),
        ("network-advantage", 1),
        ("network-advantage", 2),
    ]


def test_messages_of_a_start_come_in_the_order_seen_on_a_switch():
    device = booted()
    play(device, NOON + 45 * SECOND)
    shown = [name for name in mnemonics(device) if not name.startswith("SMART_LIC-6-EXPORT")]
    assert shown == [
        "CRYPTO-5-SELF_TEST_START",
        "CRYPTO-5-SELF_TEST_END",
        "SMART_LIC-6-AGENT_ENABLED",
        "PKI-6-TRUSTPOINT_CREATE",
        "PKI-6-TRUSTPOINT_CREATE",
        "SYS-5-RESTART",
        "PKI-2-NON_AUTHORITATIVE_CLOCK",
    ]


def test_stored_configuration_is_announced():
    device = booted()
    device.save(NOON, "admin")
    device.reload(NOON + MINUTE)
    play(device, NOON + 2 * MINUTE)
    lines = [line.text for line in device.log.lines]
    assert any(line.endswith("Configured from memory by console") for line in lines)


def test_stamps_of_a_start_never_go_back():
    device = booted()
    play(device, NOON + 45 * SECOND)
    stamps = [line.text[1:20] for line in device.log.lines]
    assert stamps == sorted(stamps)


def test_day_0_configuration_is_in_force_from_the_first_start():
    plain = booted()
    plain.commit(ESSENTIALS, NOON)
    device = booted(startup=plain.datastore.running)
    assert features(device) == {"network-essentials": 1}


# --- commit ---------------------------------------------------------------------------------


def test_commit_tells_the_agent_when_licensing_changed():
    device = booted()
    device.commit((TRANSPORT_OFF,), NOON, by="admin")
    assert device.agent.state.config.transport is Transport.OFF
    assert (device.datastore.changed.at, device.datastore.changed.by) == (NOON, "admin")


def test_commit_of_something_else_leaves_the_agent_alone():
    device = booted()
    before = device.agent.state.config
    device.commit((edit("native/ip/domain/name", "example.com"),), NOON)
    told = device.agent.state.config
    assert told is not before  # the domain name is part of licensing
    device.commit((edit("native/service/password-encryption", True),), NOON)
    assert device.agent.state.config is told


@pytest.mark.parametrize(
    "wrong",
    [
        edit("native/license/smart/transport-type", "pigeon"),
        edit("native/logging/buffered/severity", "loudly"),
    ],
)
def test_commit_that_makes_no_sense_leaves_nothing_behind(wrong):
    device = booted()
    before = take(device)
    with pytest.raises(ValueError):
        device.commit((HOSTNAME, wrong), NOON)
    assert take(device) == before


def test_holder_of_an_old_root_still_sees_what_it_was():
    device = booted()
    old = device.datastore.running
    device.commit((HOSTNAME,), NOON)
    assert get(old, HOSTNAME_PATH) != "edge-1"
    assert get(device.datastore.running, HOSTNAME_PATH) == "edge-1"


def test_log_settings_are_in_force_at_once():
    device = booted()
    device.commit((SMALL_LOG,), NOON)
    assert device.log.settings.buffer_bytes == 8192


# --- reload ---------------------------------------------------------------------------------


def test_unsaved_configuration_is_lost_and_saved_is_kept():
    device = booted()
    device.commit((HOSTNAME,), NOON)
    assert device.has_unsaved_changes()
    device.save(NOON, "admin")
    assert not device.has_unsaved_changes()
    device.commit((TRANSPORT_OFF,), NOON)
    device.reload(NOON + HOUR)
    assert get(device.datastore.running, HOSTNAME_PATH) == "edge-1"
    assert device.agent.state.config.transport is Transport.CSLU
    assert not device.has_unsaved_changes()


def test_write_erase_brings_the_factory_configuration_back():
    device = booted()
    device.commit((HOSTNAME,), NOON)
    device.save(NOON, "admin")
    device.erase_startup(NOON)
    assert device.has_unsaved_changes()
    device.reload(NOON + HOUR)
    assert device.datastore.running is unbooted().datastore.running


def test_log_is_lost_and_starts_anew():
    device = booted()
    play(device, NOON + HOUR)
    device.syslog("SYS.CONFIG_I", {"source": "console", "by": "console"}, NOON + HOUR)
    device.reload(NOON + 2 * HOUR)
    assert mnemonics(device)[0] == "CRYPTO-5-SELF_TEST_START"
    assert "SYS-5-CONFIG_I" not in mnemonics(device)
    assert device.log.buffer_count == len(device.log.lines)


def test_who_watches_the_console_sees_the_reload_and_the_start():
    device = booted()
    seen = []
    device.log.listeners.append(lambda line: seen.append(line.text))
    device.reload(NOON + HOUR, "Reload Command")
    assert "%SYS-5-RELOAD: " in seen[0]
    assert "Reload Reason: Reload Command." in seen[0]
    assert any("AGENT_ENABLED" in text for text in seen)
    stamps = [text[1:20] for text in seen]
    assert stamps == sorted(stamps)


def test_licensing_store_survives_reload_and_write_erase():
    device = booted()
    play(device, NOON + 3 * DAY)
    ids = set(device.agent.state.reports)
    deadline = device.agent.state.usage_reporting.next_ack_deadline
    assert ids
    assert deadline is not None
    device.erase_startup(NOON + 3 * DAY)
    device.reload(NOON + 3 * DAY)
    assert ids <= set(device.agent.state.reports)
    assert device.agent.state.usage_reporting.next_ack_deadline == deadline


def test_files_survive_a_reload():
    device = booted()
    assert device.write_file("bootflash:usage.xml", "<x/>", NOON) is None
    device.reload(NOON + HOUR)
    assert device.files.read("flash:usage.xml") == "<x/>"
    assert device.delete_file("flash:usage.xml", NOON) is None
    assert device.delete_file("flash:usage.xml", NOON) is FileFault.NO_SUCH_FILE


def test_boot_level_waits_for_the_next_start():
    device = booted()
    device.commit(ESSENTIALS, NOON)
    assert features(device) == {"network-advantage": 1, "dna-advantage": 1}
    device.save(NOON, "admin")
    device.reload(NOON + HOUR)
    assert features(device) == {"network-essentials": 1}


def test_unsaved_boot_level_never_comes_into_force():
    device = booted()
    device.commit(ESSENTIALS, NOON)
    device.reload(NOON + HOUR)
    assert features(device) == {"network-advantage": 1, "dna-advantage": 1}


# --- clock, usage, link -----------------------------------------------------------------------


def test_clock_set_moves_what_is_printed_and_no_deadline():
    device = booted()
    deadline = device.next_deadline()
    device.set_clock(NOON + 400 * DAY, NOON)
    assert device.next_deadline() == deadline
    assert device.local_time(NOON) == NOON + 400 * DAY
    device.syslog("SYS.CONFIG_I", {"source": "console", "by": "console"}, NOON)
    assert not device.log.lines[-1].text.startswith("*")


def test_usage_by_hand_lasts_until_the_reload():
    device = booted()
    assert device.use("network-advantage", 3, NOON)
    assert features(device)["network-advantage"] == 3
    assert not device.use("cheese-advantage", 1, NOON)
    device.reload(NOON + HOUR)
    assert features(device)["network-advantage"] == 1


def test_requests_in_flight_are_sent_again_unchanged():
    device = booted()
    play(device, NOON + MINUTE)
    device.handle(SyncAsked(), NOON + MINUTE)
    first = list(device.link.sent)
    assert first
    device.resend()
    again = device.link.sent[len(first) :]
    assert again
    assert all(send in first for send in again)


def test_link_that_answers_at_once_is_a_bug():
    class Hasty:
        def send(self, device, send):
            device.wake(NOON + 1000 * DAY)

    device = booted()
    device.link = Hasty()
    with pytest.raises(RuntimeError, match="while another input"):
        device.handle(SyncAsked(), NOON + MINUTE)
        play(device, NOON + DAY)


def test_lab_is_told_of_every_input():
    told = []
    device = unbooted()
    device.changed = told.append
    device.boot(NOON)
    device.commit((HOSTNAME,), NOON)
    assert told == [device, device]


def test_same_seed_makes_the_same_device():
    def lived():
        device = new_device("sw1", "C9300-24T", RELEASE, "FOC0000EMU1", seed="7")
        device.boot(NOON)
        play(device, NOON + 40 * DAY)
        return take(device)

    assert lived() == lived()
