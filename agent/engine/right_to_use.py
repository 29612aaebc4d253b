"""What a switch of the Right-To-Use model knows of its add-on licence.

Source: docs/sources.md, entry rtu.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.clock import DAY, Instant

EVALUATION, SUBSCRIPTION = "Evaluation", "Subscription"
EVALUATION_DAYS = 90  # source: rtu


@dataclass(frozen=True, slots=True)
class RightToUse:
    """By what right the add-on level is used, and since when."""

    right: str = EVALUATION
    since: Instant | None = None

    def days_left(self, now: Instant) -> int:
        """Of an evaluation: whole days, none below zero."""
        used = 0 if self.since is None else (now - self.since) // DAY
        return max(0, EVALUATION_DAYS - used)
