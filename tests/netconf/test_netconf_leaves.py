"""Every leaf of licensing/state has a value in some situation, or a reason why it never has one.

Input: a switch with trust, reports, a policy and an authorization code; a device of the model
before SLP in each of its states. Output: together they fill every leaf of the module but those in
the table.
"""

from __future__ import annotations

import pytest

from agent.core.clock import DAY
from agent.core.release import Release
from agent.device.device import Device, new_device
from agent.engine.legacy import state as words
from agent.engine.legacy.state import Attempt, LegacyTimer
from agent.netconf.licensing import state_tree
from agent.netconf.server import NetconfServer
from counterparts.cssm import Cssm, CssmSettings
from counterparts.portal import Portal
from counterparts.records import IN_MEMORY, SqlCssmRecords
from tests.netconf.client import CSL, NOW, Client, device, typed
from tests.netconf.test_netconf_licensing import play
from yang.edit import without_false_conditions
from yang.schema import Node, schema_of
from yang.tree import Rows, Tree

NODE = (
    schema_of(("cisco-smart-license@2021-03-01",))
    .top["cisco-smart-license:licensing"]
    .children["state"]
)
NEVER = {
    "state-info/conversion": "no product converts its old licences over NETCONF here",
    "state-info/factory-purchase/basic-license-info": "nothing was bought with the product",
}


def filled(node: Node, tree: Tree, prefix: str = "") -> set[str]:
    """The paths of all leafs with a value."""
    found = set()
    for name, value in tree.items():
        child, path = node.children[name], f"{prefix}{name}"
        if isinstance(value, Rows):
            for row in value.values():
                found |= {f"{path}/{key}" for key in child.keys}
                found |= filled(child, row, f"{path}/")
        elif isinstance(value, Tree):
            found |= filled(child, value, f"{path}/")
        else:
            found.add(path)
    return found


def leaves(node: Node, prefix: str = "") -> set[str]:
    found = set()
    for name, child in node.children.items():
        found |= {f"{prefix}{name}"} if child.is_leaf else leaves(child, f"{prefix}{name}/")
    return found


def busy_switch() -> Device:
    records = SqlCssmRecords(IN_MEMORY)
    cssm = Cssm(records, CssmSettings(), "seed")
    portal = Portal(cssm)
    switch = device("netconf-yang", "license smart transport off", anchors=cssm.anchors)
    client = Client(NetconfServer(switch, NOW))
    play(switch, 2 * DAY)
    now = NOW + 2 * DAY
    client.now = now
    client.rpc(
        f'<rum-save-usage-all xmlns="{CSL}"><file-path>flash:u</file-path></rum-save-usage-all>'
    )
    portal.upload(switch.files.read("flash:u"), now)
    for name, text in (
        ("ack", portal.ack(None, now + DAY)),
        ("slac", portal.authorize(switch.udi, ["hseck9"], now)),
    ):
        switch.write_file(f"flash:{name}", text, now + DAY)
        client.now = now + DAY
        client.rpc(f'<import-file xmlns="{CSL}"><file-path>flash:{name}</file-path></import-file>')
    records.close()
    typed(
        switch,
        "license smart transport smart",
        "license smart url https://a.example/x",
        "license smart url utility https://a.example/u",
    )
    return switch


def older(registration: str, authorization: str) -> Device:
    """A device of the model before SLP in these states."""
    made = new_device("old", "CSR1000V", Release.parse("16.12.4"), "FOC0000EMU1")
    made.boot(NOW)
    legacy = made.agent.state.legacy
    legacy.registration, legacy.authorization = registration, authorization
    legacy.initial_registration = Attempt(NOW)
    legacy.last_renewal = legacy.last_communication = Attempt(NOW + DAY, "no server")
    if registration == words.REGISTRATION_FAILED:
        legacy.initial_registration = Attempt(NOW, "no server")
    if authorization == words.EVAL_EXPIRED:
        legacy.evaluation.ended = NOW + 90 * DAY
        legacy.timers[LegacyTimer.REGISTER.value] = NOW + DAY
    return made


REGISTRATIONS = (
    words.UNREGISTERED,
    words.REGISTERING,
    words.REGISTRATION_FAILED,
    words.REGISTERED,
    words.RESERVED,
    words.REGISTRATION_EXPIRED,
)
AUTHORIZATIONS = (
    words.NOTHING_IN_USE,
    words.EVAL_MODE,
    words.EVAL_EXPIRED,
    words.AUTHORIZED,
    words.AUTHORIZED_RESERVED,
    words.OUT_OF_COMPLIANCE,
    words.AUTHORIZATION_EXPIRED,
    words.NOT_AUTHORIZED,
)


def test_every_leaf_has_a_value_in_some_situation():
    found = filled(NODE, state_tree(busy_switch()))
    for registration in REGISTRATIONS:
        for authorization in AUTHORIZATIONS:
            found |= filled(NODE, state_tree(older(registration, authorization)))
    missing = {
        path for path in leaves(NODE) - found if not any(path.startswith(start) for start in NEVER)
    }
    assert sorted(missing) == []
    assert not any(path.startswith(start) for start in NEVER for path in found)


@pytest.mark.parametrize("registration", REGISTRATIONS)
@pytest.mark.parametrize("authorization", AUTHORIZATIONS)
def test_details_are_those_of_the_state(registration, authorization):
    tree = state_tree(older(registration, authorization))
    assert without_false_conditions(NODE.children, tree) == tree
    assert tree["state-info"]["authorization"]["authorization-state"].startswith("auth-state-")


def test_a_registration_that_is_tried_again_says_when():
    made = older(words.REGISTRATION_FAILED, words.EVAL_EXPIRED)
    shown = state_tree(made)["state-info"]["registration"]
    assert shown["registration-state"] == "reg-state-retry"
    assert shown["registration-retry"] == {
        "retry-next-time": "2026-10-07T12:00:00+00:00",
        "fail-time": "2026-10-06T12:00:00+00:00",
        "fail-message": "no server",
    }
