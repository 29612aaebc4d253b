"""`kill -9` at any instant: what was acknowledged to a user or a peer is there after the restart.

A real `slp up --state` is killed at random points, fifty times and more, while a user configures,
saves, synchronises and moves the clock over SSH. After each restart the device must have every
name whose prompt was seen, every saved one in its startup-config, and an ACK no older than before.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest

from agent.adapters.control import ask
from tests.wire.laboratory import Person, knock

pytestmark = [pytest.mark.wire, pytest.mark.slow]

PROJECT = Path(__file__).parents[2]
KILLS = 50
LONGEST_LIFE = 0.25  # seconds of a user's work
LAB = """\
lab: killed
clock: {start: 2026-10-06T12:00:00Z}
counterparts:
  - {name: cssm, kind: cssm, listen: 0}
  - {name: cslu, kind: cslu, listen: 0}
devices:
  - {name: sw, platform: C9300-24T, release: 17.12.4, ssh: 0}
"""


@dataclass
class Acknowledged:
    """What the user has seen done; `tried` may or may not be there."""

    name: str = "Switch"
    saved: str = ""
    tried: str = "Switch"
    counted: int = 0
    trust: bool = False
    last_ack: int = 0
    now: int = 0


async def started(starter, folder):
    """A lab that is up: its ready file."""
    ready = folder / "ready.json"
    ready.unlink(missing_ok=True)
    words = ["up", "lab.yaml", "--state", "state", "--ready-file", str(ready), "--quiet"]
    starter.stdin.write(json.dumps(words) + "\n")
    starter.stdin.flush()
    process = int(starter.stdout.readline())
    async with asyncio.timeout(30):
        while not ready.exists():
            os.kill(process, 0)  # a lab that ended by itself is a failure
            await asyncio.sleep(0.005)
    return process, json.loads(ready.read_text())


async def work(person: Person, seen: Acknowledged) -> None:
    """Configure, save, synchronise, move time; write down what was acknowledged."""
    while True:
        seen.counted += 1
        seen.tried = f"N{seen.counted}"
        await person.says("configure terminal")
        await person.says(f"hostname {seen.tried}", f"{seen.tried}(config)#")
        seen.name = seen.tried
        await person.says("end")
        if "[OK]" in await person.says("write memory"):
            seen.saved = seen.name
        await person.says("license smart sync all")
        await person.says("emulator clock advance 3 hours")


async def check(person: Person, control: Path, seen: Acknowledged) -> None:
    """Is all there that was acknowledged?"""
    running = await person.says("show running-config | include ^hostname")
    assert running.split()[-1] in (seen.name, seen.tried)
    seen.name = running.split()[-1]
    startup = await person.says("show startup-config | include ^hostname")
    if seen.saved:
        assert startup.split()[-1] in (seen.saved, seen.name)
        seen.saved = startup.split()[-1]
    status = await asyncio.to_thread(ask, control, {"do": "status"})
    device = status["devices"][0]
    assert device["trust"] or not seen.trust
    assert (device["last_ack"] or 0) >= seen.last_ack
    assert status["now"] >= seen.now
    seen.trust, seen.last_ack = device["trust"], device["last_ack"] or 0
    seen.now = status["now"]


async def test_fifty_kills_lose_nothing_acknowledged(tmp_path):
    chance = random.Random(20261006)
    (tmp_path / "lab.yaml").write_text(LAB)
    starter = subprocess.Popen(
        [sys.executable, "-m", "tests.wire.starter"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "XDG_RUNTIME_DIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    seen = Acknowledged()
    process = 0
    try:
        for _ in range(KILLS + 1):
            process, ready = await started(starter, tmp_path)
            entry = ready["devices"][0]["ssh"]
            async with knock(entry["host"], entry["port"], password="admin") as connection:
                shell = await connection.create_process(term_type="vt100", term_size=(0, 0))
                person = Person(shell)
                await person.until("#")
                await person.says("terminal length 0")
                await check(person, Path(ready["control"]), seen)
                working = asyncio.ensure_future(work(person, seen))
                await asyncio.wait([working], timeout=chance.uniform(0, LONGEST_LIFE))
                os.kill(process, signal.SIGKILL)
                with pytest.raises((EOFError, asyncssh.Error, OSError)):
                    await working
        assert seen.counted > KILLS
        assert seen.trust
        assert seen.saved
    finally:
        starter.kill()
        starter.communicate()
        if process:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
