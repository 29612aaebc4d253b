"""Throughput levels as typed: what takes effect, what it says, which licences follow, hseck9."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.cli.session import CliSession, Line
from agent.cli.views import throughput as view
from agent.core.clock import MINUTE
from agent.core.release import Release
from agent.device.config import grammar_of
from agent.device.device import new_device
from agent.engine.records import AuthorizationCode
from agent.profiles.profile import load, profile_for, profile_names
from agent.protocol.messages import AuthorizationData, AuthorizedLicence

BOOT = 1_700_000_000_000
NOW = BOOT + 5 * MINUTE
HSEC = "regid.2019-03.com.cisco.DNA_HSEC,1.0_509c41ab-05a8-431f-95fe-ec28086e8844"


class Router:
    def __init__(self, model="C8000V", release="17.15.1"):
        self.device = new_device("r1", model, Release.parse(release), "FOC0000EMU1")
        self.device.boot(BOOT)
        self.session = CliSession(self.device, Line(privilege=15), width=0, length=0)
        self.session.start(NOW)

    def type(self, line, now=NOW):
        text = self.session.feed(f"{line}\r", now).replace("\r\n", "\n")
        return text.removeprefix(f"{line}\n").rpartition("\n")[0]

    def configure(self, *lines):
        said = [self.type(line) for line in ("configure terminal", *lines, "end")]
        return said[1:-1]

    def in_use(self):
        return {use.feature for use in self.device.agent.state.usage.values() if use.count}

    def authorize(self):
        """Install a code as an import does; how it is fetched is tested elsewhere."""
        udi, licences = self.device.udi, (AuthorizedLicence(HSEC, 1),)
        data = AuthorizationData(udi, "A", "piid", "2023-11-14T00:00:00", licences, "c-1")
        self.device.agent.state.authorizations = {udi.short: AuthorizationCode(data, NOW)}
        return self


def test_a_virtual_router_takes_a_level_at_once():
    router = Router()
    assert router.in_use() == {"network-advantage_10M", "dna-advantage_10M"}
    said = router.configure("platform hardware throughput level MB 250")
    assert said == ["%Throughput has been set to 250 Mbps."]
    shown = router.type("show platform hardware throughput level")
    assert shown == "The current throughput level is 250000 kb/s"
    assert "The current throughput level is 500000 kbps \n" in router.type("show version")
    older = Router("C8000V", "17.6.4")
    older.configure("platform hardware throughput level MB 250")
    assert "The current throughput level is 250000 kbps \n" in older.type("show version")
    assert router.in_use() == {"network-advantage_250M", "dna-advantage_250M"}
    router.configure("no platform hardware throughput level MB 250")
    assert router.in_use() == {"network-advantage_10M", "dna-advantage_10M"}


def test_above_250_mbps_a_code_is_needed():
    router = Router()
    assert router.configure("platform hardware throughput level MB 500") == [
        load("c8000v").throughput.refuses
    ]
    assert router.device.throughput == "10"
    router.authorize()
    assert router.configure("platform hardware throughput level MB 500") == [
        "%Throughput has been set to 500 Mbps."
    ]
    assert router.in_use() == {"network-advantage_500M", "dna-advantage_500M", "hseck9"}
    assert "Router US Export Lic... " not in router.type("show license summary")
    assert "hseck9                  (DNA_HSEC)" in router.type("show license summary")


def test_a_stored_level_without_its_code_is_limited():
    router = Router().authorize()
    router.configure("platform hardware throughput level MB 1000")
    router.type("write memory")
    router.device.agent.state.authorizations.clear()
    router.device.reload(NOW)
    shown = router.type("show platform hardware throughput level", NOW)
    assert shown == "The current throughput level is 250000 kb/s"
    assert "hseck9" not in router.in_use()


def test_a_licence_without_its_code_is_not_authorized():
    router = Router()
    router.configure("license feature hseck9")
    row = f"  {'hseck9':<24}{'(DNA_HSEC)':<30}{0:5d} NOT AUTHORIZED"
    assert row in router.type("show license summary")
    block = router.type("show license usage").partition("hseck9 (DNA_HSEC):")[2]
    assert "  Status: NOT AUTHORIZED\n  Export status: RESTRICTED - NOT ALLOWED\n" in block
    assert "export controlled features is not allowed" in router.type("show logging")
    router.authorize()
    router.type("write memory")
    router.device.reload(NOW)
    assert "export controlled features is allowed" in router.type("show logging")
    block = router.type("show license usage").partition("hseck9 (DNA_HSEC):")[2]
    assert "  Status: IN USE\n  Export status: RESTRICTED - ALLOWED\n" in block


def test_the_use_of_hseck9_is_released_by_command():
    router = Router().authorize()
    router.configure("license feature hseck9")
    assert "hseck9" in router.in_use()
    router.configure("platform hsec-license-release")
    assert "hseck9" not in router.in_use()
    assert "platform hsec-license-release\n" in router.type("show running-config")


def test_a_physical_router_takes_a_level_at_its_next_start():
    router = Router("C8300-1N1S-6T", "17.9.1")
    said = router.configure("platform hardware throughput crypto T2")
    assert said == [load("c8300").throughput.says]
    shown = router.type("show platform hardware throughput crypto").split("\n")
    assert shown[:2] == [
        "Current configured crypto throughput level: T2",
        "Level is not saved, reboot is required",
    ]
    assert router.in_use() == {"network-advantage_2.5G", "dna-advantage_2.5G"}
    router.authorize()
    router.type("write memory")
    router.device.reload(NOW)
    shown = router.type("show platform hardware throughput crypto").split("\n")
    assert shown == [
        "Current configured crypto throughput level: T2",
        "Level is saved, reboot is not required",
        "Current enforced crypto throughput level: 1G",
        "Crypto Throughput is throttled at 1G",
        "Default Crypto throughput level: 2.5G",
        "Current boot level is network-advantage",
    ]
    assert router.in_use() == {"network-advantage_T2", "dna-advantage_T2", "hseck9"}
    assert "(NWSTACK_T2_A)" in router.type("show license summary")


def test_without_a_boot_level_none_is_told():
    """source: throughput-outputs."""
    router = Router("C8300-1N1S-6T", "17.12.4")
    found = replace(view.collect(router.device), boot_level="")
    assert view.crypto(found).endswith("\nDefault Crypto throughput level: 2.5G")


def test_an_isr_tells_its_level_when_it_starts():
    router = Router("ISR4451-X/K9", "17.12.4")
    log = router.type("show logging")
    level = log.index("%ISR_THROUGHPUT-6-LEVEL: Throughput level has been set to 1000000 kbps")
    assert level < log.index("%SMART_LIC-6-AGENT_ENABLED")
    assert "% Invalid input" in router.configure("platform hardware throughput level 400000")[0]
    running = router.type("show running-config")
    own = "no license feature hseck9\nlicense udi pid ISR4451-X/K9 sn FOC0000EMU1\nlicense boot"
    assert own in running


LEVELS = {
    "C8000V": "10 15 25 50 100 250 500 1000 2500 5000 10000 T0 T1 T2 T3",
    "C8200-1N-4T": "10M 15M 25M 50M 100M 250M 500M 1G T0 T1 T2",
    "C8200L-1N-4T": "10M 15M 25M 50M 100M 250M 500M 1G T0 T1 T2",
    "C8300-1N1S-4T2X": "10M 15M 25M 50M 100M 250M 500M 1G 2.5G T0 T1 T2 T3",
    "C8300-2N2S-6T": "10M 15M 25M 50M 100M 250M 500M 1G 2.5G T0 T1 T2 T3",
    "C8300-1N1S-6T": "10M 15M 25M 50M 100M 250M 500M 1G 2.5G T0 T1 T2 T3",
    "C8300-2N2S-4T2X": "10M 15M 25M 50M 100M 250M 500M 1G 2.5G T0 T1 T2 T3",
    "C8500-12X": "2.5G 5G 10G T3",
    "C8500-12X4QC": "2.5G 5G 10G T3",
    "ISR4321/K9": "50000 100000",
    "ISR4331/K9": "100000 300000",
    "ISR4351/K9": "200000 400000",
    "ISR4431/K9": "500000 1000000",
    "ISR4451-X/K9": "1000000 2000000",
    "ISR4461/K9": "1500000 3000000",
}
WITH_LEVELS = [
    pid for name in profile_names() if load(name).throughput for pid in load(name).models
]


def before_levels(pid):
    known = profile_for(pid).throughput
    return f"platform hardware throughput {known.command} " + ("MB " if pid == "C8000V" else "")


def shortest(word, among):
    """What is left of a word that still names no other."""
    for n in range(1, len(word)):
        if sum(other.lower().startswith(word[:n].lower()) for other in among) == 1:
            return word[:n]
    return word


def test_every_model_with_levels_is_asked():
    assert set(WITH_LEVELS) == set(LEVELS)


@pytest.mark.parametrize("pid", WITH_LEVELS)
def test_a_model_lists_and_takes_its_own_levels(pid):
    router, own = Router(pid).authorize(), LEVELS[pid].split()
    router.type("configure terminal")
    start = before_levels(pid)
    asked = router.session.feed(f"{start}?", NOW).split("\r\n")
    rows = [row.split(maxsplit=1) for row in asked[1:-1] if row.strip()]
    assert [row[0] for row in rows] == sorted(own)
    assert all(len(row) == 2 for row in rows)  # with its help
    router.session.feed("\x15", NOW)
    for level in own:
        for typed in (level, level.lower(), shortest(level, own)):
            assert "Invalid" not in router.type(start + typed)
            assert f"{start}{level}\n" in router.type("do show running-config")


@pytest.mark.parametrize("pid", WITH_LEVELS)
def test_the_level_of_another_model_gets_the_caret(pid):
    router, own = Router(pid).authorize(), LEVELS[pid].split()
    strangers = {level for text in LEVELS.values() for level in text.split()} - set(own)
    router.type("configure terminal")
    start = before_levels(pid)
    abbreviated = {level for level in strangers if any(o.startswith(level) for o in own)}
    for level in strangers - abbreviated:
        fits = max(n for n in range(len(level)) if any(o.startswith(level[:n]) for o in own))
        column = len("Router(config)#") + len(start) + fits
        said = router.type(start + level).split("\n")
        assert said[0] == " " * column + "^", level
        assert said[1].startswith("% Invalid input detected"), level


def test_tiers_came_with_17_7():
    old, new = Router("C8300-1N1S-6T", "17.6.4"), Router("C8300-1N1S-6T", "17.7.1")
    line = "platform hardware throughput crypto T1"
    assert "% Invalid input" in old.configure(line)[0]
    assert new.configure(line) == [load("c8300").throughput.says]


def test_models_with_the_same_words_share_a_grammar():
    release = Release.parse("17.15.1")
    c8300, isr = load("c8300"), load("isr4000")
    one = grammar_of(c8300, release, "C8300-1N1S-6T")
    assert grammar_of(c8300, release, "C8300-2N2S-4T2X") is one
    assert grammar_of(c8300, release, "C8200-1N-4T") is not one
    assert grammar_of(isr, release, "ISR4351/K9") is not grammar_of(isr, release, "ISR4451-X/K9")


def test_the_levels_of_a_new_release_follow_the_installation():
    """A level that the older release has not is given up with it."""
    router = Router("C8300-1N1S-6T", "17.9.1").authorize()
    router.configure("platform hardware throughput crypto T1")
    router.type("write memory")
    router.type("emulator install release 17.6.4")
    again = CliSession(router.device, Line(privilege=15), width=0, length=0)
    again.start(NOW)
    router.session = again
    assert router.device.release == Release.parse("17.6.4")
    assert "throughput crypto" not in router.type("show running-config")
    assert router.device.throughput == "2.5G"
    assert "% Invalid input" in router.configure("platform hardware throughput crypto T1")[0]


@pytest.mark.golden
def test_the_captures_of_throughput(golden):
    name = "show-platform-hardware-throughput-crypto__c8300-17.8i__t3-not-throttled.txt"
    router = Router("C8300-1N1S-6T", "17.8.1").authorize()
    router.configure("platform hardware throughput crypto T3", "license boot level network-premier")
    router.type("write memory")
    router.device.reload(NOW)
    shown = router.type("show platform hardware throughput crypto")
    assert shown == (golden / name).read_text().strip()
    name = "show-platform-hardware-throughput-level__cedge__unthrottled.txt"
    line = view.level(view.ThroughputView("T3", 0, "10G", False, "2.5G", "", True, True))
    assert line == (golden / name).read_text().strip().split("\n")[1]
