"""What a command gives back to its session. Handlers return one of these and print nothing.

A handler is a function (context, args) -> Result, found by its name in the tables at the foot of
the handler modules. `args` holds the values of the placeholders on the matched line, by name,
plus the constants the grammar entry states.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.core.clock import Instant
from yang.slices import Slices
from yang.tree import Edit

if TYPE_CHECKING:
    from agent.cli.session import CliSession
    from agent.device.device import Device


@dataclass(frozen=True, slots=True)
class Reply:
    """Text to print, lines joined by `\\n`, without a final newline; empty prints nothing.

    A text that must end in an empty line ends in `\\n`. Pipes and the pager apply to it.
    """

    text: str = ""


@dataclass(frozen=True, slots=True)
class Long:
    """A Reply that takes time to make: `slices` gives its text, below `head`.

    Other sessions have their turn between the slices; this one takes no input until it is made.
    """

    slices: Slices[str]
    head: str = ""

    def replying(self) -> Slices[Result]:
        """Work that gives the Reply."""
        return Reply(self.head + (yield from self.slices))


def _itself(made: Result) -> Result:
    return made


@dataclass(frozen=True, slots=True)
class Later:
    """Work that takes time and changes nothing; `then` makes a Result of what it gives.

    As with Long, others have their turn meanwhile. Without `then` the work gives the Result.
    """

    slices: Slices[Any]
    then: Callable[[Any], Result] = _itself


@dataclass(frozen=True, slots=True)
class Rest:
    """What of a text is still to be printed, from `at` on; the prompt follows."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Page:
    """What the pager shows next, as it goes to the terminal."""

    text: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """The line is well formed, but a value of it cannot be on this device.

    The caret goes under `tail`, the end of the line from there on; an empty one means that more
    was wanted.
    """

    tail: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Print `question` and wait for an answer, then call `then(answer)`.

    `one_key` takes a single key without Enter, as `[confirm]` does; `secret` does not echo; a
    `firm` one is asked again where Ctrl-C or Ctrl-Z would leave another.
    """

    question: str
    then: Callable[[str], Result]
    secret: bool = False
    one_key: bool = False
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Commit these edits through `Device.commit`, then print `text`."""

    edits: tuple[Edit, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reboot:
    """Reload the device: every session on it ends, the console shows it start."""

    reason: str = "Reload Command"


@dataclass(frozen=True, slots=True)
class Hangup:
    """End this session."""


@dataclass(frozen=True, slots=True)
class LabCall:
    """Ask the lab for something the device cannot do: `clock.advance`, `transfer.get`, `ping`.

    The session prints `says`, then nothing, and takes no input until the lab calls
    `CliSession.resume(answer)`. Without `then` the answer is the text to print.
    """

    request: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    says: str = ""
    then: Callable[[Any], Result] | None = None


@dataclass(frozen=True, slots=True)
class Transferred:
    """The lab's answer to `transfer.get` and `transfer.put`: the file went through.

    `data` is its text, empty where it was sent; `seconds` is how long it took.
    """

    data: str
    seconds: float


@dataclass(frozen=True, slots=True)
class TransferFailed:
    """The file did not go through; `reason` is what the device prints in brackets."""

    reason: str


@dataclass(frozen=True, slots=True)
class Pinged:
    """The lab's answer to `ping`: the address, None where the name has none; did it answer?"""

    address: str | None
    reached: bool


Result = Reply | Long | Later | Rest | Page | Wrong | Ask | Change | Reboot | Hangup | LabCall


@dataclass(slots=True)
class Context:
    """What a handler may look at and act on. `now` moves on with each answer to its questions."""

    session: CliSession
    device: Device
    now: Instant


Args = Mapping[str, Any]
Handler = Callable[[Context, Args], Result]
