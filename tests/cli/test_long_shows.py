"""What takes long to print is made in slices, between which other sessions have their turn."""

import pytest

from agent.cli.session import SLICES
from tests.cli.test_session import NOW, device, session
from yang.slices import whole

HOSTS = 400


@pytest.fixture
def full():
    """A device with many lines in its configuration, stored too."""
    on = device()
    lines = "\r".join(f"ip host h{n} 10.0.{n // 250}.{n % 250 + 1}" for n in range(HOSTS))
    session(on=on).feed(f"configure terminal\r{lines}\rend\rwrite memory\r", NOW)
    return on


@pytest.mark.parametrize(
    "command", ["show running-config", "show startup-config", "more nvram:startup-config"]
)
def test_a_long_configuration_is_made_in_many_slices(full, command):
    opened = session(on=full)
    opened.in_turns = True
    assert opened.feed(f"{command} | count ^ip host h\rshow privilege\r", NOW)
    assert opened.call.request == SLICES
    slices = opened.call.arguments[SLICES]
    made = 0
    with pytest.raises(StopIteration) as end:
        while True:
            next(slices)
            made += 1
    assert made > HOSTS / 64
    answer = opened.resume(end.value.value, NOW)
    assert f"regexp = {HOSTS}" in answer
    assert answer.index("regexp = ") < answer.index("privilege level is")  # typed meanwhile


def test_what_is_changed_between_two_slices_is_not_printed(full):
    opened, other = session(on=full), session(on=full)
    opened.in_turns = True
    opened.feed("terminal length 0\rshow running-config\r", NOW)
    slices = opened.call.arguments[SLICES]
    next(slices)
    answer = other.feed("configure terminal\rhostname OTHER\rend\rshow privilege\r", NOW)
    assert "privilege level is" in answer
    shown = opened.resume(whole(slices), NOW)
    assert "hostname OTHER" not in shown
    assert shown.endswith("OTHER#")


def test_the_time_stands_above_what_is_made_in_slices(full):
    opened = session(on=full)
    opened.feed("terminal exec prompt timestamp\r", NOW)
    opened.in_turns = True
    opened.feed("show running-config\r", NOW)
    shown = opened.resume(whole(opened.call.arguments[SLICES]), NOW)
    assert shown.index("Load for five secs") < shown.index("Building configuration")


@pytest.mark.parametrize(
    "command", ["show archive config differences", "show running-config interface Vlan1"]
)
def test_what_looks_at_the_whole_configuration_is_made_in_slices(full, command):
    opened = session(on=full)
    opened.in_turns = True
    opened.feed(f"{command}\r", NOW)
    slices = opened.call.arguments[SLICES]
    made = 0
    with pytest.raises(StopIteration) as end:
        while True:
            next(slices)
            made += 1
    assert made > HOSTS / 64
    assert opened.resume(end.value.value, NOW) == session(on=full).feed(
        f"{command}\r", NOW
    ).removeprefix(f"{command}\r\n")
