"""`show license tech support` of a device that `settle` put into a captured state.

As test_settled_states.py, for the long captures. Besides the build of the agent, what the one
device alone knows is masked: times, the size of its event log, where its clock came from. Those of
development images are left out: no device runs one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.errors import InputError
from agent.core.release import Release
from agent.device.settling import settle
from agent.device.standing import JOBS, Standing
from agent.engine.records import Member, RumReport, RumState
from agent.engine.state import Counters
from tests.golden.captures import read
from tests.golden.console import Console
from tests.golden.tech_captures import TechCase
from tests.golden.tech_cases import TECH_CASES
from tests.golden.test_settled_states import lines

pytestmark = pytest.mark.golden

MASKS = (
    (r"(Smart Agent for Licensing: ).*", r"\1AGENT"),
    (r"\w{3} \d\d [\d:]{8} \d{4} \w+(?: +\((?:Expired|[^()]* remaining)\))?", "DATE"),
    (r"(Event log current size: ).*", r"\1SIZE"),
    # how many reports the store has room for and holds depends on the life before
    (r"(Waiting for Ack: 0|Maximum Display: |In Storage: )\(?\d+\)?", r"\1n"),
    (r"(Clock sync-ed with NTP: |Config Persist Received: )\w+", r"\1WORD"),
)
# jobs in which a device put there differs, left out on both sides
OTHERWISE = {
    "show-license-tech-support__c9300-17.9i__stack-cslu-default-policy.txt": (
        "Process Utility RUM reports",  # the captured device has planned none
    ),
    "show-license-tech-support__c9350-17.14i__stack4-smart-trust.txt": (
        "Reservation configuration mismatch",  # ours plans neither of these, ever
        "Operational Model",
    ),
}
FOLLOWS = {"Send Utility RUM reports", "Retrieve data processing result"}  # from the dates


def released(case: TechCase) -> bool:
    try:
        return bool(Release.parse(case.release).row)
    except InputError:
        return False


def held(case: TechCase) -> Iterator[RumReport]:
    """The newest report of each licence as captured, older ones until they sum up to the counts."""
    counts, handles = case.view.licensing.reports, case.view.handles
    newest = [handle for handle in handles if handle.current_report]
    for handle in newest:
        use, number = handle.use, handle.current_report
        yield RumReport(
            number,
            use.entitlement_tag,
            use.feature,
            RumState.OPEN,
            0,
            1,
            0,
            previous_id=handle.previous_report,
        )
    for number, tag in enumerate(case.view.not_required, 1_000_000):
        yield RumReport(number, tag, "feature", RumState.ACK, 0, 1, 0, sent=1, acked=1)
    tag = handles[0].use.entitlement_tag
    for number in range(1, counts.available + counts.waiting - len(newest) + 1):
        sent = 1 if number <= counts.waiting else None
        opened = counts.collecting - len(newest)
        state = RumState.UNACK if sent else RumState.CLOSED
        if 0 < counts.available + counts.waiting - len(newest) + 1 - number <= opened:
            state = RumState.OPEN
        yield RumReport(number, tag, "feature", state, 0, 1, 0, sent=sent)


def settled(case: TechCase) -> Console:
    """A device in the state of a case."""
    view, shown = case.view, case.view.licensing
    first, *others = shown.nodes
    members = tuple(Member(node.udi, node.role) for node in others)
    console = Console(first.udi.pid, case.release, view.now, first.udi.sn, members)
    device, zone = console.device, shown.calendar.zone
    if zone.name != "UTC":
        hours, minutes = divmod(zone.offset_minutes, 60)
        console.configure(f"clock timezone {zone.name} {hours} {minutes}")
    console.configure(*lines(shown.config))
    if not view.production:
        console.configure("service internal")
        console.type("test license smart dev-cert enable")
    counts = shown.reports
    units = zip(device.agent.state.members, shown.nodes, strict=True)
    standing = Standing(
        account=shown.account,
        policy=shown.policy,
        reporting=shown.reporting,
        trust={unit.udi.short: node.trust for unit, node in units if node.trust},
        usage=tuple(handle.use for handle in view.handles),
        reports=tuple(held(case)),
        counters=Counters(counts.total, counts.purged, counts.acknowledged, counts.missing),
        statistics=view.statistics,
        peer=view.peer,
        jobs={
            name: due
            for name, due in view.jobs.items()
            if due is not None and name in JOBS and name not in FOLLOWS
        },
    )
    settle(device, standing, view.now)
    return console


def masked(text: str) -> list[str]:
    for pattern, instead in MASKS:
        text = re.sub(pattern, instead, text)
    return [line.rstrip() for line in text.rstrip().split("\n")]


@pytest.mark.parametrize("case", [c for c in TECH_CASES if released(c)], ids=lambda c: c.file)
def test_a_device_put_there_prints_the_capture(golden: Path, case: TechCase) -> None:
    ours = settled(case).type("show license tech support")
    for one in case.exempt:
        ours = ours.replace(one.ours, one.theirs, one.times)
    apart = OTHERWISE.get(case.file, ())
    both = (masked(text) for text in (ours, read(golden, case.file)))
    mine, theirs = ([line for line in text if not line.startswith(apart)] for text in both)
    assert mine == theirs
