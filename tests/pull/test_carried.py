"""A CSLU without a network to CSSM: usage goes out in an archive, ACKs come back in one.

All of it is done by `slp cslu ...` and `slp cssm ...` against a lab at work, as its operator does.
"""

from __future__ import annotations

import asyncio
import io
import tarfile
from contextlib import asynccontextmanager

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from agent.__main__ import slp
from agent.adapters.control import ControlServer
from agent.adapters.lab import Lab
from agent.core.clock import MINUTE
from agent.core.errors import InputError
from agent.protocol.codec import read_usage_file
from counterparts.bundle import UsageBundle, pack_acks, pack_usage, unpack_acks, unpack_usage
from tests.pull.test_pull_methods import switch
from tests.wire.laboratory import START, opened, plan
from tests.wire.laboratory import switch as pushing

pytestmark = pytest.mark.wire
HOUR = 60 * MINUTE
NOW = 1_795_833_065_123  # Nov 28 2026


class Operator:
    """Who types `slp ...` beside a running lab."""

    def __init__(self, lab: Lab, at: str) -> None:
        self.lab, self._at = lab, at

    async def __call__(self, *words: str, refused: str = "") -> str:
        arguments = [*words, "--control", self._at]
        done = await asyncio.to_thread(CliRunner().invoke, slp, arguments)
        if refused:
            assert isinstance(done.exception, InputError), done.output
            assert refused in str(done.exception)
        else:
            assert done.exception is None, done.exception
        return done.output

    async def wait(self, ms: int) -> None:
        await self.lab.control({"do": "clock.advance", "ms": ms})

    def agent(self, name: str = "sw"):
        return self.lab.devices[name].agent.state


@asynccontextmanager
async def operating(tmp_path, *devices):
    lab = await opened(Lab(plan(*devices, rate=0.0), START))
    control = ControlServer(lab.control)
    await control.listen(tmp_path / "c.sock")
    for front in filter(None, (lab.front, lab.netconf, lab.http)):
        front.failure_seconds = 0
    try:
        yield Operator(lab, str(tmp_path / "c.sock"))
    finally:
        await control.close()
        await lab.close()


def texts(archive) -> list[str]:
    """What is in the file of each device, read by the standard library alone."""
    with tarfile.open(archive) as outer:
        inner = next(name for name in outer.getnames() if name.startswith("UD_VA_"))
        assert "manifest.mf" in outer.getnames()
        with tarfile.open(fileobj=io.BytesIO(outer.extractfile(inner).read())) as files:
            return [files.extractfile(name).read().decode() for name in files.getnames()]


async def test_what_devices_pushed_goes_out_and_comes_back_as_an_archive(tmp_path):
    usage, acks = str(tmp_path / "usage.tar.gz"), str(tmp_path / "acks.tar.gz")
    async with operating(tmp_path, pushing("sw"), pushing("other", serial="FOC0000EMU2")) as slp_:
        assert await slp_("cslu", "offline") == "Cisco Is Not Available\n"
        await slp_("cslu", "export", "-o", usage, refused="nothing to export")
        await slp_.wait(HOUR)
        assert slp_.agent().usage_reporting.last_ack_received is None
        await slp_("cslu", "export", "-o", usage)
        read = [read_usage_file(text) for text in texts(usage)]
        assert sorted(found.sender.udi.sn for found in read) == ["FOC0000EMU1", "FOC0000EMU2"]
        assert all(found.reports and found.trust_requests for found in read)
        said = await slp_("cssm", "upload", usage)
        assert said.count("ACK from") == 2
        await slp_("cssm", "ack", "--archive", "-o", acks, refused="still pending")
        await slp_.wait(10_000)
        await slp_("cssm", "ack", "--archive", "-o", acks)
        assert slp_.agent().trust == {}
        said = await slp_("cslu", "import", acks)
        assert said.count("its ACK waits for the next contact") == 2
        assert slp_.agent().trust == {}, "an import reaches no device by itself"
        await slp_.wait(26 * HOUR)
        for name in ("sw", "other"):
            state = slp_.agent(name)
            assert state.usage_reporting.last_ack_received is not None
            assert state.trust
            assert state.policy.name == "Lab Policy"
        await slp_("cslu", "import", acks, refused="was not exported by this CSLU")


