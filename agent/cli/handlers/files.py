"""Commands on the device's file systems: dir, more, delete, verify, write, erase.

`copy` is in copy.py. A stored configuration stands in `nvram:` as a file, though the datastore
keeps it. `file prompt quiet` leaves out every question here and in `copy`.
Sources: docs/sources.md, entries dir-layout, delete-dialogue, verify-output, write-erase.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from agent.cli.reply import Args, Ask, Context, Handler, Reply, Result
from agent.cli.running_config import running_config, startup_config
from agent.core.clock import Instant
from agent.core.dates import MONTHS, Zone, local
from agent.device.device import Device
from agent.device.files import FileFault, normalised
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
NO_DATE = "<no date>"

PRINTED: Mapping[str, Callable[[Device], str]] = {
    RUNNING: running_config,
    STARTUP: startup_config,
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
    if path in PRINTED:
        return path
    system, _, name = path.partition(":")
    return _CONFIGURATIONS.get(f"{system.lower()}:/{name.strip('/')}", "")


def text_of(device: Device, path: str) -> str | FileFault:
    """The text of a file or of a configuration."""
    configuration = configuration_of(path)
    if configuration == STARTUP and device.datastore.startup is None:
        return FileFault.NO_SUCH_FILE
    if configuration:
        return PRINTED[configuration](device)
    if path.lower() == "null:":
        return ""
    return device.files.read(path)


def cannot_open(device: Device, path: str, fault: FileFault) -> Reply:
    """The device's sentence about a file it cannot use."""
    return Reply(f"%Error opening {known_as(device, path)} ({fault.value})")


# --- write and erase --------------------------------------------------------------------------


def write(context: Context, args: Args) -> Result:
    """`write memory`: no question."""
    context.device.save(context.now, context.session.line.who)
    return Reply(SAVED)


def erase_startup(context: Context, args: Args) -> Result:
    """`write erase` and `erase startup-config`; trust codes stay."""

    def answered(key: str) -> Result:
        if not confirms(key):
            return Reply()
        context.device.erase_startup(context.now)
        return Reply(ERASED)

    return Ask(TRUST_BANNER + ERASE, answered, one_key=True)


# --- dir and more -----------------------------------------------------------------------------


def directory(context: Context, args: Args) -> Result:
    """`dir [FILE-SYSTEM:[FILE]]`; the default is the device's own flash."""
    device = context.device
    files = device.files
    typed = str(args.get("place", f"{files.default}:"))
    system, colon, name = typed.partition(":")
    if not colon:
        system, name = files.default, typed
    if not files.total(f"{system}:"):
        return cannot_open(device, typed, FileFault.NO_SUCH_DEVICE)
    rows = _rows(device, system)
    wanted = name.strip("/")
    if wanted:
        rows = {found: row for found, row in rows.items() if found == wanted}
        if not rows:
            return cannot_open(device, f"{system}:{name}", FileFault.NO_SUCH_FILE)
    shown = "\n".join(rows.values()) if rows else "No files in directory"
    total, free = files.total(f"{system}:"), _free(device, system)
    return Reply(
        f"Directory of {system.lower()}:/{wanted}\n\n{shown}\n\n"
        f"{total} bytes total ({free} bytes free)"
    )


def _rows(device: Device, system: str) -> dict[str, str]:
    rows = {
        name: _row(file.index, file.size, _date(file.modified, device.zone), name)
        for name, file in device.files.listing(f"{system}:")
    }
    if system.lower() == "nvram" and device.datastore.startup is not None:
        # assumed: the number of the startup configuration in nvram:
        size = _startup_size(device)
        rows[STARTUP] = _row(1, size, f"{NO_DATE:>27}", STARTUP)
    return rows


def _startup_size(device: Device) -> int:
    return len(startup_config(device).encode()) if device.datastore.startup is not None else 0


def _free(device: Device, system: str) -> int:
    """Bytes not used; the startup configuration lies in `nvram:`."""
    free = device.files.free(f"{system}:")
    return free - _startup_size(device) if system.lower() == "nvram" else free


def _row(index: int, size: int, date: str, name: str) -> str:
    return f"{index:5d}  -rw-  {size:10d}  {date}  {name}"


