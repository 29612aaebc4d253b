"""A device put where another one's output stands: it prints the same, and lives on from there."""

import functools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli.session import CliSession, Line
from agent.commands.world import make_world
from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device.device import new_device
from agent.device.printed import Printed
from agent.device.shown import settle_as_shown, start_shown, time_shown, units_shown
from agent.device.snapshot import MemoryJournal, take
from agent.engine.records import Member, Role
from agent.profiles.profile import profile_for
from counterparts.portal import Portal
from tests.device.devices import NOON, play, unbooted

CSLU_URL = "license smart url cslu http://cslu-local:8182/cslu/v1/pi"
STACK = ("C9300-24T", "C9300-48U", "C9300-24U")
LIVES = {  # model, release, further units
    "switch-17.3": ("C9300-24T", "17.3.2a", ()),
    "stack-17.6": ("C9300-24T", "17.6.4", STACK[1:]),
    "switch-17.7": ("C9500-32QC", "17.7.1", ()),
    "router-17.9": ("C8300-1N1S-6T", "17.9.5", ()),
    "stack-17.12": ("C9300-24T", "17.12.4", STACK[1:]),
    "supervisors-17.14": ("C9407R", "17.14.1", ("C9407R",)),
    "wireless-17.15": ("C9800-CL-K9", "17.15.1", ()),
    "router-17.18": ("C8000V", "17.18.1", ()),
    "stack-17.18": ("C9350-24U", "17.18.2", ("C9350-48U",)),
}
# what belongs to a device's own life: the repeating jobs count from the start of its process
OWN = (
    r"(Event log current size: ).*",
    r"((?:Start Utility|Save unreported|Authorization Renewal)[\w ]*: ).*",
)


def device_of(model, release, others=(), anchors=(), name="sw1"):
    roles = (Role.STANDBY, *[Role.MEMBER] * len(others))
    alike = model == "C9407R"  # two supervisors of one chassis
    udis = [
        Udi(pid, "FOC0000EMU1" if alike else f"FOC0000EMU{n}") for n, pid in enumerate(others, 2)
    ]
    members = tuple(Member(udi, role) for udi, role in zip(udis, roles, strict=False))
    parsed = Release.parse(release)
    return new_device(name, model, parsed, "FOC0000EMU1", others=members, anchors=anchors)


def ask(device, now, *lines):
    """What the last line prints."""
    session = CliSession(device, Line("console", privilege=15), width=0, length=0)
    session.start(now)
    for line in lines:
        said = session.feed(f"{line}\r", now).replace("\r\n", "\n")
    return said.removeprefix(f"{lines[-1]}\n").rpartition("\n")[0]


def plain(text):
    for pattern in OWN:
        text = re.sub(pattern, r"\1#", text)
    return text.split("\n")


@pytest.mark.parametrize("life", LIVES)
def test_a_device_that_has_lived_can_be_had_again_from_what_it_prints(life):
    """A month with a CSLU: reports, acknowledgements, account, policy, trust, another zone."""
    model, release, others = LIVES[life]
    world = make_world(NOON, 0)
    try:
        lived = device_of(model, release, others, world.cssm.anchors)
        world.network.plug_in(lived)
        lived.boot(NOON)
        zone = "clock timezone CET 1 0"
        ask(lived, NOON, "configure terminal", zone, CSLU_URL, "license smart custom_id shelf-7")
        now = NOON + 40 * DAY + 7 * MINUTE
        world.fleet.run_until(now)
        whole = ask(lived, now, "show license tech support")
        both = f"{whole}\n{ask(lived, now, 'show license status')}"  # the one has no dates of trust
    finally:
        world.close()
    again = device_of(model, release, others)
    again.boot(start_shown(whole, lived.zone))
    ask(again, now, "configure terminal", zone)
    settle_as_shown(again, both, now)
    assert time_shown(whole, lived.zone) == now // 1000 * 1000
    assert plain(ask(again, now, "show license tech support")) == plain(whole)
    for command in ("show license status", "show license usage", "show license summary"):
        assert ask(again, now, command) == ask(lived, now, command)


