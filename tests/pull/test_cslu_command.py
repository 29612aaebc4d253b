"""`slp cslu ...` against the control socket of a lab at work."""

from __future__ import annotations

import asyncio

import pytest
from click.testing import CliRunner

from agent.__main__ import slp
from agent.adapters.control import ControlServer
from agent.core.errors import InputError
from tests.pull.test_pull_methods import a_lab

pytestmark = pytest.mark.wire


async def test_add_collect_list_remove(tmp_path):
    async with a_lab() as lab:
        control = ControlServer(lab.control)
        await control.listen(tmp_path / "control.sock")

        async def says(*words: str, fails: bool = False) -> str:
            arguments = ["cslu", *words, "--control", str(tmp_path / "control.sock")]
            result = await asyncio.to_thread(CliRunner().invoke, slp, arguments)
            assert isinstance(result.exception, InputError) is fails, result.output
            return result.output

        at = lab.restconf_endpoints["sw"]
        added = await says("add", "sw", "--method", "rest")
        assert added == f"sw: rest at {at.address} port {at.port}\n"
        row = "  sw                   rest     PID:C9300-24T,SN:FOC0000EMU1: "
        said = "Usage report from product instance\n"
        assert await says("collect") == row + said
        assert await says("list") == row + said
        other = ("add", "127.0.0.1", "--method", "rest", "--port", str(at.port))
        await says(*other, "--user", "admin", "--password", "wrong")
        failed = await says("collect", f"127.0.0.1:{at.port}", fails=True)
        assert failed.startswith(f"! 127.0.0.1:{at.port}")
        assert "Login refused" in failed
        assert await says("remove", f"127.0.0.1:{at.port}") == "removed\n"
        assert await says("list") == row + said
        await says("remove", "nobody", fails=True)
        await control.close()
