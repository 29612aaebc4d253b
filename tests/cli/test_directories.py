"""Directories: made, listed, entered by file commands, removed; kept in a snapshot."""

import pytest

from agent.device.files import FileFault, VirtualFiles
from agent.device.snapshot import restore, take
from tests.cli.test_handlers_system import NOW, lines, session


@pytest.fixture
def opened():
    found = session()
    found.feed("mkdir flash:reports\r\rshow clock | redirect flash:reports/now.txt\r", NOW)
    return found


def test_mkdir_asks_for_the_name_and_says_what_it_made():
    fresh = session()
    assert fresh.feed("mkdir backup\r", NOW).endswith("Create directory filename [backup]? ")
    assert lines(fresh.feed("\r", NOW))[1] == "Created dir flash:/backup"
    said = fresh.feed("mkdir flash:backup\r\r", NOW)
    assert "%Error Creating dir flash:/backup (Can't create a file that exists)" in said
    said = fresh.feed("mkdir flash:none/deep\r\r", NOW)
    assert "%Error Creating dir flash:/none/deep (No such file or directory)" in said


def test_dir_shows_directories_and_what_is_in_one(opened):
    top = opened.feed("dir\r", NOW)
    assert "  drwx        4096  " in top
    assert "now.txt" not in top
    inside = lines(opened.feed("dir flash:reports\r", NOW))
    assert inside[1] == "Directory of flash:/reports/"
    assert inside[3].endswith("  now.txt")
    deep = opened.feed("dir /recursive flash:\r", NOW)
    assert deep.index("Directory of flash:/\r") < deep.index("Directory of flash:/reports/\r")
    assert "reports/now.txt" in opened.feed("show flash:\r", NOW)
    every = opened.feed("dir all-filesystems\r", NOW)
    assert every.count("bytes total") == 2


def test_file_commands_reach_into_directories(opened):
    assert "UTC" in opened.feed("more flash:reports/now.txt\r", NOW)
    opened.feed("copy flash:reports/now.txt flash:copy.txt\r\r", NOW)
    opened.feed("rename copy.txt reports/other.txt\r\r", NOW)
    assert not opened.device.files.exists("flash:copy.txt")
    assert opened.device.files.exists("flash:reports/other.txt")
    opened.feed("license smart save usage all file flash:reports/usage.txt\r", NOW)
    assert "RUM" in str(opened.device.files.read("flash:reports/usage.txt"))
    assert "(Is a directory)" in opened.feed("more flash:reports\r", NOW)


def test_only_an_empty_directory_is_removed(opened):
    assert "(Is a directory)" in opened.feed("delete flash:reports\r\r\r", NOW)
    asked = opened.feed("rmdir reports\r\r", NOW)
    assert asked.endswith("Delete flash:/reports? [confirm]")
    assert "%Error Removing dir flash:/reports (Directory not empty)" in opened.feed("\r", NOW)
    opened.feed("delete /force flash:reports/now.txt\r", NOW)
    assert "Removed dir flash:/reports" in opened.feed("rmdir flash:reports\r\r\r", NOW)
    assert not opened.device.files.exists("flash:reports")


def test_a_recursive_delete_takes_all(opened):
    opened.feed("mkdir flash:reports/old\r\rshow clock | redirect flash:reports/old/x\r", NOW)
    assert lines(opened.feed("delete /recursive /force flash:reports\r", NOW))[1:] == ["Switch#"]
    assert opened.device.files.entries == {}


def test_a_snapshot_keeps_directories(opened):
    again = restore(take(opened.device))
    assert again.files.entries == opened.device.files.entries
    assert again.files.is_directory("bootflash:/reports/")


def test_a_file_is_no_directory():
    files = VirtualFiles()
    files.put("flash:/a", "x", 0)
    assert files.check("flash:a/b", "x") is FileFault.NOT_DIRECTORY
    assert files.check("flash:", "x") is FileFault.IS_DIRECTORY
    assert files.read("flash:") is FileFault.IS_DIRECTORY
