"""SSH sessions in trouble: dropped amid a page or a dialogue, pastes, raw bytes, others beside."""

from __future__ import annotations

import asyncio

import pytest

from tests.wire.laboratory import person, plan, switch

pytestmark = pytest.mark.wire

PASTED = 500


async def gone(lab):
    """Wait until the device has noticed that everybody left."""
    async with asyncio.timeout(10):
        while lab.terminals(lab.devices["sw"]):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("line", "until"),
    [
        ("show license all", " --More-- "),
        ("reload", "[yes/no]: "),
        ("write erase", "[confirm]"),
        ("copy running-config startup-config", "[startup-config]? "),
        ("configure", "[terminal]? "),
        ("banner motd ^", None),
        ("show version | inc", None),
    ],
)
async def test_a_connection_dropped_amid_something_leaves_nothing_behind(run_lab, line, until):
    lab = await run_lab(plan(switch()))
    device = lab.devices["sw"]
    startup = device.datastore.startup
    async with person(lab) as somebody:
        if line.startswith("banner"):
            await somebody.says("configure terminal")
        elif line == "reload":
            await somebody.says("configure terminal")
            await somebody.says("hostname CHANGED")
            await somebody.says("end")
        somebody.process.stdin.write(line + ("\n" if until else ""))
        if until:
            await somebody.until(until)
        somebody.process.channel.get_connection().abort()
        await gone(lab)
    assert device.datastore.startup == startup
    assert not device.log.listeners
    async with person(lab) as other:
        assert "privilege level is 15" in await other.says("show privilege")


async def test_others_are_answered_while_one_pastes(run_lab):
    lab = await run_lab(plan(switch()))
    lines = [f"ip host h{n} 10.0.{n // 250}.{n % 250 + 1}" for n in range(PASTED)]
    async with person(lab) as one, person(lab) as two:
        await one.says("configure terminal")
        one.process.stdin.write("\n".join(lines) + "\nhostname PASTED\nend\n")
        answers = 0
        while lab.devices["sw"].agent.state.config.hostname != "PASTED":
            assert "level is 15" in await two.says("show privilege")
            answers += 1
        assert answers > 1
    await gone(lab)


async def test_raw_bytes_are_no_trouble(run_lab):
    lab = await run_lab(plan(switch()))
    async with person(lab) as somebody:
        channel = somebody.process.channel
        channel.set_encoding(None)
        channel.write(b"\xff\xfe\x00\x1b[\xc3show priv\x80\x15show priv")
        channel.set_encoding("utf-8", "replace")
        assert "privilege level is 15" in await somebody.says("ilege")