def test_units_are_those_a_text_names():
    lived = device_of("C9300-24T", "17.12.4", STACK[1:])
    lived.boot(NOON)
    for command in ("show license all", "show license udi", "show license tech support"):
        shown = units_shown(ask(lived, NOON, command))
        assert [(unit.udi, unit.role) for unit in shown] == [
            (unit.udi, unit.role) for unit in lived.agent.state.members
        ]
    alone = unbooted()
    alone.boot(NOON)
    assert [unit.udi for unit in units_shown(ask(alone, NOON, "show license udi"))] == [alone.udi]
    assert units_shown(ask(alone, NOON, "show license summary")) == ()


def shown_all(*lines, model="C9300-24T", release="17.12.4"):
    """`show license all` of a device an hour old that has sent nothing, with these lines."""
    device = device_of(model, release)
    device.boot(NOON)
    ask(device, NOON, "configure terminal", *lines, "end")
    play(device, NOON + MINUTE)  # past the start of reporting, before the first push
    return ask(device, NOON + HOUR, "show license all")


@pytest.mark.parametrize(
    "lines",
    [
        ("license smart transport off",),
        ("license smart transport callhome",),
        (
            "license smart transport smart",
            "license smart url smart https://example.com/licservice/license",
            "license smart proxy address proxy.example.com",
            "license smart proxy port 8080",
            "license smart vrf Mgmt-vrf",
        ),
        (CSLU_URL, "license smart privacy hostname", "license smart privacy version"),
        ("license smart custom_id shelf-7",),
    ],
)
def test_settings_are_configured(lines):
    text = shown_all(*lines)
    other = device_of("C9300-24T", "17.12.4")
    other.boot(NOON)
    ask(other, NOON, "configure terminal", "license smart transport off", "end")
    settle_as_shown(other, text, NOON + HOUR)
    assert ask(other, NOON + HOUR, "show license all") == text
    running = ask(other, NOON + HOUR, "show running-config | include license smart")
    typed = device_of("C9300-24T", "17.12.4")
    typed.boot(NOON)
    ask(typed, NOON, "configure terminal", *lines, "end")
    assert running == ask(typed, NOON, "show running-config | include license smart")


def test_it_lives_on_from_there():
    """The push that the text plans goes out at its time, not two minutes after the start."""
    world = make_world(NOON, 0)
    try:
        device = device_of("C9300-24T", "17.12.4", anchors=world.cssm.anchors)
        text = re.sub(r"(Next report push: ).*", r"\1Oct 09 08:00:00 2026 UTC", shown_all())
        world.network.plug_in(device)
        device.boot(NOON)
        settle_as_shown(device, text, NOON + HOUR)
        before = "show license status | include Last report push|ACK deadline"
        deadline = Printed(text).value("Next ACK deadline")
        world.fleet.run_until(NOON + 2 * DAY)
        assert f"deadline: {deadline}" in ask(device, NOON + 2 * DAY, before)
        assert "push: <none>" in ask(device, NOON + 2 * DAY, before)
        world.fleet.run_until(NOON + 4 * DAY)
        assert "push: Oct 09 08:00" in ask(device, NOON + 4 * DAY, before)
    finally:
        world.close()


def test_reports_that_were_closed_are_sent_and_acknowledged():
    """What a text counts is as good as what a device has measured."""
    world = make_world(NOON, 0)
    try:
        device = device_of("C9300-24T", "17.12.4", anchors=world.cssm.anchors)
        text = re.sub("Available to Report: 4", "Available to Report: 24", shown_all())
        text = re.sub("Total: 4", "Total: 24", text)
        assert "Available to Report: 24  Collecting Data: 2" in text
        world.network.plug_in(device)
        device.boot(NOON)
        settle_as_shown(device, text, NOON + HOUR)
        assert "Total: 24,  Purged: 0\n" in ask(device, NOON + HOUR, "show license all")
        world.fleet.run_until(NOON + 2 * DAY)
        counts = ask(device, NOON + 2 * DAY, "show license all | begin Usage Report Summary")
    finally:
        world.close()
    assert "Total Acknowledged Received: 24,  Waiting for Ack: 0" in counts


