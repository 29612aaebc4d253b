"""Commands on the device's files: more, delete, erase.

`copy` is in copy.py, `verify` in verify.py, `write` in saving.py, what lists and makes
directories in directories.py. A stored configuration stands in `nvram:` as a file, though the
datastore keeps it. `file prompt quiet` leaves out every question here and in `copy`.
Sources: docs/sources.md, entries delete-dialogue, write-erase.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.cli.reply import Args, Ask, Context, Handler, Long, Reply, Result
from agent.cli.running_config import running_in_slices, startup_in_slices
from agent.device.device import Device
from agent.device.files import FileFault, normalised
from yang.slices import Slices, whole
from yang.tree import get

RUNNING, STARTUP = "running-config", "startup-config"
SAVED = "Building configuration...\n[OK]"
# assumed: the shape of the banner; its sentence is seen.
TRUST_BANNER = (
    "\n*************************************************************\n"
    "Erasing Nvram will not clear license trust code.\n"
    "*************************************************************\n"
)
ERASE = "Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]"
ERASED = "[OK]\nErase of nvram: complete"

_PRINTING: Mapping[str, Callable[[Device], Slices[str]]] = {
    RUNNING: running_in_slices,
    STARTUP: startup_in_slices,
}
# Files that are configurations, by normalised path.
_CONFIGURATIONS = {"nvram:/startup-config": STARTUP, "system:/running-config": RUNNING}


def confirms(key: str) -> bool:
    """Does this key confirm at `[confirm]`? Enter and y do."""
    return key in ("\r", "y", "Y")


def asks(device: Device) -> bool:
    """Does the device ask before it copies and deletes? `file prompt quiet` turns it off."""
    return bool(get(device.datastore.running, ("native", "file", "prompt")) != "quiet")


def known_as(device: Device, path: str) -> str:
    """The path as the device prints it: `flash:/x`; an unusable one as typed."""
    name = normalised(path)
    if configuration_of(path) or isinstance(name, FileFault):
        return path
    system, colon, _ = path.partition(":")
    return f"{system.lower() if colon else device.files.default}:/{name.partition('/')[2]}"


def configuration_of(path: str) -> str:
    """`running-config` or `startup-config` where the path is one of these; or empty."""
    if path in _PRINTING:
        return path
    system, _, name = path.partition(":")
    return _CONFIGURATIONS.get(f"{system.lower()}:/{name.strip('/')}", "")


def text_of(device: Device, path: str) -> str | FileFault:
    """The text of a file or of a configuration."""
    return whole(text_in_slices(device, path))


def text_in_slices(device: Device, path: str) -> Slices[str | FileFault]:
    """`text_of` in slices: a configuration may be long."""
    configuration = configuration_of(path)
    if configuration == STARTUP and device.datastore.startup is None:
        return FileFault.NO_SUCH_FILE
    if configuration:
        return (yield from _PRINTING[configuration](device))
    if path.lower() == "null:":
        return ""
    return device.files.read(path)


def cannot_open(device: Device, path: str, fault: FileFault) -> Reply:
    """The device's sentence about a file it cannot use."""
    return Reply(f"%Error opening {known_as(device, path)} ({fault.value})")


# --- erase --------------------------------------------------------------------------


def erase_startup(context: Context, args: Args) -> Result:
    """`write erase` and `erase startup-config`; trust codes stay."""

    def answered(key: str) -> Result:
        if not confirms(key):
            return Reply()
        context.device.erase_startup(context.now)
        return Reply(ERASED)

    return Ask(TRUST_BANNER + ERASE, answered, one_key=True)


# --- more ----------------------------------------------------------------------------------


def more(context: Context, args: Args) -> Result:
    """`more FILE`: its text; pipes apply."""
    return Long(_more(context.device, str(args["path"])))


def _more(device: Device, path: str) -> Slices[str]:
    text = yield from text_in_slices(device, path)
    if isinstance(text, FileFault):
        return cannot_open(device, path, text).text
    return text.replace("\r\n", "\n").removesuffix("\n")


# --- delete -----------------------------------------------------------------------------------


def delete(context: Context, args: Args) -> Result:
    """`delete [/recursive] [/force] FILE`: the name is asked for, then confirmed."""
    path, whole = str(args["path"]), "recursive" in args
    if "force" in args or not asks(context.device):
        return _delete(context, path, whole)
    system, colon, name = path.rpartition(":")

    def named(given: str) -> Result:
        chosen = given.strip() or name.strip("/")
        target = chosen if ":" in chosen else f"{system}{colon}{chosen}"

        def confirmed(key: str) -> Result:
            if confirms(key):
                return _delete(context, target, whole)
            # assumed: the sentence of a deletion that was not confirmed
            return Reply(f"Delete of {known_as(context.device, target)} aborted!")

        return Ask(f"Delete {known_as(context.device, target)}? [confirm]", confirmed, one_key=True)

    return Ask(f"Delete filename [{name.strip('/')}]? ", named)


def _delete(context: Context, path: str, whole: bool) -> Result:
    """Delete a file; a directory only as a `whole`, with all in it."""
    device = context.device
    if configuration_of(path) == STARTUP:
        device.erase_startup(context.now)
        return Reply()
    if device.files.is_directory(path) and not whole:
        fault: FileFault | None = FileFault.IS_DIRECTORY
    else:
        for name, _ in device.files.listing(path):
            _delete(context, f"{path}/{name}", whole)
        fault = device.delete_file(path, context.now)
    if fault is None:
        return Reply()
    return Reply(f"%Error deleting {known_as(device, path)} ({fault.value})")


HANDLERS: dict[str, Handler] = {
    "files.delete": delete,
    "files.erase_startup": erase_startup,
    "files.more": more,
}
