"""The operations of cisco-ia: on the device and its configuration as a whole.

A rollback is `configure replace`: the file is read onto the factory's configuration, and what it
does not say is gone. With a `revert-timer` the device goes back by itself unless `configure
confirm` is given; `revert` does it at once, or sets another time.
Sources: docs/sources.md, entries save-config, config-replace, revert-timer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.cli import archive
from agent.cli.handlers import replace
from agent.cli.handlers.files import text_of
from agent.core.secrets import new_salt
from agent.device.config import grammar_of
from agent.device.config_text import read_config
from agent.device.files import FileFault
from agent.device.inputs import Reverting, RevertTimed
from agent.device.revert_timer import LONGEST_MINUTES
from agent.netconf.call import Call
from agent.netconf.editing import put
from agent.netconf.rpc_errors import IA, RpcError
from agent.netconf.server import CANDIDATE, RUNNING, yang_time
from yang.edit_attributes import BASE
from yang.tree import Tree, Value

Output = Mapping[str, Value]
NEWER = "17.11.."  # is-syncing tells more


def save_config(call: Call, given: Tree) -> Output:
    """Running becomes startup."""
    call.server.device.save(call.now, call.session.user)
    return _result("Save running-config successful")


def checkpoint(call: Call, given: Tree) -> Output:
    """Running goes to the archive; the result is its file's name. # assumed: words of failures"""
    device = call.server.device
    path = archive.path_of(device)
    if not path:
        raise _failed(call, "operation-failed", archive.NOT_ENABLED)
    name = archive.save(device, call.now)
    if isinstance(name, FileFault):
        raise _failed(call, "operation-failed", f"%Error opening {path} ({name.value})")
    return _result(name)


def rollback(call: Call, given: Tree) -> Output:
    """Running becomes what a file says. # assumed: the results"""
    server, path = call.server, str(given["target-url"])
    minutes = _minutes(call, given, "revert-timer")
    server.must_be_free(RUNNING, call.session.number, call.now)
    device = server.device
    text = text_of(device, path)
    if isinstance(text, FileFault):
        raise _failed(call, "invalid-value", f"%Error opening {path} ({text.value})")
    salts, grammar = device.salts(), grammar_of(device.profile, device.release, device.model)
    read = read_config(text, grammar, device.factory_root(), lambda: new_salt(salts))
    if read.refused:
        lines = ", ".join(line.line.strip() for line in read.refused)
        raise _failed(call, "operation-failed", f"Rollback aborted after 1 passes: {lines}")
    backup = _backup(call) if minutes else ""
    put(call, RUNNING, read.root)
    if minutes:
        device.take(RevertTimed(backup, minutes, call.session.user), call.now)
    return _result("Rollback Done")


def _backup(call: Call) -> str:
    """Archive what runs; returns the file's name. Raises RpcError where there is no archive."""
    device = call.server.device
    if device.reverting is not None:
        raise _failed(call, "operation-failed", replace.PENDING)
    if not archive.path_of(device):
        raise _failed(call, "operation-failed", replace.NEEDS_ARCHIVE)
    name = archive.backed_up(device, call.now)
    if isinstance(name, FileFault):
        path = archive.path_of(device)
        raise _failed(call, "operation-failed", f"%Error opening {path} ({name.value})")
    return name


def revert(call: Call, given: Tree) -> Output:
    """Undo at once what waits for its confirmation, or set another time for that."""
    device, user = call.server.device, call.session.user
    pending = device.reverting
    if pending is None:
        return _result("No Rollback Confirmed Change pending")
    timer, idle = _minutes(call, given, "timer"), _minutes(call, given, "idle")
    if timer or idle:
        device.take(RevertTimed(pending.file, timer or idle, user, not timer), call.now)
        return _result("Rollback Confirmed Change timer set")  # assumed
    call.server.must_be_free(RUNNING, call.session.number, call.now)
    device.take(Reverting(False, user), call.now)
    return _result("Rollback Done")


def _minutes(call: Call, given: Tree, name: str) -> int:
    """A timer's minutes; 0 where there is none. Raises RpcError for what no timer takes."""
    value = given.get(name)
    if value is None:
        return 0
    minutes = int(str(value))
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise _failed(call, "invalid-value", f'"{minutes}" is not a valid value.')
    return minutes


def sync_from(call: Call, given: Tree) -> Output:
    # assumed: the text; the datastore is the device's own, so there is nothing to read anew
    return _result("Successfully Synced From Device")


def is_syncing(call: Call, given: Tree) -> Output:
    """Nothing is ever being read, for there is one datastore."""
    server, result = call.server, _result("No sync in progress")  # assumed: the text
    if not server.device.release.within(NEWER):
        return result
    return {
        **result,
        "syncing": False,
        "syncs-pending": False,
        "running-datastore-locked": RUNNING in server.locks,
        "candidate-datastore-locked": CANDIDATE in server.locks,
        "candidate-datastore-dirty": server.candidate is not None,
    }


def session_id(call: Call, given: Tree) -> Output:
    return _result(str(call.session.number))


def current_time(call: Call, given: Tree) -> Output:
    device = call.server.device
    return _result(yang_time(call.now, device.zone, device.clock_offset_ms))


def _result(text: str) -> Output:
    return {"result": text}


def _failed(call: Call, tag: str, message: str) -> RpcError:
    path = f"/nc:rpc/cisco-ia:{call.name}"
    return RpcError(
        "application", tag, message.strip(), path, namespaces={"nc": BASE, "cisco-ia": IA}
    )


RPCS: Mapping[str, Callable[[Call, Tree], Output]] = {
    "save-config": save_config,
    "checkpoint": checkpoint,
    "rollback": rollback,
    "revert": revert,
    "sync-from": sync_from,
    "is-syncing": is_syncing,
    "netconf-session-id": session_id,
    "current-time": current_time,
}
