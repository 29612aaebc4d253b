"""`slp cssm ...`: what an operator does at the lab's CSSM, running or at rest.

A file may be one of this host or, while the lab runs, one of a device: `switch-1:flash:usage.txt`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from agent.core.errors import InputError

Command = TypeVar("Command", bound=Callable[..., Any])
DEVICE_FILE = "flash:", "bootflash:", "nvram:"


def at_cssm(command: Command) -> Command:
    """The options that say which lab and which CSSM of it are meant."""
    state = click.option(
        "--state", type=click.Path(path_type=Path), help="State folder of the lab."
    )
    control = click.option(
        "--control", type=click.Path(path_type=Path), help="Control socket of the lab."
    )
    name = click.option("--cssm", "name", help="Name of the CSSM, where the lab has several.")
    return state(control(name(command)))


def request(
    state: Path | None, control: Path | None, name: str | None, **asked: Any
) -> dict[str, Any]:
    """Ask the lab that runs there; with none running, work on its state folder."""
    from agent.adapters.control import ask, control_path

    asked["cssm"] = name
    socket = control or control_path(state)
    if control is not None or state is None or socket.exists():
        return ask(socket, asked)
    from agent.adapters.at_rest import folder_at_rest
    from agent.adapters.portal import carry_out

    with folder_at_rest(state) as place:
        return carry_out(place, asked)


@click.group()
def cssm() -> None:
    """Work at the CSSM of a lab: files, ACKs, policies, tokens."""


@cssm.command()
@click.argument("file")
@at_cssm
def upload(file: str, state: Path | None, control: Path | None, name: str | None) -> None:
    """Upload the usage FILE that a device saved, or the archive that a CSLU exported."""
    found = request(state, control, name, do="cssm.upload", file=_here(file))
    for row in found.get("uploads", (found,)):
        click.echo(f"{row['udi']}: upload {row['upload']}, ACK from {row['ready']} on")
    if found.get("refused"):
        raise InputError("; ".join(found["refused"]))


@cssm.command()
@click.argument("device", required=False)
@click.option("-o", "--out", help="File to write, of this host or of a device.")
@click.option("--archive", is_flag=True, help="The ACKs of the last archive, for a CSLU.")
@at_cssm
def ack(
    device: str | None,
    out: str | None,
    archive: bool,
    state: Path | None,
    control: Path | None,
    name: str | None,
) -> None:
    """Download the ACK of DEVICE's last upload (of the last one at all where none is named)."""
    asked = {"udi": device, "archive": archive, "out": _here(out) if out else None}
    _show_file(request(state, control, name, do="cssm.ack", **asked))


@cssm.command()
@click.argument("device")
@click.argument("features", nargs=-1, required=True)
@click.option("-o", "--out", help="File to write, of this host or of a device.")
@at_cssm
def slac(
    device: str,
    features: tuple[str, ...],
    out: str | None,
    state: Path | None,
    control: Path | None,
    name: str | None,
) -> None:
    """Authorize DEVICE for enforced licences, such as hseck9."""
    asked = {"udi": device, "features": " ".join(features), "out": _here(out) if out else None}
    _show_file(request(state, control, name, do="cssm.slac", **asked))


@cssm.command()
@click.argument("code")
@click.argument("licences", nargs=-1, metavar="[NAME=COUNT]...")
@click.option("-o", "--out", help="File to write, of this host or of a device.")
@at_cssm
def reserve(
    code: str,
    licences: tuple[str, ...],
    out: str | None,
    state: Path | None,
    control: Path | None,
    name: str | None,
) -> None:
    """Reserve licences for the request CODE of a product of before the policy.

    A universal request (CA-...) needs no licences.
    """
    asked = {"code": code, "licences": " ".join(licences), "out": _here(out) if out else None}
    _show_file(request(state, control, name, do="cssm.reserve", **asked))


@cssm.command()
@click.argument("device")
@click.argument("code", required=False)
@at_cssm
def remove(
    device: str, code: str | None, state: Path | None, control: Path | None, name: str | None
) -> None:
    """Remove the product instance DEVICE; one that holds licences with its return CODE."""
    found = request(state, control, name, do="cssm.remove", udi=device, code=code)
    click.echo(f"{found['udi']} is removed")


@cssm.group()
def policy() -> None:
    """The policies this CSSM can hand out."""


@policy.command(name="list")
@at_cssm
def list_policies(state: Path | None, control: Path | None, name: str | None) -> None:
    """Name the policies; a star marks the one in force."""
    for row in request(state, control, name, do="cssm.policy.list")["policies"]:
        click.echo(f"{'*' if row['in_force'] else ' '} {row['name']}")


