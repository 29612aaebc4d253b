"""What an operator does at CSSM, as a device sees it: policies, codes, instances; who reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.core.errors import InputError
from tests.requirements.desk import DAY, HOUR, MINUTE, Desk, open_desk

pytestmark = pytest.mark.wire
DEVICE = "switch-1"


async def cssm(desk: Desk, request: str, **more: object) -> dict:
    return await desk.lab.control({"do": f"cssm.{request}", **more})


async def test_w_15_a_policy_of_ones_own_comes_as_a_file_and_with_the_next_ack(tmp_path: Path):
    async with open_desk() as desk:
        await desk.advance(HOUR)
        cells = "perpetual=30/60/60 subscription=20/40/10 export=-/30/-"
        await cssm(desk, "policy.new", policy="Our Policy", cells=cells)
        rows = (await cssm(desk, "policy.list"))["policies"]
        names = {row["name"]: row["in_force"] for row in rows}
        assert names["Our Policy"] is False and len(names) == 4
        await cssm(desk, "policy.use", policy="Our Policy")
        await cssm(desk, "policy.file", out=f"{DEVICE}:flash:policy")
        said = await desk.type("license smart import flash:policy")
        assert "Import Data Successful" in said
        shown = await desk.show("show license status")
        assert "Policy name: Our Policy" in shown
        assert "Reporting frequency (days): 40 (Customer Policy)" in shown
        assert "First report requirement (days): 0 (CISCO default)" in shown  # export, left out
        await cssm(desk, "policy.use", policy="SLE Policy")
        await desk.type("license smart sync all")
        await desk.advance(10 * MINUTE)
        assert "Policy name: SLE Policy" in await desk.show("show license status")


@pytest.mark.parametrize(
    "cells", ["perpetual=30/60", "gold=1/2/3", "export=-1/2/3", "export=1/2/x", "export", "=1/2/3"]
)
async def test_w_15_numbers_that_make_no_policy_are_refused(cells):
    async with open_desk() as desk:
        with pytest.raises(InputError, match="FIRST/FREQUENCY/CHANGE"):
            await cssm(desk, "policy.new", policy="Our Policy", cells=cells)
        with pytest.raises(InputError, match="cannot be named"):
            await cssm(desk, "policy.new", policy="SLE Policy", cells="")


async def test_w_17_an_instance_with_a_code_is_removed_by_its_return_code_alone():
    async with open_desk("C9300X-24HX", "17.9.5") as desk:
        await desk.advance(HOUR)
        await desk.type("license smart authorization request add hseck9 local")
        await desk.advance(10 * MINUTE)
        assert "SMART AUTHORIZATION INSTALLED" in await desk.show("show license authorization")
        with pytest.raises(InputError, match="return code is needed"):
            await cssm(desk, "remove", udi=DEVICE)
        wrong = "CEL7AU-RaGyRi-dGWrct-Mex5qo-hZbfKf-Pp84Vg-m3QZre-FXjAbH-59J"
        with pytest.raises(InputError, match="does not validate"):
            await cssm(desk, "remove", udi=DEVICE, code=wrong)
        said = await desk.type("license smart authorization return local offline flash:return")
        code = said.partition("Return code: ")[2].split()[0]
        await cssm(desk, "remove", udi=DEVICE, code=code)
        with desk.lab.cssm(None).records.transaction():
            assert desk.lab.cssm(None).records.instances() == []
        with pytest.raises(InputError, match="no such product instance"):
            await cssm(desk, "remove", udi=DEVICE, code=code)


async def test_w_17_a_reservation_ends_by_the_return_code_of_its_device():
    async with open_desk(release="16.12.4") as desk:
        await desk.advance(HOUR)
        await desk.configure("license smart reservation")
        said = await desk.type("license smart reservation request local")
        code = next(line for line in said.split("\r\n") if line.startswith("CB-"))
        out = f"{DEVICE}:flash:code"
        await cssm(desk, "reserve", code=code, licences="network-advantage=1", out=out)
        await desk.type("license smart reservation install file flash:code")
        with pytest.raises(InputError, match="return code is needed"):
            await cssm(desk, "remove", udi=DEVICE)
        said = await desk.type("license smart reservation return local", "y")
        back = next(line for line in said.split("\r\n") if line.count("-") == 8)
        await cssm(desk, "remove", udi=DEVICE, code=back)


async def test_s3_56_a_code_by_hand_fails_over_cslu_on_a_device_that_reaches_cssm_alone():
    """An older release; the configuration that a template brings again mends it."""
    async with open_desk("C8000V", "17.6.4", hosts={"smartreceiver.cisco.com": "cssm"}) as desk:
        await desk.lab.control({"do": "behave", "name": "cslu", "script": "down"})
        await desk.configure("license smart transport cslu")
        await desk.advance(HOUR)
        await desk.type("license smart authorization request add hseck9 local")
        await desk.advance(MINUTE)
        assert "NOT INSTALLED" in await desk.show("show license authorization")
        log = await desk.show("show logging")
        assert "Communications failure with the Cisco Smart License Utility (CSLU)" in log
        assert "AUTHORIZATION_INSTALL_FAILED" in log
        await desk.configure("license smart transport smart", "license smart url default")
        token = (await cssm(desk, "token.new"))["token"]
        await desk.type(f"license smart trust idtoken {token} local")
        await desk.advance(2 * MINUTE)
        await desk.type("license smart authorization request add hseck9 local")
        await desk.advance(10 * MINUTE)
        assert "SMART AUTHORIZATION INSTALLED" in await desk.show("show license authorization")


@pytest.mark.parametrize(
    ("platform", "release", "level", "tags"),
    [
        ("C9300-24T", "17.12.4", "network-advantage", 1),
        ("C9300-24T", "17.12.4", "network-advantage addon dna-advantage", 2),
        ("C8300-1N1S-6T", "17.12.4", "network-advantage addon dna-advantage", 2),
    ],
)
async def test_s3_14_a_licence_of_two_entitlements_is_two(platform, release, level, tags):
    async with open_desk(platform, release, config=(f"license boot level {level}",)) as desk:
        await desk.advance(HOUR)
        with desk.lab.cssm(None).records.transaction():
            rows = desk.lab.cssm(None).records.all_usage()
        assert len({row.entitlement_tag for row in rows}) == tags


@pytest.mark.parametrize(("transport", "reports"), [("off", False), ("cslu", True)])
async def test_w_41_who_reports_of_a_router_that_a_manager_looks_after(transport, reports):
    """In config mode the manager reports and the device is silent; in monitor mode it reports."""
    config = (f"license smart transport {transport}",)
    async with open_desk("C8300-1N1S-6T", "17.12.4", config=config) as desk:
        await desk.advance(31 * DAY)
        assert bool(desk.exchanges) is bool(desk.reports) is reports
        with desk.lab.cssm(None).records.transaction():
            assert bool(desk.lab.cssm(None).records.all_usage()) is reports
        assert "1 IN USE" in await desk.show("show license summary")
