"""The configurations of a device: references to immutable roots, and who changed them when.

Committing is one assignment to `running`; a root is never written in place, so whoever holds an
older one still sees what it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.core.clock import Instant
from yang.tree import Tree


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who did it, and when. `by` is empty where nobody is named."""

    at: Instant
    by: str = ""


@dataclass(slots=True)
class Datastore:
    """`running` and `startup`; `startup` None means there is none (factory, or erased).

    `changed` and `saved` are the stamps of the running-config head.
    """

    running: Tree
    startup: Tree | None = None
    changed: Stamp | None = None
    saved: Stamp | None = None

    def keep_dates(self, by: Instant) -> None:
        """The calendar was set: the stamps move against it, and say what they said."""
        if self.changed is not None:
            self.changed = replace(self.changed, at=self.changed.at + by)
        if self.saved is not None:
            self.saved = replace(self.saved, at=self.saved.at + by)
