"""Whole configurations: `configure replace`, `show archive` and its comparisons.

A configuration that replaces another is read onto the factory's, so what it does not say is gone
afterwards. The rollback timer is not kept: nothing is ever pending.
Sources: docs/sources.md, entry config-replace.
"""

from __future__ import annotations

from agent.cli import config_diff
from agent.cli.handlers import files
from agent.cli.handlers.copy import edits_between, read_onto
from agent.cli.handlers.files import RUNNING, STARTUP
from agent.cli.reply import Args, Ask, Change, Context, Handler, Reply, Result
from agent.core.dates import log_stamp
from agent.device.files import FileFault
from yang.tree import get

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
NOT_ENABLED = "Archive feature not enabled\n"
NEEDS_ARCHIVE = "%Please turn config archive on before using revert trigger\n"
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
_PATH = ("native", "archive", "path")


def replace(context: Context, args: Args) -> Result:
    """`configure replace FILE [list] [force [revert trigger error]]`."""
    device = context.device
    if "revert" in args and not get(device.datastore.running, _PATH):
        return Reply(NEEDS_ARCHIVE)
    path = str(args["path"])
    text = files.text_of(device, path)
    if isinstance(text, FileFault):
        return files.cannot_open(device, path, text)
    if "force" in args:
        return _replace(context, text, args)

    def answered(given: str) -> Result:
        return _replace(context, text, args) if given.strip().lower() in ("y", "yes") else Reply()

    return Ask(WARNING, answered)


def _replace(context: Context, text: str, args: Args) -> Result:
    device = context.device
    wanted, refused = read_onto(context, text, device.factory_root())
    if refused:
        lines = "".join(f"{line.line}\n" for line in refused)
        if "revert" in args:
            return Reply(RESTORED.format(lines=lines))
        return Reply(FAILED.format(lines=lines))
    before = files.PRINTED[RUNNING](device)
    edits = edits_between(device.datastore.running, wanted)
    says = DONE.format(passes=1 if edits else 0)
    if "list" in args:
        shown = config_diff.differences(before, text).replace(config_diff.HEAD, config_diff.LIST)
        says = f"{shown}\nend\n\n{says}"
    return Change(edits, f"\n{says}" if edits else says)


def confirm(context: Context, args: Args) -> Result:
    """`configure confirm`."""
    return Reply(NO_PENDING)


def timer(context: Context, args: Args) -> Result:
    """`show archive config rollback timer`."""
    return Reply(NO_PENDING)


def archive(context: Context, args: Args) -> Result:
    """`show archive`: nothing is archived by itself here."""
    device = context.device
    path = get(device.datastore.running, _PATH)
    if not path:
        return Reply(NOT_ENABLED)
    most = get(device.datastore.running, ("native", "archive", "maximum"), 10)
    at = log_stamp(device.local_time(context.now)).replace(" ", "-")
    rows = [f"   {number:<10}" for number in range(1, most + 1)]
    return Reply(
        f"The maximum archive configurations allowed is {most}.\n"
        "There are currently 0 archive configurations saved.\n"
        f"The next archive file will be named {path}-{at}-0\n"
        " Archive #  Name\n" + "\n".join(rows)
    )


def differences(context: Context, args: Args) -> Result:
    """`show archive config differences [FILE [FILE]]`: by default what runs and what is saved."""
    first, second = str(args.get("first", "")), str(args.get("second", ""))
    if not first:
        first, second = RUNNING, STARTUP
    elif not second:
        second = RUNNING
    texts = []
    for path in (first, second):
        text = files.text_of(context.device, path)
        if isinstance(text, FileFault):
            return files.cannot_open(context.device, path, text)
        texts.append(text)
    return Reply(config_diff.differences(*texts))


def incremental(context: Context, args: Args) -> Result:
    """`show archive config incremental-diffs FILE [ignorecase]`."""
    path = str(args["first"])
    text = files.text_of(context.device, path)
    if isinstance(text, FileFault):
        return files.cannot_open(context.device, path, text)
    running = files.PRINTED[RUNNING](context.device)
    return Reply(config_diff.incremental(running, text, "ignorecase" in args))


HANDLERS: dict[str, Handler] = {
    "replace.replace": replace,
    "replace.confirm": confirm,
    "replace.timer": timer,
    "replace.archive": archive,
    "replace.differences": differences,
    "replace.incremental": incremental,
}
