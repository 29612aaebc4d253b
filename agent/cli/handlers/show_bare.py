"""`show` commands on what a device here never has: neighbours, learned addresses, instances.

Each prints one text of bare_tables.toml, as a device does on which there is nothing to tell.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from agent.cli.reply import Args, Context, Handler, Reply, Result


def show_bare(context: Context, args: Args) -> Result:
    """args: table, the name of the text."""
    return Reply(_texts()[args["table"]])


@cache
def _texts() -> Mapping[str, str]:
    return tomllib.loads(files("agent.cli").joinpath("bare_tables.toml").read_text("utf-8"))


HANDLERS: dict[str, Handler] = {"show.bare": show_bare}
