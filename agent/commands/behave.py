"""`slp behave`: let a server of a running lab misbehave, to see what the devices do about it."""

from __future__ import annotations

from pathlib import Path

import click

from agent.commands.clock import names_a_lab, request


@click.command()
@click.argument("name")
@click.argument("words", nargs=-1, required=True)
@names_a_lab
def behave(name: str, words: tuple[str, ...], state: Path | None, control: Path | None) -> None:
    """Let the counterpart NAME misbehave, as WORDS say, until it is told otherwise.

    \b
    ok               no misbehaviour any more
    down             answers nothing
    slow=SECONDS     answers late
    status=CODE      answers this HTTP status, such as 500
    garbage          answers what nobody can read
    down-rev         is an On-Prem too old for usage reporting
    wrong-udi-ack    hands out ACKs for another device
    tampered-ack     hands out ACKs with a changed byte
    stale-ack        hands out the previous ACK again
    skew=SECONDS     has a clock ahead of the devices (direct transports)
    drop-ack         hands out no ACK
    good-ack         hands out proper ACKs again
    """
    request(state, control, do="behave", name=name, script=" ".join(words))
