"""The operations of the base protocol, and the table that finds who answers an rpc.

`operation_for` is the one place that knows all operations: by namespace and name. Those that read
are here; those that write are in `editing`, those of the licensing modules in `licensing_rpcs`.
Sources: docs/sources.md, entries netconf-operations, lock-message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.netconf import (
    actions,
    confirm,
    editing,
    exec_rpcs,
    licensing_rpcs,
    monitoring,
    nmda,
    partial,
    subscribing,
)
from agent.netconf.call import OK, Call
from agent.netconf.data import config_reply, state_reply
from agent.netconf.rpc_errors import RpcError, bad_parameter, missing
from agent.netconf.server import CANDIDATE, RUNNING, Lock
from agent.netconf.subscriptions import NOTIFICATION, SUBSCRIBED
from yang.edit_attributes import BASE
from yang.xml import name_of

Handler = Callable[[Call], bytes]


def operation_for(call: Call) -> Handler:
    """Who answers. Raises RpcError for an operation that is not there."""
    name = name_of(call.operation)
    handler = HANDLERS.get(name)
    if handler is None:
        span, newer = NEWER.get(name, ("..", None))
        handler = newer if call.server.device.release.within(span) else None
    if handler is not None:
        return handler
    if name in call.schema.rpcs:
        return licensing_rpcs.handler_for(name)
    info = (("bad-element", name[1]),)
    raise RpcError("protocol", "unknown-element", path="/nc:rpc", info=info)


def get(call: Call) -> bytes:
    call.only("filter", "with-defaults")
    call.check_defaults()
    return state_reply(call, call.parameter("filter"))


def get_config(call: Call) -> bytes:
    call.only("source", "filter", "with-defaults")
    call.check_defaults()
    return config_reply(call, call.datastore("source"), call.parameter("filter"))


def lock(call: Call) -> bytes:
    call.only("target")
    target = call.datastore("target")
    server = call.server
    held = server.locks.get(target)
    if held is not None:
        raise RpcError(
            "protocol",
            "lock-denied",
            server.lock_message(held),
            info=(("session-id", str(held.session_id)),),
        )
    if target == RUNNING:
        _must_not_be_in_parts(call)
    if target == CANDIDATE and server.candidate is not None:
        info = (("session-id", "0"),)
        message = "the candidate has changes that are not committed"
        raise RpcError("protocol", "lock-denied", message, info=info)
    server.locks[target] = Lock(call.session.number, call.now)
    return OK


def _must_not_be_in_parts(call: Call) -> None:
    """Raises lock-denied where running is locked in part, or waits for another's confirmation."""
    server = call.server
    for part in server.partial_locks.values():
        info = (("session-id", str(part.session_id)),)
        raise RpcError("protocol", "lock-denied", server.lock_message(part), info=info)
    waiting = server.confirming
    if waiting is not None and waiting.session_id != call.session.number:
        info = (("session-id", str(waiting.session_id if not waiting.persist else 0)),)
        message = "a confirmed commit is waiting"
        raise RpcError("protocol", "lock-denied", message, info=info)


def unlock(call: Call) -> bytes:
    call.only("target")
    target = call.datastore("target")
    held = call.server.locks.get(target)
    if held is None or held.session_id != call.session.number:
        path = "/nc:rpc/nc:unlock/nc:target"
        raise RpcError("application", "operation-failed", "the lock is not held", path)
    del call.server.locks[target]
    if target == CANDIDATE:
        call.server.candidate = None
    return OK


def close_session(call: Call) -> bytes:
    call.only()
    call.session.close(call.now)
    return OK


def kill_session(call: Call) -> bytes:
    call.only("session-id")
    given = call.text("session-id")
    if given is None:
        raise missing("kill-session", "session-id")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 11 else 0
    victim = call.server.sessions.get(number)
    if victim is None or victim is call.session:
        raise bad_parameter("kill-session", "session-id", given)
    victim.killed(call.now, killed_by=call.session.number)
    return OK


HANDLERS: Mapping[tuple[str, str], Handler] = {
    (BASE, "get"): get,
    (BASE, "get-config"): get_config,
    (BASE, "edit-config"): editing.edit_config,
    (BASE, "copy-config"): editing.copy_config,
    (BASE, "delete-config"): editing.delete_config,
    (BASE, "validate"): editing.validate,
    (BASE, "commit"): editing.commit,
    (BASE, "discard-changes"): editing.discard_changes,
    (BASE, "cancel-commit"): confirm.cancel_commit,
    (BASE, "lock"): lock,
    (BASE, "unlock"): unlock,
    (BASE, "close-session"): close_session,
    (BASE, "kill-session"): kill_session,
    (monitoring.NAMESPACE, "get-schema"): monitoring.get_schema,
    (actions.TAIL_F, "action"): actions.tail_f_action,
    (partial.NAMESPACE, "partial-lock"): partial.partial_lock,
    (partial.NAMESPACE, "partial-unlock"): partial.partial_unlock,
    (NOTIFICATION, "create-subscription"): subscribing.create_subscription,
    (subscribing.EVENTS, "establish-subscription"): subscribing.establish_push,
    (subscribing.EVENTS, "delete-subscription"): subscribing.delete_push,
}

# what older releases do not have, and since when
# source: subscribed-notifications (in the libraries of 17.12 and of 17.18), nmda (in that of 17.18)
NEWER: Mapping[tuple[str, str], tuple[str, Handler]] = {
    (SUBSCRIBED, "establish-subscription"): ("17.11..", subscribing.establish_stream),
    (SUBSCRIBED, "modify-subscription"): ("17.11..", subscribing.modify_stream),
    (SUBSCRIBED, "delete-subscription"): ("17.11..", subscribing.delete_stream),
    (SUBSCRIBED, "kill-subscription"): ("17.11..", subscribing.kill_stream),
    (actions.YANG, "action"): ("17.11..", actions.action),  # modules of YANG 1.1
    (nmda.NAMESPACE, "get-data"): ("17.16..", nmda.get_data),
    (nmda.NAMESPACE, "edit-data"): ("17.16..", nmda.edit_data_of),
    (exec_rpcs.NAMESPACE, "license"): ("17.4..", exec_rpcs.license_command),
}
