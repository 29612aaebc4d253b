"""The device as an SCP server, asked by asyncssh's own client."""

from __future__ import annotations

import asyncio

import asyncssh
import pytest

from tests.wire.laboratory import START, client, plan, switch

pytestmark = pytest.mark.wire

ENABLED = "ip scp server enable"


async def test_files_go_both_ways(run_lab, tmp_path):
    lab = await run_lab(plan(switch("sw", ENABLED)))
    device = lab.devices["sw"]
    mine = tmp_path / "mine.txt"
    mine.write_text("hostname COPIED\n" * 20_000, "utf-8")
    async with client(lab) as connection:
        await asyncssh.scp(str(mine), (connection, "flash:/merge.txt"))
        assert device.files.read("flash:merge.txt") == mine.read_text("utf-8")
        device.write_file("flash:theirs.txt", "from the device\n", START)
        await asyncssh.scp((connection, "flash:theirs.txt"), str(tmp_path / "got.txt"))
        assert (tmp_path / "got.txt").read_text("utf-8") == "from the device\n"


@pytest.mark.parametrize(
    "path", ["flash:/../x", "../../x", "/etc/passwd", "flash:/a/b", "disk9:x", "flash:"]
)
async def test_nothing_is_written_outside_a_file_system(run_lab, tmp_path, path):
    lab = await run_lab(plan(switch("sw", ENABLED)))
    before = dict(lab.devices["sw"].files.entries)
    (tmp_path / "x").write_text("x", "utf-8")
    async with client(lab) as connection:
        if path == "flash:":
            await asyncssh.scp(str(tmp_path / "x"), (connection, path))
            assert lab.devices["sw"].files.read("flash:x") == "x"
            return
        with pytest.raises((asyncssh.SFTPError, OSError)):
            await asyncssh.scp(str(tmp_path / "x"), (connection, path))
    assert lab.devices["sw"].files.entries == before


async def test_what_is_no_text_or_not_there_is_refused(run_lab, tmp_path):
    lab = await run_lab(plan(switch("sw", ENABLED)))
    (tmp_path / "x").write_bytes(b"\xff\xfe")
    async with client(lab) as connection:
        with pytest.raises(asyncssh.SFTPError):
            await asyncssh.scp(str(tmp_path / "x"), (connection, "flash:x"))
        with pytest.raises(asyncssh.SFTPError):
            await asyncssh.scp((connection, "flash:none"), str(tmp_path / "y"))
    assert not lab.devices["sw"].files.exists("flash:x")


@pytest.mark.parametrize(
    ("config", "user", "password"),
    [
        ((), "admin", "admin"),
        ((ENABLED, "username looker privilege 1 secret look"), "looker", "look"),
    ],
)
async def test_it_serves_only_where_it_is_on_and_only_privileged_users(
    run_lab, config, user, password
):
    lab = await run_lab(plan(switch("sw", *config)))
    async with client(lab, user=user, password=password) as connection, asyncio.timeout(10):
        came = await connection.run("scp -t flash:x")
    assert came.exit_status == 1
    assert came.stderr == "Administratively disabled.\n"
