"""Confirmed commits (RFC 6241 section 8.4): commit now, and take it back unless it is confirmed.

What running was before is kept until a second commit confirms, the time is over, somebody cancels,
or the session is gone that began it without `persist`. The time is the lab's clock.
Sources: docs/sources.md, entry confirmed-commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.netconf import events
from agent.netconf.rpc_errors import RpcError, bad_parameter, unsupported
from yang.tree import Tree

if TYPE_CHECKING:
    from agent.netconf.call import Call

TIMEOUT = 600  # seconds  # source: confirmed-commit
LONGEST = 4_294_967_295


@dataclass(frozen=True, slots=True)
class Confirming:
    """A commit that waits to be confirmed. `before` is the root it will go back to."""

    before: Tree
    deadline: Instant
    session_id: int
    persist: str | None = None

    def ends_with(self, session_id: int) -> bool:
        """Is this session the only one that could have confirmed?"""
        return self.persist is None and self.session_id == session_id


@dataclass(frozen=True, slots=True)
class Wish:
    """What a commit says about confirming."""

    confirmed: bool
    timeout: int
    persist: str | None
    persist_id: str | None


def wish_of(call: Call) -> Wish:
    """Read the parameters of a commit. Raises RpcError."""
    names = ("confirmed", "confirm-timeout", "persist", "persist-id")
    if not call.server.announces_confirmed:
        call.only()
        return Wish(False, TIMEOUT, None, None)
    call.only(*names)
    given = call.text("confirm-timeout")
    if given is not None and not (given.isascii() and given.isdigit() and _fits(given)):
        raise bad_parameter("commit", "confirm-timeout", given)
    return Wish(
        confirmed=call.parameter("confirmed") is not None,
        timeout=TIMEOUT if given is None else int(given),
        persist=call.text("persist"),
        persist_id=call.text("persist-id"),
    )


def check(call: Call, wish: Wish) -> None:
    """May this session commit at all while another commit waits? Raises RpcError."""
    waiting = call.server.confirming
    if wish.persist_id is not None and (waiting is None or waiting.persist != wish.persist_id):
        raise bad_parameter("commit", "persist-id", wish.persist_id)
    if waiting is None or wish.persist_id is not None:
        return
    if waiting.persist is not None or waiting.session_id != call.session.number:
        info = (("session-id", str(waiting.session_id)),)
        raise RpcError("application", "in-use", "a confirmed commit is waiting", info=info)


def committed(call: Call, wish: Wish, before: Tree) -> None:
    """Running is what was to be committed; `before` is what it was."""
    server, waiting, session = call.server, call.server.confirming, call.session
    if not wish.confirmed:
        server.confirming = None
        if waiting is not None:
            server.tell(events.confirmed_commit(session, "complete", None), call.now)
        return
    server.confirming = Confirming(
        before=before if waiting is None else waiting.before,
        deadline=call.now + wish.timeout * 1000,
        session_id=session.number,
        persist=wish.persist,
    )
    what = "start" if waiting is None else "extend"
    server.tell(events.confirmed_commit(session, what, wish.timeout), call.now)


def cancel_commit(call: Call) -> bytes:
    """`cancel-commit`: running goes back at once."""
    if not call.server.announces_confirmed:
        raise unsupported("cancel-commit")
    call.only("persist-id")
    waiting, given = call.server.confirming, call.text("persist-id")
    if given is not None and (waiting is None or waiting.persist != given):
        raise bad_parameter("cancel-commit", "persist-id", given)
    if waiting is None:
        path = "/nc:rpc/nc:cancel-commit"
        raise RpcError("application", "operation-failed", "no confirmed commit is waiting", path)
    if given is None and not waiting.ends_with(call.session.number):
        raise bad_parameter("cancel-commit", "persist-id", "")
    call.server.take_back(call.now, "cancel", call.session)
    return b"<ok/>"


def _fits(digits: str) -> bool:
    return len(digits) <= 10 and 1 <= int(digits) <= LONGEST
