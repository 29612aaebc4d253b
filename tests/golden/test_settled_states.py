"""Captured states put on a real device by `settle`, and printed by its command line.

What test_captures.py puts together as values goes here onto a device of the platform and release:
settings are typed, the rest is settled, the command is typed. The build of the agent is masked,
which a release fixes and development images of its day had otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.cli.views.licensing import LicenceRow
from agent.core.errors import InputError
from agent.core.release import Release
from agent.device.settling import settle
from agent.device.standing import Standing
from agent.engine.config import LicenseConfig, Transport
from agent.engine.queries import UsageSummary
from agent.engine.records import LicenceUse, Member, RumReport, RumState
from agent.engine.state import Counters
from agent.profiles.profile import Entitlement, Profile
from tests.golden.captures import at, read
from tests.golden.cases import CASES, Case
from tests.golden.console import Console

pytestmark = pytest.mark.golden

NOW = at("Jan 01 00:00:00 2027")  # later than any capture
MODELS = {
    "asr1006x": "ASR1006-X",
    "c8000v": "C8000V",
    "c8300": "C8300-1N1S-6T",
    "c9300": "C9300-48T",
    "c9400": "C9407R",
    "isr4451x": "ISR4451-X/K9",
    "isr4k": "ISR4451-X/K9",
    "router": "C8000V",
}
# no profile is of this platform
NOT_EMULATED = "show-license-summary__cat9kv-17i__virtual-advantage.txt"
LINES = {
    Transport.CSLU: (),
    Transport.OFF: ("license smart transport off",),
    Transport.CALLHOME: ("license smart transport callhome",),
    Transport.SMART: ("license smart transport smart", "license smart url default"),
}


def lines(config: LicenseConfig) -> Iterator[str]:
    """What is typed for such a configuration."""
    yield from LINES[config.transport]
    if config.url_cslu:
        yield f"license smart url cslu {config.url_cslu}"
    if not config.server_identity_check:
        yield "no license smart server-identity-check"
    if config.url_smart:
        yield f"license smart url smart {config.url_smart}"
    if config.proxy_address:
        yield f"license smart proxy address {config.proxy_address}"
        yield f"license smart proxy port {config.proxy_port}"


def entitlement(profile: Profile, row: LicenceRow) -> Entitlement:
    """The licence of the platform that is printed this way."""
    every = [one for group in profile.entitlements.values() for one in group]
    return next(one for one in every if one.display == row.display)


def held(shown: UsageSummary, tag: str) -> Iterator[RumReport]:
    """Reports that sum up to this."""
    for number in range(1, shown.available + shown.waiting + 1):
        sent = number > shown.available
        state = RumState.UNACK if sent else RumState.CLOSED
        if number <= shown.collecting:
            state = RumState.OPEN
        yield RumReport(number, tag, "feature", state, 0, 1, 0, sent=1 if sent else None)


def running(release: str) -> str:
    """The release, or the one of it that a device can run."""
    try:
        return str(Release.parse(release).row and release)
    except InputError:
        return release.rstrip("abc")


def settled(case: Case) -> Console:
    """A device in the state of a case."""
    view = case.view
    first, *others = view.nodes
    model = first.udi.pid
    if first.udi.sn == "FOC1":  # the capture does not say
        model = MODELS[case.file.split("__")[1].split("-")[0]]
    members = tuple(Member(node.udi, node.role) for node in others)
    console = Console(model, running(case.release), NOW, first.udi.sn, members)
    device = console.device
    zone = view.calendar.zone
    if zone.name != "UTC":
        hours, minutes = divmod(zone.offset_minutes, 60)
        console.configure(f"clock timezone {zone.name} {hours} {minutes}")
    console.configure(*lines(view.config))
    found = [entitlement(device.profile, row) for row in view.licences]
    uses = tuple(
        LicenceUse(n, one.feature, one.tag, row.count, NOW, NOW, one.licence_class)
        for n, (one, row) in enumerate(zip(found, view.licences, strict=True), 1)
    )
    tag = found[0].tag if found else next(iter(device.agent.state.usage))
    shown = view.reports
    standing = Standing(
        account=view.account,
        policy=view.policy,
        reporting=view.reporting,
        trust={
            unit.udi.short: node.trust
            for unit, node in zip(device.agent.state.members, view.nodes, strict=True)
            if node.trust
        },
        usage=uses,
        reports=tuple(held(shown, tag)),
        counters=Counters(shown.total, shown.purged, shown.acknowledged, shown.missing),
    )
    settle(device, standing, NOW)
    return console


def masked(text: str) -> list[str]:
    text = re.sub(r"(Smart Agent for Licensing: ).*", r"\1AGENT", text)
    return [line.rstrip() for line in text.rstrip().split("\n")]


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.file != NOT_EMULATED], ids=lambda case: case.file
)
def test_a_device_put_there_prints_the_capture(golden: Path, case: Case) -> None:
    words = case.file.split("__")[0].split("-")
    ours = settled(case).type(" ".join(words))
    for one in case.exempt:
        assert one.ours in ours
        ours = ours.replace(one.ours, one.theirs)
    assert masked(ours) == masked(read(golden, case.file))
