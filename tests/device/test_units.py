"""Units of a device: who may join, what its CLI says, and that a replay knows them."""

from __future__ import annotations

import re

import pytest

from agent.adapters.labfile import parse_plan
from agent.cli.line import Line
from agent.cli.session import CliSession
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.device.device import new_device
from agent.device.snapshot import MemoryJournal, take
from agent.device.units import join, leave, numbers_of, units_of
from agent.engine.records import TrustCode
from tests.device.devices import NOON, RELEASE, HeldLink, booted, play

LATER = NOON + 600_000
LAB = """\
devices:
  - name: stack
    platform: C9300-24T
    release: 17.12.4
    count: 2
    members:
{members}
"""


def typed(device, *lines, now=LATER):
    session = CliSession(device, Line(privilege=15))
    session.start(now)
    session.feed("\r", now)
    return "".join(session.feed(line, now) for line in lines)


def counts(device):
    return {use.feature: use.count for use in device.agent.state.usage.values()}


def test_a_stack_holds_eight_units_of_its_family():
    device = booted()
    for number in range(2, 9):
        assert join(device, Udi("C9300-24T", f"FOC0000M{number:03d}"), LATER)
    assert not join(device, Udi("C9300-24T", "FOC0000M009"), LATER)
    assert set(counts(device).values()) == {8}
    assert not join(booted(), Udi("C9800-CL-K9", "FOC0000M009"), LATER)


def test_a_controller_is_one_of_a_pair_at_most():
    device = new_device("wlc", "C9800-CL-K9", RELEASE, "9AAAAAAAAAA")
    device.link = HeldLink()
    device.boot(NOON)
    assert join(device, Udi("C9800-CL-K9", "9BBBBBBBBBB"), LATER)
    assert not join(device, Udi("C9800-CL-K9", "9CCCCCCCCCC"), LATER)


def test_the_only_unit_cannot_leave_and_the_active_leaves_after_a_switchover():
    device = booted()
    second = Udi("C9300-48T", "FOC0000EMU2")
    assert not leave(device, 1, LATER)
    assert join(device, second, LATER)
    assert leave(device, 1, LATER)
    assert units_of(device) == (second,)
    assert device.udi == second
    assert any("HA role changed to Active." in line.text for line in device.log.lines)


def test_what_the_emulator_commands_do_and_say():
    device = booted()
    play(device, LATER)
    assert "%" not in typed(device, "emulator member add C9300-24T\r")
    assert set(counts(device).values()) == {2}
    said = typed(device, "emulator member add C1000-8T\r")
    assert "% C1000-8T cannot join this C9300-24T" in said
    assert "% Unit 5 cannot leave: there are 2" in typed(device, "emulator member remove 5\r")
    typed(device, "emulator member add C9300-48T FOC0000BIG1\r")
    assert str(units_of(device)[2]) == "PID:C9300-48T,SN:FOC0000BIG1"
    typed(device, "emulator member remove 2\r")
    assert len(units_of(device)) == 2


def test_a_forced_switchover_asks_first():
    device = booted()
    assert "% There is no standby" in typed(device, "redundancy force-switchover\r")
    typed(device, "emulator member add C9300-24T\r")
    first, second = units_of(device)
    said = typed(device, "redundancy force-switchover\r", "n")
    assert "Proceed with switchover to standby RP? [confirm]" in said
    assert units_of(device) == (first, second)
    typed(device, "redundancy force-switchover\r", "\r")
    assert units_of(device) == (second, first)


def test_a_replay_knows_the_units():
    device = booted()
    device.journal = journal = MemoryJournal(device, limit=10_000)
    join(device, Udi("C9300-24T", "FOC0000EMU2"), NOON + 1000)
    play(device, LATER)
    device.switch_over(LATER)
    play(device, LATER + 600_000)
    device.reload(LATER + 700_000)
    assert take(journal.restored()) == take(device)


def test_a_lab_file_lists_the_members():
    text = LAB.format(members="      - {}\n      - {platform: C9300-48T, serial: FOC0000BIG1}")
    one, two = parse_plan(text, "lab.yaml").devices
    assert [str(udi) for udi in one.members] == [
        "PID:C9300-24T,SN:FOC00010001",
        "PID:C9300-48T,SN:FOC0000BIG1",
    ]
    assert two.members[0].sn == "FOC00010002"
    assert two.members[1].sn == "FOC0000BIG1-2"


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ("      - {platform: C9800-CL-K9}", "is no unit for a C9300-24T"),
        ("      - {}\n" * 8, "9 units are too many"),
        ("      - {pid: C9300-24T}", "platform"),
    ],
)
def test_members_a_lab_file_may_not_list(members, why):
    with pytest.raises(InputError, match=why):
        parse_plan(LAB.format(members=members), "lab.yaml")


