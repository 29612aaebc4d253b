"""Whole configurations: `configure replace`, `show archive` and its comparisons.

A configuration that replaces another is read onto the factory's, so what it does not say is gone
afterwards. A change with a timer is undone by the device unless it is confirmed.
Sources: docs/sources.md, entries config-replace, revert-timer.
"""

from __future__ import annotations

from agent.cli import archive, config_diff
from agent.cli.handlers import files
from agent.cli.handlers.copy import reading_onto
from agent.cli.handlers.files import RUNNING, STARTUP
from agent.cli.handlers.netconf_yang import config_locked
from agent.cli.handlers.terminal import BANNER
from agent.cli.reply import Args, Ask, Change, Context, Handler, Later, Long, Reply, Result
from agent.cli.running_config import running_in_slices
from agent.core.dates import config_date
from agent.device.config_text import ReadConfig
from agent.device.device import Device
from agent.device.files import FileFault
from agent.device.inputs import Reverting, RevertTimed
from yang.difference import edits_between
from yang.slices import Slices
from yang.tree import Tree

# source: config-replace # assumed: the sentences are recalled
WARNING = (
    "This will apply all necessary additions and deletions\n"
    "to replace the current running configuration with the\n"
    "contents of the specified configuration file, which is\n"
    "assumed to be a complete configuration, not a partial\n"
    "configuration. Enter Y if you are sure you want to proceed. ? [no]: "
)
DONE = "Total number of passes: {passes}\nRollback Done\n"
NO_PENDING = "%No Rollback Confirmed Change pending\n"
NEEDS_ARCHIVE = "%Please turn config archive on before using revert trigger\n"
PENDING = "%Rollback Confirmed Change already pending\n"  # assumed
BACKING_UP = "Rollback Confirmed Change: Backing up current running config to {file}\n"
TIMER = (
    "Time configured(or reconfigured): {at}\n"
    "Timer type: {kind} timer\n"
    "Timer value: {minutes} min\n"
    "User: {by}\n"
)
RESTORED = (
    "%Rollback aborted after 1 passes\n"
    "The following commands are failed to apply to the IOS image.\n"
    "********\n{lines}********\n\n"
    "The original configuration has been successfully restored.\n"
)
FAILED = (
    "The rollback configlet from the last pass is listed below:\n"
    "********\n{lines}********\n\n\n"
    "Rollback aborted after 1 passes\n"
)


def replace(context: Context, args: Args) -> Result:
    """`configure replace FILE [list] [force [revert [trigger error] [timer MINUTES]]]`."""
    device = context.device
    if ("revert" in args or "timer" in args) and not archive.path_of(device):
        return Reply(NEEDS_ARCHIVE)
    if "timer" in args and device.reverting is not None:
        return Reply(PENDING)
    path = str(args["path"])

    def printed(text: str | FileFault) -> Result:
        if isinstance(text, FileFault):
            return files.cannot_open(device, path, text)
        if "force" in args:
            return _replace(context, text, args)
        return Ask(WARNING, lambda given: answered(given, text))

    def answered(given: str, text: str) -> Result:
        return _replace(context, text, args) if given.strip().lower() in ("y", "yes") else Reply()

    return Later(files.text_in_slices(device, path), printed)


def _replace(context: Context, text: str, args: Args) -> Result:
    device = context.device

    def understood(read: ReadConfig) -> Result:
        if read.refused:
            lines = "".join(f"{line.line}\n" for line in read.refused)
            return Reply((RESTORED if "revert" in args else FAILED).format(lines=lines))
        if "list" in args:
            return Later(_listed(device, text), lambda listed: put(read.root, listed))
        return put(read.root, "")

    def put(wanted: Tree, listed: str) -> Result:
        backup = _begin(context, args)
        if isinstance(backup, FileFault):
            return files.cannot_open(device, archive.path_of(device), backup)
        edits = tuple(edits_between(device.datastore.running, wanted))
        says = listed + DONE.format(passes=1 if edits else 0)
        return Change(edits, backup + (f"\n{says}" if edits else says))

    return Later(reading_onto(context, text, device.factory_root()), understood)


def _listed(device: Device, text: str) -> Slices[str]:
    """What would be another, compared with what runs."""
    running = yield from running_in_slices(device)
    shown = yield from config_diff.comparing(running, text)
    return f"{shown.replace(config_diff.HEAD, config_diff.LIST)}\nend\n\n"


def _begin(context: Context, args: Args) -> str | FileFault:
    """Archive what runs and start the timer, where one is given; returns what is said of it."""
    if "timer" not in args and "idle" not in args:
        return ""
    device = context.device
    name = archive.backed_up(device, context.now)
    if isinstance(name, FileFault):
        return name
    minutes = int(args.get("timer") or args["idle"])
    timed = RevertTimed(name, minutes, context.session.line.who, idle="idle" in args)
    device.take(timed, context.now)
    return BACKING_UP.format(file=name)


