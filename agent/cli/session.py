"""A CLI session: keys in, text out. It holds modes, prompt, dialogue and pager.

What drives it: `feed` (keys), `resume` (the lab answered), `log_line` (the device logged). Whoever
reads keys at the moment is the pager, an open question, or the line editor, in this order. A line
goes through `commands.understand`, its handler gives a Result, and `_carry_out` turns that into
text by the table at the foot. Input that cannot be taken yet waits in `_waiting`.
Sources: docs/sources.md, entries prompts, error-texts, config-log, log-on-terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from agent.cli import commands, redirect
from agent.cli.editor import Editor
from agent.cli.handlers.connections import at_login
from agent.cli.keys import EndOfMode, HelpAsked, History, Interrupt, LineTyped, Newlines, TabPressed
from agent.cli.line import Line, Terminal, banners, interface_prompt, shows
from agent.cli.output import PIECE, Output, piece
from agent.cli.pipes import Pipe
from agent.cli.replay import Recording
from agent.cli.reply import (
    Ask,
    Change,
    Context,
    Hangup,
    LabCall,
    Later,
    Long,
    Page,
    Reboot,
    Reply,
    Rest,
    Result,
)
from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.device.config import LineSettings, grammar_of, line_settings
from agent.device.device import Device
from cli_grammar import help_for
from yang.slices import done, whole
from yang.tree import Path, Tree

__all__ = ["CliSession", "Line", "Terminal"]

SLICES = "slices"  # the request of a LabCall for work that is done in slices
EXEC, CONFIG, RANGED = "exec", "config", "interface"
HOST_IN_MODES = 20  # characters of the host name in a bracketed prompt


class CliSession:
    """One session on one device."""

    def __init__(
        self,
        device: Device,
        line: Line,
        *,
        strict: bool = False,
        width: int = 80,
        length: int = 24,
    ) -> None:
        self.device, self.line = device, line
        self.privilege = line.privilege
        self.terminal = Terminal(length, width)
        self.grammar = grammar_of(device.profile, device.release, device.model, strict=strict)
        self.mode = EXEC
        self.bases: dict[str, Path] = {}  # of the modes entered, the path each stands at
        self.ranged: tuple[Path, ...] = ()  # of `interface range`
        self.directory = ""  # of `cd`, as `flash:/reports`; empty: the root of the default one
        self.histories = {EXEC: History(), CONFIG: History()}
        self.neighbours: Callable[[], Iterable[CliSession]] = lambda: (self,)
        self.call: LabCall | None = None
        self.closed = False
        self.reboot: Reboot | None = None
        self.last_input: Instant = 0
        self.activated: Instant = 0  # when it began
        self.context: Context | None = None  # of the latest command
        self.recording: Recording | None = None  # of the user's own device
        self.in_turns = False  # does somebody else make what is long, and `resume`?
        self._editor = Editor(width)
        self._newlines = Newlines()
        self._waiting = ""
        self._output = Output()
        self._question: Ask | None = None
        self._logs: list[str] = []
        self._busy = False
        self._settled: tuple[Tree, LineSettings] | None = None

    # --- doors --------------------------------------------------------------------------------

    def start(self, now: Instant) -> str:
        """Banners and the first prompt. A login on a vty is logged."""
        self.last_input = self.activated = now
        self.keep_history(self._settings.history)
        self.terminal.monitor = self._settings.monitor
        if self.line.user and not self.line.is_console:
            fields = self.line.peer | {"at": commands.login_time(self.device, now)}
            self.device.syslog("LOGIN_SUCCESS", fields, now)
        shown = banners(self.device.datastore.running, self._settings.banners)
        if self.line.is_console and not self.line.known:
            self.context = Context(self, self.device, now)
            return shown + self._carry_out(at_login(self.context), now)
        return shown + self._prompt()

    def feed(self, data: str, now: Instant) -> str:
        """Take keys in any chunks; returns what the terminal is to show."""
        self.last_input = now
        self._waiting += self._newlines.read(data)
        return self._work("", now)

    def resume(self, answer: Any, now: Instant) -> str:
        """The lab's answer to `call`; then input that came meanwhile is worked off."""
        call, self.call = self.call, None
        self._busy = True
        self._answered_at(now)
        result = call.then(answer) if call and call.then else Reply(str(answer))
        return self._work(self._carry_out(result, now), now)

    def stop(self, now: Instant) -> str:
        """Ctrl-C or Ctrl-^ while something long is made or printed: no more of it."""
        self.call = None
        self._output.give_up()
        return self._work(self._prompt(), now)

    def log_line(self, text: str, now: Instant) -> str:
        """What this terminal shows of a log line; "" where it shows nothing, or shows it later."""
        if self.closed or not shows(self.line, self.terminal, self.device.log.settings, text):
            return ""
        if not self.line.is_console:
            self.device.log.monitor_count += 1
        return self.announce(text)

    def announce(self, text: str) -> str:
        """What this terminal shows of a text for everybody; "" where it shows it later."""
        if self._busy or self._output.pager:
            self._logs.append(text)
            return ""
        return self._interrupt(text)

    @property
    def exec_timeout_seconds(self) -> int:
        """Seconds without input after which the adapter ends the session; 0 never."""
        return self._settings.exec_timeout_ms // 1000

    # --- what handlers use ----------------------------------------------------------------------

    @property
    def base(self) -> Path:
        """The path that relative paths of the present mode continue from."""
        return self.bases.get(self.mode, ())

    @property
    def all_bases(self) -> tuple[Path, ...]:
        """`base`, or one for each interface of a range."""
        return self.ranged if self.ranged and self.mode == RANGED else (self.base,)

    @property
    def stamps_output(self) -> bool:
        """Do show commands begin with load and time? `[terminal] exec prompt timestamp`."""
        chosen = self.terminal.timestamp
        return self._settings.timestamp if chosen is None else chosen

    @property
    def prompt(self) -> str:
        host = self.device.agent.state.config.hostname + ("-stby" if self.line.standby else "")
        if self.mode == EXEC:
            own = self.device.profile.prompt
            return own or host + ("#" if self.privilege > 1 else ">")
        word = self.grammar.modes[self.mode].prompt
        if self.mode == RANGED:
            word = interface_prompt(word, self.base, self.ranged)
        return f"{host[:HOST_IN_MODES]}({word})#" if commands.prompts(self.device) else ""

    def enter(self, mode: str, base: Path = ()) -> None:
        """Go into a mode."""
        self.mode = mode
        self.bases[mode] = base
        self.ranged = ()

    def enter_range(self, paths: tuple[Path, ...]) -> None:
        """`interface range`: each line changes all of these."""
        self.enter(RANGED, paths[0])
        self.ranged = paths

    def leave_mode(self, now: Instant) -> None:
        """`exit`: one mode up."""
        parent = self.grammar.modes[self.mode].parent
        if self.mode == CONFIG or not parent:
            self.leave_configuration(now)
        else:
            self.mode = parent

    def leave_configuration(self, now: Instant) -> None:
        """`end`: back to EXEC; the device logs that it was configured."""
        if self.mode == EXEC:
            return
        self.mode = EXEC
        self.bases.clear()
        fields = {"source": "console", "by": self.line.configured_by}
        self.device.syslog("CONFIG_I", fields, now)

    def resize(self, width: int | None = None, length: int | None = None) -> None:
        """`terminal width` and `length`, or the terminal's window was resized."""
        if width is not None:
            self.terminal.width = self._editor.width = width
        if length is not None:
            self.terminal.length = length

    def keep_history(self, size: int) -> None:
        """How many lines each history keeps."""
        self.terminal.history_size = size
        for history in self.histories.values():
            history.resize(size)

    @property
    def _settings(self) -> LineSettings:
        """What this line is configured to; read anew when the configuration is another."""
        root = self.device.datastore.running
        if self._settled is None or self._settled[0] is not root:
            self._settled = root, line_settings(root, self.line.kind, self.line.number)
        return self._settled[1]

    # --- keys -----------------------------------------------------------------------------------

    def _work(self, output: str, now: Instant) -> str:
        """Work off the waiting keys until none is left or something must be seen to."""
        parts = [output]
        self._busy = True
        try:
            while self._waiting and not (self.closed or self.reboot or self.call):
                parts.append(self._key_reader(now))
        finally:
            self._busy = False
        if self._logs and not (self.closed or self._output.pager):
            logs, self._logs = self._logs, []
            parts.extend(map(self._interrupt, logs))
        return "".join(parts)

    def _key_reader(self, now: Instant) -> str:
        if self._output.pager or (self._question and self._question.one_key):
            key, self._waiting = self._waiting[0], self._waiting[1:]
            if self._output.pager:
                return self._carry_out(Later(self._output.key(key)), now)
            return self._one_key(key, now)
        echo, event, self._waiting = self._editor.feed(self._waiting)
        if event is None:
            return echo
        return echo + _EVENTS[type(event)](self, event, now)

    def _one_key(self, key: str, now: Instant) -> str:
        assert self._question
        question, self._question = self._question, None
        self._answered_at(now)
        return f"{key if key.isprintable() else ''}\r\n" + self._carry_out(question.then(key), now)

    def _line_typed(self, event: LineTyped, now: Instant) -> str:
        if self._question:
            question, self._question = self._question, None
            self._answered_at(now)
            return self._carry_out(question.then(event.text), now)
        return self._carry_out(commands.execute(self, event.text, now), now)

    def _help_asked(self, event: HelpAsked, now: Instant) -> str:
        text = help_for(self.grammar, self.mode, event.text, self.privilege)
        # source: help-layout (an empty line follows the list, none the refusal)
        end = "\r\n" if text.startswith("%") else "\r\n\r\n"
        return text.replace("\n", "\r\n") + end + self._editor.redraw()

    def _tab_pressed(self, event: TabPressed, now: Instant) -> str:
        completed = commands.complete_line(self, event.text)
        if completed is None:
            return "\a\r\n" + self._editor.redraw()
        self._editor.replace_left(completed)
        return "\r\n" + self._editor.redraw()

    def _interrupted(self, event: Interrupt, now: Instant) -> str:
        if self._question and self._question.firm:
            return self._ask(self._question, now)
        self._question = None
        self.leave_configuration(now)
        return self._prompt()

    def _end_of_mode(self, event: EndOfMode, now: Instant) -> str:
        if self._question or self.mode == EXEC:
            return self._interrupted(Interrupt(), now)
        result = commands.execute(self, event.text, now)
        self.leave_configuration(now)
        return self._carry_out(result, now)

    def _answered_at(self, now: Instant) -> None:
        """The command that asked goes on now."""
        if self.context is not None:
            self.context.now = now

    # --- results --------------------------------------------------------------------------------

    def pipe_through(self, pipe: Pipe | None) -> None:
        """The next Reply goes through this pipe."""
        self._output.pipe = pipe

    def _carry_out(self, result: Result, now: Instant) -> str:
        return _RESULTS[type(result)](self, result, now)

    def _reply(self, result: Reply, now: Instant) -> str:
        if (pipe := self._output.writer()) is not None:
            context = Context(self, self.device, now)
            return self._carry_out(redirect.write(context, pipe, result.text), now)
        return self._carry_out(self._output.reply(result.text, self.terminal.length), now)

    def _rest(self, result: Rest, now: Instant) -> str:
        shown, left = piece(result, PIECE if self.in_turns else len(result.text))
        if left is None:
            return shown + self._prompt()
        return shown + self._in_slices(Later(done(left)), now)

    def _page(self, result: Page, now: Instant) -> str:
        return result.text + ("" if self._output.pager else self._prompt())

    def _ask(self, result: Ask, now: Instant) -> str:
        self._question = result
        begun = self._editor.begin(result.question, secret=result.secret, plain=True)
        return begun.replace("\n", "\r\n")

    def _change(self, result: Change, now: Instant) -> str:
        if result.edits:
            try:
                self.device.commit(result.edits, now, self.line.who)
            except (InputError, ValueError) as refusal:
                # the configuration would make no sense; nothing has changed
                return self._reply(Reply(f"% {refusal}"), now)
        return self._reply(Reply(result.text), now)

    def _reload(self, result: Reboot, now: Instant) -> str:
        self.reboot = result
        return ""

    def _later(self, result: Later, now: Instant) -> str:
        if not self.in_turns:
            return self._carry_out(result.then(whole(result.slices)), now)
        try:
            next(result.slices)
        except StopIteration as made:
            return self._carry_out(result.then(made.value), now)
        return self._in_slices(result, now)

    def _in_slices(self, work: Later, now: Instant) -> str:
        return self._call_lab(LabCall(SLICES, {SLICES: work.slices}, then=work.then), now)

    def _hang_up(self, result: Hangup, now: Instant) -> str:
        self.closed = True
        return ""

    def _call_lab(self, result: LabCall, now: Instant) -> str:
        self.call = result
        return result.says.replace("\n", "\r\n")

    # --- what the terminal shows ----------------------------------------------------------------

    def _prompt(self) -> str:
        history = self.histories[EXEC if self.mode == EXEC else CONFIG]
        return self._editor.begin(self.prompt, history)

    def _interrupt(self, text: str) -> str:
        """A log line in the middle of what stands on the terminal."""
        shown = text.replace("\n", "\r\n") + "\r\n"
        if self.call:  # Enter was pressed: the cursor stands on an empty row
            return shown
        head = "" if self._editor.fresh else "\r\n"
        if self._settings.synchronous:
            return head + shown + self._editor.redraw().replace("\n", "\r\n")
        return head + shown + self._editor.interrupted()


_EVENTS: dict[type, Callable[[CliSession, Any, Instant], str]] = {
    LineTyped: CliSession._line_typed,
    HelpAsked: CliSession._help_asked,
    TabPressed: CliSession._tab_pressed,
    Interrupt: CliSession._interrupted,
    EndOfMode: CliSession._end_of_mode,
}

_RESULTS: dict[type, Callable[[CliSession, Any, Instant], str]] = {
    Reply: CliSession._reply,
    Long: lambda self, long, now: self._later(Later(long.replying()), now),
    Later: CliSession._later,
    Rest: CliSession._rest,
    Page: CliSession._page,
    Ask: CliSession._ask,
    Change: CliSession._change,
    Reboot: CliSession._reload,
    Hangup: CliSession._hang_up,
    LabCall: CliSession._call_lab,
}
