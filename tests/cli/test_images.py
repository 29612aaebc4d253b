"""The software in flash: listed, weighed, verified, and in nobody's way."""

import re

import pytest

from agent.cli.session import CliSession, Line
from agent.core.release import Release
from agent.device.device import new_device
from agent.device.files import FileFault
from agent.device.snapshot import restore, take
from agent.profiles.profile import load, profile_names
from tests.cli.test_handlers_system import BOOT, NOW, lines

MODELS = [next(iter(load(name).models)) for name in profile_names() if name != "cucm"]
MODELS += ["C9800-L-C-K9", "ISR4451-X/K9"]


def session(model, release="17.12.4"):
    device = new_device("sw1", model, Release.parse(release), "FOC0000EMU1")
    device.boot(BOOT)
    opened = CliSession(device, Line(privilege=15), width=0, length=0)
    opened.start(NOW)
    return opened


@pytest.mark.parametrize("model", MODELS)
def test_a_device_starts_from_what_lies_in_its_flash(model):
    release = "17.18.1" if model.startswith("C935") else "17.3.6" if "CSR" in model else "17.12.4"
    found = session(model=model, release=release)
    rows = [row.split() for row in lines(found.feed("dir\r", NOW)) if "-rw-" in row]
    names = {row[-1]: int(row[2]) for row in rows}
    conf = found.feed("more packages.conf\r", NOW)
    started = re.findall(r"^(?:boot|iso) .* (\S+\.pkg)\r?$", conf, re.MULTILINE)
    assert set(started) == set(names) - {"packages.conf"}
    assert all(Release.parse(release).padded in name for name in started)
    assert len(re.findall(r"^boot ", conf, re.MULTILINE)) == 1
    files = found.device.files
    assert files.free("flash:") == files.total("flash:") - sum(names.values()) > 0
    assert 'flash:packages.conf"' in found.feed("show version\r", NOW)


def test_another_release_brings_its_own():
    found = session(model="C9300-24T", release="17.9.5")
    found.device.install(Release.parse("17.12.4"), NOW)
    rows = found.feed("dir\r", NOW)
    assert "17.12.04.SPA.pkg" in rows
    assert "17.09.05" not in rows
    assert restore(take(found.device)).files.software == found.device.files.software


RPBASE = "flash:cat9k-rpbase.17.12.04.SPA.pkg"


@pytest.fixture
def opened():
    return session(model="C9300-24T", release="17.12.4")


def test_what_a_device_runs_is_not_changed(opened):
    before = opened.feed("dir\r", NOW)
    denied = f"%Error deleting {RPBASE.replace(':', ':/')} (Permission denied)"
    assert denied in opened.feed(f"delete {RPBASE}\r\r\r", NOW)
    assert "(Permission denied)" in opened.feed("delete /force flash:packages.conf\r", NOW)
    assert "(Permission denied)" in opened.feed(f"rename {RPBASE} flash:x\r\r", NOW)
    assert "(Permission denied)" in opened.feed(f"more {RPBASE}\r", NOW)
    assert "(Permission denied)" in opened.feed(f"copy {RPBASE} flash:x\r\r", NOW)
    assert "Permission denied" in opened.feed("show clock | redirect flash:packages.conf\r", NOW)
    assert opened.feed("dir\r", NOW) == before
    assert opened.device.files.entries == {}


def test_packages_conf_can_be_read_and_copied(opened):
    opened.feed("copy packages.conf flash:old.conf\r\r", NOW)
    assert opened.device.files.read("flash:old.conf") == opened.device.files.read("packages.conf")


def test_software_proves_itself_and_a_text_does_not(opened):
    opened.feed("show clock | redirect flash:now.txt\r", NOW)
    said = opened.feed(f"verify {RPBASE}\r", NOW)
    assert f"Digital signature successfully verified in file {RPBASE}" in said
    embedded, computed = re.findall(r"(?:Embedded|Computed) Hash   SHA1 : (\w{40})", said)
    assert embedded == computed
    assert "is detected as a provisioning file" in opened.feed("verify packages.conf\r", NOW)
    assert "Digital signature not found" in opened.feed("verify flash:now.txt\r", NOW)
    hashes = [lines(opened.feed(f"verify /md5 {RPBASE}\r", NOW))[2] for _ in range(2)]
    assert hashes[0] == hashes[1]
    assert re.fullmatch(r"verify /md5 \(\S+\) = [0-9a-f]{32}", hashes[0])


def test_a_file_of_the_operator_comes_behind_them(opened):
    opened.feed("show clock | redirect flash:now.txt\r", NOW)
    rows = [row for row in lines(opened.feed("dir\r", NOW)) if "-rw-" in row]
    assert rows[-1].endswith("now.txt")
    numbers = [int(row.split()[0]) for row in rows]
    assert len(set(numbers)) == len(numbers)
    assert opened.device.files.check(RPBASE, "x") is FileFault.DENIED


def test_cd_goes_and_pwd_tells(opened):
    assert lines(opened.feed("pwd\r", NOW))[1] == "flash:/"
    opened.feed("mkdir reports\r\rmkdir reports/old\r\rcd reports\r", NOW)
    assert lines(opened.feed("pwd\r", NOW))[1] == "flash:/reports"
    opened.feed("show clock | redirect flash:reports/now.txt\r", NOW)
    assert "Directory of flash:/reports/" in opened.feed("dir\r", NOW)
    assert "UTC" in opened.feed("more now.txt\r", NOW)
    opened.feed("copy running-config mine.cfg\r\r", NOW)
    assert opened.device.files.exists("flash:/reports/mine.cfg")
    opened.feed("delete mine.cfg\r\r\r", NOW)
    assert not opened.device.files.exists("flash:/reports/mine.cfg")
    opened.feed("cd old\r", NOW)
    assert lines(opened.feed("pwd\r", NOW))[1] == "flash:/reports/old"
    opened.feed("cd ..\r", NOW)
    assert lines(opened.feed("pwd\r", NOW))[1] == "flash:/reports"
    opened.feed("cd nvram:\r", NOW)
    assert "Directory of nvram:/" in opened.feed("dir\r", NOW)
    opened.feed("cd\r", NOW)
    assert "Directory of flash:/\r" in opened.feed("dir\r", NOW)


def test_cd_refuses_what_is_not_there(opened):
    opened.feed("show clock | redirect flash:now.txt\r", NOW)
    assert "(No such file or directory)" in opened.feed("cd none\r", NOW)
    assert "(Not a directory)" in opened.feed("cd now.txt\r", NOW)
    assert "(No such device)" in opened.feed("cd usb7:\r", NOW)
    opened.feed("cd ../../..\r", NOW)
    assert lines(opened.feed("pwd\r", NOW))[1] == "flash:/"
