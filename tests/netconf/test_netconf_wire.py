"""NETCONF over real SSH: who gets in, which subsystem, and when the port answers at all."""

from __future__ import annotations

import asyncio
import os
import pty
import sys
from contextlib import asynccontextmanager

import asyncssh
import pytest
from lxml import etree

from agent.adapters.lab import Lab
from agent.adapters.netconf import NetconfLogin
from agent.adapters.plan import DevicePlan, Listen
from agent.netconf.framing import Framer, framed
from agent.netconf.limits import LIMITS
from tests.netconf.client import BASE, BOTH, NATIVE, hello
from tests.wire.laboratory import ANY, START, knock, opened, person, plan

pytestmark = pytest.mark.wire

LOOKER = "username looker privilege 1 secret look"


def switch(name: str = "sw", *config: str, **more) -> DevicePlan:
    return DevicePlan(
        name, "C9300-24T", "17.12.4", "FOC0000EMU1", ssh=ANY, netconf=ANY, config=config, **more
    )


@asynccontextmanager
async def a_lab(*config: str):
    lab = await opened(Lab(plan(switch("sw", *config)), START))
    try:
        yield lab
    finally:
        await lab.close()


def connect(lab: Lab, user: str = "admin", password: str = "admin", auth: str = "password"):
    return _connected(lab.netconf_endpoints["sw"], user, password, auth)


def _connected(at: Listen, user: str = "admin", password: str = "admin", auth: str = "password"):
    return knock(at.address, at.port, username=user, password=password, preferred_auth=auth)


class Wire:
    """The subsystem on an open connection."""

    def __init__(self, process: asyncssh.SSHClientProcess) -> None:
        self.process = process
        self.framer = Framer(1 << 24)

    async def message(self) -> etree._Element:
        async with asyncio.timeout(10):
            while (found := self.framer.next_message()) is None:
                data = await self.process.stdout.read(1 << 16)
                if not data:
                    raise EOFError
                self.framer.feed(data)
        return etree.fromstring(found)

    async def rpc(self, body: str) -> etree._Element:
        self.process.stdin.write(
            framed(f'<rpc xmlns="{BASE}" message-id="1">{body}</rpc>'.encode(), True)
        )
        return await self.message()


@asynccontextmanager
async def subsystem(lab: Lab, **login: str):
    async with connect(lab, **login) as connection:
        process = await connection.create_process(subsystem="netconf", encoding=None)
        wire = Wire(process)
        await wire.message()
        process.stdin.write(framed(hello(*BOTH), False))
        wire.framer.chunked = True
        yield wire


NAME = f'<native xmlns="{NATIVE}"><hostname/></native>'
GET_NAME = f"<get-config><source><running/></source><filter>{NAME}</filter></get-config>"


@pytest.mark.parametrize("auth", ["password", "keyboard-interactive"])
async def test_one_configuration_over_both_ports(auth):
    async with a_lab() as lab, person(lab) as cli, subsystem(lab, auth=auth) as wire:
        await cli.says("configure terminal")
        await cli.says("hostname typed")
        reply = await wire.rpc(GET_NAME)
        assert reply.findtext(f".//{{{NATIVE}}}hostname") == "typed"
        reply = await wire.rpc(
            f'<edit-config><target><running/></target><config><native xmlns="{NATIVE}">'
            "<hostname>edited</hostname></native></config></edit-config>"
        )
        assert reply[0].tag == f"{{{BASE}}}ok"
        assert "hostname edited" in await cli.says("do show running-config | include ^hostname")


async def test_host_key_and_algorithms_are_those_of_the_device():
    async with a_lab() as lab, connect(lab) as connection:
        assert connection.get_server_host_key().algorithm == b"ssh-rsa"
        ciphers = {f"aes{bits}-{mode}" for bits in (128, 192, 256) for mode in ("ctr", "cbc")}
        assert connection.get_extra_info("send_cipher") in ciphers


async def test_privilege_below_15_gets_nothing():
    async with a_lab(LOOKER) as lab:
        async with subsystem(lab, user="looker", password="look") as wire:
            reply = await wire.rpc(GET_NAME)
            assert reply.findtext(f".//{{{BASE}}}error-tag") == "access-denied"
            assert b"Switch" not in etree.tostring(reply)
        with pytest.raises(asyncssh.PermissionDenied):
            await connect(lab, password="wrong")


