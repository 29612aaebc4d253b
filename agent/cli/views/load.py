"""`show processes cpu`, `show memory statistics`, `show line`, `show install`: an idle box.

The load is that of an idle device, always; memory is what `show version` states of the model.
Facts: docs/sources.md, entries cpu-output, memory-output, line-output, install-output.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.core.release import Release

# assumed: load and processes of an idle device, the same on all
LOADS = "CPU utilization for five seconds: 1%/0%; one minute: 2%; five minutes: 3%"
_PROCESSES = (
    (1, "Chunk Manager"),
    (2, "Load Meter"),
    (4, "Check heaps"),
    (5, "Pool Manager"),
    (9, "ARP Input"),
    (26, "IPC Dynamic Cache"),
    (53, "Net Background"),
    (55, "Logger"),
    (98, "IP Input"),
    (161, "SSH Process"),
    (240, "Crypto PKI-CRL"),
    (309, "Call-Home"),
    (331, "SASRcvWQWrk1"),
    (332, "SAUtilRepSave"),
    (333, "Exec"),
)
_USED = 5  # one part in so many of the processor's memory is used # assumed
_RULE = "-" * 80
_STATES = """\
State (St): I - Inactive, U - Activated & Uncommitted,
            C - Activated & Committed, D - Deactivated & Uncommitted"""


def processes_cpu(uptime_ms: int) -> str:
    """`show processes cpu [sorted]`."""
    rows = [LOADS, " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process "]
    minutes = uptime_ms // 60_000
    for number, name in _PROCESSES:
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
    rows = [
        "                Tracekey : 1#f8e3c2db7822c04e58ce2bd2fc7e476a  \n",
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
