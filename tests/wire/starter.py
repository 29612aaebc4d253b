"""Starts `slp` processes quickly: everything is loaded once, each start is a fork.

Lines in are the words of a command line as JSON; the answer to each is the process id. The
processes run until they end or are killed; nothing is shared with this one after the fork.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

import agent.adapters.control
import agent.commands.up  # noqa: F401  (loaded before the forks)
from agent.__main__ import slp
from agent.adapters.disk import StateFolder
from agent.adapters.lab import Lab
from tests.wire.laboratory import START, opened, plan, switch


async def warm_up(folder: Path) -> None:
    """Run a lab once, so that every module and table is loaded."""
    lab = await opened(Lab(plan(switch()), START, StateFolder(folder)))
    await lab.timeline.advance(600_000)
    await lab.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(warm_up(Path(folder) / "state"))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        words = json.loads(line)
        process = os.fork()
        if process == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            sys.stdin.close()
            slp.main(words, standalone_mode=False)
            os._exit(0)
        print(process, flush=True)


if __name__ == "__main__":
    main()
