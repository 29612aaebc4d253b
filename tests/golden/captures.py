"""How a capture is read: the text a device printed.

That is its file less what its publisher or the terminal added: CR line ends, the echoed command,
the prompt, the `Load for five secs` header, remains of the pager, and blanks at the very end.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from agent.core.clock import Instant

_HEADER = re.compile(r"Load for five secs: .*\n(?:Time source|No time source).*\n\n")
_PROMPT = re.compile(r"^\S*[#>] ?(?:sh(?:ow)? license .*)?$|^show license .*$")


def raw(folder: Path, name: str) -> str:
    """All of a capture, its header included."""
    return (folder / name).read_bytes().decode().replace("\r\n", "\n")


def read(folder: Path, name: str) -> str:
    """The device's own text of a capture."""
    text = _HEADER.sub("", raw(folder, name))
    lines = [line for line in text.split("\n") if not _PROMPT.match(line)]
    return "\n".join("" if re.fullmatch(r" {9,10}", line) else line for line in lines).rstrip()


def at(text: str) -> Instant:
    """`Oct 14 12:10:01 2021` as an instant, the zone's name aside."""
    moment = datetime.strptime(text, "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1000