@pytest.mark.parametrize("tries", [1, LIMITS.login_tries])
async def test_wrong_passwords_end_the_connection_as_the_limits_say(tries, monkeypatch):
    assert NetconfLogin._tries == LIMITS.login_tries
    monkeypatch.setattr(NetconfLogin, "_tries", tries)
    asked = []

    class Guesser(asyncssh.SSHClient):
        def password_auth_requested(self):
            asked.append("wrong")
            return asked[-1]

    async with a_lab() as lab:
        at = lab.netconf_endpoints["sw"]
        with pytest.raises(asyncssh.DisconnectError, match="Too many"):
            await knock(at.address, at.port, client_factory=Guesser)
    assert len(asked) == tries


@pytest.mark.parametrize("request_of", [{}, {"command": "show version"}, {"subsystem": "sftp"}])
async def test_only_the_subsystem_netconf_is_there(request_of):
    async with a_lab() as lab, connect(lab) as connection:
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process(encoding=None, **request_of)


async def test_port_is_dead_without_netconf_yang():
    async with a_lab("no netconf-yang") as lab, person(lab) as cli:
        for _ in range(2):
            with pytest.raises(ConnectionRefusedError):
                await connect(lab)
            await cli.says("configure terminal")
            await cli.says("netconf-yang")
            async with subsystem(lab) as wire:
                await wire.rpc("<get-config><source><running/></source></get-config>")
            await cli.says("no netconf-yang")
            await cli.says("end")


async def test_sessions_end_when_netconf_is_configured_away_or_the_device_reloads():
    async with a_lab() as lab, person(lab) as cli, subsystem(lab) as wire:
        await cli.says("configure terminal")
        await cli.says("no netconf-yang")
        with pytest.raises(EOFError):
            await wire.message()
        await cli.says("netconf-yang")
        async with subsystem(lab) as again:
            lab.reload(lab.devices["sw"], "Reload Command")
            with pytest.raises(EOFError):
                await again.message()


async def test_kill_session_ends_the_other_connection():
    async with a_lab() as lab, subsystem(lab) as first, subsystem(lab) as second:
        await first.rpc("<lock><target><running/></target></lock>")
        reply = await second.rpc("<kill-session><session-id>1</session-id></kill-session>")
        assert reply[0].tag == f"{{{BASE}}}ok"
        with pytest.raises(EOFError):
            await first.message()
        reply = await second.rpc("<lock><target><running/></target></lock>")
        assert reply[0].tag == f"{{{BASE}}}ok"


async def test_garbage_ends_only_its_own_session():
    async with a_lab() as lab, subsystem(lab) as bad, subsystem(lab) as good:
        bad.process.stdin.write(b"\n#0\n")
        with pytest.raises(EOFError):
            await bad.message()
        assert (await good.rpc(GET_NAME)).find(f".//{{{NATIVE}}}hostname") is not None


async def test_client_that_stops_sending_half_way_leaves_nothing():
    async with a_lab() as lab:
        async with subsystem(lab) as wire:
            wire.process.stdin.write(b"\n#100\n<rpc")
            wire.process.stdin.write_eof()
            with pytest.raises(EOFError):
                await wire.message()
        async with subsystem(lab) as wire:
            assert (await wire.rpc(GET_NAME)).find(f".//{{{NATIVE}}}hostname") is not None
        assert lab.netconf is not None


async def test_login_is_logged_as_the_daemon_does():
    async with a_lab() as lab, subsystem(lab):
        last = lab.devices["sw"].log.lines[-1].text
        assert "%DMI-5-AUTH_PASSED: Switch 1 R0/0: dmiauthd: User 'admin' authenticated" in last
        assert last.endswith("was authorized for netconf over ssh. External groups: PRIV15")


async def test_sessions_beyond_the_limit_are_refused():
    async with a_lab() as lab, connect(lab) as connection:
        for _ in range(LIMITS.sessions):
            await connection.create_process(subsystem="netconf", encoding=None)
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process(subsystem="netconf", encoding=None)
        async with connect(lab) as other:
            with pytest.raises(asyncssh.ChannelOpenError):
                await other.create_process(subsystem="netconf", encoding=None)


async def test_console_serves_netconf_where_it_is_told_to(free_port):
    port = free_port()
    keyboard, terminal = pty.openpty()
    console = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "agent", "console", "--netconf", str(port)),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    try:
        async with asyncio.timeout(60):
            while not await _answers(port):
                await asyncio.sleep(0.1)
        async with _connected(Listen("127.0.0.1", port)) as connection:
            process = await connection.create_process(subsystem="netconf", encoding=None)
            greeting = await Wire(process).message()
        assert greeting.tag == f"{{{BASE}}}hello"
        os.write(keyboard, b"exit\r")
        async with asyncio.timeout(20):
            assert await console.wait() == 0
    finally:
        if console.returncode is None:
            console.kill()
            await console.wait()
        os.close(keyboard)
        os.close(terminal)


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
