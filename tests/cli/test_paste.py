"""What `show running-config` prints, pasted into a fresh device, gives the same running-config.

The lines of a configuration are drawn from all that the grammar has, typed in a session one after
the other; another device of the kind has the print pasted into it, and a third starts with it.
"""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.cli.session import CliSession, Line
from agent.core.release import Release
from agent.device.device import Device, new_device
from agent.profiles.profile import load
from tests.cli.test_config_permutations import BEFORE, config_modes, entering, lines_of
from tests.grammar import families

BOOT = 1_700_000_000_000
NOW = BOOT + 3_600_000
KINDS = [("c9300", "17.12.4"), ("c9800cl", "17.18.2"), ("c8000v", "17.9.5")]
TAKEN = ("% use 'write' command", "%SYS-5-CONFIG_I", "% Please")  # no refusals


@cache
def device_text(kind: families.Kind) -> str:
    return shown(session(device(kind)))


def device(kind: families.Kind) -> Device:
    model = next(iter(load(kind[0]).models))
    made = new_device("sw1", model, Release.parse(kind[1]), "FOC0000EMU1")
    made.boot(BOOT)
    return made


def session(on: Device) -> CliSession:
    opened = CliSession(on, Line(privilege=15), width=0, length=0)
    opened.start(NOW)
    return opened


def shown(opened: CliSession) -> str:
    """The configuration without its head, which has times and its own length."""
    text = opened.feed("show running-config\r", NOW).replace("\r\n", "\n")
    return text[text.index("\nversion ") + 1 : text.rindex("\nend\n")]


def pasted(opened: CliSession, *lines: str) -> str:
    return opened.feed("\r".join(["configure terminal", *lines, "end", ""]), NOW)


@cache
def lines(kind: families.Kind) -> list[tuple[str, ...]]:
    """Each configuration line of the grammar behind those that lead to its mode."""
    known = families.grammar(kind)
    return [
        ("end", "configure terminal", *entering(known, mode), line)
        for mode in config_modes(known)
        for line in lines_of(known, mode)
    ]


def check(kind: families.Kind, chosen: list[tuple[str, ...]]) -> None:
    first = session(device(kind))
    pasted(first, *BEFORE, *(line for group in chosen for line in group))
    one = shown(first)
    second = session(device(kind))
    answers = pasted(second, *one.splitlines()).splitlines()
    said = [line for line in answers if line.startswith("%") and not line.startswith(TAKEN)]
    assert said == []
    # a paste takes nothing away: what the factory sets and this configuration does not have stays
    kept = set(device_text(kind).splitlines()) - set(one.splitlines())
    two = [line for line in shown(second).splitlines() if line not in kept]
    assert two == one.splitlines()
    # as the startup configuration it is all there is
    first.feed("write memory\r", NOW)
    first.device.reload(NOW + 1000)
    assert shown(session(first.device)) == one


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_print_pasted_into_a_fresh_device_gives_the_same(kind, data):
    check(kind, data.draw(st.lists(st.sampled_from(lines(kind)), max_size=25)))


@pytest.mark.long
@pytest.mark.parametrize("kind", families.NEWEST, ids="-".join)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_print_pasted_into_any_fresh_device_gives_the_same(kind, data):
    if kind[0] in families.IOS_XE:
        check(kind, data.draw(st.lists(st.sampled_from(lines(kind)), max_size=40)))