@pytest.mark.parametrize("model", ["C9407R", "C9606R", "ASR1006-X"])
def test_a_lab_file_gives_a_chassis_its_second_processor(model):
    text = LAB.replace("C9300-24T", model)
    one, _ = parse_plan(text.format(members="      - {}"), "lab.yaml").devices
    assert one.members == (Udi(model, one.serial),)
    with pytest.raises(InputError, match="3 units are too many"):
        parse_plan(text.format(members="      - {}\n      - {}"), "lab.yaml")


def test_a_lab_file_gives_two_chassis_their_own_numbers():
    text = LAB.replace("C9300-24T", "C9407R").format(members="      - {serial: FOC0000SVL2}")
    one, two = parse_plan(text, "lab.yaml").devices
    assert one.members == (Udi("C9407R", "FOC0000SVL2"),)
    assert two.members == (Udi("C9407R", "FOC0000SVL2-2"),)
    router = LAB.replace("C9300-24T", "C8300-1N1S-6T").format(members="      - {}")
    with pytest.raises(InputError, match="2 units are too many"):
        parse_plan(router, "lab.yaml")


def stacked(*serials):
    """A stack of so many units in one state a while after its start."""
    device = booted()
    for serial in serials:
        assert join(device, Udi("C9300-24T", serial), NOON + 1000)
    play(device, LATER)
    return device


def log_of(device):
    return "\n".join(line.text for line in device.log.lines)


@pytest.mark.parametrize("line", ["emulator member fail 2\r", "reload slot 2\r\r"])
def test_a_unit_that_starts_again_is_back_with_what_it_had(line):
    device = stacked("FOC0000EMU2", "FOC0000EMU3")
    second = units_of(device)[1]
    code = TrustCode(second, NOON, 7, "00", "", "", NOON, 0)
    device.agent.state.trust[second.short] = code
    said = typed(device, line)
    assert ("Proceed with reload? [confirm]" in said) == line.startswith("reload")
    assert second not in units_of(device)
    assert second.short not in device.agent.state.trust
    assert set(counts(device).values()) == {2}
    copy = MemoryJournal(device).restored()
    play(device, LATER + 10 * 60_000)
    assert units_of(device)[-1] == second
    assert device.agent.state.trust[second.short] == code
    assert set(counts(device).values()) == {3}
    assert "Switch 2 has been removed from the stack." in log_of(device)
    assert "Switch 3 has been added to the stack." in log_of(device)
    copy.link = HeldLink()
    play(copy, LATER + 10 * 60_000)
    assert units_of(copy) == units_of(device)


def test_when_the_active_fails_its_standby_goes_on_and_it_comes_back_last():
    device = stacked("FOC0000EMU2")
    first, second = units_of(device)
    typed(device, "emulator member fail 1\r")
    assert units_of(device) == (second,)
    play(device, LATER + 10 * 60_000)
    assert units_of(device) == (second, first)
    assert "HA role changed to Active." in log_of(device)


def test_a_reload_of_the_stack_brings_all_units_back_together():
    device = stacked("FOC0000EMU2")
    typed(device, "emulator member fail 2\r")
    device.reload(LATER + 60_000)
    assert len(units_of(device)) == 2
    play(device, LATER + 60 * 60_000)
    assert len(units_of(device)) == 2
    assert set(counts(device).values()) == {2}


def test_a_replaced_member_has_no_code_and_counts_as_before():
    device = stacked("FOC0000EMU2")
    old = units_of(device)[1]
    device.agent.state.trust[old.short] = TrustCode(old, NOON, 7, "00", "", "", NOON, 0)
    assert "%" not in typed(device, "emulator member replace 2 FOC0000NEW1\r")
    assert units_of(device)[1] == Udi("C9300-24T", "FOC0000NEW1")
    assert not device.agent.state.trust
    assert set(counts(device).values()) == {2}
    assert "% Unit 3 cannot be replaced: there are 2" in typed(
        device, "emulator member replace 3 X\r"
    )


def test_a_store_in_another_chassis_is_back_without_trust():
    device = booted()
    play(device, LATER)
    state = device.agent.state
    state.trust[device.udi.short] = TrustCode(device.udi, NOON, 7, "00", "", "one", NOON, 0)
    state.product_instance_identifier = "one"
    rows = dict(state.reports)
    assert "%" not in typed(device, "emulator member replace 1 FOC0000NEW1\r")
    assert device.udi.sn == "FOC0000NEW1"
    assert (state.trust, state.product_instance_identifier) == ({}, "")
    assert set(rows) <= set(state.reports)


@pytest.mark.parametrize(
    ("model", "serial"), [("ASR1006-X", "9AAAAAAAAAA"), ("C9800-L-F-K9", "9BBBBBBBBBB")]
)
def test_two_route_processors_and_a_pair_of_controllers_switch_over(model, serial):
    device = new_device("ha", model, RELEASE, "9AAAAAAAAAA")
    device.link = HeldLink()
    device.boot(NOON)
    assert join(device, Udi(model, serial), LATER)
    play(device, LATER)
    before = counts(device)
    typed(device, "redundancy force-switchover\r\r")
    assert device.udi.sn == serial
    assert numbers_of(device) == (2, 1)
    assert counts(device) == before
    assert "% Switch 3 does not exist" in typed(device, "reload slot 3\r")


