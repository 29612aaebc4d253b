"""`show version` and configurations of captures; what one device alone knows is named here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.cli.running_config import Facts, configuration
from agent.core.release import Release
from agent.device.config import grammar_of
from agent.device.config_text import read_config
from agent.profiles.profile import profile_for
from tests.golden.captures import at
from tests.golden.console import Console
from yang.tree import EMPTY

pytestmark = pytest.mark.golden

NOON = at("Oct 17 12:00:00 2026")
VERSIONS = {
    "show-version__c9300-17.6__bundle-standalone.txt": ("C9300-24P", "17.6.1", "ssr-cat9300"),
    "show-version__c9300-17.15.6__install.txt": ("C9300-48UXM", "17.15.6", "sw-lab-1"),
    "show-version__c8000v-17.15__slp.txt": ("C8000V", "17.15.1", "ott-mdt-vm7"),
}
# what one device, its image and its owner made of a line; legal notices are ours, and shorter
OWN = {
    r"^(Cisco IOS XE Software, Version ).*": "the image",
    r"^(Cisco IOS Software \[\w*\], [^,]*, ).*": "the image",
    r"^(Copyright \(c\) 1986-|Compiled ).*": "the image",
    r"^(Cisco IOS-XE software, Copyright \(c\) 2005-\d{4}).*\n(?:.+\n)+": "a legal notice",
    r"^(This )(?:emulated )?product (?:.*\n)+?(?=\n*(?:Technology|License))": "the same",
    r"(BOOTLDR: ).*": "the boot loader",
    r"^()\S+( uptime is ).*": "since when it runs",
    r"^(Uptime for this control processor is ).*": "since when it runs",
    r"^(System returned to ROM by |Last reload reason: ).*": "why it started",
    r"^(System image file is ).*": "the image",
    r"^((?:Next reload )?(?:[Aa]ddon )?[Ll]icense Level:).*": "the level",
    r"^((?:network|dna)-)\w+ +(\t.*\t ).*": "the level",
    r"^(The current throughput level is ).*": "the level",
    r"^(Processor board ID |(?:System|Motherboard) Serial Number +: ).*": "a serial number",
    r"^(Base Ethernet MAC Address +: |CLEI Code Number +: ).*": "an address, a code",
    r"^(Motherboard Assembly Number +: |M\w+ Revision Number +: ).*": "a hardware version",
    r"^(\* +\d \d+ +\S+ +)\S+( +\S+ +)\S+": "the image and its mode",
    r"^()\d+( Virtual Ethernet interface)s?": "how many VLANs have an address",
}
# lines that some images and clocks leave out
GONE = r"^(?:Technical Support|System restarted at).*\n"
BLEMISH = ("ROMMONBOOTLDR", "ROMMON\nBOOTLDR")  # the publisher lost the end of a line


def plain(text: str) -> list[str]:
    text = text.replace("\r\n", "\n").replace(*BLEMISH).strip()
    text = re.sub(GONE, "", text, flags=re.MULTILINE)
    for pattern in OWN:
        kept = r"\1#\2" if re.compile(pattern).groups == 2 else r"\1#"
        text = re.sub(pattern, kept, text, flags=re.MULTILINE)
    lines = (line.strip() for line in text.split("\n"))
    return [line.removeprefix("#") for line in lines]


@pytest.mark.parametrize("file", VERSIONS)
def test_version_equals_capture(golden: Path, file: str) -> None:
    model, release, hostname = VERSIONS[file]
    console = Console(model, release, NOON)
    console.configure(f"hostname {hostname}")
    theirs = plain((golden / file).read_bytes().decode())
    assert plain(console.type("show version"))[: len(theirs)] == theirs


CONFIGURATIONS = {
    "show-running-config__c9200l-17.6__licence-excerpt.txt": ("C9200L-24T-4X", "17.6.1"),
    "show-running-config__c9200l-17.12__pki-and-license-excerpt.txt": ("C9200L-24T-4X", "17.12.1"),
    "show-running-config__c9300-17.15.6__licence-excerpt.txt": ("C9300-24T", "17.15.6"),
}


def excerpts(text: str) -> Iterator[list[str]]:
    """The runs of lines between the marks of what was left out."""
    body = text[text.index("version 17") :]
    for part in re.split(r"(?m)^\[\.\.\.\]\n", body):
        yield [line.rstrip() for line in part.expandtabs(8).rstrip("\n").split("\n")]


@pytest.mark.parametrize("file", CONFIGURATIONS)
def test_configuration_comes_back_as_captured(golden: Path, file: str) -> None:
    """Typed in and printed again, each excerpt stands there line by line.

    Certificates are aside, and how many `!` stand in a row: what was left out has some of them.
    """
    model, name = CONFIGURATIONS[file]
    release, profile = Release.parse(name), profile_for(model)
    text = (golden / file).read_bytes().decode().replace("\r\n", "\n")
    blocks = [block for part in excerpts(text) for block in _blocks(part)]
    typed = "\n".join(line for block in blocks for line in block)
    grammar = grammar_of(profile, release)
    read = read_config(typed, grammar, EMPTY, lambda: "2MJBozw/9R3UsU")
    assert not read.refused
    ours = configuration(read.root, grammar, Facts(release)).expandtabs(8).split("\n")
    lines = _once([line.rstrip() for line in ours])
    for block in blocks:
        assert _stands_in(_once(block), lines), "\n".join(block)


def _once(lines: list[str]) -> list[str]:
    """One `!` for several."""
    return [x for x, before in zip(lines, ["", *lines], strict=False) if x != "!" or before != "!"]


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Lines between the chains of certificates, whose rows are not in an excerpt."""
    block: list[str] = []
    for line in lines:
        if re.match(r"crypto pki certificate chain| certificate | +quit$|  [0-9A-F ]+$", line):
            yield block
            block = []
        else:
            block.append(line)
    yield block


def _stands_in(block: list[str], lines: list[str]) -> bool:
    size = len(block)
    return any(lines[at : at + size] == block for at in range(len(lines) - size + 1))
