"""`copy`: among configurations, the device's file systems and servers on the network.

A command names two places. Every part that was not typed is asked for, then the text is read from
the one and written to the other. What lies on the network is a LabCall, so the session waits and
nobody else does. A configuration is copied to a file as `show` prints it.
Sources: docs/sources.md, entries copy-dialogue, copy-errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from agent.cli.handlers import files, saving
from agent.cli.handlers.files import RUNNING, SAVED, STARTUP, confirms
from agent.cli.reply import (
    Args,
    Ask,
    Change,
    Context,
    Handler,
    LabCall,
    Later,
    Reply,
    Result,
    TransferFailed,
    Transferred,
    Wrong,
)
from agent.core.secrets import new_salt
from agent.device.config import resolution
from agent.device.config_text import ReadConfig, Refused, reading_config
from agent.device.files import FileFault
from yang.difference import edits_between
from yang.slices import Slices
from yang.tree import Rows, Tree, get

REMOTE = ("tftp", "http", "https", "scp")
NAMED_USERS = ("scp",)  # whose user and password are asked for
OVERWRITE = (
    "%Warning:There is a file already existing with this name \n"
    "Do you want to over write? [confirm]"
)
NOT_ENOUGH_SPACE = "Not enough space on device"
LOCAL_SECONDS = 0.160  # assumed: a copy within the device takes this long


@dataclass(frozen=True, slots=True)
class Place:
    """One end of a copy: `system` is a configuration, a file system or a protocol."""

    system: str
    name: str = ""
    host: str = ""
    user: str = ""
    password: str = ""
    port: int | None = None

    @property
    def remote(self) -> bool:
        return self.system in REMOTE

    @property
    def configuration(self) -> str:
        return files.configuration_of(self.path)

    @property
    def path(self) -> str:
        """As it is printed; who logs in is hidden. # source: copy-errors"""
        if self.system in (RUNNING, STARTUP):
            return self.system
        if not self.remote:
            return f"{self.system}:{self.name}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        return f"{self.system}://{'*:*@' if self.user else ''}{host}{port}/{self.name}"


Asked = Callable[[Place], Result]


def place(text: str, default: str) -> Place | None:
    """Read one end as typed; None where a URL cannot be read."""
    if text in (RUNNING, STARTUP):
        return Place(text)
    system, colon, name = text.partition(":")
    if not colon:
        return Place(default, text)
    if system.lower() not in REMOTE:
        return Place(system.lower(), name)
    try:
        url = urlsplit(f"{system}:{name}")
        return Place(
            url.scheme,
            f"{url.path.removeprefix('/')}{'?' if url.query else ''}{url.query}",
            url.hostname or "",
            unquote(url.username or ""),
            unquote(url.password or ""),
            url.port,
        )
    except ValueError:
        return None


def copy(context: Context, args: Args) -> Result:
    """`copy SOURCE DESTINATION`."""
    default = context.device.files.default
    source = place(str(args["source"]), default)
    target = place(str(args["destination"]), default)
    if source is None or target is None:
        return Wrong(str(args["destination" if source else "source"]))

    def from_there(source: Place) -> Result:
        offered = target.name or _name_at_target(context, source, target)
        return _ask_place(
            context,
            replace(target, name=offered),
            "Destination",
            lambda target: _ask_overwrite(context, source, target),
        )

    return _ask_place(context, source, "Source", from_there)


def _name_at_target(context: Context, source: Place, target: Place) -> str:
    """The name offered for the copy."""
    if source.system == RUNNING and target.remote:
        # assumed: in lower case
        return f"{context.device.agent.state.config.hostname.lower()}-confg"
    return (source.name or source.system).rpartition("/")[2]


# --- questions --------------------------------------------------------------------------------


def _ask_place(context: Context, at: Place, role: str, then: Asked) -> Result:
    """Ask for the parts of a place, one after the other, then go on with it."""

    def for_name(at: Place) -> Result:
        return _ask_name(context, at, role, then)

    if not at.remote:
        return for_name(at)

    def for_user(at: Place) -> Result:
        if at.system not in NAMED_USERS:
            return for_name(at)
        offered = at.user or context.session.line.user
        question = f"{role} username [{offered}]? "
        return _ask(context, question, offered, lambda given: for_name(replace(at, user=given)))

    def hosted(given: str) -> Result:
        if not given:
            # assumed: the sentence where no host is given
            return Reply("?Invalid host address or name")
        return for_user(replace(at, host=given))

    return _ask(context, f"Address or name of remote host [{at.host}]? ", at.host, hosted)


def _ask_name(context: Context, at: Place, role: str, then: Asked) -> Result:
    known = at.name or at.configuration or at.system == "null"
    named_already = role == "Source" and not at.remote and known
    if named_already:
        return then(at)
    offered = at.name or at.system
    if role == "Source":
        offered = at.name
    shown = at.system if at.configuration else offered

    def named(given: str) -> Result:
        if not given:
            return Reply("%Error parsing filename (No such file or directory)")
        if given == shown:
            return then(at)
        if ":" in given and not at.remote:
            system, _, name = given.partition(":")
            return then(Place(system.lower(), name))
        system = "nvram" if at.configuration else at.system
        return then(replace(at, system=system, name=given))

    return _ask(context, f"{role} filename [{shown}]? ", shown, named)


def _ask(context: Context, question: str, offered: str, then: Callable[[str], Result]) -> Result:
    """Ask, offering what is known; `file prompt quiet` asks only for what is not."""
    if offered and not files.asks(context.device):
        return then(offered)
    return Ask(question, lambda given: then(given.strip() or offered))


