"""The data files of the counterparts hold what the sheets say, and refuse what they do not know."""

from __future__ import annotations

import pytest

from agent.core.errors import InputError
from agent.protocol.messages import LicenseClass, RuleCells
from counterparts.account import default_account
from counterparts.policy import DEFAULT_POLICY, known_policies, policy_named, put_in_force


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("SLE Policy", [(30, 60, 60), (120, 111, 111), (30, 90, 60), (30, 30, 30)]),
        ("Custom Policy", [(365, 0, 90), (90, 90, 90), (365, 90, 90), (365, 90, 90)]),
        ("Lab Policy", [(365, 0, 90), (90, 90, 90), (None, 0, 90), (None, 0, 90)]),
    ],
)
def test_the_policies_are_those_seen(name, cells):
    policy = policy_named(name)
    assert [policy.classes[group] for group in LicenseClass] == [RuleCells(*row) for row in cells]
    assert policy.ack_required


def test_an_unknown_policy_names_the_known_ones():
    with pytest.raises(InputError) as caught:
        policy_named("No Policy")
    assert all(name in str(caught.value) for name in known_policies())
    assert DEFAULT_POLICY in known_policies()


def test_a_successor_is_newer():
    old = policy_named("Lab Policy")
    new = put_in_force(policy_named("SLE Policy"), old, 1_800_000_000_000)
    assert (new.version, new.datestamp) == (old.version + 1, "2027-01-15T08:00:00")


def test_the_account_has_its_ids():
    data = default_account().data(5)
    assert (data.smart_account_id, data.virtual_account_id, data.timestamp) == (100001, 200001, 5)
