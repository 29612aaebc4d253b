"""show version, clock, logging, inventory, hosts and addresses, from a device and from values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.cli.views import bootvar, licensing, modules, platform, redundancy, system, version
from agent.cli.views.hardware import hardware_of
from agent.cli.views.uptime import uptime_words
from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.dates import Zone
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device import config_network
from agent.device.config import Resolution
from agent.device.device import Device, new_device
from agent.engine.places import arranged
from agent.profiles.profile import load
from tests.cli.states import state_of
from tests.golden.captures import read
from yang.tree import Edit, Entry

NOW = 1_790_000_000_000
ROUTER_VERSION = "show-version__c8000v-17.15__slp.txt"


def device_of(release: str = "17.12.4", model: str = "C9300-24T") -> Device:
    device = new_device("sw1", model, Release.parse(release), "FOC0000EMU1")
    device.boot(NOW)
    return device


def shown(device: Device, now: int = NOW) -> str:
    return version.render(version.collect(device, now), device.profile, device.release)


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0 minutes"),
        (MINUTE, "1 minute"),
        (59 * MINUTE, "59 minutes"),
        (HOUR + MINUTE, "1 hour, 1 minute"),
        (DAY + 41 * MINUTE, "1 day, 41 minutes"),
        (16 * DAY + 2 * HOUR, "2 weeks, 2 days, 2 hours"),
        (372 * DAY + 3 * MINUTE, "1 year, 1 week, 3 minutes"),
    ],
)
def test_uptime_in_words(ms: int, words: str) -> None:
    assert uptime_words(ms) == words


def test_version_follows_the_device() -> None:
    device = device_of()
    device.commit((Edit("set", ("native", "hostname"), "edge-7"),), NOW)
    text = shown(device, NOW + 3 * DAY)
    assert text.startswith("Cisco IOS XE Software, Version 17.12.04\n")
    assert "edge-7 uptime is 3 days\n" in text
    assert "Uptime for this control processor is 3 days, 1 minute\n" in text
    assert "Processor board ID FOC0000EMU1\n" in text
    assert "System restarted at" not in text


def test_restart_time_shows_once_the_clock_is_set() -> None:
    device = device_of()
    device.set_clock(NOW + HOUR, NOW)
    assert "\nSystem restarted at 15:13:20 UTC Mon Sep 21 2026\n" in shown(device)


def test_next_level_follows_the_configuration() -> None:
    device = device_of()
    level = ("native", "license", "boot", "level")
    device.commit((Edit("delete", level), Edit("set", (*level, "network-essentials"))), NOW)
    text = shown(device)
    assert "network-advantage   \tSmart License                 \t network-essentials  \n" in text
    assert "dna-advantage       \tSubscription Smart License    \t None" in text


def test_licensing_line_changes_with_the_release() -> None:
    assert "Status: Registration Not Applicable/Not Applicable\n" in shown(device_of("17.6.4"))
    assert "Status: Smart Licensing Using Policy\n" in shown(device_of("17.12.4"))


@pytest.mark.golden
@pytest.mark.parametrize(
    ("name", "release", "model"),
    [
        ("show-version__c9300-17.6__bundle-standalone.txt", "17.6.1", "C9300-24P"),
        ("show-version__c9300-17.15.6__install.txt", "17.15.6", "C9300-48UXM"),
    ],
)
def test_lines_of_version_equal_capture(golden: Path, name: str, release: str, model: str) -> None:
    """From the licences to the memory, line for line, what belongs to the one device aside."""
    device = device_of(release, model)
    ours = _body(shown(device))
    theirs = _body(read(golden, name))
    own = ("Processor board ID", "network-", "dna-")
    assert [line for line in ours if not line.startswith(own)] == [
        _counted(line) for line in theirs if not line.startswith(own)
    ]
    widths = {line[:4]: len(line) for line in theirs if line.startswith(("network-", "dna-"))}
    assert {line[:4]: len(line) for line in ours if line.startswith(("network-", "dna-"))} == widths


@pytest.mark.golden
def test_software_lines_equal_capture(golden: Path) -> None:
    """Version, build, year and day of 17.15.6, whose build is not the platform's usual one."""
    ours = shown(device_of("17.15.6", "C9300-48UXM"))
    theirs = read(golden, "show-version__c9300-17.15.6__install.txt")
    assert ours.split("\n")[:7] == theirs.split("\n")[:7]
    assert "(fc2)" in ours