def test_an_authorization_code_comes_with_its_licences():
    """SLAC of a router: what `show license authorization` tells of it is told again."""
    world = make_world(NOON, 0)
    try:
        router = device_of("C8000V", "17.12.4", anchors=world.cssm.anchors)
        world.network.serve("smartreceiver.cisco.com", _smart(world), world.cssm)
        world.network.plug_in(router)
        router.boot(NOON)
        smart = ("license smart transport smart", "license smart url default")
        ask(router, NOON, "configure terminal", *smart, "end")
        token = Portal(world.cssm).new_token(30, 10, "", NOON).token
        ask(router, NOON, f"license smart trust idtoken {token} all")
        world.fleet.run_until(NOON + HOUR)
        ask(router, NOON + HOUR, "license smart authorization request add hseck9 all")
        world.fleet.run_until(now := NOON + 2 * HOUR)
        texts = [ask(router, now, f"show license {word}") for word in ("all", "authorization")]
    finally:
        world.close()
    assert "SMART AUTHORIZATION INSTALLED" in texts[1]
    other = device_of("C8000V", "17.12.4")
    other.boot(NOON)
    settle_as_shown(other, "\n".join(texts), now)
    assert [ask(other, now, f"show license {word}") for word in ("all", "authorization")] == texts


def test_a_returned_code_leaves_its_return_code():
    text = shown_all(model="C8000V")
    unit = "  Active: PID:C8000V,SN:FOC0000EMU1\n"
    text = text.replace(unit, unit + "      Last return code: Cr9JHx-L1x5Rj-ftwzg1\n", 1)
    other = device_of("C8000V", "17.12.4")
    other.boot(NOON)
    settle_as_shown(other, text, NOON + HOUR)
    assert "Last return code: Cr9JHx-L1x5Rj-ftwzg1\n" in ask(other, NOON + HOUR, "show license all")


def test_utility_mode_and_conversion():
    lines = ("license smart utility", "license smart utility customer_info postalcode 1040")
    text = shown_all(*lines, model="C8000V", release="17.18.1")
    text = text.replace("Status: Not started", "Status: Success")
    text = text.replace("Last Data Push: <none>", "Last Data Push: Oct 06 12:00:00 2026 UTC", 1)
    other = device_of("C8000V", "17.18.1")
    other.boot(NOON)
    settle_as_shown(other, text, NOON + HOUR)
    assert ask(other, NOON + HOUR, "show license all") == text
    settle_as_shown(other, shown_all(model="C8000V", release="17.18.1"), NOON + HOUR)
    assert "Utility:\n  Status: DISABLED" in ask(other, NOON + HOUR, "show license all")


def test_a_reservation_from_before_the_policy():
    """Codes and licences as `show license reservation` tells of them."""
    text = """\
License reservation: ENABLED

Overall status:
  Active: PID:C9300-24T,SN:FOC0000EMU1
      Reservation status: SPECIFIC INSTALLED on Oct 01 10:00:00 2026 UTC
      Last Confirmation code: 102fc949

Specified license reservations:
  network-advantage (C9300-24 Network Advantage):
    Description: C9300-24 Network Advantage
    Total reserved count: 1
    Enforcement type: NOT ENFORCED
    Term information:
      Active: PID:C9300-24T,SN:FOC0000EMU1
        Authorization type: SPECIFIC INSTALLED on Oct 01 10:00:00 2026 UTC
        License type: PERPETUAL
          Term Count: 1
"""
    device = device_of("C9300-24T", "17.6.4")
    device.boot(NOON)
    settle_as_shown(device, text, NOON)
    assert ask(device, NOON, "show license reservation") == text


def _smart(world):
    from counterparts.cloud import CloudRequest
    from counterparts.receiver import PATH

    return lambda body, now: world.cssm.handle(CloudRequest("POST", PATH, {}, body), now).body


def test_reports_come_from_lists_and_details():
    world = make_world(NOON, 1)
    try:
        world.fleet.run_until(now := NOON + 3 * HOUR)
        lived = world.devices[0]
        listed = ask(lived, now, "show license rum id all")
        numbers = re.findall(r"^(\d+) ", listed, re.MULTILINE)
        command = f"show license rum id {numbers[0]} detail"
        detail = ask(lived, now, command)
        events = ask(lived, now, "show license eventlog")
    finally:
        world.close()
    for text, asked in ((listed, "show license rum id all"), (detail, command)):
        other = new_device("sw2", lived.model, lived.release, lived.udi.sn)
        other.boot(NOON)
        settle_as_shown(other, text, now)
        assert ask(other, now, asked) == text
    settle_as_shown(other, events, now)
    assert ask(other, now, "show license eventlog") == events


def test_a_journal_replays_it():
    device = unbooted()
    device.journal = journal = MemoryJournal(device)
    device.boot(NOON)
    settle_as_shown(device, shown_all("license smart transport off"), NOON + HOUR)
    play(device, NOON + DAY)
    assert take(journal.restored()) == take(device)


