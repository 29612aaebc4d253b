"""Commands on files and stored configurations: write, copy, erase.

`copy` knows the running and the startup configuration and the files of the device's own file
systems. A configuration is copied to a file as `show` prints it.
Sources: docs/sources.md, entries copy-dialogue, write-erase.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.cli.reply import Args, Ask, Change, Context, Handler, Reply, Result
from agent.cli.running_config import running_config, startup_config
from agent.core.secrets import new_salt
from agent.device.config_text import read_config
from agent.device.device import Device
from agent.device.files import FileFault, normalised
from yang.tree import Edit, Tree, get, walk

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


def write(context: Context, args: Args) -> Result:
    """`write memory`: no question."""
    context.device.save(context.now, context.session.line.who)
    return Reply(SAVED)


def copy(context: Context, args: Args) -> Result:
    """Ask for the name at the other end, offering the one typed."""
    source, target = str(args["source"]), str(args["destination"])
    offered = _name(target) or _name(source)

    def answered(given: str) -> Result:
        name = given.strip() or offered
        if target in (RUNNING, STARTUP) and name == offered:
            return _copy(context, source, target)
        system = target.partition(":")[0] if ":" in target else "nvram"
        return _copy(context, source, name if ":" in name else f"{system}:{name}")

    return Ask(f"Destination filename [{offered}]? ", answered)


def _name(path: str) -> str:
    """The file's name in a path; a configuration is its own name."""
    return path.rpartition(":")[2].strip("/")


def _copy(context: Context, source: str, target: str) -> Result:
    if source == RUNNING and target == STARTUP:
        return write(context, {})
    if target == STARTUP:
        return _refused(target, "Operation not supported")
    text = _read(context, source)
    if isinstance(text, FileFault):
        return _refused(source, text.value)
    if target == RUNNING:
        return _merge(context, text)
    fault = context.device.write_file(target, text, context.now)
    if fault:
        return _refused(target, fault.value)
    return Reply(_copied(text))


def _copied(text: str) -> str:
    size = len(text.encode())
    # assumed: a copy within the device takes this long.
    return f"{size} bytes copied in 0.160 secs ({int(size / 0.16)} bytes/sec)"


def _merge(context: Context, text: str) -> Result:
    """Lines of a file into the running configuration; lines not understood are shown."""
    device = context.device
    running = device.datastore.running
    grammar = context.session.grammar
    chance = device.salts()
    read = read_config(text, grammar, running, lambda: new_salt(chance))
    refused = [f"{line.line}\n% Invalid input detected at '^' marker.\n" for line in read.refused]
    return Change(_edits_between(running, read.root), "\n".join([*refused, _copied(text)]))


def _edits_between(old: Tree, new: Tree) -> tuple[Edit, ...]:
    """The changes that make `new` of `old`."""
    edits = [Edit("delete", path) for path, _ in walk(old) if get(new, path) is None]
    for path, value in walk(new):
        before = get(old, path)
        if isinstance(value, tuple):
            if before is not None and before != value:
                edits.append(Edit("delete", path))
            edits += [Edit("add", path, item) for item in value if before != value]
        elif before is None or (before != value and not isinstance(before, Tree)):
            empty = isinstance(get(new, path), Tree)
            edits.append(Edit("set", path, None if empty else value))
    return tuple(edits)


def _read(context: Context, source: str) -> str | FileFault:
    printed = PRINTED.get(source)
    if printed:
        return printed(context.device)
    return context.device.files.read(source)


def _refused(path: str, reason: str) -> Reply:
    known = normalised(path)
    shown = path if isinstance(known, FileFault) else known
    return Reply(f"%Error opening {shown} ({reason})")


def erase_startup(context: Context, args: Args) -> Result:
    """`write erase` and `erase startup-config`; trust codes stay."""

    def answered(key: str) -> Result:
        if key not in ("\r", "y", "Y"):
            return Reply()
        context.device.erase_startup(context.now)
        return Reply(ERASED)

    return Ask(TRUST_BANNER + ERASE, answered, one_key=True)


PRINTED: dict[str, Callable[[Device], str]] = {
    RUNNING: running_config,
    STARTUP: startup_config,
}

HANDLERS: dict[str, Handler] = {
    "files.copy": copy,
    "files.erase_startup": erase_startup,
    "files.write": write,
}
