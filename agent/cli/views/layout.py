"""What a release and a kind of platform print differently: the rows of layouts.toml.

A view asks `layout.has("account_information")`; which releases that means stands in the file.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from agent.core.release import Release


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows in force for one release and one kind of platform."""

    rows: frozenset[str]

    def has(self, row: str) -> bool:
        """Is this row printed? KeyError on a row that layouts.toml does not know."""
        if row not in _table():
            raise KeyError(row)
        return row in self.rows


@cache
def layout_for(release: Release, kind: str) -> Layout:
    """The layout of a release on a kind of platform (switch, wlc, router)."""
    return Layout(
        frozenset(
            name
            for name, row in _table().items()
            if kind in row.get("kinds", (kind,)) and any(release.within(s) for s in row["spans"])
        )
    )


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("agent.cli").joinpath("layouts.toml").read_text("utf-8"))