@pytest.mark.golden
def test_lines_of_a_router_equal_capture(golden: Path) -> None:
    """From the licence levels to the end, line for line, what belongs to the one router aside.

    The publisher trimmed blanks at line ends. # source: show-version-form
    """
    own = ("Processor board ID", "The current throughput")
    router = device_of("17.15.1", "C8000V")
    view = replace(version.collect(router, NOW), level="", next_level="")
    printed = version.render(view, router.profile, router.release)
    assert "License Level: \nLicense Type: Perpetual\nNext reload license Level: \n" in printed
    printed = "\n".join(line.rstrip() for line in printed.split("\n"))
    texts = (printed, read(golden, ROUTER_VERSION))
    ours, theirs = (t[t.index("License Level:") :].rstrip().split("\n") for t in texts)
    assert len(ours) == len(theirs)
    assert [line for line in ours if not line.startswith(own)] == [
        line for line in theirs if not line.startswith(own)
    ]


def _body(text: str) -> list[str]:
    start = text.index("Technology Package License Information")
    return text[start : text.index("Base Ethernet MAC")].split("\n")


def _counted(line: str) -> str:
    """The captured switch had four Vlan interfaces, ours has one."""
    return line.replace("4 Virtual Ethernet interfaces", "1 Virtual Ethernet interface")


def test_a_stack_lists_its_units() -> None:
    device = device_of()
    view = version.collect(device, NOW)
    view = replace(view, members=(*view.members, (2, Udi("C9300-48U", "FOC0000EMU2"))))
    text = version.render(view, device.profile, device.release)
    assert (
        "*    1 41    C9300-24T          17.12.04          CAT9K_IOSXE           INSTALL\n" in text
    )
    assert (
        "     2 65    C9300-48U          17.12.04          CAT9K_IOSXE           INSTALL\n" in text
    )
    assert "\nSwitch 02\n---------\n" in text
    assert text.count("Base Ethernet MAC Address") == 2


def test_no_legal_notice_of_the_vendor_is_printed() -> None:
    text = shown(device_of())
    assert "GPL" not in text
    assert "export@" not in text


def test_hardware_numbers_follow_from_the_serial_number() -> None:
    one, same, other = (hardware_of(Udi("C9300-24T", sn)) for sn in ("A", "A", "B"))
    assert one == same
    assert one.base_mac != other.base_mac
    assert one.motherboard_serial != other.motherboard_serial


def test_clock_is_marked_until_it_is_set() -> None:
    zone = Zone("EST", -300)
    assert system.clock(NOW + 7, zone, "", False) == "*09:13:20.007 EST Mon Sep 21 2026"
    assert system.clock(NOW, zone, "NTP", True).endswith("2026\nTime source is NTP")


def test_logging_shows_levels_and_the_buffer() -> None:
    device = device_of()
    text = system.logging(device.log)
    assert "    Console logging: level debugging, 3 messages logged, xml disabled,\n" in text
    assert text.endswith(device.log.text())
    off = replace(device.log.settings, console=None)
    device.log.configure(off)
    assert "    Console logging: disabled\n" in system.logging(device.log)


@pytest.mark.golden
def test_logging_head_equals_capture(golden: Path) -> None:
    theirs = read(golden, "show-logging__cat9k-17i__hourly-cslu-comm-failed.txt")
    ours = system.logging(device_of().log).split("\nLog Buffer")[0].split("\n")
    head = theirs.split("\nLog Buffer")[0].split("\n")
    digits = str.maketrans("0123456789", "0000000000")
    assert [line.translate(digits) for line in ours if "Console" not in line][:1] == [
        head[0].translate(digits)
    ]
    skipped = ("Console", "logged", " filtering")
    assert [x for x in ours[1:] if not any(s in x for s in skipped)] == [
        x for x in head[1:] if not any(s in x for s in skipped)
    ]


def test_inventory_lists_each_unit_with_its_parts() -> None:
    profile = load("c9300")
    text = platform.inventory(arranged((Udi("C9300-24T", "A"), Udi("C9300-48U", "B"))), profile)
    assert text.startswith(
        'NAME: "c93xx Stack", DESCR: "c93xx Stack"\nPID: C9300-24T         , VID: V01  , SN: A\n'
    )
    assert 'NAME: "Switch 2", DESCR: "C9300-48U"\n' in text
    assert text.count("NAME:") == 7


def test_hosts_show_domain_servers_and_table() -> None:
    names = Resolution(
        domain="lab.example", servers=("10.0.0.1", "10.0.0.2"), hosts={"cslu-local": ("10.0.0.9",)}
    )
    text = system.hosts(names)
    assert text.startswith("Default domain is lab.example\nName servers are 10.0.0.1, 10.0.0.2\n")
    assert text.split("\n")[-1].split() == ["cslu-local", "10", "IN", "A", "10.0.0.9"]


