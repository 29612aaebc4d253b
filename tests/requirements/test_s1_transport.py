"""Requirements S1-9 to S1-16 and S1-70: the device finds its CSLU, or is told to keep silent."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import aiohttp
import pytest

from agent.adapters.plan import CSLU_PORT, Listen
from tests.requirements.desk import DAY, FIRST_PUSH, SECOND, Desk, open_desk
from tests.requirements.names import open_name_server

pytestmark = pytest.mark.wire

HERE = Listen("127.0.0.2", CSLU_PORT)  # an address of loopback that nobody else listens on
AFTER_FIRST_PUSH = FIRST_PUSH + 5 * SECOND


def transport_part(shown: str) -> str:
    """The `Transport:` paragraph of show license all."""
    found = re.search(r"^Transport:\n((?:[ ]+\S.*\n)+)", shown, re.MULTILINE)
    assert found, shown
    return found[1]


async def test_s1_9_transport_cslu_is_the_default() -> None:
    async with open_desk() as desk:
        assert "  Type: cslu\n" in transport_part(await desk.show("show license all"))


async def test_s1_10_transport_cslu_is_accepted_and_shown() -> None:
    async with open_desk() as desk:
        await desk.configure("license smart transport off")
        assert "Type: Transport Off" in transport_part(await desk.show("show license all"))
        text = await desk.configure("license smart transport cslu")
        assert "%" not in text.replace("%SYS-5-CONFIG_I", "")
        assert "Type: cslu" in transport_part(await desk.show("show license all"))
        running = await desk.show("show running-config | include license smart")
        assert running.strip() == ""  # the default is not written, see docs/deviations.md


async def test_s1_11_saved_configuration_survives_a_reload() -> None:
    async with open_desk(hosts={}) as desk:
        await desk.configure("license smart url cslu http://192.0.2.7:8182/cslu/v1/pi")
        text = await desk.type("copy running-config startup-config", "")
        assert "Destination filename [startup-config]?" in text
        assert "[OK]" in text
        await desk.configure("license smart usage interval 11")  # and this one is not saved
        await desk.type("reload", "no", "")
        shown = await desk.show("show license all")
        assert "Type: cslu" in transport_part(shown)
        running = await desk.show("show running-config | include license smart")
        assert running.strip() == "license smart url cslu http://192.0.2.7:8182/cslu/v1/pi"


@pytest.mark.parametrize(
    ("row", "domain", "name"),
    [
        ("S1-12", (), "cslu-local"),
        ("S1-13", ("ip domain name emulated.example",), "cslu-local.emulated.example"),
    ],
)
async def test_s1_12_13_cslu_local_is_found_by_name_server(
    row: str, domain: tuple[str, ...], name: str
) -> None:
    async with open_name_server({name: HERE.address}) as names:
        lines = ("ip name-server 127.0.0.1", *domain)
        async with open_desk(config=lines, cslu=HERE, hosts={}, dns_port=names.port) as desk:
            await desk.advance(AFTER_FIRST_PUSH)
            assert len(desk.reports) == 1
            assert name in names.asked
            assert await desk.field("Last report push") != "<none>"


async def test_s1_13_without_the_domain_the_full_name_is_not_found() -> None:
    async with open_name_server({"cslu-local.emulated.example": HERE.address}) as names:
        lines = ("ip name-server 127.0.0.1",)
        async with open_desk(config=lines, cslu=HERE, hosts={}, dns_port=names.port) as desk:
            await desk.advance(AFTER_FIRST_PUSH)
            assert not desk.reports
            assert "%SMART_LIC-3-COMM_FAILED" in await desk.show("show logging")


@pytest.mark.parametrize("host", [HERE.address, "my-cslu"])
async def test_s1_14_url_with_address_or_name(host: str) -> None:
    lines = (
        f"ip host my-cslu {HERE.address}",
        f"license smart url cslu http://{host}:8182/cslu/v1/pi",
    )
    async with open_desk(config=lines, cslu=HERE, hosts={}) as desk:
        await desk.advance(AFTER_FIRST_PUSH)
        assert len(desk.reports) == 1
        assert desk.reports[0].urls == (f"http://{host}:8182/cslu/v1/pi",)


async def test_s1_15_cslu_listens_on_8182_and_nothing_else() -> None:
    assert CSLU_PORT == 8182
    async with open_desk(cslu=HERE, hosts={}):
        assert listening_at(HERE.address) == {8182}
        with socket.create_connection((HERE.address, 8182), timeout=5):
            pass
    assert listening_at(HERE.address) == set()


def listening_at(address: str) -> set[int]:
    """TCP ports that something listens on at this very address, as Linux tells."""
    wanted = socket.inet_aton(address)[::-1].hex().upper()
    rows = [row.split() for row in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    at = [row[1].partition(":") for row in rows if row[3] == "0A"]  # 0A: LISTEN
    return {int(port, 16) for place, _, port in at if place == wanted}


async def test_s1_16_only_the_product_instance_path_takes_reports() -> None:
    async with open_desk(cslu=HERE, hosts={}) as desk, aiohttp.ClientSession() as client:
        root = f"http://{HERE.address}:8182"
        for path in ("/", "/cslu/v1", "/cslu/v1/pi/x", "/cslu/v2/pi", "/pi"):
            async with client.post(root + path, data=b"{}") as response:
                assert response.status == 404, path
        await desk.configure(f"license smart url cslu {root}/cslu/v1/pi")
        await desk.advance(AFTER_FIRST_PUSH)
        assert len(desk.reports) == 1


async def test_s1_70_transport_off_stops_all_communication() -> None:
    async with open_desk() as desk:
        await desk.advance(DAY)
        assert desk.exchanges
        await silence(desk)


async def silence(desk: Desk) -> None:
    await desk.configure("license smart transport off")
    del desk.exchanges[:]
    await desk.type("license smart sync all")
    await desk.advance(100 * DAY)
    assert desk.exchanges == []
    assert "Type: Transport Off" in transport_part(await desk.show("show license all"))
