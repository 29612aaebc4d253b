"""`slp cslu ...`: product instances that the lab's CSLU collects from by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from agent.core.errors import InputError

Command = TypeVar("Command", bound=Callable[..., Any])
METHODS = ("rest", "restconf", "netconf", "cli")


def at_cslu(command: Command) -> Command:
    """The options that say which lab and which CSLU of it are meant."""
    state = click.option(
        "--state", type=click.Path(path_type=Path), help="State folder of the lab."
    )
    control = click.option(
        "--control", type=click.Path(path_type=Path), help="Control socket of the lab."
    )
    name = click.option("--cslu", "name", help="Name of the CSLU, where the lab has several.")
    return state(control(name(command)))


def request(
    state: Path | None, control: Path | None, name: str | None, **asked: Any
) -> dict[str, Any]:
    """Ask the lab that runs there."""
    from agent.adapters.control import ask, control_path

    return ask(control or control_path(state), {**asked, "cslu": name})


@click.group()
def cslu() -> None:
    """Work at the CSLU of a lab: collect usage from product instances."""


@cslu.command()
@click.argument("host")
@click.option(
    "--method",
    type=click.Choice(METHODS, case_sensitive=False),
    required=True,
    help="How to connect.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Where it listens for that.")
@click.option("--user", help="Who logs in.")
@click.option("--password", help="The password; asked for where a user is named without one.")
@click.option(
    "--ssh-port",
    type=click.IntRange(1, 65535),
    help="Where files are copied over SSH (restconf and netconf).",
)
@click.option("--plain", is_flag=True, help="HTTP without TLS (rest).")
@at_cslu
def add(
    host: str,
    method: str,
    port: int | None,
    user: str | None,
    password: str | None,
    ssh_port: int | None,
    plain: bool,
    state: Path | None,
    control: Path | None,
    name: str | None,
) -> None:
    """Add HOST, an address or the name of a device of the lab."""
    if user and password is None:
        password = click.prompt("Password", hide_input=True, err=True)
    asked = {
        "host": host,
        "method": method,
        "port": port,
        "username": user,
        "password": password,
        "ssh_port": ssh_port,
        "plain": plain,
    }
    found = request(state, control, name, do="cslu.add", **asked)
    click.echo(f"{found['address']}: {found['method']} at {found['host']} port {found['port']}")


@cslu.command(name="list")
@at_cslu
def list_instances(state: Path | None, control: Path | None, name: str | None) -> None:
    """Show the product instances with what happened last."""
    for row in request(state, control, name, do="cslu.list")["instances"]:
        click.echo(_line(row))


@cslu.command()
@click.argument("address", required=False)
@at_cslu
def collect(
    address: str | None, state: Path | None, control: Path | None, name: str | None
) -> None:
    """Collect usage from ADDRESS (from all where none is named) and hand it to CSSM."""
    _show(request(state, control, name, do="cslu.collect", address=address)["instances"])


@cslu.command()
@at_cslu
def offline(state: Path | None, control: Path | None, name: str | None) -> None:
    """Use no network to CSSM: keep all of it until it is exported."""
    request(state, control, name, do="cslu.connect", wanted=False)
    click.echo("Cisco Is Not Available")


@cslu.command()
@at_cslu
def online(state: Path | None, control: Path | None, name: str | None) -> None:
    """Use the network to CSSM again; what waits goes out."""
    request(state, control, name, do="cslu.connect", wanted=True)
    click.echo("Cisco Is Available")


@cslu.command()
@click.option("-o", "--out", required=True, help="Archive to write, such as usage.tar.gz.")
@at_cslu
def export(out: str, state: Path | None, control: Path | None, name: str | None) -> None:
    """Export all that waits for CSSM, for `slp cssm upload`."""
    asked = {"out": str(Path(out).absolute())}
    click.echo(f"written to {request(state, control, name, do='cslu.export', **asked)['file']}")


@cslu.command(name="import")
@click.argument("words", nargs=-1, required=True, metavar="[ADDRESS] FILE")
@at_cslu
def import_file(
    words: tuple[str, ...], state: Path | None, control: Path | None, name: str | None
) -> None:
    """Import FILE: the archive of `slp cssm ack --archive`.

    With ADDRESS, have that product instance import FILE: an authorization code, a policy or an ACK.
    """
    if len(words) > 2:
        raise click.UsageError("one file, and at most one address before it")
    address = words[0] if len(words) == 2 else None
    asked = {"address": address, "file": str(Path(words[-1]).absolute())}
    found = request(state, control, name, do="cslu.import", **asked)
    for udi in found.get("udis", ()):
        click.echo(f"{udi}: its ACK waits for the next contact")
    _show(found.get("instances", ()))


@cslu.command()
@click.argument("address")
@at_cslu
def remove(address: str, state: Path | None, control: Path | None, name: str | None) -> None:
    """Collect from ADDRESS no more."""
    request(state, control, name, do="cslu.remove", address=address)
    click.echo("removed")


def _show(found: Sequence[Mapping[str, Any]]) -> None:
    """Print rows. Raises InputError where one of them failed."""
    for row in found:
        click.echo(_line(row))
    if any(row["failed"] for row in found):
        raise InputError("not all of it could be done")


def _line(row: Mapping[str, Any]) -> str:
    mark = "!" if row["failed"] else " "
    who = row["udi"] or f"{row['host']} port {row['port']}"
    return f"{mark} {row['address']:<20} {row['method']:<8} {who}: {row['status']}"
