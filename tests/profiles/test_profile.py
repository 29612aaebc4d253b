"""The profile files: every model can be booted, shown and counted with what they state."""

from __future__ import annotations

import pytest

from agent.cli.views import hardware
from agent.core.errors import InputError
from agent.core.release import Release
from agent.profiles.profile import load, profile_for, profile_names

RELEASE = Release.parse("17.12.4")

ALL = [(name, pid) for name in profile_names() for pid in load(name).models]


@pytest.mark.parametrize(("name", "pid"), ALL)
def test_every_level_names_licences_the_model_has(name: str, pid: str) -> None:
    profile = load(name)
    for level, features in profile.levels.items():
        for throughput in profile.throughput.levels if profile.throughput else ("",):
            tier = profile.throughput.levels[throughput].tier if profile.throughput else ""
            found = tuple(e.feature for e in profile.licences_of(pid, level, throughput))
            assert found == tuple(feature.format(tier=tier) for feature in features)


@pytest.mark.parametrize(("name", "pid"), ALL)
def test_every_model_has_ports(name: str, pid: str) -> None:
    assert hardware.port_counts(load(name).models[pid])


@pytest.mark.parametrize("name", profile_names())
def test_default_levels_exist(name: str) -> None:
    profile = load(name)
    assert not profile.default_level or profile.default_level in profile.levels
    assert not profile.default_air_level or profile.default_air_level in profile.air_levels


@pytest.mark.parametrize("name", profile_names())
def test_a_tag_stands_for_one_licence(name: str) -> None:
    rows = [e for group in load(name).entitlements.values() for e in group]
    assert len({e.tag for e in rows}) == len(set(rows))
    assert all(profile_tag_is_whole(e.tag) for e in rows)


def profile_tag_is_whole(tag: str) -> bool:
    """`regid.2017-03.com.cisco.NAME,VERSION_UUID`."""
    head, _, tail = tag.partition(",")
    return head.startswith("regid.") and len(tail.split("_", 1)[1]) == 36


def test_ports_of_a_c9300_are_those_of_the_capture() -> None:
    """source: show-version-form (a C9300-24P)."""
    model = load("c9300").models["C9300-24P"]
    assert dict(hardware.port_counts(model)) == {
        "Gigabit Ethernet": 28,
        "Ten Gigabit Ethernet": 8,
        "TwentyFive Gigabit Ethernet": 2,
        "Forty Gigabit Ethernet": 2,
    }


def test_an_unknown_platform_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="C9300-24T"):
        profile_for("C9999")


@pytest.mark.parametrize("name", profile_names())
def test_an_enforced_licence_is_an_entitlement_too(name: str) -> None:
    profile = load(name)
    for row in profile.enforced:
        found = profile.entitlement(row.tag)
        assert found is not None
        assert (found.feature, found.enforcement) == (row.feature, "EXPORT RESTRICTED")
        assert found.display
        assert found.description


def test_a_model_like_another_has_its_facts_under_its_own_name():
    profile = load("isr4000")
    other, like = profile.models["ISR4351/K9"], profile.models["ISR4331/K9"]
    assert like.licences == other.licences
    assert [module.slot for module in like.modules] == [module.slot for module in other.modules]
    assert not any("4351" in f"{module.pid} {module.text}" for module in like.modules)
    levels = {level.name for level in profile.throughput.levels_of("ISR4331/K9", RELEASE)}
    assert levels == {"100000", "300000"}


def test_rows_for_a_model_alone_are_for_those_like_it():
    levels = load("c8300").throughput.levels_of
    assert levels("C8300-2N2S-6T", RELEASE) == levels("C8300-2N2S-4T2X", RELEASE)
    assert levels("C8200L-1N-4T", RELEASE) == levels("C8200-1N-4T", RELEASE)
    assert load("c8300").default_throughput("C8200L-1N-4T") == "1G"


@pytest.mark.parametrize("name", [n for n in profile_names() if load(n).throughput])
def test_the_default_level_of_a_model_is_one_it_takes(name):
    profile = load(name)
    release = Release.parse("17.15.1")
    for pid in profile.models:
        taken = {level.name for level in profile.throughput.levels_of(pid, release)}
        assert profile.default_throughput(pid) in taken, pid
