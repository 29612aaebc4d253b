"""Summer time: which zone holds when, on both halves of the earth."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.core.dates import Zone, clock_line, licence_date
from agent.core.summer import dated_summer, summer

EASTERN = Zone("EST", -300, summer("EDT"))
CENTRAL = Zone("CET", 60, summer("CEST", "last Sun Mar 2:00 last Sun Oct 3:00"))
SYDNEY = Zone("AEST", 600, summer("AEDT", "first sunday October 2:00 1 Sun Apr 3:00"))
HOWE = Zone("LHST", 630, summer("LHDT", "1 Sun Oct 2:00 1 Sun Apr 2:00 30"))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("zone", "instant", "shown"),
    [
        (EASTERN, "2026-03-08T06:59:59", "01:59:59.000 EST Sun Mar 8 2026"),
        (EASTERN, "2026-03-08T07:00:00", "03:00:00.000 EDT Sun Mar 8 2026"),
        (EASTERN, "2026-11-01T05:59:59", "01:59:59.000 EDT Sun Nov 1 2026"),
        (EASTERN, "2026-11-01T06:00:00", "01:00:00.000 EST Sun Nov 1 2026"),
        (CENTRAL, "2026-03-29T01:00:00", "03:00:00.000 CEST Sun Mar 29 2026"),
        (CENTRAL, "2026-10-25T00:59:59", "02:59:59.000 CEST Sun Oct 25 2026"),
        (CENTRAL, "2026-10-25T01:00:00", "02:00:00.000 CET Sun Oct 25 2026"),
        (SYDNEY, "2026-01-15T00:00:00", "11:00:00.000 AEDT Thu Jan 15 2026"),
        (SYDNEY, "2026-07-15T00:00:00", "10:00:00.000 AEST Wed Jul 15 2026"),
        (HOWE, "2026-01-15T00:00:00", "11:00:00.000 LHDT Thu Jan 15 2026"),
    ],
)
def test_the_clock_goes_forward_and_back(zone, instant, shown):
    assert clock_line(at(instant), zone) == shown


def test_licensing_dates_follow():
    assert licence_date(at("2026-07-01T12:00:00"), EASTERN) == "Jul 01 08:00:00 2026 EDT"


def test_rules_are_printed_as_the_device_spells_them():
    found = summer("X", "first SUNDAY october 2:00 1 Sun Apr 3:00 30")
    assert found is not None
    assert found.rules() == "1 Sun Oct 2:00 1 Sun Apr 3:00 30"
    assert summer("X", found.rules()) == found


@pytest.mark.parametrize(
    "rules", ["5 Sun Mar 2:00 1 Sun Nov 2:00", "1 Xyz Mar 2:00 1 Sun Nov 2:00", "1 Sun Mar 2:00",
              "1 Sun Mar 24:00 1 Sun Nov 2:00", "1 Sun Mar 2:00 1 Sun Nov 2:00 0"],
)  # fmt: skip
def test_what_is_no_rule(rules):
    assert summer("X", rules) is None


ONCE = Zone("CET", 60, dated_summer("CEST", "29 Mar 2026 2:00 Oct 25 2026 3:00"))


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2026-03-29T00:59:59", "01:59:59.000 CET Sun Mar 29 2026"),
        ("2026-03-29T01:00:00", "03:00:00.000 CEST Sun Mar 29 2026"),
        ("2026-10-25T00:59:59", "02:59:59.000 CEST Sun Oct 25 2026"),
        ("2026-10-25T01:00:00", "02:00:00.000 CET Sun Oct 25 2026"),
        ("2027-07-01T12:00:00", "13:00:00.000 CET Thu Jul 1 2027"),  # dates hold once
        ("2025-07-01T12:00:00", "13:00:00.000 CET Tue Jul 1 2025"),
    ],
)
def test_single_dates(instant, shown):
    assert clock_line(at(instant), ONCE) == shown


def test_dates_are_printed_month_first():
    assert ONCE.summer.rules() == "Mar 29 2026 2:00 Oct 25 2026 3:00"
    assert dated_summer("CEST", ONCE.summer.rules()) == ONCE.summer


@pytest.mark.parametrize(
    "dates",
    ["29 Mar 2026 2:00", "31 Apr 2026 2:00 25 Oct 2026 3:00", "29 Mar 2026 24:00 25 Oct 2026 3:00",
     "25 Oct 2026 3:00 29 Mar 2026 2:00", "29 Xyz 2026 2:00 25 Oct 2026 3:00"],
)  # fmt: skip
def test_what_are_no_dates(dates):
    assert dated_summer("X", dates) is None