def terminal(context: Context, args: Args) -> Result:
    """`configure terminal revert timer|idle MINUTES`."""
    device = context.device
    if not archive.path_of(device):
        return Reply(NEEDS_ARCHIVE)
    if device.reverting is not None:
        return Reply(PENDING)
    if (locked := config_locked(context)) is not None:
        return locked
    backup = _begin(context, args)
    if isinstance(backup, FileFault):
        return files.cannot_open(device, archive.path_of(device), backup)
    context.session.enter("config")
    return Reply(f"{backup}\n{BANNER}")


def confirm(context: Context, args: Args) -> Result:
    """`configure confirm`."""
    if context.device.reverting is None:
        return Reply(NO_PENDING)
    context.device.take(Reverting(True, context.session.line.who), context.now)
    return Reply()


def revert(context: Context, args: Args) -> Result:
    """`configure revert now`, or another time for it."""
    device, who = context.device, context.session.line.who
    pending = device.reverting
    if pending is None:
        return Reply(NO_PENDING)
    if "now" in args:
        device.take(Reverting(False, who), context.now)
    else:
        minutes = int(args.get("timer") or args["idle"])
        timed = RevertTimed(pending.file, minutes, who, idle="idle" in args)
        device.take(timed, context.now)
    return Reply()


def timer(context: Context, args: Args) -> Result:
    """`show archive config rollback timer`."""
    device, pending = context.device, context.device.reverting
    if pending is None:
        return Reply(NO_PENDING)
    at = config_date(device.local_time(pending.set_at), device.zone)
    kind = "idle" if pending.idle else "absolute"
    return Reply(TIMER.format(at=at, kind=kind, minutes=pending.minutes, by=pending.by))


def archived(context: Context, args: Args) -> Result:
    """`show archive`."""
    device = context.device
    path = archive.path_of(device)
    if not path:
        return Reply(archive.NOT_ENABLED)
    kept, most = archive.saved(device), archive.limit_of(device)
    names = [name for _, name in kept][-most:]
    rows = [f"   {number:<9}{name}" for number, name in enumerate(names, 1)]
    if rows:
        rows[-1] += " <- Most Recent"
    rows += [f"   {number:<9}" for number in range(len(rows) + 1, most + 1)]
    return Reply(
        f"The maximum archive configurations allowed is {most}.\n"
        f"There are currently {len(names)} archive configurations saved.\n"
        f"The next archive file will be named {path}-<timestamp>-{archive.next_number(device)}\n"
        " Archive #  Name\n" + "\n".join(rows)
    )


def keep(context: Context, args: Args) -> Result:
    """`archive config`."""
    device = context.device
    if not archive.path_of(device):
        return Reply(archive.NOT_ENABLED)

    def printed(text: str) -> Result:
        name = archive.keep(device, text, context.now)
        if isinstance(name, FileFault):
            return files.cannot_open(device, archive.path_of(device), name)
        return Reply()

    return Later(running_in_slices(device), printed)


def differences(context: Context, args: Args) -> Result:
    """`show archive config differences [FILE [FILE]]`: by default what runs and what is saved."""
    first, second = str(args.get("first", "")), str(args.get("second", ""))
    if not first:
        first, second = RUNNING, STARTUP
    elif not second:
        second = RUNNING
    return Long(_compared(context.device, (first, second)))


def _compared(device: Device, paths: tuple[str, str]) -> Slices[str]:
    texts = []
    for path in paths:
        text = yield from files.text_in_slices(device, path)
        if isinstance(text, FileFault):
            return files.cannot_open(device, path, text).text
        texts.append(text)
    return (yield from config_diff.comparing(*texts))


def incremental(context: Context, args: Args) -> Result:
    """`show archive config incremental-diffs FILE [ignorecase]`."""
    return Long(_lacking(context.device, str(args["first"]), "ignorecase" in args))


def _lacking(device: Device, path: str, ignore_case: bool) -> Slices[str]:
    text = yield from files.text_in_slices(device, path)
    if isinstance(text, FileFault):
        return files.cannot_open(device, path, text).text
    running = yield from running_in_slices(device)
    return (yield from config_diff.lacking(running, text, ignore_case))


HANDLERS: dict[str, Handler] = {
    "replace.replace": replace,
    "replace.confirm": confirm,
    "replace.revert": revert,
    "replace.terminal": terminal,
    "replace.timer": timer,
    "replace.archive": archived,
    "replace.keep": keep,
    "replace.differences": differences,
    "replace.incremental": incremental,
}
