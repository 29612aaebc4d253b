"""Starts `slp` processes quickly: everything is imported once, each start is a fork.

Lines in are the words of a command line as JSON; the answer to each is the process id. The
processes run until they end or are killed; nothing is shared with this one after the fork.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from agent.__main__ import slp


def main() -> None:
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
