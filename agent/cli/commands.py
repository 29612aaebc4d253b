"""From a typed line to a Result: the pipe is cut off, the grammar asked, its answer carried out.

The four outcomes of matching become a handler's Result, a change of the configuration, or the
device's own sentence for what the user did wrong, with the caret under the right column.
Sources: docs/sources.md, entries error-texts, caret-column, unknown-word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agent.cli import pipes, standby
from agent.cli.aliases import expanded
from agent.cli.handlers import HANDLERS
from agent.cli.replay import YIELDING, Recording, Unclear
from agent.cli.reply import Args, Ask, Change, Context, Long, Reply, Result, Wrong
from agent.cli.views.load import load_line
from agent.core.clock import Instant
from agent.core.dates import Zone, clock_line, config_date
from agent.device.config import resolution
from agent.device.config_edits import inconsistent, unknown_vrf
from agent.device.timekeeping import source_of
from cli_grammar import Ambiguous, FileName, Incomplete, Invalid, Matched, complete, match
from cli_grammar.match import Outcome
from yang.tree import get

if TYPE_CHECKING:
    from agent.cli.session import CliSession
    from agent.device.device import Device

INCOMPLETE = "% Incomplete command.\n"
AMBIGUOUS = '% Ambiguous command:  "{line}"'
INVALID = "% Invalid input detected at '^' marker.\n"
# source: unknown-word (IOS XE prints both sentences in one line)
UNKNOWN = (
    "% Bad IP address or host name"
    "% Unknown command or computer name, or unable to find computer address"
)
INCONSISTENT = "%Inconsistent address and mask"  # source: route-mask
NO_TABLE = "% IP  routing table {} does not exist"  # assumed: what `show ip route vrf` says
_BANNER = re.compile(r"\s*ban\w*\s+\w+\s+(\^C|\S)", re.IGNORECASE)
TEXT_LIMIT = 16_384  # assumed: a banner's characters
_HOST_WORD = re.compile(r"\s*([A-Za-z][\w.-]*)\s*")


def execute(session: CliSession, line: str, now: Instant) -> Result:
    """Carry out one line. Empty lines and comments do nothing."""
    if not line or line.isspace() or line.lstrip().startswith("!"):
        return Reply()
    line = expanded(session.device.datastore.running, session.mode, line)
    outcome, pipe = understand(session, line)
    if session.recording is not None:
        recorded = _recorded(session, session.recording, line, outcome)
        if recorded is not None:
            return recorded
    if isinstance(pipe, Reply):
        return pipe
    session.pipe_through(pipe)
    return _OUTCOMES[type(outcome)](session, line, outcome, now)


def understand(session: CliSession, line: str) -> tuple[Outcome, pipes.Pipe | Reply | None]:
    """Match the line; where it ends in a pipe, that pipe, or the sentence about a wrong one."""
    command, behind, column = pipes.split(line)
    outcome = match(session.grammar, session.mode, command, session.privilege)
    if behind is None:
        return outcome, None
    if not (isinstance(outcome, Matched) and outcome.piped):
        # the bar may be part of a value, as in a description
        whole = match(session.grammar, session.mode, line, session.privilege)
        return (outcome if isinstance(outcome, Invalid) else whole), None
    match pipes.read(behind):
        case pipes.Pipe() as pipe:
            return outcome, pipe
        case pipes.PipeIncomplete():
            return Incomplete(), None
        case pipes.PipeInvalid(at):
            return Invalid(column + at), None
        case pipes.PipeFault(sentence):
            return outcome, Reply(sentence)


def _recorded(
    session: CliSession, recording: Recording, line: str, outcome: Outcome
) -> Result | None:
    """The answer from the user's own device, where the command is not ours to answer."""
    exactly = False
    match outcome:
        case Matched(target=target):
            if not target.handler.startswith(YIELDING):
                return None
        case Ambiguous():
            exactly = True
    asked = line
    if session.mode != "exec":
        first, _, asked = line.strip().partition(" ")
        if first.lower() != "do":
            return None
    command, behind, _ = pipes.split(asked)
    pipe: pipes.PipeResult | None = None
    found = recording.answer(asked, exactly=behind is not None or exactly)
    if found is None and behind is not None:
        found = recording.answer(command, exactly=exactly)
        pipe = pipes.read(behind)
    match found, pipe:
        case None, _:
            return None
        case Unclear(), _:
            return Reply(AMBIGUOUS.format(line=line.strip()))
        case _, pipes.PipeIncomplete():
            return Reply(INCOMPLETE)
        case _, pipes.PipeInvalid(at):
            return _caret(session, len(line) - len(behind or "") + at)
        case _, pipes.PipeFault(sentence):
            return Reply(sentence)
    session.pipe_through(pipe if isinstance(pipe, pipes.Pipe) else None)
    return Reply(str(found))


def complete_line(session: CliSession, typed: str) -> str | None:
    """The line with its last word completed; None where that is not one word."""
    command, behind, column = pipes.split(typed)
    if behind is None:
        return complete(session.grammar, session.mode, typed, session.privilege)
    outcome = match(session.grammar, session.mode, command, session.privilege)
    if not (isinstance(outcome, Matched) and outcome.piped):
        return None
    completed = pipes.complete(behind)
    return None if completed is None else typed[:column] + completed


