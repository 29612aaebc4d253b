"""`slp up FILE`: a lab in the foreground until Ctrl-C or SIGTERM."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.core.errors import InputError

if TYPE_CHECKING:
    from agent.adapters.control import ControlServer
    from agent.adapters.lab import Lab

MANY = 20  # so many devices are shown; the ready file names all


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--state", type=click.Path(path_type=Path), help="Folder that keeps everything.")
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the endpoints here as JSON once all of it listens.",
)
@click.option("--quiet", is_flag=True, help="Print no table.")
def up(file: Path, state: Path | None, ready_file: Path | None, quiet: bool) -> None:
    """Run the lab that FILE describes.

    Its clock is moved with `slp clock`. Ctrl-C and SIGTERM stop it; with --state the next start
    goes on from there.
    """
    asyncio.run(_up(file, state, ready_file, quiet))


async def _up(file: Path, folder: Path | None, ready_file: Path | None, quiet: bool) -> None:
    from agent.adapters.lab import Lab
    from agent.adapters.labfile import read_plan

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    bugs: list[BaseException] = []
    loop.set_exception_handler(_shown_and_kept(bugs))
    plan = read_plan(file)
    state = None
    if folder is not None:
        from agent.adapters.disk import StateFolder

        os.umask(0o077)  # records hold keys
        state = StateFolder(folder)
    lab = Lab(plan, int(time.time() * 1000), state)
    control: ControlServer | None = None
    gc.disable()  # what a start makes lives as long as the lab: nothing to be collected
    try:
        lab.make_devices()
        await lab.open_counterparts()
        await lab.open_listeners()
        control = await _open_control(lab, folder, stop)
        lab.run()
        gc.freeze()
        gc.enable()
        ready = _endpoints(lab, control)
        if ready_file is not None:
            _write(ready_file, ready)
        if not quiet:
            _print_table(ready)
        await stop.wait()
    finally:
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)
        if control is not None:
            await control.close()
        await lab.close()
    if bugs:
        raise click.ClickException(f"{len(bugs)} bugs of this program were shown above")


def _shown_and_kept(bugs: list[BaseException]) -> Any:
    """A bug of ours is shown and told of in the end; it ends what it broke, not the lab."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        bug = context.get("exception")
        if isinstance(bug, ConnectionError | TimeoutError):
            return  # a peer that left in the middle of something
        loop.default_exception_handler(context)
        if bug is not None:
            bugs.append(bug)

    return handle


async def _open_control(lab: Lab, folder: Path | None, stop: asyncio.Event) -> ControlServer:
    from agent.adapters.control import ControlServer, control_path

    async def answer(request: Any) -> dict[str, Any]:
        if request.get("do") == "stop":
            stop.set()
            return {}
        return await lab.control(request)

    server = ControlServer(answer)
    path = control_path(folder)
    try:
        await server.listen(path)
    except InputError:
        if folder is not None:
            raise
        # another lab without a state folder runs: this one is reached by --control
        await server.listen(path.with_name(f"control-{os.getpid()}.sock"))
    return server


def _endpoints(lab: Lab, control: ControlServer) -> dict[str, Any]:
    """What the ready file says."""
    devices = []
    for plan in lab.plan.devices:
        device = lab.devices[plan.name]
        entry: dict[str, Any] = {
            "name": plan.name,
            "platform": device.model,
            "release": str(device.release),
            "udi": {"pid": device.udi.pid, "sn": device.udi.sn, "text": str(device.udi)},
        }
        at = lab.endpoints.get(plan.name)
        if at is not None:
            entry["ssh"] = {"host": at.address, "port": at.port}
        at = lab.netconf_endpoints.get(plan.name)
        if at is not None:
            entry["netconf"] = {"host": at.address, "port": at.port}
        for name, places in (("restconf", lab.restconf_endpoints), ("http", lab.http_endpoints)):
            at = places.get(plan.name)
            if at is not None:
                entry[name] = {"host": at.address, "port": at.port}
        entry.update(username=plan.username, password=plan.password)
        devices.append(entry)
    return {
        "lab": lab.plan.name,
        "devices": devices,
        "counterparts": [
            {"name": name, "kind": server.kind, "url": server.url, "tls_url": server.tls_url}
            for name, server in lab.servers.items()
        ],
        "control": str(control.path),
        "pid": os.getpid(),
    }


def _write(file: Path, ready: dict[str, Any]) -> None:
    """Write the ready file whole or not at all, readable by its owner: it holds passwords."""
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(ready, stream, indent=1)
        new.replace(file)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", str(file)) from None


def _print_table(ready: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Lab {ready['lab']}", title_justify="left")
    for heading in ("name", "what", "where"):
        table.add_column(heading)
    for device in ready["devices"][:MANY]:
        what = f"{device['platform']}, IOS XE {device['release']}"
        ssh = device.get("ssh")
        where = f"ssh -p {ssh['port']} {device['username']}@{ssh['host']}" if ssh else "no listener"
        if "netconf" in device:
            where += f", netconf {device['netconf']['port']}"
        if "restconf" in device:
            where += f", restconf {device['restconf']['port']}"
        table.add_row(device["name"], what, where)
    more = len(ready["devices"]) - MANY
    if more > 0:
        table.add_row(f"and {more} more", "", "")
    for server in ready["counterparts"]:
        table.add_row(server["name"], server["kind"].upper(), server["url"])
    table.add_row("control", "slp clock, slp status", ready["control"])
    screen = Console()
    screen.print(table)
    screen.print("Ctrl-C stops it.")
