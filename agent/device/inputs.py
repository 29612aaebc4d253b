"""Everything that can happen to a device, each a frozen value.

A device changes only by applying one of these at an instant (`Device._apply`). The journal holds
them in order, so the same inputs make the same device again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.device.standing import Standing
from agent.engine.events import Event
from yang.tree import Edit


@dataclass(frozen=True, slots=True)
class Started:
    """Power came on, or the reload before it is over."""


@dataclass(frozen=True, slots=True)
class AgentEvent:
    """Something for the Smart Agent; with TimeReached also the device's own timed jobs run."""

    event: Event


@dataclass(frozen=True, slots=True)
class ConfigCommitted:
    """The running configuration was edited. `by` is a user name or `console`."""

    edits: tuple[Edit, ...]
    by: str


@dataclass(frozen=True, slots=True)
class StartupSaved:
    """The running configuration became the startup configuration."""

    by: str


@dataclass(frozen=True, slots=True)
class StartupErased:
    """`write erase`: the next start finds no startup configuration."""


@dataclass(frozen=True, slots=True)
class StartupReplaced:
    """A file became the startup configuration: these edits of what a start would have read."""

    edits: tuple[Edit, ...]
    by: str


@dataclass(frozen=True, slots=True)
class ReloadPlanned:
    """`reload in`, `reload at` by somebody; `due` None is `reload cancel`."""

    due: Instant | None
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RevertTimed:
    """A change is to be confirmed within these minutes; `file` has what ran before it."""

    file: str
    minutes: int
    by: str
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Reverting:
    """The change that waits is `confirmed`, or undone at once."""

    confirmed: bool
    by: str


@dataclass(frozen=True, slots=True)
class Reloaded:
    """All that is not stored is lost, then the device starts again."""

    reason: str


@dataclass(frozen=True, slots=True)
class FileWritten:
    """A file of one of the device's file systems has this text now; None makes a directory.

    `path` is normalised.
    """

    path: str
    data: str | None


@dataclass(frozen=True, slots=True)
class FileDeleted:
    path: str


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The device's calendar was set: it shows `offset_ms` more than the lab's time."""

    offset_ms: int
    by: str = "console"


@dataclass(frozen=True, slots=True)
class Heard:
    """What an NTP server said of itself and of the time; `offset_ms` is how far it is ahead."""

    offset_ms: int
    stratum: int = 1
    reference: str = "LOCL"  # the address of its own server, or a word such as GPS
    delay_us: int = 1000
    root_delay_us: int = 0
    root_dispersion_us: int = 0


@dataclass(frozen=True, slots=True)
class TimeHeard:
    """An NTP server was asked; None where it answers no more."""

    server: str
    heard: Heard | None


@dataclass(frozen=True, slots=True)
class UsageSet:
    """A feature's count was set by hand (`emulator usage`)."""

    feature: str
    count: int


@dataclass(frozen=True, slots=True)
class AccessPointsChanged:
    """Access points joined a controller or left it."""

    joined: tuple[Udi, ...] = ()
    left: tuple[Udi, ...] = ()


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """Units joined the stack or left it: these are its units now, the active first."""

    units: tuple[Udi, ...]
    back: Instant | None = None  # those that left have failed, and will have started again then


@dataclass(frozen=True, slots=True)
class SwitchoverForced:
    """The standby unit takes over; the reason is what `show redundancy` says of it."""

    reason: str = "user forced"


@dataclass(frozen=True, slots=True)
class Settled:
    """The licensing was put where it stands."""

    standing: Standing


@dataclass(frozen=True, slots=True)
class MessageLogged:
    """A part of the device other than the Smart Agent writes a system message."""

    mnemonic: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DebuggingSet:
    """These kinds of debugging are on now, by the names of debugs.toml."""

    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogCleared:
    """`clear logging`."""


@dataclass(frozen=True, slots=True)
class ReleaseInstalled:
    """Another release is on the device; the next start runs it."""

    release: str


DeviceInput = (
    ReleaseInstalled
    | Started
    | AgentEvent
    | ConfigCommitted
    | StartupSaved
    | StartupErased
    | StartupReplaced
    | ReloadPlanned
    | RevertTimed
    | Reverting
    | Reloaded
    | FileWritten
    | FileDeleted
    | ClockSet
    | TimeHeard
    | UsageSet
    | AccessPointsChanged
    | MembersChanged
    | SwitchoverForced
    | Settled
    | MessageLogged
    | DebuggingSet
    | LogCleared
)


Considered = RevertTimed | Reverting | Settled  # see revert_timer and settling


@dataclass(frozen=True, slots=True)
class ReloadPlan:
    """A reload to come. `told_ms` is how much time was left when terminals were last told."""

    due: Instant
    by: str
    reason: str
    told_ms: int


@dataclass(frozen=True, slots=True)
class RevertPlan:
    """A change that waits: the device goes back to `file` when it is due.

    `set_at` is when the timer was set last, `warned` whether terminals know that it is close.
    """

    file: str
    due: Instant
    minutes: int
    by: str
    set_at: Instant
    idle: bool
    warned: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A message the device writes by itself at its time, as the ones of a boot."""

    due: Instant
    mnemonic: str
    fields: Mapping[str, str] = field(default_factory=dict)
