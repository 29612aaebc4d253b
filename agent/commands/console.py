"""`slp console`: the console of one device, with a CSLU and a CSSM of its own in this process."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.adapters.plan import (
    CSLU_PORT,
    LOOPBACK,
    NETCONF_PORT,
    RESTCONF_PORT,
    LabPlan,
    Listen,
    console_plan,
)
from agent.core.errors import InputError

if TYPE_CHECKING:
    from agent.adapters.console import Console
    from agent.adapters.lab import Lab

GREETING = """\
{platform} with IOS XE {release}; its CSLU listens on {where}.
`emulator clock advance 10 minutes` moves time. To leave: `exit` at the prompt, or Ctrl-].
"""


@click.command()
@click.option(
    "--platform", default="C9300-24T", show_default=True, help="Product id of the device."
)
@click.option("--release", default="17.12.4", show_default=True, help="IOS XE release it runs.")
@click.option("--state", type=click.Path(path_type=Path), help="Folder that keeps everything.")
@click.option("--start", metavar="DATE", help="Begin at this date, such as 2026-10-06T12:00:00Z.")
@click.option("--seed", default="1", show_default=True, help="Decides every chance.")
@click.option("--strict", is_flag=True, help="IOS words only: hide `emulator`.")
@click.option(
    "--netconf",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help="Configure netconf-yang and user admin, admin, and serve it on this port of loopback. "
    f"Without it `netconf-yang` opens {NETCONF_PORT}.",
)
@click.option(
    "--restconf",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help=f"Serve RESTCONF (HTTPS) on this port of loopback, such as {RESTCONF_PORT}; admin, admin.",
)
@click.option(
    "--replay",
    type=click.Path(path_type=Path, exists=True),
    help="Recording of your own device; it answers what is not modelled.",
)
@click.option(
    "--standing",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Output of `show license all` or `tech support` of your own device: begin where it "
    "stands, with its units, at its time and, without --release, on the release of its agent.",
)
@click.option(
    "--yang-folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with YANG modules of the vendor; get-schema serves them.",
)
def console(
    platform: str,
    release: str,
    state: Path | None,
    start: str | None,
    seed: str,
    strict: bool,
    netconf: int | None,
    restconf: int | None,
    replay: Path | None,
    standing: Path | None,
    yang_folder: Path | None,
) -> None:
    """Sit at the console of one device.

    The device has a CSLU and a CSSM of its own, all on loopback. When standard input is no
    terminal, its lines are typed one after the other and the transcript is printed; the clock then
    stands between the lines, so that a script prints the same every time.
    """
    port = CSLU_PORT if _is_free(CSLU_PORT) else 0
    plan = console_plan(platform, release, cslu_port=port, start=_instant(start), seed=seed)
    device = replace(
        plan.devices[0],
        netconf=Listen(LOOPBACK, netconf) if netconf is not None else None,
        restconf=Listen(LOOPBACK, restconf) if restconf is not None else None,
        replay=replay,
    )
    begin = plan.start
    if standing is not None:
        from agent.adapters.birth import shown_by

        given = click.get_current_context().get_parameter_source("release")
        by_agent = given is click.core.ParameterSource.DEFAULT
        device, then = shown_by(device, standing, release=by_agent)
        begin = then if begin is None else begin
    plan = replace(plan, devices=(device,), yang_folder=yang_folder, start=begin)
    if not sys.stdin.isatty():
        plan = replace(plan, rate=0.0)
    asyncio.run(_console(plan, state, strict))


async def _console(plan: LabPlan, folder: Path | None, strict: bool) -> None:
    from agent.adapters.console import Console
    from agent.adapters.lab import Lab

    state = None
    if folder is not None:
        from agent.adapters.disk import StateFolder

        os.umask(0o077)  # records hold keys
        state = StateFolder(folder)
    lab = Lab(plan, int(time.time() * 1000), state)
    try:
        lab.make_devices()
        device = lab.devices[plan.devices[0].name]
        person = sys.stdin.isatty()
        sitting = Console(lab, device, sys.stdout, strict=strict, person=person)
        if person:
            await _interactive(lab, sitting)
        else:
            await _scripted(lab, sitting)
    finally:
        await lab.close()


async def _interactive(lab: Lab, sitting: Console) -> None:
    """The prompt first, the counterparts behind it."""
    device, counterparts = lab.plan.devices[0], lab.plan.counterparts
    port = next(c.listen.port for c in counterparts if c.kind == "cslu")
    where = f"port {port}" if port else f"a free port, for {CSLU_PORT} is in use"
    click.echo(
        GREETING.format(platform=device.platform, release=device.release, where=where), err=True
    )
    opening: list[asyncio.Task[None]] = []

    def open_counterparts() -> None:
        opening.append(asyncio.get_running_loop().create_task(_open(lab)))

    await sitting.interact(open_counterparts)
    for task in opening:
        await task


async def _scripted(lab: Lab, sitting: Console) -> None:
    from agent.adapters.console import lines_of

    """The prompt first here too; the counterparts are up before the first line is typed."""
    sitting.open(0, 0)
    sys.stdout.flush()
    await _open(lab)
    await sitting.run_script(lines_of(sys.stdin))


async def _open(lab: Lab) -> None:
    await asyncio.sleep(0)
    await lab.open_counterparts()
    await lab.open_listeners()
    lab.run()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _instant(text: str | None) -> int | None:
    if text is None:
        return None
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{text!r} is no date", "--start", "such as 2026-10-06T12:00:00Z"
        ) from None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
