"""Four connect methods, one result: the device's state and the bytes of its reports at CSSM."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from dataclasses import asdict

import pytest

from agent.adapters.lab import Lab
from agent.adapters.plan import DevicePlan
from agent.core.errors import InputError
from agent.engine.events import AuthorizationAsked, Scope
from tests.netconf.client import typed
from tests.wire.laboratory import ANY, START, opened, plan

pytestmark = pytest.mark.wire
METHODS = ("rest", "restconf", "netconf", "cli")
HOUR = 3_600_000
HSEC = "regid.2021-05.com.cisco.C9K_HSEC,1.0_90fdf411-3823-45bd-bd8c-5a5d0e0e1ea2"


def switch(*config: str) -> DevicePlan:
    return DevicePlan(
        "sw",
        "C9300-24T",
        "17.12.4",
        "FOC0000EMU1",
        ssh=ANY,
        netconf=ANY,
        restconf=ANY,
        http=ANY,
        config=("license smart transport off", "ip scp server enable", *config),
    )


@asynccontextmanager
async def a_lab(*config: str):
    """Its clock stands, so that every method meets the device at the same instant."""
    lab = await opened(Lab(plan(switch(*config), rate=0.0), START))
    for front in (lab.front, lab.netconf, lab.http):
        front.failure_seconds = 0
    try:
        yield lab
    finally:
        await lab.close()


async def collected(lab: Lab, method: str, **more: object) -> dict:
    await lab.control({"do": "cslu.add", "host": "sw", "method": method, **more})
    return await again(lab)


async def again(lab: Lab) -> dict:
    found = await lab.control({"do": "cslu.collect", "address": "sw"})
    return found["instances"][0]


async def all_of_it(method: str, *config: str) -> tuple[dict, list, dict]:
    async with a_lab(*config) as lab:
        await lab.control({"do": "clock.advance", "ms": 2 * HOUR})
        row = await collected(lab, method)
        assert not row["failed"], row["status"]
        assert row["udi"] == "PID:C9300-24T,SN:FOC0000EMU1"
        await lab.control({"do": "clock.advance", "ms": HOUR})
        row = (await lab.control({"do": "cslu.list"}))["instances"][0]
        assert row["status"] == "Acknowledgement handed to product instance"
        cssm = lab.cssm(None)
        with cssm.records.transaction():
            usage = [asdict(found) for found in cssm.records.all_usage()]
        state = asdict(lab.devices["sw"].agent.state)
        return state, usage, row


async def test_every_method_ends_the_same():
    found = {method: await all_of_it(method) for method in METHODS}
    first, usage, _ = found["rest"]
    assert usage
    assert first["trust"]
    assert first["usage_reporting"]["last_ack_received"] is not None
    for method in METHODS[1:]:
        state, reported, _ = found[method]
        assert reported == usage, method
        assert state == first, method


@pytest.mark.parametrize("method", ["netconf", "restconf"])
async def test_without_scp_it_ends_the_same_as_with_it(method):
    state, usage, _ = await all_of_it(method)
    bare, reported, _ = await all_of_it(method, "no ip scp server enable")
    assert usage
    assert reported == usage
    assert bare == state


# --- what goes wrong stands on the row ------------------------------------------------------------


async def test_wrong_credentials():
    async with a_lab() as lab:
        for method in METHODS:
            row = await collected(lab, method, password="wrong")
            assert row["failed"]
            assert row["status"] == "Login refused: check user, password and privilege"
            assert "wrong" not in str(row)
            await lab.control({"do": "cslu.remove", "address": "sw"})


async def test_a_port_that_is_closed():
    async with a_lab() as lab:
        with socket.socket() as taken:  # bound and not listening: nobody is there
            taken.bind(("127.0.0.1", 0))
            for method in METHODS:
                row = await collected(lab, method, port=taken.getsockname()[1])
                assert row["failed"]
                assert "cannot be reached" in row["status"]
                await lab.control({"do": "cslu.remove", "address": "sw"})


@pytest.mark.parametrize(
    ("method", "line", "words"),
    [
        ("rest", "no ip http secure-server", "is rest enabled on the product instance?"),
        ("restconf", "no restconf", "RESTCONF is not enabled on the product instance"),
        ("netconf", "no netconf-yang", "is netconf enabled on the product instance?"),
        ("cli", "no ip scp server enable", "is `ip scp server enable` configured?"),
    ],
)
async def test_a_method_the_device_does_not_offer(method, line, words):
    async with a_lab() as lab:
        typed(lab.devices["sw"], line)
        row = await collected(lab, method)
        assert row["failed"]
        assert words in row["status"]
        assert lab.devices["sw"].agent.state.usage_reporting.last_ack_received is None


async def test_a_fault_is_gone_once_it_works():
    async with a_lab() as lab:
        typed(lab.devices["sw"], "no restconf")
        assert (await collected(lab, "restconf"))["failed"]
        typed(lab.devices["sw"], "restconf")
        assert not (await again(lab))["failed"]


async def test_an_ack_that_found_nobody_waits_for_the_next_time():
    async with a_lab() as lab:
        device = lab.devices["sw"]
        assert not (await collected(lab, "rest"))["failed"]
        typed(device, "no ip http secure-server")
        await lab.control({"do": "clock.advance", "ms": HOUR})
        assert (await lab.control({"do": "cslu.list"}))["instances"][0]["failed"]
        assert not device.agent.state.trust
        typed(device, "ip http secure-server")
        assert not (await again(lab))["failed"]
        assert device.agent.state.trust


async def test_plain_http_for_the_rest_api():
    async with a_lab() as lab:
        assert not (await collected(lab, "rest", plain=True))["failed"]


async def test_what_an_operator_may_do_wrong():
    async with a_lab() as lab:
        for request, words in (
            ({"do": "cslu.add", "host": "sw", "method": "grpc"}, "no connect method"),
            ({"do": "cslu.add", "host": "192.0.2.1", "method": "rest"}, "a host and a user"),
            ({"do": "cslu.collect", "address": "sw"}, "is not collected from"),
            ({"do": "cslu.remove", "address": "sw"}, "is not collected from"),
            ({"do": "cslu.add", "host": "sw", "method": "rest", "port": -1}, "is no port"),
            ({"do": "cslu.nothing"}, "is not a request"),
            ({"do": "cslu.list", "cslu": "other"}, "there is no CSLU"),
        ):
            with pytest.raises(InputError, match=words):
                await lab.control(request)
        await lab.control({"do": "cslu.add", "host": "sw", "method": "rest"})
        with pytest.raises(InputError, match="is there already"):
            await lab.control({"do": "cslu.add", "host": "sw", "method": "cli"})
        await lab.control({"do": "cslu.remove", "address": "sw"})
        assert (await lab.control({"do": "cslu.list"}))["instances"] == []


@pytest.mark.parametrize("method", ["rest", "netconf"])
async def test_an_authorization_code_by_pull(method, tmp_path):
    async with a_lab() as lab:
        file = str(tmp_path / "slac.txt")
        asked = {"udi": "sw", "features": "hseck9", "out": file}
        await lab.control({"do": "cssm.slac", **asked})
        await lab.control({"do": "cslu.add", "host": "sw", "method": method})
        found = await lab.control({"do": "cslu.import", "address": "sw", "file": file})
        assert found["instances"][0]["status"] == "File handed to product instance"
        assert lab.devices["sw"].agent.state.authorizations
        with pytest.raises(InputError, match="cannot be read"):
            await lab.control({"do": "cslu.import", "address": "sw", "file": file + "x"})


@pytest.mark.parametrize("method", METHODS)
async def test_a_code_that_was_asked_for_is_pulled_with_the_reports(method):
    async with a_lab() as lab:
        device = lab.devices["sw"]
        await lab.control({"do": "clock.advance", "ms": 2 * HOUR})
        event = AuthorizationAsked("hseck9", Scope.LOCAL, add=True)
        assert device.handle(event, lab.timeline.now()) == ""
        await collected(lab, method)
        await lab.control({"do": "clock.advance", "ms": HOUR})
        (held,) = device.agent.state.authorizations.values()
        assert [licence.tag for licence in held.data.licences] == [HSEC]
        assert device.agent.state.authorization_requests == {}
        await again(lab)
        await lab.control({"do": "clock.advance", "ms": HOUR})
        assert list(device.agent.state.authorizations.values()) == [held]


@pytest.mark.parametrize("method", ["rest", "netconf"])
async def test_a_policy_and_a_code_come_through_the_cslu_as_files(method, tmp_path):
    """W-6, W-8: made at CSSM, carried to the CSLU, handed to the product instance by it."""
    async with a_lab() as lab:
        await lab.control({"do": "clock.advance", "ms": HOUR})
        await collected(lab, method)
        await lab.control({"do": "clock.advance", "ms": HOUR})
        state = lab.devices["sw"].agent.state
        assert state.policy.name == "Lab Policy"
        await lab.control({"do": "cssm.policy.use", "policy": "SLE Policy"})
        policy, code = str(tmp_path / "policy"), str(tmp_path / "code")
        await lab.control({"do": "cssm.policy.file", "out": policy})
        await lab.control({"do": "cssm.slac", "udi": "sw", "features": "hseck9", "out": code})
        for file in (policy, code):
            found = await lab.control({"do": "cslu.import", "address": "sw", "file": file})
            assert not found["instances"][0]["failed"], found
        assert state.policy.name == "SLE Policy"
        (held,) = state.authorizations.values()
        assert [licence.tag for licence in held.data.licences] == [HSEC]
