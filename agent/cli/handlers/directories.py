"""What lists file systems and changes their directories: dir, cd, mkdir, rename, show flash: ...

A stored configuration stands in `nvram:` as a file, though the datastore keeps it.
Sources: docs/sources.md, entries dir-layout, directory-dialogues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.cli.handlers.files import STARTUP, asks, cannot_open, confirms, known_as
from agent.cli.reply import Args, Ask, Context, Handler, Later, Reply, Result
from agent.cli.running_config import startup_in_slices
from agent.core.clock import Instant
from agent.core.dates import MONTHS, Zone, local
from agent.device.device import Device
from agent.device.files import File, FileFault
from yang.slices import Slices

NO_DATE = "<no date>"
NO_FILES = "No files in directory"


# --- what lists -------------------------------------------------------------------------------


def directory(context: Context, args: Args) -> Result:
    """`dir [/all] [/recursive] [FILE-SYSTEM:[PATH]]`; the default is the device's own flash."""
    device = context.device
    typed = str(args.get("place", context.session.directory or f"{device.files.default}:"))
    system, colon, name = typed.partition(":")
    if not colon:
        system, name = device.files.default, typed
    system = system.lower()
    if not device.files.total(f"{system}:"):
        return cannot_open(device, typed, FileFault.NO_SUCH_DEVICE)
    name = name.strip("/")

    def weighed(stored: int) -> Result:
        parts = _lists(device, system, name, "recursive" in args, stored)
        if not parts:
            return cannot_open(device, f"{system}:{name}", FileFault.NO_SUCH_FILE)
        return Reply("\n\n".join([*parts, _room(device, system, stored)]))

    return Later(_startup_size(device), weighed) if system == "nvram" else weighed(0)


def all_file_systems(context: Context, args: Args) -> Result:
    """`dir all-filesystems`: one after the other."""
    device = context.device

    def weighed(stored: int) -> Result:
        parts = []
        for system in (device.files.default, "nvram"):
            parts += [*_lists(device, system, "", False, stored), _room(device, system, stored)]
        return Reply("\n\n".join(parts))

    return Later(_startup_size(device), weighed)


def _lists(device: Device, system: str, name: str, deep: bool, stored: int) -> list[str]:
    """The heading and rows of a directory or of one file; `deep` lists what lies below too.

    `stored` is the size of the startup configuration, which lies in `nvram:`.
    """
    path = f"{system}:/{name}"
    rows = _rows(device, path, stored)
    if not device.files.is_directory(path):
        above, _, last = name.rpartition("/")
        rows = {n: r for n, r in _rows(device, f"{system}:/{above}", stored).items() if n == last}
        return [f"Directory of {path}\n\n{rows[last]}"] if rows else []
    shown = "\n".join(rows.values()) or NO_FILES
    parts = [f"Directory of {path}{'/' if name else ''}\n\n{shown}"]
    for found, file in device.files.listing(path) if deep else ():
        if file.is_directory:
            parts += _lists(device, system, f"{name}/{found}".strip("/"), deep, stored)
    return parts


def _rows(device: Device, path: str, stored: int) -> dict[str, str]:
    """The rows of a directory by name."""
    rows = {
        name: _row(file.index, file.size, _date(file.modified, device.zone), name, file)
        for name, file in device.files.listing(path)
    }
    if path == "nvram:/" and device.datastore.startup is not None:
        # assumed: the number of the startup configuration in nvram:
        rows[STARTUP] = _row(1, stored, f"{NO_DATE:>27}", STARTUP)
    return rows


def _row(index: int, size: int, date: str, name: str, file: File | None = None) -> str:
    kind = "drwx" if file is not None and file.is_directory else "-rw-"
    return f"{index:5d}  {kind}  {size:10d}  {date}  {name}"


def _room(device: Device, system: str, stored: int) -> str:
    total, free = device.files.total(f"{system}:"), _free(device, system, stored)
    return f"{total} bytes total ({free} bytes free)"


def _startup_size(device: Device) -> Slices[int]:
    if device.datastore.startup is None:
        return 0
    return len((yield from startup_in_slices(device)).encode())


def _free(device: Device, system: str, stored: int) -> int:
    """Bytes not used; the startup configuration lies in `nvram:`."""
    free = device.files.free(f"{system}:")
    return free - stored if system == "nvram" else free


def _date(at: Instant, zone: Zone, fraction: str = "") -> str:
    """`Dec 22 2021 07:05:46 +00:00`; `at` is on the device's own calendar."""
    time, zone = local(at, zone), zone.at(at)
    sign = "-" if zone.offset_minutes < 0 else "+"
    hours, minutes = divmod(abs(zone.offset_minutes), 60)
    month = MONTHS[time.month - 1]
    return f"{month} {time:%d %Y %H:%M:%S}{fraction} {sign}{hours:02d}:{minutes:02d}"


def show_flash(context: Context, args: Args) -> Result:
    """`show flash:`: all files and directories in one list. # assumed: its columns"""
    device = context.device
    rows = ["-#- --length-- ---------date/time--------- path"]
    for number, (path, file) in enumerate(_below(device, f"{device.files.default}:/", ""), 1):
        date = _date(file.modified, device.zone, ".0000000000")
        rows.append(f"{number:3d} {file.size:10d} {date} {path}")
    free = device.files.free(f"{device.files.default}:")
    used = device.files.total(f"{device.files.default}:") - free
    return Reply("\n".join([*rows, "", f"{free} bytes available ({used} bytes used)"]))


