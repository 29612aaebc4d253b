"""Licensing by files: a person saves usage, carries it to CSSM, imports the ACK. No wire at all."""

from __future__ import annotations

import asyncio

import pytest
from click.testing import CliRunner

from agent.adapters.control import ControlServer
from agent.adapters.disk import StateFolder
from agent.adapters.lab import Lab
from agent.adapters.plan import CounterpartPlan, LabPlan
from agent.commands.cssm import cssm as command
from agent.core.clock import DAY, MINUTE
from agent.core.errors import InputError
from agent.protocol.codec import read_usage_file
from tests.wire.laboratory import ANY, START, opened, person, switch

pytestmark = pytest.mark.wire

OFF = switch("sw", "license smart transport off")
PLAN = LabPlan(
    start=START,
    rate=0.0,
    counterparts=(CounterpartPlan("cssm", "cssm", ANY),),
    devices=(OFF,),
)


async def slp(*words):
    """`slp cssm ...` of another process, here in a thread; returns its output."""

    def run():
        return CliRunner().invoke(command, words)

    done = await asyncio.to_thread(run)
    if done.exception is not None:
        raise done.exception
    return done.output


async def test_usage_goes_out_as_a_file_and_its_ack_comes_back_as_one(run_lab, tmp_path):
    lab = await run_lab(PLAN)
    control = ControlServer(lab.control)
    await control.listen(tmp_path / "c.sock")
    at = ("--control", str(tmp_path / "c.sock"))
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        assert await somebody.says("license smart save usage all file flash:u.xml") == ""
        assert "REPORTING" in (await somebody.says("show logging | include REPORTING")).upper()
        said = await slp("upload", "sw:flash:u.xml", *at)
        assert said.startswith("PID:C9300-24T,SN:FOC0000EMU1: upload 76")
        with pytest.raises(InputError, match="still pending; ask again in 2 seconds"):
            await slp("ack", "sw", *at)
        await lab.timeline.advance(5000)
        assert "written to" in await slp("ack", "sw", "-o", "sw:flash:ack.xml", *at)
        said = await somebody.says("license smart import flash:ack.xml")
        assert said == "Import Data Successful"
        status = await somebody.says("show license status | include Policy name|Trust Code|SN:")
        assert "Policy name: Lab Policy" in status
        log = await somebody.says("show logging | include INSTALL")
        assert "%SMART_LIC-6-TRUST_CODE_INSTALL_SUCCESS" in log
        assert "%SMART_LIC-6-POLICY_INSTALL_SUCCESS" in log
    state = lab.devices["sw"].agent.state
    assert state.usage_reporting.last_ack_received == lab.timeline.now()
    assert state.account.smart_account == "Example Lab"
    await control.close()


async def test_a_policy_file_puts_another_policy_in_force(run_lab, tmp_path):
    lab = await run_lab(PLAN)
    control = ControlServer(lab.control)
    await control.listen(tmp_path / "c.sock")
    at = ("--control", str(tmp_path / "c.sock"))
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        await somebody.says("license smart save trust-request flash:t.xml")
        assert await slp("upload", "sw:flash:t.xml", *at)
        await lab.timeline.advance(5000)
        await slp("ack", "-o", "sw:flash:t.ack", *at)
        assert await somebody.says("license smart import flash:t.ack") == "Import Data Successful"
        await slp("policy", "use", "SLE Policy", *at)
        assert "* SLE Policy" in await slp("policy", "list", *at)
        await slp("policy", "file", "-o", "sw:flash:p.xml", *at)
        assert await somebody.says("license smart import flash:p.xml") == "Import Data Successful"
    state = lab.devices["sw"].agent.state
    assert state.policy.name == "SLE Policy"
    assert state.usage_reporting.next_ack_deadline == lab.timeline.now() + 30 * DAY
    await control.close()


