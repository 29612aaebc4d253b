"""`license smart ...` of privileged EXEC: what the user tells the Smart Agent.

Each command is an event; the agent's Answer is what is printed, and mostly it is nothing.
Sources: docs/sources.md, entries license-exec, save-usage, import-success, factory-reset.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.cli.handlers import licence_files
from agent.cli.reply import Args, Context, Handler, Reply, Result
from agent.engine.events import (
    AuthorizationAsked,
    AuthorizationRequestSaved,
    AuthorizationReturned,
    Event,
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
    def arrived(text: str) -> Result:
        return Reply(context.device.handle(FileImported(text), context.now))

    return licence_files.read(context, str(args["file"]), arrived)


def save_usage(context: Context, args: Args) -> Result:
    """Open reports are closed first, then those asked for go to the file; prints nothing."""
    number = int(args.get("days") or args.get("report") or 0)

    def to(path: str) -> Event:
        room = context.device.files.room(path)
        return UsageSaved(path, SavedUsage(args["which"]), number, room)

    return _save(context, str(args["file"]), to)


def save_trust_request(context: Context, args: Args) -> Result:
    return _save(context, str(args["file"]), TrustRequestSaved)


def _save(context: Context, path: str, event: Callable[[str], Event]) -> Result:
    """A path that cannot be written closes no report."""

    def save(local: str) -> str:
        return context.device.handle(event(local), context.now)

    return licence_files.write(context, path, save)


def authorization_request(context: Context, args: Args) -> Result:
    event = AuthorizationAsked(str(args["feature"]), Scope(args["scope"]), "add" in args)
    return Reply(context.device.handle(event, context.now))


def authorization_save(context: Context, args: Args) -> Result:
    return _save(context, str(args["file"]), AuthorizationRequestSaved)


def authorization_return(context: Context, args: Args) -> Result:
    """The codes are gone when the return codes are printed."""
    scope, path = Scope(args["scope"]), str(args.get("file", ""))
    if not path:
        event = AuthorizationReturned(scope, path, online="online" in args)
        return Reply(context.device.handle(event, context.now))
    return _save(context, path, lambda local: AuthorizationReturned(scope, local))


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
