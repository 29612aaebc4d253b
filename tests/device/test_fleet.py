"""The order in which a fleet wakes its nodes."""

from __future__ import annotations

import pytest

from agent.device.fleet import Fleet


class Alarm:
    """Rings at the given instants and writes down when it was woken."""

    def __init__(self, name, instants, rung):
        self.name, self.instants, self.rung = name, list(instants), rung

    def next_deadline(self):
        return self.instants[0] if self.instants else None

    def wake(self, now):
        self.instants.pop(0)
        self.rung.append((now, self.name))


def fleet_of(*alarms):
    fleet = Fleet()
    for alarm in alarms:
        fleet.add(alarm)
    return fleet


def test_equal_instants_go_by_the_order_of_joining():
    rung = []
    late, early = Alarm("late", [5, 10], rung), Alarm("early", [10], rung)
    fleet = fleet_of(late, early)
    assert fleet.run_until(10) == 3
    assert rung == [(5, "late"), (10, "late"), (10, "early")]


def test_nothing_after_the_end_is_played():
    rung = []
    fleet = fleet_of(Alarm("a", [5, 11], rung))
    fleet.run_until(10)
    assert rung == [(5, "a")]
    assert fleet.peek() == 11


def test_touched_node_is_woken_at_its_new_deadline_only():
    rung = []
    alarm = Alarm("a", [100], rung)
    fleet = fleet_of(alarm)
    alarm.instants = [7, 100]
    fleet.touch(alarm)
    alarm.instants = [50]
    fleet.touch(alarm)
    fleet.run_until(200)
    assert rung == [(50, "a")]


def test_node_without_deadline_sleeps_until_it_is_touched():
    rung = []
    alarm = Alarm("a", [], rung)
    fleet = fleet_of(alarm)
    assert fleet.step() is None
    alarm.instants = [3]
    fleet.touch(alarm)
    assert fleet.step() == (3, alarm)


def test_deadline_in_the_past_is_played_at_the_instant_reached():
    rung = []
    first, second = Alarm("first", [10], rung), Alarm("second", [], rung)
    fleet = fleet_of(first, second)
    fleet.run_until(10)
    second.instants = [4]
    fleet.touch(second)
    fleet.run_until(10)
    assert rung == [(10, "first"), (10, "second")]


def test_node_that_never_goes_on_is_named():
    class Stuck:
        def next_deadline(self):
            return 1

        def wake(self, now):
            return None

        def __repr__(self):
            return "Stuck()"

    fleet = fleet_of(Stuck())
    with pytest.raises(RuntimeError, match="Stuck"):
        fleet.run_until(5)


def test_two_runs_play_alike():
    def played():
        rung = []
        fleet = fleet_of(*(Alarm(n, range(n, 400, n + 3), rung) for n in range(1, 20)))
        fleet.run_until(400)
        return rung

    first = played()
    assert first == played()
    assert [instant for instant, _ in first] == sorted(instant for instant, _ in first)
