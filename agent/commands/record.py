"""`slp record`: make a scrapli-replay session of a device, for `replay:` of a lab.

scrapli logs in and runs the commands, scrapli-replay writes down what went over the connection;
both come with the extra `replay`. Passwords are never part of the file.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from agent.core.errors import AgentError, InputError

TIMEOUT_SECONDS = 60.0  # of one command
SUFFIX = ".yaml"
EXTRA = "pip install 'slp-emulator[replay]'"
REFUSED = ("% Invalid input", "% Incomplete command", "% Ambiguous command", "% Unknown command")


class CannotRecord(AgentError):
    """The device or the connection to it would not do."""


@click.command()
@click.option("--host", required=True, help="Address or name of the device.")
@click.option("--port", type=click.IntRange(1, 65535), default=22, show_default=True)
@click.option("--user", required=True, help="Who logs in.")
@click.option("--password", prompt=True, hide_input=True, envvar="SLP_RECORD_PASSWORD")
@click.option("--enable", default="", envvar="SLP_RECORD_ENABLE", help="Its enable password.")
@click.option(
    "--commands",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="File with one show command a line; ! begins a remark.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The session file to write.",
)
def record(
    host: str, port: int, user: str, password: str, enable: str, commands: Path, output: Path
) -> None:
    """Run commands on a device and keep what it prints, as a scrapli-replay session.

    A lab's device with `replay: FILE` then answers them as the recorded one did.
    """
    wanted = read_commands(commands)
    login = {
        "host": host,
        "port": port,
        "auth_username": user,
        "auth_password": password,
        "auth_secondary": enable or password,
    }
    for command, refusal in asyncio.run(_record(login, wanted, output)):
        click.echo(f"{command}: refused with {refusal!r}", err=True)
    click.echo(f"{len(wanted)} commands of {host} are in {output}")


def read_commands(path: Path) -> tuple[str, ...]:
    """The commands of a file. Raises InputError."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", str(path)) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", str(path)) from None
    found = {line.strip(): None for line in lines if line.strip() and line.strip()[0] not in "!#"}
    if not found:
        raise InputError("names no command", str(path), "one show command a line")
    for number, line in enumerate(lines, 1):
        if line.strip() in found and line.split()[0].lower() not in ("show", "sh", "dir", "more"):
            where = f"{path}:{number}"
            raise InputError(f"{line.strip()!r} is no command that only looks", where, "show ...")
    return tuple(found)


async def _record(
    login: dict[str, Any], commands: tuple[str, ...], output: Path
) -> list[tuple[str, str]]:
    """Write the file; returns the commands that the device refused, with its words."""
    try:
        from scrapli.driver.core import AsyncIOSXEDriver
        from scrapli.exceptions import ScrapliException
        from scrapli_replay.replay.replay import ScrapliReplay
    except ImportError as missing:
        raise CannotRecord(f"{missing.name} is not installed: {EXTRA}") from None
    driver = AsyncIOSXEDriver(
        **login,
        auth_strict_key=False,
        transport="asyncssh",
        timeout_ops=TIMEOUT_SECONDS,
        failed_when_contains=list(REFUSED),
    )
    refused = []
    with TemporaryDirectory(dir=_folder(output)) as folder:
        recorder = ScrapliReplay(
            session_directory=folder, session_name="session", replay_mode="overwrite"
        )
        try:
            async with recorder:
                await driver.open()
                for command in commands:
                    came = await driver.send_command(command)
                    if came.failed:
                        refused.append((command, came.result.strip().splitlines()[-1]))
                await driver.close()
        except (ScrapliException, OSError) as error:
            where = f"{login['host']} port {login['port']}"
            raise CannotRecord(f"{where}: {error or type(error).__name__}") from None
        os.replace(Path(folder, f"session{SUFFIX}"), output)
    return refused


def _folder(output: Path) -> Path:
    """The folder of the output, so that the file gets its name in one step. Raises InputError."""
    folder = output.parent
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}", str(output))
    return folder
