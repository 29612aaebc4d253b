"""Outputs of megabytes over SSH: printed as the other end reads, and ended by Ctrl-C or Ctrl-^."""

from __future__ import annotations

import asyncio

import pytest

from tests.wire.laboratory import Person, client, person, plan, switch

pytestmark = pytest.mark.wire

LINES = 60_000
TEXT = "\n".join(f"{number:6d} a line of a long file on this flash" for number in range(LINES))


@pytest.fixture
async def lab(run_lab):
    """A lab whose switch has a file of 2.6 MB."""
    lab = await run_lab(plan(switch()))
    assert lab.devices["sw"].write_file("flash:long", TEXT, lab.timeline.now()) is None
    return lab


def terminal(lab):
    (found,) = lab.terminals(lab.devices["sw"])
    return found


async def test_all_of_it_comes_however_it_is_asked_for(lab):
    async with person(lab) as somebody:
        await somebody.says("terminal length 0")
        assert await somebody.says("more flash:long") == TEXT.replace("\n", "\r\n")
        counted = await somebody.says("more flash:long | count 9 a line")
        assert counted == f"Number of lines which match regexp = {LINES // 10}"
    async with client(lab) as connection:
        ran = await connection.run("more flash:long | exclude 9 a line")
        assert len(ran.stdout.splitlines()) == LINES - LINES // 10


@pytest.mark.parametrize("key", ["\x03", "\x1e"])
async def test_a_key_ends_what_nobody_reads(lab, key):
    async with client(lab) as connection:
        process = await connection.create_process(term_type="vt100", window=65_536)
        somebody = Person(process)
        await somebody.until("#")
        await somebody.says("terminal length 0")
        somebody.process.stdin.write("more flash:long\r")
        async with asyncio.timeout(10):
            while terminal(lab)._reads.is_set():
                await asyncio.sleep(0.01)
        async with person(lab) as other:
            assert "level is 15" in await other.says("show privilege")
        somebody.process.stdin.write(f"{key}show privilege\r")
        shown = await somebody.until("level is 15")
        assert 1_000 < shown.count(" a line of a long file") < LINES
        assert "long file on this flash\r\nSwitch#show privilege\r\n" in shown


async def test_a_key_ends_what_is_still_being_made(lab):
    """The break came with the command, so nothing is printed yet; what was typed behind it is."""
    async with person(lab) as somebody:
        somebody.process.stdin.write("more flash:long | include no such line\r\x03show privilege\r")
        shown = await somebody.until("level is 15")
        assert "include no such line\r\nSwitch#show privilege\r\n" in shown


async def test_a_page_may_be_looked_for_and_left(lab):
    async with person(lab) as somebody:
        somebody.process.stdin.write("more flash:long\r")
        await somebody.until(" --More-- ")
        somebody.process.stdin.write("/59990 a\r")
        shown = await somebody.until("#")
        assert shown.count(" a line of a long file") == 10
        somebody.process.stdin.write("more flash:long\r")
        await somebody.until(" --More-- ")
        somebody.process.stdin.write("+nowhere\r")
        assert (await somebody.until("#")).endswith("+nowhere\r\nSwitch#")
        assert "level is 15" in await somebody.says("show privilege")
