"""The command grammar: what a user can type, as data, and the library that reads and matches it.

`grammar_for(release, kind, family, model)` gives the frozen grammar of one release and platform,
shared by all devices that have it; what differs from one product id to the next comes in `words`.
`match`, `complete` and `help_for` serve the session, `printed_lines` walks the same rows backwards.
Nothing here knows licensing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Protocol

from cli_grammar.build import Choice, Words, build, check, check_handlers
from cli_grammar.choices import SEVERITIES
from cli_grammar.errors import GrammarError
from cli_grammar.help import complete, help_for
from cli_grammar.lines import Line, printed_lines, printing
from cli_grammar.match import Ambiguous, Incomplete, Invalid, Matched, Outcome, match
from cli_grammar.notation import Rows, read
from cli_grammar.placeholders import (
    INTERFACE_TYPES,
    VIRTUAL_NUMBERS,
    VIRTUAL_TYPES,
    FileName,
    InterfaceName,
    interface_name,
    ipv6_prefix,
)
from cli_grammar.tree import Grammar, Mode, Node, Setting, Target

__all__ = [
    "INTERFACE_TYPES",
    "SEVERITIES",
    "VIRTUAL_NUMBERS",
    "VIRTUAL_TYPES",
    "Ambiguous",
    "FileName",
    "Grammar",
    "GrammarError",
    "Incomplete",
    "InterfaceName",
    "Invalid",
    "Line",
    "Matched",
    "Mode",
    "Node",
    "Outcome",
    "ReleaseLike",
    "Setting",
    "Target",
    "Words",
    "check_handlers",
    "complete",
    "grammar_for",
    "help_for",
    "interface_name",
    "ipv6_prefix",
    "load",
    "match",
    "printed_lines",
    "printing",
]

# In this order: a later file may open the tokens of an earlier one again.
FILES = (
    "exec.cli",
    "license.cli",
    "emulator.cli",
    "config.cli",
    "config-ip.cli",
    "config-license.cli",
    "config-throughput.cli",
    "config-interface.cli",
    "config-line.cli",
    "config-callhome.cli",
    "config-pki.cli",
    "config-services.cli",
    "exec-files.cli",
    "exec-network.cli",
    "exec-replace.cli",
    "exec-netconf.cli",
    "exec-debug.cli",
    "exec-box.cli",
)


# Another licensing model, or a product that is no IOS XE, has files in the place of others.
_ADMIN = ("emulator.cli", "config.cli", "config-ip.cli", "config-license.cli")
FILES_OF = {
    "policy": FILES,
    "legacy": tuple("legacy.cli" if name == "license.cli" else name for name in FILES),
    "rtu": tuple("rtu.cli" if name == "license.cli" else name for name in FILES),
    "cucm": (*_ADMIN, "config-interface.cli", "config-line.cli", "cucm.cli"),
}


class ReleaseLike(Protocol):
    """What is asked of a release."""

    def within(self, span: str) -> bool: ...

    def __hash__(self) -> int: ...


def load(texts: Iterable[tuple[str, str]], choice: Choice) -> Grammar:
    """The grammar in these (name, text) files. Raises GrammarError naming file and line."""
    rows = Rows()
    for name, text in texts:
        read(rows, name, text)
    check(rows)
    return build(rows, choice)


def grammar_for(
    release: ReleaseLike,
    kind: str,
    family: str,
    model: str = "policy",
    *,
    words: Words = (),
    strict: bool = False,
) -> Grammar:
    """The grammar of a release on a platform; `strict` leaves out what no real device has.

    `model` is the licensing model; a kind with files of its own goes before it. `words` are the
    lists of keywords that the files name. Cached: devices with all of these alike share a grammar.
    """
    chosen = kind if kind in FILES_OF else model
    return _grammar(release, kind, family, chosen, words, strict)  # one key, however it is spelled


@cache
def _grammar(
    release: ReleaseLike, kind: str, family: str, chosen: str, words: Words, strict: bool
) -> Grammar:
    choice = Choice(release.within, frozenset({kind, family}), strict, words)
    return build(_rows(chosen), choice)


@cache
def _rows(chosen: str) -> Rows:
    rows = Rows()
    folder = files("cli_grammar")
    for name in FILES_OF[chosen]:
        read(rows, name, folder.joinpath(name).read_text("utf-8"))
    check(rows)
    return rows
