"""timings.toml: every key is asked for, no other is there."""

from importlib.resources import files

import pytest

from agent.core.errors import InputError
from agent.engine.events import Failure
from agent.engine.timings import TIMINGS, parse

TEXT = files("agent.engine").joinpath("timings.toml").read_text("utf-8")


def test_seconds_become_milliseconds_and_days_stay_days():
    assert TIMINGS.boot.base == 49_000
    assert TIMINGS.push.default_interval_days == 30
    assert TIMINGS.give_up[Failure.UNRESOLVED] == 9_000
    assert TIMINGS.hello.gaps == (300_000, 300_000, 300_000)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("base_s = 49", "bass_s = 49", "base"),
        ("base_s = 49", "", "base"),
        ("UNRESOLVED = 9", "UNHEARD = 9", "UNHEARD"),
    ],
)
def test_a_wrong_key_is_named(old, new, named):
    with pytest.raises(InputError, match=named) as caught:
        parse(TEXT.replace(old, new))
    assert caught.value.where == "timings.toml"
    assert caught.value.allowed
