"""The line a session came in on, and the settings of its terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.device.config import LogSettings
from yang.tree import Entry, Path, Tree, get

_SEVERITY = re.compile(r"%[A-Z0-9_-]+?-(\d)-")


@dataclass(frozen=True, slots=True)
class Line:
    """`console` 0 or a `vty`; who logged in on it, from where, and with which privilege.

    `address` and `port` name the client and the local port of a vty.
    """

    kind: str = "console"
    number: int = 0
    user: str = ""
    address: str = ""
    port: int = 22
    privilege: int = 1
    standby: bool = False  # the console of the standby unit

    @property
    def is_console(self) -> bool:
        return self.kind == "console"

    @property
    def known(self) -> bool:
        """Has somebody logged in already? Then nobody is asked at the start of a session."""
        return bool(self.user) or self.privilege > 1

    @property
    def name(self) -> str:
        """`con 0`, `vty 1`, as `show users` prints it."""
        return f"con {self.number}" if self.is_console else f"vty {self.number}"

    @property
    def who(self) -> str:
        """Who changed the configuration, as its head names it: the user, or `console`."""
        if self.user:
            return self.user
        return "console" if self.is_console else f"vty{self.number}"

    @property
    def peer(self) -> dict[str, str]:
        """Who is at the other end, as a log line names it."""
        return {"user": self.user, "source": self.address, "port": str(self.port)}

    @property
    def configured_by(self) -> str:
        """What CONFIG_I names: `console`, `admin on console`, `admin on vty0 (10.0.0.1)`."""
        place = "console" if self.is_console else f"vty{self.number} ({self.address})"
        return f"{self.user} on {place}" if self.user else place


@dataclass(slots=True)
class Terminal:
    """What `terminal ...` sets. Length 0 does not pause, width 0 never scrolls."""

    length: int = 24
    width: int = 80
    monitor: bool = False
    history_size: int = 20
    timestamp: bool | None = None  # None leaves it to the line


def shows(line: Line, terminal: Terminal, settings: LogSettings, text: str) -> bool:
    """Does this terminal show a log line? The console does, a vty where it monitors."""
    found = _SEVERITY.search(text)
    limit = settings.console if line.is_console else settings.monitor
    severity = int(found[1]) if found else 0
    return (line.is_console or terminal.monitor) and limit is not None and severity <= limit


def banners(root: Tree, names: Iterable[str]) -> str:
    """The texts of these banners, as they go to a terminal."""
    texts = (get(root, ("native", "banner", name, "banner"), "") for name in names)
    return "".join(f"{text}\n".replace("\n", "\r\n") for text in texts if text)


def interface_prompt(usual: str, base: Path, ranged: tuple[Path, ...]) -> str:
    """`config-if`, `config-subif` in a part of a port, `config-if-range` in several at once."""
    if ranged:
        return "config-if-range"
    last = base[-1] if base else None
    return "config-subif" if isinstance(last, Entry) and "." in last.key else usual
