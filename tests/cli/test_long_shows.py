"""What takes long to print is made in slices, between which other sessions have their turn."""

import pytest

from agent.cli.session import SLICES
from tests.cli.sessions import NOW, device, session

HOSTS = 400


@pytest.fixture
def full():
    """A device with many lines in its configuration, stored too."""
    on = device()
    lines = "\r".join(f"ip host h{n} 10.0.{n // 250}.{n % 250 + 1}" for n in range(HOSTS))
    session(on=on).feed(f"configure terminal\r{lines}\rend\rwrite memory\r", NOW)
    return on


def finished(opened):
    """Do what a session waits for, as a terminal does: how many slices, what was printed."""
    made, answer = 0, ""
    while opened.call is not None:
        assert opened.call.request == SLICES
        slices = opened.call.arguments[SLICES]
        with pytest.raises(StopIteration) as end:
            while True:
                next(slices)
                made += 1
        answer += opened.resume(end.value.value, NOW)
    return made, answer


@pytest.mark.parametrize(
    "command", ["show running-config", "show startup-config", "more nvram:startup-config"]
)
def test_a_long_configuration_is_made_in_many_slices(full, command):
    opened = session(on=full)
    opened.in_turns = True
    assert opened.feed(f"{command} | count ^ip host h\rshow privilege\r", NOW)
    made, answer = finished(opened)
    assert made > HOSTS / 64
    assert f"regexp = {HOSTS}" in answer
    assert answer.index("regexp = ") < answer.index("privilege level is")  # typed meanwhile


def test_what_is_changed_between_two_slices_is_not_printed(full):
    opened, other = session(on=full), session(on=full)
    opened.in_turns = True
    opened.feed("terminal length 0\rshow running-config\r", NOW)
    next(opened.call.arguments[SLICES])
    answer = other.feed("configure terminal\rhostname OTHER\rend\rshow privilege\r", NOW)
    assert "privilege level is" in answer
    _, shown = finished(opened)
    assert "hostname OTHER" not in shown
    assert shown.endswith("OTHER#")


def test_the_time_stands_above_what_is_made_in_slices(full):
    opened = session(on=full)
    opened.feed("terminal exec prompt timestamp\r", NOW)
    opened.in_turns = True
    opened.feed("show running-config\r", NOW)
    _, shown = finished(opened)
    assert shown.index("Load for five secs") < shown.index("Building configuration")


@pytest.mark.parametrize(
    "command", ["show archive config differences", "show running-config interface Vlan1"]
)
def test_what_looks_at_the_whole_configuration_is_made_in_slices(full, command):
    opened = session(on=full)
    opened.in_turns = True
    opened.feed(f"{command}\r", NOW)
    made, shown = finished(opened)
    assert made > HOSTS / 64
    at_once = session(on=full).feed(f"{command}\r", NOW)
    assert shown == at_once.removeprefix(f"{command}\r\n")
