"""SSH to devices: logins and their limits, sessions that share a device, terminals, reload."""

from __future__ import annotations

import asyncio

import asyncssh
import pytest

from tests.wire.laboratory import START, client, knock, person, plan, switch

pytestmark = pytest.mark.wire


async def test_sessions_share_the_device(run_lab):
    lab = await run_lab(plan(switch()))
    async with person(lab) as one, person(lab) as two:
        await one.says("configure terminal")
        await one.says("hostname SHARED")
        assert "hostname SHARED" in await two.says("show running-config | include hostname")
        assert lab.devices["sw"].agent.state.config.hostname == "SHARED"
        assert {t.line.number for t in lab.terminals(lab.devices["sw"])} == {0, 1}


async def test_each_port_leads_to_its_device(run_lab):
    devices = [switch(f"s{n}", f"hostname H{n}", serial=f"FOC0000EMU{n}") for n in range(3)]
    lab = await run_lab(plan(*devices))
    for n in range(3):
        async with person(lab, f"s{n}") as somebody:
            assert f"SN:FOC0000EMU{n}" in await somebody.says("show license udi")


async def test_login_is_logged_with_who_and_from_where(run_lab):
    lab = await run_lab(plan(switch()))
    async with person(lab):
        text = lab.devices["sw"].log.text()
    assert "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: admin] [Source: 127.0.0.1]" in text


async def test_a_wrong_password_is_logged_and_the_third_ends_the_connection(run_lab):
    lab = await run_lab(plan(switch()))
    lab.front.failure_seconds = 0.0
    tried = []

    class Guesser(asyncssh.SSHClient):
        def password_auth_requested(self):
            tried.append(len(tried))
            return f"guess{len(tried)}"

    at = lab.endpoints["sw"]
    with pytest.raises(asyncssh.DisconnectError, match="Too many authentication failures"):
        await knock(at.address, at.port, client_factory=Guesser)
    assert len(tried) == 3
    text = lab.devices["sw"].log.text()
    assert text.count("%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: admin]") == 3


async def test_keyboard_interactive_asks_for_the_same_password(run_lab):
    lab = await run_lab(plan(switch()))
    at = lab.endpoints["sw"]

    class Typist(asyncssh.SSHClient):
        def kbdint_auth_requested(self):
            return ""

        def kbdint_challenge_received(self, name, instructions, lang, prompts):
            return ["admin"] * len(prompts)

    connection = await knock(
        at.address, at.port, client_factory=Typist, preferred_auth="keyboard-interactive"
    )
    async with connection:
        assert "Version 17.12.4" in (await connection.run("show version")).stdout


async def test_user_and_password_of_the_running_configuration_count(run_lab):
    lab = await run_lab(plan(switch("sw", "username guest privilege 1 secret hunter2")))
    lab.front.failure_seconds = 0.0
    async with client(lab, user="guest", password="hunter2") as connection:
        assert "Invalid input" in (await connection.run("configure terminal")).stdout
    async with person(lab) as somebody:
        await somebody.says("configure terminal")
        await somebody.says("username guest privilege 15 secret changed")
    with pytest.raises((asyncssh.PermissionDenied, asyncssh.DisconnectError)):
        await client(lab, user="guest", password="hunter2")
    async with client(lab, user="guest", password="changed"):
        pass


async def test_one_command_of_the_client_prints_its_output_only(run_lab):
    lab = await run_lab(plan(switch()))
    async with client(lab) as connection:
        done = await connection.run("show running-config | include ^hostname|^version")
        assert done.stdout.splitlines()[0] == "version 17.12"
        assert "#" not in done.stdout
        assert done.exit_status == 0
        long = (await connection.run("show running-config")).stdout
    assert "--More--" not in long
    assert long.rstrip().endswith("end")


async def test_lines_of_a_client_without_a_terminal(run_lab):
    lab = await run_lab(plan(switch()))
    async with client(lab) as connection:
        done = await connection.run(input="emulator clock advance 1 minutes\nshow clock\nexit\n")
    assert "12:01:0" in done.stdout