@pytest.mark.parametrize(
    ("model", "alone", "two", "slots"),
    [
        ("C9407R", {1}, {1, 2}, (3, 4)),  # network per supervisor, DNA per chassis
        ("ASR1006-X", {1}, {1}, (6, 7)),
    ],
)
def test_two_processors_of_a_chassis_have_one_udi_and_one_trust_code(model, alone, two, slots):
    device = new_device("ha", model, RELEASE, "9AAAAAAAAAA")
    device.link = HeldLink()
    device.boot(NOON)
    play(device, LATER)
    assert set(counts(device).values()) == alone
    assert "%" not in typed(device, f"emulator member add {model}\r").partition("#")[2]
    assert set(counts(device).values()) == two
    assert units_of(device) == (device.udi, device.udi)
    said = typed(device, f"emulator member add {model}\r")
    assert f"% {model} cannot join this {model}" in said
    shown = typed(device, "terminal length 0\r", "show license udi\r", "show redundancy\r")
    assert shown.count(f":PID:{model},SN:9AAAAAAAAAA") == 2
    assert f"Active Location = slot {slots[0]}\r" in shown
    assert f"Standby Location = slot {slots[1]}\r" in shown
    typed(device, "emulator member fail 1\r")
    assert numbers_of(device) == (2,)
    play(device, LATER + 10 * 60_000)
    assert numbers_of(device) == (2, 1)
    shown = typed(device, "terminal length 0\r", "show redundancy\r", now=LATER + 10 * 60_000)
    assert "Switchovers system experienced = 1\r" in shown
    assert "Last switchover reason = active unit failed\r" in shown
    assert f"Active Location = slot {slots[1]}\r" in shown


@pytest.mark.parametrize("model", ["ISR4451-X/K9", "C8000V", "C8300-1N1S-6T", "IE-3300-8T2S"])
def test_what_has_no_redundancy_stays_alone(model):
    device = new_device("alone", model, RELEASE, "9AAAAAAAAAA")
    device.link = HeldLink()
    device.boot(NOON)
    assert not join(device, Udi(model, "9BBBBBBBBBB"), LATER)
    assert not join(device, device.udi, LATER)


def test_a_pair_of_chassis_holds_no_third():
    device = new_device("svl", "C9500-32QC", RELEASE, "9AAAAAAAAAA")
    device.link = HeldLink()
    device.boot(NOON)
    assert join(device, Udi("C9500-32QC", "9BBBBBBBBBB"), LATER)
    assert not join(device, Udi("C9500-32QC", "9CCCCCCCCCC"), LATER)


def test_a_unit_keeps_its_number_and_the_stack_its_address():
    device = stacked("FOC0000EMU2", "FOC0000EMU3")
    before = typed(device, "terminal length 0\r", "show switch\r")
    typed(device, "redundancy force-switchover\r\r")
    assert numbers_of(device) == (2, 3, 1)
    after = typed(device, "terminal length 0\r", "show switch\r")
    address = "Switch/Stack Mac Address : "
    assert before.split(address)[1][:14] == after.split(address)[1][:14]
    assert "Foreign Mac Address" in after
    assert re.search(r"^ 1 +Member .*\r\n\*2 +Active .*\r\n 3 +Standby ", after, re.M)
    shown = typed(device, "terminal length 0\r", "show version\r", "show redundancy\r")
    assert re.search(r"^\* +2 .*\r\n +3 ", shown, re.M)
    assert "Active Location = slot 2\r" in shown
    typed(device, "emulator member fail 3\r")
    typed(device, "emulator member add C9300-48T FOC0000EMU4\r")
    play(device, LATER + 10 * 60_000)
    assert numbers_of(device) == (2, 1, 3, 4)  # its number was taken when it came back
    typed(device, "emulator member remove 4\r")
    assert "Standby failures = 1\r" in typed(device, "terminal length 0\r", "show redundancy\r")
    assert take(MemoryJournal(device).restored()) == take(device)


def test_the_standby_console_shows_and_refuses():
    device = stacked("FOC0000EMU2")
    device.agent.state.trust.clear()
    before = take(device)
    said = typed(
        device,
        "emulator console standby\r",
        "show license status | include Type\r",
        "license smart sync all\r",
        "license smart trust idtoken abc all\r",
        "configure terminal\r",
        "reload slot 2\r",
        "emulator console active\r",
    )
    assert "Switch-stby#" in said
    assert "Type: cslu" in said
    assert said.count("% The command is not allowed on the standby unit") == 4
    assert said.endswith("Switch#")
    assert take(device) == before
    assert "% There is no standby unit" in typed(booted(), "emulator console standby\r")
