"""The events a start writes into the event log, stage by stage; the rows are in boot_events.toml.

Source: docs/sources.md, entry eventlog-form.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from agent.engine import authorization
from agent.engine.turn import Turn

START, READ, READY = "start", "read", "ready"


def note(turn: Turn, stage: str) -> None:
    """Write down what a stage of a start shows."""
    for name, *fields in _rows()[stage]:
        for facts in _facts(turn, any("{feature}" in text for text in fields)):
            texts = [text.format_map(facts) for text in fields]
            turn.note(name, **dict(zip(texts[::2], texts[1::2], strict=True)))


def _facts(turn: Turn, for_each_licence: bool) -> Iterator[Mapping[str, str]]:
    if not for_each_licence:
        export = str(authorization.export_allowed(turn))
        yield {"export": export, "active": str(turn.state.udi)}
        return
    for use in turn.state.usage.values():
        if use.count:
            yield {"feature": use.feature, "count": str(use.count), "handle": str(use.handle)}


@cache
def _rows() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    raw = tomllib.loads(files("agent.engine").joinpath("boot_events.toml").read_text("utf-8"))
    stages = (START, READ, READY)
    return {s: tuple(tuple(row[1:]) for row in raw["rows"] if row[0] == s) for s in stages}