@policy.command(name="new")
@click.argument("policy_name", metavar="NAME")
@click.argument("cells", nargs=-1, metavar="[CLASS=FIRST/FREQUENCY/CHANGE]...")
@click.option("--no-ack", is_flag=True, help="Reports need no acknowledgement.")
@at_cssm
def new_policy(
    policy_name: str,
    cells: tuple[str, ...],
    no_ack: bool,
    state: Path | None,
    control: Path | None,
    name: str | None,
) -> None:
    """Make the policy NAME; CLASS is perpetual, subscription, enforced or export.

    The three numbers are days; a - leaves one to the device's default.
    """
    asked = {"policy": policy_name, "cells": " ".join(cells), "ack": not no_ack}
    request(state, control, name, do="cssm.policy.new", **asked)
    click.echo(f"{policy_name} can be put in force")


@policy.command(name="use")
@click.argument("policy_name", metavar="NAME")
@at_cssm
def use_policy(
    policy_name: str, state: Path | None, control: Path | None, name: str | None
) -> None:
    """Put policy NAME in force; devices get it with their next ACK."""
    request(state, control, name, do="cssm.policy.use", policy=policy_name)
    click.echo(f"{policy_name} is in force")


@policy.command(name="file")
@click.option("-o", "--out", help="File to write, of this host or of a device.")
@at_cssm
def policy_file(
    out: str | None, state: Path | None, control: Path | None, name: str | None
) -> None:
    """Download the policy in force as a file for `license smart import`."""
    asked = _here(out) if out else None
    _show_file(request(state, control, name, do="cssm.policy.file", out=asked))


@cssm.group()
def licenses() -> None:
    """What the account owns: export-controlled licences, and those of registered products."""


@licenses.command(name="list")
@at_cssm
def list_licenses(state: Path | None, control: Path | None, name: str | None) -> None:
    """Show each licence, how many the account owns and how many devices have."""
    found = request(state, control, name, do="cssm.licenses")
    for row in found["licenses"]:
        click.echo(f"{row['name']}  {row['owned']} owned, {row['granted']} with devices")
    for row in found["registered"]:
        owned = "as many as used" if row["owned"] is None else row["owned"]
        click.echo(f"{row['tag']}  {owned} owned, {row['used']} in use")


@licenses.command(name="set")
@click.argument("feature")
@click.argument("count", type=int)
@at_cssm
def set_licenses(
    feature: str, count: int, state: Path | None, control: Path | None, name: str | None
) -> None:
    """Let the account own COUNT of FEATURE, such as hseck9, or UCM_Basic of a CUCM."""
    request(state, control, name, do="cssm.licenses.set", feature=feature, count=count)
    click.echo(f"{feature}: {count} owned")


@cssm.group()
def token() -> None:
    """ID tokens, for `license smart trust idtoken`."""


@token.command()
@click.option("--days", default=30, show_default=True, help="Days until it expires.")
@click.option("--uses", default=10, show_default=True, help="Trust codes it is good for.")
@click.option("--description", default="", help="What it is for.")
@click.option("--no-export", is_flag=True, help="Export-controlled functionality: not allowed.")
@at_cssm
def new(
    days: int,
    uses: int,
    description: str,
    no_export: bool,
    state: Path | None,
    control: Path | None,
    name: str | None,
) -> None:
    """Make a token and print it."""
    asked = {"days": days, "uses": uses, "description": description, "export": not no_export}
    click.echo(request(state, control, name, do="cssm.token.new", **asked)["token"])


@token.command(name="list")
@at_cssm
def list_tokens(state: Path | None, control: Path | None, name: str | None) -> None:
    """Show the tokens with the uses they have left."""
    for row in request(state, control, name, do="cssm.token.list")["tokens"]:
        left = f"{row['uses_left']} uses left"
        rest = f"  {row['description']}" if row["description"] else ""
        click.echo(f"{row['token']}  {row['status']}, {left}, expires {row['expires']}{rest}")


@token.command()
@click.argument("text", metavar="TOKEN")
@at_cssm
def revoke(text: str, state: Path | None, control: Path | None, name: str | None) -> None:
    """End TOKEN now."""
    request(state, control, name, do="cssm.token.revoke", token=text)
    click.echo("revoked")


def _here(file: str) -> str:
    """A file of this host by its whole path, for the lab's process may stand elsewhere."""
    _, _, behind = file.partition(":")
    if behind.startswith(DEVICE_FILE):
        return file
    if not file:
        raise InputError("a file name is empty")
    return str(Path(file).absolute())


def _show_file(found: Mapping[str, Any]) -> None:
    if "text" in found:
        click.echo(found["text"])
    else:
        click.echo(f"written to {found['file']}")
