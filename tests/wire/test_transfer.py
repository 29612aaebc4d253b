"""`copy` to and from real servers on loopback, `ping`, and reloads that come by themselves."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncssh
import pytest
import tftpy
from aiohttp import web

from agent.adapters.dns import Resolver
from agent.adapters.plan import NetworkPlan
from agent.adapters.transfer import Outside
from agent.cli.reply import LabCall, TransferFailed
from agent.device.config import Resolution
from tests.wire.laboratory import person, plan, switch

pytestmark = pytest.mark.wire


@pytest.fixture
def tftp(tmp_path) -> Iterator[tuple[int, object]]:
    """A TFTP server: its port and its folder."""
    folder = tmp_path / "tftp"
    folder.mkdir()
    server = tftpy.TftpServer(str(folder))
    thread = threading.Thread(target=server.listen, args=("127.0.0.1", 0, 0.1), daemon=True)
    thread.start()
    assert server.is_running.wait(5)
    yield server.listenport, folder
    server.stop(now=True)
    thread.join(5)


@asynccontextmanager
async def lab_with(run_lab, **hosts: str):
    """A person at a device of a lab with these names."""
    lab = await run_lab(replace(plan(switch()), network=NetworkPlan(hosts=hosts)))
    async with person(lab) as somebody:
        await somebody.says("terminal length 0")
        yield lab, somebody


async def copies(somebody, line: str, *answers: str) -> str:
    """Give the answers as the questions come; returns all up to the prompt."""
    somebody.process.stdin.write(line + "\r")
    said = ""
    for answer in answers:
        said += await somebody.until("? ")
        somebody.process.stdin.write(answer + "\r")
    return said + await somebody.until("\r\nSwitch#")


async def test_tftp_there_and_back(run_lab, tftp):
    port, folder = tftp
    async with lab_with(run_lab, server=f"127.0.0.1:{port}") as (_, somebody):
        said = await copies(somebody, "copy running-config tftp:", "server", "sw.cfg")
        assert "Destination filename [switch-confg]? " in said
        assert "!!\r\n" in said
        assert " bytes copied in " in said
        async with asyncio.timeout(5):
            while not (kept := (folder / "sw.cfg").read_text()):
                await asyncio.sleep(0.01)  # the server closes its file after its last answer
        assert "hostname Switch" in kept
        said = await copies(somebody, "copy tftp://server/sw.cfg flash:", "", "", "back.cfg")
        assert "Accessing tftp://server/sw.cfg..." in said
        assert f"[OK - {len(kept)} bytes]" in said
        assert "back.cfg" in await somebody.says("dir flash:")
        said = await copies(somebody, "copy tftp://server/none flash:", "", "", "")
        assert "%Error opening tftp://server/none (No such file or directory)" in said


async def test_usage_is_saved_to_a_server_and_an_ack_imported_from_it(run_lab, tftp):
    port, folder = tftp
    async with lab_with(run_lab, server=f"127.0.0.1:{port}") as (lab, somebody):
        await somebody.says("license smart save usage all file tftp://server/usage.xml")
        async with asyncio.timeout(5):
            while not (folder / "usage.xml").read_text().endswith("</smartLicense>\n"):
                await asyncio.sleep(0.01)
        await lab.control({"do": "cssm.upload", "file": str(folder / "usage.xml")})
        await lab.timeline.advance(60_000)
        (folder / "ack.xml").write_text((await lab.control({"do": "cssm.ack"}))["text"])
        said = await somebody.says("license smart import tftp://server/ack.xml")
        assert "Import Data Successful" in said
        assert "UNACK" not in await somebody.says("show license rum id all")


async def test_http_there_and_back(run_lab):
    kept: dict[str, bytes] = {}

    async def put(request: web.Request) -> web.Response:
        kept[request.match_info["name"]] = await request.read()
        return web.Response(status=201)

    async def get(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return web.Response(body=kept[name]) if name in kept else web.Response(status=404)

    app = web.Application()
    app.add_routes([web.put("/{name}", put), web.get("/{name}", get)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        async with lab_with(run_lab) as (_, somebody):
            url = f"http://127.0.0.1:{port}"
            await copies(somebody, f"copy running-config {url}/a.cfg", "", "")
            assert b"hostname Switch" in kept["a.cfg"]
            kept["a.txt"] = b"x" * 1000
            said = await copies(somebody, f"copy {url}/a.txt flash:", "", "", "")
            assert "1000 bytes copied in " in said
            said = await copies(somebody, f"copy {url}/none flash:", "", "", "")
            assert f"%Error opening {url}/none (No such file or directory)" in said
            kept["binary"] = b"\xff\xfe"
            assert "(I/O error)" in await copies(somebody, f"copy {url}/binary flash:", "", "", "")
    finally:
        await runner.cleanup()


class _Server(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("backup", "s3cret")


async def test_scp_there_and_back(run_lab, tmp_path):
    key = asyncssh.generate_private_key("ssh-ed25519")

    def rooted(channel: asyncssh.SSHServerChannel) -> asyncssh.SFTPServer:
        return asyncssh.SFTPServer(channel, chroot=str(tmp_path))

    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=_Server,
        server_host_keys=[key],
        sftp_factory=rooted,
        allow_scp=True,
    )
    async with server, lab_with(run_lab) as (_, somebody):
        at = f"scp://backup@127.0.0.1:{server.get_port()}"

        async def says(line: str, password: str, *answers: str) -> str:
            somebody.process.stdin.write(line + "\r")
            for answer in answers:
                await somebody.until("? ")
                somebody.process.stdin.write(answer + "\r")
            await somebody.until("Password: ")
            somebody.process.stdin.write(password + "\r")
            return await somebody.until("\r\nSwitch#")

        said = await says(f"copy running-config {at}/sw.cfg", "s3cret", "", "", "")
        assert " bytes copied in " in said
        assert "hostname Switch" in (tmp_path / "sw.cfg").read_text()
        said = await says(f"copy {at}/sw.cfg flash:", "s3cret", "", "", "", "back.cfg")
        assert "Sending file modes: C0644" in said
        assert "back.cfg" in await somebody.says("dir flash:")
        said = await says(f"copy {at}/none flash:", "s3cret", "", "", "", "")
        assert "(No such file or directory)" in said
        said = await says(f"copy {at}/sw.cfg flash:", "wrong", "", "", "", "x")
        assert "%Error opening scp://*:*@127.0.0.1" in said
        assert "(Permission denied)" in said


async def answer(
    outside: Outside,
    scheme: str,
    host: str,
    port: int | None = None,
    names: Resolution = Resolution(),  # noqa: B008  (frozen)
):
    arguments = {"scheme": scheme, "host": host, "port": port, "name": "x"}
    rest = {"user": "u", "password": "p", "names": names}
    return await outside.answer(LabCall("transfer.get", {**arguments, **rest}))


@pytest.mark.parametrize("scheme", ["tftp", "http", "https", "scp"])
async def test_a_server_that_never_answers_is_timed_out(scheme):
    silent = socket.create_server(("127.0.0.1", 0))
    mute = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    mute.bind(("127.0.0.1", 0))
    outside = Outside(Resolver({}), frozenset, answer_seconds=0.3)
    port = (mute if scheme == "tftp" else silent).getsockname()[1]
    with silent, mute:
        began = time.monotonic()
        said = await answer(outside, scheme, "127.0.0.1", port)
    assert said in (TransferFailed("Timed out"), TransferFailed("I/O error"))
    assert said.reason == "Timed out" or scheme in ("scp", "https")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("scheme", ["http", "https", "scp"])
async def test_a_closed_port_is_an_error_of_the_transfer(scheme):
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    outside = Outside(Resolver({}), frozenset, answer_seconds=2)
    assert await answer(outside, scheme, "127.0.0.1", port) == TransferFailed("I/O error")


@pytest.mark.parametrize("name", ["nowhere", "", "a..b", "x" * 64, "a/b", "\u00e9", "a b"])
async def test_a_name_nobody_knows(name):
    outside = Outside(Resolver({}, 1), frozenset)
    names = Resolution(servers=("127.0.0.1",) if name != "nowhere" else ())
    assert await answer(outside, "tftp", name, names=names) == TransferFailed(
        "Invalid IP address or hostname"
    )


async def test_others_go_on_while_one_waits(run_lab):
    mute = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    mute.bind(("127.0.0.1", 0))
    names = {"mute": f"127.0.0.1:{mute.getsockname()[1]}"}
    with mute:
        async with lab_with(run_lab, **names) as (lab, waiting), person(lab) as other:
            lab._outside._answer_seconds = 0.6
            waiting.process.stdin.write("copy tftp://mute/x flash:\r\r\r\r")
            await waiting.until("Accessing tftp://mute/x...")
            began = time.monotonic()
            assert "Cisco IOS" in await other.says("show version | include IOS")
            assert time.monotonic() - began < 0.5
            assert "(Timed out)" in await waiting.until("(Timed out)")


async def test_ping_answers_for_addresses_of_the_lab(run_lab):
    async with lab_with(run_lab, portal="192.0.2.7") as (_, somebody):
        said = await somebody.says("ping 127.0.0.1", "Switch#")
        assert "!!!!!" in said
        assert "Success rate is 100 percent (5/5)" in said
        assert "to 192.0.2.7, timeout" in await somebody.says("ping portal", "Switch#")
        assert "Success rate is 0 percent (0/5)" in await somebody.says("ping 203.0.113.9", "h#")
        said = await somebody.says("ping nowhere", "Switch#")
        assert "% Unrecognized host or address, or protocol not running." in said


async def test_a_planned_reload_tells_everybody_and_ends_their_sessions(run_lab):
    async with lab_with(run_lab) as (lab, somebody), person(lab) as other:
        somebody.process.stdin.write("reload in 5\r")
        said = await somebody.until("[confirm]")
        assert "Reload scheduled in 5 minutes by admin on vty0" in said
        somebody.process.stdin.write("\r")
        assert "in 0:05:00 ---" in await other.until("in 0:05:00 ---")
        await lab._advance(4 * 60_000)
        assert "in 0:01:00 ---" in await other.until("in 0:01:00 ---")
        await lab._advance(60_000)
        assert "SHUTDOWN NOW" in await other.gone()
        assert "SHUTDOWN NOW" in await somebody.gone()
        assert lab.devices["sw"].reload_reason == "Reload Command"


async def test_a_connection_dropped_in_the_middle_leaves_nothing_behind(run_lab):
    mute = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    mute.bind(("127.0.0.1", 0))
    names = {"mute": f"127.0.0.1:{mute.getsockname()[1]}"}
    with mute:
        lab = await run_lab(replace(plan(switch()), network=NetworkPlan(hosts=names)))
        lab._outside._answer_seconds = 0.6
        for typed, shown in (
            ("copy tftp://mute/x flash:\r\r\r\r", "Accessing"),
            ("copy running-config flash:\r", "Destination filename"),
            ("delete flash:x\r\r", "[confirm]"),
        ):
            async with person(lab) as somebody:
                somebody.process.stdin.write(typed)
                await somebody.until(shown)
        async with person(lab) as other, asyncio.timeout(5):
            while len(lab.terminals(lab.devices["sw"])) > 1:
                await asyncio.sleep(0.01)
            assert "packages.conf" in await other.says("dir flash:", "Switch#")
            assert lab.devices["sw"].files.entries == {}