def test_interface_brief_shows_configured_addresses() -> None:
    device = device_of()
    port = ("native", "interface", Entry("GigabitEthernet", "1/0/1"))
    edits = (
        Edit("set", (*port, "ip", "address", "primary", "address"), "10.1.1.1"),
        Edit("set", (*port, "ip", "address", "primary", "mask"), "255.255.255.0"),
    )
    device.commit(edits, NOW)
    lines = brief(device)
    assert lines[1].startswith("Vlan1 ")
    found = next(line for line in lines if line.startswith("GigabitEthernet1/0/1 "))
    assert found.split() == ["GigabitEthernet1/0/1", "10.1.1.1", "YES", "manual", "up", "up"]
    assert any(line.startswith("Te1/1/8  ") for line in lines)
    device.save(NOW)
    assert any("10.1.1.1        YES NVRAM  up" in line for line in brief(device))


def brief(device: Device) -> list[str]:
    ports = config_network.ports(device.datastore.running, "Vlan")
    rows = system.interfaces(ports, device.stored_root())
    return list(system.brief_lines(rows))


def test_a_controller_shows_its_air_level_and_no_technology_table() -> None:
    text = shown(device_of(model="C9800-CL-K9"))
    assert "\nAIR License Level: AIR DNA Advantage\n" in text
    assert "\ncisco C9800-CL (VXE) processor (revision VXE) with " in text
    assert "\n3 Gigabit Ethernet interfaces\n" in text
    assert "Technology Package" not in text
    assert "Switch Ports Model" not in text


def test_a_controller_uses_a_licence_for_each_access_point() -> None:
    device = device_of(model="C9800-CL-K9")
    device.join(tuple(Udi("AIR-AP1840I", f"AP{n}") for n in range(3)), NOW)
    rows = licensing.collect(device, NOW).licences
    assert [(row.name, row.display, row.count) for row in rows] == [
        ("air-network-advantage", "DNA_NWStack", 3),
        ("air-dna-advantage", "AIR-DNA-A", 3),
    ]


def test_a_box_lists_its_parts() -> None:
    """source: inventory-form (an ISR4451-X)."""
    text = platform.inventory(arranged((Udi("ISR4451-X/K9", "A"),)), load("isr4000"))
    assert text.startswith(
        'NAME: "Chassis", DESCR: "Cisco ISR4451 Chassis"\n'
        "PID: ISR4451-X/K9      , VID: V01  , SN: A\n"
    )
    assert 'NAME: "module R0", DESCR: "Cisco ISR4451 Route Processor"\n' in text


def test_two_supervisors_are_one_chassis() -> None:
    sup = Udi("C9407R", "A")
    assert platform.inventory(arranged((sup, sup)), load("c9400")).count('NAME: "Chassis"') == 1


def test_slots_say_how_long_they_are_in() -> None:
    state = device_of("17.12.4", "C8000V").agent.state
    release = Release.parse("17.12.4")
    for uptime, words in ((5 * MINUTE, "00:05:00"), (27 * HOUR, "1d03h"), (9 * DAY, "1w2d")):
        text = platform.platform(platform.Set(state.members, load("c8000v"), release, uptime))
        assert f"R0        C8000V              ok, active            {words} " in text


def test_redundancy_names_the_peer_only_where_there_is_one() -> None:
    stack = state_of("C9300-24T A", "C9300-24T B")
    units = platform.Set(stack.members, load("c9300"), Release.parse("17.12.4"), 2 * HOUR)
    paired = redundancy.redundancy(units, "banner")
    assert "\n              Standby Location = slot 2\n" in paired
    assert paired.count("       Uptime in current state = 2 hours\n") == 2
    alone = redundancy.redundancy(replace(units, members=stack.members[:1]), "banner")
    assert "Peer (slot: 0) information is not available" in alone
    assert "Standby Location" not in alone
    assert paired.count("CONFIG_FILE") == 2
    assert "CONFIG_FILE" not in alone
    assert "Configuration register = 0x102\n\nPeer" in alone
    assert "CONFIG_FILE = \n             Fast Switchover   = Disabled\n" in paired
    older = redundancy.redundancy(replace(units, release=Release.parse("17.6.4")), "banner")
    assert older == "\n".join(
        line for line in paired.split("\n") if not line.endswith("Disabled") or "Maint" in line
    )


