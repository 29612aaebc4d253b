"""`slp record` at a device of a lab, and a lab whose device replays what came of it."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

import pytest
import yaml

from tests.wire.laboratory import person, plan, switch

pytestmark = pytest.mark.wire

SPANNING_TREE = "Switch is in rapid-pvst mode\n\nName                   Blocking Listening\n"


async def slp(*words):
    """Run `slp` beside this process; returns status, output and errors."""
    command = [sys.executable, "-W", "ignore", "-m", "agent", *map(str, words)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


def who(at, commands, output):
    login = ["--host", at.address, "--port", at.port, "--user", "admin", "--password", "admin"]
    return ["record", *login, "--commands", commands, "-o", output]


async def test_a_recording_of_one_device_answers_on_another(run_lab, tmp_path):
    captures = tmp_path / "captures"
    captures.mkdir()
    (captures / "show spanning-tree summary.txt").write_text(SPANNING_TREE, "utf-8")
    lab = await run_lab(plan(replace(switch("sw", "hostname ONE"), replay=captures)))
    commands = tmp_path / "commands"
    commands.write_text("! a remark\nshow spanning-tree summary\nshow nothing\n", "utf-8")
    session = tmp_path / "session.yaml"
    status, out, err = await slp(*who(lab.endpoints["sw"], commands, session))
    assert (status, out) == (0, f"2 commands of 127.0.0.1 are in {session}\n")
    assert err == "show nothing: refused with \"% Invalid input detected at '^' marker.\"\n"
    assert "interactions" in next(iter(yaml.safe_load(session.read_text("utf-8")).values()))
    assert not [left for left in tmp_path.iterdir() if left.name.startswith("tmp")]

    other = await run_lab(plan(replace(switch("sw", "hostname TWO"), replay=session)))
    async with person(other) as somebody:
        said = await somebody.says("sh span su")
        assert said.replace("\r\n", "\n") == SPANNING_TREE.removesuffix("\n")
        assert "Name" in await somebody.says("sh span su | include Name")
        assert "cslu" in await somebody.says("show license status | include Type")


async def test_what_goes_wrong_is_one_line(run_lab, tmp_path):
    lab = await run_lab(plan(switch()))
    at, output = lab.endpoints["sw"], tmp_path / "session.yaml"
    commands = tmp_path / "commands"
    status, _, err = await slp(*who(at, commands, output))
    assert (status, err) == (2, f"slp: {commands}: cannot be read: No such file or directory\n")
    commands.write_text("show version\nreload\n", "utf-8")
    status, _, err = await slp(*who(at, commands, output))
    assert status == 2
    assert f"{commands}:2: 'reload' is no command that only looks" in err
    commands.write_text("show version\n", "utf-8")
    status, _, err = await slp(*who(replace(at, port=1), commands, output))
    assert status == 1
    assert err.startswith("slp: 127.0.0.1 port 1: ")
    assert len(err.splitlines()) == 1
    assert not output.exists()
