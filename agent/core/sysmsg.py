"""System messages: `%FACILITY-severity-MNEMONIC: text`, read from `sysmsg.toml`.

A message is named `FACILITY.MNEMONIC`, as its table in the file; where one facility alone has the
mnemonic, that word is enough. The file is checked when it is loaded; asking for a message that
is not there, or filling it with other fields than its text has, is a bug and raises.
Facts: docs/sources.md, entries sysmsg-licensing and sysmsg-system.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import msgspec

from agent.core.errors import InputError

_FILE = "sysmsg.toml"


@dataclass(frozen=True, slots=True)
class SystemMessage:
    """A row of the catalogue; `fields` are the names in its text's braces.

    `form` is the whole message as `%` fills it, in half the time that braces take.
    """

    facility: str
    severity: int
    mnemonic: str
    text: str
    fields: frozenset[str]
    form: str  # `%%SMART_LIC-6-AGENT_ENABLED: ...%(field)s`

    @property
    def key(self) -> str:
        return f"{self.facility}.{self.mnemonic}"

    def filled(self, fields: Mapping[str, str]) -> str:
        """`%SMART_LIC-6-AGENT_ENABLED: ...`. Raises ValueError for other fields than it has."""
        try:
            filled = self.form % fields
        except KeyError:
            filled = ""
        if filled and len(fields) == len(self.fields):
            return filled
        raise ValueError(f"{self.key} has the fields {sorted(self.fields)}, not {sorted(fields)}")


class FilledMessage(msgspec.Struct, frozen=True, gc=False):
    """A message ready for the log: its severity and its text from the `%` on."""

    severity: int
    text: str


def message(name: str, fields: Mapping[str, str]) -> FilledMessage:
    """Fill the message of this name. Raises KeyError or ValueError when the name or fields err."""
    row = catalogue()[name]
    return FilledMessage(row.severity, row.filled(fields))


@cache
def catalogue() -> Mapping[str, SystemMessage]:
    """All messages, by `FACILITY.MNEMONIC` and, where that is one message only, by mnemonic.

    Of several with one mnemonic that of SYS is meant, which was there first.
    """
    return parse(files("agent.core").joinpath(_FILE).read_text("utf-8"))


def parse(text: str) -> Mapping[str, SystemMessage]:
    """Read the catalogue's text. Raises InputError naming the table that is wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(str(error), _FILE) from None
    rows = [_row(facility, name, row) for facility in raw for name, row in raw[facility].items()]
    mnemonics = [row.mnemonic for row in rows]
    known = {row.key: row for row in rows}
    known.update({row.mnemonic: row for row in rows if mnemonics.count(row.mnemonic) == 1})
    known.update({row.mnemonic: row for row in rows if row.key == f"SYS.{row.mnemonic}"})
    return MappingProxyType(known)


def _row(facility: str, mnemonic: str, row: Any) -> SystemMessage:
    where = f"{_FILE} [{facility}.{mnemonic}]"
    if not isinstance(row, dict) or row.keys() != {"severity", "text"}:
        raise InputError("not a message", where, "severity = 0..7 and text = '...'")
    severity, text = row["severity"], row["text"]
    if severity not in range(8) or not isinstance(text, str):
        raise InputError(f"severity {severity!r} or its text is wrong", where, "0..7 and a string")
    names = _fields(text, where)
    form = f"%{facility}-{severity}-{mnemonic}: {text}".replace("%", "%%")
    form = form.format_map({name: f"%({name})s" for name in names})
    return SystemMessage(facility, severity, mnemonic, text, names, form)


def _fields(text: str, where: str) -> frozenset[str]:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise InputError(str(error), where) from None
    if wrong := [name for name in names if not name.isidentifier()]:
        raise InputError(f"field {wrong[0]!r}", where, "a lower-case word in braces")
    return frozenset(names)
