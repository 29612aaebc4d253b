"""Access points on a controller: each joined one uses the licences of the air level in force."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.clock import HOUR
from agent.core.identity import Udi
from agent.engine.machine import SmartAgent
from agent.profiles.profile import Entitlement
from agent.protocol.messages import LicenseClass
from tests.device.devices import NOON, unbooted

AIR_LEVEL = "air-network-advantage addon air-dna-advantage"
AIR = (
    Entitlement(
        "air-network-advantage",
        "regid.2018-06.com.cisco.DNA_NWStack,1.0_e7244e71-3ad5-4608-8bf0-d12f67c80896",
        "DNA_NWStack",
        "air-network-advantage",
        LicenseClass.PERPETUAL,
        "Perpetual",
    ),
    Entitlement(
        "air-dna-advantage",
        "regid.2017-08.com.cisco.AIR-DNA-A,1.0_b6308627-3ab0-4a11-a3d9-586911a0d790",
        "AIR-DNA-A",
        "air-dna-advantage",
        LicenseClass.SUBSCRIPTION,
        "Subscription",
    ),
)


def ap(number):
    return Udi("C9120AXI-B", f"FGL0000EMU{number}")


@pytest.fixture
def controller():
    """A device of a family with air levels, made from the switch's."""
    device = unbooted()
    licences = device.profile.models[device.model].licences
    group = device.profile.entitlements[licences]
    device.profile = replace(
        device.profile,
        entitlements={**device.profile.entitlements, licences: (*group, *AIR)},
        air_levels={AIR_LEVEL: ("air-network-advantage", "air-dna-advantage")},
        default_air_level=AIR_LEVEL,
    )
    device.agent = SmartAgent(device.profile, device.release, device.agent.state)
    device.boot(NOON)
    return device


def air(device):
    usage = device.agent.state.usage.values()
    return {use.feature: use.count for use in usage if use.feature.startswith("air-")}


def test_each_joined_access_point_counts_once_per_licence(controller):
    controller.join((ap(1), ap(2)), NOON)
    controller.join((ap(2), ap(3)), NOON + HOUR)
    assert air(controller) == {"air-network-advantage": 3, "air-dna-advantage": 3}
    assert list(controller.access_points) == [ap(1), ap(2), ap(3)]


def test_leaving_counts_down_and_the_unknown_change_nothing(controller):
    controller.join((ap(1), ap(2)), NOON)
    controller.leave((ap(1),), NOON + HOUR)
    controller.leave((ap(9),), NOON + HOUR)
    assert air(controller) == {"air-network-advantage": 1, "air-dna-advantage": 1}


def test_joined_access_points_are_counted_again_after_a_reload(controller):
    controller.join((ap(1), ap(2)), NOON)
    controller.reload(NOON + HOUR)
    assert air(controller) == {"air-network-advantage": 2, "air-dna-advantage": 2}


def test_platform_without_air_levels_uses_nothing_more():
    device = unbooted()
    device.boot(NOON)
    device.join((ap(1),), NOON)
    assert air(device) == {}
