"""What a measure of `slp bench` gives: rows with a figure, its unit and its target."""

from __future__ import annotations

from dataclasses import dataclass

MODEL = "C9300-24T"
RELEASE = "17.12.4"
FLEET_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: what was measured, in which unit, and the most (or least) it should be."""

    what: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """None where there is no target."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target
