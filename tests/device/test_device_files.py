"""Names, limits and faults of the device's file systems."""

from __future__ import annotations

import pytest

from agent.device.files import MAX_FILE_BYTES, FileFault, VirtualFiles, normalised


@pytest.mark.parametrize(
    "path", ["bootflash:usage.xml", "flash:/usage.xml", "FLASH:usage.xml", "usage.xml"]
)
def test_spellings_of_one_file(path):
    assert normalised(path) == "flash:/usage.xml"


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("tftp://10.0.0.1/x", FileFault.NO_SUCH_DEVICE),
        ("flash:dir/../x", FileFault.NO_SUCH_FILE),
        ("flash:../x\0", FileFault.NO_SUCH_FILE),
        ("flash:" + "n" * 256, FileFault.NAME_TOO_LONG),
    ],
)
def test_names_that_cannot_be(path, fault):
    assert normalised(path) is fault


def test_numbers_stay_and_are_not_given_twice():
    files = VirtualFiles()
    files.put("flash:/a", "1", 5)
    files.put("flash:/b", "2", 5)
    files.put("flash:/a", "longer", 9)
    files.remove("flash:/b")
    files.put("flash:/c", "3", 9)
    rows = [(name, file.index, file.size) for name, file in files.listing("bootflash:")]
    assert rows == [("a", 11, 6), ("c", 13, 1)]
    assert files.entries["flash:/a"].modified == 9


def test_nvram_runs_full():
    files = VirtualFiles()
    files.put("nvram:/a", "x" * 2_000_000, 0)
    assert files.check("nvram:b", "x" * 100_000) is FileFault.NO_SPACE
    assert files.check("nvram:a", "x" * 100_000) == "nvram:/a"
    assert files.free("nvram:") == 2_097_152 - 2_000_000


def test_too_large_for_one_file():
    assert VirtualFiles().check("x", "x" * (MAX_FILE_BYTES + 1)) is FileFault.FILE_TOO_LARGE


def test_reading_what_is_not_there():
    files = VirtualFiles()
    assert files.read("flash:nothing") is FileFault.NO_SUCH_FILE
    assert files.read("usb9:nothing") is FileFault.NO_SUCH_DEVICE
