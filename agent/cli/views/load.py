"""`show processes cpu`, `show memory statistics`, `show line`, `show install`: an idle box.

The load is that of an idle device, always (idle.toml); memory is what `show version` states of the
model.
Facts: docs/sources.md, entries cpu-output, memory-output, line-output, install-output.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from agent.core.release import Release

_USED = 5  # one part in so many of the processor's memory is used # assumed
_RULE = "-" * 80
_STATES = """\
State (St): I - Inactive, U - Activated & Uncommitted,
            C - Activated & Committed, D - Deactivated & Uncommitted"""


_MEASURED = "for {said}: {five_seconds}; one minute: {one_minute}; five minutes: {five_minutes}"


@cache
def _idle() -> dict[str, Any]:
    return tomllib.loads(files("agent.cli").joinpath("idle.toml").read_text("utf-8"))


def load_line() -> str:
    """The first line of the head that `terminal exec prompt timestamp` puts above each command."""
    return f"Load {_MEASURED.format(said='five secs', **_idle())}"


def processes_cpu(uptime_ms: int) -> str:
    """`show processes cpu [sorted]`."""
    used = f"CPU utilization {_MEASURED.format(said='five seconds', **_idle())}"
    rows = [used, " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process "]
    minutes = uptime_ms // 60_000
    for number, name in ((int(pid), name) for pid, name in _idle()["processes"].items()):
        runtime, invoked = minutes * number % 10_000, minutes * 12
        each = runtime * 1000 // invoked if invoked else 0
        rows.append(
            f"{number:4d}{runtime:12d}{invoked:12d}{each:11d}  0.00%  0.00%  0.00%   0 {name:<16} "
        )
    return "\n".join(rows)


def memory_statistics(memory: str) -> str:
    """`show memory statistics`; `memory` is `1687137K/6147K`, as show version states it."""
    total, io = (int(part[:-1]) * 1024 for part in memory.split("/"))
    used, reserved = total // _USED, 102_404
    # assumed: the key of an image, here of how much memory there is
    key = hashlib.md5(memory.encode(), usedforsecurity=False).hexdigest()
    rows = [
        f"                Tracekey : 1#{key}  \n",
        "                Head    Total(b)     Used(b)     Free(b)   Lowest(b)  Largest(b)",
        _pool("Processor", "7F2A5C0AB010", total, used),
        _pool("reserve P", "7F2A5C0AB068", reserved, 92),
        _pool("lsmpi_io", "7F2A569E11A8", io, io - 824),
    ]
    return "\n".join(rows)


def _pool(name: str, head: str, total: int, used: int) -> str:
    free = total - used
    return f"{name:>9}  {head}{total:>12}{used:>12}{free:>12}{free:>12}{free:>12}"


def lines(vtys: int, active: Iterable[int]) -> str:
    """`show line`: the console is line 0, virtual terminals follow; a star marks one in use."""
    used = set(active)
    rows = ["   Tty Line Typ     Tx/Rx    A Modem  Roty AccO AccI  Uses  Noise Overruns  Int"]
    for number in range(vtys + 1):
        mark, uses = ("*" if number in used else " "), int(number in used)
        kind = "CTY" if number == 0 else "VTY"
        rows.append(
            f"{mark}{number:5d}{number:5d} {kind}              -    -      -    -    -"
            f"{uses:6d}      0    0/0      -"
        )
    return "\n".join(rows)


def install(release: Release, where: str, state: str) -> str:
    """`show install summary|active|committed`; `where` is `Switch 1 2` or `R0`.

    `state` is what is said of the packages: Installed, Active or Committed. # assumed: the last
    part of the version, a build number
    """
    number = f"{release.padded.rstrip('abcdefghijklmnopqrstuvwxyz')}.0.{release.minor * 100 + 93}"
    return (
        f"[ {where} ] {state} Package(s) Information:\n{_STATES}\n{_RULE}\n"
        f"Type  St   Filename/Version    \n{_RULE}\n"
        f"IMG   C    {number}\n\n{_RULE}\n"
        f"Auto abort timer: inactive\n{_RULE}"
    )
