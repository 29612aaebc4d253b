"""`show netconf-yang sessions [detail]`, `datastores` and `statistics`, from the live server.

Sources: docs/sources.md, entry netconf-show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.netconf.server import CANDIDATE, RUNNING, STARTUP, NetconfServer, Statistics, yang_time

if TYPE_CHECKING:
    from agent.netconf.session import NetconfSession

_LETTERS = {RUNNING: "R", CANDIDATE: "C", STARTUP: "S"}
_LEGEND = "".join(
    f"{letter}: Global-lock on {name} datastore\n"
    for letter, name in (("R", RUNNING), ("C", CANDIDATE), ("S", STARTUP))
)
_HEAD = (
    "session-id  transport    username             source-host            global-lock\n" + "-" * 80
)


def sessions(server: NetconfServer | None) -> str:
    """One line for each session."""
    there = _sessions(server)
    text = f"{_LEGEND}\nNumber of sessions : {len(there)}\n\n"
    if not there:
        return text.rstrip("\n")
    rows = (
        f"{s.number:<12}{'netconf-ssh':<13}{s.user:<21}{s.source:<23}{_locks(s)}" for s in there
    )
    return text + _HEAD + "\n" + "\n".join(rows) + "\n"


def detail(server: NetconfServer | None) -> str:
    """All that is known of each session."""
    there = _sessions(server)
    text = f"{_LEGEND}\nNumber of sessions     : {len(there)}\n"
    for session in there:
        rows = {
            "session-id": str(session.number),
            "transport": "netconf-ssh",
            "username": session.user,
            "source-host": session.source,
            "login-time": _time(session.server, session.login),
            **_counters(session.statistics),
            "global-lock": _locks(session),
        }
        text += "\n" + "".join(f"{name:<23}: {value}\n" for name, value in rows.items())
    return text


def datastores(server: NetconfServer | None) -> str:
    """The datastores and who has locked them."""
    names = [RUNNING]
    if server is not None and server.has_candidate:
        names.append(CANDIDATE)
    return "\n".join(line for name in names for line in _datastore(name, server))


def statistics(server: NetconfServer | None) -> str:
    """What was counted since the server began."""
    if server is None:
        return ""
    counted = server.statistics
    rows = {
        "netconf-start-time": _time(server, server.started),
        **_counters(counted),
        "in-sessions": str(counted.in_sessions),
        "dropped-sessions": str(counted.dropped_sessions),
        "in-bad-hellos": str(counted.in_bad_hellos),
    }
    return "\n".join(f"{name:<20}: {value}" for name, value in rows.items())


def _sessions(server: NetconfServer | None) -> list[NetconfSession]:
    return [] if server is None else [server.sessions[n] for n in sorted(server.sessions)]


def _datastore(name: str, server: NetconfServer | None) -> list[str]:
    rows = [("Datastore Name", name)]
    lock = server.locks.get(name) if server else None
    if server is not None and lock is not None:
        rows.append(("Globally Locked By Session", str(lock.session_id)))
        rows.append(("Globally Locked Time", _time(server, lock.since)))
    elif server is not None and name == RUNNING:
        for number, part in server.partial_locks.items():
            rows.append(("Partial Lock ID", str(number)))
            rows.append(("Partially Locked By Session", str(part.session_id)))
            rows.append(("Partially Locked Time", _time(server, part.since)))
            rows.append(("Selected XPATHs", " ".join(part.selects)))
    return [f"{label:<27}: {value}" for label, value in rows]


def _locks(session: NetconfSession) -> str:
    held = session.server.locks.items()
    letters = [_LETTERS[name] for name, lock in held if lock.session_id == session.number]
    return " ".join(letters) or "None"


def _counters(counted: Statistics) -> dict[str, str]:
    return {
        "in-rpcs": str(counted.in_rpcs),
        "in-bad-rpcs": str(counted.in_bad_rpcs),
        "out-rpc-errors": str(counted.out_rpc_errors),
        "out-notifications": str(counted.out_notifications),
    }


def _time(server: NetconfServer, instant: Instant) -> str:
    return yang_time(instant, server.device.zone, server.device.clock_offset_ms)
