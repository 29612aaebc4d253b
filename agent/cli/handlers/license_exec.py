"""`license smart ...` of privileged EXEC: what the user tells the Smart Agent.

Each command is an event; the agent's Answer is what is printed, and mostly it is nothing.
Sources: docs/sources.md, entries license-exec, save-usage, import-success, factory-reset.
"""

from __future__ import annotations

from agent.cli.reply import Args, Context, Handler, Reply, Result
from agent.device.files import FileFault
from agent.engine.events import (
    AuthorizationAsked,
    AuthorizationRequestSaved,
    AuthorizationReturned,
    EventlogCleared,
    FactoryResetAsked,
    FileImported,
    SavedUsage,
    Scope,
    SyncAsked,
    TokenEntered,
    TrustRequestSaved,
    UsageSaved,
)
from agent.engine.saving import NOT_FOUND

RESET = '%Warning: reload required after "license smart factory reset" command'


def sync(context: Context, args: Args) -> Result:
    return Reply(context.device.handle(SyncAsked(Scope(args["scope"])), context.now))


def clear_eventlog(context: Context, args: Args) -> Result:
    return Reply(context.device.handle(EventlogCleared(), context.now))


def factory_reset(context: Context, args: Args) -> Result:
    """No question is asked; the user reloads afterwards."""
    return Reply(context.device.handle(FactoryResetAsked(), context.now) or RESET)


def import_file(context: Context, args: Args) -> Result:
    path = str(args["file"])
    text = context.device.files.read(path)
    if isinstance(text, FileFault):
        return Reply(f"%Error opening {path} ({text.value})")
    return Reply(context.device.handle(FileImported(text), context.now))


def save_usage(context: Context, args: Args) -> Result:
    """Open reports are closed first, then those asked for go to the file; prints nothing."""
    path, number = str(args["file"]), int(args.get("days") or args.get("report") or 0)
    room = context.device.files.room(path)
    return _save(context, path, UsageSaved(path, SavedUsage(args["which"]), number, room))


def save_trust_request(context: Context, args: Args) -> Result:
    path = str(args["file"])
    return _save(context, path, TrustRequestSaved(path))


_Saving = UsageSaved | TrustRequestSaved | AuthorizationRequestSaved | AuthorizationReturned


def _save(context: Context, path: str, event: _Saving) -> Result:
    """A path that cannot be written closes no report."""
    name = context.device.files.check(path, "")
    if isinstance(name, FileFault):
        return Reply(f"%Error opening {path} ({name.value})")
    return Reply(context.device.handle(event, context.now))


def authorization_request(context: Context, args: Args) -> Result:
    event = AuthorizationAsked(str(args["feature"]), Scope(args["scope"]), "add" in args)
    return Reply(context.device.handle(event, context.now))


def authorization_save(context: Context, args: Args) -> Result:
    path = str(args["file"])
    return _save(context, path, AuthorizationRequestSaved(path))


def authorization_return(context: Context, args: Args) -> Result:
    """The codes are gone when the return codes are printed."""
    path = str(args.get("file", ""))
    event = AuthorizationReturned(Scope(args["scope"]), path, online="online" in args)
    return _save(context, path or "flash:-", event)


def export_return(context: Context, args: Args) -> Result:
    """A key from before SLP is never there: the licence is authorized by codes now."""
    return Reply(NOT_FOUND)


def trust(context: Context, args: Args) -> Result:
    """Prints nothing: what comes of it is logged."""
    event = TokenEntered(str(args["token"]), Scope(args["scope"]), "force" in args)
    return Reply(context.device.handle(event, context.now))


HANDLERS: dict[str, Handler] = {
    "license.authorization_request": authorization_request,
    "license.authorization_return": authorization_return,
    "license.authorization_save": authorization_save,
    "license.clear_eventlog": clear_eventlog,
    "license.export_return": export_return,
    "license.factory_reset": factory_reset,
    "license.import": import_file,
    "license.save_trust_request": save_trust_request,
    "license.save_usage": save_usage,
    "license.sync": sync,
    "license.trust": trust,
}
