"""Every transport on real sockets: Call Home, proxies, source interface, VRF, and changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.adapters.plan import CounterpartPlan, LabPlan
from agent.core.clock import HOUR, MINUTE, SECOND
from agent.engine.queries import usage_summary
from tests.wire.laboratory import ANY, START, person, plan, switch
from tests.wire.proxy import proxy

pytestmark = pytest.mark.wire

CLOUD = LabPlan(start=START, rate=0.0, counterparts=(CounterpartPlan("cssm", "cssm", ANY),))
CALL_HOME = ("license smart transport callhome",)
SMART = ("license smart transport smart", "license smart url default")
RECEIVER = "smartreceiver.cisco.com"
DDCE = "https://tools.cisco.com/its/service/oddce/services/DDCEService"


async def started(run_lab, *config, of=CLOUD):
    """A lab with one device configured so, ten minutes after its start; and the device's log."""
    lab = await run_lab(replace(of, devices=(switch("sw", *config),)))
    log = []
    lab.devices["sw"].log.listeners.append(lambda line: log.append(line.text))
    await lab.timeline.advance(10 * MINUTE)
    return lab, log


async def configure(lab, *lines):
    async with person(lab) as somebody:
        await somebody.says("configure terminal", "#")
        for line in lines:
            await somebody.says(line, "#")
        await somebody.says("end", "#")


async def trust(lab):
    made = await lab.control({"do": "cssm.token.new"})
    async with person(lab) as somebody:
        await somebody.says(f"license smart trust idtoken {made['token']} local")
    await lab.timeline.advance(10 * MINUTE)
    return lab.devices["sw"].agent.state


def said(log, words):
    return [line for line in log if words in line]


async def test_call_home_brings_trust_and_an_ack(run_lab):
    lab, log = await started(run_lab, *CALL_HOME)
    state = await trust(lab)
    assert said(log, "TRUST_CODE_INSTALL_SUCCESS")
    assert usage_summary(state).acknowledged > 0
    assert not said(log, "FAILED")
    assert "Hello Message" not in state.statistics


async def test_call_home_without_a_server_says_so_twice(run_lab):
    lab, log = await started(run_lab, *CALL_HOME)
    await lab.control({"do": "behave", "name": "cssm", "script": "down"})
    await trust(lab)
    assert said(
        log,
        f"%CALL_HOME-5-SL_MESSAGE_FAILED: Fail to send out Smart Licensing message "
        f"to: {DDCE} (ERR 205 : Request Aborted)",
    )
    assert said(log, "Cisco Smart Software Manager (CSSM) : Fail to send out Call Home HTTP")


async def test_call_home_needs_its_profile_to_report_licensing_data(run_lab):
    lab, log = await started(run_lab, *CALL_HOME)
    profile = ("call-home", "profile CiscoTAC-1")
    await configure(lab, *profile, "no reporting smart-licensing-data")
    await trust(lab)
    assert said(log, "smart license transport is disabled in call-home")
    await configure(lab, *profile, "reporting smart-licensing-data")
    await lab.timeline.advance(HOUR)
    assert said(log, "TRUST_CODE_INSTALL_SUCCESS")


async def test_a_call_home_profile_of_ones_own(run_lab):
    lab, log = await started(run_lab, *CALL_HOME)
    url = lab.servers["cssm"].url + "/Transportgateway/services/DeviceRequestHandler"
    await configure(
        lab,
        "call-home",
        "profile CiscoTAC-1",
        "no active",
        "profile Gateway",
        "active",
        "destination transport-method http",
        f"destination address http {url}",
        "reporting smart-licensing-data",
    )
    await trust(lab)
    assert said(log, "TRUST_CODE_INSTALL_SUCCESS")


@pytest.mark.parametrize("user", [None, ("edge", "s3cret")])
async def test_smart_by_connect_through_a_proxy(run_lab, user):
    lab, log = await started(run_lab, *SMART)
    async with proxy({RECEIVER: lab.servers["cssm"].place.tls_port}, user) as through:
        lines = ["address 127.0.0.1", f"port {through.port}"]
        lines += [f"username {user[0]}", f"password {user[1]}"] if user else []
        await configure(lab, *(f"license smart proxy {line}" for line in lines))
        state = await trust(lab)
    assert said(log, "TRUST_CODE_INSTALL_SUCCESS")
    assert usage_summary(state).acknowledged > 0
    assert set(through.seen) == {f"CONNECT {RECEIVER}:443 HTTP/1.1"}


async def test_call_home_has_a_proxy_of_its_own(run_lab):
    lab, log = await started(run_lab, *CALL_HOME)
    async with proxy({"tools.cisco.com": lab.servers["cssm"].place.tls_port}) as through:
        await configure(lab, "call-home", f"http-proxy 127.0.0.1 port {through.port}")
        await trust(lab)
    assert said(log, "TRUST_CODE_INSTALL_SUCCESS")
    assert through.seen[0] == "CONNECT tools.cisco.com:443 HTTP/1.1"


