"""`slp clock ...` and `slp status`: questions to a lab that runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agent.core.clock import Instant
from agent.core.dates import event_stamp

if TYPE_CHECKING:
    from rich.table import Table

Command = TypeVar("Command", bound=Callable[..., Any])


def names_a_lab(command: Command) -> Command:
    """The two options that say which lab is meant."""
    state = click.option(
        "--state", type=click.Path(path_type=Path), help="State folder of the lab."
    )
    control = click.option(
        "--control", type=click.Path(path_type=Path), help="Control socket of the lab."
    )
    return state(control(command))


def request(state: Path | None, control: Path | None, **asked: Any) -> dict[str, Any]:
    """Ask the lab that these options name."""
    from agent.adapters.control import ask, control_path

    return ask(control or control_path(state), asked)


@click.group()
def clock() -> None:
    """Move the clock of a running lab."""


@clock.command()
@click.argument("duration", nargs=-1, required=True)
@names_a_lab
def advance(duration: tuple[str, ...], state: Path | None, control: Path | None) -> None:
    """Play everything that is due in DURATION, such as 1d, 12h or 10 minutes."""
    from agent.adapters.durations import duration_ms

    ms = duration_ms(" ".join(duration))
    _show(request(state, control, do="clock.advance", ms=ms))


@clock.command()
@click.argument("rate", type=float)
@names_a_lab
def rate(rate: float, state: Path | None, control: Path | None) -> None:
    """Let the clock run RATE times as fast as real time; 0 stands still."""
    _show(request(state, control, do="clock.rate", rate=rate))


@clock.command()
@names_a_lab
def show(state: Path | None, control: Path | None) -> None:
    """Show the clock."""
    _show(request(state, control, do="clock.show"))


def _show(found: Mapping[str, Any]) -> None:
    click.echo(f"{found['date']}, rate {found['rate']:g}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@names_a_lab
def status(as_json: bool, state: Path | None, control: Path | None) -> None:
    """Show the devices and counterparts of a running lab."""
    found = request(state, control, do="status")
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    from rich.console import Console

    out = Console()
    out.print(f"Lab {found['lab']}: {found['date']}, rate {found['rate']:g}", highlight=False)
    licensing = ("name", "platform", "release", "trust", "last ACK", "next report")
    out.print(_table(licensing, map(_licensing_row, found["devices"])))
    servers = ((s["name"], s["kind"].upper(), s["url"]) for s in found["counterparts"])
    out.print(_table(("name", "kind", "url"), servers))
    for node in (*found["devices"], *found["counterparts"]):
        if node["fault"]:
            out.print(f"{node['name']} is stopped by a bug of this program: {node['fault']}")


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    """A plain table that fits 80 columns."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _licensing_row(device: Mapping[str, Any]) -> tuple[str, ...]:
    trust = "yes" if device["trust"] else "no"
    dates = (_minute(device["last_ack"]), _minute(device["next_report"]))
    return (device["name"], device["platform"], device["release"], trust, *dates)


def _minute(instant: Instant | None) -> str:
    """`2026-11-22 19:56`, UTC; the device's own form is too wide for a table."""
    return "<none>" if instant is None else event_stamp(instant)[:16]


@click.command()
@names_a_lab
def down(state: Path | None, control: Path | None) -> None:
    """Stop a running lab cleanly."""
    request(state, control, do="stop")
    click.echo("stopped")
