"""`show terminal`: what is set of the line one sits at.

Facts: docs/sources.md, entry terminal-settings.
"""

from __future__ import annotations

from agent.cli.views.chassis import age
from agent.core.clock import Instant

_TEXT = """\
Line {number}, Location: "", Type: ""
Length: {length} lines, Width: {width} columns
Baud rate (TX/RX) is 9600/9600{bits}
Status: PSI Enabled, Ready, Active, Automore On
Capabilities: none
Modem state: Ready
Special Chars: Escape  Hold  Stop  Start  Disconnect  Activation
                ^^x    none   -     -       none
Timeouts:      Idle EXEC    Idle Session   Modem Answer  Session   Dispatch
               {idle:<15}never                        none     not set
                            Idle Session Disconnect Warning
                              never
                            Login-sequence User Response
                             00:00:30
                            Autoselect Initial Wait
                              not set
Modem type is unknown.
Session limit is not set.
Time since activation: {since}
Editing is enabled.
{history}
DNS resolution in show commands is enabled
Full user help is disabled
Allowed input transports are {inputs}.
Allowed output transports are pad telnet rlogin ssh.
Preferred transport is telnet.
Shell: disabled
Shell trace: off
No output characters are padded
No special data dispatching characters"""


def terminal(
    number: int,
    length: int,
    width: int,
    history_size: int,
    timeout_seconds: int,
    since_ms: Instant,
    *,
    console: bool,
) -> str:
    """`timeout_seconds` and `history_size` are 0 for never and for none; `since_ms`: how long the
    line is in use. # assumed: a vty has no parity and takes ssh; the console's lines are seen"""
    seconds = timeout_seconds
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    kept = f"is enabled, history size is {history_size}." if history_size else "is disabled."
    return _TEXT.format(
        number=number,
        length=length,
        width=width,
        bits=", no parity, 1 stopbits, 8 databits" if console else "",
        idle=clock if seconds else " never",
        since=age(since_ms),
        history=f"History {kept}",
        inputs="none" if console else "ssh",
    )
