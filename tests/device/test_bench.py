"""The benchmark measures what it says, and refuses what it does not know."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from agent.commands import bench_agent, bench_show
from agent.commands.bench import MEASURES, Figure, bench, devices, line, year


def test_a_month_is_really_played():
    figures = {figure.what: figure.value for figure in year(31)}
    assert figures["reports acknowledged"] >= 2
    assert figures["deadlines played"] > 20


def test_devices_are_timed_and_weighed():
    created, weight = devices(20)
    assert created.value > 0
    assert created.target == 0.03
    assert weight.unit == "KiB"


def test_lines_are_timed_one_by_one():
    figures = line(2)
    assert len(figures) == 6
    assert all(figure.value > 0 for figure in figures)


def test_long_outputs_are_timed_on_a_device_with_reports(monkeypatch):
    monkeypatch.setattr(bench_show, "REPORTS", 30)
    monkeypatch.setattr(bench_show, "PASTED", 20)
    figures = {figure.what: figure for figure in (*bench_show.show(), *bench_show.paste())}
    assert figures["show license tech support, 30 reports"].target == 5.0
    assert figures["show license rum id all detail, 30 reports"].value > 0
    assert figures["20 configuration lines pasted"].value > 0


def test_a_device_is_measured_without_its_server():
    daily = bench_agent.agent(5)
    assert [figure.target for figure in daily] == [0.25 * 5 / 365, None, None, None]
    assert 0 < daily[1].value < daily[0].value < daily[3].value
    assert bench_agent.silent(2)[2].value > 48
    sizes = bench_agent.state(27)  # as many days as fill the index of reports
    assert all(figure.target == 10 and figure.value > 1 for figure in sizes[:4])
    assert sizes[1].met and sizes[3].met
    assert sizes[4].unit == "µs"


def test_a_week_of_daily_reports_without_acknowledgements_is_no_measure(monkeypatch):
    monkeypatch.setattr(bench_agent, "_report_daily", bench_agent._nothing)
    with pytest.raises(RuntimeError, match="nothing was measured"):
        bench_agent.agent(7)


def test_table_shows_figures_beside_their_targets(monkeypatch):
    rows = [
        Figure("small enough", 1.0, "s", 2.0),
        Figure("too slow", 10.0, "ops/s", 20.0, at_least=True),
        Figure("untold", 3.0, "KiB"),
    ]
    monkeypatch.setitem(MEASURES, "three", lambda: rows)
    result = CliRunner().invoke(bench, ["three"])
    assert result.exit_code == 0
    table = [line for line in result.output.splitlines() if line.startswith("│")]
    assert "≤ 2 s" in table[0]
    assert "met" in table[0]
    assert "≥ 20 ops/s" in table[1]
    assert "missed" in table[1]
    assert "met" not in table[2]


def test_unknown_measure_is_refused_with_the_known_ones():
    result = CliRunner().invoke(bench, ["speed"])
    assert result.exit_code == 2
    assert "'speed' is not a measure; allowed: year, devices, line" in result.output
