"""The blocks that `show license all` shares with `show license tech support`, against captures.

Tech support prints some blocks in more detail (transport, usage reporting, licences, report
counts): those are left to the command itself. All others must stand in the capture as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent.cli.views import licence_all
from agent.cli.views.layout import layout_for
from agent.cli.views.licensing import LicensingView
from agent.core.identity import Account
from agent.core.release import Release
from tests.golden.captures import SLE_DAYS, at, custom, read, view

pytestmark = pytest.mark.golden

DETAILED = (
    "Transport:",
    "Usage Reporting:",
    "Trust Code Installed:",
    "License Usage",
    "No licenses in use",
    "License Authorizations",
    "Last Data Push",
    "Overall status:",
    "Usage Report Summary:",
)
TRIO = ("C9300-24UX FCW2134L00C", "C9300-24U FOC2129Z02H", "C9300-24T FCW2125L07Y")
SLE_OLD = "20 30"  # cells that older agents left at the default: first report of the last classes


@dataclass(frozen=True)
class Shown:
    file: str
    release: str
    view: LicensingView
    # block -> why it is not compared
    exempt: dict[str, str] = field(default_factory=dict)


CASES = (
    Shown(
        "c9300-17.6i__stack3-smart-trust-custom-policy",
        "17.6.4",
        view(
            *TRIO,
            agent="5.1.26_rel/120",
            policy=custom(
                "SLE Policy",
                "Mar 22 11:19:35 2022",
                (30, 60, 60),
                (120, 111, 111),
                (0, 90, 60),
                (0, 30, 30),
                default=SLE_OLD,
            ),
        ),
    ),
    Shown("c9300-17.9i__stack-cslu-default-policy", "17.9.1", view(*TRIO, agent="5.5.11_rel/31")),
    Shown(
        "c9300-17.12i__stack4-cslu-no-trust",
        "17.12.4",
        view("C9300-48S FOC2517L8KW", "C9300-24S FOC2517L9RJ", agent="5.9.4_rel/9"),
        {"Policy:": "the publisher joined it to the next block"},
    ),
    Shown(
        "c9350-17.14i__stack4-smart-trust",
        "17.14.1",
        view(
            "C9350-24U FOC2705Y8X0",
            "C9350-24U FOC2705Y8XF",
            "C9350-24U FOC2718Y66X",
            "C9350-24U FOC2719YOHR",
            agent="5.11.4_rel/20",
            policy=custom("SLE Policy", "Mar 13 21:32:51 2024", *SLE_DAYS),
            account=Account("BU Production Test", "Cat9K-FranklinDT", at("Mar 15 21:01:33 2024")),
        ),
    ),
    Shown(
        "c9300-17.18.2__first-50-lines",
        "17.18.2",
        view(),
        {"Policy:": "the excerpt ends in it"},
    ),
)


def blocks(text: str) -> list[str]:
    parts = text.replace("\n \n", "\n\n").split("\n\n")
    return [part.strip("\n") for part in parts if part.strip()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_shared_blocks_stand_in_the_capture(golden: Path, case: Shown) -> None:
    capture = read(golden, f"show-license-tech-support__{case.file}.txt")
    # what the publisher trimmed of line ends is not compared
    printed = {"\n".join(line.rstrip() for line in b.split("\n")) for b in blocks(capture)}
    layout = layout_for(Release.parse(case.release), "switch")
    shared = blocks(licence_all.all_of_it(case.view, layout))
    ours = [block for block in shared if _compared(block, capture, case)]
    assert len(ours) >= 6
    assert [block for block in ours if block not in printed] == []


def _compared(block: str, capture: str, case: Shown) -> bool:
    """Not detailed there, not exempt, and within what an excerpt holds."""
    title = block.split("\n")[0]
    return not block.startswith(DETAILED) and title not in case.exempt and title in capture
