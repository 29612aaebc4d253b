"""`show license tech support` against captures of real devices, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.cli.views import tech_support, tech_view
from agent.cli.views.layout import layout_for
from agent.core.release import Release
from agent.device.device import new_device
from tests.golden.captures import read
from tests.golden.tech_captures import TechCase
from tests.golden.tech_cases import TECH_CASES

pytestmark = pytest.mark.golden

NOW = 1_790_000_000_000
EXCERPT = "show-license-tech-support__c9300-17.18.2__first-50-lines.txt"


@pytest.mark.parametrize("case", TECH_CASES, ids=lambda case: case.file)
def test_output_equals_capture(golden: Path, case: TechCase) -> None:
    assert case.text() == read(golden, case.file)


def test_first_lines_of_a_fresh_switch_equal_the_excerpt(golden: Path) -> None:
    """A switch as it starts, not a state put together."""
    assert excerpt() == read(golden, EXCERPT)


def excerpt() -> str:
    """The first lines that a C9300-48U on 17.18.2 prints, down to the end of the excerpt."""
    device = new_device("sw1", "C9300-48U", Release.parse("17.18.2"), "FOC0000EMU1")
    device.boot(NOW)
    layout = layout_for(device.release, "switch")
    text = tech_support.tech_support(tech_view.collect(device, NOW), layout)
    return text[: text.index("Policy:\n  Policy in use")] + "Policy:"


def test_a_capture_differs_from_the_layout_of_another_release(golden: Path) -> None:
    """The comparison sees a release's rows: the trust block moved from 17.13.0 to 17.13.1."""
    case = next(c for c in TECH_CASES if c.release == "17.13.0")
    layout = layout_for(Release.parse("17.13.1"), "switch")
    assert tech_support.tech_support(case.view, layout).rstrip() != read(golden, case.file)