def _below(device: Device, path: str, head: str) -> Iterator[tuple[str, File]]:
    for name, file in device.files.listing(path):
        yield head + name, file
        if file.is_directory:
            yield from _below(device, f"{path}/{name}", f"{head}{name}/")


def file_systems(context: Context, args: Args) -> Result:
    """`show file systems`: the star marks the default one."""
    device = context.device
    return Later(_startup_size(device), lambda stored: _systems(device, stored))


def _systems(device: Device, stored: int) -> Result:
    # assumed: which file systems a device lists besides its own two, and their flags.
    head = "File Systems:\n\n       Size(b)       Free(b)      Type  Flags  Prefixes\n"
    files = device.files
    rows = [_system_row("-", "-", "opaque", "rw", " ", "system:")]
    names = {"disk": ("flash:", "bootflash:"), "nvram": ("nvram:",)}
    for kind, prefixes in names.items():
        ordered = sorted(prefixes, key=lambda prefix: prefix != f"{files.default}:")
        total, free = files.total(ordered[0]), _free(device, ordered[0].rstrip(":"), stored)
        mark = "*" if kind == "disk" else " "
        rows.append(_system_row(str(total), str(free), kind, "rw", mark, " ".join(ordered)))
    rows += [
        _system_row("-", "-", "network", "rw", " ", f"{s}:")
        for s in ("tftp", "http", "scp", "https")
    ]
    return Reply(head + "\n".join(rows))


def _system_row(total: str, free: str, kind: str, flags: str, mark: str, prefixes: str) -> str:
    return f"{mark}{total:>13} {free:>13} {kind:>9} {flags:>6}   {prefixes}"


# --- where one is -----------------------------------------------------------------------------


def present(context: Context, args: Args) -> Result:
    """`pwd`."""
    return Reply(context.session.directory or f"{context.device.files.default}:/")


def change(context: Context, args: Args) -> Result:
    """`cd [DIRECTORY]`: for this session; `..` is the directory above, nothing the default one."""
    files, session = context.device.files, context.session
    system, colon, name = str(args.get("path", "")).rpartition(":")
    system = system.lower() if colon else files.default
    steps: list[str] = []
    for step in name.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    path = f"{system}:/{'/'.join(steps)}"
    if not files.total(f"{system}:"):
        return cannot_open(context.device, path, FileFault.NO_SUCH_DEVICE)
    if not files.is_directory(path):
        fault = FileFault.NOT_DIRECTORY if files.exists(path) else FileFault.NO_SUCH_FILE
        return Reply(f"%Error changing dir {path} ({fault.value})")  # assumed: the sentence
    session.directory = "" if path == f"{files.default}:/" else path.rstrip("/")
    return Reply()


# --- what changes -----------------------------------------------------------------------------


def make(context: Context, args: Args) -> Result:
    """`mkdir DIRECTORY`."""

    def done(path: str) -> Result:
        fault = context.device.write_file(path, None, context.now)
        shown = known_as(context.device, path)
        if fault is not None:
            return Reply(f"%Error Creating dir {shown} ({fault.value})")
        return Reply(f"Created dir {shown}")

    return _named(context, str(args["path"]), "Create directory filename", done)


def remove(context: Context, args: Args) -> Result:
    """`rmdir DIRECTORY`: an empty one goes after a confirmation."""
    device = context.device

    def removed(path: str) -> Result:
        fault: FileFault | None = FileFault.NOT_DIRECTORY
        if device.files.is_directory(path) or not device.files.exists(path):
            fault = device.delete_file(path, context.now)
        shown = known_as(device, path)
        if fault is not None:
            return Reply(f"%Error Removing dir {shown} ({fault.value})")
        return Reply(f"Removed dir {shown}")

    def done(path: str) -> Result:
        if not asks(device):
            return removed(path)
        question = f"Delete {known_as(device, path)}? [confirm]"
        return Ask(question, lambda key: removed(path) if confirms(key) else Reply(), one_key=True)

    return _named(context, str(args["path"]), "Remove directory filename", done)


def rename(context: Context, args: Args) -> Result:
    """`rename FILE NEW`: within a file system; a directory keeps its name."""
    device, source = context.device, str(args["path"])

    def done(target: str) -> Result:
        text = device.files.read(source)
        fault = text if isinstance(text, FileFault) else None
        if fault is None and device.files.exists(target):
            fault = FileFault.EXISTS
        if fault is None:
            fault = device.write_file(target, str(text), context.now)
        if fault is not None:
            return Reply(f"%Error renaming {known_as(device, source)} ({fault.value})")
        device.delete_file(source, context.now)
        return Reply()

    return _named(context, str(args["target"]), "Destination filename", done)


def _named(context: Context, path: str, question: str, then: Callable[[str], Result]) -> Result:
    """Ask for the name, offering the one typed; `then` gets the path."""
    system, colon, name = path.rpartition(":")
    if not asks(context.device):
        return then(path)

    def answered(given: str) -> Result:
        chosen = given.strip() or name.strip("/")
        return then(chosen if ":" in chosen else f"{system}{colon}{chosen}")

    return Ask(f"{question} [{name.strip('/')}]? ", answered)


HANDLERS: dict[str, Handler] = {
    "directories.all": all_file_systems,
    "directories.change": change,
    "directories.list": directory,
    "directories.make": make,
    "directories.present": present,
    "directories.remove": remove,
    "directories.rename": rename,
    "directories.show_flash": show_flash,
    "directories.systems": file_systems,
}
