"""Every file of the folder `fixtures/scenarios`, played."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.engine import rum
from tests.scenarios.play import LAB, Play, read, scenarios

# The rows of the event table and the worked timelines; a scenario may show more than one.
ROWS = {f"event-{n:02d}" for n in range(1, 28)}
# source: rum-detail (what is printed for a report that was closed to be sent)
WORDS = {rum.CURRENT_USAGE_REQUESTED: "REPORTING"}
TIMELINES = {f"timeline-{n}" for n in range(1, 9)}


@pytest.mark.parametrize("path", scenarios(), ids=lambda path: path.stem)
def test_a_scenario_goes_as_written(path: Path) -> None:
    scenario = read(path)
    play = Play(scenario)
    try:
        for number, step in enumerate(scenario.steps, 1):
            try:
                play.take(step)
            except AssertionError as error:
                raise AssertionError(f"step {number} of {path.name}: {error}") from None
    finally:
        play.close()


def test_each_row_and_each_timeline_has_a_scenario() -> None:
    named = {word for path in scenarios() for word in read(path).facts.split()}
    assert named >= ROWS | TIMELINES, sorted((ROWS | TIMELINES) - named)


def test_each_reason_to_close_a_report_has_a_scenario() -> None:
    for reason in rum.CLOSE_REASONS:
        named = [read(path) for path in scenarios()]
        telling = [s for s in named if f"reason-{reason}" in s.facts.split()]
        assert telling, reason
        for scenario in telling:
            shown = [str(step["shows"]) for step in scenario.steps if "shows" in step]
            word = WORDS.get(reason, reason)
            assert any(f"State Change Reason: {word}" in text for text in shown), scenario.name


def test_each_scenario_expects_something() -> None:
    for path in scenarios():
        scenario = read(path)
        asked = [step for step in scenario.steps if step.keys() & {"shows", "logs", "lacks"}]
        assert asked, path.name
        words = {str(step["lab"]).split()[0] for step in scenario.steps if "lab" in step}
        assert words <= LAB.keys(), path.name