async def test_a_state_folder_at_rest_serves_too_and_keeps_tokens(tmp_path):
    folder = tmp_path / "state"
    lab = await opened(Lab(PLAN, START, StateFolder(folder)))
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        await somebody.says("license smart save usage all file flash:u.xml")
    text = lab.devices["sw"].files.read("flash:u.xml")
    await lab.close()
    (tmp_path / "u.xml").write_text(text)
    at = ("--state", str(folder))
    assert "upload 76" in await slp("upload", str(tmp_path / "u.xml"), *at)
    made = (await slp("token", "new", "--days", "7", "--uses", "2", *at)).strip()
    listed = await slp("token", "list", *at)
    assert made in listed
    assert "active, 2 uses left" in listed
    await slp("token", "revoke", made, *at)
    assert "expired" in await slp("token", "list", *at)

    lab = await opened(Lab(PLAN, START, StateFolder(folder)))
    await lab.timeline.advance(5000)
    ack = (await lab.control({"do": "cssm.ack", "udi": "sw"}))["text"]
    lab.devices["sw"].write_file("flash:ack.xml", ack, lab.timeline.now())
    async with person(lab) as somebody:
        assert await somebody.says("license smart import flash:ack.xml") == "Import Data Successful"
    assert read_usage_file(text).reports
    await lab.close()


async def test_files_that_are_none_are_refused_by_name(run_lab, tmp_path):
    lab = await run_lab(PLAN)
    (tmp_path / "bomb.xml").write_text('<!DOCTYPE x [<!ENTITY a "b">]><smartLicense/>')
    (tmp_path / "bytes.xml").write_bytes(b"\xff\xfe\x00")
    for name, why in [
        ("bomb.xml", "not a usage file"),
        ("bytes.xml", "not UTF-8"),
        ("none.xml", "No such file"),
    ]:
        with pytest.raises(InputError, match=why):
            await lab.control({"do": "cssm.upload", "file": str(tmp_path / name)})
    with pytest.raises(InputError, match="no upload yet"):
        await lab.control({"do": "cssm.ack"})
    with pytest.raises(InputError, match="Lab Policy"):
        await lab.control({"do": "cssm.policy.use", "policy": "None Such"})


async def test_an_authorization_code_by_files_is_used_and_returned(run_lab):
    lab = await run_lab(PLAN)
    await lab.timeline.advance(10 * MINUTE)

    async def carry(somebody, name):
        await lab.control({"do": "cssm.upload", "file": f"sw:flash:{name}"})
        await lab.timeline.advance(5000)
        await lab.control({"do": "cssm.ack", "out": "sw:flash:ack.xml"})
        return await somebody.says("license smart import flash:ack.xml")

    async with person(lab) as somebody:
        await somebody.says("terminal length 0")
        await somebody.says("license smart save trust-request flash:t.xml")
        await carry(somebody, "t.xml")
        said = await somebody.says("emulator usage hseck9 1")
        assert said == "% hseck9 needs an authorization code"
        assert await somebody.says("license smart authorization request add hseck9 local") == ""
        assert await somebody.says("license smart authorization request save flash:slac.xml") == ""
        assert await carry(somebody, "slac.xml") == "Import Data Successful"
        assert await somebody.says("emulator usage hseck9 1") == ""
        assert "hseck9" in await somebody.says("show license summary")
        for what in ("all", "usage", "tech support"):
            assert "hseck9" in await somebody.says(f"show license {what}")
        said = await somebody.says("license smart authorization return local offline flash:r.xml")
        assert said.endswith("hseck9 is in use")
        await somebody.says("emulator usage hseck9 0")
        said = await somebody.says("license smart authorization return local offline flash:r.xml")
        assert "Return code: " in said
        assert await carry(somebody, "r.xml") == "Import Data Successful"
        log = await somebody.says("show logging | include AUTHORIZATION")
        assert "AUTHORIZATION_INSTALL_SUCCESS" in log
        assert "AUTHORIZATION_REMOVED" in log
