"""Durations as people write them."""

from __future__ import annotations

import pytest

from agent.adapters.durations import duration_ms
from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.errors import InputError


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1d", DAY),
        ("12h", 12 * HOUR),
        ("10 minutes", 10 * MINUTE),
        ("1h30m", HOUR + 30 * MINUTE),
        ("2 Weeks", 14 * DAY),
        ("90s", 90 * SECOND),
        ("250ms", 250),
        ("0s", 0),
    ],
)
def test_duration(text, ms):
    assert duration_ms(text) == ms


@pytest.mark.parametrize(
    "text", ["", "  ", "10", "1 fortnight", "d1", "-1d", "1d!", "1.5h", "101y"]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(InputError, match="is not a duration"):
        duration_ms(text)


def test_no_more_than_a_century():
    with pytest.raises(InputError, match="too long"):
        duration_ms("40000d")
