"""`license smart ...` of privileged EXEC: what the user tells the Smart Agent.

Each command is an event; the agent's Answer is what is printed, and mostly it is nothing.
Sources: docs/sources.md, entries license-exec, save-usage, import-success, factory-reset.
"""

from __future__ import annotations

from agent.cli.reply import Args, Context, Handler, Reply, Result
from agent.core.clock import DAY, Instant
from agent.device.device import Device
from agent.device.files import FileFault
from agent.engine.config import Transport
from agent.engine.events import (
    EventlogCleared,
    FactoryResetAsked,
    FileImported,
    Scope,
    SyncAsked,
    UsageSaved,
)
from agent.engine.state import RumReport, RumState
from agent.protocol.codec import UsageFile, write_usage_file

NOT_FOUND = "The requested item was not found"
RESET = '%Warning: reload required after "license smart factory reset" command'
NOT_CONFIGURED = "The transport type needed is not configured"
NOT_SUPPORTED = "The requested operation is not supported"
_UNREPORTED = (RumState.OPEN, RumState.CLOSED)


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
    """Open reports that are asked for are closed first, then all go to the file; prints nothing."""
    device, path = context.device, str(args["file"])
    wanted = [r.report_id for r in device.agent.state.reports.values() if _asked(r, args, context)]
    if not wanted:
        return Reply(NOT_FOUND)
    name = device.files.check(path, "")
    if isinstance(name, FileFault):
        return Reply(f"%Error opening {path} ({name.value})")
    answer = device.handle(UsageSaved(path), context.now)
    fault = device.write_file(path, _usage_text(device, wanted, context.now), context.now)
    if fault:
        return Reply(f"%Error opening {path} ({fault.value})")
    return Reply(answer)


def trust(context: Context, args: Args) -> Result:
    """Trust by ID token needs direct access to CSSM, which this device's transports do not give."""
    if context.device.agent.state.config.transport is not Transport.SMART:
        return Reply(NOT_CONFIGURED)
    return Reply(NOT_SUPPORTED)


def _asked(report: RumReport, args: Args, context: Context) -> bool:
    match args["which"]:
        case "unreported":
            return report.state in _UNREPORTED
        case "days":
            since = context.now - int(args["days"]) * DAY
            return (report.closed or context.now) >= since
        case "rum-id":
            return report.report_id == int(args["report"])
    return True


def _usage_text(device: Device, wanted: list[int], now: Instant) -> str:
    reports = device.agent.state.reports
    signed = tuple(
        report.signed for number in wanted if (report := reports.get(number)) and report.signed
    )
    return write_usage_file(UsageFile(signed))


HANDLERS: dict[str, Handler] = {
    "license.clear_eventlog": clear_eventlog,
    "license.factory_reset": factory_reset,
    "license.import": import_file,
    "license.save_usage": save_usage,
    "license.sync": sync,
    "license.trust": trust,
}