async def test_the_seventeenth_session_finds_no_line(run_lab):
    lab = await run_lab(plan(switch()))
    async with client(lab) as connection:
        kept = [await connection.create_process(term_type="vt100") for _ in range(16)]
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process(term_type="vt100")
        kept[3].close()
        await kept[3].wait_closed()
        await connection.create_process(term_type="vt100")
    lines = {t.line.number for t in lab.terminals(lab.devices["sw"])}
    assert lines <= set(range(16))


async def test_log_lines_come_after_terminal_monitor_only(run_lab):
    lab = await run_lab(plan(switch()))
    async with person(lab) as watcher, person(lab) as deaf, person(lab) as doer:
        await watcher.says("terminal monitor")
        await doer.says("configure terminal")
        await doer.says("end")
        await watcher.until("%SYS-5-CONFIG_I: Configured from console by admin on vty2 (127.0.0.1)")
        assert "CONFIG_I" not in await deaf.says("show clock")


async def test_the_window_decides_the_page(run_lab):
    lab = await run_lab(plan(switch()))
    async with person(lab) as somebody:
        somebody.process.stdin.write("show running-config\r")
        page = await somebody.until("--More--")
        assert 22 <= page.count("\r\n") <= 24
        somebody.process.stdin.write("q")
        await somebody.until("#")
        somebody.process.change_terminal_size(80, 10)
        somebody.process.stdin.write("show running-config\r")
        page = await somebody.until("--More--")
        assert 8 <= page.count("\r\n") <= 10


async def test_reload_ends_every_session_and_the_device_comes_back(run_lab):
    lab = await run_lab(plan(switch()))
    async with person(lab) as one, person(lab) as two:
        await one.says("configure terminal")
        await one.says("hostname LOST")
        await one.says("end")
        one.process.stdin.write("reload\r")
        await one.until("Save? [yes/no]: ")
        one.process.stdin.write("no\r")
        await one.until("[confirm]")
        one.process.stdin.write("\r")
        await one.gone()
        await two.gone()
    assert lab.terminals(lab.devices["sw"]) == []
    async with person(lab) as again:
        assert "LOST" not in await again.says("show running-config | include hostname")


async def test_idle_sessions_end_after_the_exec_timeout(run_lab):
    lab = await run_lab(plan(switch("sw", "line vty 0 4", "exec-timeout 0 1")))
    async with person(lab) as somebody:
        await somebody.gone()
    assert lab.terminals(lab.devices["sw"]) == []


async def test_advance_from_a_session_brings_trust_and_ack(run_lab):
    lab = await run_lab(plan(switch()))
    async with person(lab) as somebody:
        await somebody.says("terminal length 0")
        assert "Trust Code Installed: <none>" in await somebody.says("show license status")
        await somebody.says("emulator clock advance 10 minutes")
        status = await somebody.says("show license status")
    assert "Trust Code Installed: Oct 06" in status
    assert "Policy name: " in status
    assert "Last ACK received: Oct 06" in status
    assert lab.timeline.now() >= START + 600_000


async def test_commands_of_others_during_an_advance_are_safe(run_lab):
    lab = await run_lab(plan(switch()))
    async with person(lab) as mover, person(lab) as other:
        mover.process.stdin.write("emulator clock advance 30 days\r")
        moving = True
        seen = 0
        while moving:
            await other.says("show license udi")
            seen += 1
            moving = "emulator clock advance" not in mover.seen and seen < 20
            mover.seen += await asyncio.wait_for(mover.process.stdout.read(100), 10)
        await mover.until("#")
    assert lab.timeline.now() >= START + 30 * 86_400_000


async def test_garbage_at_the_port_harms_nobody(run_lab):
    lab = await run_lab(plan(switch()))
    at = lab.endpoints["sw"]
    for data in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 5000):
        _, writer = await asyncio.open_connection(at.address, at.port)
        writer.write(data)
        writer.close()
    async with person(lab) as somebody:
        assert await somebody.says("show license udi")
