"""Each model of each family starts on every release it can run, and prints what users ask for."""

from __future__ import annotations

import pytest

from agent.cli.line import Line
from agent.cli.session import CliSession
from agent.core.clock import HOUR, MINUTE
from agent.core.identity import Udi
from agent.core.release import Release, known_releases
from agent.device.device import Device, new_device
from agent.engine.records import Member, Role
from agent.profiles.profile import load, profile_names

NOW = 1_790_000_000_000
COMMANDS = (
    "show license all",
    "show license authorization",
    "show license data conversion",
    "show license eventlog",
    "show license history message",
    "show license reservation",
    "show license status",
    "show license summary",
    "show license tech support",
    "show license udi",
    "show license usage",
    "show version",
    "show inventory",
    "show platform",
    "show redundancy",
    "show redundancy states",
    "show ip interface brief",
)
# a product that keeps the model before SLP lacks these
OF_SLP = (
    "show license authorization",
    "show license data conversion",
    "show license history message",
)
# a CUCM is no IOS XE: tests/legacy/test_cucm.py
IOS_XE = [name for name in profile_names() if load(name).kind != "cucm"]
REFUSED = ("% Invalid", "% Incomplete", "% Ambiguous")

NEWEST = known_releases()[-1]
# a model like another one prints the same but for its name: its older releases take longer runs
ALL = [
    pytest.param(
        family,
        pid,
        release,
        marks=[pytest.mark.long] if release != NEWEST and pid in load(family).likes else [],
    )
    for family in IOS_XE
    for pid in load(family).models
    for release in known_releases()
    if Release.parse(release).within(load(family).first_releases)
]


def started(pid: str, release: str, *others: Member) -> Device:
    device = new_device("node", pid, Release.parse(release), "FOC0000EMU1", others=others)
    device.boot(NOW)
    return device


def commands_of(device: Device) -> tuple[str, ...]:
    if device.profile.licensing_on(device.release) == "policy":
        return COMMANDS
    return tuple(command for command in COMMANDS if command not in OF_SLP)


def session_on(device: Device) -> CliSession:
    session = CliSession(device, Line("console", 0), width=0, length=0)
    session.start(NOW)
    session.feed("\r", NOW)
    session.feed("enable\r", NOW)
    session.feed("terminal length 0\r", NOW)
    return session


def answer(session: CliSession, command: str) -> str:
    """What is printed between the echoed command and the next prompt."""
    text = session.feed(f"{command}\r", NOW).replace("\r\n", "\n")
    return text.split("\n", 1)[1].rsplit("\n", 1)[0]


@pytest.mark.parametrize(("family", "pid", "release"), ALL)
def test_a_model_prints_every_show_command(family: str, pid: str, release: str) -> None:
    session = session_on(started(pid, release))
    for command in commands_of(session.device):
        printed = answer(session, command)
        assert printed.strip(), command
        assert not any(words in printed for words in REFUSED), command
    assert f"UDI: PID:{pid},SN:FOC0000EMU1" in answer(session, "show license udi")


@pytest.mark.parametrize(("family", "pid"), [(f, p) for f in IOS_XE for p in load(f).models])
def test_a_model_prints_its_configuration(family: str, pid: str) -> None:
    printed = answer(session_on(started(pid, known_releases()[-1])), "show running-config")
    assert f"hostname {load(family).hostname}\n" in printed
    assert printed.rstrip().endswith("\nend")


def test_the_wanted_platforms_are_there() -> None:
    """The list of families that a lab can name."""
    models = {pid for family in profile_names() for pid in load(family).models}
    assert models >= {
        "C9200L-24T-4X",
        "C9300-24T",
        "C9300L-48PF-4X",
        "C9350-48T",
        "C9407R",
        "C9410R",
        "C9500-32QC",
        "C9500X-28C8D",
        "C9606R",
        "IE-3300-8T2S",
        "C9800-CL-K9",
        "C9800-L-F-K9",
        "C9800-40-K9",
        "C9800-80-K9",
        "C8000V",
        "C8200-1N-4T",
        "C8300-1N1S-6T",
        "C8500-12X",
        "ISR4451-X/K9",
        "ASR1006-X",
    }


def test_two_supervisors_use_two_network_and_one_dna_licence() -> None:
    """source: chassis-licences (a C9407R and a C9410R)."""
    second = Member(Udi("C9407R", "FOC0000EMU1"), Role.STANDBY)
    device = started("C9407R", "17.13.1", second)
    counts = {use.feature: use.count for use in device.agent.state.usage.values()}
    assert counts == {"network-advantage": 2, "dna-advantage": 1}
    printed = answer(session_on(device), "show license tech support")
    assert (
        "    Active:PID:C9407R,SN:FOC0000EMU1\n    Standby:PID:C9407R,SN:FOC0000EMU1\n" in printed
    )
    table = printed[printed.index("Enforced Licenses:") :]
    assert answer(session_on(device), "show version").count("Base Ethernet MAC Address") == 1
    assert table.count("  P:C9407R,S:FOC0000EMU1:\n    hseck9: ") == 1