@pytest.mark.parametrize(
    ("user", "reason"), [(("edge", "wrong"), "HTTP Server Error 407"), (None, "Invalid proxy")]
)
async def test_a_proxy_that_refuses_and_one_that_is_not_there(run_lab, free_port, user, reason):
    lab, log = await started(run_lab, *SMART)
    async with proxy({}, ("edge", "s3cret")) as through:
        port = through.port if user else free_port()
        lines = ["address 127.0.0.1", f"port {port}"]
        lines += [f"username {user[0]}", f"password {user[1]}"] if user else []
        await configure(lab, *(f"license smart proxy {line}" for line in lines))
        await trust(lab)
    assert said(log, f"(CSSM) : {reason}")
    assert not lab.devices["sw"].agent.state.trust


async def test_reports_to_a_cslu_leave_by_the_source_interface_through_a_plain_proxy(run_lab):
    lab = await run_lab(replace(plan(switch(), rate=0.0)))
    async with proxy({"cslu.example": lab.servers["cslu"].place.port}) as through:
        await configure(
            lab,
            "interface Loopback0",
            "ip address 10.1.2.3 255.255.255.255",
            "exit",
            "ip http client source-interface Loopback0",
            "license smart url cslu http://cslu.example:8182/cslu/v1/pi",
            "license smart proxy address 127.0.0.1",
            f"license smart proxy port {through.port}",
        )
        await lab.timeline.advance(20 * MINUTE)
    assert through.seen[0] == "POST http://cslu.example:8182/cslu/v1/pi HTTP/1.1"
    assert set(through.peers) == {"127.0.2.3"}
    assert usage_summary(lab.devices["sw"].agent.state).acknowledged > 0


async def test_an_interface_without_address_and_a_vrf_without_way_lead_nowhere(run_lab):
    lab = await run_lab(plan(switch(), rate=0.0))
    log = []
    lab.devices["sw"].log.listeners.append(lambda line: log.append(line.text))
    await configure(lab, "ip http client source-interface Loopback7")
    await lab.timeline.advance(5 * MINUTE)
    assert said(log, "(CSLU) : Communications init failure")
    vrf = ("no ip http client source-interface", "license smart vrf Mgmt-intf")
    await configure(lab, *vrf)
    log.clear()
    await lab.timeline.advance(5 * MINUTE)
    assert said(log, "(CSLU) : Communications init failure")
    assert not said(log, "COMM_RESTORED")
    way = ("interface GigabitEthernet0/0", "vrf forwarding Mgmt-intf", "no shutdown")
    await configure(
        lab,
        "vrf definition Mgmt-intf",
        "address-family ipv4",
        "exit",
        "exit",
        *way,
        "ip address 192.0.2.1 255.255.255.0",
    )
    await lab.timeline.advance(HOUR)
    assert said(log, "COMM_RESTORED") or lab.devices["sw"].agent.state.connected
    assert usage_summary(lab.devices["sw"].agent.state).acknowledged > 0


async def test_a_transport_changed_on_the_way_goes_on_by_the_new_one(run_lab):
    lab, log = await started(run_lab, *SMART)
    await trust(lab)
    for words in ("callhome", "smart", "off", "callhome"):
        await configure(lab, f"license smart transport {words}")
        async with person(lab) as somebody:
            await somebody.says("license smart sync all")
            await somebody.says("license smart sync all")
        await lab.timeline.advance(SECOND)
    await lab.timeline.advance(HOUR)
    summary = usage_summary(lab.devices["sw"].agent.state)
    assert (summary.waiting, bool(summary.acknowledged)) == (0, True)
    assert not said(log, "COMM_FAILED")


async def test_a_code_from_the_factory_is_dated_by_the_device_itself(run_lab):
    lab, _ = await started(run_lab, *SMART)
    async with person(lab) as somebody:
        await somebody.says("clock set 20:00:00 1 Dec 2026")
        await somebody.says("emulator trust factory")
        status = await somebody.says("show license status | include Trust Code")
        assert "Trust Code Installed: Dec 01 20:00:00" in status


async def test_a_code_from_the_factory_is_there_before_the_first_report(run_lab):
    lab, log = await started(run_lab, *SMART)
    async with person(lab) as somebody:
        assert await somebody.says("emulator trust factory") == ""
        assert "already" in await somebody.says("emulator trust factory")
        status = await somebody.says("show license status | include Trust Code|Last ACK|Policy in")
        assert "Trust Code Installed: Oct" in status
        assert "Last ACK received: <none>" in status
        assert "Merged from multiple sources" in status
        assert "factory" not in await somebody.says("dir flash:")
    await lab.timeline.advance(HOUR)
    assert usage_summary(lab.devices["sw"].agent.state).acknowledged > 0
    assert not said(log, "FAILED")