@pytest.mark.parametrize(
    ("pid", "peer", "configured", "unit_id"),
    [
        ("C9300-24T", 0, "Non-redundant", 1),
        ("C9500-32QC", 1, "Non-redundant", 1),
        ("C9407R", 4, "sso", 3),
        ("ASR1006-X", 7, "sso", 48),
        ("C8000V", 0, "Non-redundant", 48),
        ("C9800-CL-K9", 1, "Non-redundant", 1),
    ],
)
def test_a_peer_that_is_not_there_has_its_slot(
    pid: str, peer: int, configured: str, unit_id: int
) -> None:
    device = device_of("17.12.4", pid)
    units = platform.Set(device.agent.state.members, device.profile, device.release)
    text, states = redundancy.redundancy(units, "banner"), redundancy.redundancy_states(units)
    assert f"\nPeer (slot: {peer}) information is not available" in text
    assert f"\n    Configured Redundancy Mode = {configured}\n" in text
    assert f"\n        Unit ID = {unit_id}\n" in states
    assert "\n           Unit = Primary\n" in states
    assert "\n    Manual Swact = disabled (system is simplex (no peer unit))\n" in states


def test_boot_variables_of_a_stack_a_pair_and_a_router() -> None:
    """source: bootvar."""
    release = Release.parse("17.12.4")
    stack = platform.Set(state_of("C9300-24T A", "C9300-24T B").members, load("c9300"), release)
    text = bootvar.boot(stack)
    assert text.count("\nCurrent Boot Variables:\nBOOT variable = flash:packages.conf;\n") == 2
    assert "\nSwitch 2\n" in text
    pair = platform.Set(state_of("C9500-32QC A", "C9500-32QC B").members, load("c9500"), release)
    assert bootvar.boot(pair).count("BOOT variable = ") == 4
    assert "\n\nStandby BOOT variable = " in bootvar.bootvar(pair)
    router = platform.Set(state_of("C8000V A").members, load("c8000v"), release)
    assert bootvar.bootvar(router).startswith("BOOT variable = bootflash:packages.conf,12;\n")
    assert "Standby not ready to show bootvar\n" in bootvar.bootvar(router)


def test_two_chassis_are_switches_and_two_supervisors_slots() -> None:
    """source: redundancy-form."""
    release = Release.parse("17.14.1")
    pair = platform.Set(state_of("C9500-32QC A", "C9500-32QC B").members, load("c9500"), release)
    text = redundancy.redundancy(pair, "banner")
    assert "\n               Active Location = Switch 1\n" in text
    assert "\n              Standby Location = Switch 2\n" in text
    assert "\n                Initial Garp   = Enabled\n\nPeer Processor" in text
    box = platform.Set(state_of("C9410R A", "C9410R A").members, load("c9400"), release)
    assert "Active Location = slot 5\n" in redundancy.redundancy(box, "banner")


def test_redundancy_of_one_and_of_two_units() -> None:
    stack = state_of("C9300-24T A", "C9300-24T B")
    release = Release.parse("17.12.4")
    paired = redundancy.redundancy_states(platform.Set(stack.members, load("c9300"), release))
    alone = redundancy.redundancy_states(platform.Set(stack.members[:1], load("c9300"), release))
    assert "     peer state = 8  -STANDBY HOT \n" in paired
    assert "     peer state = 1  -DISABLED \n" in alone
    listed = platform.switch(platform.Set(stack.members, load("c9300"), release))
    assert "*1       Active  " in listed
    ring = platform.switch_detail(platform.Set(stack.members, load("c9300"), release))
    assert ring.startswith(listed.rstrip("\n"))
    assert "\n  1         OK         OK                2        2 \n" in ring
    assert " 2       Standby " in listed


def test_modules_of_a_stack_and_of_a_chassis() -> None:
    """source: module-form."""
    release = Release.parse("17.12.4")
    stack = state_of("C9300-24T A", "C9300-48U B").members
    rows = modules.module(platform.Set(stack, load("c9300"), release)).split("\n")
    assert [row.split()[:4] for row in rows[2:]] == [
        ["1", "41", "C9300-24T", "A"],
        ["2", "65", "C9300-48U", "B"],
    ]
    pair = state_of("C9407R A", "C9407R A").members
    text = modules.module(platform.Set(pair, load("c9400"), release))
    assert text.startswith(f"Chassis Type: {'C9407R':<20}\n\nMod Ports Card Type")
    assert "\n3   11   Supervisor 1 XL Module                      C9400-SUP-1XL    JAE" in text
    assert "\n4   Standby             sso             sso              Standby Hot\n" in text
    assert "\nChassis MAC address range: 44 addresses from 00b6.70" in text
    alone = modules.module(platform.Set(pair[:1], load("c9400"), release))
    assert "\n3   Active              non-redundant             sso\n" in alone
    two = state_of("C9500-32QC A", "C9500-32QC B").members
    chassis = modules.module(platform.Set(two, load("c9500"), release))
    assert chassis.count("Switch Number ") == 2
    assert "\nChassis 2 MAC address range: 512 addresses from " in chassis
