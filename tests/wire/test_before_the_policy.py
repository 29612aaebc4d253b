"""Products of the model before SLP in one lab: over TLS, by Call Home and by transport smart."""

from __future__ import annotations

import pytest

from agent.adapters.plan import CounterpartPlan, DevicePlan, LabPlan
from agent.cli.line import Line
from agent.cli.session import CliSession
from agent.core.clock import DAY, MINUTE
from agent.engine.legacy.events import RegistrationAsked
from tests.wire.laboratory import ANY, START, person
from tests.wire.proxy import proxy

pytestmark = pytest.mark.wire
RECEIVER = "smartreceiver.cisco.com"

SMART = (
    "license smart transport smart",
    "license smart url smart https://smartreceiver.cisco.com/licservice/license",
)
PLAN = LabPlan(
    start=START,
    rate=0.0,
    counterparts=(CounterpartPlan("cssm", "cssm", ANY),),
    devices=(
        DevicePlan("callhome", "CSR1000V", "16.12.4", "FOC0000EMU1", ssh=ANY),
        DevicePlan("smart", "C9300-24T", "17.2.1", "FOC0000EMU2", config=SMART),
        DevicePlan("ucm", "UCM", "12.0.1", "37624"),
    ),
)


async def test_all_of_them_register_and_stay_registered(run_lab):
    lab = await run_lab(PLAN)
    await lab.timeline.advance(MINUTE)
    made = await lab.control({"do": "cssm.token.new"})
    for name in ("smart", "ucm"):
        lab.devices[name].handle(RegistrationAsked(made["token"]), lab.timeline.present())
    async with person(lab, "callhome") as somebody:
        said = await somebody.says(f"license smart register idtoken {made['token']}")
        assert said.startswith("Registration process is in progress.")
        await lab.timeline.advance(10 * MINUTE)
        shown = await somebody.says("show license status | include Status|Type")
    assert "  Type: Callhome" in shown
    assert "  Status: REGISTERED" in shown
    assert "  Status: AUTHORIZED on" in shown
    await lab.timeline.advance(400 * DAY)
    for device in lab.devices.values():
        legacy = device.agent.state.legacy
        assert (legacy.registration, legacy.authorization) == ("REGISTERED", "AUTHORIZED")
        assert legacy.last_renewal.succeeded, device.name
    token = (await lab.control({"do": "cssm.token.list"}))["tokens"][0]
    assert token["uses_left"] == 7


PROXIED = LabPlan(
    start=START,
    rate=0.0,
    counterparts=(CounterpartPlan("cssm", "cssm", ANY),),
    devices=(DevicePlan("ucm", "UCM", "12.0.1", "37624"),),
)


async def registered(lab, **token):
    made = await lab.control({"do": "cssm.token.new", **token})
    lab.devices["ucm"].handle(RegistrationAsked(made["token"]), lab.timeline.present())
    await lab.timeline.advance(10 * MINUTE)
    return lab.devices["ucm"].agent.state.legacy


async def test_a_cucm_registers_through_a_proxy_by_connect(run_lab):
    lab = await run_lab(PROXIED)
    await lab.timeline.advance(MINUTE)
    device = lab.devices["ucm"]
    async with proxy({RECEIVER: lab.servers["cssm"].place.tls_port}) as through:
        session = CliSession(device, Line("console", 0))
        session.start(lab.timeline.present())
        session.feed(
            f"license smart transport proxy 127.0.0.1 {through.port}\r", lab.timeline.present()
        )
        legacy = await registered(lab)
    assert (legacy.registration, legacy.authorization) == ("REGISTERED", "AUTHORIZED")
    assert set(through.seen) == {f"CONNECT {RECEIVER}:443 HTTP/1.1"}


async def test_the_operator_sees_and_sets_what_the_account_owns(run_lab):
    lab = await run_lab(PROXIED)
    await lab.timeline.advance(MINUTE)
    device = lab.devices["ucm"]
    assert device.use("enhanced", 5, lab.timeline.present())
    assert device.use("basic", 2, lab.timeline.present())
    legacy = await registered(lab, export=False)
    assert not legacy.export_allowed
    rows = (await lab.control({"do": "cssm.licenses"}))["registered"]
    assert sorted((row["owned"], row["used"]) for row in rows) == [(None, 2), (None, 5)]
    await lab.control({"do": "cssm.licenses.set", "feature": "UCM_Enhanced", "count": 4})
    await lab.timeline.advance(31 * DAY)
    assert legacy.authorization == "OUT OF COMPLIANCE"
    await lab.control({"do": "cssm.licenses.set", "feature": "UCM_Enhanced", "count": 5})
    await lab.timeline.advance(DAY)
    assert legacy.authorization == "AUTHORIZED"
