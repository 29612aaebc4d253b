"""Where NETCONF listens in a lab that names no port: on the usual one, once it is configured."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import pytest

from agent.adapters.lab import Lab
from agent.adapters.labfile import parse_plan
from agent.adapters.plan import NETCONF_PORT, console_plan
from tests.wire.laboratory import START, opened, person, plan, switch

pytestmark = pytest.mark.wire


def a_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


async def greeting(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await reader.read(4)
    finally:
        writer.close()


async def test_the_usual_port_opens_when_netconf_is_configured():
    base = a_free_port()
    devices = (switch("one"), switch("two", "netconf-yang", serial="FOC0000EMU2"))
    lab = await opened(Lab(replace(plan(*devices), netconf_base=base), START))
    try:
        assert await greeting(base + 1) == b"SSH-"  # the second device has it from its start
        assert list(lab.netconf_endpoints) == ["two"]
        with pytest.raises(ConnectionRefusedError):
            await greeting(base)
        async with person(lab, "one") as somebody:
            await somebody.says("configure terminal")
            await somebody.says("netconf-yang")
            while "one" not in lab.netconf_endpoints:
                await asyncio.sleep(0.01)
            assert await greeting(base) == b"SSH-"
            await somebody.says("no netconf-yang")
            with pytest.raises(ConnectionRefusedError):
                await greeting(base)
            await somebody.says("netconf-yang")
            assert await greeting(base) == b"SSH-"
    finally:
        await lab.close()


async def test_netconf_yang_ssh_port_moves_the_usual_port_and_back():
    base, other = a_free_port(), a_free_port()
    lab = await opened(Lab(replace(plan(switch("one")), netconf_base=base), START))
    try:
        async with person(lab, "one") as somebody:
            await somebody.says("configure terminal")
            await somebody.says(f"netconf-yang ssh port {other}")
            await somebody.says("netconf-yang")
            while "one" not in lab.netconf_endpoints:
                await asyncio.sleep(0.01)
            assert await greeting(other) == b"SSH-"
            await somebody.says("no netconf-yang ssh port")
            assert await greeting(base) == b"SSH-"
            with pytest.raises(ConnectionRefusedError):
                await greeting(other)
            with socket.create_server(("127.0.0.1", 0)) as taken:
                await somebody.says(f"netconf-yang ssh port {taken.getsockname()[1]}")
                assert await greeting(base) == b"SSH-"
            await somebody.says(f"netconf-yang ssh port {other}")
            await somebody.says("no netconf-yang")
            with pytest.raises(ConnectionRefusedError):
                await greeting(other)
    finally:
        await lab.close()


async def test_a_usual_port_in_use_does_not_stop_the_lab(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        base = taken.getsockname()[1]
        devices = (switch("one", "netconf-yang"),)
        lab = await opened(Lab(replace(plan(*devices), netconf_base=base), START))
        try:
            assert lab.netconf_endpoints == {}
            said = f"NETCONF does not answer: netconf of one: port {base} of 127.0.0.1 is in use"
            assert said in capsys.readouterr().err
        finally:
            await lab.close()


def test_consoles_and_lab_files_have_the_usual_port():
    assert console_plan().netconf_base == NETCONF_PORT == 8830
    lab = "devices: [{name: sw, platform: C9300-24T, release: 17.12.4}]"
    assert parse_plan(lab, "lab.yaml").netconf_base == NETCONF_PORT
