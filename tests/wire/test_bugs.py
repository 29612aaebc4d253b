"""A bug of ours, put in on purpose: it ends what it broke, is shown, and nobody else notices."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from agent.adapters.disk import StateFolder
from agent.adapters.lab_texts import lab_status, status_text
from agent.core.clock import HOUR
from agent.device.carry_out import CARRY_OUT
from agent.device.device import Device
from agent.device.inputs import StartupSaved
from agent.netconf.session import NetconfSession
from tests.netconf.test_netconf_wire import GET_NAME, a_lab, subsystem
from tests.wire.laboratory import person, plan, switch

pytestmark = pytest.mark.wire


class Planted(Exception):
    pass


def planted(*_args, **_names):
    raise Planted("on purpose")


@pytest.fixture
async def shown():
    """What the loop's exception handler was told while the test ran."""
    found: list[tuple[str, str]] = []

    def handle(_loop, context):
        found.append((context["message"], type(context.get("exception")).__name__))

    asyncio.get_running_loop().set_exception_handler(handle)
    return found


async def test_a_device_that_breaks_stands_still_and_time_goes_on_for_the_others(
    run_lab, shown, monkeypatch
):
    wake = Device.wake
    monkeypatch.setattr(
        Device, "wake", lambda device, now: (planted if device.name == "sw" else wake)(device, now)
    )
    lab = await run_lab(plan(switch("sw"), switch("other", serial="FOC0000EMU2")))
    await lab.timeline.advance(HOUR)
    assert [what for what, _ in shown] == ["Device('sw', C9300-24T, 17.12.4) is stopped"]
    assert lab.devices["other"].agent.state.trust
    broken, whole = lab_status(lab)["devices"]
    assert (broken["fault"], whole["fault"]) == ("Planted: on purpose", "")
    told = status_text(await lab.control({"do": "status"}))
    assert "stopped by a bug: Planted: on purpose" in told
    await lab.timeline.advance(HOUR)
    assert len(shown) == 1
    async with person(lab) as somebody:  # it still answers what needs no time
        assert "C9300-24T" in await somebody.says("show version | include Model Number")


async def test_a_session_that_breaks_ends_alone(run_lab, shown):
    lab = await run_lab(plan(switch()))
    async with person(lab) as one, person(lab) as two:
        terminals = lab.terminals(lab.devices["sw"])
        terminals[0].session.feed = planted
        one.process.stdin.write("show clock\r")
        await one.gone()
        assert shown == [("a session ends", "Planted")]
        assert terminals == [*terminals[-1:]]
        assert "2026" in await two.says("show clock")


async def test_a_netconf_session_that_breaks_ends_alone(shown, monkeypatch):
    async with a_lab() as lab, subsystem(lab) as one, subsystem(lab) as two:
        await two.rpc(GET_NAME)
        feed = NetconfSession.feed
        monkeypatch.setattr(NetconfSession, "feed", planted)
        with pytest.raises(EOFError):
            await one.rpc(GET_NAME)
        monkeypatch.setattr(NetconfSession, "feed", feed)
        assert shown == [("a NETCONF session ends", "Planted")]
        assert (await two.rpc(GET_NAME)).tag.endswith("rpc-reply")
        assert len(lab.netconf.server(lab.devices["sw"]).sessions) == 1


async def test_a_device_resumes_after_an_input_that_broke(run_lab, shown, monkeypatch, tmp_path):
    monkeypatch.setitem(CARRY_OUT, StartupSaved, planted)
    lab = await run_lab(plan(switch()), StateFolder(tmp_path / "one"))
    async with person(lab) as somebody:
        somebody.process.stdin.write("write memory\r")
        await somebody.gone()
    async with person(lab) as somebody:
        await somebody.says("configure terminal")
        await somebody.says("hostname after")
    assert shown.pop() == ("a session ends", "Planted")
    shutil.copytree(tmp_path / "one", tmp_path / "two")  # as a killed process leaves it
    again = await run_lab(plan(switch()), StateFolder(tmp_path / "two"))
    assert shown == [("device sw met a bug, and goes on", "Planted")]
    async with person(again) as somebody:
        assert "hostname after" in await somebody.says("show running-config | include ^hostname")