def _date(at: Instant, zone: Zone) -> str:
    """`Dec 22 2021 07:05:46 +00:00`; `at` is on the device's own calendar."""
    time, zone = local(at, zone), zone.at(at)
    sign = "-" if zone.offset_minutes < 0 else "+"
    hours, minutes = divmod(abs(zone.offset_minutes), 60)
    month = MONTHS[time.month - 1]
    return f"{month} {time:%d %Y %H:%M:%S} {sign}{hours:02d}:{minutes:02d}"


def file_systems(context: Context, args: Args) -> Result:
    """`show file systems`: the star marks the default one."""
    # assumed: which file systems a device lists besides its own two, and their flags.
    head = "File Systems:\n\n       Size(b)       Free(b)      Type  Flags  Prefixes\n"
    files = context.device.files
    rows = [_system_row("-", "-", "opaque", "rw", " ", "system:")]
    names = {"disk": ("flash:", "bootflash:"), "nvram": ("nvram:",)}
    for kind, prefixes in names.items():
        ordered = sorted(prefixes, key=lambda prefix: prefix != f"{files.default}:")
        total, free = files.total(ordered[0]), _free(context.device, ordered[0].rstrip(":"))
        mark = "*" if kind == "disk" else " "
        rows.append(_system_row(str(total), str(free), kind, "rw", mark, " ".join(ordered)))
    rows += [
        _system_row("-", "-", "network", "rw", " ", f"{s}:")
        for s in ("tftp", "http", "scp", "https")
    ]
    return Reply(head + "\n".join(rows))


def _system_row(total: str, free: str, kind: str, flags: str, mark: str, prefixes: str) -> str:
    return f"{mark}{total:>13} {free:>13} {kind:>9} {flags:>6}   {prefixes}"


def more(context: Context, args: Args) -> Result:
    """`more FILE`: its text; pipes apply."""
    path = str(args["path"])
    text = text_of(context.device, path)
    if isinstance(text, FileFault):
        return cannot_open(context.device, path, text)
    return Reply(text.replace("\r\n", "\n").removesuffix("\n"))


# --- delete -----------------------------------------------------------------------------------


def delete(context: Context, args: Args) -> Result:
    """`delete [/force] FILE`: the name is asked for, then confirmed."""
    path = str(args["path"])
    if "force" in args or not asks(context.device):
        return _delete(context, path)
    system, colon, name = path.rpartition(":")

    def named(given: str) -> Result:
        chosen = given.strip() or name.strip("/")
        target = chosen if ":" in chosen else f"{system}{colon}{chosen}"

        def confirmed(key: str) -> Result:
            if confirms(key):
                return _delete(context, target)
            # assumed: the sentence of a deletion that was not confirmed
            return Reply(f"Delete of {known_as(context.device, target)} aborted!")

        return Ask(f"Delete {known_as(context.device, target)}? [confirm]", confirmed, one_key=True)

    return Ask(f"Delete filename [{name.strip('/')}]? ", named)


def _delete(context: Context, path: str) -> Result:
    if configuration_of(path) == STARTUP:
        context.device.erase_startup(context.now)
        return Reply()
    fault = context.device.delete_file(path, context.now)
    if fault is None:
        return Reply()
    return Reply(f"%Error deleting {known_as(context.device, path)} ({fault.value})")


# --- verify -----------------------------------------------------------------------------------


def verify(context: Context, args: Args) -> Result:
    """`verify /md5 FILE [VALUE]` and its kin: compute, and compare where a value was given."""
    path, kind = str(args["path"]), str(args["kind"])
    text = text_of(context.device, path)
    if isinstance(text, FileFault):
        return cannot_open(context.device, path, text)
    computed = hashlib.new(kind, text.encode()).hexdigest()
    # assumed: one dot for a file this small
    done = ".Done!\n"
    given = str(args.get("value", "")).lower()
    if not given:
        return Reply(f"{done}verify /{kind} ({path}) = {computed}")
    if given == computed:
        return Reply(f"{done}Verified ({path}) = {computed}")
    return Reply(
        f"{done}%Error verifying {path}\n"
        f"Computed signature  = {computed}\nSubmitted signature = {given}"
    )


HANDLERS: dict[str, Handler] = {
    "files.delete": delete,
    "files.directory": directory,
    "files.erase_startup": erase_startup,
    "files.file_systems": file_systems,
    "files.more": more,
    "files.verify": verify,
    "files.write": write,
}
