"""Transport smart on real TLS: the default URL reaches the CSSM, and only one that is trusted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.adapters.labfile import parse_plan
from agent.adapters.plan import CounterpartPlan, LabPlan, Listen, NetworkPlan
from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.errors import InputError
from agent.engine.queries import usage_summary
from counterparts.pki import make_authority
from tests.wire.laboratory import ANY, START, person, switch

pytestmark = pytest.mark.wire

SMART = switch("sw", "license smart transport smart", "license smart url default")
PLAN = LabPlan(
    start=START,
    rate=0.0,
    counterparts=(CounterpartPlan("cssm", "cssm", ANY),),
    devices=(SMART,),
)
LONG_AFTER = 2_524_608_000_000  # the first day of 2050
TLS_FAILED = "Cannot establish secure connection because server TLS cert cannot be validated"


async def trusting(lab, somebody):
    """Make a token at CSSM and type it in."""
    made = await lab.control({"do": "cssm.token.new"})
    assert await somebody.says(f"license smart trust idtoken {made['token']} local") == ""
    await lab.timeline.advance(SECOND)
    return await somebody.says("show logging | include SMART")


async def test_trust_policy_report_and_ack_over_the_default_url(run_lab):
    lab = await run_lab(PLAN)
    await lab.timeline.advance(10 * MINUTE)
    state = lab.devices["sw"].agent.state
    assert not state.statistics
    async with person(lab) as somebody:
        log = await trusting(lab, somebody)
        assert "%SMART_LIC-6-TRUST_CODE_INSTALL_SUCCESS: A new licensing trust code was" in log
        assert "%SMART_LIC-6-POLICY_INSTALL_SUCCESS" in log
        assert "COMM_FAILED" not in log
        await lab.timeline.advance(10 * MINUTE)
        status = await somebody.says("show license status | include URL:|Type:|Trust Code")
        assert "https://smartreceiver.cisco.com/licservice/license" in status
        assert "<none>" not in status
        assert "FAILED" not in await somebody.says("show logging | include SMART.*-3-")
    assert usage_summary(state).acknowledged > 0
    assert usage_summary(state).waiting == 0
    assert state.peer.name == "SSM"
    assert state.statistics["Trust Sync"].success == 1
    assert "Hello Message" not in state.statistics
    token = (await lab.control({"do": "cssm.token.list"}))["tokens"][0]
    assert token["uses_left"] == 9


async def test_a_clock_set_wrong_and_right_again(run_lab):
    lab = await run_lab(PLAN)
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        await somebody.says("clock set 18:00:00 6 Oct 2026")
        log = await trusting(lab, somebody)
        assert "%SMART_LIC-3-TRUST_CODE_INSTALL_FAILED" in log
        assert "timestamp." in log
        await somebody.says("clock set 12:10:00 6 Oct 2026")
        assert "TRUST_CODE_INSTALL_SUCCESS" in await trusting(lab, somebody)


async def test_a_month_of_reports(run_lab):
    lab = await run_lab(PLAN)
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        await trusting(lab, somebody)
    await lab.timeline.advance(35 * DAY)
    found = lab.devices["sw"].agent.state.statistics["Usage Reporting"]
    assert (found.total, found.fail) == (2, 0)


async def test_a_server_under_another_root_is_not_believed(run_lab):
    lab = await run_lab(PLAN)
    other = make_authority("another").anchors
    lab.devices["sw"].agent.state.anchors = other
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        log = await trusting(lab, somebody)
    assert TLS_FAILED in log
    assert "TRUST_CODE_INSTALL" not in log


@pytest.mark.parametrize(
    "check", ["license smart server-identity-check", "no license smart server-identity-check"]
)
async def test_the_name_in_the_url_must_be_the_servers_unless_told_otherwise(run_lab, check):
    device = replace(
        SMART,
        config=(
            "license smart transport smart",
            "license smart url smart https://elsewhere.example/licservice/license",
            check,
        ),
    )
    lab = await run_lab(replace(PLAN, devices=(device,)))
    place = lab.servers["cssm"].place
    lab._link._resolver._hosts["elsewhere.example"] = place
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        log = await trusting(lab, somebody)
    assert (TLS_FAILED in log) == (not check.startswith("no"))
    assert ("TRUST_CODE_INSTALL_SUCCESS" in log) == check.startswith("no")


@pytest.mark.parametrize(
    "script", ["expired-certificate", "wrong-name-certificate", "unknown-ca-certificate"]
)
async def test_a_certificate_that_is_not_good_is_refused_until_it_is(run_lab, script):
    lab = await run_lab(PLAN)
    await lab.control({"do": "behave", "name": "cssm", "script": script})
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        log = await trusting(lab, somebody)
        assert TLS_FAILED in log
        assert "TRUST_CODE_INSTALL" not in log
        token = (await lab.control({"do": "cssm.token.list"}))["tokens"][0]
        assert token["uses_left"] == 10  # nothing was said over it
        await lab.control({"do": "behave", "name": "cssm", "script": "ok"})
        await lab.timeline.advance(HOUR)
        assert "TRUST_CODE_INSTALL_SUCCESS" in await somebody.says("show logging | include SMART")


async def test_the_dates_of_a_certificate_go_by_the_devices_calendar(run_lab):
    lab = await run_lab(PLAN)
    device = lab.devices["sw"]
    device.set_clock(LONG_AFTER, lab.timeline.now())
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        assert TLS_FAILED in await trusting(lab, somebody)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_own_url_by_address(run_lab, scheme):
    lab = await run_lab(PLAN)
    server = lab.servers["cssm"]
    url = {"http": server.url, "https": server.tls_url}[scheme] + "/licservice/license"
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        await somebody.says("configure terminal", "(config)#")
        await somebody.says(f"license smart url smart {url}", "(config)#")
        await somebody.says("end")
        assert "TRUST_CODE_INSTALL_SUCCESS" in await trusting(lab, somebody)


async def test_a_name_of_the_lab_for_a_cssm_leads_to_both_its_ports(run_lab):
    network = NetworkPlan({"licences.lab": "cssm"})
    device = replace(
        SMART,
        config=(
            "license smart transport smart",
            "license smart url smart https://licences.lab/licservice/license",
        ),
    )
    lab = await run_lab(replace(PLAN, devices=(device,), network=network))
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        assert "TRUST_CODE_INSTALL_SUCCESS" in await trusting(lab, somebody)


LAB = """\
counterparts:
  - {{name: {kind}, kind: {kind}, listen: 18443, tls: {tls}}}
devices:
  - {{name: sw, platform: C9300-24T, release: 17.12.4}}
"""


def test_a_lab_file_says_where_a_cssm_listens_by_tls():
    (found,) = parse_plan(LAB.format(kind="cssm", tls="18444"), "lab.yaml").counterparts
    assert found.tls == Listen("127.0.0.1", 18444)


@pytest.mark.parametrize(
    ("kind", "tls", "why"),
    [
        ("cslu", "18444", "a cslu does not listen for TLS"),
        ("cssm", "18443", "port 18443 is taken by cssm"),
        ("cssm", "99999", "99999"),
    ],
)
def test_what_a_lab_file_may_not_say_of_tls(kind, tls, why):
    with pytest.raises(InputError, match=why):
        parse_plan(LAB.format(kind=kind, tls=tls), "lab.yaml")
