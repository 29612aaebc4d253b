"""Where the files of `license smart ...` are: in the device, or on a server of the network.

A path may be a URL as `copy` takes it. What goes to a server is written into the device first and
deleted there afterwards, so that the Smart Agent knows one way of writing only.
Sources: docs/sources.md, entries save-usage, copy-errors.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.cli.handlers.copy import NAMED_USERS, Place, arguments, place
from agent.cli.reply import Ask, Context, LabCall, Reply, Result, TransferFailed, Transferred, Wrong
from agent.device.files import FileFault

LONGEST = 127  # source: save-usage (characters of a path)
# assumed: what waits to be sent; no device shows where it keeps that
_WAITING = ".license-transfer"

Answer = Transferred | TransferFailed


def read(context: Context, path: str, then: Callable[[str], Result]) -> Result:
    """Go on with the text of a file, wherever it is."""
    if len(path) > LONGEST:
        return Wrong(path)
    at = place(path, context.device.files.default)
    if at is None or not at.remote:
        text = context.device.files.read(path)
        return _cannot_open(path, text.value) if isinstance(text, FileFault) else then(text)

    def came(answer: Answer) -> Result:
        if isinstance(answer, TransferFailed):
            return _cannot_open(at.path, answer.reason)
        return then(answer.data)

    return _with_password(at, lambda given: LabCall("transfer.get", given, "", came), context)


def write(context: Context, path: str, save: Callable[[str], str]) -> Result:
    """Have `save` write a file at the local path it is given, and take it where it belongs.

    `save` answers with what is printed. A path that cannot be written calls it not at all.
    """
    files = context.device.files
    if len(path) > LONGEST:
        return Wrong(path)
    at = place(path, files.default)
    if at is None or not at.remote:
        name = files.check(path, "")
        return _cannot_open(path, name.value) if isinstance(name, FileFault) else Reply(save(path))
    waiting = f"{files.default}:{_WAITING}"
    said = save(waiting)
    text = files.read(waiting)
    if isinstance(text, FileFault):  # there was nothing to write
        return Reply(said)
    context.device.delete_file(waiting, context.now)

    def went(answer: Answer) -> Result:
        if isinstance(answer, TransferFailed):
            return _cannot_open(at.path, answer.reason)
        return Reply(said)

    def send(given: dict[str, object]) -> Result:
        return LabCall("transfer.put", given | {"data": text}, "", went)

    return _with_password(at, send, context)


def _with_password(
    at: Place, then: Callable[[dict[str, object]], Result], context: Context
) -> Result:
    given = arguments(context, at)
    if at.system in NAMED_USERS and not at.password:
        return Ask("Password: ", lambda typed: then(given | {"password": typed}), secret=True)
    return then(given)


def _cannot_open(path: str, reason: str) -> Reply:
    return Reply(f"%Error opening {path} ({reason})")