def test_a_stack_of_two_models_has_a_licence_row_for_each() -> None:
    others = (
        Member(Udi("C9300-24T", "FOC0000EMU2"), Role.STANDBY),
        Member(Udi("C9300-48U", "FOC0000EMU3"), Role.MEMBER),
    )
    session = session_on(started("C9300-24T", "17.12.4", *others))
    rows = [line.split() for line in answer(session, "show license summary").split("\n")]
    counts = [(row[0], int(row[-3])) for row in rows if row[-2:] == ["IN", "USE"]]
    assert counts == [
        ("network-advantage", 2),
        ("dna-advantage", 2),
        ("network-advantage", 1),
        ("dna-advantage", 1),
    ]
    printed = answer(session, "show platform")
    assert " 3       65     C9300-48U             FOC0000EMU3  " in printed
    assert "Message Flow Allowed: False" in answer(session, "show license tech support")


@pytest.mark.parametrize("family", IOS_XE)
def test_a_pair_prints_every_show_command(family: str) -> None:
    pid = next(iter(load(family).models))
    session = session_on(started(pid, known_releases()[-1], Member(Udi(pid, "B"), Role.STANDBY)))
    for command in commands_of(session.device):
        printed = answer(session, command)
        assert printed.strip(), command
        assert not any(words in printed for words in REFUSED), command
    assert f"    Standby:PID:{pid},SN:B\n" in answer(session, "show license udi")


def test_a_controller_has_no_management_port_of_a_switch() -> None:
    session = session_on(started("C9800-CL-K9", "17.12.4"))
    assert "GigabitEthernet0/0 " not in answer(session, "show ip interface brief")


def test_a_router_without_a_boot_level_uses_no_licence() -> None:
    """The licences it gave up stay listed. source: show-layouts"""
    device = started("C8000V", "17.15.1")
    session = session_on(device)
    assert "network-advantage_10M   (ESR_P_10M_A)" in answer(session, "show license summary")
    device.wake(NOW + MINUTE)
    for line in ("configure terminal", "no license boot level", "end", "write memory"):
        session.feed(f"{line}\r", NOW)
    device.reload(NOW + HOUR, "Reload Command")
    later = session_on(device)
    summary = answer(later, "show license summary")
    assert summary.count(" 0 NOT IN USE\n") == 2
    assert "1 IN USE" not in summary
    assert "License Level: \nLicense Type: Perpetual\n" in answer(later, "show version")
    device.reload(NOW + 2 * HOUR, "Reload Command")
    assert "  No licenses in use\n" in answer(session_on(device), "show license summary")


def test_packages_of_an_isr_4000_stand_side_by_side() -> None:
    """source: boot-packages."""
    device = started("ISR4451-X/K9", "17.12.4")
    session = session_on(device)
    for line in ("configure terminal", "license boot level securityk9", "license boot level uck9"):
        session.feed(f"{line}\r", NOW)
    assert answer(session, "do show running-config | include boot level").splitlines() == [
        "license boot level appxk9",
        "license boot level securityk9",
        "license boot level uck9",
    ]
    for line in ("no license boot level appxk9", "end", "write memory"):
        session.feed(f"{line}\r", NOW)
    pending = answer(session, "show version")
    assert f"\n{'appxk9':<17}{'appxk9':<17}Smart License    None\n" in pending
    assert f"\n{'uck9':<17}{'None':<17}Smart License    uck9\n" in pending
    device.wake(NOW + MINUTE)
    device.reload(NOW + HOUR, "Reload Command")
    later = session_on(device)
    shown = answer(later, "show license summary")
    in_use = [line.split()[0] for line in shown.splitlines() if line.endswith(" 1 IN USE")]
    assert sorted(in_use) == ["securityk9", "uck9"]
    assert f"\n{'ipbase':<17}{'ipbasek9':<17}Smart License    ipbasek9\n\nThe curr" in answer(
        later, "show version"
    )


@pytest.mark.parametrize(
    ("pid", "release", "level", "feature"),
    [
        ("C8300-1N1S-6T", "17.6.1", "network-premier addon dna-premier", "dna-premier_2.5G"),
        ("ISR4451-X/K9", "17.12.4", "securityk9", "securityk9"),
        ("ASR1006-X", "17.6.1", "ipbase", "ipbase"),
        ("C9350-48T", "17.18.2", "essentials", "essentials"),
    ],
)
def test_a_boot_level_is_in_use_after_a_reload(
    pid: str, release: str, level: str, feature: str
) -> None:
    device = started(pid, release)
    session = session_on(device)
    for line in ("configure terminal", f"license boot level {level}", "end", "write memory"):
        session.feed(f"{line}\r", NOW)
    device.reload(NOW + HOUR, "Reload Command")
    assert f"\n  {feature} " in answer(session_on(device), "show license summary")