@pytest.mark.parametrize(
    ("ours", "theirs", "what"),
    [
        ("Type: cslu", "Type: pigeon", "'pigeon' is no transport"),
        ("C9300-24 Network Advantage", "C9300-24 Pilot Licence", "no licence C9300-24 Pilot"),
        (r"Reporting frequency \(days\): 90.*\n", "", "the policy is not whole"),
        (r"deadline: [A-Z]..", "deadline: Jum", "there is no Jum 04"),
        ("Trust Code Installed: <none>", "Trust Code Installed: Oct 06 12:00:00 2030 UTC", "later"),
        ("Trust Code Installed: <none>", "Trust Code Installed:\n  Active: PID:A,SN:B\n"
         "    INSTALLED on Oct 06 12:00:00 2026 UTC", "no unit"),
        ("Custom Id: <empty>", "Custom Id: a b", "does not take the line"),
        (r"\d+ \(CISCO default\)", "1 (nobody)", "nobody"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_changes_nothing(ours, theirs, what):
    text = shown_all()
    changed = re.sub(ours, theirs, text)
    assert changed != text
    device = unbooted()
    device.boot(NOON)
    ask(device, NOON, "configure terminal", "license smart transport off", "end")
    before = take(device)
    with pytest.raises(InputError, match=what):
        settle_as_shown(device, changed, NOON + HOUR)
    assert take(device) == before


@pytest.mark.parametrize("text", ["", "show version\n", "Usage Reporting:\n", "\x00\xff" * 9])
def test_a_text_that_says_nothing_changes_nothing_that_is_shown(text):
    device = unbooted()
    device.boot(NOON)
    before = ask(device, NOON, "show license all")
    settle_as_shown(device, text, NOON)
    assert ask(device, NOON, "show license all") == before


@functools.cache
def whole_text():
    device = device_of("C9300-24T", "17.12.4", STACK[1:])
    device.boot(NOON)
    play(device, NOON + MINUTE)
    return ask(device, NOON + HOUR, "show license tech support").split("\n")


@settings(max_examples=50, deadline=None)
@given(
    place=st.integers(0, 10_000),
    size=st.integers(0, 5),
    instead=st.lists(st.text(alphabet="azAZ09 :()=,-%", max_size=40), max_size=3),
)
def test_no_text_makes_anything_but_an_input_error(place, size, instead):
    """Lines of a whole output are lost, doubled or exchanged for anything."""
    lines = whole_text()
    place %= len(lines)
    text = "\n".join((*lines[:place], *instead, *lines[place : place + 1], *lines[place + size :]))
    device = device_of("C9300-24T", "17.12.4", STACK[1:])
    device.boot(NOON)
    try:
        settle_as_shown(device, text, NOON + HOUR)
    except InputError:
        return
    assert ask(device, NOON + HOUR, "show license tech support").startswith("Smart Licensing")
    play(device, NOON + DAY)


def test_a_command_does_it_with_a_file_of_the_device():
    text = shown_all("license smart transport off", "license smart custom_id shelf-7")
    device = unbooted()
    device.boot(NOON)
    assert device.write_file("flash:own.txt", text, NOON) is None
    assert ask(device, NOON + HOUR, "emulator standing flash:own.txt") == ""
    assert ask(device, NOON + HOUR, "show license all") == text
    device.write_file("flash:own.txt", text.replace("Transport Off", "Pigeon"), NOON)
    refused = ask(device, NOON + HOUR, "emulator standing flash:own.txt")
    assert refused.startswith("% 'pigeon' is no transport; allowed: cslu, smart")
    missing = ask(device, NOON + HOUR, "emulator standing flash:none.txt")
    assert missing.startswith("%Error opening flash:none.txt")


def test_every_platform_knows_the_licences_it_prints():
    """What a device of each family has in use at its start, another one of it can be told."""
    for model in (
        "C9200L-24T-4X",
        "C9300X-24Y",
        "C9606R",
        "C9800-CL-K9",
        "C8500-12X",
        "IE-3300-8T2S",
    ):
        device, other = (device_of(model, "17.12.4") for _ in range(2))
        device.boot(NOON)
        other.boot(NOON)
        assert profile_for(model) is device.profile
        text = ask(device, NOON, "show license usage")
        settle_as_shown(other, text, NOON)
        assert ask(other, NOON, "show license usage") == text
