"""`debug license ...`: the lines that the Smart Agent's events and deeds print while it is on.

What can be switched on and every line stand in debugs.toml. A line is made of what goes into the
agent and what comes out of it, so debugging changes nothing that is being watched.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from agent.core import sysmsg
from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.engine.actions import Action, Log, Send
from agent.engine.applications import trunk_tags
from agent.engine.eventlog import Eventlog
from agent.engine.events import Event, ReplyReceived, TimeReached, UsageChanged
from agent.engine.records import LoggedEvent
from agent.engine.state import AgentState
from agent.profiles.profile import Profile
from agent.protocol.codec_requests import KINDS
from agent.protocol.messages import StatusCode

if TYPE_CHECKING:
    from agent.device.device import Device

_SEVERE = 3  # system messages up to this severity tell of errors


@dataclass(frozen=True, slots=True)
class Row:
    """A line of debugs.toml: the flag that lets it through, and its text."""

    flag: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """debugs.toml."""

    flags: Mapping[str, str]
    several: Mapping[str, tuple[tuple[str, ...], str]]
    rows: Mapping[str, Mapping[str, Row]]  # by table: events, acts, cube
    heads: Mapping[str, str]


def meant(what: str) -> tuple[str, ...]:
    """The flags a word of the commands stands for."""
    return table().several[what][0] if what in table().several else (what,)


def said(what: str, *, on: bool) -> str:
    """What a command answers: that it is on, or off."""
    text = table().several[what][1] if what in table().several else table().flags[what]
    return text.format(on="on" if on else "off", enabled="enabled" if on else "disabled")


def shown(flags: Iterable[str]) -> str:
    """The text of `show debugging`; empty when nothing is on. # assumed: its layout"""
    wanted = set(flags)
    lines = [f"  {said(flag, on=True)}" for flag in table().flags if flag in wanted]
    return "\n".join(["License:", *lines, ""]) if lines else ""


def handled(device: Device, event: Event, now: Instant) -> tuple[Action, ...]:
    """Hand an event to the agent and write what is debugged; the actions are still to be done."""
    state = device.agent.state
    due = due_jobs(event, state, now)
    before = state.eventlog.noted
    actions = device.agent.handle(event, now)
    noted = noted_since(before, device.agent.state.eventlog)
    for flag, line in lines(event, due, actions, noted, device.profile):
        if flag in device.debugging:
            device.log.debug(line, device.time(now))
    return actions


def lines(
    event: Event,
    due: tuple[str, ...],
    actions: tuple[Action, ...],
    noted: tuple[LoggedEvent, ...],
    profile: Profile,
) -> Iterator[tuple[str, str]]:
    """(flag, line) of one turn of the agent, in order. `due` are the jobs whose time had come."""
    yield from _smart("acts", "job", *({"name": name} for name in due))
    row = table().rows["events"].get(type(event).__name__)
    if row is not None:
        yield row.flag, _line("smart", row.text.format(event).rstrip())
    if isinstance(event, ReplyReceived) and event.reply.status is StatusCode.FAILED:
        refusal = {"number": str(event.request_id), "text": event.reply.message}
        yield from _smart("acts", "refused", refusal)
    for one in noted:
        fields = dict(one.fields)
        wrong = "error" in fields or fields.get("success") == "False"
        told = " ".join([one.name, *(f'{name}="{value}"' for name, value in one.fields)])
        yield from _smart("acts", "error" if wrong else "noted", {"text": told})
    for action in actions:
        yield from _deed(action)
    yield from _cube(event, actions, noted, profile)


def due_jobs(event: Event, state: AgentState, now: Instant) -> tuple[str, ...]:
    """The jobs an event of time will run, by the names of the schedule."""
    if not isinstance(event, TimeReached):
        return ()
    due = ((when, name) for name, when in state.timers.items() if when <= now)
    return tuple(name for _, name in sorted(due))


def noted_since(before: int, log: Eventlog) -> tuple[LoggedEvent, ...]:
    """What a log has noted since it had noted so many events."""
    fresh = log.noted - before
    return tuple(log[-fresh:]) if fresh > 0 else ()


def _deed(action: Action) -> Iterator[tuple[str, str]]:
    if isinstance(action, Send):
        where = ", ".join(action.route.urls) or action.route.transport.value
        kind = KINDS[type(action.message)]
        fields = {"number": str(action.request_id), "kind": kind, "where": where}
        yield from _smart("acts", "send", fields)
    elif isinstance(action, Log):
        message = sysmsg.message(action.mnemonic, action.fields)
        if message.severity <= _SEVERE:
            yield from _smart("acts", "error", {"text": message.text})


def _cube(
    event: Event, actions: tuple[Action, ...], noted: tuple[LoggedEvent, ...], profile: Profile
) -> Iterator[tuple[str, str]]:
    tags = trunk_tags(profile)
    if isinstance(event, UsageChanged) and event.licence.entitlement_tag in tags:
        yield _cube_line("function", {"event": type(event).__name__})
        count = str(event.licence.count)
        yield _cube_line("usage", {"feature": event.licence.feature, "count": count})
    for action in actions:
        if isinstance(action, Log) and action.mnemonic.startswith("CUBE."):
            text = sysmsg.message(action.mnemonic, action.fields).text
            yield _cube_line("message", {"text": text})
    if any(("eventName", "CUBE_SHUTDOWN") in one.fields for one in noted):
        yield _cube_line("stopped", {})


def _smart(kind: str, name: str, *fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    row = table().rows[kind][name]
    for given in fields:
        yield row.flag, _line("smart", row.text.format_map(given))


def _cube_line(name: str, fields: Mapping[str, str]) -> tuple[str, str]:
    row = table().rows["cube"][name]
    return row.flag, _line("cube", row.text.format_map(fields))


def _line(head: str, text: str) -> str:
    return f"{table().heads[head]}: {text}"


@cache
def table() -> Table:
    """debugs.toml, read once. Raises InputError for a row whose flag nothing switches on."""
    raw: dict[str, Any] = tomllib.loads(
        files("agent.device").joinpath("debugs.toml").read_text("utf-8")
    )
    rows = {
        kind: {name: Row(*row) for name, row in raw[kind].items()}
        for kind in ("events", "acts", "cube")
    }
    for kind, named in rows.items():
        for name, row in named.items():
            if row.flag not in raw["flags"]:
                raise InputError(f"{kind}.{name}: no flag {row.flag}", where="debugs.toml")
    several = {name: (tuple(row["flags"]), row["text"]) for name, row in raw["several"].items()}
    return Table(raw["flags"], several, rows, raw["heads"])
