"""The state tables: drawn as they are, and nothing in them that the engines do not know."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from agent.engine.legacy import state
from agent.engine.legacy.state import after, transitions

PROJECT = Path(__file__).resolve().parents[2]
LEGACY = PROJECT / "agent" / "engine" / "legacy"
WORDS = {value for name, value in vars(state).items() if name.isupper() and isinstance(value, str)}


def test_the_drawings_are_current() -> None:
    script = PROJECT / "scripts" / "draw-states"
    subprocess.run([sys.executable, script, "--check"], check=True)


def test_each_state_has_a_word_that_the_code_knows() -> None:
    states = {name for rows in transitions().values() for old, _ in rows for name in (old,)}
    states |= {new for rows in transitions().values() for new in rows.values()}
    assert states - {"*"} == WORDS


def test_each_event_of_the_tables_is_caused_somewhere() -> None:
    source = "".join(path.read_text() for path in LEGACY.glob("*.py"))
    events = {event for rows in transitions().values() for _, event in rows}
    caused = {event for event in events if f'"{event}"' in source}
    assert caused == events
    named = set(re.findall(r'(?:become|registration)\(turn, "([^"]+)"', source))
    assert named <= events, "an event that no table knows"


def test_an_event_that_a_state_does_not_know_changes_nothing() -> None:
    assert after("registration", state.UNREGISTERED, "identity ended") == state.UNREGISTERED
    assert after("registration", state.REGISTERED, "token entered") == state.REGISTERED
    assert after("authorization", state.EVAL_MODE, "deadline passed") == state.EVAL_MODE
