"""The control socket: where it lies, who may open it, what a bad request gets."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest

from agent.adapters.control import ControlServer, ask, control_path
from agent.core.errors import InputError


@pytest.fixture(autouse=True)
def runtime(tmp_path, monkeypatch):
    """A runtime folder of our own, with a path short enough for a socket."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


async def echo(request):
    if request.get("do") == "refuse":
        raise InputError("not today", allowed="tomorrow")
    return {"did": request["do"]}


@pytest.fixture
async def server(tmp_path):
    server = ControlServer(echo)
    await server.listen(control_path(tmp_path / "state"))
    yield server
    await server.close()


@pytest.fixture(autouse=True)
def state(tmp_path):
    (tmp_path / "state").mkdir(mode=0o700)


async def test_request_and_answer(server):
    assert await asyncio.to_thread(ask, server.path, {"do": "it"}) == {"did": "it"}


async def test_refusal_reaches_the_asker_as_an_error(server):
    with pytest.raises(InputError, match="not today; allowed: tomorrow"):
        await asyncio.to_thread(ask, server.path, {"do": "refuse"})


async def test_only_the_owner_can_open_it(server):
    assert stat.S_IMODE(server.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("line", [b"garbage\n", b"[1]\n", b"\xff\xfe\n"])
async def test_a_bad_line_is_answered_and_the_next_one_too(server, line):
    reader, writer = await asyncio.open_unix_connection(str(server.path))
    writer.write(line + b'{"do": "it"}\n')
    assert json.loads(await reader.readline())["ok"] is False
    assert json.loads(await reader.readline()) == {"ok": True, "did": "it"}
    writer.close()


async def test_an_endless_line_ends_the_connection_and_not_the_lab(server):
    reader, writer = await asyncio.open_unix_connection(str(server.path))
    writer.write(b"x" * 200_000)
    assert await reader.read() == b""
    writer.close()
    assert await asyncio.to_thread(ask, server.path, {"do": "it"}) == {"did": "it"}


async def test_two_labs_do_not_share_a_socket(server):
    with pytest.raises(InputError, match="another lab is running here"):
        await ControlServer(echo).listen(server.path)


async def test_a_socket_left_by_a_killed_lab_is_taken_over(server):
    left = server.path.with_name("left.sock")
    server.path.rename(left)  # nobody answers at the old path any more
    server.path.write_text("")
    again = ControlServer(echo)
    await again.listen(server.path)
    assert await asyncio.to_thread(ask, again.path, {"do": "it"}) == {"did": "it"}
    await again.close()


def test_no_lab_there(tmp_path):
    with pytest.raises(InputError, match="no lab is running here"):
        ask(tmp_path / "control.sock", {"do": "it"})


def test_without_a_state_folder_it_lies_in_a_private_one(tmp_path):
    path = control_path(None)
    assert path == tmp_path / "slp" / "control.sock"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_path_too_long_for_a_socket_moves_to_the_runtime_folder(tmp_path):
    deep = tmp_path / ("d" * 120)
    path = control_path(deep)
    assert path.parent == tmp_path / "slp"
    assert path == control_path(Path(f"{deep}/../{deep.name}"))
