"""One turn of the agent: what it knows, the instant, and what it has decided to do so far.

The functions of this package take a Turn, change `state` and append actions; `machine` makes
one Turn per event. Profile and release are facts and never change.
"""

from __future__ import annotations

import msgspec

from agent.core.clock import Instant
from agent.core.release import Release
from agent.engine.actions import Action, Log
from agent.engine.state import AgentState
from agent.engine.timings import TIMINGS
from agent.profiles.profile import Profile


class Turn(msgspec.Struct, gc=False):
    profile: Profile
    release: Release
    state: AgentState
    now: Instant
    actions: list[Action] = []

    @property
    def own_time(self) -> Instant:
        """The instant by the device's own calendar: what it writes into messages and files."""
        return self.now + self.state.clock_offset

    def log(self, mnemonic: str, /, **fields: str) -> None:
        """Write a system message of sysmsg.toml."""
        self.actions.append(Log(mnemonic, fields))

    def note(self, name: str, /, **fields: str) -> None:
        """Write a line of `show license eventlog`; the oldest go when it is full."""
        log = self.state.eventlog
        log.add(self.now, name, tuple(fields.items()), TIMINGS.limits.eventlog)
