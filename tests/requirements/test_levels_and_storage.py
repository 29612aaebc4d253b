"""Requirements S2-14, S2-28, S2-46, S2-88, S2-89, S2-92: the device's side of a controller's work.

What a controller does to a device by CLI: certificates, licence levels, fetching reports.
"""

from __future__ import annotations

import pytest

from agent.device.files import VirtualFiles
from tests.cli.test_config_pki import device as plain_device
from tests.cli.test_config_pki import enrolled, session, type_in
from tests.requirements.desk import DAY, FIRST_PUSH, HOUR, MINUTE, open_desk

ADVANTAGE = "license boot level network-advantage addon dna-advantage"
ESSENTIALS = "license boot level network-essentials addon dna-essentials"


@pytest.mark.wire
async def test_s2_14_usage_survives_a_reload_and_no_file_command_reaches_it() -> None:
    async with open_desk() as desk:
        await desk.advance(FIRST_PUSH + HOUR)
        before = await desk.show("show license rum id all")
        await desk.type("write memory", "reload", "")
        await desk.advance(5 * MINUTE)
        after = await desk.show("show license rum id all")
        kept = [line.split()[0] for line in before.splitlines() if line[:1].isdigit()]
        assert kept and all(report in after for report in kept)
        for store in ("flash:", "nvram:", "bootflash:"):
            listed = await desk.show(f"dir {store}")
            assert not any(report in listed for report in kept)


@pytest.mark.wire
async def test_s2_28_without_room_on_flash_usage_is_not_saved_and_nothing_is_lost() -> None:
    async with open_desk() as desk:
        await desk.advance(FIRST_PUSH + HOUR)
        desk.device.files = VirtualFiles(sizes={"flash": 64})
        for which in ("all", "unreported", "days 30"):
            answer = await desk.show(f"license smart save usage {which} file flash:usage.xml")
            assert answer == "%Error opening flash:usage.xml (No space left on device)"
        assert "usage.xml" not in await desk.show("dir flash:")
        assert await desk.field("Last report file write") == "<none>"
        desk.device.files = VirtualFiles()
        assert await desk.show("license smart save usage unreported file flash:usage.xml") == ""
        assert "usage.xml" in await desk.show("dir flash:")
        assert await desk.field("Last report file write") != "<none>"


def test_s2_46_a_trustpoint_and_its_certificate_change_nothing_else() -> None:
    plain, (made, opened) = session(plain_device()), enrolled()
    type_in(opened, "end")
    asked = "show running-config"
    before = type_in(plain, asked).splitlines()
    after = type_in(session(made), asked).splitlines()
    added = [line for line in after if line not in before]
    assert any("sdn-network-infra-iwan" in line for line in added)
    assert [line for line in before if line not in after and "bytes" not in line] == []


@pytest.mark.wire
async def test_s2_88_89_another_level_waits_for_the_reload() -> None:
    async with open_desk(config=(ESSENTIALS,)) as desk:
        await desk.advance(FIRST_PUSH + HOUR)
        said = await desk.configure(ADVANTAGE)
        assert "% use 'write' command to make license boot config take effect on next boot" in said
        assert "network-essentials" in await desk.show("show license summary")
        version = await desk.show("show version | include ^network-|^dna-")
        assert [line.split()[0] for line in version.splitlines()] == [
            "network-essentials",
            "dna-essentials",
        ]
        assert [line.split()[-1] for line in version.splitlines()] == [
            "network-advantage",
            "dna-advantage",
        ]
        await desk.type("write memory", "reload", "")
        await desk.advance(5 * MINUTE)
        summary = await desk.show("show license summary")
        assert "network-advantage" in summary and "dna-advantage" in summary
        assert "essentials" not in summary


@pytest.mark.wire
async def test_s2_92_another_level_is_reported_on_change() -> None:
    async with open_desk(config=(ESSENTIALS,)) as desk:
        await desk.advance(FIRST_PUSH + HOUR)
        first = await desk.show("show license usage")
        await desk.configure(ADVANTAGE)
        await desk.type("write memory", "reload", "")
        await desk.advance(2 * DAY)
        assert "network-advantage" not in first
        assert len(desk.reports) >= 2
        usage = await desk.show("show license rum feature all")
        assert "network-advantage" in usage and "network-essentials" in usage
