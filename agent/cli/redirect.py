"""What `redirect`, `append` and `tee` do with a command's output: into a file, or to a server.

A server is reached through the lab, so the session waits as it does for `copy`.
Sources: docs/sources.md, entries pipes, copy-errors.
"""

from __future__ import annotations

from agent.cli.handlers.copy import NAMED_USERS, arguments, place
from agent.cli.pipes import Pipe
from agent.cli.reply import Ask, Context, LabCall, Reply, Result, TransferFailed, Transferred
from agent.device.files import FileFault

# assumed: both sentences
NO_APPEND = "%Append is not supported for this file system"
SENT = "!!"


def write(context: Context, pipe: Pipe, text: str) -> Result:
    """Write the output where the pipe says; what is then shown of it."""
    device = context.device
    target = place(pipe.url, device.files.default)
    shown = text if pipe.kind == "tee" else ""
    if target is None or not target.remote:
        before = device.files.read(pipe.url) if pipe.append else ""
        head = before if isinstance(before, str) else ""
        fault = device.write_file(pipe.url, f"{head}{text}\n", context.now)
        if isinstance(fault, FileFault):
            return Reply(f"%Error opening {pipe.url} ({fault.value})")
        return Reply(shown)
    if pipe.append:
        return Reply(NO_APPEND)

    def went(answer: Transferred | TransferFailed) -> Result:
        if isinstance(answer, TransferFailed):
            return Reply(f"%Error opening {target.path} ({answer.reason})")
        return Reply(shown or SENT)

    def send(password: str) -> Result:
        given = {**arguments(context, target), "data": f"{text}\n"}
        return LabCall("transfer.put", given | {"password": password}, "", went)

    if target.system in NAMED_USERS and not target.password:
        return Ask("Password: ", send, secret=True)
    return send(target.password)