def time_source(local: Instant, zone: Zone, source: str) -> str:
    """The second line of the header; the capture has `Time source is NTP`."""
    if source:
        return f"Time source is {source}, {clock_line(local, zone)}"
    # assumed: the words of a clock that nobody has set
    return f"No time source, *{clock_line(local, zone)}"


def prompts(device: Device) -> bool:
    """Do configuration modes have a prompt? `service prompt config`."""
    return bool(get(device.datastore.running, ("emulator", "service", "prompt", "config"), True))


def login_time(device: Device, now: Instant) -> str:
    """`20:09:17 UTC Wed Jan 27 2021`, the end of a login message."""
    return config_date(device.local_time(now), device.zone)


def _matched(session: CliSession, line: str, outcome: Matched, now: Instant) -> Result:
    target = outcome.target
    if not outcome.do and outcome.mode != session.mode:
        session.mode = outcome.mode
    base = session.base
    if target.handler:
        session.context = context = Context(session, session.device, now)
        args = in_directory(session.directory, outcome.args)
        result = standby.refusal(session, target.handler) or HANDLERS[target.handler](context, args)
        if isinstance(result, Wrong):
            return _wrong(session, line, result.tail)
        refused = isinstance(result, Reply) and result.text
        if isinstance(result, Reply | Long) and target.handler.startswith("show."):
            result = _stamped(session, result, now)
    elif inconsistent(outcome.args):
        return Reply(INCONSISTENT)
    elif not outcome.negated and (
        vrf := unknown_vrf(session.device.datastore.running, outcome.args)
    ):
        return Reply(NO_TABLE.format(vrf))
    else:
        edits = (edit for each in session.all_bases for edit in outcome.edits(each))
        result = Change(tuple(edits), target.says)
        refused = False
    if target.enter and not refused:
        session.enter(target.enter, outcome.entered_base(base))
    return result


def in_directory(directory: str, args: Args) -> Args:
    """The arguments with each name of a file that has no file system put into the directory."""
    if not directory:
        return args
    return {
        name: f"{directory}/{value}" if isinstance(value, FileName) and ":" not in value else value
        for name, value in args.items()
    }


def _stamped(session: CliSession, result: Reply | Long, now: Instant) -> Result:
    """Load and time before what a show command prints, where the line wants it."""
    if not session.stamps_output:
        return result
    device = session.device
    line = time_source(device.local_time(now), device.zone, source_of(device))
    head = f"{load_line()}\n{line}\n\n"
    if isinstance(result, Long):
        return Long(result.slices, head)
    return Reply(head + result.text)


def _incomplete(session: CliSession, line: str, outcome: Incomplete, now: Instant) -> Result:
    begun = _BANNER.match(line)
    if begun:
        whole = match(session.grammar, session.mode, f"{line}\n{begun[1]}", session.privilege)
        if isinstance(whole, Matched):
            question = f"Enter TEXT message.  End with the character '{begun[1][0]}'.\n"
            return _more_text(session, line, begun[1], question, now)
    return Reply(outcome.says or INCOMPLETE)


def _more_text(session: CliSession, text: str, mark: str, question: str, now: Instant) -> Result:
    """Read lines of a banner until its closing mark comes."""

    def typed(line: str) -> Result:
        if mark in line or len(text) > TEXT_LIMIT:
            return execute(session, f"{text}\n{line.partition(mark)[0]}{mark}", now)
        return _more_text(session, f"{text}\n{line}", mark, "", now)

    return Ask(question, typed)


def _ambiguous(session: CliSession, line: str, outcome: Ambiguous, now: Instant) -> Result:
    return Reply(AMBIGUOUS.format(line=line.strip()))


def _invalid(session: CliSession, line: str, outcome: Invalid, now: Instant) -> Result:
    if session.mode == "exec" and (word := _HOST_WORD.fullmatch(line)):
        # a word of a higher privilege level stays wrong; any other may be a host to connect to
        if isinstance(match(session.grammar, session.mode, line, 15), Invalid):
            return Reply(_translating(session.device, word[1]))
    return _caret(session, outcome.column)


def _wrong(session: CliSession, line: str, tail: str) -> Reply:
    """The caret under `tail`; where that is a keyword cut short, under the last word."""
    session.pipe_through(None)  # it is refused before anything is piped
    if not tail:
        return Reply(INCOMPLETE)
    command = pipes.split(line)[0].rstrip()
    at = command.rfind(tail)
    return _caret(session, at if at >= 0 else command.rfind(" ") + 1)


def _caret(session: CliSession, column: int) -> Reply:
    return Reply(" " * (len(session.prompt) + column) + "^\n" + INVALID)


def _translating(device: Device, word: str) -> str:
    names = resolution(device.datastore.running)
    if not names.lookup:
        # assumed: without look-up the sentence comes alone; a capture of IOS XE would show it.
        return UNKNOWN
    servers = " ".join(f"({address})" for address in names.servers or ("255.255.255.255",))
    return f'Translating "{word}"...domain server {servers}\n{UNKNOWN}'


_OUTCOMES: dict[type, Callable[[CliSession, str, Any, Instant], Result]] = {
    Matched: _matched,
    Incomplete: _incomplete,
    Ambiguous: _ambiguous,
    Invalid: _invalid,
}
