"""All captures of `show license tech support` with the state each shows."""

from __future__ import annotations

from tests.golden.tech_early import EARLY
from tests.golden.tech_late import LATE
from tests.golden.tech_middle import MIDDLE

TECH_CASES = (*EARLY, *MIDDLE, *LATE)
