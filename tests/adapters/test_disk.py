"""What a state folder keeps, and what it says when it cannot."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from agent.adapters.disk import StateFolder
from agent.core.errors import InputError
from agent.core.release import Release
from agent.device.device import new_device
from agent.device.snapshot import take

NOON = 1_791_288_000_000
KILLING = Path(__file__).with_name("killing.py")


def started(name="sw1"):
    device = new_device(name, "C9300-24T", Release.parse("17.12.4"), "FOC0000EMU1")
    device.boot(NOON)
    return device


def write_files(device, count, first=0):
    for number in range(first, first + count):
        assert device.write_file(f"f{number}.txt", f"text {number}", NOON + number) is None


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def kept(path):
    """A folder with one device, its snapshot and three lines; not closed cleanly."""
    folder = StateFolder(path)
    device = started()
    folder.keep(device)
    write_files(device, 3)
    os.close(folder._lock)  # as a killed process leaves it
    return take(device)


def journal_of(path):
    return path / "devices" / "sw1.journal"


def test_device_comes_back_from_snapshot_and_journal(path, kept):
    folder = StateFolder(path)
    device = folder.load("sw1")
    assert take(device) == kept
    assert folder.device_names() == ("sw1",)
    folder.close()


def test_loaded_device_goes_on_recording(path, kept):
    folder = StateFolder(path)
    write_files(folder.load("sw1"), 2, first=3)
    os.close(folder._lock)
    again = StateFolder(path)
    assert sorted(again.load("sw1").files.entries) == [f"flash:/f{n}.txt" for n in range(5)]
    again.close()


def test_clean_stop_leaves_an_empty_journal(path, kept):
    folder = StateFolder(path)
    folder.load("sw1")
    folder.close()
    assert journal_of(path).read_bytes() == b""
    again = StateFolder(path)
    assert take(again.load("sw1")) == kept
    again.close()


def test_unknown_device_is_none(path):
    folder = StateFolder(path)
    assert folder.load("nobody") is None
    folder.close()


def test_device_killed_before_its_first_start_is_made_anew(path):
    folder = StateFolder(path)
    folder.keep(new_device("sw1", "C9300-24T", Release.parse("17.12.4"), "FOC0000EMU1"))
    os.close(folder._lock)
    again = StateFolder(path)
    assert again.load("sw1") is None
    again.keep(started())
    again.close()


def test_last_instant_is_that_of_the_last_input(path, kept):
    folder = StateFolder(path)
    assert folder.last_instant() == NOON + 2
    folder.load("sw1")
    folder.close()
    again = StateFolder(path)
    assert journal_of(path).read_bytes() == b""
    assert again.last_instant() == NOON + 2
    again.close()
    journal_of(path).write_bytes(b"garbage\n")
    assert again.last_instant() == 0


def test_half_written_last_line_is_dropped(path, kept):
    journal = journal_of(path)
    journal.write_bytes(journal.read_bytes() + b'{"n":5,"now":17912')
    folder = StateFolder(path)
    device = folder.load("sw1")
    assert take(device) == kept
    write_files(device, 1, first=7)
    os.close(folder._lock)
    again = StateFolder(path)
    assert again.load("sw1").files.exists("flash:f7.txt")
    again.close()


def test_lines_the_snapshot_includes_are_not_applied_twice(path, kept):
    lines = journal_of(path).read_bytes()
    folder = StateFolder(path)
    folder.load("sw1")
    folder.close()
    journal_of(path).write_bytes(lines)  # killed between the snapshot and emptying the journal
    again = StateFolder(path)
    assert take(again.load("sw1")) == kept
    again.close()


def test_snapshot_is_taken_every_so_many_lines(path):
    folder = StateFolder(path)
    device = started()
    folder.keep(device)
    device.journal.every = 4
    write_files(device, 6)
    assert len(journal_of(path).read_bytes().splitlines()) == 2
    os.close(folder._lock)
    again = StateFolder(path)
    assert take(again.load("sw1")) == take(device)
    again.close()


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        (lambda lines: [lines[0], b"garbage\n", *lines[1:]], "line 2"),
        (lambda lines: [lines[0], *lines[2:]], "line 2"),
        (lambda lines: [lines[0].replace(b"FileWritten", b"FileBurned"), *lines[1:]], "line 1"),
        (lambda lines: [lines[0].replace(b'"data":"text 0"', b'"data":7'), *lines[1:]], "line 1"),
        (lambda lines: [b"\xff\xfe\n", *lines], "line 1"),
    ],
)
def test_damaged_journal_is_named_with_its_line(path, kept, damage, where):
    journal = journal_of(path)
    journal.write_bytes(b"".join(damage(journal.read_bytes().splitlines(keepends=True))))
    folder = StateFolder(path)
    with pytest.raises(InputError) as caught:
        folder.load("sw1")
    assert where in str(caught.value)
    assert "sw1.journal" in str(caught.value)
    assert "restore it from a copy" in str(caught.value)
    folder.close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format":2}', b"\xff", b"null"])
def test_damaged_snapshot_is_named(path, kept, content):
    (path / "devices" / "sw1.snapshot").write_bytes(content)
    folder = StateFolder(path)
    with pytest.raises(InputError, match=r"sw1\.snapshot"):
        folder.load("sw1")
    folder.close()


def test_snapshot_of_another_format_says_which(path, kept):
    file = path / "devices" / "sw1.snapshot"
    file.write_bytes(file.read_bytes().replace(b'{"format":2', b'{"format":9', 1))
    folder = StateFolder(path)
    with pytest.raises(InputError, match="format 9"):
        folder.load("sw1")
    folder.close()


def test_journal_without_snapshot_is_damage(path, kept):
    (path / "devices" / "sw1.snapshot").unlink()
    folder = StateFolder(path)
    with pytest.raises(InputError, match="no snapshot"):
        folder.load("sw1")
    folder.close()


def test_folder_of_another_version_is_refused(path, kept):
    (path / "lab.json").write_text('{"format": 2}')
    with pytest.raises(InputError, match="format 2"):
        StateFolder(path)


@pytest.mark.parametrize("text", ["{", "", "[1]", "null"])
def test_damaged_lab_file_is_refused(path, kept, text):
    (path / "lab.json").write_text(text)
    with pytest.raises(InputError, match=r"lab\.json"):
        StateFolder(path)


def test_devices_without_lab_file_are_refused(path, kept):
    (path / "lab.json").unlink()
    with pytest.raises(InputError, match=r"lab\.json: missing"):
        StateFolder(path)


def test_second_process_is_told_who_holds_the_folder(path):
    folder = StateFolder(path)
    with pytest.raises(InputError, match=f"in use by another slp \\(process {os.getpid()}\\)"):
        StateFolder(path)
    folder.close()
    StateFolder(path).close()


def test_what_the_lab_keeps_comes_back(path):
    folder = StateFolder(path)
    folder.write_lab({"clock": NOON})
    folder.close()
    again = StateFolder(path)
    assert again.lab == {"clock": NOON}
    assert json.loads((path / "lab.json").read_text())["format"] == 1
    again.close()


def test_only_the_owner_may_look(path):
    StateFolder(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_folder_that_is_a_file(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(InputError, match="cannot be used"):
        StateFolder(file)


def test_names_that_cannot_be_files(path):
    folder = StateFolder(path)
    for name in ("../x", "", ".hidden", "a/b"):
        with pytest.raises(InputError, match="cannot be a file name"):
            folder.load(name)
    folder.close()


def test_failed_write_leaves_device_and_journal_as_they_were(path, monkeypatch):
    folder = StateFolder(path)
    device = started()
    folder.keep(device)
    write_files(device, 1)
    before, journal = take(device), journal_of(path).read_bytes()
    real = os.pwrite

    def full_disk(descriptor, data, offset):
        real(descriptor, data[:10], offset)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full_disk)
        with pytest.raises(InputError, match="No space left on device"):
            device.write_file("late.txt", "x", NOON)
    assert take(device) == before
    assert journal_of(path).read_bytes() == journal
    write_files(device, 1, first=1)
    folder.close()
    again = StateFolder(path)
    assert sorted(again.load("sw1").files.entries) == ["flash:/f0.txt", "flash:/f1.txt"]
    again.close()


def test_snapshot_that_cannot_be_written_costs_nothing(path, monkeypatch):
    folder = StateFolder(path)
    device = started()
    folder.keep(device)
    device.journal.every = 3

    def no_room(source, target):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", no_room)
        write_files(device, 8)
        with pytest.raises(InputError, match="No space left on device"):
            folder.checkpoint()
    assert len(journal_of(path).read_bytes().splitlines()) == 8
    write_files(device, 1, first=8)
    assert journal_of(path).read_bytes() == b""
    folder.close()
    again = StateFolder(path)
    assert take(again.load("sw1")) == take(device)
    again.close()


def test_nothing_acknowledged_is_lost_when_killed(tmp_path):
    run = subprocess.run(
        [sys.executable, str(KILLING), str(tmp_path / "state"), "60"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("60 kills")