def _ask_overwrite(context: Context, source: Place, target: Place) -> Result:
    there = not target.remote and not target.configuration
    if there and files.asks(context.device) and context.device.files.exists(target.path):
        return Ask(
            OVERWRITE,
            lambda key: _ask_password(context, source, target) if confirms(key) else Reply(),
            one_key=True,
        )
    return _ask_password(context, source, target)


def _ask_password(context: Context, source: Place, target: Place) -> Result:
    for_source = source.system in NAMED_USERS and not source.password
    if not for_source and (target.system not in NAMED_USERS or target.password):
        return _copy(context, source, target)

    def answered(given: str) -> Result:
        if for_source:
            return _copy(context, replace(source, password=given), target)
        return _copy(context, source, replace(target, password=given))

    return Ask("Password: ", answered, secret=True)


# --- the copy itself --------------------------------------------------------------------------


def _copy(context: Context, source: Place, target: Place) -> Result:
    if source.configuration == RUNNING and target.configuration == STARTUP:
        return saving.save(context, lambda: Reply(SAVED))
    if source.remote:
        return _fetch(context, source, target)

    def printed(text: str | FileFault) -> Result:
        if isinstance(text, FileFault):
            return files.cannot_open(context.device, source.path, text)
        return _write(context, source, target, text, LOCAL_SECONDS, "")

    return Later(files.text_in_slices(context.device, source.path), printed)


def _fetch(context: Context, source: Place, target: Place) -> Result:
    def came(answer: Transferred | TransferFailed) -> Result:
        if isinstance(answer, TransferFailed):
            return Reply(f"%Error opening {source.path} ({answer.reason})")
        size = len(answer.data.encode())
        head = _ARRIVED[source.system].format(
            name=source.name, host=source.host, size=size, via=_way_out(context)
        )
        return _write(context, source, target, answer.data, answer.seconds, head)

    says = "" if source.system in NAMED_USERS else f"Accessing {source.path}...\n"
    return LabCall("transfer.get", arguments(context, source), says, came)


# What is printed when a file has come. # source: copy-dialogue
_ARRIVED = {
    "tftp": "Loading {name} from {host} (via {via}): !\n[OK - {size} bytes]\n\n",
    "http": "Loading http://{host}/{name} !\n",
    "https": "Loading https://{host}/{name} !\n",
    "scp": " Sending file modes: C0644 {size} {name}\n!\n",
}


def arguments(context: Context, at: Place) -> dict[str, object]:
    """What the lab needs to know; `names` are the device's own settings for looking up."""
    return {
        "scheme": at.system,
        "host": at.host,
        "port": at.port,
        "name": at.name,
        "user": at.user,
        "password": at.password,
        "names": resolution(context.device.datastore.running),
    }


def _way_out(context: Context) -> str:
    """The interface a file came through. # assumed: the first one with an address"""
    interfaces: Tree = get(context.device.datastore.running, ("native", "interface"), Tree())
    for kind, rows in interfaces.items():
        for number, row in rows.items() if isinstance(rows, Rows) else ():
            if get(row, ("ip", "address", "primary", "address")):
                return f"{kind}{number}"
    return "GigabitEthernet0/0"


def _write(
    context: Context, source: Place, target: Place, text: str, seconds: float, head: str
) -> Result:
    """Write what was read; `head` is what stands before the count of bytes."""
    if target.remote:
        return _send(context, target, text, head)
    if target.configuration == STARTUP:
        return _store(context, text, seconds, head)
    if target.configuration == RUNNING:
        return _merge(context, text, seconds, head)
    fault = context.device.write_file(target.path, text, context.now)
    if fault is FileFault.NO_SPACE:
        return Reply(f"{head}%Error copying {source.path} ({NOT_ENOUGH_SPACE})")
    if fault:
        return files.cannot_open(context.device, target.path, fault)
    return Reply(head + _copied(text, seconds))


def _send(context: Context, target: Place, text: str, head: str) -> Result:
    def went(answer: Transferred | TransferFailed) -> Result:
        if isinstance(answer, TransferFailed):
            return Reply(f"{head}%Error opening {target.path} ({answer.reason})")
        return Reply(f"{head}!!\n{_copied(text, answer.seconds)}")

    given = {**arguments(context, target), "data": text}
    return LabCall("transfer.put", given, "", went)


def _copied(text: str, seconds: float) -> str:
    size = len(text.encode())
    return f"{size} bytes copied in {seconds:.3f} secs ({int(size / seconds)} bytes/sec)"


def _merge(context: Context, text: str, seconds: float, head: str) -> Result:
    """Lines of a file into the running configuration; lines not understood are shown."""
    running = context.device.datastore.running

    def understood(read: ReadConfig) -> Result:
        says = head + _said(read.refused) + _copied(text, seconds)
        return Change(tuple(edits_between(running, read.root)), says)

    return Later(reading_onto(context, text, running), understood)


def _store(context: Context, text: str, seconds: float, head: str) -> Result:
    """A file as the startup configuration. # assumed: lines not understood are shown at once"""
    device = context.device

    def understood(read: ReadConfig) -> Result:
        edits = tuple(edits_between(device.stored_root(), read.root))
        device.replace_startup(edits, context.now, context.session.line.who)
        return Reply(f"{head}{_said(read.refused)}[OK]\n{_copied(text, seconds)}")

    return Later(reading_onto(context, text, device.factory_root()), understood)


def reading_onto(context: Context, text: str, root: Tree) -> Slices[ReadConfig]:
    """The root with the text's lines applied, and the lines that were not understood."""
    chance = context.device.salts()
    return reading_config(text, context.session.grammar, root, lambda: new_salt(chance))


def _said(refused: Iterable[Refused]) -> str:
    """What is said of the lines not understood."""
    return "".join(f"{r.line}\n% Invalid input detected at '^' marker.\n\n" for r in refused)


HANDLERS: dict[str, Handler] = {"files.copy": copy}