async def test_what_was_collected_waits_for_the_next_collection(tmp_path):
    usage, acks = str(tmp_path / "usage.tar.gz"), str(tmp_path / "acks.tar.gz")
    async with operating(tmp_path, switch()) as slp_:
        await slp_("cslu", "offline")
        await slp_.wait(2 * HOUR)
        await slp_("cslu", "add", "sw", "--method", "netconf")
        await slp_("cslu", "collect")
        await slp_("cslu", "export", "-o", usage)
        (text,) = texts(usage)
        assert read_usage_file(text).reports
        assert read_usage_file(text).trust_requests
        await slp_("cssm", "upload", usage)
        await slp_.wait(10_000)
        await slp_("cssm", "ack", "--archive", "-o", acks)
        await slp_("cslu", "import", acks)
        await slp_.wait(2 * HOUR)
        assert slp_.agent().usage_reporting.last_ack_received is None
        await slp_("cslu", "collect", "sw")
        assert slp_.agent().usage_reporting.last_ack_received == slp_.lab.timeline.now()
        assert slp_.agent().trust


async def test_a_network_that_comes_back_takes_what_was_exported_too(tmp_path):
    usage = str(tmp_path / "usage.tar.gz")
    async with operating(tmp_path, pushing()) as slp_:
        await slp_("cslu", "offline")
        await slp_.wait(HOUR)
        await slp_("cslu", "export", "-o", usage)
        assert await slp_("cslu", "online") == "Cisco Is Available\n"
        await slp_("cslu", "export", "-o", usage, refused="Cisco is available")
        await slp_.wait(26 * HOUR)
        assert slp_.agent().usage_reporting.last_ack_received is not None


async def test_archives_that_are_none(tmp_path):
    bad = tmp_path / "bad.tar.gz"
    async with operating(tmp_path, pushing()) as slp_:
        bad.write_bytes(b"\x1f\x8bnothing")
        await slp_("cssm", "upload", str(bad), refused="no archive of usage")
        await slp_("cslu", "import", str(bad), refused="no archive of usage")
        strange = UsageBundle("", "Somebody Else", "", {"1": "<smartLicense></smartLicense>"})
        bad.write_bytes(pack_usage(strange, (1, 1), NOW))
        await slp_("cssm", "upload", str(bad), refused="is of the account 'Somebody Else'")
        nobody = UsageBundle("", "", "", {"1": "<smartLicense></smartLicense>", "2": "no XML"})
        bad.write_bytes(pack_usage(nobody, (1, 1), NOW))
        await slp_("cssm", "upload", str(bad), refused="which device wrote it")
        await slp_("cssm", "ack", "--archive", "-o", str(bad), refused="no archive was uploaded")
        bad.write_bytes(pack_acks({"7": "<smartLicense></smartLicense>"}, NOW))
        await slp_("cslu", "import", str(bad), refused="file 7 was not exported")
        bad.write_text("text")
        await slp_("cslu", "import", str(bad), refused="is no archive of CSSM")


def archive(*entries: tarfile.TarInfo, data: bytes = b"x") -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as packed:
        for entry in entries:
            entry.size = len(data) if entry.isfile() else 0
            packed.addfile(entry, io.BytesIO(data))
    return whole.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, "/etc/passwd"
    return found


@pytest.mark.parametrize(
    "data",
    [
        archive(entry("../dev_1_x.txt")),
        archive(entry("/dev_1_x.txt")),
        archive(entry("dev_1_x.txt", tarfile.SYMTYPE)),
        archive(entry("dev_1_x.txt", tarfile.CHRTYPE)),
        archive(*(entry(f"dev_{n}_x.txt") for n in range(1001))),
        archive(entry("dev_1_x.txt"), data=b"\xff"),
        archive(entry("other.txt")),
        b"",
    ],
)
def test_members_that_do_not_belong_there(data):
    with pytest.raises(InputError):
        unpack_usage(data)


def test_names_and_manifest_are_those_of_an_upload():
    bundle = UsageBundle("maker", "Example Lab", "DEFAULT", {"5": "<a>é</a>"})
    data = pack_usage(bundle, (12, 34), NOW)
    with tarfile.open(fileobj=io.BytesIO(data)) as outer:
        assert outer.getnames() == ["manifest.mf", "UD_VA_26Nov28_02_31_05_123.tar.gz"]
        lines = outer.extractfile("manifest.mf").read().decode().split("\r\n")
    assert lines == [
        "Manifest-Version: 1.0",
        'Created-By: {"uuid":"maker"}',
        "Emu-Format: slp-emu/1",
        "Smart-Account: Example Lab",
        "Smart-Account-ID: 12",
        "",
        "Name: /UD_VA_26Nov28_02_31_05_123.tar.gz",
        "Specification-VA: DEFAULT",
        "Specification-VA-ID: 34",
        "",
    ]
    assert unpack_usage(data) == bundle


@given(st.binary(max_size=300), st.integers(0, 400), st.booleans())
def test_no_damage_does_more_than_be_refused(junk, at, keep_head):
    whole = pack_acks({"1": "<a/>" * 50}, NOW)
    data = (whole[: min(at, len(whole))] if keep_head else b"\x1f\x8b") + junk
    try:
        assert unpack_acks(data).keys() <= {"1"}
    except InputError:
        pass
