"""Our outputs against captures of real devices: a device is put there, its command typed, compared.

Nothing of a state is written down here: `settle_as_shown` reads a capture as a user's own device
would be read, onto a device of the release, and the command line prints what that device then is.
So a rule that is wrong for one capture is wrong for the next. The count of equal files is printed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from agent.device.shown import settle_as_shown, start_shown, time_shown, units_shown
from tests.golden.captures import at, raw, read
from tests.golden.console import Console
from tests.golden.shown_captures import CAPTURES, Capture
from tests.golden.test_legacy_captures import CAPTURES as LEGACY
from tests.golden.test_other_outputs import OUTPUTS
from tests.golden.test_whole_outputs import CONFIGURATIONS, VERSIONS

pytestmark = pytest.mark.golden

NOW = at("Jan 01 00:00:00 2027")  # for captures without any date
# what the one device alone knows, whichever it is
OWN = {
    r"(Smart Agent for Licensing: ).*": "the build of a development image of its day",
    r"(Event log current size: ).*": "how much it has lived through",
    # these begin anew behind what took long, so they drift: the others are compared
    r"((?:Start|Save|Operational|Authorization Re)[\w ]*: )[A-Z]\w\w \d.*": "phases",
}
# captures that need more than a console, and the tests that hold ours against them
COMPARED_ELSEWHERE = {
    "boot-console__c9200l-17.9.5__licence-messages.txt": "device/test_boot_capture.py",
    "cli-session__ios__invalid-incomplete-ambiguous.txt": "cli/test_session.py",
    "restconf-get-licensing-state__c9300-17.15.6__no-trust-28-closed-reports.json": (
        "netconf/test_netconf_licensing.py"
    ),
    "show-platform-hardware-throughput-crypto__c8300-17.8i__t3-not-throttled.txt": (
        "cli/test_licence_throughput.py"
    ),
}


def put_there(folder: Path, capture: Capture, release: str = "") -> Console:
    """A console of a device that stands where the capture's stood."""
    text = raw(folder, capture.file)
    units = units_shown(text)
    model, serial = (units[0].udi.pid, units[0].udi.sn) if units else (capture.model, "FOC0000EMU1")
    now = time_shown(text) or NOW
    console = Console(model, release or capture.runs, start_shown(text) or now, serial, units[1:])
    console.now = now
    settle_as_shown(console.device, text, now)
    return console


def printed(folder: Path, capture: Capture, release: str = "") -> str:
    """What that device prints, with the capture's own blemishes put in."""
    ours = put_there(folder, capture, release).type(capture.typed)
    for one in capture.exempt:
        assert one.ours in ours, f"nothing to exempt: {one.reason}"
        ours = ours.replace(one.ours, one.theirs, one.times)
    return ours.rstrip()


def plain(text: str, capture: Capture) -> list[str]:
    for pattern in OWN:
        text = re.sub(pattern, r"\1#", text)
    lines = text.split("\n")
    return [line.rstrip() for line in lines] if capture.trimmed else lines


@cache
def both(folder: Path, capture: Capture) -> tuple[list[str], list[str]]:
    theirs = plain(read(folder, capture.file), capture)
    ours = plain(printed(folder, capture), capture)
    return ours[: len(theirs)] if capture.excerpt else ours, theirs


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.file)
def test_a_device_put_there_prints_the_capture(golden: Path, capture: Capture) -> None:
    ours, theirs = both(golden, capture)
    assert ours == theirs


def test_count_of_equal_captures(golden: Path) -> None:
    """The number to report: equal files of all that `show license` has captures for."""
    equal = {one for one in CAPTURES if both(golden, one)[0] == both(golden, one)[1]}
    whole = {one for one in equal if all(exempt.publisher for exempt in one.exempt)}
    untouched = {one for one in equal if not one.exempt}
    for command in sorted({one.file.split("__")[0] for one in CAPTURES}):
        found = [sum(one.file.startswith(f"{command}__") for one in s) for s in (equal, untouched)]
        print(f"{command}: equal {found[0]}, with nothing exempt {found[1]}")
    every = len(CAPTURES) + len(LEGACY)
    print(
        f"captures of show license equal: {len(equal) + len(LEGACY)}/{every}, "
        f"but for blemishes of publishers {len(whole)}, with nothing exempt {len(untouched)}"
    )
    assert (len(equal), len(whole), len(untouched)) == (len(CAPTURES), 31, 24)


def test_every_capture_is_compared(golden: Path) -> None:
    """Those of `show license` here, those from before SLP and the other outputs by their tests."""
    here = {one.file for one in (*CAPTURES, *LEGACY)} | {*OUTPUTS, *VERSIONS, *CONFIGURATIONS}
    for name, test in COMPARED_ELSEWHERE.items():
        assert name in (Path(__file__).parent.parent / test).read_text("utf-8")
    found = {entry.name for entry in golden.iterdir() if entry.name != "SOURCES.md"}
    assert found == here | set(COMPARED_ELSEWHERE)
    print(f"captures equal: {len(found)}/{len(found)}")


OTHER_LAYOUTS: Mapping[str, str] = {
    "show-license-status__c9300-17.7i__stack3-cslu-trust-custom-policy.txt": "17.6.1",
    "show-license-tech-support__c9300-17.13i__stack-cslu-no-trust.txt": "17.13.1",
}


@pytest.mark.parametrize("file", OTHER_LAYOUTS)
def test_a_capture_differs_from_what_another_release_prints(golden: Path, file: str) -> None:
    """The comparison sees a release's rows: 17.6 has no account block, 17.13.1 another place."""
    capture = next(one for one in CAPTURES if one.file == file)
    ours = put_there(golden, capture, OTHER_LAYOUTS[file]).type(capture.typed)
    assert plain(ours.rstrip(), capture) != plain(read(golden, file), capture)
